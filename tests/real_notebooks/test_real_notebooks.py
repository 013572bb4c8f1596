"""Notebooks that other projects test themselves with: odd, broken and old ones among them.

They come from the source distributions of four Jupyter projects and are deployed and run in one
engine with four slots. The table below says how each must end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import ensure_engine, stop_engine
from jupyter_deploy.config import load_settings
from jupyter_deploy.errors import DeployError
from tests.real_notebooks.sdists import unpack

pytestmark = pytest.mark.timeout(420)

NBCLIENT = "nbclient-0.11.0/tests/files"
EXPORTERS = "nbconvert-7.17.2/tests/exporters/files"
NBCONVERT = "nbconvert-7.17.2/tests/files"
NBFORMAT = "nbformat-5.11.1/tests"
PAPERMILL = "papermill-2.7.0/papermill/tests/notebooks"

#: Never ends by itself, so the test cancels it.
ENDLESS = f"{NBCLIENT}/Interrupt.ipynb"
#: These sleep; started first, they sleep while the others run.
SLEEPERS = (
    f"{PAPERMILL}/keyboard_interrupt.ipynb",
    f"{PAPERMILL}/gcs/gcs_in/gcs-simple_notebook.ipynb",
)

NO_INPUT = "asks for input"
NO_WIDGETS = "No module named 'ipywidgets'"
NO_NETWORK = "URLError"
NO_KERNEL = "is not installed here"
NO_CELL = "is neither code, markdown nor raw"
EXITED = "The notebook exited in cell 2; cell 3 never ran."

#: How each notebook ends, and words of the reason.
EXPECTED: dict[str, tuple[str, str | None]] = {
    f"{NBCLIENT}/Autokill.ipynb": ("failed", "The kernel died, ended by SIGTERM"),
    f"{NBCLIENT}/Check History in Memory.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Clear Output.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Disable Stdin.ipynb": ("failed", NO_INPUT),
    f"{NBCLIENT}/Empty Cell.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Error.ipynb": ("failed", "ZeroDivisionError"),
    f"{NBCLIENT}/Factorials.ipynb": ("succeeded", None),
    f"{NBCLIENT}/HelloWorld.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Inline Image.ipynb": ("failed", ""),
    f"{NBCLIENT}/Interrupt.ipynb": ("cancelled", ""),
    f"{NBCLIENT}/JupyterWidgets.ipynb": ("failed", NO_WIDGETS),
    f"{NBCLIENT}/Other Comms.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Output.ipynb": ("failed", NO_WIDGETS),
    f"{NBCLIENT}/Parallel Execute A.ipynb": ("failed", "KeyError"),
    f"{NBCLIENT}/Parallel Execute B.ipynb": ("failed", "KeyError"),
    f"{NBCLIENT}/SVG.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Skip Exceptions with Cell Tags.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Skip Exceptions.ipynb": ("failed", "Exception: message"),
    f"{NBCLIENT}/Skip Execution with Cell Tag.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Sleep1s.ipynb": ("succeeded", None),
    f"{NBCLIENT}/Unicode.ipynb": ("succeeded", None),
    f"{NBCLIENT}/UnicodePy3.ipynb": ("succeeded", None),
    f"{NBCLIENT}/update-display-id.ipynb": ("succeeded", None),
    "nbconvert-7.17.2/docs/source/nbconvert_library.ipynb": ("failed", NO_NETWORK),
    f"{EXPORTERS}/attachment.ipynb": ("succeeded", None),
    f"{EXPORTERS}/notebook2.ipynb": ("succeeded", None),
    f"{EXPORTERS}/notebook3.ipynb": ("failed", NO_INPUT),
    f"{EXPORTERS}/notebook_inject.ipynb": ("succeeded", None),
    f"{EXPORTERS}/pngmetadata.ipynb": ("refused", NO_KERNEL),
    f"{EXPORTERS}/prompt_numbers.ipynb": ("succeeded", None),
    f"{EXPORTERS}/rawtest.ipynb": ("succeeded", None),
    f"{EXPORTERS}/rst_output.ipynb": ("succeeded", None),
    f"{EXPORTERS}/svg.ipynb": ("succeeded", None),
    f"{NBCONVERT}/Unexecuted_widget.ipynb": ("failed", NO_WIDGETS),
    f"{NBCONVERT}/Unexecuted_widget_2.ipynb": ("failed", NO_WIDGETS),
    f"{NBCONVERT}/Widget_List.ipynb": ("failed", NO_WIDGETS),
    f"{NBCONVERT}/latex-linked-image.ipynb": ("succeeded", None),
    f"{NBCONVERT}/markdown_display_priority.ipynb": ("refused", NO_KERNEL),
    f"{NBCONVERT}/notebook1.ipynb": ("failed", "No module named 'sympy'"),
    f"{NBCONVERT}/notebook2.ipynb": ("failed", "ImportError"),
    f"{NBCONVERT}/notebook3_with_errors.ipynb": ("failed", "This is a deliberate exception"),
    f"{NBCONVERT}/notebook4_jpeg.ipynb": ("failed", ""),
    f"{NBCONVERT}/notebook5_embed_images.ipynb": ("succeeded", None),
    f"{NBCONVERT}/notebook_jl.ipynb": ("refused", NO_KERNEL),
    f"{NBCONVERT}/notebook_tags.ipynb": ("succeeded", None),
    "nbconvert-7.17.2/tests/preprocessors/files/HelloWorld.ipynb": ("succeeded", None),
    "nbconvert-7.17.2/tests/preprocessors/files/MixedMarkdown.ipynb": ("succeeded", None),
    f"{NBFORMAT}/invalid.ipynb": ("refused", NO_CELL),
    f"{NBFORMAT}/invalid_cell_id.ipynb": ("succeeded", None),
    f"{NBFORMAT}/invalid_unique_cell_id.ipynb": ("succeeded", None),
    f"{NBFORMAT}/many_tracebacks.ipynb": ("succeeded", None),
    f"{NBFORMAT}/no_min_version.ipynb": ("failed", "NameError"),
    f"{NBFORMAT}/test2.ipynb": ("failed", "SyntaxError"),
    f"{NBFORMAT}/test3.ipynb": ("failed", NO_NETWORK),
    f"{NBFORMAT}/test3_no_metadata.ipynb": ("failed", NO_NETWORK),
    f"{NBFORMAT}/test3_no_min_version.ipynb": ("succeeded", None),
    f"{NBFORMAT}/test3_no_worksheets.ipynb": ("refused", "no list of worksheets"),
    f"{NBFORMAT}/test3_worksheet_with_no_cells.ipynb": ("refused", "no list of cells"),
    f"{NBFORMAT}/test4.5.ipynb": ("failed", NO_NETWORK),
    f"{NBFORMAT}/test4.ipynb": ("failed", NO_NETWORK),
    f"{NBFORMAT}/test4custom.ipynb": ("succeeded", None),
    f"{NBFORMAT}/test4docinfo.ipynb": ("failed", NO_NETWORK),
    f"{NBFORMAT}/test4jupyter_metadata.ipynb": ("succeeded", None),
    f"{NBFORMAT}/test4jupyter_metadata_timings.ipynb": ("refused", NO_KERNEL),
    f"{NBFORMAT}/test4plus.ipynb": ("refused", NO_CELL),
    f"{NBFORMAT}/v4_5_invalid_metadata.ipynb": ("refused", "is not a valid notebook"),
    f"{NBFORMAT}/v4_5_no_cell_id.ipynb": ("succeeded", None),
    f"{PAPERMILL}/binder.ipynb": ("failed", "CalledProcessError"),
    f"{PAPERMILL}/blank-vscode.ipynb": ("succeeded", None),
    f"{PAPERMILL}/broken.ipynb": ("failed", "SyntaxError"),
    f"{PAPERMILL}/broken1.ipynb": ("failed", "AssertionError"),
    f"{PAPERMILL}/broken2.ipynb": ("failed", "ImportError"),
    f"{PAPERMILL}/complex_parameters.ipynb": ("failed", "SyntaxError"),
    f"{PAPERMILL}/gcs/gcs_in/gcs-simple_notebook.ipynb": ("succeeded", None),
    f"{PAPERMILL}/keyboard_interrupt.ipynb": ("succeeded", None),
    f"{PAPERMILL}/line_magic_error.ipynb": ("failed", "UsageError"),
    f"{PAPERMILL}/nb_version_4.4.ipynb": ("succeeded", None),
    f"{PAPERMILL}/no_parameters.ipynb": ("succeeded", None),
    f"{PAPERMILL}/notimplemented_translator.ipynb": ("refused", NO_KERNEL),
    f"{PAPERMILL}/read_check.ipynb": ("failed", "AssertionError"),
    f"{PAPERMILL}/report_mode_test.ipynb": ("succeeded", None),
    f"{PAPERMILL}/result_no_exec.ipynb": ("succeeded", None),
    f"{PAPERMILL}/s3/s3_in/s3-simple_notebook.ipynb": ("succeeded", None),
    f"{PAPERMILL}/simple_execute.ipynb": ("succeeded", None),
    f"{PAPERMILL}/sysexit.ipynb": ("succeeded_with_warnings", EXITED),
    f"{PAPERMILL}/sysexit0.ipynb": ("succeeded_with_warnings", EXITED),
    f"{PAPERMILL}/sysexit1.ipynb": ("failed", "exited with code 1"),
    f"{PAPERMILL}/systemexit.ipynb": ("succeeded_with_warnings", EXITED),
    f"{PAPERMILL}/test_autosave.ipynb": ("refused", NO_KERNEL),
    f"{PAPERMILL}/test_logging.ipynb": ("failed", "No module named 'ggplot'"),
    f"{PAPERMILL}/test_notebooknode_io.ipynb": ("succeeded", None),
}

#: Show something else each time.
RANDOM = {f"{EXPORTERS}/notebook2.ipynb"}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every notebook of the source distributions by its path in there."""
    folder = unpack(tmp_path_factory.mktemp("sdists"))
    return {str(path.relative_to(folder)): path for path in folder.rglob("*.ipynb")}


