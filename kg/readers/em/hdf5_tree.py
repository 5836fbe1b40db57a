"""What an HDF5 file says beside its arrays: groups, datasets and their attributes as rows.

* ``group`` has a row per group, ``dataset`` one per array; attributes are columns of their own name.
* A scalar, or a text or number in an array of one, is a column of the group that holds it, with its attributes beside it
  (``scale@units``); where a group holds many of them, each is a row of ``dataset`` instead, with its value in ``(value)``.
* ``_id`` is the path, ``_parent`` that of the group it lies in, ``_name`` its last part; ``_shape`` and ``_dtype`` describe
  arrays.
* Links are not followed: soft and external ones, and further paths to an object that was seen, are rows of ``link``.
* Values of more than a few numbers are not read, nor is anything that lies in other files or needs a filter of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from kg.errors import LimitError
from kg.problem import Problem
from kg.readers.em.native import single
from kg.readers.em.native import text as text_of_bytes
from kg.readers.limits import Limits
from kg.table import ROW, Table

GROUP, DATASET, LINK = "group", "dataset", "link"
_MOST_OBJECTS = 200_000
_MOST_LEAVES = 256  # of one group, as columns
_MOST_LEAF_COLUMNS = 4_000
_MOST_NUMBERS = 64  # of an attribute or a short dataset
_MOST_TEXTS = 1_024
_MOST_BYTES = 1024 * 1024
_OWN_FILTERS = frozenset(("gzip", "lzf", "szip", None))

Cell = str | list[str]


@dataclass(slots=True)
class _Row:
    path: str
    parent: str | None
    cells: dict[str, Cell] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """What was found.

    Attributes:
        rows: kind to rows.
        problems: what could not be read.
    """

    rows: dict[str, list[_Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def tables(self, limits: Limits, where: str) -> dict[str, Table]:
        """Return kind to table.

        Raises:
            LimitError: more different attributes than a table may have columns.
        """
        return {kind: Table(kind, _frame(rows, limits, f"{where}, {kind}").lazy()) for kind, rows in self.rows.items() if rows}


def tree_of(h5py: Any, file: Any, limits: Limits, where: str) -> Tree:  # noqa: ANN401 - h5py has no types
    """Walk a file that is open.

    Args:
        h5py: the module, which is loaded only when it is needed.
        file: the open file.
        limits: bounds on cells and columns.
        where: key of the source, for messages.

    Raises:
        LimitError: more objects than any microscope writes, or a text that is too long.
    """
    return _Walk(h5py, limits, where).walk(file)


class _Walk:
    def __init__(self, h5py: Any, limits: Limits, where: str) -> None:  # noqa: ANN401
        self._h5py = h5py
        self._limits = limits
        self._where = where
        self._tree = Tree({GROUP: [], DATASET: [], LINK: []})
        self._seen: dict[tuple[int, int], str] = {}
        self._leaf_names: set[str] = set()
        self._count = 0

    def walk(self, file: Any) -> Tree:  # noqa: ANN401
        todo: list[tuple[Any, str, str | None]] = [(file, "/", None)]
        while todo:
            group, path, parent = todo.pop()
            known = self._first_time(group, path)
            if known:
                self._link(path, parent or "/", "hard", known)
                continue
            row = _Row(path, parent)
            self._tree.rows[GROUP].append(row)
            self._attributes(group, row.cells, path)
            below: list[tuple[Any, str, str | None]] = []
            leaves = 0
            for named in self._names(group, path):
                self._count += 1
                if self._count > _MOST_OBJECTS:
                    raise LimitError(self._where, f"holds more than {_MOST_OBJECTS:,} groups and datasets")
                name = _shown(named)
                item = self._item(group, named, path)
                if item is None:
                    continue
                place = f"{path.rstrip('/')}/{name}"
                if isinstance(item, self._h5py.Group):
                    below.append((item, place, path))
                elif isinstance(item, self._h5py.Dataset):
                    leaves += self._dataset(item, name, place, row, leaves)
                else:
                    self._link(place, path, "a named type", "")
            todo.extend(reversed(below))
        return self._tree

    def _names(self, group: Any, path: str) -> list[str | bytes]:  # noqa: ANN401
        try:
            return list(group)
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self._damaged(path, error)
            return []

    def _item(self, group: Any, name: str | bytes, path: str) -> Any | None:  # noqa: ANN401
        """Return what a hard link leads to, the first time; anything else is noted."""
        place = f"{path.rstrip('/')}/{_shown(name)}"
        try:
            link = group.get(name, getlink=True)
            if isinstance(link, self._h5py.ExternalLink):
                self._link(place, path, "external", f"{link.filename}:{link.path}")
                return None
            if isinstance(link, self._h5py.SoftLink):
                self._link(place, path, "soft", link.path)
                return None
            item = group[name]
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self._damaged(place, error)
            return None
        # a group is looked at when its turn comes, so that what lies deeper under an earlier name keeps that name
        known = "" if isinstance(item, self._h5py.Group) else self._first_time(item, place)
        if known:
            self._link(place, path, "hard", known)
            return None
        return item

    def _first_time(self, item: Any, place: str) -> str:  # noqa: ANN401
        """Return under which path an object was seen before; empty the first time."""
        info = self._h5py.h5o.get_info(item.id)
        mark = (info.fileno, info.addr)
        if mark in self._seen:
            return self._seen[mark]
        self._seen[mark] = place
        return ""

    def _link(self, place: str, parent: str, kind: str, target: str) -> None:
        cells: dict[str, Cell] = {"(link)": kind, "(target)": target} if target else {"(link)": kind}
        self._tree.rows[LINK].append(_Row(place, parent, cells))

    def _damaged(self, place: str, error: Exception) -> None:
        said = str(error)[:200] or type(error).__name__
        self._tree.problems.append(
            Problem(self._where, "hdf5", f"something that cannot be read ({said})", "a sound file", place, repair="skipped")
        )

    def _dataset(self, item: Any, name: str, place: str, owner: _Row, leaves: int) -> int:  # noqa: ANN401
        """File a dataset as cells of its group or as a row; return 1 for a cell."""
        value = self._short_value(item, place)
        free = name not in self._leaf_names and len(self._leaf_names) >= _MOST_LEAF_COLUMNS
        if value is not None and leaves < _MOST_LEAVES and not free and name not in owner.cells:
            self._leaf_names.add(name)
            owner.cells[name] = value
            beside: dict[str, Cell] = {}
            self._attributes(item, beside, place)
            owner.cells |= {f"{name}@{key}": cell for key, cell in beside.items()}
            return 1
        row = _Row(place, owner.path)
        if value is not None:
            row.cells["(value)"] = value
        self._attributes(item, row.cells, place)
        shape = item.shape
        row.place = {"_dtype": _type_name(item.dtype, self._h5py)}
        if shape is not None:
            row.place["_shape"] = " x ".join(map(str, shape)) or "scalar"
        self._tree.rows[DATASET].append(row)
        return 0

    def _short_value(self, item: Any, place: str) -> Cell | None:  # noqa: ANN401
        """Return the value of a dataset that says something; None for arrays."""
        try:
            shape = item.shape
            if shape is None or len(shape) > 1 or item.is_virtual or item.external or item.compression not in _OWN_FILTERS:
                return None
            is_text = self._h5py.check_string_dtype(item.dtype) is not None
            count = shape[0] if shape else 1
            if (
                count > (1 if shape and not is_text else _MOST_NUMBERS)
                or not count
                or item.dtype.itemsize * count > _MOST_BYTES
            ):
                return None
            return self._cell(item[()], item.dtype, place)
        except (RuntimeError, OSError, KeyError, ValueError, TypeError) as error:
            self._damaged(place, error)
            return None

    def _attributes(self, item: Any, cells: dict[str, Cell], place: str) -> None:  # noqa: ANN401
        for named in self._attribute_names(item, place):
            name = _shown(named)
            try:
                identity = item.attrs.get_id(named)
                shape, dtype = identity.shape, identity.dtype
                count = 1
                for size in shape or ():
                    count *= size
                is_text = self._h5py.check_string_dtype(dtype) is not None
                if count > (_MOST_TEXTS if is_text else _MOST_NUMBERS):
                    self._problem_long(f"{place}@{name}", count)
                    continue
                cell = self._cell(item.attrs[named], dtype, place)
            except (RuntimeError, OSError, KeyError, ValueError, TypeError, UnicodeError) as error:
                self._damaged(f"{place}@{name}", error)
                continue
            if cell is not None:
                cells[f"./{name}" if name.startswith(("_", "$")) or not name else name] = cell

    def _attribute_names(self, item: Any, place: str) -> list[str | bytes]:  # noqa: ANN401
        try:
            return list(item.attrs)
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self._damaged(place, error)
            return []

    def _problem_long(self, place: str, count: int) -> None:
        self._tree.problems.append(
            Problem(self._where, "hdf5-array", f"{count:,} values", "a short value", place, repair="not read", severity="info")
        )

    def _cell(self, value: Any, dtype: Any, place: str) -> Cell | None:  # noqa: ANN401
        """Return a value of h5py as text, or as texts where it is an array."""
        texts = list(_texts(value, dtype, self._h5py))
        longest = max(map(len, texts), default=0)
        if longest > self._limits.cell_bytes:
            raise LimitError(self._where, f"{place[:80]} holds a text of more than {self._limits.cell_bytes:,} characters")
        if not texts:
            return None
        return texts[0] if len(texts) == 1 else texts


def _texts(value: Any, dtype: Any, h5py: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the members of a value as text; an array of single characters is one text."""
    if isinstance(value, h5py.Empty):
        return
    shape: tuple[int, ...] = getattr(value, "shape", None) or ()
    if len(shape) == 1 and dtype.kind == "S" and dtype.itemsize == 1:
        yield text_of_bytes(value.tobytes())
        return
    members = value.ravel().tolist() if shape else [value]
    narrow = dtype.kind == "f" and dtype.itemsize <= 4  # noqa: PLR2004 - single precision
    for member in members:
        yield _text(member, h5py, narrow=narrow)


