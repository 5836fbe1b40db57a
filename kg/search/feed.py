"""A search as an Atom feed (RFC 4287): what is new since another generation first."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written, never read
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from kg.curie import is_iri
from kg.search.arrays import Ints
from kg.search.engine import Found, Search
from kg.search.order import all_ordered
from kg.search.query import SearchQuery
from kg.search.shown import values_of

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 200
_LOOKED_AT = 100_000
_FORBIDDEN = {code: " " for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if code not in {0x9, 0xA, 0xD}}


def feed(search: Search, query: SearchQuery, before: Search | None, address: Mapping[str, str], created: str) -> bytes:
    """Return a feed of what a query finds.

    Args:
        search: sidecars of now.
        query: what is searched for; at most 200 entries are written.
        before: sidecars of another generation; what these do not find comes first and has the category ``new``.
        address: ``self`` of the feed and ``alternate`` of the search.
        created: time of the generation, as RFC 3339 has it.
    """
    found = search.all(query)
    records = all_ordered(search.opened, found.view, found.mask, found.scores, query)
    new = _new(found, records, before, query) if before else np.zeros(0, dtype=np.int32)
    old = records[~np.isin(records, new)] if len(new) else records
    page = [int(one) for one in np.concatenate((new, old))[: min(query.limit or _MOST, _MOST)]]
    root = ET.Element(f"{{{_ATOM}}}feed")
    _text(root, "id", address["self"])
    _text(root, "title", _title(query))
    _text(root, "updated", created)
    _text(root, "generator", "bioimage-kg")
    _text(root, "subtitle", f"{found.count} records in generation {search.opened.generation}, {len(new)} of them new")
    for relation, link in address.items():
        ET.SubElement(root, f"{{{_ATOM}}}link", {"rel": relation, "href": _clean(link)})
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", "bioimage-kg")
    _entries(root, search, found, page, {int(one) for one in new}, created)
    ET.register_namespace("", _ATOM)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _new(found: Found, records: Ints, before: Search, query: SearchQuery) -> Ints:
    """Return the records that other sidecars do not find."""
    then = before.all(replace(query, offset=0))
    looked_at = records[:_LOOKED_AT]
    fresh = []
    for record, iri in zip(looked_at, found.view.iris(looked_at), strict=True):
        earlier = then.view.record_of(iri)
        if earlier is None or (then.mask is not None and not then.mask[earlier]):
            fresh.append(record)
    return np.array(fresh, dtype=np.int32)


def _entries(root: ET.Element, search: Search, found: Found, page: list[int], new: set[int], created: str) -> None:
    names = ["name", "description", "date"]
    values = values_of(search.opened, found.view, names, page)
    for place, (record, iri) in enumerate(zip(page, found.view.iris(page), strict=True)):
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, "id", iri)
        _text(entry, "title", _first(values[place], "name") or iri)
        _text(entry, "updated", created if record in new else _time(_first(values[place], "date")) or created)
        if is_iri(iri) and iri.startswith(("http://", "https://")):
            ET.SubElement(entry, f"{{{_ATOM}}}link", {"href": _clean(iri)})
        _text(entry, "summary", _first(values[place], "description"))
        if record in new:
            ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": "new"})


def _title(query: SearchQuery) -> str:
    asked = " ".join([query.text, *(str(one) for one in query.where)]).strip()
    return f"{query.level.replace('_', ' ')}: {asked or 'everything'}"


def _first(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, [""])[0])


def _time(text: str) -> str:
    return f"{text}T00:00:00Z" if text and "T" not in text else text


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _clean(text)


def _clean(text: str) -> str:
    return text.translate(_FORBIDDEN)
