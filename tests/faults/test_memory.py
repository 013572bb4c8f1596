"""What runner and engine hold while a notebook prints 100 MB: the kernel's memory is its own."""

from __future__ import annotations

import pytest

from benchmarks import memory

MOST = 100 * memory.MB


@pytest.mark.parametrize("name", memory.CASES)
def test_growth(name: str) -> None:
    growth = memory.growth(memory.CASES[name])
    print(name, growth.document())
    assert max(growth.runner, growth.engine) <= MOST, growth.document()
