"""Findings as they are stored and read again."""

from __future__ import annotations

import json
from dataclasses import replace

from jupyter_deploy.domain.bundle import Bundle, Edit, Finding
from jupyter_deploy.domain.preflight import FULL, SAMPLE, Report, Tried, findings
from jupyter_deploy.testing.samples import bundle

EDITS = (Edit(0, None, "n = 3", ("parameters",)), Edit(2, "n = 3\n", ""))
FOUND = Finding("asks_input", 2, "It asks.", None, {"secrets": ["N"]}, EDITS)


def stored(document: dict[str, object]) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(json.dumps(document))
    return loaded


def test_edits_are_not_kept() -> None:
    """They hold lines of the source, which may be secrets."""
    plain = replace(FOUND, edits=())
    held = replace(bundle(), findings=(FOUND,))
    assert Bundle.from_json(stored(held.to_json())) == replace(held, findings=(plain,))
    tried = Tried(7, report=Report(findings=(FOUND,)))
    assert Tried.from_json(stored(tried.to_json())) == Tried(7, report=Report(findings=(plain,)))


def test_findings_from_before_there_were_edits_are_read_and_keep_their_digest() -> None:
    old = {"cause": "asks_input", "cell": 2, "message": "It asks.", "fix": None, "action": None}
    document = {**stored(bundle().to_json()), "findings": [old]}
    held = Bundle.from_json(document)
    assert held.findings == (Finding("asks_input", 2, "It asks.", None),)
    assert list(held.to_json()["findings"]) == [old]


def test_a_run_in_full_that_ended_well_has_disproved_what_would_have_ended_it() -> None:
    fatal, kept = replace(FOUND, edits=()), Finding("secret_in_source", 0, "It holds one.", None)
    seen = Finding("data_file", 1, "It is read.", None)
    passed = Tried(7, verdict="succeeded", report=Report(findings=(seen,)))
    assert findings([fatal, kept], FULL, passed) == [kept, seen]
    assert findings([fatal, kept], SAMPLE, passed) == [fatal, kept, seen]
    assert findings([fatal, kept], FULL, Tried(7, verdict="failed")) == [fatal, kept]
    assert findings([fatal, kept], FULL, None) == [fatal, kept]
    also = replace(passed, report=Report(disproved=(("secret_in_source", 0),)))
    assert findings([fatal, kept, replace(kept, cell=1)], FULL, also) == [replace(kept, cell=1)]
    assert Tried.from_json(stored(also.to_json())) == also
