"""DeltaVision and Priism DV: the header of 1,024 bytes and the extended one with facts about each plane, in either byte order.

https://www.msg.ucsf.edu/IVE/IVE4_HTML/IM_ref2.html

``Header`` is one row; names of columns are those of the format's description. ``Wave`` has a row per channel, ``Title`` one per
line of remarks, ``Section`` one per plane with ``_z``, ``_c`` and ``_t`` from 0, in the order that ``ImgSequence`` says.
``Header._size_z`` is the number of sections over those of channels and time points.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.vendor.rows import Cell, table_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "dv"
RANK = 30
TITLE = "DeltaVision DV (.dv, .r3d, .d3d); metadata only"

_HEADER_BYTES = 1024
_ID_AT = 96
_LITTLE, _BIG = b"\xa0\xc0", b"\xc0\xa0"
_FIELDS: tuple[tuple[str, int, str], ...] = (
    *((name, 4 * at, "i") for at, name in enumerate(("NumCol", "NumRow", "NumSections", "PixelType"))),
    *((name, 16 + 4 * at, "i") for at, name in enumerate(("mxst", "myst", "mzst", "mx", "my", "mz"))),
    *((name, 40 + 4 * at, "f") for at, name in enumerate(("dx", "dy", "dz", "alpha", "beta", "gamma"))),
    *((name, 64 + 4 * at, "i") for at, name in enumerate(("ColAxis", "RowAxis", "SectAxis"))),
    *((name, 76 + 4 * at, "f") for at, name in enumerate(("min1", "max1", "mean1"))),
    ("nspg", 88, "i"),
    ("Next", 92, "i"),
    ("ntst", 100, "i"),
    ("NumIntegers", 128, "h"),
    ("NumFloats", 130, "h"),
    ("SubSampling", 132, "h"),
    ("ZFactor", 134, "h"),
    *((name, 136 + 4 * at, "f") for at, name in enumerate(("min2", "max2", "min3", "max3", "min4", "max4"))),
    ("ImageType", 160, "h"),
    ("LensNum", 162, "h"),
    *((name, 164 + 2 * at, "h") for at, name in enumerate(("n1", "n2", "v1", "v2"))),
    ("min5", 172, "f"),
    ("max5", 176, "f"),
    ("NumTimes", 180, "h"),
    ("ImgSequence", 182, "h"),
    *((name, 184 + 4 * at, "f") for at, name in enumerate(("XTilt", "YTilt", "ZTilt"))),
    ("NumWaves", 196, "h"),
    *((name, 208 + 4 * at, "f") for at, name in enumerate(("z0", "x0", "y0"))),
    ("NumTitles", 220, "i"),
)
_WAVES_AT, _MOST_WAVES = 198, 5
_TITLES_AT, _TITLE_BYTES, _MOST_TITLES = 224, 80, 10
_FLOATS = (
    "photosensor", "time", "stage x", "stage y", "stage z", "minimum", "maximum", "mean", "exposure time", "neutral density",
    "excitation wavelength", "emission wavelength", "intensity scaling", "energy conversion factor",
)  # fmt: skip
_ENDIAN = {"<": "little endian", ">": "big endian"}
_ORDERS = {0: "ztc", 1: "czt", 2: "zct"}  # fastest first
_MOST_SECTIONS = 200_000
_MOST_CELLS = 5_000_000


def claims(peek: Peek) -> bool:
    """Claim by the mark of the format, which stands within the header."""
    return len(peek.head) >= _HEADER_BYTES and peek.head[_ID_AT : _ID_AT + 2] in {_LITTLE, _BIG}


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of both headers.

    Raises:
        SourceError: cut off within the header, or of another format.
        LimitError: beyond the limits.
    """
    problems: list[Problem] = []
    with source.path.open("rb") as stream:
        data = stream.read(_HEADER_BYTES)
        if len(data) < _HEADER_BYTES or data[_ID_AT : _ID_AT + 2] not in {_LITTLE, _BIG}:
            raise SourceError(source.key, "is cut off within the header of a DV file")
        order = "<" if data[_ID_AT : _ID_AT + 2] == _LITTLE else ">"
        header = {name: struct.unpack_from(order + kind, data, at)[0] for name, at, kind in _FIELDS}
        sections = _sections(stream, order, header, source.key, problems)
    rows = {"Header": [_header_cells(header, order)], "Wave": _waves(data, order, header), "Title": _titles(data, header)}
    rows["Section"] = sections
    tables = {kind: table_of(kind, some, limits, source.key) for kind, some in rows.items() if some}
    return Reading(NAME, tables, tuple(problems), {"format": "DV", "byte order": _ENDIAN[order]})


