"""MetaXpress plates (ImageXpress): the ``.HTD`` file, which describes a plate, with the TIFFs of that plate.

The ``.HTD`` is a line for each key, the key in quotes, then its values between commas. Its tables:

* ``HTD``: one row, a key a column; several values are a list. ``_description`` has line ends where MetaXpress writes two bytes
  of its own for them.
* ``Wave``: a row for each wavelength, from keys such as ``WaveName2``; ``_wave`` is the number.
* ``Well``: a row for each well that was chosen (``WellsSelection2`` is the second row of the plate): ``_well`` such as ``B02``,
  ``_well_row`` and ``_well_column`` from 0.
* ``File``: a row for each TIFF, with what its name says: ``_file``, ``_well``, ``_site``, ``_wave``, and ``_t``,
  ``_z``, ``_c`` from 0.
* the tables of each TIFF (`kg.readers.tiff.one`) with the columns of ``File``. The first 2,000 are opened, thumbnails are not.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.safe_xml import load
from kg.readers.tiff.one import OneTiff, joined, tables_of_tiff
from kg.readers.vendor.rows import Cell, table_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "htd"
RANK = 30
TITLE = "MetaXpress plate (ImageXpress, .HTD with its TIFFs)"

_HEAD = '"HTSInfoFile"'
_SUFFIX = ".htd"
_TIFF = (".tif", ".tiff")
_STEP = re.compile(r"(?:TimePoint|ZStep)_\d+$", re.IGNORECASE)
_NAME = re.compile(
    r"_(?P<row>[A-Z]{1,2})(?P<column>\d{1,2})(?:_s(?P<site>\d+))?(?:_w(?P<wave>\d+))?(?P<thumb>_thumb)?(?P<guid>[0-9A-F-]{36})?\.tiff?$",
    re.IGNORECASE,
)
_TIME = re.compile(r"TimePoint_(\d+)", re.IGNORECASE)
_DEPTH = re.compile(r"ZStep_(\d+)", re.IGNORECASE)
_THUMB = re.compile(r"_thumb", re.IGNORECASE)
_WAVE = re.compile(r"(Wave[A-Za-z]+?)(\d{1,3})$")
_SELECTION = re.compile(r"WellsSelection(\d{1,2})$")
_LINE_END = "\x82\x81"
_MOST_MEMBERS = 200_000
_MOST_OPENED = 2_000
_MOST_LINES = 100  # of one value in quotes
_MOST_ROWS, _MOST_COLUMNS = 32, 48  # of a plate of 1,536 wells

Keys = dict[str, list[str]]


def gather(folder: Folder) -> Iterator[Bundle]:
    """Yield each ``.HTD`` with the TIFFs that begin with its name, beside it and in its folders of time points and planes."""
    descriptors = [name for name in folder.files if name.lower().endswith(_SUFFIX)]
    if not descriptors:
        return
    names = list(_tiffs(folder))
    for name in sorted(descriptors, key=len, reverse=True):
        start = f"{Path(name).stem}_".lower()
        members = [path for path in names if path.rpartition("/")[2].lower().startswith(start)]
        names = [path for path in names if not path.rpartition("/")[2].lower().startswith(start)]
        yield Bundle(name, tuple(members))


def _tiffs(folder: Folder) -> Iterator[str]:
    """Yield the TIFFs of a plate's folder, relative to it, in order."""
    found = [name for name in folder.files if name.lower().endswith(_TIFF)]
    todo = [name for name in reversed(folder.folders) if _STEP.match(name)]
    while todo and len(found) < _MOST_MEMBERS:
        below = todo.pop()
        try:
            with os.scandir(folder.path / below) as entries:
                listed = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        except OSError:
            continue
        found += [f"{below}/{name}" for name, is_folder in listed if not is_folder and name.lower().endswith(_TIFF)]
        if "/" not in below:
            todo += [f"{below}/{name}" for name, is_folder in reversed(listed) if is_folder and _STEP.match(name)]
    yield from found[:_MOST_MEMBERS]


def claims(peek: Peek) -> bool:
    """Claim what begins with the first key of an ``.HTD``."""
    return peek.text.lstrip("\ufeff \r\n").startswith(_HEAD)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a plate; a damaged TIFF of it is a Problem.

    Raises:
        SourceError: no key can be read.
        LimitError: beyond the limits.
    """
    keys = _keys(_text(load(source.path, limits, source.key)))
    if len(keys) < 2:  # noqa: PLR2004 - the first line and something that it introduces
        raise SourceError(source.key, "has no keys after its first line, expected the description of a plate (.HTD)")
    files = [file for part in source.parts if (file := _file(part, source.path.parent)) is not None]
    problems: list[Problem] = []
    reading = joined(_opened(files, source, limits, problems), NAME)
    said = table_of("File", [file.cells for file in files], limits, source.key).frame if files else None
    tables = _tables(keys, limits, source.key)
    if said is not None:
        tables["File"] = Table("File", said)
        named = said.drop("_row")
        tables |= {kind: Table(kind, table.frame.join(named, on="_file", how="left")) for kind, table in reading.tables.items()}
    if keys.get("EndFile") is None:
        problems.append(Problem(source.key, "htd", "no line EndFile", "the whole file", repair="what is there is read"))
    facts = {"version": keys.get(_HEAD.strip('"'), [""])[0], "files": str(len(files))}
    return Reading(NAME, tables, (*problems, *reading.problems), dict(reading.facts) | facts)


def _text(content: bytes) -> str:
    """Return the text; bytes that are no UTF-8 stand for themselves, as nothing says in which alphabet they are."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _keys(text: str) -> Keys:
    """Return the values of each key in order; those of a key that repeats come one after the other."""
    keys: Keys = {}
    for line in _lines(text):
        try:
            cells = next(csv.reader([line], skipinitialspace=True), [])
        except csv.Error:
            cells = [part.strip().strip('"') for part in line.split(",")]
        if cells and cells[0].strip():
            keys.setdefault(cells[0].strip(), []).extend(cell.strip() for cell in cells[1:])
    return keys


