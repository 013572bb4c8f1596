"""The HTTP side: the engine API and the Jupyter Server extension."""
