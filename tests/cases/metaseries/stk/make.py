"""A stack of MetaMorph (.stk): two planes in one page, their positions, times and lines in the blocks UIC1 to UIC4."""

import struct
from pathlib import Path

import numpy as np
import tifffile

_UIC1, _UIC2, _UIC3 = 33628, 33629, 33630


def make(folder: Path) -> Path:
    path = folder / "cilia.stk"
    lines = b"Exposure: 20 ms\r\nBinning: 1 x 1\r\n\0Exposure: 20 ms\r\nBinning: 1 x 1\r\n\0"
    planes = struct.pack("<12I", 1, 1, 2459000, 36_000_000, 2459000, 36_000_000, 3, 2, 2459000, 36_005_000, 2459000, 36_005_000)
    # identifiers and values: a fraction or a text stands elsewhere, its place is filled in below
    entries = [(3, 1), (4, 0), (5, 0), (6, 0)]
    uic1 = struct.pack(f"<{2 * len(entries)}I", *(number for entry in entries for number in entry))
    tifffile.imwrite(
        path, np.zeros((6, 8), np.uint16), description=lines, metadata=None, software="MetaMorph 7.0", byteorder="<",
        extratags=[(_UIC1, 4, len(uic1) // 4, uic1, True), (_UIC2, 5, 6, planes, True), (_UIC3, 5, 2, struct.pack("<4I", 525, 1, 525, 1), True)],
    )  # fmt: skip
    data = bytearray(path.read_bytes())
    at = data.index(uic1)
    end = len(data) + len(data) % 2
    data = data.ljust(end, b"\0")
    for number, block in (
        (1, struct.pack("<2I", 13, 100)),
        (2, struct.pack("<2I", 13, 100)),
        (3, struct.pack("<I", 3) + b"um\0"),
    ):
        struct.pack_into("<I", data, at + 8 * number + 4, len(data))
        data += block.ljust(8, b"\0")
    for code, count in ((_UIC1, len(entries)), (_UIC2, 2), (_UIC3, 2)):
        struct.pack_into("<I", data, data.index(struct.pack("<H", code)) + 4, count)
    path.write_bytes(data)
    return path