def _lines(text: str) -> Iterator[str]:
    """Yield lines; one whose quotes are open goes on in the next."""
    held: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        held.append(line)
        if sum(part.count('"') for part in held) % 2 == 0:
            yield "\n".join(held)
            held = []
        elif len(held) > _MOST_LINES:
            yield from held
            held = []
    yield from held


def _tables(keys: Keys, limits: Limits, where: str) -> dict[str, Table]:
    plate: dict[str, Cell] = {}
    waves: dict[int, dict[str, Cell]] = {}
    for key, values in keys.items():
        wave = _WAVE.match(key)
        cell: Cell = values[0] if len(values) == 1 else values
        if wave:
            waves.setdefault(int(wave[2]), {"_wave": str(int(wave[2]))})[wave[1]] = cell
        elif values:
            plate[key] = cell
    if "Description" in keys:
        plate["_description"] = " ".join(keys["Description"]).replace(_LINE_END, "\n")
    rows: dict[str, list[dict[str, Cell]]] = {
        "HTD": [plate],
        "Wave": [waves[number] for number in sorted(waves)],
        "Well": list(_wells(keys)),
    }
    return {kind: table_of(kind, some, limits, where) for kind, some in rows.items() if some}


def _wells(keys: Keys) -> Iterator[dict[str, Cell]]:
    for key, values in keys.items():
        row = _SELECTION.match(key)
        if row is None or not 0 < int(row[1]) <= _MOST_ROWS:
            continue
        for column, chosen in enumerate(values[:_MOST_COLUMNS]):
            if chosen.upper() == "TRUE":
                yield {**_well(int(row[1]) - 1, column)}


def _well(row: int, column: int) -> dict[str, str]:
    """Return the cells of a well by its row and column from 0.

    >>> _well(27, 4)["_well"]
    'AB05'
    """
    letters = chr(ord("A") + row) if row < 26 else f"A{chr(ord('A') + row - 26)}"  # noqa: PLR2004 - letters of the alphabet
    return {"_well": f"{letters}{column + 1:02}", "_well_row": str(row), "_well_column": str(column)}


@dataclass(frozen=True, slots=True)
class _File:
    """One TIFF, and what its name and folders say."""

    path: Path
    cells: dict[str, str]


def _file(path: Path, folder: Path) -> _File | None:
    """Return a TIFF of the plate; None for a thumbnail. What its name does not say is null, but for a single site and wave."""
    if _THUMB.search(path.name):
        return None
    place = path.relative_to(folder).as_posix()
    cells = {"_file": place}
    said = _NAME.search(path.name)
    if said and int(said["column"]) > 0 and int(said["wave"] or "1") > 0:
        row = 0
        for letter in said["row"].upper():
            row = row * 26 + ord(letter) - ord("A") + 1
        wave = int(said["wave"] or "1")
        cells |= _well(row - 1, int(said["column"]) - 1) | {
            "_site": said["site"] or "1",
            "_wave": str(wave),
            "_c": str(wave - 1),
        }
    for name, pattern in (("_t", _TIME), ("_z", _DEPTH)):
        step = pattern.search(place)
        if step and int(step[1]) > 0:  # from 1; 0 is a projection
            cells[name] = str(int(step[1]) - 1)
    return _File(path, cells)


def _opened(files: Iterable[_File], source: Source, limits: Limits, problems: list[Problem]) -> Iterator[OneTiff]:
    for count, file in enumerate(files):
        if count == _MOST_OPENED:
            found, expected = f"more than {_MOST_OPENED:,} TIFFs", "a plate whose TIFFs can all be opened"
            repair = f"the first {_MOST_OPENED:,} are opened, of the others the names are read"
            problems.append(Problem(source.key, "htd-files", found, expected, repair=repair))
            return
        name = file.cells["_file"]
        try:
            yield tables_of_tiff(file.path, name, f"{source.key}, {name}", limits)
        except LimitError:
            raise
        except (SourceError, OSError) as error:
            found = error.what if isinstance(error, SourceError) else f"cannot be read ({error.strerror or error})"
            repair = "left out, the rest is read"
            problems.append(Problem(source.key, "tiff", found, "a sound TIFF", name, repair=repair, severity="error"))
