"""From a notebook on disk to a bundle."""
