"""What notebooks record, in real kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import Attempt

Make = Callable[..., Attempt]


def metrics(run: Attempt) -> dict[str, Any]:
    return {item["name"]: item for item in run.finished["metrics"]}


def test_recorded_and_displayed_numbers(attempt: Make) -> None:
    run = attempt(
        "import jupyter_deploy as jd\njd.metric('auc', 0.91, unit='%')",
        "for n in (3, 2, 1):\n    print('loss:', n)",
        "jd.metric('worst', float('nan'))\n6 * 7",
    ).run()
    assert run.verdict().verdict == "succeeded"
    assert metrics(run) == {
        "auc": {"name": "auc", "value": 0.91, "unit": "%", "source": "sdk", "cell": 0},
        "worst": {"name": "worst", "value": "nan", "unit": None, "source": "sdk", "cell": 2},
        "loss": {"name": "loss", "value": 1, "unit": None, "source": "shown", "cell": 1},
        "6 * 7": {"name": "6 * 7", "value": 42, "unit": None, "source": "shown", "cell": 2},
    }


def test_a_failed_notebook_keeps_what_it_recorded(attempt: Make) -> None:
    run = attempt("print('rows: 12')", "1 / 0", "print('never: 1')").run()
    assert run.verdict().verdict == "failed"
    assert metrics(run).keys() == {"rows"}


def test_outputs_that_cannot_be_read_are_no_failure(attempt: Make) -> None:
    """The notebook has written into its own ledger."""
    forge = (
        "with open('../../ledger.jsonl', 'r+b') as file:\n"
        "    text = file.read()\n    file.seek(0)\n"
        "    file.write(text.replace(b'\"0123456789\"', b'[3         ]'))"
    )
    show = "from IPython.display import display\ndisplay({'text/html': '0123456789'}, raw=True)"
    run = attempt(show, forge).run()
    assert run.verdict().verdict == "succeeded_with_warnings"
    assert "could not be read; the runner's log says why" in str(run.verdict().reason)
    assert run.finished["metrics"] == []
    assert "TypeError" in run.log


def test_too_many_metrics_are_said(attempt: Make) -> None:
    run = attempt("for n in range(600): print(f'm{n}: {n}')").run()
    assert len(metrics(run)) == 500
    assert run.verdict().reason == "Only 500 metrics are kept; the notebook has 100 more."


def test_the_notebook_knows_its_run(attempt: Make) -> None:
    run = attempt(
        "region = 'us'",
        "import jupyter_deploy as jd\nprint(jd.run, jd.run.parameters, jd.run.due_at)",
        parameters={"region": "eu"},
    ).run()
    said = run.stream(2) or run.stream(1)
    assert said == "<run 7 of churn, version 3> {'region': 'eu'} None\n"


def test_a_large_table_is_among_the_outputs(attempt: Make) -> None:
    run = attempt(
        "import jupyter_deploy as jd, pandas as pd\n"
        "jd.table('scores', pd.DataFrame({'n': range(300_000)}))"
    ).run()
    names = [output["name"] for output in run.finished["outputs"]]
    assert names == ["output.ipynb", "notebooks/scores.parquet"]


def test_a_thread_may_record(attempt: Make) -> None:
    run = attempt(
        "import jupyter_deploy as jd, threading\n"
        "one = threading.Thread(target=jd.metric, args=('auc', 1))\none.start(); one.join()"
    ).run()
    assert metrics(run).keys() == {"auc"}


def test_any_kernel_may_record(attempt: Make) -> None:
    """Without the SDK: only the media type counts."""
    content = {"application/vnd.jupyter-deploy.metric.v1+json": {"name": "auc", "value": 0.5}}
    run = attempt(f"from IPython.display import display\ndisplay({content!r}, raw=True)").run()
    assert metrics(run)["auc"]["source"] == "sdk"
