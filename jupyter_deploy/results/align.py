"""Which cell of one notebook is which cell of another: by content, not by place."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from jupyter_deploy.results.cells import Cell

#: From this similarity of two sources a cell was changed, below it another one took its place.
ALIKE = 0.5
#: Sequences whose lengths multiply to more are not searched for the best match of all.
LARGEST = 4_000_000

T = TypeVar("T", bound=Hashable)
Pair = tuple[Cell | None, Cell | None]


def blocks(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Stretches that are equal (True) or not, as bounds in `old` and in `new`."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    if start:
        yield True, 0, start, 0, start
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if len(a) * len(b) > LARGEST:
        yield False, start, start + len(a), start, start + len(b)
    else:
        for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            yield tag == "equal", start + i, start + j, start + k, start + m
    if end:
        yield True, len(old) - end, len(old), len(new) - end, len(new)


def _common(old: Sequence[T], new: Sequence[T]) -> int:
    count = 0
    for a, b in zip(old, new, strict=False):
        if a != b:
            break
        count += 1
    return count


def align(old: Sequence[Cell], new: Sequence[Cell]) -> list[Pair]:
    """Pairs in the notebooks' order; None where one has no such cell."""
    pairs: list[Pair] = []
    for equal, i, j, k, m in blocks([c.source for c in old], [c.source for c in new]):
        if equal:
            pairs += zip(old[i:j], new[k:m], strict=True)
        else:
            pairs += _match(old[i:j], new[k:m])
    return pairs


def _match(old: Sequence[Cell], new: Sequence[Cell]) -> list[Pair]:
    """Cells of a stretch without equal sources: same id or similar source, in order."""
    pairs: list[Pair] = []
    taken = 0
    for cell in old:
        found = next((n for n in range(taken, len(new)) if _alike(cell, new[n])), None)
        if found is None:
            pairs.append((cell, None))
        else:
            pairs += [(None, other) for other in new[taken:found]]
            pairs.append((cell, new[found]))
            taken = found + 1
    return pairs + [(None, other) for other in new[taken:]]


def _alike(old: Cell, new: Cell) -> bool:
    if old.index is None or new.index is None:
        return old.index is new.index  # injected parameters are each other's
    if old.id is not None and old.id == new.id:
        return True
    matcher = SequenceMatcher(None, old.source, new.source, autojunk=False)
    return all(
        ratio() >= ALIKE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    )
