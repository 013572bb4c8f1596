"""The folder that a notebook's paths are relative to."""

from __future__ import annotations

from pathlib import Path


def find_root(notebook: Path, limit: Path | None) -> Path:
    """The nearest folder above with `.git` or `schedules/`, not above `limit`.

    Without one, the notebook's own folder. Both arguments are resolved paths.
    """
    for folder in notebook.parents:
        if limit is not None and not folder.is_relative_to(limit):
            break
        # In a work tree or a submodule `.git` is a file.
        if (folder / ".git").exists() or (folder / "schedules").is_dir():
            return folder
    return notebook.parent
