"""Secrets by name: in the system's keyring, or in a file that nobody else can read."""
