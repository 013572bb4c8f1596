"""Edits of the notebook take a finding away, add no other, and are certain or not there."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.errors import Conflict
from jupyter_deploy.notebook.editing import apply_edits
from jupyter_deploy.preflight.check import propose
from jupyter_deploy.preflight.place import Place
from tests.preflight.corpus import MARKDOWN, PARAMETERS, Fault, Sample, findings, look, notebook_of
from tests.preflight.faults import FAULTS

CAUSES = ("secret_in_source", "absolute_path", "derived_value_stale", "asks_input")
#: Of these no change is certain.
LEFT = {"cd", "in a function", "GitHub in a comment", "joined literals"}
PASSWORD = "tR0ub4dor&3"
TOKEN = "ghp_" + "a8Fk2LmQ9xZr4TbV7nWc1YpD6sGh3JuE5oKi"


def place_of(folder: Path, root: Path | None = None) -> Place:
    return Place(folder, root or folder, folder, frozenset(), lambda names: {})


def found(folder: Path, *sources: str) -> tuple[Finding, ...]:
    return propose(notebook_of(sources), (), place_of(folder))[0]


def edited(folder: Path, *sources: str) -> list[str]:
    """The cells with the edits of the first finding that has some."""
    proposed = [item.edits for item in found(folder, *sources) if item.edits]
    edits = proposed[0] if proposed else ()
    return [cell.source for cell in apply_edits(notebook_of(sources), edits).cells]


@pytest.mark.parametrize("fault", [item for item in FAULTS if item.cause in CAUSES], ids=str)
def test_edits_and_action_take_the_finding_away(fault: Fault, tmp_path: Path) -> None:
    (finding,) = findings(fault, tmp_path / "before")
    assert bool(finding.edits) is (fault.name not in LEFT)
    if finding.edits:
        action = finding.action or {}
        mended = replace(fault, takes=(*fault.takes, *action.get("files", ())))
        notebook = apply_edits(notebook_of(fault.cells), finding.edits)
        secrets = action.get("secrets", ())
        assert look(mended, notebook, tmp_path / "after", secrets=secrets) == ()


def test_no_other_finding_has_edits(tmp_path: Path) -> None:
    for number, fault in enumerate(FAULTS):
        if fault.cause not in CAUSES:
            (finding,) = findings(fault, tmp_path / str(number))
            assert not finding.edits, fault


HOSTILE = {
    "letters of many bytes": (
        f"größe = 'äöü€𝄞'; password = '{PASSWORD}'  # naïve",
        "import os\ngröße = 'äöü€𝄞'; password = os.environ[\"PASSWORD\"]  # naïve",
    ),
    "tabs": (
        f"if True:\n\tpassword = '{PASSWORD}'\n\tx\t=\t1",
        'import os\nif True:\n\tpassword = os.environ["PASSWORD"]\n\tx\t=\t1',
    ),
    "Windows line ends": (
        f"x = 1\r\npassword = '{PASSWORD}'\r\ny = 2",
        'import os\r\nx = 1\r\npassword = os.environ["PASSWORD"]\r\ny = 2',
    ),
    "old line ends": (
        f"x = 1\rpassword = '{PASSWORD}'\ry = 2",
        'import os\nx = 1\rpassword = os.environ["PASSWORD"]\ry = 2',
    ),
    "form feeds": (
        f"x = '\x0c\x0b'\npassword = '{PASSWORD}'",
        "import os\nx = '\x0c\x0b'\npassword = os.environ[\"PASSWORD\"]",
    ),
    "joined literals": (
        f"password = '{PASSWORD[:4]}' '{PASSWORD[4:]}'",
        'import os\npassword = os.environ["PASSWORD"]',
    ),
    "joined on two lines": (
        f"password = ('{PASSWORD[:4]}'\n    '{PASSWORD[4:]}')",
        'import os\npassword = (os.environ["PASSWORD"])',
    ),
    "two in one cell": (
        f"login(password='{PASSWORD}', token='{TOKEN}')",
        'import os\nlogin(password=os.environ["PASSWORD"], token=os.environ["GITHUB_TOKEN"])',
    ),
    "one twice": (
        f"password = '{PASSWORD}'\nlogin(password='{PASSWORD}')",
        'import os\npassword = os.environ["PASSWORD"]\nlogin(password=os.environ["PASSWORD"])',
    ),
    "two of one name": (
        f"login(password='{PASSWORD}')\nlogin(password='{PASSWORD}9')",
        'import os\nlogin(password=os.environ["PASSWORD"])\n'
        'login(password=os.environ["PASSWORD_2"])',
    ),
    "a name that is read already": (
        f"import os\nos.getenv('PASSWORD', '')\npassword = '{PASSWORD}'",
        "import os\nos.getenv('PASSWORD', '')\npassword = os.environ[\"PASSWORD_2\"]",
    ),
    "imported further down": (
        f"password = '{PASSWORD}'\nimport os",
        'import os\npassword = os.environ["PASSWORD"]\nimport os',
    ),
    "below what comes first": (
        f'from __future__ import annotations\npassword = """{PASSWORD}"""',
        'from __future__ import annotations\nimport os\npassword = os.environ["PASSWORD"]',
    ),
    "raw": (f"password = r'{PASSWORD}'", 'import os\npassword = os.environ["PASSWORD"]'),
    "in an f-string": (f"url = f'postgresql://a:{PASSWORD}@{{host}}/b'", None),
    "within an f-string": (f"x = f\"{{login(password='{PASSWORD}')}}\"", None),
    "in a comment too": (f"password = '{TOKEN}'  # not {TOKEN[:-1]}x", None),
    "in a header": (f"headers = {{'Authorization': 'Bearer {TOKEN}'}}", None),
    "bytes": (f"token = b'{TOKEN}'", None),
    "beside a magic": (f"%matplotlib inline\npassword = '{PASSWORD}'", None),
    "below a cell magic": (f"%%time\npassword = '{PASSWORD}'", None),
    "in another language": (f"%%bash\ncurl -u a:{TOKEN} localhost", None),
    "os is something else": (f"os = 3\npassword = '{PASSWORD}'", None),
    "a pattern": (f"match x:\n    case dict(password='{PASSWORD}'):\n        pass", None),
    "half a character": (f"x = '\ud800'; password = '{PASSWORD}'", None),
    "a byte order mark": (f"\ufeffpassword = '{PASSWORD}'", None),
    "data": (f"password = '{PASSWORD}'\nx = '{'a' * 60_000}'", None),
}


@pytest.mark.parametrize(("source", "after"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_source_gets_a_right_edit_or_none(
    source: str, after: str | None, tmp_path: Path
) -> None:
    for finding in found(tmp_path, source):
        if finding.cause == "secret_in_source":
            assert [edit.after for edit in finding.edits] == ([after] if after else [])
    if after:
        ast.parse(after)


def test_os_is_imported_where_no_cell_before_has_done_so(tmp_path: Path) -> None:
    line = f"password = '{PASSWORD}'"
    mended = 'password = os.environ["PASSWORD"]'
    assert edited(tmp_path, "import os.path", line) == ["import os.path", mended]
    assert edited(tmp_path, line, "import os") == [f"import os\n{mended}", "import os"]
    notebook = notebook_of(("import os", line))
    notebook.cells[0].metadata["tags"] = ["raises-exception"]
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    (finding,) = propose(notebook, (), place_of(tmp_path))[0]
    assert [edit.after for edit in finding.edits] == [f"import os\n{mended}"]
    inner = "def f():\n    import os\n    return os.sep"
    assert edited(tmp_path, inner, line) == [inner, line]


def test_a_secret_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    cells = (
        f"password = '{PASSWORD}'",
        f"login(password='{PASSWORD}')",
        "password = 'other#1Word'",
    )
    mended = (
        'import os\npassword = os.environ["PASSWORD"]',
        'login(password=os.environ["PASSWORD"])',
    )
    assert edited(tmp_path, *cells) == [*mended, cells[2]]
    assert edited(tmp_path, *mended, cells[2])[2] == 'password = os.environ["PASSWORD_2"]'
    magic = f"%time login(password='{PASSWORD}')"
    assert edited(tmp_path, cells[0], magic) == [mended[0], magic]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prices.csv").write_text("a\n1\n")
    return tmp_path.resolve()


def paths(project: Path, *sources: str) -> tuple[list[str], Finding]:
    place = place_of(project / "notebooks", project)
    notebook = notebook_of(sources)
    (finding,) = propose(notebook, (), place)[0]
    return [cell.source for cell in apply_edits(notebook, finding.edits).cells], finding


def test_an_absolute_path_in_the_project_becomes_relative(project: Path) -> None:
    cells, finding = paths(project, f'text = open("{project}/data/prices.csv").read()')
    assert cells == ['text = open("../data/prices.csv").read()']
    assert finding.action == {"files": ["../data/prices.csv"]}
    cells, finding = paths(
        project, f"base = '{project}/data/'", "open(base + 'prices.csv')\nopen(base + 'no.csv')"
    )
    assert cells[0] == "base = '../data/'"
    assert finding.action == {"files": ["../data/prices.csv"]}


def test_a_link_out_of_the_project_and_names_that_no_disk_has_are_survived(project: Path) -> None:
    (project / "elsewhere.csv").symlink_to("/etc/hostname")
    for text in (f"{project}/elsewhere.csv", f"{project}/{'a' * 300}.csv", f"{project}/[a"):
        source = f"x = open({text!r})"
        after, _ = paths(project, source)
        assert after in ([source], ["elsewhere_path = " + repr(text), "x = open(elsewhere_path)"])


def test_a_notebook_that_takes_long_to_check_gets_no_edits(tmp_path: Path) -> None:
    data = "x = '" + "a" * 800_000 + "'"
    (finding,) = found(tmp_path, f"password = '{PASSWORD}'", data, data)
    assert finding.edits == ()


def test_what_is_not_there_or_may_mean_another_place_is_left(project: Path) -> None:
    for source in (
        f"open('{project}/data/nothing.csv')",
        f"import os\nos.chdir('/')\nopen('{project}/data/prices.csv')",
        f"for year in (1, 2):\n    open(f'{project}/data/{{year}}.csv')",
    ):
        notebook = notebook_of((source,))
        for finding in propose(notebook, (), place_of(project / "notebooks", project))[0]:
            if str(project) in finding.message:
                assert finding.edits == ()


def test_a_path_elsewhere_becomes_a_parameter(tmp_path: Path) -> None:
    read = "open(SOURCE)"
    assert edited(tmp_path, "x = 1\nSOURCE = '/mnt/a.csv'  # of May\ny = 2", read) == [
        "SOURCE = '/mnt/a.csv'  # of May", "x = 1\ny = 2", read,
    ]  # fmt: skip
    assert edited(tmp_path, PARAMETERS + "n = 3", "open('/mnt/a.csv')\nprint(n)") == [
        PARAMETERS + "n = 3\na_path = '/mnt/a.csv'", "open(a_path)\nprint(n)",
    ]  # fmt: skip
    assert edited(tmp_path, PARAMETERS + "src = '/mnt/a.csv'", "open('/mnt/a.csv')\nopen(src)") == [
        PARAMETERS + "src = '/mnt/a.csv'", "open(src)\nopen(src)",
    ]  # fmt: skip
    assert edited(tmp_path, "open('/mnt/a.csv')\nopen('/mnt/a.csv')\na_path = 2") == [
        "a_path_2 = '/mnt/a.csv'", "open(a_path_2)\nopen(a_path_2)\na_path = 2",
    ]  # fmt: skip
    assert edited(tmp_path, "open('/mnt/a.csv')\nopen('/srv/a.csv')") == [
        "a_path = '/mnt/a.csv'\na_path_too = '/srv/a.csv'", "open(a_path)\nopen(a_path_too)",
    ]  # fmt: skip
    assert edited(tmp_path, MARKDOWN + "# Title", "open('/mnt/2024 für/')") == [
        "# Title", "given_2024_f_r_path = '/mnt/2024 für/'", "open(given_2024_f_r_path)",
    ]  # fmt: skip


def test_a_path_before_the_parameters_is_left(tmp_path: Path) -> None:
    sources = ("open('/mnt/a.csv')", PARAMETERS + "n = 3", "print(n)")
    assert edited(tmp_path, *sources) == list(sources)


def test_names_that_may_come_from_elsewhere_are_not_moved(tmp_path: Path) -> None:
    star, source = "from math import *", "DATA = '/mnt/a.csv'"
    assert edited(tmp_path, star, source, "open(DATA)") == [
        "a_path = '/mnt/a.csv'", star, "DATA = a_path", "open(DATA)",
    ]  # fmt: skip
    for sources in (
        (star, "name = input()", "print(name)"),
        ("%run setup.py", "open('/mnt/a.csv')", PARAMETERS + "n = 3", "print(n)"),
        (star, PARAMETERS + "text = open('/mnt/a.csv')", "print(text)"),
    ):
        assert edited(tmp_path, *sources) == list(sources)


def test_answers_become_parameters(tmp_path: Path) -> None:
    assert edited(
        tmp_path, "n: int = int(input('?'))\nrate = float(input())", "print(n * rate)"
    ) == ["n: int = 0\nrate = 0.0", "", "print(n * rate)"]
    for sources in (
        ("name = input()\nname = name.strip()", "print(name)"),
        ("name = input(); x = 1", "print(name)"),
        ("x = [input() for _ in range(3)]", "print(x)"),
        ("name = input().split()", "print(name)"),
        ("name = input()", "x = 1"),  # a parameter without effect
    ):
        assert edited(tmp_path, *sources) == list(sources)


def test_what_depends_on_a_derived_value_moves_with_it(tmp_path: Path) -> None:
    first = PARAMETERS + "n = 3\nm = n * 2  # twice\nk = m + 1\nq = 4"
    sample = Sample("derived", (first, "print(n, m, k, q)"))
    (finding,) = findings(sample, tmp_path)
    cells = [cell.source for cell in apply_edits(notebook_of(sample.cells), finding.edits).cells]
    assert cells == [
        PARAMETERS + "n = 3\nq = 4", "m = n * 2  # twice\nk = m + 1", "print(n, m, k, q)",
    ]  # fmt: skip


def test_edits_of_a_notebook_that_has_changed_are_refused() -> None:
    notebook = notebook_of(("x = 1", MARKDOWN + "x = 1"))
    for edit in (
        Edit(0, "x = 2", "x = 3"),
        Edit(1, "x = 1", "x = 3"),
        Edit(2, "x = 1", "x = 3"),
        Edit(-1, "x = 1", "x = 3"),
        Edit(3, None, "x = 3"),
    ):
        with pytest.raises(Conflict, match="is not as it was"):
            apply_edits(notebook, [Edit(0, "x = 1", "x = 9"), edit])
    assert notebook.cells[0].source == "x = 1"


def test_edits_refer_to_the_notebook_before_any_is_made() -> None:
    notebook = notebook_of(("a", "b"))
    edits = [
        Edit(0, None, "first", ("parameters",)), Edit(1, None, "between"), Edit(1, "b", "B"),
        Edit(2, None, "last"),
    ]  # fmt: skip
    after = apply_edits(notebook, edits)
    assert [cell.source for cell in after.cells] == ["first", "a", "between", "B", "last"]
    assert after.cells[0].metadata == {"tags": ["parameters"]}
    assert [after.cells[1].id, after.cells[3].id] == ["c0", "c1"]
    assert len({cell.id for cell in after.cells}) == 5
