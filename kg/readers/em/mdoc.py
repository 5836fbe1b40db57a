"""SerialEM ``.mdoc`` (autodoc): what was set for each section, frame or montage piece of a stack.

https://bio3d.colorado.edu/SerialEM/hlp/html/about_formats.htm ; tables: ``mdoc`` (what stands before the first section;
titles are the list ``T``), and one per kind of section (``ZValue``, ``MontSection``, ``FrameSet``, ``Image``), whose column
of that name is the number or name of the section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.errors import LimitError, SourceError
from kg.readers.em.native import text
from kg.readers.limits import Limits
from kg.readers.peek import Peek
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

NAME = "mdoc"
RANK = 40
TITLE = "SerialEM metadata (.mdoc), also without its stack"

_SECTION = re.compile(r"\[\s*(\w+)\s*=\s*(.*?)\s*\]$")
_PAIR = re.compile(r"([^=\[\]]+?)\s*=\s*(.*)")
_TITLE = "T"
_MOST_SECTIONS = 500_000


def claims(peek: Peek) -> bool:
    """Claim text named .mdoc, and a text that begins with pairs and has a section by Z value."""
    if peek.suffix == ".mdoc":
        return bool(peek.text.strip())
    return bool(
        re.match(r"\s*(\w+ = .*\n)+\s*(\[T = .*\]\s*)*\[(ZValue|FrameSet|MontSection|Image) = ", peek.text.replace("\r", ""))
    )


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables.

    Raises:
        SourceError: no section and no pair in it.
        LimitError: beyond the limits.
    """
    top: dict[str, object] = {}
    titles: list[str] = []
    kinds: dict[str, list[dict[str, object]]] = {}
    here = top
    for kind, name, value in _lines(text(load(source.path, limits, source.key).replace(b"\0", b" "))):
        if kind == _TITLE:
            titles.append(value)
        elif kind:
            here = {kind: value}
            kinds.setdefault(kind, []).append(here)
            if len(kinds[kind]) > _MOST_SECTIONS:
                raise LimitError(source.key, f"has more than {_MOST_SECTIONS:,} sections")
        else:
            _put(here, name, value)
    if not top and not kinds:
        raise SourceError(source.key, "has no line 'Name = value', expected the metadata of SerialEM")
    tree = {**top, _TITLE: titles, **{kind: rows for kind, rows in kinds.items() if kind not in top}}
    facts = {"sections": str(sum(map(len, kinds.values())))}
    return Reading(NAME, tables_of(tree, limits, source.key, root=NAME), (), facts)


def _lines(content: str) -> Iterator[tuple[str, str, str]]:
    """Yield section kind, key and value of each line that says something; a line without either goes on with the last value."""
    for line in content.splitlines():
        stripped = line.strip()
        section = _SECTION.match(stripped)
        pair = None if section else _PAIR.match(stripped)
        if section:
            yield section.group(1), "", section.group(2)
        elif pair:
            yield "", pair.group(1), pair.group(2)
        elif stripped:
            yield "", "./line", stripped


def _put(here: dict[str, object], name: str, value: str) -> None:
    known = here.get(name)
    here[name] = value if known is None else [*known, value] if isinstance(known, list) else [known, value]
