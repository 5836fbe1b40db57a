"""The XML inside an EMI file of TIA (FEI): one ``ObjectInfo`` per series of data.

The rest of an EMI file is the layout of windows in a form that is not documented; it is not read.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.em.native import text
from kg.readers.limits import Limits
from kg.readers.safe_xml import iterparse, split_name

_OBJECT = re.compile(rb"<ObjectInfo>.*?</ObjectInfo>", re.DOTALL)
_PAIRS = ("Label", "Index")
_MOST_OBJECTS = 10_000


def objects_of(data: bytes, limits: Limits, where: str) -> tuple[list[dict[str, object]], list[Problem]]:
    """Return a tree per object, and what was wrong with others.

    A list of ``Data`` with ``Label``, ``Value`` and ``Unit`` becomes members named by the label, the unit beside it as
    ``label@Unit``; XML that stands as text within the XML is read as well.

    Raises:
        LimitError: beyond the limits.
    """
    found, problems = [], []
    for place, match in enumerate(_OBJECT.finditer(data)):
        if place >= _MOST_OBJECTS:
            problems.append(_damage(where, f"more than {_MOST_OBJECTS:,} objects", "fewer objects"))
            break
        try:
            found.append(_tree(_parsed(match.group(), limits, where), limits, where))
        except SourceError as error:
            problems.append(_damage(where, f"XML in it that cannot be read ({error.what})", "XML of TIA"))
    if not found and not problems and b"<ObjectInfo>" in data:
        problems.append(_damage(where, "an object that has no end", "a whole file"))
    return found, problems


def _damage(where: str, found: str, expected: str) -> Problem:
    return Problem(where, "emi-object", found, expected, "ObjectInfo", repair="the rest is read", severity="error")


def _parsed(xml: bytes, limits: Limits, where: str) -> Element:
    declared = b'<?xml version="1.0" encoding="UTF-8"?>' + text(xml).encode()
    root = None
    for event, element in iterparse(declared, limits, where):
        if event == "start" and root is None:
            root = element
    if root is None:
        raise SourceError(where, "is no XML")
    return root


def _tree(root: Element, limits: Limits, where: str) -> dict[str, object]:
    """Return the members of an element; depth is bounded by the limits of the parser."""
    tree: dict[str, object] = {}
    for child in root:
        name = split_name(child.tag).local
        if name in {"Root", "Data"} and _pairs(root if name == "Data" else child):
            tree |= _pairs(root if name == "Data" else child)
            continue
        value: object = child.text or ""
        if len(child):
            value = _tree(child, limits, where)
        elif str(value).lstrip().startswith("<"):
            try:
                value = _tree(_parsed(b"<Text>" + str(value).encode() + b"</Text>", limits, where), limits, where)
            except SourceError:
                value = str(value)  # a text that only looks like XML
        known = tree.get(name)
        tree[name] = value if known is None else [*known, value] if isinstance(known, list) else [known, value]
    return tree


def _pairs(root: Element) -> dict[str, object]:
    """Return what a list of labelled values says; empty where it is none."""
    pairs: dict[str, object] = {}
    for data in root:
        cells = {split_name(cell.tag).local: (cell.text or "").strip() for cell in data}
        label = next((cells[name] for name in _PAIRS if cells.get(name)), "")
        if not label or "Value" not in cells:
            return {}
        free = label if label not in pairs else f"{label} ({len(pairs)})"
        pairs[free] = cells["Value"]
        if cells.get("Unit"):
            pairs[f"{free}@Unit"] = cells["Unit"]
    return pairs
