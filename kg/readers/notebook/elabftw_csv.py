"""eLabFTW: table of entries or compounds for import (CSV), https://doc.elabftw.net .

A row of ``ElabftwExport`` per entry. ``ExtraField`` has a row per custom field: those of the JSON in the column ``metadata``,
and the columns that the notebook itself does not know, which it imports as custom fields. ``_entity`` is the ``elabid`` of the
entry, else its row; the names are those of the tables that `kg.readers.rocrate` makes of an export.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers import safe_json
from kg.readers.records import DELIMITERS, shape_of
from kg.readers.rocrate_eln import group_names
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue

NAME = "elabftw_csv"
RANK = 85
TITLE = "eLabFTW: entries or compounds for import (CSV)"

_ENTRY = re.compile(
    r"id|date|title|body(?:_html)?|(?:category|status)(?:_title|_color)?|custom_id|elabid|rating|url|sharelink|metadata|tags"
    r"|userid|fullname|firstname|lastname|orcid|team(?:_name)?|created_at|modified_at|locked|content_type|state|can(?:read|write)"
    r"|type|next_step|access_key",
    re.IGNORECASE,
)
_COMPOUND = re.compile(
    r"cas(?:_number)?|ec_number|inchi|inchi_?key|iupac_name|molecular_?formula|molecular_weight|pubchem_cid|chebi_id|smiles"
    r"|location|comment",
    re.IGNORECASE,
)
_OWN = re.compile(r"body|(?:category|status)_title|custom_id|elabid|metadata|rating|sharelink")
_CHEMICAL = re.compile(r"cas(?:_number)?|ec_number|inchi|inchi_?key|iupac_name|molecular_?formula|pubchem_cid|chebi_id|smiles")
_KIND = "ElabftwExport"
_FEW = 2
_FACTS = ("value", "unit", "type", "description", "group")


def claims(peek: Peek) -> bool:
    """Claim a table with ``title`` and columns that only an export or an import file of eLabFTW has together."""
    if peek.suffix not in {".csv", ".tsv", ".txt"}:
        return False
    line = next(iter(peek.text.lstrip().splitlines()), "")
    for delimiter in DELIMITERS:
        names = {name.strip().strip('"').lower() for name in line.split(delimiter)}
        if "title" in names:
            own, chemical = (sum(pattern.fullmatch(name) is not None for name in names) for pattern in (_OWN, _CHEMICAL))
            return own > _FEW or ("metadata" in names and own > 1) or chemical >= _FEW
    return False


def read(source: Source, limits: Limits) -> Reading:
    """Read a table of entries.

    Raises:
        LimitError: beyond the limits.
        SourceError: no text, or no table with a header.
    """
    data = load(source.path, limits, source.key)
    try:
        text = decode(data).text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so ({error.reason})") from error
    shape = shape_of(text[: 64 * 1024], whole=len(text) <= 64 * 1024)
    if shape is None:
        raise SourceError(source.key, "has no columns, expected a table with a header")
    problems: list[Problem] = []
    header, records = _records(text, shape.delimiter, source.key, limits)
    fields = list(_fields(header, records, source.key, limits, problems))
    tables = {_KIND: _rows(header, records)}
    if fields:
        tables["ExtraField"] = _extra(fields)
    return Reading(NAME, tables, tuple(problems), {"producer": "eLabFTW", "records": str(len(records))})


def _records(text: str, delimiter: str, where: str, limits: Limits) -> tuple[list[str], list[tuple[int, list[str]]]]:
    csv.field_size_limit(limits.cell_bytes)  # csv knows no other way than this setting for the whole process
    lines = text if "\n" in text else text.replace("\r", "\n")
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
        records = [(at, cells) for at, cells in enumerate(reader, start=2) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise SourceError(where, f"line {reader.line_num} cannot be split into cells ({error})") from error
    if len(header) > limits.columns:
        raise LimitError(where, f"has {len(header):,} columns, at most {limits.columns:,} are read")
    return _told_apart(header, max((len(cells) for _, cells in records), default=0)), records


def _told_apart(header: Sequence[str], width: int) -> list[str]:
    """Return a header in which each column has a name of its own, as wide as the widest record."""
    names: list[str] = []
    for at in range(max(len(header), width)):
        name = (header[at] if at < len(header) else "") or f"column {at + 1}"
        free, number = name, 1
        while free in names:
            number += 1
            free = f"{name} ({number})"
        names.append(free)
    return names


def _rows(header: Sequence[str], records: Sequence[tuple[int, list[str]]]) -> Table:
    series = [
        pl.Series(ROW, [row for row, _ in records], pl.UInt32),
        pl.Series("_entity", [_entity(header, row, cells) for row, cells in records], pl.String),
    ]
    series.extend(
        pl.Series(name, [cells[at] if at < len(cells) else None for _, cells in records], pl.String)
        for at, name in enumerate(header)
        if _is_own(name)
    )
    return Table(_KIND, pl.DataFrame(series).lazy())


def _entity(header: Sequence[str], row: int, cells: Sequence[str]) -> str:
    """Return by what an entry is known."""
    told = dict(zip((name.lower() for name in header), cells, strict=False))
    return told.get("elabid", "").strip() or f"row {row}"


def _is_own(name: str) -> bool:
    return (_ENTRY.fullmatch(name) or _COMPOUND.fullmatch(name)) is not None


def _fields(
    header: Sequence[str], records: Sequence[tuple[int, list[str]]], where: str, limits: Limits, problems: list[Problem]
) -> Iterator[dict[str, str | None]]:
    for row, cells in records:
        entity = _entity(header, row, cells)
        for name, cell in zip(header, cells, strict=False):
            if name.lower() == "metadata":
                yield from _metadata(cell, row, entity, where, limits, problems)
            elif not _is_own(name) and cell.strip():
                yield {"_entity": entity, "_path": None, "key": name, "value": cell}


def _metadata(
    text: str, row: int, entity: str, where: str, limits: Limits, problems: list[Problem]
) -> Iterator[dict[str, str | None]]:
    """Yield the custom fields of one entry."""
    if not text.strip():
        return
    try:
        value = safe_json.loads(text.encode("utf-8", "replace"), limits, where).value
    except SourceError as error:
        problems.append(Problem(where, "embedded-json", error.what, "JSON", "metadata", (row,), repair="kept as text"))
        return
    fields = value.get("extra_fields") if isinstance(value, dict) else None
    names = group_names(value.get("elabftw")) if isinstance(value, dict) else {}
    for name, said in fields.items() if isinstance(fields, dict) else ():
        facts: dict[str, JsonValue] = dict(said) if isinstance(said, dict) else {"value": said}
        group = facts.get("group_id")
        if isinstance(group, str) and group in names:
            facts["group"] = names[group]
        told = {fact: _text(facts.get(fact)) for fact in _FACTS}
        rest = {fact: item for fact, item in facts.items() if fact not in _FACTS}
        yield {"_entity": entity, "_path": "metadata", "key": name, **told, "raw": safe_json.dumps(rest) if rest else None}


def _text(value: JsonValue) -> str | None:
    if value is None:
        return None
    return safe_json.dumps(value) if isinstance(value, (dict, list)) else safe_json.scalar(value)


def _extra(fields: Sequence[dict[str, str | None]]) -> Table:
    names = ("_entity", "_path", "key", *_FACTS, "raw")
    series = [pl.Series(ROW, range(1, len(fields) + 1), pl.UInt32)]
    series.extend(pl.Series(name, [field.get(name) for field in fields], pl.String) for name in names)
    return Table("ExtraField", pl.DataFrame(series).lazy())
