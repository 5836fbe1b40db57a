"""Imaris IMS: the attributes of its groups; HDF5 inside.

https://imaris.oxinst.com/support/imaris-file-format

A group below ``DataSetInfo`` is a row of the table that has its name without the number: ``Channel 0`` is a row of ``Channel``
with ``_number`` 0. ``File`` is the root of the file; ``Data`` has a row per channel of the first time point of each resolution
level. Attributes that only count (``TimePoint1``, ``Entry0``) are rows of a table of their own. An attribute is an array of
single characters, which are joined to the text that they are.

``Image._pixel_size_0`` (and 1, 2) is the extent along x (y, z) over the number of pixels, in the unit of the extent;
``Image._size_0`` is that number, ``Image._channels`` the number of channels.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.needs import needed
from kg.readers.vendor.rows import Cell, Row, table_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "ims"
RANK = 30
TITLE = "Imaris IMS (.ims); metadata only"

_HDF5 = b"\x89HDF\r\n\x1a\n"
_INFO, _DATA = "DataSetInfo", "DataSet"
_NUMBERED = re.compile(r"(.*?\D)[ _]?(\d+)")
_COUNTED = re.compile(r"(TimePoint|Entry)(\d+)")
_MOST_GROUPS = 20_000
_MOST_MAGNITUDE = 30
_MOST_VALUES = 1_000_000  # of one attribute; longer ones are no text
_DIGITS = Context(prec=12)
_DAMAGE = (OSError, RuntimeError, ValueError, KeyError, TypeError)


def claims(peek: Peek) -> bool:
    """Claim HDF5 that is called .ims; what else HDF5 holds is not told by its head."""
    return peek.head.startswith(_HDF5) and peek.suffix == ".ims"


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the attributes; data sets are not opened.

    Raises:
        SourceError: no HDF5, cut off, or without the groups of an Imaris file.
        LimitError: beyond the limits.
    """
    h5py = needed("h5py", source.key, "bioimage-kg")
    problems: list[Problem] = []
    rows: dict[str, list[dict[str, Cell]]] = {}
    try:
        with h5py.File(source.path, "r") as file:
            if _INFO not in file and _DATA not in file:
                raise SourceError(source.key, "is HDF5, but has none of the groups of an Imaris file")
            reading = _Attributes(source.key, problems)
            rows["File"] = [reading.of(file, "/")]
            for kind, row in reading.of_info(file):
                rows.setdefault(kind, []).append(row)
            rows["Data"] = list(reading.of_data(file))
    except _DAMAGE as error:
        raise SourceError(source.key, f"is damaged or cut off ({str(error)[:200]})") from error
    _add_pixel_sizes(rows)
    tables = {kind: table_of(kind, some, limits, source.key) for kind, some in rows.items() if some}
    version = rows["File"][0].get("ImarisVersion", "")
    return Reading(NAME, tables, tuple(problems), {"format": "IMS", "version": str(version)})


class _Attributes:
    """Reads attributes; one that cannot be read is a Problem, and the rest is read."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        self._where = where
        self._problems = problems

    def of(self, group: Any, name: str) -> dict[str, Cell]:  # noqa: ANN401 - h5py has no types
        """Return the attributes of a group as cells."""
        cells: dict[str, Cell] = {"_name": name}
        numbered = _NUMBERED.fullmatch(name.rpartition("/")[2])
        if numbered:
            cells["_number"] = numbered[2]
        for named in group.attrs:
            key = named if isinstance(named, str) else _decoded(named)
            try:
                cell = _text(group.attrs[named])
            except _DAMAGE as error:
                found = f"an attribute that cannot be read ({str(error)[:100]})"
                self._problems.append(Problem(self._where, "hdf5-attribute", found, "a text", column=f"{name}/{key}"))
                continue
            if cell is not None:
                cells[f"./{key}" if key.startswith(("_", "$")) else key] = cell
        return cells

    def of_info(self, file: Any) -> Iterator[tuple[str, dict[str, Cell]]]:  # noqa: ANN401
        """Yield kind and cells of each group with facts about the image."""
        info = _group(file, _INFO)
        for name in islice(info, _MOST_GROUPS):
            group = info.get(name)
            if group is None:
                continue
            numbered = _NUMBERED.fullmatch(name)
            cells = self.of(group, name)
            for key in [key for key in cells if _COUNTED.fullmatch(key)]:
                kind = key.rstrip("0123456789")
                yield kind, {"_name": name, "_number": key.removeprefix(kind), kind: cells.pop(key)}
            yield (numbered[1].strip() if numbered else name), cells

    def of_data(self, file: Any) -> Iterator[dict[str, Cell]]:  # noqa: ANN401
        """Yield the cells of the first time point's channels, level by level."""
        data = _group(file, _DATA)
        for level in islice(data, _MOST_GROUPS):
            times = _group(data, level)
            first = next(iter(times), "")
            channels = _group(times, first)
            for channel in islice(channels, _MOST_GROUPS):
                yield {"_level": level, **self.of(channels[channel], f"{level}/{first}/{channel}")}


def _group(above: Any, name: str) -> Any:  # noqa: ANN401
    """Return the group of that name; nothing where there is none, or something else."""
    found = above.get(name) if name else None
    return found if hasattr(found, "keys") else {}


def _text(value: Any) -> Cell | None:  # noqa: ANN401 - what h5py returns depends on the file
    """Return an attribute as text: single characters are joined, other arrays are lists."""
    if isinstance(value, bytes):
        return _decoded(value)
    if isinstance(value, str):
        return value
    if not hasattr(value, "shape"):
        return str(value)
    if value.size > _MOST_VALUES:
        return None
    if value.dtype.kind == "S":
        flat = [bytes(one) for one in value.ravel().tolist()]
        if value.dtype.itemsize == 1:
            return _decoded(value.tobytes())
        return [_decoded(one) for one in flat] if len(flat) != 1 else _decoded(flat[0])
    items = [str(one.decode("utf-8", "replace") if isinstance(one, bytes) else one) for one in value.ravel().tolist()]
    return items[0] if len(items) == 1 else items or None


def _decoded(data: bytes) -> str:
    data = data.rstrip(b"\0")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _add_pixel_sizes(rows: dict[str, list[dict[str, Cell]]]) -> None:
    """Add the size of a pixel to the facts about the image; the number of pixels may stand with the data alone."""
    data = next(iter(rows["Data"]), {})
    level = data.get("_level")
    channels = len(rows.get("Channel", ())) or sum(row["_level"] == level for row in rows["Data"])
    for image in rows.get("Image", []):
        if channels:
            image["_channels"] = str(channels)
        for at, axis in enumerate("XYZ"):
            low, high = _number(image, f"ExtMin{at}"), _number(image, f"ExtMax{at}")
            count = _number(image, axis) or _number(data, f"ImageSize{axis}")
            if low is not None and high is not None and count and count > 0 and high != low:
                image[f"_pixel_size_{at}"] = format(_DIGITS.divide(abs(high - low), count).normalize(), "f")
            if count and count > 0:
                image[f"_size_{at}"] = format(count, "f").partition(".")[0]


def _number(row: Row, column: str) -> Decimal | None:
    text = row.get(column)
    try:
        number = Decimal(text.strip()) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < _MOST_MAGNITUDE else None
