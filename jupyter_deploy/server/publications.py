"""What is published as the JSON documents of `openapi.yaml`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from jupyter_deploy.domain.publishing import Declared, Outputs, Publication, Published
from jupyter_deploy.domain.readers import Reader
from jupyter_deploy.engine.shelf import Shown
from jupyter_deploy.server.documents import Document, moment

#: What a table can be asked for as, the usual one first.
TABLE_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
METRIC_TYPES = {"json": "application/json", "text": "text/plain"}


def freshness_document(shown: Shown) -> Document:
    publication = shown.publication
    return {
        "run": publication.run,
        "version": publication.version,
        "data_at": moment(publication.data_at),
        "published_at": moment(publication.published_at),
        "age": round(shown.age, 3),
        "sentence": shown.sentence,
        "warning": shown.warning,
    }


def outputs_document(name: str, declared: Outputs, shown: Shown | None) -> list[Document]:
    """All that is declared or published, by name."""
    wanted = {item.name: item for item in declared}
    there = {item.name: item for item in shown.publication.outputs} if shown else {}
    return [
        _output(name, output, wanted.get(output), there.get(output))
        for output in sorted({*wanted, *there})
    ]


def _output(
    name: str, output: str, declared: Declared | None, published: Published | None
) -> Document:
    kind = published.kind if published else declared.kind if declared else None
    known: dict[str, Any] = {}
    if published:
        known = published.to_json()
    return {
        "name": output,
        "kind": kind,
        "declared": declared.to_json() if declared else None,
        "published": published is not None,
        "address": f"published/{quote(name)}/{quote(output)}",
        "media_types": media_types(kind, published),
        "columns": known.get("columns", []),
        **{
            key: known.get(key)
            for key in ("media_type", "filename", "size", "digest", "rows", "value", "unit")
        },
    }


def media_types(kind: str | None, published: Published | None) -> list[str]:
    if kind == "table":
        return list(TABLE_TYPES.values())
    if kind == "metric":
        return list(METRIC_TYPES.values())
    return [published.media_type] if published else []


def history_document(publication: Publication) -> Document:
    return {
        "run": publication.run,
        "version": publication.version,
        "data_at": moment(publication.data_at),
        "published_at": moment(publication.published_at),
        "problem": publication.problem,
        "outputs": [output.name for output in publication.outputs],
    }


def reader_document(reader: Reader) -> Document:
    return {
        "id": reader.id,
        "deployment": reader.deployment,
        "label": reader.label,
        "created_at": moment(reader.created_at),
        "created_by": reader.created_by,
        "revoked_at": moment(reader.revoked_at),
        "used_at": moment(reader.used_at),
    }


def index_document(name: str, shown: Shown) -> Document:
    return {
        "deployment": name,
        "outputs": outputs_document(name, (), shown),
        **freshness_document(shown),
    }


def metric_document(output: Published, shown: Shown) -> Document:
    told = {"name": output.name, "value": output.value, "unit": output.unit}
    return {**told, **freshness_document(shown)}


def schema_document(output: Published, shown: Shown) -> Document:
    return {
        "name": output.name,
        "rows": output.rows,
        "columns": [asdict(column) for column in output.columns],
        **freshness_document(shown),
    }
