"""HDF5 of any kind that no other reader knows: groups, attributes and short values; arrays are described, not read.

Tables and their columns: `kg.readers.em.hdf5_tree`. Facts: ``top`` (names at the top, of
attributes too), ``kind`` (``nexus``, ``bdv``,
``emd`` or nothing), for recognition.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from kg.errors import SourceError
from kg.readers.em.emd_berkeley import with_axes
from kg.readers.em.hdf5_tree import DATASET, GROUP, Tree, tree_of
from kg.readers.limits import Limits
from kg.readers.needs import needed
from kg.readers.peek import Peek
from kg.table import Reading, Source

NAME = "hdf5"
RANK = 85
TITLE = "HDF5 of any kind (.h5, .hdf5, .nxs); attributes and short values"

MAGIC = b"\x89HDF\r\n\x1a\n"
_STARTS = (0, 512, 1024, 2048, 4096)  # a user block may come first
_MOST_TOP = 50
_EXTRA = "bioimage-kg"


def is_hdf5(head: bytes) -> bool:
    """Return whether the mark of HDF5 stands where it may stand."""
    return any(head.startswith(MAGIC, place) for place in _STARTS)


def claims(peek: Peek) -> bool:
    """Claim whatever has the mark of HDF5."""
    return is_hdf5(peek.head)


@contextmanager
def opened(content: bytes | Any, where: str) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - h5py has no types
    """Open a file by path or bytes, without locking it and without further files; yields the module and the file.

    Raises:
        SourceError: it cannot be opened, or turns out damaged while it is open.
    """
    h5py = needed("h5py", where, _EXTRA)
    target: BinaryIO | str = io.BytesIO(content) if isinstance(content, bytes) else str(content)
    try:
        with h5py.File(target, "r", locking=False) as file:
            yield h5py, file
    except SourceError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        raise SourceError(where, f"is damaged or cut off, expected a whole HDF5 file ({said})") from error


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables.

    Raises:
        SourceError: it cannot be opened as HDF5.
        LimitError: beyond the limits.
    """
    if source.path.name.lower().endswith(".gz"):
        raise SourceError(source.key, "HDF5 packed with gzip is not read, expected the unpacked file")
    with opened(source.path, source.key) as (h5py, file):
        tree = tree_of(h5py, file, limits, source.key)
        tables, facts = tree.tables(limits, source.key), facts_of(tree)
        if facts.get("kind") == "emd":
            tables = with_axes(file, tables)
    return Reading(NAME, tables, tuple(tree.problems), facts)


def facts_of(tree: Tree) -> dict[str, str]:
    """Return what tells dialects of HDF5 apart."""
    rows = [row for kind in (GROUP, DATASET) for row in tree.rows[kind]]
    root = tree.rows[GROUP][0]
    top = [row.path[1:] for row in rows if row.parent == "/"] + [name for name in root.cells if "@" not in name]
    facts = {"top": ", ".join(top[:_MOST_TOP]), "groups": str(len(tree.rows[GROUP])), "datasets": str(len(tree.rows[DATASET]))}
    attributes = {name for row in rows for name in row.cells}
    if "NX_class" in attributes:
        facts["kind"] = "nexus"
    elif attributes & {"emd_group_type", "version_major"}:
        facts["kind"] = "emd"
    elif any(name.startswith("t00000") for name in top) and "s00" in top:
        facts["kind"] = "bdv"
    return facts
