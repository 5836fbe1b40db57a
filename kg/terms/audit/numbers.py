"""Numbers of accessions: what stands before them, and whether one is a slip of the pen of another."""

from __future__ import annotations

import re

from kg.terms.audit.finding import Audited
from kg.terms.normalise import squash

_NUMBERED = re.compile(r"(.*?)(\d{1,15})")


def numbered(cell: Audited) -> tuple[str, int, int] | None:
    """Return what stands before the last number of an accession, the number, and its width; None without a number.

    The CURIE counts where there is one, so that spellings of the prefix do not matter.

    >>> cell = Audited("cell_line", "Cell Line", "t.csv", "HeLa", "efo_0001185", "EFO:0001185")
    >>> numbered(cell)
    ('EFO:', 1185, 7)
    """
    found = _NUMBERED.fullmatch(cell.curie or cell.accession.strip())
    if found is None:
        return None
    stem = found[1] if cell.curie else squash(found[1])
    return stem, int(found[2]), len(found[2])


def is_slip(one: str, other: str) -> bool:
    """Say whether two numbers differ by one slip: a digit wrong, missing or too many, or two neighbours exchanged.

    >>> is_slip("1185", "1158"), is_slip("1185", "1186"), is_slip("1185", "185"), is_slip("1185", "1258")
    (True, True, True, False)
    """
    if one == other:
        return False
    if len(one) == len(other):
        wrong = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(wrong) == 1:
            return True
        first, *rest = wrong
        return rest == [first + 1] and one[first] == other[rest[0]] and one[rest[0]] == other[first]
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
