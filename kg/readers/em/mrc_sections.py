"""The extended header of an MRC file: what each program noted of each section.

``FEI1`` and ``FEI2`` (Thermo Fisher) are records of 768 and 888 bytes, in which bit masks say which fields are set. ``SERI``
(SerialEM, also written without a name) packs short integers by flags. ``AGAR``, and what FEI wrote before it named its headers,
are 128 bytes of single-precision numbers per section, up to 1,024 of them. ``CCP4`` is text lines (symmetry operators).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg.readers.em.native import single, text

_FEI_SIZES = {"FEI1": 768, "FEI2": 888}
_FEI_LEGACY = 128
_FEI_LEGACY_SECTIONS = 1024
_LINE = 80

# Field and struct code; a mask opens a group of fields, whose bits follow the order of the fields.
_FEI: tuple[tuple[str, str], ...] = (
    ("Metadata size", "i"), ("Metadata version", "i"), ("Bitmask 1", "I"),
    ("Timestamp", "d"), ("Microscope type", "16s"), ("D-Number", "16s"), ("Application", "16s"),
    ("Application version", "16s"), ("HT", "d"), ("Dose", "d"), ("Alpha tilt", "d"), ("Beta tilt", "d"), ("X-Stage", "d"),
    ("Y-Stage", "d"), ("Z-Stage", "d"), ("Tilt axis angle", "d"), ("Dual axis rotation", "d"), ("Pixel size X", "d"),
    ("Pixel size Y", "d"), ("Unused 1", "d"), ("Unused 2", "d"), ("Unused 3", "d"), ("Unused 4", "d"), ("Unused 5", "d"),
    ("Unused 6", "d"), ("Defocus", "d"), ("STEM Defocus", "d"), ("Applied defocus", "d"), ("Instrument mode", "i"),
    ("Projection mode", "i"), ("Objective lens mode", "16s"), ("High magnification mode", "16s"), ("Probe mode", "i"),
    ("EFTEM On", "?"), ("Magnification", "d"),
    ("Bitmask 2", "I"),
    ("Camera length", "d"), ("Spot index", "i"), ("Illuminated area", "d"), ("Intensity", "d"), ("Convergence angle", "d"),
    ("Illumination mode", "16s"), ("Wide convergence angle range", "?"), ("Slit inserted", "?"), ("Slit width", "d"),
    ("Acceleration voltage offset", "d"), ("Drift tube voltage", "d"), ("Energy shift", "d"), ("Shift offset X", "d"),
    ("Shift offset Y", "d"), ("Shift X", "d"), ("Shift Y", "d"), ("Integration time", "d"), ("Binning Width", "i"),
    ("Binning Height", "i"), ("Camera name", "16s"), ("Readout area left", "i"), ("Readout area top", "i"),
    ("Readout area right", "i"), ("Readout area bottom", "i"), ("Ceta noise reduction", "?"), ("Ceta frames summed", "i"),
    ("Direct detector electron counting", "?"), ("Direct detector align frames", "?"), ("Camera param reserved 0", "i"),
    ("Camera param reserved 1", "i"), ("Camera param reserved 2", "i"), ("Camera param reserved 3", "i"),
    ("Bitmask 3", "I"),
    ("Camera param reserved 4", "i"), ("Camera param reserved 5", "i"), ("Camera param reserved 6", "i"),
    ("Camera param reserved 7", "i"), ("Camera param reserved 8", "i"), ("Camera param reserved 9", "i"),
    ("Phase Plate", "?"), ("STEM Detector name", "16s"), ("Gain", "d"), ("Offset", "d"), ("STEM param reserved 0", "i"),
    ("STEM param reserved 1", "i"), ("STEM param reserved 2", "i"), ("STEM param reserved 3", "i"),
    ("STEM param reserved 4", "i"), ("Dwell time", "d"), ("Frame time", "d"), ("Scan size left", "i"), ("Scan size top", "i"),
    ("Scan size right", "i"), ("Scan size bottom", "i"), ("Full scan FOV X", "d"), ("Full scan FOV Y", "d"), ("Element", "16s"),
    ("Energy interval lower", "d"), ("Energy interval higher", "d"), ("Method", "i"), ("Is dose fraction", "?"),
    ("Fraction number", "i"), ("Start frame", "i"), ("End frame", "i"), ("Input stack filename", "80s"),
    ("Bitmask 4", "I"),
    ("Alpha tilt min", "d"), ("Alpha tilt max", "d"), ("Scan rotation", "d"), ("Diffraction pattern rotation", "d"),
    ("Image rotation", "d"), ("Scan mode enumeration", "i"), ("Acquisition time stamp", "q"),
    ("Detector commercial name", "16s"), ("Start tilt angle", "d"), ("End tilt angle", "d"), ("Tilt per image", "d"),
    ("Tilt speed", "d"), ("Beam center X pixel", "i"), ("Beam center Y pixel", "i"), ("CFEG flash timestamp", "q"),
    ("Phase plate position index", "i"), ("Objective aperture name", "16s"),
)  # fmt: skip
_LEGACY = (
    "a_tilt", "b_tilt", "x_stage", "y_stage", "z_stage", "x_shift", "y_shift", "defocus", "exp_time", "mean_int", "tilt_axis",
    "pixel_size", "magnification", "voltage", "binning", "appliedDefocus",
)  # fmt: skip
# SerialEM: bit of the flags, struct code, names, divisor of each number.
_SERIAL: tuple[tuple[int, str, tuple[str, ...], int], ...] = (
    (1, "h", ("TiltAngle",), 100),
    (2, "hhh", ("PieceX", "PieceY", "PieceZ"), 1),
    (4, "hh", ("StageX", "StageY"), 25),
    (8, "h", ("MagnificationIn100",), 1),
    (16, "h", ("Intensity",), 25_000),
    (32, "hh", ("ExposureDose",), 0),
)
_FLAGS = 64


@dataclass(frozen=True, slots=True)
class Extended:
    """Where an extended header lies and how it is to be read.

    Attributes:
        kind: its name, or the empty string.
        data: its bytes.
        order: ``<`` or ``>``.
        sections: number of sections of the file.
        per_section: bytes per section and flags, where SerialEM or IMOD wrote it.
    """

    kind: str
    data: bytes
    order: str
    sections: int
    per_section: tuple[int, int] = (0, 0)


def sections(header: Extended) -> list[dict[str, str]]:
    """Return a row of named values per section; empty where the kind is not known."""
    if header.kind in _FEI_SIZES:
        return list(_fei(header, _FEI_SIZES[header.kind]))
    if header.kind == "AGAR" or (not header.kind and len(header.data) == _FEI_LEGACY * _FEI_LEGACY_SECTIONS):
        return list(_legacy(header))
    if header.kind in {"SERI", ""} and _is_serial(header):
        return list(_serial(header))
    return []


def lines(header: Extended) -> list[str]:
    """Return the text lines of an extended header of CCP4."""
    if header.kind != "CCP4":
        return []
    found = [text(header.data[at : at + _LINE]).strip() for at in range(0, len(header.data), _LINE)]
    return [line for line in found if line]


def _fei(header: Extended, size: int) -> Iterator[dict[str, str]]:
    for place in range(max(header.sections, 1)):
        record = header.data[place * size : (place + 1) * size]
        if len(record) < size or struct.unpack_from(f"{header.order}i", record)[0] not in _FEI_SIZES.values():
            return
        yield {name: cell for name, cell in _fei_cells(record, header.order) if cell}


def _fei_cells(record: bytes, order: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that the masks call set."""
    at, bit, mask = 0, 0, 0b11
    for name, code in _FEI:
        width = struct.calcsize(f"{order}{code}")
        if at + width > len(record):
            return
        value = struct.unpack_from(f"{order}{code}", record, at)[0]
        at += width
        if name.startswith("Bitmask"):
            bit, mask = 0, value
            continue
        if mask >> bit & 1:
            yield name, text(value).strip() if isinstance(value, bytes) else _number(value)
        bit += 1


