"""Executed notebooks as pages."""

from __future__ import annotations

import nbformat


def to_html(content: bytes) -> str:
    """A page that stands alone. Raises ValueError for what is not a notebook."""
    from nbconvert import HTMLExporter  # slow to import, and most engines never render

    notebook = nbformat.reads(content.decode(), as_version=4)
    exporter = HTMLExporter(
        template_name="lab",
        embed_images=True,
        sanitize_html=False,
        mathjax_url="",
        require_js_url="",
    )
    page, _ = exporter.from_notebook_node(notebook)
    return str(page)
