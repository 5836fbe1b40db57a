"""JSON whose long arrays are gone through item by item, so that only the text and one item are in memory at a time."""

from __future__ import annotations

import json
import re
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.readers.safe_json import JsonValue, Number, depth
from kg.readers.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.limits import Limits

_BLANK = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
ITEMS = ""
"""Key under which the items of a top-level array are given out."""


def text_of_json(data: bytes, limits: Limits, where: str) -> str:
    """Return JSON as text once it is known not to be nested too deep.

    Raises:
        LimitError: nested deeper than the limits allow.
        SourceError: no text.
    """
    encoding = json.detect_encoding(data[:4])
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        try:
            text = decode(data).text.removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise SourceError(where, f"has a byte at {error.start:,} that is no text, expected JSON in UTF-8") from error
    deepest = depth(data if encoding.startswith("utf-8") else text.encode("utf-8", "replace"))
    if deepest > limits.json_depth:
        raise LimitError(where, f"the JSON is nested {deepest:,} deep, at most {limits.json_depth:,} are read")
    return text


def members(text: str, where: str, streams: frozenset[str]) -> Iterator[tuple[str, JsonValue]]:
    """Yield the members of the top object; of the arrays named in ``streams``, and of a top array, each item by itself.

    Raises:
        SourceError: not JSON, or cut off.
    """
    try:
        yield from _members(_Scan(text), streams)
    except JSONDecodeError as error:
        rest = text[error.pos : error.pos + 20].partition("\n")[0]
        said = f"found {rest!r} ({error.msg})" if rest else f"it ends there ({error.msg}); is the file complete?"
        raise SourceError(where, f"is not JSON at line {error.lineno}, column {error.colno}: {said}") from error


def _members(scan: _Scan, streams: frozenset[str]) -> Iterator[tuple[str, JsonValue]]:
    opening = scan.next()
    if opening == "[":
        for item in scan.items():
            yield ITEMS, item
    elif opening == "{":
        if scan.next() == "}":
            scan.take("}")
        else:
            yield from _of_object(scan, streams)
    else:
        yield ITEMS, scan.value()
    if scan.next():
        raise JSONDecodeError("something after the end of the document", scan.text, scan.at)


def _of_object(scan: _Scan, streams: frozenset[str]) -> Iterator[tuple[str, JsonValue]]:
    scan.take("{")
    while True:
        if scan.next() != '"':
            raise JSONDecodeError("expected a key in quotes", scan.text, scan.at)
        key = str(scan.value())
        scan.take(":")
        if key in streams and scan.next() == "[":
            for item in scan.items():
                yield key, item
        else:
            yield key, scan.value()
        if scan.next() == "}":
            scan.take("}")
            return
        scan.take(",")


class _Scan:
    """A place in a text, moved on by what is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decoder = JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number, strict=False)

    def next(self) -> str:
        """Return the next character that is no blank, without going beyond it; empty at the end."""
        self.at = _BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def take(self, character: str) -> None:
        if self.next() != character:
            raise JSONDecodeError(f"expected {character!r}", self.text, self.at)
        self.at += 1

    def value(self) -> JsonValue:
        self.next()
        value, self.at = self._decoder.raw_decode(self.text, self.at)
        return value  # type: ignore[no-any-return]

    def items(self) -> Iterator[JsonValue]:
        self.take("[")
        if self.next() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.next() == "]":
                self.take("]")
                return
            self.take(",")


def top_members(head: str) -> dict[str, str]:
    """Return the keys of the outermost object in the head of a document, each with the text that follows its colon.

    A top-level array counts as its first object.

    >>> top_members('{"a": {"b": 1}, "c": [2]')
    {'a': '{"b": 1}, "c": [2]', 'c': '[2]'}
    """
    found: dict[str, str] = {}
    level, inside = 0, 2 if head.lstrip()[:1] == "[" else 1
    last = ""
    for match in _TOKEN.finditer(head):
        sign = match[0]
        if sign in "[{":
            level += 1
        elif sign in "]}":
            level -= 1
            if level < inside:
                break
        elif sign == ":" and level == inside and last:
            found.setdefault(last, head[match.end() : match.end() + 2000].lstrip())
        last = sign[1:-1] if sign[0] == '"' else ""
    return found
