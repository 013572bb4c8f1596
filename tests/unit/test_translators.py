"""Values as source code of other languages."""

from __future__ import annotations

import pytest

from jupyter_deploy.notebook.translators import papermill_translators


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("eu", '"eu"'),
        ('say "no" \\ yes', '"say \\"no\\" \\\\ yes"'),
        ("é\n", '"\\U000000e9\\U0000000a"'),
        ("😀", '"\\U0001f600"'),
        (True, "TRUE"),
        (None, "NULL"),
        ([1, "é"], 'list(1, "\\U000000e9")'),
        ({"a": 1.5}, 'list("a" = 1.5)'),
    ],
)
def test_r_reads_what_was_given(value: object, source: str) -> None:
    assert papermill_translators.find_translator("ir", "r").translate(value) == source
