"""Where runners are placed."""
