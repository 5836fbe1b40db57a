"""Tables of quality control of microscopes, whoever made them: CSV, TSV and spreadsheets, as one table of measurements.

Told by their headers (`kg.readers.analysis.qc_words`), in one of two forms: a row per measurement, or a column per metric with
its unit in the header. Both become the table ``Measurement``, a row per measurement:

* The columns of roles (``metric``, ``observed``, ``expected`` ...) have the raw cells; ``observed@unit`` is the unit that the
  header or the column of units says. Of a wide table ``metric`` is the header. All other columns keep their names (numbered
  where taken), and stand in each measurement of their row.
* ``_unit`` is the unit of the row: of the observed value, else of the first other value that has one; a unit in the cell wins.
  ``_in_unit`` names the roles whose numbers are in it. ``_key`` tells the measurements of one row of a wide table apart.
* A number of which nobody says the unit, or one in another unit than the observed value, is told as a Problem.

Where a spreadsheet turns out to be something else it is read by `kg.readers.spreadsheet`, as ever.
"""

from __future__ import annotations

import csv
import html
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError
from kg.problem import Problem
from kg.readers import delimited, spreadsheet
from kg.readers.analysis.qc_words import ROLES, VALUES, Form, Head, fold, form_of, ratio_pattern
from kg.readers.peek import ZIP
from kg.readers.records import DELIMITERS
from kg.table import ROW, Reading, Source, Table, is_content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "qc_table"
RANK = 44
TITLE = "Quality control of microscopes: long and wide tables (CSV, TSV, .xlsx)"
KIND = "Measurement"

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_STRINGS = re.compile(r"xl/(?:sharedStrings|worksheets/[^/]+)\.xml")  # a sheet holds its texts itself, or they stand apart
_STRING = re.compile(r"<(?:x:)?t(?:\s[^>]*)?>([^<]*)</")
_HEAD_STRINGS = 64 * 1024
_MOST_PARTS = 8
_MOST_STRINGS = 250
_MOST_CELLS = 20_000_000
_SHOWN = 20
_SIGN = r"^\s*(?:[<>\u2264\u2265\u00b1~\u2248=]+\s*)?"
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s*\u00b1\s*\d+(?:\.\d+)?)?"
_UNIT = r"(?:\s*([^\d\s.,;:<>\u00b1+-][^\d,;]*?(?:[23\u00b2\u00b3])?))?\s*$"
_CELL = f"{_SIGN}{_NUMBER}{_UNIT}"
_COMMA = r"^\D*\d+,\d+(?:\s*[^\d,;]+)?$"


def claims(peek: Peek) -> bool:
    """Claim a delimited table by its header; a spreadsheet whose first words could be such a header, which `read` looks at."""
    if peek.head.startswith(ZIP):
        return peek.suffix in {".xlsx", ".xlsm"} and form_of(_first_strings(peek.source)) is not None
    return peek.suffix in _SUFFIXES and form_of(_header(peek.text)) is not None


def _header(text: str) -> list[str]:
    """Return the first record of a text by the delimiter that makes most cells of it."""
    line = next((line for line in re.split(r"[\r\n]+", text[:_HEAD_STRINGS], maxsplit=20) if line.strip()), "")
    found: list[list[str]] = []
    for delimiter in DELIMITERS:
        try:
            found.append(next(csv.reader([line], delimiter=delimiter), []))
        except csv.Error:
            continue
    return max(found, key=len, default=[])


