"""Pages for people, written on the server: plain HTML without scripts; whatever came from a source is escaped and harmless."""

from __future__ import annotations

import hashlib
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from kg.api.linked.iris import data_address, is_ours, on_the_wire
from kg.api.linked.signposts import Link, is_web

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;"
    "border-bottom:1px solid #ccc;overflow-wrap:anywhere}th{width:14rem}code{overflow-wrap:anywhere}small{color:#444}"
)
_DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of all pages: nothing is loaded and nothing runs."""

# What changes the direction of text or cannot be seen, and so could make a page say what it does not.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def safe(text: str) -> str:
    r"""Return a foreign text as HTML that shows just this text; characters that cannot be seen are named.

    >>> safe('<b a="1">\u202ex')
    '&lt;b a=&quot;1&quot;&gt;&lsaquo;U+202E&rsaquo;x'
    """
    return "".join(
        f"&lsaquo;U+{ord(c):04X}&rsaquo;" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else escape(c) for c in text
    )


def page(title: str, body: str, links: Iterable[Link] = ()) -> bytes:
    """Return a whole page; ``title`` is a text, ``body`` is HTML."""
    heads = "".join(
        f'<link rel="{escape(link.rel)}" href="{escape(on_the_wire(link.target))}"'
        + (f' type="{escape(link.media_type)}"' if link.media_type else "")
        + ">"
        for link in links
    )
    text = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{safe(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{heads}</head>'
        f"<body><main>{body}</main></body></html>\n"
    )
    return text.encode("utf-8", "replace")


def anchor(iri: str, text: str, base: str, prefix: str) -> str:
    """Return a link to what this service tells of an IRI of ours, else to the address itself; no link where it is none."""
    shown = f"<bdi>{safe(text or iri)}</bdi>"
    if is_ours(iri, base):
        return f'<a href="{escape(prefix + data_address(iri, base))}">{shown}</a>'
    return f'<a href="{escape(on_the_wire(iri))}" rel="nofollow noopener">{shown}</a>' if is_web(iri) else shown


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Return rows of a heading and a cell, both HTML."""
    return "<table>" + "".join(f"<tr><th scope=row>{head}</th><td>{cell}</td></tr>" for head, cell in rows) + "</table>"


def listed(cells: Sequence[str]) -> str:
    """Return cells as a list, a single one as it is."""
    return cells[0] if len(cells) == 1 else "<ul>" + "".join(f"<li>{cell}</li>" for cell in cells) + "</ul>"


def record_page(record: Mapping[str, Any], base: str, prefix: str, forms: Sequence[Link]) -> bytes:
    """Return the page about a record, as ``kg.api.linked.shaping.record`` gives it."""

    def thing(value: Mapping[str, Any]) -> str:
        if "iri" in value:
            return anchor(value["iri"], value.get("label", ""), base, prefix)
        kind = value.get("language") or value.get("datatype")
        said = value["value"] if "value" in value else value["node"]
        return f"<bdi>{safe(said)}</bdi>" + (f" <small>{safe(kind)}</small>" if kind else "")

    title = record["name"] or record["iri"]
    types = ", ".join(anchor(one["iri"], one["name"], base, prefix) for one in record["types"])
    rows = [
        (anchor(field["property"]["iri"], field["property"]["name"], base, prefix), listed([thing(v) for v in field["values"]]))
        for field in record["fields"]
    ]
    rows += [(head, listed([thing(v) for v in record[key]]))
             for head, key in (("sources", "sources"), ("part of", "wholes"), ("parts", "parts")) if record[key]]  # fmt: skip
    cut = f"<p>Not all is shown: {safe(', '.join(record['truncated']))} cut.</p>" if record["truncated"] else ""
    parts = [
        f"<h1><bdi>{safe(title)}</bdi></h1><p>{types}</p><p><code>{safe(record['iri'])}</code></p>{cut}",
        table(rows) if rows else "",
        _decided(record["decisions"], thing),
        _pointing(record["incoming"], thing),
        "<p>"
        + " · ".join(f'<a href="{escape(link.target)}">{escape(link.media_type)}</a>' for link in forms if link.media_type),
        f' · <a href="{escape(prefix)}/">start</a></p>',
    ]
    return page(title, "".join(parts), forms)


def _decided(decisions: Sequence[Mapping[str, Any]], thing: Any) -> str:  # noqa: ANN401 - a function of values
    cells = [
        (
            f"<bdi>{safe(one['text'] or one['accession'])}</bdi> <small>{safe(one['field'])}</small>",
            f"{', '.join(map(thing, one['terms'] or one['candidates']))} {safe(one['status'])}: {safe(one['why'])}",
        )
        for one in decisions
    ]
    return f"<h2>Decisions</h2>{table(cells)}" if cells else ""


def _pointing(incoming: Sequence[Mapping[str, Any]], thing: Any) -> str:  # noqa: ANN401 - a function of values
    cells = [f"{thing(one)} <small>{safe(one['property']['name'])}</small>" for one in incoming]
    return f"<h2>Pointed to by</h2>{listed(cells)}" if cells else ""


def vocabulary_page(iris: Sequence[str], base: str, prefix: str) -> bytes:
    """Return the page that lists the words of the vocabulary."""
    body = "<h1>Vocabulary</h1>" + listed([anchor(iri, iri, base, prefix) for iri in iris])
    return page("Vocabulary", body)
