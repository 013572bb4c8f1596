"""What uv says, in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_deploy.environments.uv import UvError, _sentence, run_uv

REPORT = """Using Python 3.11.7
warning: The option is experimental
error: Failed to read `lead @
  file:///a/lead.whl`
  cause: Hash mismatch for `lead`

         Expected:
           sha256:00
hint: try again
"""


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (REPORT, "Failed to read `lead @ file:///a/lead.whl`: Hash mismatch for `lead`."),
        (
            "error: Failed to fetch: http://me:word@host/lead/\n",
            "Failed to fetch: http://host/lead/.",
        ),
        ("  × No solution found:\n  ╰─▶ Because\n", "uv gave no reason."),
        ("error: No.\nhint: perhaps\nmore of it\n", "No."),
        ("", "uv gave no reason."),
    ],
)
def test_a_report_becomes_a_sentence(said: str, sentence: str) -> None:
    assert _sentence(said) == sentence


def test_what_uv_does_not_know_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UvError, match="nonsense"):
        run_uv(["nonsense"], cwd=tmp_path)
