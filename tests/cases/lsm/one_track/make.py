"""A small LSM: the block CZ_LSMINFO with voxel sizes, and scan information of one track with two detectors, one of them in use."""

import struct
from pathlib import Path

import numpy as np
import tifffile

TEXT, LONG, RATIONAL, BLOCK = 2, 4, 5, 0
END = struct.pack("<III", 0xFFFFFFFF, BLOCK, 0)
_LSM = 34412


def entry(code: int, value: str | float | None = None) -> bytes:
    if value is None:
        return struct.pack("<III", code, BLOCK, 0)
    if isinstance(value, str):
        data = value.encode() + b"\0"
        return struct.pack("<III", code, TEXT, len(data)) + data
    if isinstance(value, int):
        return struct.pack("<IIIi", code, LONG, 4, value)
    return struct.pack("<IIId", code, RATIONAL, 8, value)


def detector(name: str, dye: str, acquire: int) -> bytes:
    return b"".join((
        entry(0x70000000), entry(0x70000003, 620.0), entry(0x70000009, 98.5), entry(0x7000000B, acquire), entry(0x7000000C, f"PMT of {name}"),
        entry(0x70000010, "BP 505-530"), entry(0x70000014, name), entry(0x70000026, dye), END,
    ))  # fmt: skip


def make(folder: Path) -> Path:
    path = folder / "pollen.lsm"
    scan = b"".join((
        entry(0x10000000), entry(0x10000001, "pollen 3"), entry(0x10000004, "Plan-Apochromat 63x/1.4 Oil DIC"), entry(0x10000016, 2.0),
        entry(0x10000036, 39083.5), entry(0x10000047, "mhe"),
        entry(0x30000000), entry(0x50000000), entry(0x50000001, "Argon/2"), entry(0x50000002, 1), END, END,
        entry(0x20000000), entry(0x40000000), entry(0x4000000C, "Track1"), entry(0x40000019, 1.6),
        entry(0x60000000), detector("Ch1", "Alexa 488", -1), detector("Ch2", "None", 0), END,
        entry(0x80000000), entry(0x90000000), entry(0x90000001, "488 nm"), entry(0x90000003, 488.0), entry(0x90000004, -1), END, END,
        END, END, END,
    ))  # fmt: skip
    head = struct.pack(
        "<Ii8i6dHHI4I", 67127628, 200, 8, 6, 1, 1, 1, 1, 8, 6, 2e-7, 2e-7, 1e-6, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0
    )
    rest = struct.pack("<dII", 0.0, 0, 0xABCDEF01)
    block = (head + rest).ljust(200, b"\0")
    tifffile.imwrite(
        path, np.zeros((6, 8), np.uint8), metadata=None, software="", byteorder="<",
        extratags=[(_LSM, 1, len(block), block, True)],
    )  # fmt: skip
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(struct.pack("<I", 0xABCDEF01)), len(data))
    path.write_bytes(data + scan)
    return path