def _first_strings(source: Source) -> list[str]:
    """Return the first texts of a workbook, among them mostly its headers; nothing where they cannot be told cheaply."""
    found: list[str] = []
    try:
        with zipfile.ZipFile(source.path) as archive:
            names = [name for name in archive.namelist() if _STRINGS.fullmatch(name)]
            for name in names[:_MOST_PARTS]:
                with archive.open(name) as stream:
                    text = stream.read(_HEAD_STRINGS).decode("utf-8", "replace")
                found.extend(html.unescape(string) for string in _STRING.findall(text)[:_MOST_STRINGS])
    except (OSError, LookupError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return []
    return found[:_MOST_STRINGS]


def read(source: Source, limits: Limits) -> Reading:
    """Read the measurements; the facts say which header had which role.

    Raises:
        SourceError: no text, no header, a quote that never ends, or a damaged workbook.
        LimitError: beyond the limits, or it would grow beyond memory as measurements.
    """
    with source.path.open("rb") as stream:
        zipped = stream.read(len(ZIP)) == ZIP
    is_book = zipped and source.path.suffix.lower() in {".xlsx", ".xlsm"}
    reading = (spreadsheet if is_book else delimited).read(source, limits)
    return reshaped(reading, source.key)


def reshaped(reading: Reading, where: str) -> Reading:
    """Return a reading with its tables of quality control as measurements; the reading itself where it has none."""
    frames: list[pl.DataFrame] = []
    tables: dict[str, Table] = {}
    problems = list(reading.problems)
    facts = dict(reading.facts)
    for kind, table in reading.tables.items():
        columns = [name for name in table.frame.collect_schema().names() if is_content(name)]
        form = form_of(columns) if kind != spreadsheet.ABOVE else None
        if form is None:
            tables[kind] = table
            continue
        frame = _measurements(table.frame.collect(), form, columns, where)
        problems.extend(_problems(frame, form, where))
        frames.append(frame.drop("_odd"))
        facts |= {f"role {role}": head.column for role, head in form.roles.items()}
        facts["form"] = "a column per metric" if form.measures else "a row per measurement"
    if not frames:
        return reading
    tables = {KIND: Table(KIND, pl.concat(frames, how="diagonal").lazy()), **tables}
    return Reading(NAME, tables, tuple(problems), facts, reading.scratch)


def _measurements(frame: pl.DataFrame, form: Form, columns: Sequence[str], where: str) -> pl.DataFrame:
    used = {head.column for some in (form.roles, *form.measures.values()) for head in some.values()}
    kept = _kept([column for column in columns if column not in used])
    wide = len(form.roles) + len(kept) + 2 * len(VALUES)
    if frame.height * wide * max(len(form.measures), 1) > _MOST_CELLS:
        raise LimitError(where, f"would have more than {_MOST_CELLS:,} cells as a table of measurements")
    own = [pl.col(name) for name in frame.columns if not is_content(name)]
    others = [pl.col(name).alias(new) for name, new in kept.items()]
    if not form.measures:
        return _with_units(frame.select(*own, *_cells(form.roles), *others))
    parts = []
    for number, (name, heads) in enumerate(form.measures.items()):
        some = frame.filter(pl.any_horizontal(_filled(head.column) for head in heads.values()))
        metric = [pl.lit(name).alias("metric"), pl.lit(_key(name, number)).alias("_key"), pl.lit(number).alias("_number")]
        parts.append(some.select(*own, *metric, *_cells({**heads, **form.roles}), *others))
    measured = [head.column for heads in form.measures.values() for head in heads.values()]
    # a row of which nothing was measured still says something
    empty = frame.filter(~pl.any_horizontal(map(_filled, measured)))
    parts.append(empty.select(*own, *_cells(form.roles), *others))
    whole = pl.concat(parts, how="diagonal").sort(ROW, "_number", maintain_order=True, nulls_last=True)
    return _with_units(whole.drop("_number"))


def _key(name: str, number: int) -> str:
    return fold(name).replace(" ", "-") or str(number)


def _filled(column: str) -> pl.Expr:
    return (pl.col(column).str.strip_chars() != "").fill_null(value=False)


def _cells(heads: Mapping[str, Head]) -> Iterator[pl.Expr]:
    """Yield the columns of roles, each with the unit that its header or the column of units says where the cell is filled."""
    units = heads.get("unit")
    for role in ROLES:
        head = heads.get(role)
        if head is None:
            continue
        yield pl.col(head.column).alias(role)
        said = pl.lit(head.unit) if head.unit else pl.col(units.column) if units and role in VALUES else None
        if said is not None:
            yield pl.when(_filled(head.column)).then(said).alias(f"{role}@unit")


def _kept(columns: Sequence[str]) -> dict[str, str]:
    """Return the columns without a role with their names, numbered where that is a name of a role."""
    roles = {name for role in ROLES for name in (role, f"{role}@unit")}
    taken = roles | {column.lower() for column in columns}
    names: dict[str, str] = {}
    for column in columns:
        name, number = column, 1
        while name.lower() in (taken if number > 1 else roles):
            number += 1
            name = f"{column} ({number})"
        names[column] = name
        taken.add(name.lower())
    return names


def _with_units(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``_unit`` and ``_in_unit``, and ``_odd``: what is wrong with the number of each role, as ``role:reason``."""
    roles = [role for role in VALUES if role in frame.columns]
    null = pl.lit(None, pl.String)
    ratio = (
        pl.col("metric").map_elements(fold, pl.String).str.contains(ratio_pattern())
        if "metric" in frame.columns
        else pl.lit(value=False)
    )
    units, numbers = {}, {}
    for role in roles:
        cell = pl.col(role)
        numbers[role] = cell.str.contains(_CELL).fill_null(value=False)
        said = _nonempty(pl.col(f"{role}@unit")) if f"{role}@unit" in frame.columns else null
        unit = pl.coalesce(_nonempty(cell.str.extract(_CELL)), said, pl.when(ratio).then(pl.lit("1")))
        units[role] = pl.when(numbers[role]).then(unit)
    frame = frame.with_columns(pl.coalesce([*units.values(), null]).alias("_unit"))
    same = {role: (_plain(units[role]) == _plain(pl.col("_unit"))).fill_null(value=False) for role in roles}
    inside = [pl.when(same[role]).then(pl.lit(role)) for role in roles]
    if "unit" in frame.columns:
        inside.append(pl.when(_plain(_nonempty(pl.col("unit"))) == _plain(pl.col("_unit"))).then(pl.lit("unit")))
    odd = []
    for role in roles:
        comma = pl.col(role).str.contains(_COMMA)
        reason = (
            pl.when(numbers[role] & units[role].is_null()).then(pl.lit(f"{role}:none"))
            .when(numbers[role] & ~same[role]).then(pl.lit(f"{role}:other"))
            .when(comma).then(pl.lit(f"{role}:comma"))
        )  # fmt: skip
        odd.append(reason)
    return frame.with_columns(
        pl.concat_str(inside, separator=" ", ignore_nulls=True).alias("_in_unit"),
        pl.concat_list(odd).list.drop_nulls().alias("_odd"),
    )


def _nonempty(text: pl.Expr) -> pl.Expr:
    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _plain(unit: pl.Expr) -> pl.Expr:
    return unit.str.strip_chars().str.replace_all("[\u00b5\u03bc]", "u")


_EXPECTED = {
    "none": "a unit in the cell, in the header or in a column of units",
    "other": "the unit of the observed value, which the row is in",
    "comma": "a number with a decimal point",
}


def _problems(frame: pl.DataFrame, form: Form, where: str) -> Iterator[Problem]:
    """Yield one Problem for each column and reason."""
    told = frame.filter(pl.col("_odd").list.len() > 0).explode("_odd")
    for odd in told["_odd"].unique(maintain_order=True):
        role, _, reason = odd.partition(":")
        for column, some in _by_column(told.filter(pl.col("_odd") == odd), form, role):
            cell = some[role][0]
            unit = some[f"{role}@unit"][0] if f"{role}@unit" in some.columns else None
            found = f"'{cell}' without a unit" if reason == "none" else f"'{cell}'" + (f" in {unit}" if unit else "")
            rows = tuple(some[ROW].head(_SHOWN))
            repair = "kept as text, not as a number"
            yield Problem(
                where, "unit" if reason != "comma" else "number", found, _EXPECTED[reason], column, rows, some.height, repair
            )


def _by_column(told: pl.DataFrame, form: Form, role: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows by the column of the source that a role has in them."""
    if not form.measures:
        yield form.roles[role].column, told
        return
    for name, heads in form.measures.items():
        some = told.filter(pl.col("metric") == name)
        if role in heads and some.height:
            yield heads[role].column, some
