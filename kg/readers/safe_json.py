"""JSON from strangers: bounded in size and depth, numbers as they were written, every oddity told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.text import decode

if TYPE_CHECKING:
    from kg.problem import Severity
    from kg.readers.limits import Limits

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | bool | None"

_STRUCTURE = b'"[]{}'
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in _STRUCTURE)
_STEP = tuple(1 if byte in b"[{" else -1 if byte in b"]}" else 0 for byte in range(256))
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_EXAMPLES = 3
_SINGLE = frozenset({"@id", "@value", "@language"})


class Number(str):
    """A JSON number as its source wrote it: ``85530``, ``1.50``, ``6.02E23`` are told apart from texts, and never rounded."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed JSON document.

    Attributes:
        value: objects as dict, arrays as list, numbers as `Number`, ``true``/``false`` as bool, ``null`` as None.
        problems: what was odd but could be read.
    """

    value: JsonValue
    problems: tuple[Problem, ...] = ()


def loads(data: bytes, limits: Limits, where: str) -> Document:
    """Parse the JSON of RFC 8259.

    Repeated keys of an object keep all their values as a list (``@id``, ``@value`` and ``@language`` the last one); NaN and
    Infinity become `Number`; half surrogate pairs become U+FFFD. Each of these is a Problem.

    Args:
        data: UTF-8, or UTF-16/32 as RFC 4627 allowed.
        limits: bounds on size, depth and length of one text.
        where: key of the source, for messages.

    Raises:
        LimitError: too large, too deep, or one text too long.
        SourceError: empty, or not JSON.
    """
    if len(data) > limits.file_bytes:
        raise LimitError(where, f"the JSON has {len(data):,} bytes, at most {limits.file_bytes:,} are read")
    reader = _Reader(where)
    text, utf8 = reader.decode(data)
    deepest = depth(utf8)
    if deepest > limits.json_depth:
        raise LimitError(where, f"the JSON is nested {deepest:,} deep, at most {limits.json_depth:,} are read")
    value = reader.parse(text)
    if len(data) > limits.cell_bytes:
        _check_lengths(value, limits.cell_bytes, where)
    if _SURROGATE_ESCAPE.search(utf8):
        value = reader.repair_surrogates(value)
    return Document(value, tuple(reader.problems))


def dumps(value: JsonValue) -> str:
    """Write compact JSON with the numbers as their source wrote them.

    >>> dumps({"a": [Number("1.50"), "1.50", True, None]})
    '{"a":[1.50,"1.50",true,null]}'
    """
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def scalar(value: str | bool) -> str:
    """Return a JSON text, number or truth value as the raw string of a cell.

    >>> scalar(True), scalar(Number("1.50")), scalar("a")
    ('true', '1.50', 'a')
    """
    if isinstance(value, str):
        return value
    return "true" if value else "false"


def depth(data: bytes) -> int:
    r"""Return how deep arrays and objects are nested, without parsing and in constant stack.

    >>> depth(b'{"a": ["[[[", "\\"["]}')
    2
    """
    bare = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NOT_STRUCTURE)
    outside = b"".join(bare.split(b'"')[::2])
    return max(accumulate(map(_STEP.__getitem__, outside)), default=0)


class _Reader:
    """One parse: gathers Problems on the way."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.repeated: dict[str, int] = {}
        self.constants: dict[str, int] = {}

    def decode(self, data: bytes) -> tuple[str, bytes]:
        """Return the text, and its UTF-8 bytes for scanning."""
        if not data.strip():
            raise SourceError(self.where, "is empty, expected JSON")
        # JSON begins with ASCII, so that its zero bytes tell UTF-16 and UTF-32 apart for certain (RFC 4627 section 3).
        encoding = json.detect_encoding(data)
        try:
            text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            if not encoding.startswith("utf-8"):
                raise SourceError(self.where, f"is not {encoding} at byte {error.start:,}, expected JSON in UTF-8") from error
            return self._decode_guessed(data, error.start)
        return text, data if encoding.startswith("utf-8") else text.encode("utf-8", "replace")

    def _decode_guessed(self, data: bytes, start: int) -> tuple[str, bytes]:
        found = f"byte 0x{data[start]:02X} at {start:,}"
        try:
            decoded = decode(data)
        except UnicodeDecodeError as error:
            raise SourceError(self.where, f"has {found}, expected JSON in UTF-8") from error
        self._note("encoding", found, "JSON in UTF-8", f"read as {decoded.encoding}")
        return decoded.text, decoded.text.encode("utf-8", "replace")

    def parse(self, text: str) -> JsonValue:
        """Parse with the standard library's scanner, which the depth check made safe to recurse."""
        try:
            value = self._scan(text, strict=True)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise SourceError(self.where, _not_json(text, error)) from error
            self.repeated.clear()
            self.constants.clear()
            try:
                value = self._scan(text, strict=False)
            except json.JSONDecodeError as second:
                raise SourceError(self.where, _not_json(text, second)) from second
            found = f"a raw control character in line {error.lineno}"
            self._note("json-control", found, "an escape such as \\n", "kept as it is", severity="info")
        for key, count in self.repeated.items():
            kept = "the last one is used" if key in _SINGLE else "all values are kept"
            found = f"the key {key!r} more than once in an object"
            self._note("duplicate-key", found, "each key once", kept, count=count, column=key)
        for constant, count in self.constants.items():
            self._note("json-number", constant, "a JSON number", "kept as it is written", count=count, severity="info")
        return value

    def _scan(self, text: str, *, strict: bool) -> JsonValue:
        value: JsonValue = json.loads(
            text,
            parse_int=Number,
            parse_float=Number,
            parse_constant=self._constant,
            object_pairs_hook=self._object,
            strict=strict,
        )
        return value

    def _constant(self, name: str) -> Number:
        self.constants[name] = self.constants.get(name, 0) + 1
        return Number(name)

    def _object(self, pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        found = dict(pairs)
        return found if len(found) == len(pairs) else self._with_repeats(pairs)

    def _with_repeats(self, pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        values: dict[str, list[JsonValue]] = {}
        for key, value in pairs:
            values.setdefault(key, []).append(value)
        for key, several in values.items():
            if len(several) > 1:
                self.repeated[key] = self.repeated.get(key, 0) + len(several) - 1
        return {key: several[-1] if len(several) == 1 or key in _SINGLE else _flat(several) for key, several in values.items()}

    def repair_surrogates(self, value: JsonValue) -> JsonValue:
        """Replace half surrogate pairs, which no UTF-8 column can hold."""
        found: list[str] = []

        def mend(item: JsonValue) -> JsonValue:
            if isinstance(item, str):
                if not _LONE_SURROGATE.search(item):
                    return item
                found.append(item)
                return _LONE_SURROGATE.sub("\ufffd", item)
            if isinstance(item, list):
                return [mend(part) for part in item]
            if isinstance(item, dict):
                return {str(mend(key)): mend(part) for key, part in item.items()}
            return item

        value = mend(value)
        if found:
            shown = ", ".join(ascii(item[:40]) for item in found[:_EXAMPLES])
            self._note("surrogate", f"half a character in {shown}", "whole characters", "replaced by U+FFFD", count=len(found))
        return value

    def _note(
        self,
        code: str,
        found: str,
        expected: str,
        repair: str,
        *,
        column: str = "",
        count: int = 1,
        severity: Severity = "warning",
    ) -> None:
        self.problems.append(Problem(self.where, code, found, expected, column, (), count, repair, severity))


def _flat(several: list[JsonValue]) -> list[JsonValue]:
    flat: list[JsonValue] = []
    for value in several:
        flat.extend(value if isinstance(value, list) else [value])
    return flat


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    place = f"is not JSON at line {error.lineno}, column {error.colno}"
    rest = text[error.pos : error.pos + 20].partition("\n")[0]
    if rest.lstrip(",").lstrip().startswith(("//", "/*", "#")):
        return f"{place}: found a comment {rest!r}, JSON has none"
    if not rest:
        return f"{place}: it ends there ({error.msg}); is the file complete?"
    return f"{place}: found {rest!r} ({error.msg})"


def _check_lengths(value: JsonValue, limit: int, where: str) -> None:
    waiting: list[JsonValue] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if len(item) > limit:
                raise LimitError(where, f"one text of the JSON has {len(item):,} characters, at most {limit:,} are read")
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
