"""Bruker (Esprit): the XML of an EDS spectrum (SPX) or map (the header of a BCF container); no spectra, no images.

Tables: `kg.readers.elements`; what the program calls an object is a row of ``ClassInstance`` with its ``Type``. Derived
column there: ``_acquired``, date and time where the object has both, as ISO 8601 without a zone. Facts: ``root``.
"""

from __future__ import annotations

import datetime
import re

from kg.errors import SourceError
from kg.readers.elements import Dialect, tables_of
from kg.readers.em import sfs
from kg.readers.em.native import cells_of, with_derived
from kg.readers.limits import Limits
from kg.readers.peek import Peek
from kg.readers.safe_xml import load, root_name
from kg.table import Reading, Source, Table

NAME = "bruker"
RANK = 40
TITLE = "Bruker EDS spectra and maps (.spx, .bcf); metadata only"

_HEADER = "EDSDatabase/HeaderData"
_ROOTS = ("TRT", "RTX")
_OBJECTS = "ClassInstance"
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*encoding=["']([\w-]+)["'][^>]*\?>""", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})")
# Counts of a spectrum and pixels of an image, as text; of these only the length is told.
_DIALECT = Dialect(pixels=frozenset(("Channels", "Data")))


def claims(peek: Peek) -> bool:
    """Claim the container, and XML whose root is an object of the program."""
    if peek.head.startswith(sfs.MAGIC):
        return True
    root = root_name(peek.head) if b"TRT" in peek.head else None
    return root is not None and root.local.startswith(_ROOTS)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the XML.

    Raises:
        SourceError: the container or its XML is damaged.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        packed = stream.read(len(sfs.MAGIC)) == sfs.MAGIC
        data = sfs.member(stream, _HEADER, limits, source.key) if packed else b""
    if not packed:
        data = load(source.path, limits, source.key)
    data = _as_utf8(data)
    if not data.strip():
        raise SourceError(source.key, "has an empty header")
    tables = {kind: Table(kind, frame.lazy()) for kind, frame in tables_of(data, limits, source.key, _DIALECT).items()}
    if _OBJECTS in tables:
        tables[_OBJECTS] = with_derived(tables[_OBJECTS], {"_acquired": _moments(tables[_OBJECTS])})
    root = root_name(data[:65536])
    return Reading(NAME, tables, (), {"root": root.local if root else "", "container": "bcf" if packed else "xml"})


def _as_utf8(data: bytes) -> bytes:
    """Return XML as UTF-8: it declares Windows-1252, and what follows its end in a container is cut off."""
    declared = _DECLARED.match(data)
    end = data.rfind(b">") + 1
    if declared is None or declared.group(1).upper() in {b"UTF-8", b"UTF-16"}:
        return data[:end] if end else data
    body = data[declared.end() : end].decode("cp1252", "replace")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + body.encode()


def _moments(objects: Table) -> list[str | None]:
    pairs = zip(cells_of(objects, "Date"), cells_of(objects, "Time"), strict=True)
    return [_moment(day or "", time or "") for day, time in pairs]


def _moment(day: str, time: str) -> str | None:
    """Return ``2.3.2018`` and ``13:53:4`` as one; day before month, as the program writes whatever its language."""
    date, clock = _DATE.fullmatch(day.strip()), _TIME.fullmatch(time.strip())
    if date is None or clock is None:
        return None
    try:
        told = (
            datetime.date(int(date[3]), int(date[2]), int(date[1])),
            datetime.time(int(clock[1]), int(clock[2]), int(clock[3])),
        )
    except ValueError:
        return None
    return f"{told[0].isoformat()}T{told[1].isoformat()}"
