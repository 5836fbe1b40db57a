"""Texts that makers write into tags: lines of key and value, sections of them, and values that other libraries parsed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum

import polars as pl

from kg.readers.limits import Limits
from kg.readers.safe_xml import iterparse, split_name
from kg.readers.tree import ROOT, tables_of
from kg.table import ROW

LINE = "line"
"""Key of the lines that have no key of their own."""

_SECTION = re.compile(r"\[(.*)\]\s*")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_MOST_ITEMS = 4096  # an array beyond this is a table of colours or pixels
_MOST_DEPTH = 30

Value = object
Members = dict[str, Value]


def add(members: Members, key: str, value: Value) -> None:
    """Put a value under a key; a key that repeats holds a list.

    >>> found = {}; add(found, "a", "1"); add(found, "a", "2"); found
    {'a': ['1', '2']}
    """
    if key not in members:
        members[key] = value
        return
    known = members[key]
    members[key] = [*known, value] if isinstance(known, list) else [known, value]


def pairs(lines: Iterable[str], separators: str = "=") -> Members:
    """Return lines of key and value; what has no separator is listed under `LINE`.

    >>> pairs(["a = 1", "", "b: 2", "c"], "=:")
    {'a': '1', 'b': '2', 'line': 'c'}
    """
    members: Members = {}
    for line in lines:
        places = [at for at in map(line.find, separators) if at > 0]
        if places:
            at = min(places)
            add(members, line[:at].strip(), line[at + 1 :].strip())
        elif line.strip():
            add(members, LINE, line.strip())
    return members


def sections(text: str) -> Members:
    r"""Return the sections of an INI text, each with its keys and values as written; sections that repeat are numbered.

    >>> sections("[User]\nDate=06/13/2016\n[EBeam]\nHV=5000")
    {'User': {'Date': '06/13/2016'}, 'EBeam': {'HV': '5000'}}
    """
    found: Members = {}
    name, lines = "", list[str]()

    def close() -> None:
        members = pairs(lines)
        if members and not name:
            found.update(members)
        elif members:
            same = sum(1 for known in found if known == name or known.startswith(f"{name}["))
            found[f"{name}[{same + 1}]" if same else name] = members

    for line in text.splitlines():
        match = _SECTION.fullmatch(line.strip())
        if match:
            close()
            name, lines = match[1].strip(), []
        else:
            lines.append(line)
    close()
    return found


def unescaped(text: str) -> str:
    r"""Return a text of ImageJ with its escapes for characters beyond Latin-1 taken off.

    >>> unescaped("\\u00B5m")
    'µm'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def properties(data: bytes, limits: Limits, where: str) -> Members:
    """Return XML of ``<prop id= value=>`` in named groups, as MetaMorph writes it, as a tree of ids and values.

    Raises:
        SourceError: not valid XML.
        LimitError: beyond the limits.
    """
    stack: list[Members] = [{}]
    for event, element in iterparse(data, limits, where):
        key = element.attrib.get("id")
        if event == "start" and key is None:
            stack.append({})
        elif event == "end" and key is None:
            group = stack.pop()
            if (element.text or "").strip() and not group:
                add(stack[-1], split_name(element.tag).local, element.text)
            else:
                add(stack[-1], split_name(element.tag).local, group)
            element.clear()
        elif event == "end" and key is not None:
            add(stack[-1], key, element.attrib.get("value", element.text or ""))
    [only] = stack[0].values()
    return only if isinstance(only, dict) else {}


def members_of(value: Value, left_out: Callable[[str], None], name: str) -> Members:
    """Return an object that tifffile parsed as a tree (`plain`); empty where it is none."""
    found = plain(value, left_out, name)
    return found if isinstance(found, dict) else {}


def plain(value: Value, left_out: Callable[[str], None], name: str, depth: int = 0) -> Value:
    """Return what tifffile parsed as a tree of plain values: arrays as lists, records as objects, dates as ISO 8601.

    Args:
        value: dict, list, NumPy array or scalar, date, enumeration member, bytes or text.
        left_out: called with the name of what is too long, too deep, or bytes that are no text.
        name: path of the value, for ``left_out``.
        depth: how deep the value lies.
    """
    if hasattr(value, "tolist"):  # NumPy
        dtype = getattr(value, "dtype", None)
        value = (value.astype("datetime64[us]") if getattr(dtype, "kind", "") == "M" else value).tolist()  # type: ignore[attr-defined]
    if isinstance(value, Mapping):
        items = value.items() if depth < _MOST_DEPTH else ()
        return {str(key): plain(item, left_out, f"{name}.{key}", depth + 1) for key, item in items}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        if depth >= _MOST_DEPTH or (len(value) > _MOST_ITEMS and not isinstance(value[0], Mapping)):
            left_out(name)
            return None
        return [plain(item, left_out, name, depth + 1) for item in value]
    return _scalar(value, left_out, name)


def _scalar(value: Value, left_out: Callable[[str], None], name: str) -> Value:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bytes | bytearray):
        return _text(bytes(value), left_out, name)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return value.rstrip("\0")
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _text(data: bytes, left_out: Callable[[str], None], name: str) -> str | None:
    try:
        text = data.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        left_out(name)
        return None
    return text


def rows_of(kind: str, rows: Sequence[Mapping[str, Value]], limits: Limits, where: str) -> dict[str, pl.DataFrame]:
    """Return a table of this kind with a row for each tree, and the tables of the objects below.

    Raises:
        LimitError: beyond the limits.
    """
    tables = tables_of({kind: list(rows)}, limits, where)
    from_one = pl.col(ROW) - 1  # the tree that holds them is a row as well
    return {name: table.frame.collect().with_columns(from_one) for name, table in tables.items() if name != ROOT}


def below_one_another(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return frames as one; a column that is a list in one of them is a list in all, and ``_row`` counts on."""
    if len(frames) == 1:
        return frames[0]
    lists = {name for frame in frames for name, kind in frame.schema.items() if isinstance(kind, pl.List)}
    alike = []
    for frame in frames:
        single = [name for name in lists & set(frame.columns) if frame.schema[name] == pl.String]
        alike.append(frame.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.concat_list(name)) for name in single))
    whole = pl.concat(alike, how="diagonal")
    return whole.with_columns(pl.int_range(1, whole.height + 1, dtype=pl.UInt32).alias(ROW)) if ROW in whole.columns else whole
