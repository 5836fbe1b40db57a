"""Tables of points, shapes and tracks: napari, TrackMate, ilastik, CellProfiler, plain ``x,y[,z][,t]``; CSV or TSV.

The columns become names in ``_columns``, the rows a number; only classes, tracks and images are counted by their words. Which
program wrote the table is told by its header, so that no other table is taken. Tables: `kg.readers.annotation.carrier`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kg.readers import delimited
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.records import DELIMITERS
from kg.table import is_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "points_table"
RANK = 45
TITLE = "Tables of points, shapes and tracks: napari, TrackMate, ilastik, CellProfiler, x,y (CSV, TSV)"

_AXIS = re.compile(r"axis-\d+")
_PLAIN = re.compile(
    r"|[xyzt]|index|id|label|class|class_?name|category|type|name|group|frame|slice|channel|c|score|confidence|probability|intensity"
    r"|track_?id|parent_?(?:track_?)?id|particle|cell_?id|object_?id|image|image_?(?:name|id|file)|file_?name"
    r"|[xyz] ?[\[(](?:px|pixel|pixels|um|µm|μm|micron|microns|nm)[\])]|[xyz]_(?:px|pixel|um|nm|micron)"
)
_UNIT = re.compile(r"[xy](?: ?[\[(](?P<bracket>[^\])]+)[\])]|_(?P<tail>px|pixel|um|nm|micron))")
_TRACK = re.compile(r"track_?id|trackid|particle|lineageid")
_CLASS = re.compile(r"class|class_?name|category|label|predicted class|predicted_class|cell_?type|point_?type")
_IMAGE = re.compile(r"image|image_?(?:name|id|file)|file_?name|imagenumber")
_TRACKMATE = "TrackMate spots table"
_MOST_PLAIN = 20
_MOST_GROUPS = 5_000


@dataclass(frozen=True, slots=True)
class _Form:
    title: str
    software: str = ""
    unit: str = ""
    skip: int = 0  # rows under the header that explain the columns


def claims(peek: Peek) -> bool:
    """Claim a delimited table whose header is that of one of the programs."""
    if peek.suffix not in {".csv", ".tsv", ".txt", ".tab"}:
        return False
    line = next(iter(peek.text.lstrip().splitlines()), "")
    return any(_form(next(csv.reader([line], delimiter=mark), [])) is not None for mark in DELIMITERS if mark in line)


def _form(header: Sequence[str]) -> _Form | None:
    """Return which program writes such a header, or None."""
    raw = [name.strip().strip('"') for name in header]
    names = [name.lower() for name in raw]
    there = set(names)
    if sum(_AXIS.fullmatch(name) is not None for name in names) > 1:
        if "shape-type" in there:
            return _Form("napari shapes table", "napari", "pixel")
        return _Form("napari points table", "napari", "pixel") if "index" in there else None
    if {"position_x", "position_y"} <= there and there & {"track_id", "spot_id", "id", "label"} and "frame" in there:
        return _Form(_TRACKMATE, "TrackMate", skip=3)
    if "labelimageid" in there and there & {"trackid", "timestep", "frame"}:
        return _Form("ilastik object table", "ilastik", "pixel")
    if "object_id" in there and "predicted class" in there:
        return _Form("ilastik object table", "ilastik", "pixel")
    if {"imagenumber", "objectnumber"} <= there:
        return _Form("CellProfiler object table", "CellProfiler", "pixel")
    if len(names) <= _MOST_PLAIN and all(_PLAIN.fullmatch(name) for name in names) and _has_place(names):
        return _Form("table of points")
    return None


def _has_place(names: Sequence[str]) -> bool:
    return all(any(name[:1] == axis and (name == axis or _UNIT.fullmatch(f"x{name[1:]}")) for name in names) for axis in "xy")


def read(source: Source, limits: Limits) -> Reading:
    """Read a table.

    Raises:
        SourceError: no text, no header, or a quote that never ends.
        LimitError: beyond the limits.
    """
    table = delimited.read(source, limits)
    frame = table.tables[delimited.KIND].frame
    columns = [name for name in frame.collect_schema().names() if is_content(name)]
    form = _form(columns) or _Form("table of points")
    units = {}
    if form.skip:
        head = frame.head(form.skip).select(columns).collect()
        told = head.height == form.skip and all(_word(value) for value in head.row(1) if value)
        units = dict(zip(columns, head.row(form.skip - 1), strict=True)) if told else {}
        frame = frame.slice(form.skip) if told else frame
    found = Carrier(form.title, unit=form.unit or _unit_of(columns, units))
    found.derived["_columns"] = columns
    if form.software:
        found.derived["_software"] = form.software
    found.problems.extend(table.problems)
    _count(found, frame, columns, shapes=form.title.startswith("napari shapes"))
    reading = found.reading(NAME, source, limits)
    return type(reading)(NAME, reading.tables, reading.problems, reading.facts, table.scratch)


def _word(value: str) -> bool:
    return not value.replace(".", "", 1).lstrip("-").isdecimal()


def _unit_of(columns: Sequence[str], units: dict[str, str | None]) -> str:
    """Return the unit that stands in the names of the columns, or in a row below them."""
    for name, unit in units.items():
        if name.lower() == "position_x":
            return (unit or "").strip("() ")
    for name in columns:
        match = _UNIT.fullmatch(name.strip().lower())
        if match:
            return match["bracket"] or match["tail"] or ""
    return ""


def _count(found: Carrier, frame: pl.LazyFrame, columns: Sequence[str], *, shapes: bool) -> None:
    """Count rows, classes, tracks and images."""
    lower = {name: name.strip().lower() for name in columns}
    tracks = next((name for name, low in lower.items() if _TRACK.fullmatch(low)), None)
    named = found.form != _TRACKMATE  # there a label is the name of one spot
    classes = next((name for name, low in lower.items() if named and _CLASS.fullmatch(low)), None)
    images = next((name for name, low in lower.items() if _IMAGE.fullmatch(low) and low != "imagenumber"), None)
    index = next((name for name, low in lower.items() if low == "index"), None)
    wanted = [pl.len().alias("rows")]
    if tracks:
        wanted.append(pl.col(tracks).filter(pl.col(tracks).str.len_chars() > 0).n_unique().alias("tracks"))
    if shapes and index:
        wanted.append(pl.col(index).n_unique().alias("shapes"))
    told = frame.select(wanted).collect().row(0, named=True)
    found.count = told.get("shapes", told["rows"])
    if tracks and told["tracks"]:
        found.tracks = told["tracks"]
        found.kinds(carrier.TRACKS)
    found.kinds(carrier.SHAPES if shapes else carrier.POINTS)
    if classes:
        names = _groups(frame, classes)
        if sum(map(_word, names)) * 2 > len(names):  # a column of numbers counts objects, it names no classes
            for name, count in names.items():
                found.classes.add(name, count, {str(classes): name})
    for name, count in (_groups(frame, images) if images else {}).items():
        found.images.add(name, count, {str(images): name})


def _groups(frame: pl.LazyFrame, column: str) -> dict[str, int]:
    """Return how often each text of a column stands there; nothing where there are too many, as of a column of IDs."""
    texts = frame.select(pl.col(column).alias("text")).filter(pl.col("text").str.len_chars() > 0)
    counted = texts.group_by("text", maintain_order=True).agg(pl.len().alias("count")).head(_MOST_GROUPS + 1).collect()
    return (
        dict(zip(counted["text"].to_list(), counted["count"].to_list(), strict=True)) if counted.height <= _MOST_GROUPS else {}
    )
