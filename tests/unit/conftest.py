"""A project that things are captured of."""

from __future__ import annotations

from pathlib import Path

import pytest

from .projects import notebook, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a notebook, files beside it, and things that stay at home."""
    root = tmp_path / "project"
    write(root / "notebooks/sales.ipynb", notebook())
    write(root / "notebooks/lib/features.py", "A = 1")
    write(root / "notebooks/lib/deep/more.py", "B = 2")
    write(root / "notebooks/lib/__pycache__/features.pyc", "x")
    write(root / "notebooks/.ipynb_checkpoints/sales.py", "x")
    write(root / "notebooks/.env", "SECRET=1")
    write(root / "data/prices.csv", "a,b\n1,2\n")
    write(root / ".git-ignored/notes.csv", "x")
    write(root / "schedules/sales.yaml", "notebook: notebooks/sales.ipynb")
    write(tmp_path / "outside/secret.csv", "secret")
    return root
