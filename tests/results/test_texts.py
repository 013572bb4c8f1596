"""Texts and metrics: what changed, and what is only noise."""

from __future__ import annotations

import re

import pytest

from jupyter_deploy.results.cells import Results

from .notebooks import Document, between, cell, difference, printed, results, shown

NOISE = {
    "addresses": ("<Model at 0x7fe8c74357b0>", "<Model at 0x7f2d86b557b0>"),
    "ids": ("run 0b2e1c3a-1111-4222-8333-444455556666", "run 9f2e1c3a-1111-4222-8333-444455556666"),
    "paths": (
        "/home/a/lib/python3.11/site-packages/x.py:3: FutureWarning: old",
        "/opt/b/lib/python3.12/site-packages/x.py:3: FutureWarning: old",
    ),
    "timings": ("Wall time: 3.2 s", "Wall time: 812 ms"),
    "times": ("done at 06:02:11", "done at 06:03:59.12"),
}


@pytest.mark.parametrize("kind", NOISE)
def test_noise_is_hidden_and_counted(kind: str) -> None:
    old, new = NOISE[kind]
    found = between(printed(f"rows\n{old}\n"), printed(f"rows\n{new}\n"), show_hidden=True)
    assert found["same"] is True
    assert (found["hidden"]["count"], found["hidden"]["kinds"]) == (1, {kind: 1})
    assert [(item["old"], item["new"]) for item in found["hidden"]["examples"]] == [(old, new)]


def test_examples_of_noise_are_shown_when_asked_for() -> None:
    old, new = NOISE["timings"]
    assert between(printed(old), printed(new))["hidden"]["examples"] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.2 ms ± 3 µs per loop (mean of 7)", "811 µs ± 1 µs per loop (mean of 7)"),
        ("trained in 3.1 s", "trained in 12 s"),
        ("step 3, 120 it/s", "step 3, 98.5 it/s"),
        ("elapsed 0:00:03", "elapsed 0:01:07"),
        (
            "CPU times: user 3 ms, sys: 1 ms, total: 4 ms",
            "CPU times: user 9 s, sys: 1 s, total: 10 s",
        ),
    ],
)
def test_durations_are_noise_however_they_are_written(old: str, new: str) -> None:
    assert between(printed(old), printed(new))["same"] is True


def test_progress_bars_are_no_results() -> None:
    old = "\r 10%|█         | 1/10\r100%|██████████| 10/10 [00:03<00:00]\ndone\n"
    found = between(printed(old, "stderr"), printed("done\n", "stderr"))
    assert found["same"] is True
    assert found["hidden"]["kinds"] == {"progress": 1}


def test_the_day_of_the_run_is_noise_any_other_date_is_a_result() -> None:
    def on(day: str, text: str) -> Results:
        return results(cell("x", printed(text)), day=day)

    old, new = "2026-11-25", "2026-11-26"
    same = difference(on(old, f"run {old} 06:00\n"), on(new, f"run {new} 06:01\n"))
    assert (same["same"], same["hidden"]["kinds"]) == (True, {"times": 1})
    other = difference(on(old, "newest order 2026-11-20\n"), on(new, "newest order 2026-11-21\n"))
    [text] = other["texts"]
    assert (text["old"], text["new"]) == ("newest order 2026-11-20", "newest order 2026-11-21")


def test_a_line_with_a_name_and_a_number_is_a_metric() -> None:
    found = between(printed("model fitted\nauc: 0.85\nrows = 1,204\n"),
                    printed("model fitted\nauc: 0.87\nrows = 1,300\n"))  # fmt: skip
    auc, rows = found["metrics"]
    assert (auc["name"], auc["old"], auc["new"], auc["kind"]) == ("auc", 0.85, 0.87, "changed")
    assert (auc["change"], auc["relative"]) == (pytest.approx(0.02), pytest.approx(0.02 / 0.85))
    assert (rows["name"], rows["old"], rows["new"], rows["change"]) == ("rows", 1204, 1300, 96)
    assert (auc["cell_a"], auc["cell_b"]) == (0, 0)
    assert found["texts"] == []


