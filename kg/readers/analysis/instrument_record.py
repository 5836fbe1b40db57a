"""Records of instruments: PIDINST as XML, and the DataCite schema as JSON or XML where ``resourceTypeGeneral`` says Instrument.

https://docs.pidinst.org/ ; https://schema.datacite.org/ (from 4.5 on). PIDINST as JSON needs no reader of its own.

In XML every element with attributes has a row, so that each date and each number stands beside its own type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.readers import elements
from kg.readers.safe_json import loads
from kg.readers.safe_xml import load, root_name
from kg.readers.tree import tables_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "instrument_record"
RANK = 60
TITLE = "Record of an instrument: PIDINST (XML), DataCite (JSON, XML)"

_JSON = re.compile(r'"resourceTypeGeneral"\s*:\s*"Instrument"')
_XML = re.compile(r"<(?:\w+:)?resourceType\b[^>]*\bresourceTypeGeneral\s*=\s*[\"']Instrument[\"']")
_PIDINST = re.compile(r"<(?:\w+:)?(?:landingPage|ownerName|manufacturerName|instrumentTypeName)[\s>]")
_DIALECT = elements.Dialect(units_beside=False)


def claims(peek: Peek) -> bool:
    """Claim JSON or XML that says of itself that it is about an instrument."""
    text = peek.text.lstrip()
    if text.startswith("{"):
        return bool(_JSON.search(text))
    root = root_name(peek.head) if text.startswith("<") else None
    if root is None:
        return False
    return bool(_PIDINST.search(text)) if root.local == "instrument" else root.local == "resource" and bool(_XML.search(text))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the document (`kg.readers.tree`, `kg.readers.elements`); the fact ``form`` is JSON or XML.

    Raises:
        SourceError: not valid JSON or XML.
        LimitError: beyond the limits.
    """
    data = load(source.path, limits, source.key)
    if root_name(data[:65536]) is not None:
        frames = elements.tables_of(data, limits, source.key, _DIALECT)
        return Reading(NAME, {kind: Table(kind, frame.lazy()) for kind, frame in frames.items()}, (), {"form": "XML"})
    document = loads(data, limits, source.key)
    return Reading(NAME, tables_of(document.value, limits, source.key), document.problems, {"form": "JSON"})
