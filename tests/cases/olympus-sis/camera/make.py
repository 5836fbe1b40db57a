"""An image of an Olympus SIS camera: the block of tag 33560 with lengths in a power of ten of the metre."""

import struct
from pathlib import Path

import numpy as np
import tifffile

_SIS, _MARK = 33560, 0x0BADCAFE


def make(folder: Path) -> Path:
    path = folder / "virus.tif"
    tifffile.imwrite(
        path, np.zeros((6, 8), np.uint16), metadata=None, software="iTEM", datetime="2017:04:05 06:07:08", byteorder="<",
        extratags=[
            (_SIS, 4, 1, _MARK, True), (271, 2, 0, "Olympus Soft Imaging Solutions", True), (272, 2, 0, "Morada", True),
            (315, 2, 0, "vk", True),
        ],
    )  # fmt: skip
    data = bytearray(path.read_bytes())
    at = len(data)
    struct.pack_into("<I", data, data.index(struct.pack("<I", _MARK)), at)
    head = struct.pack("<4s6xhhhhh6x32sH", b"SIS0", 7, 6, 5, 3, 117, b"particles", 1) + struct.pack("<hhI", 1, 1, at + 68)
    block = struct.pack("<10xhdd8xd2x34s32s", -9, 0.42, 0.42, 80000.0, b"Morada G2", b"Single Frame")
    path.write_bytes(data + head.ljust(68, b"\0") + block.ljust(220, b"\0"))
    return path
