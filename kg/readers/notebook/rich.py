"""Rich text of lab notebooks (HTML, draft.js, Quill Delta) as the plain words in it, put beside the raw text.

draft.js: https://draftjs.org/docs/api-reference-data-conversion ; Delta: https://quilljs.com/docs/delta .
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.readers.safe_json import loads
from kg.table import Table, is_content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.readers.safe_json import JsonValue

PLAIN = "_plain."
_HTML = re.compile(r"</?[A-Za-z][^<>]*>")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,40})")
_QUOTE = re.compile("[\"']")
_JSON = re.compile(r'\s*\{\s*"(?:blocks|entityMap|ops)"\s*:')
_SPACE = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
_BLOCKS = re.compile(r"article|blockquote|br|caption|d[dlt]|div|fig(?:caption|ure)|h[1-6r]|li|ol|p|pre|section|table|tr|ul")
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"head", "script", "style"})


def plain(text: str, limits: Limits) -> str | None:
    r"""Return the words of a rich text, a line per paragraph and ``|`` between cells; None for a text that is not rich.

    >>> from kg.readers.limits import Limits
    >>> plain("<p>Fix for 10&nbsp;min.</p><p>Wash.</p>", Limits())
    'Fix for 10 min.\nWash.'
    >>> plain('{"blocks": [{"text": "Add NIB."}], "entityMap": {}}', Limits())
    'Add NIB.'
    >>> plain("a < b", Limits()) is None
    True
    """
    if _JSON.match(text):
        try:
            value = loads(text.encode("utf-8", "replace"), limits, "a text").value
        except SourceError:
            return None
        return _tidy("".join(_words(value)))
    if not _HTML.search(text):
        return None
    return _tidy("".join(_text_of_html(text)))


def is_delta(value: object) -> bool:
    """Say whether an object is a Quill Delta: nothing but a list of ``ops``."""
    return isinstance(value, dict) and list(value) == ["ops"] and isinstance(value["ops"], list)


def with_plain(tables: Mapping[str, Table], limits: Limits) -> dict[str, Table]:
    """Return tables with a column ``_plain.<column>`` beside each column that holds rich text."""
    return {kind: Table(kind, _beside(table.frame.collect(), limits).lazy()) for kind, table in tables.items()}


def _beside(frame: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    found = []
    for name in filter(is_content, frame.columns):
        if frame.schema[name] == pl.String:
            words = [None if cell is None else plain(cell, limits) for cell in frame[name]]
            if any(words):
                found.append(pl.Series(f"{PLAIN}{name}", words, pl.String))
        elif frame.schema[name] == pl.List(pl.String):
            lists = [None if cell is None else _each(cell.to_list(), limits) for cell in frame[name]]
            if any(lists):
                found.append(pl.Series(f"{PLAIN}{name}", lists, pl.List(pl.String)))
    return frame.with_columns(found)


def _each(cells: Sequence[str | None], limits: Limits) -> list[str | None] | None:
    """Return the words of a list of which one at least is rich text."""
    words = [None if cell is None else plain(cell, limits) for cell in cells]
    if all(word is None for word in words):
        return None
    return [cell if word is None else word for cell, word in zip(cells, words, strict=True)]


def _words(value: JsonValue) -> Iterator[str]:
    """Yield the texts of draft.js blocks or Delta operations."""
    if not isinstance(value, dict):
        return
    blocks, operations = value.get("blocks"), value.get("ops")
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and isinstance(block.get("text"), str):
            yield f"{block['text']}\n"
    for operation in operations if isinstance(operations, list) else ():
        if isinstance(operation, dict) and isinstance(operation.get("insert"), str):
            yield str(operation["insert"])


def _tidy(text: str) -> str:
    return _BREAKS.sub("\n", _SPACE.sub(" ", text)).strip()


def _text_of_html(text: str) -> Iterator[str]:
    """Yield the words of HTML, however broken; each character is looked at a few times at most, so no text can take long."""
    folded = text.lower()
    at = 0
    while (start := text.find("<", at)) >= 0:
        yield unescape(text[at:start].replace("\n", " "))
        if text.startswith("<!--", start):
            at = _behind(text, "-->", start)
            continue
        match = _TAG.match(text, start)
        if match is None:
            yield "<"
            at = start + 1
            continue
        at = _tag_end(text, match.end())
        if at < 0:
            yield unescape(text[start:])
            return
        closing, name = match[1] == "/", match[2].lower()
        if name in _SILENT and not closing:
            at = _behind(folded, f"</{name}", at)
            at = len(text) if at == len(text) else _behind(text, ">", at)
        elif _BLOCKS.fullmatch(name):
            yield "\n"
        elif closing and name in _CELLS:
            yield " | "
    yield unescape(text[at:].replace("\n", " "))


def _behind(text: str, mark: str, at: int) -> int:
    """Return the place behind a mark, or the end of the text."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


def _tag_end(text: str, at: int) -> int:
    """Return the place behind a tag, whose attributes may hold ``>`` in quotes; -1 where it never ends."""
    first = text.find(">", at)
    while first >= 0:
        quote = _QUOTE.search(text, at, first)
        if quote is None:
            return first + 1
        closing = text.find(quote[0], quote.end())
        if closing < 0:
            return first + 1
        at = closing + 1
        if at > first:
            first = text.find(">", at)
    return -1
