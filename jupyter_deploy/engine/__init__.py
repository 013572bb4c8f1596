"""Schedules, starts, watches and judges runs."""