def _number(value: float) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else repr(value)


def _legacy(header: Extended) -> Iterator[dict[str, str]]:
    """Yield what was filled in: unused records are zero throughout."""
    for place in range(min(max(header.sections, 1), len(header.data) // _FEI_LEGACY)):
        values = struct.unpack_from(f"{header.order}{len(_LEGACY)}f", header.data, place * _FEI_LEGACY)
        if any(values):
            yield {name: single(value) for name, value in zip(_LEGACY, values, strict=True)}


def _is_serial(header: Extended) -> bool:
    size, flags = header.per_section
    wanted = sum(struct.calcsize("<" + form) for bit, form, _, _ in _SERIAL if flags & bit)
    return 0 < flags < _FLAGS and size == wanted and size * max(header.sections, 1) <= len(header.data)


def _serial(header: Extended) -> Iterator[dict[str, str]]:
    size, flags = header.per_section
    for place in range(max(header.sections, 1)):
        at = place * size
        cells: dict[str, str] = {}
        for bit, form, names, divisor in _SERIAL:
            if not flags & bit:
                continue
            numbers = struct.unpack_from(header.order + form, header.data, at)
            at += struct.calcsize("<" + form)
            if divisor:
                cells |= {name: _divided(number, divisor) for name, number in zip(names, numbers, strict=True)}
            else:
                cells[names[0]] = single(_of_two_shorts(*numbers))
        yield cells


def _divided(number: int, divisor: int) -> str:
    return str(number) if divisor == 1 else repr(round(number / divisor, 6))


def _of_two_shorts(first: int, second: int) -> float:
    """Return the number that SerialEM writes as two shorts: 24 bits of fraction, then a power of two."""
    sign = -1.0 if first < 0 else 1.0
    fraction = (abs(first) * 256) + (abs(second) % 256)
    power = (abs(second) // 256) * (-1 if second < 0 else 1)
    try:
        return sign * fraction * 2.0**power
    except OverflowError:
        return 0.0


def fold(rows: list[dict[str, str]]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return what all sections have in common, and of each section the rest.

    >>> fold([{"HT": "300000", "Alpha tilt": "0"}, {"HT": "300000", "Alpha tilt": "3"}])
    ({'HT': '300000'}, [{'Alpha tilt': '0'}, {'Alpha tilt': '3'}])
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    common = {name: rows[0][name] for name in names if name in rows[0] and _all_equal(rows, name)}
    return common, [{name: cell for name, cell in row.items() if name not in common} for row in rows]


def _all_equal(rows: list[dict[str, str]], name: str) -> bool:
    return sum(1 for _ in groupby(row.get(name) for row in rows)) == 1


Row = Mapping[str, str]