@dataclass(frozen=True)
class World:
    """All notebooks deployed and started: a run, or the error that refused it."""

    client: EngineClient
    runs: dict[str, int]
    refused: dict[str, DeployError]

    def wait(self, run_id: int, until: tuple[str, ...], seconds: float = 300) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while (run := self.client.run(run_id))["state"] not in until:
            assert time.monotonic() < end, f"run {run_id} is still {run['state']}"
            time.sleep(0.2)
        return run


@pytest.fixture(scope="module")
def world(notebooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("home")
    config = home / "config"
    config.mkdir()
    (config / "jupyter_deploy_config.py").write_text(
        "c.Deploy.max_running = 4\nc.Deploy.preflight = 'none'\nc.Deploy.environment = 'live'\n"
    )
    nowhere = "http://127.0.0.1:9"  # the same everywhere: no notebook reaches the network
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
        patch.setenv("JUPYTER_CONFIG_DIR", str(config))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.delenv("JUPYTER_RUNTIME_DIR", raising=False)
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, nowhere)
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "127.0.0.1,localhost")
        settings = load_settings()
        endpoint = ensure_engine(settings)
        client = EngineClient(endpoint.url, endpoint.token)
        try:
            world = World(client, {}, {})
            first = [ENDLESS, *SLEEPERS]
            for path in first + sorted(set(notebooks) - set(first)):
                _deploy(world, path, notebooks[path])
            yield world
        finally:
            for run_id in world.runs.values():
                with suppress(DeployError):  # it has ended
                    client.cancel(run_id)
            client.close()
            stop_engine(settings)


