"""What a comparison collects: changes, and what it hid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from jupyter_deploy.results.noise import Noise
from jupyter_deploy.results.numbers import Tolerances

#: Hidden differences that are kept as examples, and characters of each.
EXAMPLES = 200
SHORT = 300

Change = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a change is: the cells' places in the captured notebooks."""

    cell_a: int | None
    cell_b: int | None

    def change(self, kind: str, **members: Any) -> Change:
        return {"cell_a": self.cell_a, "cell_b": self.cell_b, "kind": kind, **members}


@dataclass
class Report:
    """Changes by section; `noise` and `tolerances` say what is none.

    `room` is left for images that are told whole, in characters.
    """

    noise: Noise
    tolerances: Tolerances
    metrics: list[Change] = field(default_factory=list)
    tables: list[Change] = field(default_factory=list)
    images: list[Change] = field(default_factory=list)
    texts: list[Change] = field(default_factory=list)
    errors: list[Change] = field(default_factory=list)
    hidden: Counter[str] = field(default_factory=Counter)
    examples: list[Change] = field(default_factory=list)
    room: int = 0

    @property
    def changes(self) -> list[Change]:
        return [*self.metrics, *self.tables, *self.images, *self.texts, *self.errors]

    @property
    def same(self) -> bool:
        return not self.changes

    def hide(self, place: Place, reason: str, old: str, new: str) -> None:
        """Count a difference that means nothing."""
        self.hidden[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(place.change(reason, old=old[:SHORT], new=new[:SHORT]))

    def to_json(self, *, show_hidden: bool) -> dict[str, Any]:
        return {
            "metrics": self.metrics,
            "tables": self.tables,
            "images": self.images,
            "texts": self.texts,
            "errors": self.errors,
            "hidden": {
                "count": self.hidden.total(),
                "kinds": dict(self.hidden.most_common()),
                "examples": self.examples if show_hidden else [],
            },
        }
