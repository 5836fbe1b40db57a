"""A tilt series with the extended header of SerialEM and its .mdoc."""

import struct
from pathlib import Path

MDOC = """PixelSpacing = 2.7
Voltage = 200
ImageFile = grid4.st
ImageSize = 8 6
DataMode = 1

[T = SerialEM: Glacios of the third floor   14-Mar-24  10:11:12]

[T =     Tilt axis angle = 84.2, binning = 2  spot = 5  camera = 1]

[ZValue = 0]
TiltAngle = -3.01
StagePosition = 12.5 -40.25
StageZ = 1.5
Magnification = 42000
Intensity = 0.123
SpotSize = 5
Defocus = -2.5
ExposureTime = 0.4
ExposureDose = 2.75
Binning = 2
SubFramePath = D:\\frames\\grid4_000.tif
DateTime = 14-Mar-24  10:12:00

[ZValue = 1]
TiltAngle = 0.02
StagePosition = 12.5 -40.25
StageZ = 1.5
Magnification = 42000
Intensity = 0.123
SpotSize = 5
Defocus = -2.4
ExposureTime = 0.4
Binning = 2
DateTime = 14-Mar-24  10:12:30
"""


def make(folder: Path) -> Path:
    nx, ny, nz = 8, 6, 2
    head = bytearray(1024)
    struct.pack_into("<10i", head, 0, nx, ny, nz, 1, 0, 0, 0, nx, ny, nz)
    struct.pack_into("<6f", head, 40, nx * 2.7, ny * 2.7, nz * 2.7, 90, 90, 90)
    struct.pack_into("<3i", head, 64, 1, 2, 3)
    struct.pack_into("<3f", head, 76, -5, 250, 31.5)
    section = struct.Struct("<hhhh")
    extended = b"".join(section.pack(angle, 313, -1006, 420) for angle in (-301, 2))
    struct.pack_into("<2i", head, 88, 0, len(extended))
    head[104:108] = b"SERI"
    struct.pack_into("<i", head, 108, 20140)
    struct.pack_into("<2h", head, 128, section.size, 1 | 4 | 8)
    head[208:212] = b"MAP "
    head[212:216] = b"\x44\x44\0\0"
    struct.pack_into("<f", head, 216, 4.25)
    struct.pack_into("<i", head, 220, 1)
    head[224:304] = b"SerialEM: Acquired on Glacios".ljust(80)
    path = folder / "grid4.st"
    path.write_bytes(bytes(head) + extended + bytes(nx * ny * nz * 2))
    (folder / "grid4.st.mdoc").write_text(MDOC, encoding="utf-8")
    return path
