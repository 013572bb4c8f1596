"""Fakes and conformance suites for tests; never imported by shipped code."""
