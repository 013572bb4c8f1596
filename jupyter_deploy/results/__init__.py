"""What executed notebooks show, and what changed between two of them."""
