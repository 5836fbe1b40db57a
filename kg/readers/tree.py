"""Trees of values (JSON, YAML, tag trees of vendors) as tables, without a word of them lost.

* The top object is a row of the table ``root``; an array of objects is a table named by its key, a row per object.
* An object inside an object is no row: its members are columns of the row around it, ``objective.NA``.
* A scalar is a text cell. An array of scalars is a list cell; an array in an array is a cell of JSON. ``null`` and an empty
  object or array are no cell.
* An object that is a map from names to objects (its reader says so, or it has more than 64 members, all of them objects) is a
  table named by its key, a row per member, the name in ``_key``. So is any object of more than 1,000 members; what is no
  object among them is in the column ``[]`` of its row.
* Members that come to the same column (``"a.b"`` and ``b`` in ``a``) are a list cell of it.
* ``_id`` is the place (``section.subsections[2]``), ``_parent`` and ``_parent_kind`` say in which row it stands, ``_path`` is
  the place without indexes, ``_index`` counts in the array from 0, ``_row`` numbers all rows of the tree from 1. A key that
  begins with ``_`` or ``$`` is the column ``./_key``; an empty key is ``./``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kg.errors import LimitError
from kg.readers.limits import Limits
from kg.readers.safe_json import JsonValue, Number, dumps
from kg.table import ROW, Table

ROOT = "root"
_MOST_MEMBERS = 64
_MOST_COLUMNS = 1_000

Scalar = str | bool | int | float | None
Value = object
"""A scalar, a mapping of str to values, or a sequence of values; anything else is written by ``str``."""

IsMap = Callable[[str, Mapping[str, Value]], bool]


def no_map(path: str, members: Mapping[str, Value]) -> bool:
    """Say of no object that it is a map."""
    del path, members
    return False


@dataclass(frozen=True, slots=True)
class _Row:
    """One row; its cells stand in the columns of its kind, at its number there."""

    kind: str
    ident: str
    path: str
    parent: _Row | None
    index: int
    order: int
    key: str | None
    number: int


@dataclass(slots=True)
class _Column:
    """The cells of a column by the numbers of their rows, and whether one of them is a list."""

    cells: dict[int, str | list[str]] = field(default_factory=dict)
    several: bool = False

    def put(self, number: int, cell: str | list[str]) -> None:
        """Add a cell; one that is there already becomes a list of both."""
        before = self.cells.get(number)
        if before is not None:
            cell = [*_listed(before), *_listed(cell)]
        self.several = self.several or isinstance(cell, list)
        self.cells[number] = cell

    def series(self, name: str, count: int) -> pl.Series:
        """Return the column of so many rows."""
        if not self.several:
            texts: list[str | list[str] | None] = [None] * count
            for number, cell in self.cells.items():
                texts[number] = cell
            return pl.Series(name, texts, pl.String)
        numbers: list[int] = []
        flat: list[str] = []
        for number, cell in self.cells.items():
            listed = _listed(cell)
            numbers.extend([number] * len(listed))
            flat.extend(listed)
        # a series of Python lists would be made of one series per list
        cells = pl.DataFrame({"row": numbers, "cell": flat}, {"row": pl.UInt32, "cell": pl.String})
        each = pl.select(row=pl.int_range(count, dtype=pl.UInt32))
        return each.join(cells.group_by("row").agg("cell"), on="row", how="left", maintain_order="left")["cell"].alias(name)


_Below = tuple[Mapping[str, Value], _Row, str, int]
"""An object that is still to be filed: into which row, with which prefix of its columns, how deep."""


def _listed(cell: str | list[str]) -> list[str]:
    return [cell] if isinstance(cell, str) else cell


def tables_of(value: Value, limits: Limits, where: str, *, is_map: IsMap = no_map, root: str = ROOT) -> dict[str, Table]:
    """Return the tables of a tree, the table of the top object first.

    A top-level array gives a row of ``root`` for each object; its other members are the list cell ``[]`` of one more row.

    Args:
        value: what a parser returned.
        limits: ``columns`` and ``cell_bytes`` count, and ``json_depth``.
        where: key of the source, for messages.
        is_map: says by path (without indexes) and members whether an object is a map from names to objects.
        root: kind of the top row.

    Raises:
        LimitError: more columns, deeper nesting or more cells than allowed.

    >>> tables = tables_of({"name": "a", "lens": {"NA": 1.4}, "channels": [{"ex": 488}, {"ex": 561}]}, Limits(), "a.json")
    >>> tables["root"].frame.select("name", "lens.NA").collect().rows()
    [('a', '1.4')]
    >>> tables["channels"].frame.select("_parent", "_index", "ex").collect().rows()
    [('root', '0', '488'), ('root', '1', '561')]
    """
    grown = _Growth(limits, where, is_map)
    if isinstance(value, Mapping) and not grown.is_table("", value):
        grown.object(value, grown.row(root, root, "", None, 0))
    elif isinstance(value, Mapping):
        grown.members(value, [grown.row(root, f"{root}.{key}", "", None, at, str(key)) for at, key in enumerate(value)])
    elif _is_array(value):
        rest = [item for item in value if not isinstance(item, Mapping)]  # type: ignore[attr-defined]
        for index, item in enumerate(value):  # type: ignore[arg-type, var-annotated]
            if isinstance(item, Mapping):
                grown.object(item, grown.row(root, f"{root}[{index + 1}]", "", None, index))
        if rest:
            grown.member(grown.row(root, root, "", None, 0), "[]", "[]", rest)
    else:
        grown.member(grown.row(root, root, "", None, 0), "[]", "[]", value)
    return grown.tables()


def text_of(value: Value) -> str | None:
    r"""Return a scalar as the text of a cell, an array or object as JSON; None for null.

    >>> text_of(True), text_of(1.5), text_of(b"a\0"), text_of([1, {"a": None}])
    ('true', '1.5', 'a', '[1,{"a":null}]')
    """
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.rstrip(b"\0").decode("utf-8", "backslashreplace")
    if isinstance(value, Mapping) or _is_array(value):
        return dumps(_json(value))
    return str(value)


def _texts_of(value: Value) -> list[str]:
    return [text for item in value if (text := text_of(item)) is not None]  # type: ignore[attr-defined]


def _json(value: Value) -> JsonValue:
    """Return a value as `kg.readers.safe_json.dumps` takes it: numbers keep the text that ``str`` gives them."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if _is_array(value):
        return [_json(item) for item in value]  # type: ignore[attr-defined]
    return Number(value) if isinstance(value, (int, float)) else text_of(value)


