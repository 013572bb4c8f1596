"""Changes of a notebook that take a finding away: made only where they are certain."""