def _header_cells(header: Mapping[str, float], order: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {name: _text(value) for name, value in header.items()}
    planes = max(header["NumWaves"], 1) * max(header["NumTimes"], 1)
    if header["NumSections"] > 0 and header["NumSections"] % planes == 0:
        cells["_size_z"] = str(int(header["NumSections"] // planes))
    cells["_big_endian"] = "true" if order == ">" else "false"
    return cells


def _waves(data: bytes, order: str, header: Mapping[str, float]) -> list[dict[str, Cell]]:
    """Return a row per channel; the header has room for five."""
    count = min(max(int(header["NumWaves"]), 0), _MOST_WAVES)
    values = struct.unpack_from(f"{order}{_MOST_WAVES}h", data, _WAVES_AT)
    return [{"_index": str(at), "wave": str(values[at])} for at in range(_MOST_WAVES) if at < count or values[at]]


def _titles(data: bytes, header: Mapping[str, float]) -> list[dict[str, Cell]]:
    count = min(max(int(header["NumTitles"]), 0), _MOST_TITLES)
    fields = [data[_TITLES_AT + at * _TITLE_BYTES :][:_TITLE_BYTES] for at in range(count)]
    texts = [field.partition(b"\0")[0].decode("utf-8", "replace").strip() for field in fields]
    return [{"_index": str(at), "title": text} for at, text in enumerate(texts) if text]


def _sections(
    stream: BinaryIO, order: str, header: Mapping[str, float], where: str, problems: list[Problem]
) -> list[dict[str, Cell]]:
    """Return a row per plane from the extended header; none where there is no such header."""
    integers, floats = int(header["NumIntegers"]), int(header["NumFloats"])
    count = int(header["NumSections"])
    size = 4 * (integers + floats)
    if integers < 0 or floats < 0 or not size or count <= 0 or header["Next"] < size:
        return []
    most = min(count, int(header["Next"]) // size, _MOST_SECTIONS, _MOST_CELLS // (integers + floats))
    data = stream.read(most * size)
    there = len(data) // size
    if there < count:
        found = f"facts about {there:,} of {count:,} planes"
        problems.append(Problem(where, "dv-extended-header", found, "all planes", repair="the others are left out"))
    form = struct.Struct(f"{order}{integers}i{floats}f")
    rows = []
    for at in range(there):
        values = form.unpack_from(data, at * size)
        row: dict[str, Cell] = {f"integer {n}": str(value) for n, value in enumerate(values[:integers]) if value}
        for n, value in enumerate(values[integers:]):
            name = _FLOATS[n] if n < len(_FLOATS) else f"float {n}"
            if n < len(_FLOATS) or value:
                row[name] = _text(value)
        rows.append(_place(at, header) | row)
    return rows


def _place(at: int, header: Mapping[str, float]) -> dict[str, Cell]:
    """Return the indexes of a section; none where the order of planes is not one that is known."""
    waves, times = max(int(header["NumWaves"]), 1), max(int(header["NumTimes"]), 1)
    sizes = {"c": waves, "t": times, "z": max(int(header["NumSections"]) // (waves * times), 1)}
    places: dict[str, Cell] = {}
    for axis in _ORDERS.get(int(header["ImgSequence"]), ""):
        at, places[f"_{axis}"] = at // sizes[axis], str(at % sizes[axis])
    return places


def _text(value: float) -> str:
    """Return a number as text; one of 32 bits with the digits that it has."""
    return str(value) if isinstance(value, int) else f"{value:.7g}"
