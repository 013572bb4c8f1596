"""The notebooks that nbdime tests itself with, some of which say in their names what changed."""

from __future__ import annotations

import itertools
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest

from jupyter_deploy.results.cells import read_results

from .notebooks import difference

_SPEC = find_spec("nbdime")
assert _SPEC is not None and _SPEC.origin is not None
FILES = Path(_SPEC.origin).parent / "tests" / "files"

ONE = "single_cell_nb"
#: Changed files of one family and whether their results are those of the first.
SAME_AS_THE_FIRST = {
    "changed_ec": True,
    "changed_metadata": True,
    "changed_source": True,
    "changed_output": False,
    "changed_source_output": False,
    "changed_source_output_ec": False,
    "json_output": False,
}


def pairs() -> list[tuple[str, str]]:
    families: dict[str, list[str]] = defaultdict(list)
    for path in sorted(FILES.glob("*.ipynb")):
        families[path.stem.split("--")[0]].append(path.stem)
    found = [pair for names in families.values() for pair in itertools.combinations(names, 2)]
    assert len(found) > 60
    return found


def between(old: str, new: str) -> dict[str, object]:
    a, b = (read_results((FILES / f"{name}.ipynb").read_bytes()) for name in (old, new))
    return difference(a, b)


@pytest.mark.parametrize(("old", "new"), pairs())
def test_each_pair_gives_the_same_both_ways(old: str, new: str) -> None:
    there, back = between(old, new), between(new, old)
    assert there["same"] is back["same"]
    for section in ("metrics", "tables", "images", "errors"):
        assert len(there[section]) == len(back[section])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted({name for pair in pairs() for name in pair}))
def test_a_notebook_does_not_differ_from_itself(name: str) -> None:
    found = between(name, name)
    assert found["same"] is True
    assert found["hidden"] == {"count": 0, "kinds": {}, "examples": []}
    assert found["code"] == []


@pytest.mark.parametrize("change", SAME_AS_THE_FIRST)
def test_what_the_name_says_is_found(change: str) -> None:
    found = between(ONE, f"{ONE}--{change}")
    assert found["same"] is SAME_AS_THE_FIRST[change]
    assert bool(found["code"]) is ("source" in change)


def test_what_changed_in_json_is_named() -> None:
    assert between(f"{ONE}--json_output", f"{ONE}--json_output_changed")["texts"]
