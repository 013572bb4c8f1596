"""Protocols that the engine is written against."""
