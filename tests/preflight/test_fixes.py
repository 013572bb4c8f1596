"""What one click adds takes the finding away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.preflight.corpus import Fault, findings
from tests.preflight.faults import FAULTS

CLICKS = ("data_file", "local_module", "missing_package")


@pytest.mark.parametrize("fault", [item for item in FAULTS if item.cause in CLICKS], ids=str)
def test_a_click_mends_it(fault: Fault, tmp_path: Path) -> None:
    (finding,) = findings(fault, tmp_path / "before")
    assert finding.action
    files, packages = finding.action.get("files", []), finding.action.get("packages", [])
    mended = replace(fault, takes=(*fault.takes, *files))
    assert findings(mended, tmp_path / "after", packages) == ()
