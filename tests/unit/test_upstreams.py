"""Names of deployments that a notebook reads, found when it is captured."""

from __future__ import annotations

import nbformat
import pytest

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.notebook.upstreams import find_upstreams
from jupyter_deploy.testing.samples import bundle


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("jd.upstream('train')", ("train",)),
        ("from jupyter_deploy import upstream\nx = upstream(name='a').table('b')", ("a",)),
        ("%matplotlib inline\n!ls\nupstream('b')\nupstream('a'); upstream('b')", ("a", "b")),
        ("upstream(f'{x}')\nupstream(x)\nupstream()\nupstream('a/b')\nupstream(1)", ()),
        ("# jd.upstream('train')\n'jd.upstream(\"train\")'", ()),
        ("upstream('train'", ()),
        ("upstream('train')\0", ()),
        ("upstream" + "(" * 5000, ()),
        ("%%time\nupstream('train')", ("train",)),
    ],
)
def test_literal_calls_are_found(source: str, found: tuple[str, ...]) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    assert find_upstreams(notebook, "python") == found


def test_only_python_code_is_read() -> None:
    cells = [
        nbformat.v4.new_markdown_cell("upstream('a')"),
        nbformat.v4.new_code_cell("upstream('b')"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert find_upstreams(notebook, "python") == ("b",)
    assert find_upstreams(notebook, "r") == ()


def test_bundles_of_before_keep_their_digest() -> None:
    document = bundle().to_json()
    assert "upstreams" not in document
    assert Bundle.from_json(document) == bundle()
    reading = bundle(upstreams=("train",))
    assert Bundle.from_json(reading.to_json()) == reading
    assert reading.digest != bundle().digest