def _is_array(value: Value) -> bool:
    # the classes of most values first: what asks an abstract class takes far longer
    return isinstance(value, list) or (
        not isinstance(value, (str, int, float, bytes, bytearray, dict)) and isinstance(value, Sequence)
    )


class _Growth:
    """Rows of all kinds while a tree is walked; with a stack of its own, so that depth cannot exhaust the interpreter."""

    def __init__(self, limits: Limits, where: str, is_map: IsMap) -> None:
        self._limits = limits
        self._where = where
        self._is_map = is_map
        self._rows: dict[str, list[_Row]] = {}
        self._columns: dict[str, dict[str, _Column]] = {}
        self._order = self._cells = self._characters = 0

    def row(self, kind: str, ident: str, path: str, parent: _Row | None, index: int, key: str | None = None) -> _Row:
        self._order += 1
        rows = self._rows.setdefault(kind, [])
        row = _Row(kind, ident, path, parent, index, self._order, key, len(rows))
        rows.append(row)
        if len(self._rows) > self._limits.columns:
            raise LimitError(self._where, f"more than {self._limits.columns:,} kinds of objects")
        self._characters += len(ident) + len(path) + (len(parent.ident) if parent else 0)
        if self._characters > self._limits.place_characters:
            raise LimitError(
                self._where, f"the places of its objects come to more than {self._limits.place_characters:,} characters"
            )
        self._spend(1)
        return row

    def object(self, members: Mapping[str, Value], row: _Row) -> None:
        """Fill a row from an object, and make the rows that lie below."""
        self._walk([(members, row, "", 1)])

    def members(self, members: Mapping[str, Value], rows: Sequence[_Row]) -> None:
        """Fill a row from each member of an object."""
        self._walk(list(self._each(members, rows, 1))[::-1])

    def is_table(self, path: str, members: Mapping[str, Value]) -> bool:
        """Say whether an object is a table of its members."""
        if len(members) > _MOST_COLUMNS:
            return True
        # most objects are small: whether all their members are objects is asked only where it matters
        if not members or not (len(members) > _MOST_MEMBERS or self._is_map(path, members)):
            return False
        return all(isinstance(item, Mapping) for item in members.values())

    def _walk(self, todo: list[_Below]) -> None:
        while todo:
            here, owner, prefix, depth = todo.pop()
            if depth > self._limits.json_depth:
                raise LimitError(self._where, f"it is nested deeper than {self._limits.json_depth:,}")
            later: list[_Below] = []
            for name, value in here.items():
                later.extend(self._take(owner, f"{prefix}{name}", str(name), value, depth + 1))
            todo.extend(reversed(later))

    def _take(self, owner: _Row, column: str, name: str, value: Value, depth: int) -> Sequence[_Below]:
        """File one member; return the objects below it."""
        if isinstance(value, (str, int, float)) or value is None:
            self.member(owner, column, name, value, depth)
            return ()
        if isinstance(value, Mapping):
            path, place = self._place(owner, column)
            if self.is_table(path, value):
                rows = [self.row(name, f"{place}.{key}", path, owner, at, str(key)) for at, key in enumerate(value)]
                return list(self._each(value, rows, depth))
            self._spend(1)
            return [(value, owner, f"{column}.", depth)]
        if _is_array(value):
            path, place = self._place(owner, column)
            items: Sequence[Value] = value  # type: ignore[assignment]
            below = [
                (item, self.row(name, f"{place}[{index + 1}]", path, owner, index), "", depth)
                for index, item in enumerate(items)
                if isinstance(item, Mapping)
            ]
            rest = items if not below else [item for item in items if not isinstance(item, Mapping)]
            if rest:
                self.member(owner, column, name, rest, depth)
            return below
        self.member(owner, column, name, value, depth)
        return ()

    def _each(self, members: Mapping[str, Value], rows: Sequence[_Row], depth: int) -> Iterator[_Below]:
        """File the members of an object that is a table; yield the objects among them."""
        for (name, item), row in zip(members.items(), rows, strict=True):
            if isinstance(item, Mapping):
                yield item, row, "", depth
            else:  # an array of objects in it is as if it stood where the object stands
                yield from self._take(row, "[]", str(name), item, depth + 1)

    def _place(self, owner: _Row, column: str) -> tuple[str, str]:
        """Return the path and the place of a member."""
        path = f"{owner.path}.{column}" if owner.path else column
        return path, f"{owner.ident}.{column}" if owner.parent is not None or owner.ident != ROOT else column

    def member(self, row: _Row, column: str, name: str, value: Value, depth: int = 1) -> None:
        """Write a cell."""
        cell: str | list[str] | None
        if _is_array(value):
            self._measure(value, depth)
            cell = _texts_of(value) or None
        else:
            cell = text_of(value)
            self._spend(1)
        if cell is None:
            return
        longest = max(map(len, cell)) if isinstance(cell, list) else len(cell)
        if longest > self._limits.cell_bytes:
            raise LimitError(self._where, f"{name[:80]} is longer than {self._limits.cell_bytes:,} characters")
        free = f"./{column}" if not column or column.startswith(("_", "$")) else column
        columns = self._columns.setdefault(row.kind, {})
        if free not in columns:
            if len(columns) >= self._limits.columns:
                raise LimitError(self._where, f"{row.kind[:80]} has more than {self._limits.columns:,} different members")
            columns[free] = _Column()
        columns[free].put(row.number, cell)

    def _measure(self, array: Value, depth: int) -> None:
        """Count what is in an array, and refuse what is nested too deeply to be written as JSON."""
        todo = [(array, depth)]
        while todo:
            value, here = todo.pop()
            if here > self._limits.json_depth:
                raise LimitError(self._where, f"it is nested deeper than {self._limits.json_depth:,}")
            items: Sequence[Value] = tuple(value.values()) if isinstance(value, Mapping) else value  # type: ignore[assignment]
            self._spend(len(items) + 1)
            todo.extend((item, here + 1) for item in items if isinstance(item, Mapping) or _is_array(item))

    def _spend(self, cells: int) -> None:
        self._cells += cells
        if self._cells > self._limits.tree_cells:
            raise LimitError(self._where, f"it holds more than {self._limits.tree_cells:,} values")

    def tables(self) -> dict[str, Table]:
        """Return kind to table."""
        size = sum(len(rows) * len(self._columns.get(kind, ())) for kind, rows in self._rows.items())
        if size > self._limits.tree_cells:
            raise LimitError(self._where, f"as tables it would have more than {self._limits.tree_cells:,} cells")
        return {kind: Table(kind, self._frame(kind, rows).lazy()) for kind, rows in self._rows.items()}

    def _frame(self, kind: str, rows: list[_Row]) -> pl.DataFrame:
        text = pl.String
        series = [
            pl.Series(ROW, [row.order for row in rows], pl.UInt32),
            pl.Series("_id", [row.ident for row in rows], text),
            pl.Series("_parent", [row.parent.ident if row.parent else None for row in rows], text),
            pl.Series("_parent_kind", [row.parent.kind if row.parent else None for row in rows], text),
            pl.Series("_path", [row.path for row in rows], text),
            pl.Series("_index", [str(row.index) for row in rows], text),
        ]
        if any(row.key is not None for row in rows):
            series.append(pl.Series("_key", [row.key for row in rows], text))
        series += [column.series(name, len(rows)) for name, column in self._columns.get(kind, {}).items()]
        return pl.DataFrame(series)
