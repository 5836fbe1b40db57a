"""Carrier: what a file of annotations says beside the geometry of its objects, as the tables that all such readers share.

* ``AnnotationSet`` has one row. The file's own keys are its columns (`kg.readers.tree`). ``_format`` names the format;
  ``_type`` lists the kinds of annotation (MIFA), ``_count`` the objects, ``_unit`` the unit of the coordinates where the format
  or the file says one, ``_images`` and ``_annotated`` how many images are listed and how many of them have annotations,
  ``_coverage`` the latter in per cent, ``_tracks`` how many tracks, ``_measurements`` the names of what is measured of each
  object. What objects say of themselves in few words is a list cell of the distinct words, such as ``properties.name``.
* ``Class`` has a row per class of objects, ``_name`` and ``_count`` beside the words of the file.
* ``Image`` has a row per image that the file names, ``_name`` (as written) and ``_count`` (of its objects) beside the words of
  the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kg.problem import Problem
from kg.readers.safe_json import Number
from kg.readers.tree import tables_of, text_of
from kg.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.limits import Limits
    from kg.table import Source

SET, CLASS, IMAGE = "AnnotationSet", "Class", "Image"

POINTS = "point_annotations"
SHAPES = "geometrical_annotations"
BOXES = "bounding_boxes"
LABELS = "class_labels"
MASK = "segmentation_mask"
INSTANCES = "instance_mask"
TRACKS = "tracks"
GRAPHS = "graphs"
OTHER = "other"

_MOST_CLASSES = 5_000
_MOST_IMAGES = 200_000
_MOST_WORDS = 50
_MOST_LENGTH = 500
_MOST_NAMES = 2_000


@dataclass(slots=True)
class Tally:
    """Things by name, each with the cells that the file has for it and how often it was met.

    Attributes:
        most: how many are kept; of further ones only their number is.
        rows: name to cells.
        counts: name to number of objects.
        left: how many objects belong to things that were not kept.
    """

    most: int
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    left: int = 0

    def declare(self, name: str, cells: Mapping[str, object]) -> None:
        """Add a thing that the file lists, whether or not an object belongs to it."""
        if name in self.rows:
            self.rows[name] |= {key: cell for key, cell in cells.items() if key not in self.rows[name]}
        elif len(self.rows) < self.most:
            self.rows[name] = dict(cells)
            self.counts.setdefault(name, 0)
        else:
            self.left += 1

    def add(self, name: str, by: int = 1, cells: Mapping[str, object] | None = None) -> None:
        """Count objects that belong to a thing."""
        if name in self.counts:
            self.counts[name] += by
        elif len(self.rows) < self.most:
            self.rows[name] = dict(cells or {"name": name})
            self.counts[name] = by
        else:
            self.left += by

    @property
    def met(self) -> int:
        """Return how many of the things have an object."""
        return sum(count > 0 for count in self.counts.values())


@dataclass(slots=True)
class Carrier:
    """What was gathered from one file.

    Attributes:
        form: name of the format.
        own: the file's own keys and values, without its objects.
        types: kinds of annotation, in the words of MIFA, as keys.
        count: number of objects.
        unit: unit of the coordinates; empty where neither format nor file says one.
        tracks: number of tracks; None where the format has none.
        derived: further cells of the row, whose names begin with ``_``.
        classes: classes of objects.
        images: images that the file names.
        whole: whether ``images`` lists the images without annotations too, so that a coverage can be said.
        words: what objects say of themselves, by key, as distinct words; None where they are too many.
        measurements: names of what is measured of each object, as keys.
        further: tables of the file that have a shape of their own.
        problems: what was wrong on the way.
    """

    form: str
    own: dict[str, object] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)
    count: int = 0
    unit: str = ""
    tracks: int | None = None
    derived: dict[str, str | list[str]] = field(default_factory=dict)
    classes: Tally = field(default_factory=lambda: Tally(_MOST_CLASSES))
    images: Tally = field(default_factory=lambda: Tally(_MOST_IMAGES))
    whole: bool = False
    words: dict[str, dict[str, None] | None] = field(default_factory=dict)
    measurements: dict[str, None] = field(default_factory=dict)
    further: dict[str, Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def kinds(self, *types: str) -> None:
        """Add kinds of annotation."""
        self.types.update(dict.fromkeys(types))

    def say(self, key: str, value: object) -> None:
        """Note what an object says of itself: few distinct words are kept, of numbers and many words only the key."""
        if key not in self.words and len(self.words) >= _MOST_NAMES:
            return
        known = self.words.setdefault(key, {})
        if known is None or value is None or value == "":
            return
        if isinstance(value, Mapping):
            for name, item in value.items():
                self.say(f"{key}.{name}", item)
        elif isinstance(value, list):
            if value and not any(isinstance(item, (Mapping, list, Number)) for item in value):
                for item in value:
                    self.say(key, item)
        else:
            text = text_of(value) or ""
            number = isinstance(value, Number) and not text.lstrip("-").isdecimal()
            if number or len(text) > _MOST_LENGTH or (text not in known and len(known) >= _MOST_WORDS):
                self.words[key] = None
            else:
                known[text] = None

    def measure(self, names: Sequence[str]) -> None:
        """Note names of what is measured."""
        for name in names:
            if len(self.measurements) < _MOST_NAMES:
                self.measurements[name] = None

    def reading(self, reader: str, source: Source, limits: Limits) -> Reading:
        """Return the tables.

        Args:
            reader: name of the reader.
            source: what was read.
            limits: bounds of the tables.

        Raises:
            LimitError: beyond the limits.
        """
        if self.classes.rows:
            self.kinds(LABELS)
        words = {key: list(found) for key, found in self.words.items() if found}
        own = {**words, **self.own}
        tables = tables_of(own, limits, source.key, root=SET)
        frame = tables[SET].frame.collect()
        columns = [
            pl.Series(name, [cell], pl.String if isinstance(cell, str) else pl.List(pl.String)) for name, cell in self._cells()
        ]
        tables[SET] = Table(SET, frame.with_columns(columns).lazy())
        for kind, tally in ((CLASS, self.classes), (IMAGE, self.images)):
            for name, table in _tallied(kind, tally, limits, source.key).items():
                tables[_free(name, tables)] = table
        for name, table in self.further.items():
            tables[_free(name, tables)] = table
        facts = {"file": source.key.rpartition("/")[2], "format": self.form}
        return Reading(reader, tables, (*self.problems, *self._left_out(source.key)), facts)

    def _cells(self) -> list[tuple[str, str | list[str]]]:
        listed = len(self.images.rows)
        cells: dict[str, str | list[str]] = {"_format": self.form, "_count": str(self.count), **self.derived}
        if self.types:
            cells["_type"] = list(self.types)
        if self.unit:
            cells["_unit"] = self.unit
        if self.tracks is not None:
            cells["_tracks"] = str(self.tracks)
        if self.measurements:
            cells["_measurements"] = list(self.measurements)
        if listed:
            cells |= {"_images": str(listed), "_annotated": str(self.images.met)}
        if listed and self.whole and not self.images.left:
            cells["_coverage"] = f"{100 * self.images.met / listed:.4f}".rstrip("0").rstrip(".")
        return list(cells.items())

    def _left_out(self, where: str) -> list[Problem]:
        return [
            Problem(
                where, "many", f"more than {tally.most:,} {what}", f"at most {tally.most:,}", count=tally.left,
                repair="the first are kept, the others only counted", severity="info",
            )
            for what, tally in (("classes of objects", self.classes), ("images", self.images))
            if tally.left
        ]  # fmt: skip


def _tallied(kind: str, tally: Tally, limits: Limits, where: str) -> dict[str, Table]:
    if not tally.rows:
        return {}
    tables = tables_of(list(tally.rows.values()), limits, f"{where}, {kind}", root=kind)
    names = list(tally.rows)
    columns = [
        pl.Series("_name", names, pl.String),
        pl.Series("_count", [str(tally.counts.get(name, 0)) for name in names], pl.String),
    ]
    tables[kind] = Table(kind, tables[kind].frame.collect().with_columns(columns).lazy())
    return tables


def _free(name: str, tables: Mapping[str, Table]) -> str:
    """Return a name that no table has: arrays of two trees may have the same key."""
    while name in tables:
        name += "_"
    return name
