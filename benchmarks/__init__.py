"""Measurements; each is a count or a ratio from one run, never a test."""
