import struct
import zipfile


def region(kind, name):
    header, more = bytearray(64), bytearray(64)
    header[:4] = b"Iout"
    struct.pack_into(">HB", header, 4, 228, kind)
    struct.pack_into(">ii", header, 56, 0, 64)
    struct.pack_into(">5i", more, 4, 1, 3, 0, 128, len(name))
    return bytes(header + more) + name.encode("utf-16-be")


def make(folder):
    path = folder / "RoiSet.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("0001.roi", region(0, "nucleus"))
        archive.writestr("0002.roi", region(10, "spot"))
    return path
