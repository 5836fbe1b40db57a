"""A big-endian volume whose axes are turned, with a record of Thermo Fisher in which the masks leave some fields out."""

import struct
from pathlib import Path


def make(folder: Path) -> Path:
    head = bytearray(1024)
    struct.pack_into(">10i", head, 0, 10, 20, 30, 2, 0, 0, 0, 30, 20, 10)  # columns lie along z
    struct.pack_into(">6f", head, 40, 60, 40, 20, 90, 90, 90)
    struct.pack_into(">3i", head, 64, 3, 2, 1)
    struct.pack_into(">2i", head, 88, 1, 768)
    head[104:108] = b"FEI1"
    head[208:212] = b"MAP "
    head[212:216] = b"\x11\x11\0\0"
    record = bytearray(768)
    struct.pack_into(">iiI", record, 0, 768, 0, (1 << 0) | (1 << 1) | (1 << 2) | (1 << 5) | (1 << 7) | (1 << 9))
    struct.pack_into(">d", record, 12, 45000.25)  # 15 March 2023, 06:00
    record[20:36] = b"Arctica".ljust(16, b"\0")
    record[36:52] = b"D9999".ljust(16, b"\0")
    struct.pack_into(">dddd", record, 84, 200000.0, 12.0, -30.5, 99.0)  # the dose and the beta tilt are not set
    struct.pack_into(">d", record, 116, -1.5e-05)
    path = folder / "volume.mrc"
    path.write_bytes(bytes(head) + bytes(record) + bytes(64))
    return path
