"""A NDTiff data set of two channels: an index, and a stack that holds the JSON of the summary and of each frame."""

import json
import struct
from pathlib import Path

import numpy as np
import tifffile

STACK = "worm_1_NDTiffStack.tif"


def make(folder: Path) -> Path:
    summary = json.dumps({"PixelSize_um": 0.5, "DateAndTime": "2023/01/02 03:04:05", "z-step_um": 1.5}).encode()
    texts = [
        {"Axes": {"channel": name, "time": 0}, "Exposure": exposure, "Objective-Label": "Nikon 20X", "ElapsedTime-ms": 5 * exposure, "Time": "2023-01-02 03:04:06 +0000"}
        for name, exposure in (("phase", 10), ("YFP", 80))
    ]  # fmt: skip
    tifffile.imwrite(
        folder / STACK, np.zeros((2, 6, 8), np.uint16), metadata=None, software="", photometric="minisblack", byteorder="<",
        extratags=[(51123, 2, 0, json.dumps(texts[0]), True)],
    )  # fmt: skip
    data = bytearray((folder / STACK).read_bytes())
    # the summary stands between header and pages: everything behind the header moves
    (first,) = struct.unpack_from("<I", data, 4)
    head = struct.pack("<2sHIIIIII", b"II", 42, first, 483729, 3, 3, 2355492, len(summary)) + summary
    moved = _moved(data, len(head) - 8)
    body = head + bytes(moved[8:])
    entries = b""
    for text in texts:
        axes, frame = json.dumps(text["Axes"]).encode(), json.dumps(text).encode()
        name = STACK.encode()
        entries += struct.pack("<I", len(axes)) + axes + struct.pack("<I", len(name)) + name
        entries += struct.pack("<IiiiiIii", 0, 8, 6, 4, 0, len(body), len(frame), 0)
        body += frame
    (folder / STACK).write_bytes(struct.pack("<2sHI", b"II", 42, first + len(head) - 8) + body[8:])
    path = folder / "NDTiff.index"
    path.write_bytes(entries)
    return path


def _moved(data: bytearray, by: int) -> bytearray:
    """Return a TIFF whose offsets point further on."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
    (at,) = struct.unpack_from("<I", data, 4)
    while at:
        (count,) = struct.unpack_from("<H", data, at)
        for place in range(at + 2, at + 2 + 12 * count, 12):
            code, kind, length, offset = struct.unpack_from("<HHII", data, place)
            if code == 273 or sizes[kind] * length > 4:
                struct.pack_into("<I", data, place + 8, offset + by)
        link = at + 2 + 12 * count
        (at,) = struct.unpack_from("<I", data, link)
        if at:
            struct.pack_into("<I", data, link, at + by)
    return data
