"""Compound files (OLE, https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/): are their chains of sectors sound?

A compound file is a small file system: a table says for each sector which one follows. Where a chain comes back to itself, a
library that follows it never ends; where a length promises more tables than the file has sectors, it makes room for them all.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceError

_HEAD = struct.Struct("<30xH12xI12x4I")
_HEAD_BYTES = 76
_IN_HEAD = struct.Struct("<109I")
_SHIFTS = (9, 12)
_MOST_REGULAR = 0xFFFFFFFA


def check_chains(path: Path, where: str) -> None:
    """Look through the tables of sectors of a compound file.

    Raises:
        SourceError: they lead out of the file, or in a circle.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        head = stream.read(_HEAD_BYTES + _IN_HEAD.size)
        if len(head) < _HEAD_BYTES + _IN_HEAD.size:
            raise SourceError(where, "is cut off in its header, expected a compound file")
        shift, tables, small, smalls, more, mores = _HEAD.unpack_from(head)
        if shift not in _SHIFTS:
            raise SourceError(where, f"is damaged: its sectors have 2^{shift} bytes, expected 2^9 or 2^12")
        sectors = size // (1 << shift) + 1
        if max(tables, smalls, mores) > sectors:
            raise SourceError(where, "is damaged or cut off: it promises more tables than it has sectors")
        places = list(_IN_HEAD.unpack_from(head, _HEAD_BYTES))
        for _ in range(mores):
            if more >= _MOST_REGULAR:
                break
            *listed, more = _sector(stream, more, shift) or (_MOST_REGULAR,)
            places.extend(listed)
        following = array("I")
        for place in places[:tables]:
            following.extend(_sector(stream, place, shift))
        smaller = array("I")
        for _ in range(0 if in_circle(following) else smalls):
            if small >= len(following):
                break
            smaller.extend(_sector(stream, small, shift))
            small = following[small]
    if in_circle(following) or in_circle(smaller):
        raise SourceError(where, "is damaged: the sectors of one of its streams follow each other in a circle")


def _sector(stream: BinaryIO, number: int, shift: int) -> tuple[int, ...]:
    """Return the numbers in a sector; of one that is cut off those that are there."""
    stream.seek((number + 1) << shift)
    data = stream.read(1 << shift)
    return struct.unpack_from(f"<{len(data) // 4}I", data)


def in_circle(following: Sequence[int]) -> bool:
    """Say whether any chain comes back to itself; a number beyond the last ends its chain.

    >>> in_circle([1, 2, 9]), in_circle([1, 2, 0]), in_circle([0])
    (False, True, True)
    """
    done = bytearray(len(following))  # 1: on the way that is being gone, 2: known to end
    for first in range(len(following)):
        way = []
        here = first
        while here < len(following) and not done[here]:
            done[here] = 1
            way.append(here)
            here = following[here]
        if here < len(following) and done[here] == 1:
            return True
        for passed in way:
            done[passed] = 2
    return False
