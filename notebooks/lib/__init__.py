"""Code that several notebooks share; a deployment takes it along with `files:`."""
