"""Each fault of the corpus is named at its cell, and nothing else is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.preflight.clean import CLEAN
from tests.preflight.corpus import Fault, Sample, findings
from tests.preflight.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda item: f"{item.cause}-{item}")
def test_the_fault_is_named_with_its_cell_and_nothing_else_is(fault: Fault, tmp_path: Path) -> None:
    found = findings(fault, tmp_path)
    assert [(item.cause, item.cell) for item in found] == [(fault.cause, fault.cell)], found
    assert found[0].message.endswith(".")
    assert found[0].fix


@pytest.mark.parametrize("sample", CLEAN, ids=str)
def test_a_clean_notebook_raises_no_alarm(sample: Sample, tmp_path: Path) -> None:
    assert findings(sample, tmp_path) == ()


def test_the_corpus_is_large_enough() -> None:
    causes = Counter(item.cause for item in FAULTS)
    assert len(FAULTS) >= 60
    assert len(CLEAN) >= 40
    assert min(count for cause, count in causes.items() if cause != "syntax_error") >= 4
