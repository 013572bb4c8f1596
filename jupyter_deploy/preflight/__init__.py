"""What can be told of a notebook without running it: why it would fail elsewhere."""
