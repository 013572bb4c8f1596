"""Finding, starting and calling an engine."""
