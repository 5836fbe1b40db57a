"""SWC: traced neurons as a tree of points; seven numbers a line, and what the comments at the top say.

http://www.neuronland.org/NLMorphologyConverter/MorphologyFormats/SWC/Spec.html

``# KEY value`` becomes a column ``KEY``, other
comments the list column ``comment``. A row of ``Class`` per kind of compartment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.safe_xml import load
from kg.readers.text import decode

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "swc"
RANK = 45
TITLE = "SWC: traced neurons and other trees (.swc)"

_KINDS = {
    "0": "undefined",
    "1": "soma",
    "2": "axon",
    "3": "basal dendrite",
    "4": "apical dendrite",
    "5": "fork point",
    "6": "end point",
}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POINT = re.compile(rf"\s*\d+\s+(-?\d+)\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+(-?\d+)(?:\s.*)?")
_KEY = re.compile(r"(?P<key>[A-Za-z][A-Za-z_ ]{1,40}?)(?:\s*[:=]\s*|(?<=[A-Z_]{3})\s+)(?P<value>\S.*)")
_UNITS = re.compile(
    r"(?i)\b(?:units?|in)\b\W{0,3}(µm|μm|um|microns?|micromet(?:er|re)s?|nm|nanomet(?:er|re)s?|pixels?|voxels?)\b"
)
_MOST_COMMENTS = 500


def claims(peek: Peek) -> bool:
    """Claim text named .swc, or of another name whose comments are followed by such a line, the first without a parent."""
    lines = [line for line in peek.text.splitlines()[:400] if line.strip() and not line.lstrip().startswith("#")]
    match = _POINT.fullmatch(lines[0]) if lines else None
    return match is not None and (peek.suffix in {".swc", ".eswc"})


def read(source: Source, limits: Limits) -> Reading:
    """Read a tree.

    Raises:
        SourceError: no text, or not one line is a point.
        LimitError: beyond the limits.
    """
    try:
        text = decode(load(source.path, limits, source.key)).text
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"is no text ({error.reason}), expected SWC") from error
    found = Carrier("SWC")
    found.kinds(carrier.GRAPHS)
    odd: list[int] = []
    roots = 0
    comments: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        match = _POINT.fullmatch(bare)
        if match:
            found.count += 1
            roots += match[2] == "-1"
            found.classes.add(match[1], cells={"type": match[1], "_kind": None})
        elif bare.startswith("#"):
            comments.append(bare.lstrip("# \t"))
        elif bare:
            odd.append(number)
    if not found.count:
        raise SourceError(source.key, "has no line of seven numbers (number, type, x, y, z, radius, parent), expected SWC")
    if odd:
        said = ("a line that is no point", "seven numbers")
        found.problems.append(Problem(source.key, "swc-line", *said, rows=tuple(odd[:5]), count=len(odd), repair="skipped"))
    _header(found, comments)
    found.derived["_trees"] = str(roots)
    found.classes.rows = {name: {"type": name, "name": _KINDS.get(name, f"type {name}")} for name in found.classes.rows}
    return found.reading(NAME, source, limits)


def _header(found: Carrier, comments: list[str]) -> None:
    rest: list[str] = []
    for comment in comments[:_MOST_COMMENTS]:
        match = _KEY.fullmatch(comment)
        if match and match["key"].strip() not in found.own:
            found.own[match["key"].strip()] = match["value"].strip()
        elif comment:
            rest.append(comment)
        unit = _UNITS.search(comment)
        if unit and not found.unit:
            found.unit = unit[1]
    if rest:
        found.own["comment"] = rest
