"""Any JSON document that no other reader knows, as tables of its objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.readers.safe_json import loads
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "json_document"
RANK = 80
TITLE = "JSON (.json) of any kind"


def claims(peek: Peek) -> bool:
    """Claim text that begins as a JSON object or array, or that calls itself JSON."""
    text = peek.text.lstrip()
    return text.startswith("{") or (text.startswith("[") and peek.suffix in {".json", ".jsonld"}) or peek.suffix == ".json"


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a document (`kg.readers.tree`).

    Raises:
        SourceError: not JSON.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    return Reading(NAME, tables_of(document.value, limits, source.key), document.problems)
