"""A DM4 file: a thumbnail, and an image of a scan with what the microscope told; written tag by tag."""

import struct
from pathlib import Path

LONG, USHORT, ULONG, FLOAT, DOUBLE, BOOL = 3, 4, 5, 6, 7, 8
FORMS = {LONG: "i", USHORT: "H", ULONG: "I", FLOAT: "f", DOUBLE: "d", BOOL: "?"}


def number(kind, value):
    return struct.pack(">q", 1) + struct.pack(">q", kind) + struct.pack("<" + FORMS[kind], value)


def words(text):
    return array(USHORT, struct.unpack(f"<{len(text)}H", text.encode("utf-16-le")))


def array(kind, values):
    info = struct.pack(">4q", 3, 20, kind, len(values))
    return info + struct.pack(f"<{len(values)}{FORMS[kind]}", *values)


def pair(kind, values):
    info = struct.pack(">q", 3 + 2 * len(values)) + struct.pack(">3q", 15, 0, len(values))
    info += b"".join(struct.pack(">2q", 0, kind) for _ in values)
    return info + struct.pack(f"<{len(values)}{FORMS[kind]}", *values)


def group(members):
    entries = members.items() if isinstance(members, dict) else (("", member) for member in members)
    body = b"".join(entry(name, member) for name, member in entries)
    return struct.pack(">bbq", 1, 0, len(members)) + body


def entry(name, member):
    raw = name.encode("cp1252")
    if isinstance(member, dict | list):
        body = group(member)
        return struct.pack(">bH", 20, len(raw)) + raw + struct.pack(">q", len(body)) + body
    body = b"%%%%" + member
    return struct.pack(">bH", 21, len(raw)) + raw + struct.pack(">q", len(body)) + body


def axis(scale, unit):
    return {"Origin": number(FLOAT, 0), "Scale": number(FLOAT, scale), "Units": words(unit)}


def tree():
    thumbnail = {
        "ImageData": {
            "Calibrations": {"Dimension": [axis(1, ""), axis(1, "")]},
            "Data": array(LONG, [7] * 4),
            "Dimensions": [number(ULONG, 2), number(ULONG, 2)],
        },
        "Name": words("Small"),
    }
    image = {
        "ImageData": {
            "Calibrations": {"Dimension": [axis(0.25, "nm"), axis(0.25, "nm")]},
            "Data": array(USHORT, range(24)),
            "DataType": number(ULONG, 10),
            "Dimensions": [number(ULONG, 6), number(ULONG, 4)],
        },
        "ImageTags": {
            "DataBar": {
                "Acquisition Date": words("3/7/2023"),
                "Acquisition Time": words("4:05:06 PM"),
                "Acquisition Time (OS)": number(DOUBLE, 133226739060000000.0),
                "Device Name": words("DigiScan"),
            },
            "DigiScan": {"Sample Time": number(DOUBLE, 12.5), "Flip": number(BOOL, 1)},
            "Microscope Info": {
                "Voltage": number(DOUBLE, 80000.0),
                "Indicated Magnification": number(DOUBLE, 225000.0),
                "Imaging Mode": words("DIFFRACTION"),
                "STEM Camera Length": number(DOUBLE, 115.0),
                "Stage Position": {"Stage Alpha": number(DOUBLE, -2.5), "Stage X": number(DOUBLE, 31.0)},
                "Emission Current (µA)": number(DOUBLE, 5.0),
            },
            "GMS Version": {"Created": words("3.43.3213.0")},
            "Session Info": {"Operator": words("Bo"), "Specimen": words("Leaf 4"), "Microscope": words("Scope Two")},
            "Frame": pair(LONG, [3, -4]),
            "Lookup": array(DOUBLE, [0.5] * 2000),
        },
        "Name": words("HAADF"),
        "UniqueID": {"0": number(ULONG, 1)},
    }
    return {
        "ImageList": [thumbnail, image],
        "InImageMode": number(BOOL, 1),
        "Thumbnails": [{"ImageIndex": number(ULONG, 0)}],
    }


def make(folder: Path) -> Path:
    body = group(tree())
    path = folder / "scan.dm4"
    path.write_bytes(struct.pack(">iqi", 4, len(body), 1) + body + bytes(8))
    return path
