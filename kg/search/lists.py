"""Lists in one cell: the values that a text holds where a source writes several into one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Split = Literal["", "semicolons", "lists", "people"]
"""How a field's texts are taken apart: not at all; at semicolons; at semicolons, bars and commas; as names of people."""

_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_MARKS = {"semicolons": ";", "lists": ";|,", "people": ";|&"}
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_LAST = re.compile(r"^(?:and|und|et)\s+|[\s,]*\bet al\.?$", re.IGNORECASE)


def parts_of(text: str, split: Split) -> list[str]:
    """Return the values that a text holds, in its order, none twice; the text itself where it holds one.

    A mark in brackets or a comma between digits separates nothing.
    ``Ellenberg, Jan`` is one person, ``Walther N, Ellenberg J`` are two.

    >>> parts_of("NCAPH2, NCAPH", "lists"), parts_of("525:PCNT; 615:TUBG1", "lists"), parts_of("1,4-DPH (a, b)", "lists")
    (['NCAPH2', 'NCAPH'], ['525:PCNT', '615:TUBG1'], ['1,4-DPH (a, b)'])
    >>> parts_of("Walther N, Ellenberg J.", "people"), parts_of("Ellenberg, Jan", "people")
    (['Walther N', 'Ellenberg J'], ['Ellenberg, Jan'])
    >>> parts_of("Roe, J., Poe, E.", "people")
    ['Roe, J.', 'Poe, E.']
    """
    if not split:
        return [text]
    parts = _cut(text, _MARKS[split])
    if split == "people":
        parts = [name for part in parts for group in re.split(r"\s+and\s+", part) for name in _people(group)]
    found = list(dict.fromkeys(part for part in (" ".join(part.split()) for part in parts) if part))
    return found or [text]


def _cut(text: str, marks: str) -> list[str]:
    found, start, depth = [], 0, 0
    for place, mark in enumerate(text):
        depth = max(0, depth + _BRACKETS.get(mark, 0))
        if mark in marks and not depth and not (mark == "," and _between_digits(text, place)):
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]


def _between_digits(text: str, place: int) -> bool:
    return text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def _people(text: str) -> Iterator[str]:
    """Yield the names between commas, unless these stand between the names of one person."""
    parts = [part for part in (_LAST.sub("", one.strip()) for one in text.split(",")) if part]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        yield from (f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True))
    elif len(parts) > 1 and (len(parts) > 2 or all(" " in part for part in parts)):  # noqa: PLR2004 - family, given
        yield from parts[:-1]
        yield parts[-1] if parts[0].endswith(".") else parts[-1].removesuffix(".")
    else:
        yield text.strip()
