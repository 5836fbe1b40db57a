"""The header of a SER file of TIA (FEI): dimensions, calibration, times; no data.

A fixed part says how many elements there are and where the tables of their offsets lie; each element has a small header of its
own before its data. The files are little-endian. Version 0x0210 has offsets of 4 bytes, 0x0220 of 8.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from kg.errors import SourceError
from kg.readers.em.native import text

MAGIC = b"II\x97\x01"
_ELEMENT_KINDS = {0x4120: "1D", 0x4122: "2D"}
_TAG_POSITION = 0x4142
_NEW = 0x0220
_TYPES = {
    1: "uint8", 2: "uint16", 3: "uint32", 4: "int8", 5: "int16", 6: "int32", 7: "float32", 8: "float64", 9: "complex64",
    10: "complex128",
}  # fmt: skip
_MOST_DIMENSIONS = 16
_MOST_TEXT = 10_000
_MOST_ELEMENTS = 100_000


class _Cut(Exception):  # noqa: N818 - a sign to stop, never shown
    """The file ends here."""


class _Bytes:
    """Reads numbers at places of a file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def at(self, place: int) -> None:
        if place < 0 or place >= 2**62:
            raise _Cut
        self._stream.seek(place)

    def take(self, form: str) -> tuple[float, ...]:
        data = self.raw(struct.calcsize("<" + form))
        return struct.unpack("<" + form, data)

    def raw(self, count: int) -> bytes:
        data = self._stream.read(count)
        if len(data) < count:
            raise _Cut
        return data

    def words(self) -> str:
        (length,) = self.take("i")
        if not 0 <= length <= _MOST_TEXT:
            raise _Cut
        return text(self.raw(int(length)))


def read_header(stream: BinaryIO, where: str) -> tuple[dict[str, object], str]:
    """Return the header as a tree, and why it ends early (empty where it does not).

    The tree has ``Dimensions`` (one per axis of the series), the calibration of the first element, and ``Elements``, one per
    element with its time (seconds since 1970) and position.

    Raises:
        SourceError: no SER file, or cut off within its fixed part.
    """
    file = _Bytes(stream)
    tree: dict[str, object] = {}
    try:
        if file.raw(4) != MAGIC:
            raise SourceError(where, "is no SER file of TIA")
        version, kind, tag_kind, total, valid = map(int, file.take("HIIII"))
        offset = int(file.take("Q" if version >= _NEW else "I")[0])
        (dimensions,) = map(int, file.take("I"))
    except _Cut as error:
        raise SourceError(where, "is shorter than the header of a SER file") from error
    tree |= {
        "Version": f"0x{version:04X}",
        "DataType": _ELEMENT_KINDS.get(kind, hex(kind)),
        "TagType": "time and position" if tag_kind == _TAG_POSITION else "time",
        "TotalNumberElements": str(total),
        "ValidNumberElements": str(valid),
        "NumberDimensions": str(dimensions),
    }
    try:
        tree["Dimensions"] = [_dimension(file) for _ in range(min(dimensions, _MOST_DIMENSIONS))]
        form = "Q" if version >= _NEW else "I"
        count = min(valid, total, _MOST_ELEMENTS)
        file.at(offset)
        data = [int(file.take(form)[0]) for _ in range(min(count, 1))]
        if data:
            file.at(data[0])
            tree |= _calibration(file, kind)
        file.at(offset + total * struct.calcsize("<" + form))
        tags = [int(file.take(form)[0]) for _ in range(count)]
        elements: list[dict[str, str]] = []
        tree["Elements"] = elements
        for place in tags:
            file.at(place)
            elements.append(_tag(file))
    except _Cut:
        return tree, "it ends before all that its header points to"
    return tree, ""


def _dimension(file: _Bytes) -> dict[str, str]:
    size, start, step, element = file.take("Iddi")
    description, units = file.words(), file.words()
    cells = {"DimensionSize": str(int(size)), "CalibrationOffset": repr(start), "CalibrationDelta": repr(step)}
    cells |= {"CalibrationElement": str(int(element)), "Description": description, "Units": units}
    return {name: cell for name, cell in cells.items() if cell}


def _calibration(file: _Bytes, kind: int) -> dict[str, str]:
    """Return the header of an element: calibration of each axis, type of the data, sizes."""
    axes = {"2D": "XY", "1D": "X"}.get(_ELEMENT_KINDS.get(kind, ""), "")
    cells: dict[str, str] = {}
    for axis in axes:
        start, step, element = file.take("ddi")
        cells |= {f"CalibrationOffset{axis}": repr(start), f"CalibrationDelta{axis}": repr(step)}
        cells[f"CalibrationElement{axis}"] = str(int(element))
    if axes:
        (code,) = map(int, file.take("h"))
        cells["ElementDataType"] = _TYPES.get(code, str(code))
        cells |= {f"ArraySize{axis}": str(int(file.take("I")[0])) for axis in axes}
    return cells


def _tag(file: _Bytes) -> dict[str, str]:
    """Return when, and where there is one, at what position an element was acquired."""
    kind, _, seconds = file.take("HHI")
    cells = {"Time": str(int(seconds))}
    if int(kind) == _TAG_POSITION:
        x, y = file.take("dd")
        cells |= {"PositionX": repr(x), "PositionY": repr(y)}
    return cells
