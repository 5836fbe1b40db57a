"""The axes of data in an EMD file of Berkeley: what ``dim1``, ``dim2`` and so on say beside an array.

https://emdatasets.com/format ; each is a vector of the positions along one axis (or only the first two), the slowest axis
first, with its unit in an attribute, written as ``[n_m]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.readers.em.hdf5_tree import DATASET
from kg.readers.em.native import cells_of, single, text, with_derived
from kg.table import Table

_AXES = "xyz"
_DATA = "data"


def with_axes(file: Any, tables: Mapping[str, Table]) -> dict[str, Table]:  # noqa: ANN401 - h5py has no types
    """Return the tables of a file, with ``_step_x`` and ``_unit_x`` (and so for y and z) beside each array ``data``."""
    if DATASET not in tables:
        return dict(tables)
    paths, names = (cells_of(tables[DATASET], column) for column in ("_id", "_name"))
    columns: dict[str, list[str | None]] = {}
    for path, name in zip(paths, names, strict=True):
        found = _axes(file, path or "") if name == _DATA else {}
        for axis in _AXES:
            step, unit = found.get(axis, (None, None))
            columns.setdefault(f"_step_{axis}", []).append(step)
            columns.setdefault(f"_unit_{axis}", []).append(unit)
    return {**tables, DATASET: with_derived(tables[DATASET], columns)}


def _axes(file: Any, path: str) -> dict[str, tuple[str | None, str | None]]:  # noqa: ANN401
    """Return step and unit of the fastest axes of an array."""
    found: dict[str, tuple[str | None, str | None]] = {}
    try:
        count = len(file[path].shape)
        for place, axis in enumerate(_AXES[:count]):
            name = f"{path.rpartition('/')[0]}/dim{count - place}"
            link = file.get(name, getlink=True) if name in file else None
            vector = file[name] if type(link).__name__ == "HardLink" else None
            if vector is None or len(vector.shape) != 1 or vector.shape[0] < 2 or vector.is_virtual or vector.external:  # noqa: PLR2004
                continue
            unit = vector.attrs.get("units", b"")
            first, second = vector[:2].tolist()
            is_bytes = isinstance(unit, bytes) or getattr(getattr(unit, "dtype", None), "kind", "") == "S"
            written = text(bytes(unit)) if is_bytes else str(unit)
            found[axis] = (_step(first, second, narrow=vector.dtype.itemsize <= 4), _unit(written))  # noqa: PLR2004 - bytes of single
    except (KeyError, OSError, RuntimeError, ValueError, TypeError):
        return found
    return found


def _step(first: float, second: float, *, narrow: bool) -> str | None:
    try:
        if narrow:
            return single(float(second) - float(first))
        step = Decimal(repr(second)) - Decimal(repr(first))
    except (InvalidOperation, ValueError):
        return None
    return format(step, "f") if step.is_finite() else None


def _unit(written: str) -> str | None:
    """Return a unit as other programs write it.

    >>> _unit("[n_m]"), _unit("nm")
    ('nm', 'nm')
    """
    return written.strip().strip("[]").replace("_", "") or None
