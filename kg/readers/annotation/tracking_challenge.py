"""Tracks of the Cell Tracking Challenge: ``man_track.txt`` or ``res_track.txt`` with the masks that lie beside it.

Four whole numbers a line: label, first frame, last frame, label of the parent (https://celltrackingchallenge.net). The
masks are part of the source and are not opened; their number is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.bundle import Bundle
from kg.readers.safe_xml import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.readers.bundle import Folder
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "tracking_challenge"
RANK = 45
TITLE = "Cell Tracking Challenge: man_track.txt, res_track.txt with masks"

_NAMES = ("man_track.txt", "res_track.txt")
_MASK = re.compile(r"(?:man_track|mask)\d+\.tiff?", re.IGNORECASE)
_LINE = re.compile(r"\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*")


def claims(peek: Peek) -> bool:
    """Claim a file of that name whose lines are four whole numbers."""
    return peek.name in _NAMES and all(_LINE.fullmatch(line) for line in peek.text.splitlines()[:5])


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield the list of tracks with the masks in its folder."""
    for name in folder.files:
        if name.lower() in _NAMES:
            yield Bundle(name, tuple(file for file in folder.files if _MASK.fullmatch(file)))


def read(source: Source, limits: Limits) -> Reading:
    """Read the tracks.

    Raises:
        SourceError: no line is a track.
        LimitError: beyond the limits.
    """
    found = Carrier("Cell Tracking Challenge", unit="pixel", tracks=0)
    odd: list[int] = []
    last = divided = 0
    text = load(source.path, limits, source.key).decode("utf-8", "replace")
    parents: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match and len(line) < 200:  # noqa: PLR2004 - numbers of thousands of digits are no labels
            found.count += 1
            last = max(last, int(match[3]))
            if match[4] != "0":
                parents[match[4]] = parents.get(match[4], 0) + 1
        elif line.strip():
            odd.append(number)
    if not found.count:
        raise SourceError(source.key, "has no line of four whole numbers (label, first frame, last frame, parent)")
    if odd:
        said = ("a line that is no track", "four whole numbers")
        found.problems.append(Problem(source.key, "track-line", *said, rows=tuple(odd[:5]), count=len(odd), repair="skipped"))
    found.tracks = found.count
    found.kinds(carrier.TRACKS)
    masks = [part.name for part in source.parts]
    if masks:
        found.kinds(carrier.INSTANCES)
        found.derived["_masks"] = str(len(masks))
    divided = sum(count > 1 for count in parents.values())
    found.derived |= {"_last_frame": str(last), "_divisions": str(divided), "_origin": "human" if _gold(source) else "software"}
    return found.reading(NAME, source, limits)


def _gold(source: Source) -> bool:
    """Say whether it is the reference made by people: results of programs are named res_track.txt."""
    return source.path.name.lower() == _NAMES[0]