def _text(member: Any, h5py: Any, *, narrow: bool) -> str:  # noqa: ANN401
    if hasattr(member, "item") and not isinstance(member, bytes):
        member = member.item()
    if isinstance(member, bytes):
        return text_of_bytes(bytes(member))
    if isinstance(member, bool):
        return "true" if member else "false"
    if isinstance(member, float):
        return single(member) if narrow else repr(member)
    if isinstance(member, (h5py.Reference, h5py.RegionReference)):
        return "(reference)" if member else ""
    if isinstance(member, tuple):
        return " ".join(_text(part, h5py, narrow=False) for part in member)
    # texts that are not UTF-8 come with surrogates
    return text_of_bytes(str(member).encode("utf-8", "surrogateescape"))


def _type_name(dtype: Any, h5py: Any) -> str:  # noqa: ANN401
    if h5py.check_string_dtype(dtype) is not None:
        return "text"
    if dtype.names:
        return f"records of {', '.join(dtype.names)}"[:500]
    return str(dtype.name) if dtype.kind != "O" else "object"


def _shown(name: str | bytes) -> str:
    """Return a name as text; the library leaves as bytes what is not UTF-8."""
    return name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")


def _frame(rows: list[_Row], limits: Limits, where: str) -> pl.DataFrame:
    """Return rows as a table: null where a row has no such cell."""
    names: dict[str, bool] = {}
    for row in rows:
        for name, cell in row.cells.items():
            names[name] = names.get(name, False) or isinstance(cell, list)
    if len(names) > limits.columns:
        raise LimitError(where, f"has more than {limits.columns:,} different attributes and values")
    series = [
        pl.Series(ROW, range(1, len(rows) + 1), pl.UInt32),
        pl.Series("_id", [row.path for row in rows], pl.String),
        pl.Series("_parent", [row.parent for row in rows], pl.String),
        pl.Series("_name", [row.path.rpartition("/")[2] for row in rows], pl.String),
    ]
    described = dict.fromkeys(name for row in rows for name in row.place)
    series.extend(pl.Series(name, [row.place.get(name) for row in rows], pl.String) for name in described)
    for name, several in names.items():
        cells = [row.cells.get(name) for row in rows]
        if several:
            lists = [[cell] if isinstance(cell, str) else cell for cell in cells]
            series.append(pl.Series(name, lists, pl.List(pl.String)))
        else:
            series.append(pl.Series(name, cells, pl.String))
    return pl.DataFrame(series)
