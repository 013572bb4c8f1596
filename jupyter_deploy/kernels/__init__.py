"""Kernelspecs, their interpreters, and what is installed there."""
