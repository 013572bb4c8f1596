"""Captured files, by digest."""
