"""All declared outputs of a run, or the reason why one of them cannot be made."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.publishing import Declared, Published, read_outputs
from jupyter_deploy.publishing.material import File, ImpossibleError, Material
from jupyter_deploy.publishing.reports import make_report

#: How a metric that is no number is told.
_NO_NUMBERS = ("nan", "inf", "-inf")

LONGEST_UNIT = 50

Made = tuple[Published, Path | None]


def make_all(material: Material, declared: Mapping[str, Any], target: Path) -> list[dict[str, Any]]:
    """Each output with the `path` of its content. Raises ImpossibleError, naming the output."""
    made = []
    for item in read_outputs(declared):
        try:
            published, path = _make(material, item, target)
        except ImpossibleError as error:
            raise ImpossibleError(f"The output {item.name!r} cannot be made. {error}") from error
        made.append({**published.to_json(), "path": str(path) if path else None})
    return made


def _make(material: Material, item: Declared, target: Path) -> Made:
    if item.kind == "metric":
        return _metric(material, item), None
    if item.kind == "file":
        name, file = _file(material, item.source)
        return _content(item, file, posixpath.basename(name)), file.path
    if item.kind == "table":
        from jupyter_deploy.publishing.tables import make_table  # loads pyarrow

        path = target / f"{item.name}.parquet"
        rows, columns = make_table(material, item.source, path)
        file = File(path, "application/vnd.apache.parquet")
        return _content(item, file, path.name, rows=rows, columns=columns), path
    file = make_report(material, item, target)
    return _content(item, file, f"{item.name}{file.path.suffix}"), file.path


def _content(item: Declared, file: File, filename: str, **more: Any) -> Published:
    digest, size = file.measure()
    return Published(item.name, item.kind, file.media_type, filename, size, digest, **more)


def _file(material: Material, source: str) -> tuple[str, File]:
    shown = material.displayed("file", source)
    found = (material.file(shown.get("file")) if shown else None) or material.file(source)
    if found is None:
        raise ImpossibleError(f"The run has written no file {source!r}.")
    return found


def _metric(material: Material, item: Declared) -> Published:
    shown = material.displayed("metric", item.source)
    told = shown.get("value") if shown else material.metrics.get(item.source)
    if told is None:
        raise ImpossibleError(f"The run has shown no metric {item.source!r}.")
    unit = shown.get("unit") if shown else None
    return Published(
        item.name,
        item.kind,
        "application/json",
        f"{item.name}.json",
        value=_number(item.source, told),
        unit=unit[:LONGEST_UNIT] if isinstance(unit, str) else None,
    )


def _number(name: str, value: object) -> float | str:
    if isinstance(value, str) and value in _NO_NUMBERS:
        return value
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ImpossibleError(f"The metric {name!r} is not a number.")
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
