"""Direct Electron ``info.txt``: every property of the camera server, one ``Name = value`` a line.

Tables: ``camera``, one row, a column per property.
"""

from __future__ import annotations

import re

from kg.errors import SourceError
from kg.readers.em.native import text
from kg.readers.limits import Limits
from kg.readers.peek import Peek
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

NAME = "de_info"
RANK = 40
TITLE = "Direct Electron camera (info.txt), also without its movie"

_LINE = re.compile(r"(\S.*?)\s*=\s?(.*)")
_ROOT = "camera"


def claims(peek: Peek) -> bool:
    """Claim a text that begins with properties of the camera server."""
    start = peek.text[:4096]
    return (
        "Server Software Version" in start
        and re.search(r"^(Timestamp|Camera|Autosave|ADUs)[^=\n]*\s=", start, re.MULTILINE) is not None
    )


def read(source: Source, limits: Limits) -> Reading:
    """Return the table.

    Raises:
        SourceError: no line in it is a property.
        LimitError: beyond the limits.
    """
    cells: dict[str, object] = {}
    for line in text(load(source.path, limits, source.key).replace(b"\0", b" ")).splitlines():
        match = _LINE.match(line.strip())
        if match:
            cells[match.group(1)] = match.group(2).strip()
        elif line.strip():
            cells["./line"] = [*cells.get("./line", []), line.strip()]  # type: ignore[misc]
    if not cells:
        raise SourceError(source.key, "has no line 'Name = value', expected the properties of a camera")
    return Reading(NAME, tables_of(cells, limits, source.key, root=_ROOT))
