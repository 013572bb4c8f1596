"""Pages for people who have only a link: no JupyterLab, no script of ours."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlencode

from jupyter_deploy.domain.publishing import Published
from jupyter_deploy.engine.shelf import Shown

#: Of the page around a report. The report itself has a sandbox of its own.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
body { margin: 0; display: flex; flex-direction: column; min-height: 100vh; }
header { padding: 0.6rem 1rem; display: flex; flex-wrap: wrap; gap: 0.2rem 1rem;
  align-items: baseline; border-bottom: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); }
h1 { font-size: 1.15rem; margin: 0; overflow-wrap: anywhere; }
header p { margin: 0; color: color-mix(in srgb, CanvasText 75%, Canvas); }
header .warning { color: CanvasText; font-weight: 600; width: 100%; }
main { padding: 1rem; max-width: 60rem; overflow-x: auto; }
iframe { flex: 1; width: 100%; border: 0; min-height: 70vh; background: Canvas; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: 0.35rem 1rem 0.35rem 0;
  border-bottom: 1px solid color-mix(in srgb, CanvasText 15%, Canvas); }
td.size { text-align: right; font-variant-numeric: tabular-nums; }
a { color: LinkText; }
"""


def report_page(title: str, output: str, shown: Shown, frame: str) -> str:
    """`frame` is the address of the bare report, relative to the page's own."""
    name = f"{output} of {title}"
    body = (
        f'<iframe title="{escape(name)}" src="{escape(frame)}" sandbox="allow-scripts" '
        'referrerpolicy="no-referrer"></iframe>'
    )
    return _page(title, output, _stamp(shown), body)


def index_page(title: str, shown: Shown, token: str | None) -> str:
    """`token` is handed on to the links where the page was opened with it."""
    query = f"?{urlencode({'token': token})}" if token else ""
    rows = "".join(_row(output, query) for output in shown.publication.outputs)
    head = "<tr><th>Output</th><th>Kind</th><th></th></tr>"
    return _page(title, None, _stamp(shown), f"<main><table>{head}{rows}</table></main>")


def problem_page(detail: str, hint: str | None) -> str:
    more = f"<p>{escape(hint)}</p>" if hint else ""
    return _page("Not shown", None, "", f"<main><p>{escape(detail)}</p>{more}</main>")


def _stamp(shown: Shown) -> str:
    publication = shown.publication
    exact = escape(publication.data_at.isoformat())
    stamp = f'<p><time datetime="{exact}">{escape(shown.sentence)}</time></p>'
    run = f"<p>run {publication.run}, version {publication.version}</p>"
    warning = f'<p class="warning">⚠ {escape(shown.warning)}</p>' if shown.warning else ""
    return stamp + run + warning


def _row(output: Published, query: str) -> str:
    link = f'<a href="{escape(quote(output.name) + query)}">{escape(output.name)}</a>'
    return f'<tr><td>{link}</td><td>{output.kind}</td><td class="size">{_amount(output)}</td></tr>'


def _amount(output: Published) -> str:
    if output.kind == "metric":
        return escape(f"{output.value} {output.unit or ''}".strip())
    if output.rows is not None:
        return f"{output.rows:,} rows"
    return f"{output.size or 0:,} bytes"


def _page(title: str, output: str | None, stamp: str, body: str) -> str:
    name = f"{title} · {output}" if output else title
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}</title><style>{_STYLE}</style></head>"
        f"<body><header><h1>{escape(name)}</h1>{stamp}</header>{body}</body></html>\n"
    )