def test_a_result_is_named_by_its_expression() -> None:
    def run(value: str) -> Document:
        return cell("y = f(x)\nscore(y)", shown("text/plain", value))

    [metric] = difference(results(run("np.float64(0.5)")), results(run("0.25")))["metrics"]
    assert (metric["name"], metric["old"], metric["new"]) == ("score(y)", 0.5, 0.25)
    [lost] = difference(results(run("3")), results(cell("y = f(x)\nscore(y)")))["metrics"]
    assert (lost["kind"], lost["old"], lost["new"], lost["change"]) == ("removed", 3, None, None)


@pytest.mark.parametrize(("old", "new"), [("nan", "nan"), ("0.1", "0.10000000000000001")])
def test_values_that_are_the_same(old: str, new: str) -> None:
    assert between(printed(f"loss: {old}\n"), printed(f"loss: {new}\n"))["same"] is True


@pytest.mark.parametrize(("old", "new"), [("0.5", "nan"), ("inf", "1"), ("0", "5")])
def test_a_change_that_no_number_can_tell(old: str, new: str) -> None:
    [metric] = between(printed(f"loss: {old}\n"), printed(f"loss: {new}\n"))["metrics"]
    assert metric["relative"] is None
    assert all(value == value for value in (metric["old"], metric["new"]))  # JSON has no NaN


def test_rounding_is_hidden() -> None:
    found = between(printed("sum 0.30000000000000004\n"), printed("sum 0.3\n"))
    assert (found["same"], found["hidden"]["kinds"]) == (True, {"rounding": 1})


def test_a_tolerance_is_of_one_metric() -> None:
    old, new = printed("auc: 0.85\nf1: 0.85\n"), printed("auc: 0.86\nf1: 0.86\n")
    [metric] = between(old, new, tolerances={"auc": 0.02})["metrics"]
    assert metric["name"] == "f1"


def test_own_patterns_are_ignored() -> None:
    old, new = printed("ticket ABC-17 closed\n"), printed("ticket ABC-18 closed\n")
    assert between(old, new)["same"] is False
    found = between(old, new, ignore=[r"ABC-\d+"])
    assert (found["same"], found["hidden"]["kinds"]) == (True, {"own patterns": 1})
    with pytest.raises(re.error):
        between(old, new, ignore=["["])


def test_lines_that_come_and_go() -> None:
    found = between(printed("a\nb\nc\n"), printed("a\nc\nd is new\n"))
    [text] = found["texts"]
    assert (text["kind"], text["old"], text["new"]) == ("changed", "b", "d is new")
    [added] = between(printed("a\n"), printed("a\nmore\n"))["texts"]
    assert (added["kind"], added["old"], added["new"]) == ("added", None, "more")


def test_a_hundred_thousand_lines_are_compared() -> None:
    lines = [f"row {number} is fine" for number in range(100_000)]
    other = [*lines[:50_000], "here", *lines[50_000:]]
    [text] = between(printed("\n".join(lines)), printed("\n".join(other)))["texts"]
    assert (text["new"], text["lines"]) == ("here", 1)


def test_streams_are_compared_apart_and_whole() -> None:
    """Whatever was printed between: where pieces end is chance."""
    old = results(cell("x", printed("a\n"), printed("warn\n", "stderr"), printed("b\n")))
    new = results(cell("x", printed("a\nb\n"), printed("warn\n", "stderr")))
    assert difference(old, new)["same"] is True


def test_lines_that_end_as_on_windows() -> None:
    [text] = between(printed("good\r\nold\r\n"), printed("good\r\nnew\r\n"))["texts"]
    assert (text["old"], text["new"]) == ("old", "new")
    assert between(printed("a\r\nb\r\n"), printed("a\nb\n"))["same"] is True
