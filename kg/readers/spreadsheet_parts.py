"""The parts of a spreadsheet's archive: is it safe to unpack, where each sheet lies, which cells are merged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.safe_xml import parse, split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.safe_zip import Archive

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_UNCACHED = re.compile(
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_DOCTYPE = b"<!DOCTYPE"
_HEAD = 4096
_XML = (".xml", ".rels")


def check(archive: Archive, limits: Limits, where: str) -> None:
    """Refuse what would swell beyond the limits; openpyxl unpacks members whole."""
    total = 0
    for member in archive.members:
        total += member.size
        if member.size > limits.file_bytes or total > limits.archive_bytes:
            raise LimitError(where, f"unpacks to more than {limits.file_bytes:,} bytes in one part, or too many in all")
    if any(problem.code == "zip-ratio" for problem in archive.problems):
        raise LimitError(where, f"a part of it is packed to less than one in {limits.archive_ratio:g}, as no spreadsheet is")
    for member in archive.members:
        # What the XML library under openpyxl makes of entities depends on which one is installed.
        data = archive.try_read(member) if member.name.endswith(_XML) else None
        if data and _DOCTYPE in data[:_HEAD]:
            raise SourceError(where, f"{member.name} declares a document type, with entities or not, which no spreadsheet does")
    if not any(member.name == _WORKBOOK for member in archive.members):
        raise SourceError(where, "is a zip archive without xl/workbook.xml, expected a spreadsheet (.xlsx)")


def sheet_parts(archive: Archive, limits: Limits, where: str) -> dict[str, tuple[str, str]]:
    """Return the title of each sheet with the member that holds it and whether it is visible."""
    members = {member.name: member for member in archive.members}
    targets: dict[str, str] = {}
    if _RELATIONS in members:
        for relation in parse(archive.read_member(members[_RELATIONS]), limits, where):
            targets[relation.get("Id") or ""] = relation.get("Target") or ""
    parts: dict[str, tuple[str, str]] = {}
    for element in parse(archive.read_member(members[_WORKBOOK]), limits, where).iter():
        if split_name(element.tag).local != "sheet":
            continue
        relation_id = next((value for name, value in element.items() if split_name(name).local == "id"), "")
        target = targets.get(relation_id, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        parts[element.get("name") or ""] = (path, element.get("state") or "visible")
    return parts


def merged_of(
    archive: Archive, parts: Mapping[str, tuple[str, str]], where: str
) -> tuple[dict[str, dict[tuple[int, int], int]], list[Problem]]:
    """Return, by sheet, where a value covers several rows and the last of these; and which formulas have no result."""
    members = {member.name: member for member in archive.members}
    merged: dict[str, dict[tuple[int, int], int]] = {}
    problems = []
    for title, (path, _) in parts.items():
        member = members.get(path)
        data = archive.try_read(member) if member else None
        if data is None:
            continue
        found = merged.setdefault(title, {})
        for first, top, _, bottom in _MERGED.findall(data):
            if int(bottom) > int(top):
                found[int(top), _number(first.decode())] = int(bottom)
        empty = len(_UNCACHED.findall(data))
        if empty:
            expected = "a result stored with the formula (open and save it in a spreadsheet program)"
            problems.append(
                Problem(where, "formula", "formulas without a result", expected, title, count=empty, severity="error")
            )
    return merged, problems


def _number(letters: str) -> int:
    """Return the number of a column from 0.

    >>> _number("A"), _number("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
