"""AnnData (.h5ad): cells or spots with what is known of each, as a set of annotations.

https://anndata.readthedocs.io ; the matrix is not read. ``AnnotationSet`` has ``_count`` (observations), ``_variables`` (how
many), ``_columns`` (of ``obs``), ``_measurements`` (names of the variables where they are few), and list cells
``obs.<column>`` with the categories of each column that has at most 200. Strings and short numbers below ``uns`` are columns
``uns.<path>``; ``keys.<group>`` lists what ``obsm``, ``layers``, ``obsp``, ``varm`` and ``uns`` hold. A row of ``Class`` per
cell type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.em.hdf5 import is_hdf5, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "anndata"
RANK = 45
TITLE = "AnnData (.h5ad): observations, variables, spatial keys"

_GROUPS = ("obsm", "varm", "obsp", "varp", "layers", "uns")
_CLASS = ("cell_type", "celltype", "cell type", "annotation", "cluster", "leiden", "louvain", "region")
_MOST_CATEGORIES = 200
_MOST_CLASSES = 5_000
_MOST_NAMES = 1_000
_MOST_UNS = 2_000
_MOST_VALUES = 64
_MOST_TEXT = 100_000
_DEEP = 8
_STEP = 1_000_000


def claims(peek: Peek) -> bool:
    """Claim HDF5 that is named .h5ad."""
    return peek.suffix == ".h5ad" and is_hdf5(peek.head)


def read(source: Source, limits: Limits) -> Reading:
    """Read what stands beside the matrix.

    Raises:
        SourceError: it cannot be opened as HDF5.
        LimitError: beyond the limits.
    """
    found = Carrier("AnnData")
    with opened(source.path, source.key) as (h5py, file):
        own: dict[str, object] = {f"@{name}": _scalar(value) for name, value in file.attrs.items()}
        obs, var = _get(h5py, file, "obs"), _get(h5py, file, "var")
        found.count = _length(h5py, obs)
        found.derived |= {"_variables": str(_length(h5py, var)), "_columns": _columns(h5py, obs)}
        own |= _categories(h5py, obs, file)
        found.measure(_names(h5py, var))
        for name in _GROUPS:
            group = _get(h5py, file, name)
            if isinstance(group, h5py.Group) and len(group):
                own[f"keys.{name}"] = [str(key) for key in list(group)[:_MOST_NAMES]]
        own |= _uns(h5py, _get(h5py, file, "uns"))
        _classes(h5py, obs, file, found)
        keys = own.get("keys.obsm")
        if isinstance(keys, list) and any("spatial" in key.lower() for key in keys):
            found.kinds(carrier.POINTS)
    found.own = own
    if not found.types and not found.classes.rows:
        found.kinds(carrier.OTHER)
    return found.reading(NAME, source, limits)


def _get(h5py: Any, group: Any, name: str) -> Any | None:  # noqa: ANN401 - h5py has no types
    """Return a member of a group; None where there is none, or where it lies in another file or behind a soft link."""
    if not name or not isinstance(group, h5py.Group) or not isinstance(group.get(name, getlink=True), h5py.HardLink):
        return None
    item = group[name]
    return None if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual) else item


def _length(h5py: Any, table: Any) -> int:  # noqa: ANN401 - h5py has no types
    """Return the number of rows of a data frame, as newer and older versions write it."""
    if isinstance(table, h5py.Dataset):
        return int(table.shape[0]) if table.shape else 0
    if not isinstance(table, h5py.Group):
        return 0
    index = _get(h5py, table, str(_scalar(table.attrs.get("_index", "_index"))))
    if isinstance(index, h5py.Group):
        index = _get(h5py, index, "values")
    return int(index.shape[0]) if isinstance(index, h5py.Dataset) and index.shape else 0


def _columns(h5py: Any, table: Any) -> list[str]:  # noqa: ANN401
    if isinstance(table, h5py.Dataset):
        return [str(name) for name in (table.dtype.names or ())][:_MOST_NAMES]
    if not isinstance(table, h5py.Group):
        return []
    order = table.attrs.get("column-order")
    listed = hasattr(order, "tolist") and order.ndim == 1
    named = [str(_scalar(name)) for name in order.tolist()] if listed else [str(name) for name in table]
    return [name for name in named if name not in {"__categories", _scalar(table.attrs.get("_index", ""))}][:_MOST_NAMES]


def _categorical(h5py: Any, table: Any, name: str, file: Any) -> tuple[Any, Any] | None:  # noqa: ANN401
    """Return categories and codes of a column; None where it has no categories."""
    column = _get(h5py, table, name)
    if isinstance(column, h5py.Group):
        categories, codes = _get(h5py, column, "categories"), _get(h5py, column, "codes")
    elif isinstance(column, h5py.Dataset) and "categories" in column.attrs:  # before version 0.8
        reference = column.attrs["categories"]
        categories, codes = (file[reference], column) if isinstance(reference, h5py.Reference) else (None, None)
    else:
        return None
    flat = all(isinstance(part, h5py.Dataset) and part.ndim == 1 for part in (categories, codes))
    return (categories, codes) if flat else None


def _categories(h5py: Any, table: Any, file: Any) -> dict[str, object]:  # noqa: ANN401
    found: dict[str, object] = {}
    for name in _columns(h5py, table):
        parts = _categorical(h5py, table, name, file)
        if parts and 0 < parts[0].shape[0] <= _MOST_CATEGORIES:
            found[f"obs.{name}"] = [str(_scalar(value)) for value in parts[0][:]]
    return found


def _classes(h5py: Any, table: Any, file: Any, found: Carrier) -> None:  # noqa: ANN401
    """Count the observations of each cell type, or of the first other column that classifies them."""
    columns = {name.lower(): name for name in _columns(h5py, table)}
    for wanted in _CLASS:
        parts = _categorical(h5py, table, columns[wanted], file) if wanted in columns else None
        if parts is None or not 0 < parts[0].shape[0] <= _MOST_CLASSES:
            continue
        names = [str(_scalar(value)) for value in parts[0][:]]
        counts = [0] * len(names)
        for start in range(0, parts[1].shape[0], _STEP):
            codes, times = _distinct(parts[1][start : start + _STEP].tolist())
            for code, count in zip(codes, times, strict=True):
                if isinstance(code, int) and 0 <= code < len(names):
                    counts[code] += count
        for name, count in zip(names, counts, strict=True):
            found.classes.add(name, count, {columns[wanted]: name})
        return


def _distinct(codes: list[int]) -> tuple[list[int], list[int]]:
    counts: dict[int, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return list(counts), list(counts.values())


def _names(h5py: Any, table: Any) -> list[str]:  # noqa: ANN401
    """Return the names of the variables where they are few, as for panels of antibodies or probes."""
    if not isinstance(table, h5py.Group):
        return []
    index = _get(h5py, table, str(_scalar(table.attrs.get("_index", "_index"))))
    if index is None or not isinstance(index, h5py.Dataset) or index.ndim != 1 or index.shape[0] > _MOST_NAMES:
        return []
    return [str(_scalar(value)) for value in index[:]]


def _uns(h5py: Any, group: Any) -> dict[str, object]:  # noqa: ANN401
    """Return what is short among the unstructured values, by path."""
    found: dict[str, object] = {}
    for path, item in _below(h5py, group):
        if len(found) >= _MOST_UNS:
            break
        if item.size is None or item.size > _MOST_VALUES or item.dtype.names or item.nbytes > _MOST_TEXT:
            continue
        value = item[()]
        if getattr(value, "ndim", 0):
            found[f"uns.{path}"] = [str(_scalar(part))[:_MOST_TEXT] for part in value.ravel().tolist()]
        else:
            found[f"uns.{path}"] = str(_scalar(value))[:_MOST_TEXT]
    return found


def _below(h5py: Any, group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield the arrays below a group in order of names, links to other files left out."""
    todo = [("", group, 0)] if isinstance(group, h5py.Group) else []
    while todo:
        path, here, depth = todo.pop()
        for name in here:
            item = _get(h5py, here, name)
            place = f"{path}.{name}" if path else str(name)
            if isinstance(item, h5py.Dataset):
                yield place, item
            elif isinstance(item, h5py.Group) and depth < _DEEP and len(todo) < _MOST_UNS:
                todo.append((place, item, depth + 1))


def _scalar(value: Any) -> object:  # noqa: ANN401
    """Return a value of HDF5 as text or number."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else str(value)
