"""The only code that understands .ipynb."""
