"""What is said after a deploy of what would fail."""

from __future__ import annotations

from .conftest import Home


def test_findings_are_told_with_cell_cause_and_remedy(shared_home: Home) -> None:
    (shared_home.work / "faulty").mkdir()
    (shared_home.work / "faulty" / "prices.csv").write_text("a\n1\n")
    path = shared_home.notebook(
        "faulty/faulty.ipynb",
        "import nosuchpkg",
        "print(open('prices.csv').read())",
        "print(never_defined)",
        parameters="n = 3",
    )
    deployed = shared_home("notebook", path)
    assert deployed.code == 0
    for said in (
        "cell 1, parameter without effect: n ",
        "cell 2, missing package: nosuchpkg ",
        "→ Add nosuchpkg to the version's packages, or install it",
        "cell 3, data file: prices.csv ",
        "→ Add prices.csv to the files.",
        "cell 4, hidden name: never_defined ",
    ):
        assert said in deployed.out
        assert said in shared_home("show", "faulty").out
    found = shared_home.json("show", "faulty")["preflight"]["findings"]
    assert [item["cell"] for item in found] == [0, 1, 2, 3]


def test_the_remedy_helps(shared_home: Home) -> None:
    (shared_home.work / "lib").mkdir()
    (shared_home.work / "lib" / "words.py").write_text("WORDS = 3\n")
    path = shared_home.notebook("mended.ipynb", "from lib.words import WORDS", "print(WORDS)")
    before = shared_home.json("notebook", path)["preflight"]["findings"]
    assert [item["cause"] for item in before] == ["local_module"]
    assert before[0]["fix"] == "Add lib/**/*.py to the files."
    after = shared_home.json("notebook", path, "--files", "lib/**/*.py", "--wait")
    assert after["preflight"]["findings"] == []
    assert after["run"]["state"] == "succeeded"
