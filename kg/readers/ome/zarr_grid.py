"""The pixel grid of a multiscale image: its axes, size, pixel sizes and their units, as each version of OME-Zarr writes them.

https://ngff.openmicroscopy.org/ ; 0.1 and 0.2 have the five axes of OME, 0.3 names them, 0.4 and 0.5 give them type and unit
and give each array a scale (an outer scale is applied after it), from 0.6 on axes stand in coordinate systems, and the system
that an array's transformation leads to is the one its scale is in. A scale whose axis has no unit is no pixel size.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from kg.readers.safe_json import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.safe_json import JsonValue

    Json = dict[str, JsonValue]

_OLD = {"0.1": "tczyx", "0.2": "tczyx"}
_DIMENSIONS = "xyzct"
_TYPES = {"time": "t", "channel": "c"}
_NO_UNIT = frozenset(("", "pixel", "pixels", "px", "none", "null", "unknown", "arbitrary", "a.u.", "unit", "units"))


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis, with its dimension (one of ``xyzct``, or empty) and its unit (or empty)."""

    name: str
    dimension: str
    unit: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of one array.

    Attributes:
        axes: in the order of the array.
        shape: pixels along each axis; empty where the array is not known.
        scale: one text per axis as written, or their product with an outer scale; empty where there is none.
        odd: what is wrong with it, in words; empty where nothing is.
    """

    axes: tuple[Axis, ...]
    shape: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()
    odd: str = ""

    def cells(self) -> dict[str, str]:
        """Return the derived cells: ``_axes``, and per dimension ``_size_``, and ``_pixel_`` with its ``_unit_``."""
        cells = {"_axes": ",".join(axis.name for axis in self.axes)} if self.axes else {}
        for place, axis in enumerate(self.axes):
            if not axis.dimension or f"_size_{axis.dimension}" in cells or f"_pixel_{axis.dimension}" in cells:
                continue
            if self.shape:
                cells[f"_size_{axis.dimension}"] = self.shape[place]
            if self.scale and axis.unit and axis.dimension != "c" and _positive(self.scale[place]):
                cells[f"_pixel_{axis.dimension}"] = self.scale[place]
                cells[f"_unit_{axis.dimension}"] = axis.unit
        return cells


def grid_of(multiscale: Json, dataset: Json, array: Json | None, version: str) -> Grid:
    """Return the grid of one array of a multiscale image.

    Args:
        multiscale: one member of ``multiscales``.
        dataset: one member of its ``datasets``.
        array: metadata of the array, if there is any.
        version: version of OME-Zarr, or empty.
    """
    steps = _transformations(dataset)
    systems = multiscale.get("coordinateSystems")
    axes = _axes(_system(systems, _output(steps)) if isinstance(systems, list) else multiscale.get("axes"))
    shape = tuple(str(size) for size in _numbers((array or {}).get("shape")))
    if not axes and not isinstance(multiscale.get("axes"), list) and len(shape) in {0, 5}:
        axes = tuple(_axis(name) for name in _OLD.get(version, ""))
    scale = _scale(steps)
    if scale and not isinstance(systems, list):
        scale = _product(scale, _scale(_transformations(multiscale)))
    odd = ""
    if axes and shape and len(shape) != len(axes):
        odd, shape = f"an array of {len(shape)} dimensions with {len(axes)} axes", ()
    if axes and scale and len(scale) != len(axes):
        odd, scale = f"a scale of {len(scale)} numbers for {len(axes)} axes", ()
    return Grid(axes, shape, scale if axes else (), odd)


def objects(value: JsonValue) -> list[Json]:
    """Return the objects of an array, or none.

    >>> objects([{"a": "1"}, "b"]), objects(None)
    ([{'a': '1'}], [])
    """
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: JsonValue) -> str:
    """Return a text or number as text; empty for anything else."""
    return str(value) if isinstance(value, str) else ""


def _transformations(owner: Mapping[str, JsonValue]) -> list[Json]:
    """Return the transformations of an array or image; those of a sequence one by one."""
    steps = objects(owner.get("coordinateTransformations"))
    if len(steps) == 1 and steps[0].get("type") == "sequence":
        output = steps[0].get("output")
        return [{"output": output, **step} for step in objects(steps[0].get("transformations"))]
    return steps


def _output(steps: list[Json]) -> str:
    for step in steps:
        output = step.get("output")
        name = output.get("name") if isinstance(output, dict) else output
        if text(name):
            return text(name)
    return ""


def _system(systems: list[JsonValue], name: str) -> JsonValue:
    """Return the axes of the coordinate system of a name; of the only one there is if it has another."""
    known = objects(systems)
    for system in known:
        if text(system.get("name")) == name:
            return system.get("axes")
    return known[0].get("axes") if len(known) == 1 and not name else None


def _axes(value: JsonValue) -> tuple[Axis, ...]:
    return tuple(_axis(item) for item in value) if isinstance(value, list) else ()


def _axis(value: JsonValue) -> Axis:
    if not isinstance(value, dict):
        name = text(value)
        return Axis(name, name.lower() if len(name) == 1 and name.lower() in _DIMENSIONS else "", "")
    name, kind, unit = text(value.get("name")), text(value.get("type")), text(value.get("unit"))
    letter = name.lower() if len(name) == 1 and name.lower() in _DIMENSIONS else ""
    if kind in _TYPES:
        letter = _TYPES[kind]
    elif kind == "space" and letter in {"c", "t"}:  # a letter that stands for something else here
        letter = ""
    return Axis(name, letter, "" if unit.strip().lower() in _NO_UNIT else unit)


def _scale(steps: list[Json]) -> tuple[str, ...]:
    """Return the scale if that is all that the transformations do to the size of a pixel."""
    scale: tuple[str, ...] = ()
    for step in steps:
        kind = text(step.get("type"))
        if kind == "scale":
            scale = _product(scale, tuple(_numbers(step.get("scale"))))
        elif kind not in {"translation", "identity"}:
            return ()
    return scale


def _numbers(value: JsonValue) -> list[str]:
    return [str(item) for item in value if isinstance(item, Number)] if isinstance(value, list) else []


def _product(inner: tuple[str, ...], outer: tuple[str, ...]) -> tuple[str, ...]:
    """Return two scales as one; a number stays as written where the other is one."""
    if not inner or not outer or len(inner) != len(outer):
        return inner or outer
    return tuple(_times(one, two) for one, two in zip(inner, outer, strict=True))


def _times(one: str, two: str) -> str:
    try:
        first, second = Decimal(one), Decimal(two)
        if second == 1:
            return one
        return two if first == 1 else str(first * second)
    except ArithmeticError:
        return "0"


def _positive(number: str) -> bool:
    try:
        value = Decimal(number)
    except InvalidOperation:
        return False
    return value.is_finite() and value > 0