def _deploy(world: World, path: str, notebook: Path) -> None:
    name = f"n{len(world.runs) + len(world.refused)}"
    try:
        captured = capture(notebook, limit=notebook.parent)
        world.client.deploy(captured, name=name, parameters={}, schedule=None, replace=False)
        world.runs[path] = world.client.start_run(name, {})["id"]
    except DeployError as error:
        world.refused[path] = error
        return
    if path == ENDLESS:
        world.wait(world.runs[path], ("running",))
        world.client.cancel(world.runs[path])


def test_the_table_names_every_notebook(notebooks: dict[str, Path]) -> None:
    assert set(EXPECTED) == set(notebooks)


@pytest.mark.parametrize("path", EXPECTED)
def test_ends_as_expected(world: World, path: str) -> None:
    outcome, words = EXPECTED[path]
    if path in world.refused:
        error = world.refused[path]
        assert outcome == "refused", error.message
        assert 400 <= error.status < 500
        assert words is not None
        assert words in error.message
        assert error.hint
        return
    run = world.wait(world.runs[path], ("succeeded", "failed", "cancelled"))
    assert (run["verdict"] if run["state"] == "succeeded" else run["state"]) == outcome, run
    if words is None:
        assert run["reason"] is None
        assert "output.ipynb" in {output["name"] for output in run["outputs"]}
    else:
        assert run["reason"]
        assert words in run["reason"]


def test_what_ran_twice_gives_no_difference(world: World) -> None:
    good = [path for path, (outcome, _) in EXPECTED.items() if outcome == "succeeded"]
    first = {path: world.wait(world.runs[path], ("succeeded",))["id"] for path in good}
    again = {
        path: world.client.start_run(world.client.run(run_id)["deployment"], {})["id"]
        for path, run_id in first.items()
    }
    differ = {}
    for path, run_id in again.items():
        world.wait(run_id, ("succeeded",))
        found = world.client.diff(first[path], run_id)
        if not found["same"]:
            differ[path] = found["summary"]
    assert differ.keys() == RANDOM, differ


def test_the_engine_is_healthy_afterwards(world: World) -> None:
    for run_id in world.runs.values():
        world.wait(run_id, ("succeeded", "failed", "cancelled"))
    health = world.client.health()
    assert (health["running_runs"], health["queued"]) == (0, 0)
    assert health["running"]
