"""A DV in the other byte order: two channels, three planes, an extended header and not a pixel."""

import struct
from pathlib import Path


def make(folder: Path) -> Path:
    waves, depth = 2, 3
    integers, floats = 1, 14
    sections = waves * depth
    size = 4 * (integers + floats) * sections
    head = bytearray(1024)
    for at, form, values in (
        (0, ">10i", (64, 32, sections, 6, 0, 0, 0, 64, 32, sections)),
        (40, ">6f", (0.1, 0.1, 0.25, 90, 90, 90)),
        (88, ">2i", (0, size)),
        (96, ">h", (-16224,)),
        (128, ">2h", (integers, floats)),
        (160, ">2h", (0, 12003)),
        (180, ">2h", (1, 1)),
        (196, ">6h", (waves, 525, 617, 0, 0, 0)),
        (220, ">i", (1,)),
        (224, ">80s", (b"taken on a rainy day",)),
    ):
        struct.pack_into(form, head, at, *values)
    extended = b""
    for section in range(sections):
        wave = section % waves
        values = (
            0,
            1.5 * section,
            10250.5,
            -300,
            12 + 0.25 * (section // waves),
            0,
            0,
            0,
            0.05,
            0.1,
            (475, 575)[wave],
            (525, 617)[wave],
            1,
            1,
        )
        extended += struct.pack(f">{integers}i{floats}f", 0, *values)
    path = folder / "spindle.dv"
    path.write_bytes(bytes(head) + extended)
    return path
