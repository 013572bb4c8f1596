"""Executes one attempt and exits. No database, no HTTP."""
