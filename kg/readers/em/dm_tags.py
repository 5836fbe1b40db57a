"""The tag tree of a Gatan DM3 or DM4 file: every tag, but no pixels.

After a header (version, length, byte order of the values) comes a group of tags. A group lists entries; an entry is a group
again or data, whose form is described by big-endian numbers: simple types by a code, strings, structures of simple types,
arrays of simple types or of structures. Offsets and counts take 4 bytes in DM3 and 8 in DM4.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from kg.errors import LimitError, SourceError
from kg.readers.em.native import single

_GROUP, _DATA = 20, 21
_STRUCT, _STRING, _ARRAY = 15, 18, 20
_SIMPLE = {2: "h", 3: "i", 4: "H", 5: "I", 6: "f", 7: "d", 8: "?", 9: "b", 10: "B", 11: "q", 12: "Q"}
_UNSIGNED_SHORT = 4
_FLOAT = "f"
_PIXELS = ("ImageData.Data",)

_MOST_TAGS = 1_000_000
_MOST_DEPTH = 100
_MOST_VALUES = 1_024  # an array beyond this is pixels, a table of colours, a spectrum or a reference image
_MOST_TEXT = 1_000_000
_MOST_FIELDS = 256
_MOST_INFO = 1_024

Value = object


@dataclass(slots=True)
class Tags:
    """What a file holds.

    Attributes:
        root: groups as dicts, groups without names as lists.
        version: 3 or 4.
        count: number of tags with data.
        arrays: paths of arrays that were left out because they are pixels or long, with the number of elements.
        cut: why reading ended early; empty where it did not.
    """

    version: int
    root: Value = None
    count: int = 0
    arrays: dict[str, int] = field(default_factory=dict)
    cut: str = ""


@dataclass(slots=True)
class _Group:
    """A group while it is filled."""

    name: str
    left: int
    path: str
    names: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)

    def close(self) -> Value:
        """Return a list where no entry has a name, else a dict; what shares a name, or has none, is numbered."""
        if self.values and not any(self.names):
            return self.values
        found: dict[str, Value] = {}
        for place, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            free = name or f"[{place}]"
            found[free if free not in found else f"{free}[{place}]"] = value
        return found


class _CutError(Exception):
    """The file ends, or its structure breaks, here."""


def read_tags(stream: BinaryIO, size: int, where: str) -> Tags:
    """Return the tags of a file; of a file that is cut off, those before the cut.

    Args:
        stream: at the start of the file.
        size: bytes of the file.
        where: key of the source, for messages.

    Raises:
        SourceError: not a DM3 or DM4 file, or damaged before the first tag.
        LimitError: more tags or deeper groups than any microscope writes.
    """
    reader = _Reader(stream, size, where)
    tags = Tags(reader.version)
    reader.walk(tags)
    if tags.root is None or not tags.count:
        raise SourceError(where, f"is damaged before its first tag ({tags.cut or 'it has no tags'})")
    return tags


class _Reader:
    """Reads forward through one file."""

    def __init__(self, stream: BinaryIO, size: int, where: str) -> None:
        self._stream = stream
        self._size = size
        self._where = where
        try:
            self.version = self._number(">i")
            if self.version not in {3, 4}:
                raise SourceError(where, f"is no DM3 or DM4 file (version {self.version})")
            self._long = ">q" if self.version == 4 else ">i"  # noqa: PLR2004 - the version
            self._number(self._long)
            self._order = "<" if self._number(">i") == 1 else ">"
        except _CutError as error:
            raise SourceError(where, "is too short to be a DM3 or DM4 file") from error

    def walk(self, tags: Tags) -> None:
        """Read all tags, with a stack of our own, so that depth cannot exhaust the interpreter."""
        stack: list[_Group] = []
        try:
            stack.append(self._group("", ""))
            while True:
                group = stack[-1]
                if group.left:
                    group.left -= 1
                    self._entry(group, stack, tags)
                elif len(stack) == 1:
                    break
                else:
                    self._close(stack)
        except _CutError as error:
            tags.cut = str(error) or "it ends early"
        while len(stack) > 1:
            self._close(stack)
        tags.root = stack[0].close() if stack else None

    @staticmethod
    def _close(stack: list[_Group]) -> None:
        done = stack.pop()
        stack[-1].names.append(done.name)
        stack[-1].values.append(done.close())

    def _group(self, name: str, path: str) -> _Group:
        self._bytes(2)  # whether sorted, whether open
        return _Group(name, self._count(), path)

    def _entry(self, group: _Group, stack: list[_Group], tags: Tags) -> None:
        """Read one entry: open a group, or take a value."""
        kind = self._bytes(1)[0]
        if kind not in {_GROUP, _DATA}:
            if kind == 0:
                raise _CutError("its tag list ends early")
            raise _CutError(f"a tag of the unknown kind {kind}")
        name = self._bytes(self._number(">H")).decode("cp1252", "replace")
        if self.version == 4:  # noqa: PLR2004 - the version
            self._number(">q")  # length of the entry
        path = f"{group.path}.{name or f'[{len(group.names)}]'}" if group.path else name
        if kind == _GROUP:
            if len(stack) >= _MOST_DEPTH:
                raise LimitError(self._where, f"its tags are nested deeper than {_MOST_DEPTH}")
            stack.append(self._group(name, path))
            return
        tags.count += 1
        if tags.count > _MOST_TAGS:
            raise LimitError(self._where, f"it has more than {_MOST_TAGS:,} tags")
        value = self._value(path, tags)
        group.names.append(name)
        group.values.append(value)

    def _value(self, path: str, tags: Tags) -> Value:
        """Read the value of a data tag; None for an array that is left out."""
        if self._bytes(4) != b"%%%%":
            raise _CutError("a tag without its mark")
        length = self._count()
        if not 0 < length <= _MOST_INFO:
            raise _CutError(f"a tag described by {length} numbers")
        info = [self._number(self._long) for _ in range(length)]
        if info[0] == _STRING:
            return self._bytes(self._checked(info[-1], _MOST_TEXT)).decode("utf-16-le", "replace")
        if info[0] == _STRUCT:
            return self._numbers(_fields(info))
        if info[0] == _ARRAY:
            return self._array(info[1:], path, tags)
        return self._numbers(_simple(info[:1]))[0]

    def _array(self, info: Sequence[int], path: str, tags: Tags) -> Value:
        """Read an array, or skip it where it is long."""
        count = info[-1] if info else -1
        if info[:1] == [_STRUCT]:
            form, rows = _fields(info[:-1]), True
        else:
            form, rows = _simple(info[:1]), False
        width = struct.calcsize("<" + form)
        if count < 0 or width * count > self._size - self._stream.tell():
            raise _CutError("an array that is longer than the file")
        is_pixels = path.endswith(_PIXELS)
        is_text = not rows and info[0] == _UNSIGNED_SHORT and not is_pixels
        if is_text and count * width <= _MOST_TEXT:
            written = self._bytes(width * count)
            words = written.decode("utf-16-le" if self._order == "<" else "utf-16-be", "replace")
            if _reads(words):
                return words.rstrip("\0")
            if count <= _MOST_VALUES:
                return " ".join(str(number) for number in struct.unpack(f"{self._order}{count}H", written))
            tags.arrays[path] = count
            return None
        if is_pixels or count * len(form) > _MOST_VALUES:
            self._stream.seek(width * count, 1)
            tags.arrays[path] = count
            return None
        found = [self._numbers(form) for _ in range(count)]
        return "; ".join(map(" ".join, found)) if rows else " ".join(row[0] for row in found)

    def _numbers(self, form: str) -> list[str]:
        # without alignment: the values follow one another
        read = self._bytes(struct.calcsize("<" + form))
        return [_as_text(code, value) for code, value in zip(form, struct.unpack(self._order + form, read), strict=True)]

    def _count(self) -> int:
        """Return a count of things that each take at least a byte."""
        count = self._number(self._long)
        if not 0 <= count <= self._size:
            raise _CutError(f"a count of {count}")
        return count

    def _checked(self, length: int, most: int) -> int:
        if not 0 <= length <= most:
            raise _CutError(f"a length of {length}")
        return length

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._bytes(struct.calcsize(form)))[0])

    def _bytes(self, count: int) -> bytes:
        data = self._stream.read(count)
        if len(data) < count:
            raise _CutError("it ends early")
        return data


def _simple(info: Sequence[int]) -> str:
    """Return the struct code of a simple type."""
    code = _SIMPLE.get(info[0]) if info else None
    if code is None:
        raise _CutError(f"a value of the unknown type {info[0] if info else '(none)'}")
    return code


def _fields(info: Sequence[int]) -> str:
    """Return the struct codes of a structure: 15, length of name, number of fields, then length of name and type of each."""
    if len(info) < 3 or not 0 < info[2] <= _MOST_FIELDS or len(info) < 3 + 2 * info[2]:  # noqa: PLR2004 - as above
        raise _CutError("a structure without its fields")
    return "".join(_simple(info[place : place + 1]) for place in range(4, 4 + 2 * info[2], 2))


def _as_text(code: str, value: float) -> str:
    if code == _FLOAT:
        return single(value)
    if code == "?":
        return "true" if value else "false"
    return repr(value) if not (isinstance(value, float) and math.isnan(value)) else "nan"


def _reads(words: str) -> bool:
    """Return whether numbers of 16 bits are a text: no control characters, nothing undefined."""
    return all(letter >= " " or letter in "\t\n\r" for letter in words.rstrip("\0")) and "\ufffd" not in words
