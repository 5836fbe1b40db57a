"""EMD, the HDF5 of electron microscopy: Velox (Thermo Fisher) and Berkeley (NCEM, Prismatic, py4DSTEM); no arrays.

Velox keeps JSON in the columns of ``Metadata``, one per frame, and in short text datasets. Tables: ``file`` (versions),
``signal`` (a row per image, spectrum or stream with the metadata of its first frame), ``Detectors``, ``Apertures`` and
``CustomProperties`` of a signal (named in ``key``), ``frame`` (what differs in the frames after the first), ``document`` (all
other JSON, by ``path``; the layout of windows as text). Derived columns of ``signal``: ``_size_x``, ``_size_y``,
``_frames``. Berkeley files give the tables of `kg.readers.em.hdf5_tree` and
`kg.readers.em.emd_berkeley`. A zip archive of EMD files is read as one source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.em.emd_berkeley import with_axes
from kg.readers.em.hdf5 import facts_of, is_hdf5, opened
from kg.readers.em.hdf5_tree import tree_of
from kg.readers.em.native import cells_of, with_derived
from kg.readers.limits import Limits
from kg.readers.peek import ZIP, Peek
from kg.readers.safe_json import loads
from kg.readers.safe_zip import members
from kg.readers.tree import tables_of
from kg.table import Reading, Source, Table

NAME = "emd"
RANK = 40
TITLE = "EMD of Velox and Berkeley (.emd, also zipped); metadata only"

_SUFFIX = ".emd"
_MAPS = frozenset(("Detectors", "Apertures", "CustomProperties", "Shutters", "GasInjectionSystems"))
_LAYOUT = ("/Application/", "/Presentation/", "/Displays/")
_MOST_FRAMES = 2_000
_MOST_METADATA = 16 * 1024 * 1024
_MOST_DOCUMENTS = 20_000
_MOST_DEPTH = 12
_NAME_LENGTH = slice(26, 28)
_SIGNAL_SHAPE = 3


def claims(peek: Peek) -> bool:
    """Claim HDF5 named .emd, and a zip archive whose first file is named so."""
    if peek.head.startswith(ZIP):
        length = int.from_bytes(peek.head[_NAME_LENGTH], "little")
        return peek.head[30 : 30 + length].lower().endswith(_SUFFIX.encode())
    return peek.suffix == _SUFFIX and is_hdf5(peek.head)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the file, or of all EMD files of an archive.

    Raises:
        SourceError: damaged, or an archive without a file that can be read.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        zipped = stream.read(len(ZIP)) == ZIP
    if not zipped:
        return _read(source.path, source.key, source.path.name, limits)
    readings, problems = [], []
    with members(source.path, limits, source.key) as archive:
        for member in archive.members:
            data = archive.try_read(member) if member.name.lower().endswith(_SUFFIX) else None
            if data is None:
                continue
            try:
                with opened(data, f"{source.key}, {member.name}") as (h5py, file):
                    readings.append(_Velox(h5py, file, limits, source.key).tree(member.name))
            except LimitError:
                raise
            except SourceError as error:
                problems.append(Problem(source.key, "emd", error.what, "an EMD file", member.name, repair="the rest is read"))
        problems.extend(archive.problems)
    if not readings:
        raise SourceError(source.key, "is an archive without an EMD file of Velox that can be read")
    tables = _tables([tree for tree, _, _ in readings], limits, source.key)
    found = tuple(problem for _, some, _ in readings for problem in some)
    return Reading(NAME, tables, (*problems, *found), {"kind": "velox", "files": str(len(readings))})


def _read(path: Path, where: str, name: str, limits: Limits) -> Reading:
    with opened(path, where) as (h5py, file):
        velox = _Velox(h5py, file, limits, where)
        if not velox.is_velox():
            tree = tree_of(h5py, file, limits, where)
            tables = with_axes(file, tree.tables(limits, where))
            return Reading(NAME, tables, tuple(tree.problems), {**facts_of(tree), "kind": "berkeley"})
        found, problems, facts = velox.tree(name)
    return Reading(NAME, _tables([found], limits, where), tuple(problems), {"kind": "velox", **facts})


def _tables(files: list[dict[str, object]], limits: Limits, where: str) -> dict[str, Table]:
    tables = tables_of({"file": files}, limits, where)
    tables.pop("root", None)  # it has no cells
    if "signal" in tables:
        derived: dict[str, list[str | None]] = {}
        shapes = [(cell or "").split(" x ") for cell in cells_of(tables["signal"], "shape")]
        whole = [shape if len(shape) == _SIGNAL_SHAPE else ["", "", ""] for shape in shapes]
        for place, column in enumerate(("_size_y", "_size_x", "_frames")):
            derived[column] = [shape[place] or None for shape in whole]
        tables["signal"] = with_derived(tables["signal"], derived)
    return tables


def _listed(tree: Mapping[str, object]) -> dict[str, object]:
    """Return a tree in which what Velox names by number or path is a list of objects that say their ``key``."""
    made: dict[str, object] = {}
    todo: list[tuple[Mapping[str, object], dict[str, object]]] = [(tree, made)]
    while todo:
        here, there = todo.pop()
        for name, value in here.items():
            if not isinstance(value, Mapping):
                there[name] = value
            elif name in _MAPS and value and all(isinstance(item, Mapping) for item in value.values()):
                rows: list[dict[str, object]] = [{"key": key} for key in value]
                todo.extend(zip(value.values(), rows, strict=True))
                there[name] = rows
            else:
                below: dict[str, object] = {}
                there[name] = below
                todo.append((value, below))
    return made


class _Velox:
    """One open Velox file, as a tree of what its JSON says."""

    def __init__(self, h5py: Any, file: Any, limits: Limits, where: str) -> None:  # noqa: ANN401 - h5py has no types
        self._h5py = h5py
        self._file = file
        self._limits = limits
        self._where = where
        self._problems: list[Problem] = []

    def is_velox(self) -> bool:
        """Return whether the file says so, or is built so."""
        version = self._json(self._hard(self._file, "Version"))
        if isinstance(version, Mapping) and version.get("format") == "Velox":
            return True
        return isinstance(self._hard(self._file, "Data"), self._h5py.Group) and "Experiment" in self._file

    def tree(self, name: str) -> tuple[dict[str, object], list[Problem], dict[str, str]]:
        """Return what the file says, what was wrong, and its facts."""
        tree: dict[str, object] = {"File": name}
        documents: list[dict[str, object]] = []
        for place, item in self._datasets():
            value = self._json(item)
            if place in {"/Version", "/Info"} and isinstance(value, Mapping):
                tree[place[1:]] = value
            elif isinstance(value, Mapping) and not place.startswith(_LAYOUT):
                documents.append({"path": place, **value})
            elif value is not None:
                documents.append({"path": place, "text": [value] if isinstance(value, Mapping) else value})
        tree["signal"] = self._signals()
        tree["document"] = documents
        version = tree.get("Version")
        said = version.get("version") if isinstance(version, Mapping) else None
        return tree, self._problems, {"version": str(said)} if said else {}

    def _hard(self, group: Any, name: str) -> Any | None:  # noqa: ANN401
        """Return a member, unless a link leads out of the group."""
        try:
            link = group.get(name, getlink=True)
            return group[name] if isinstance(link, self._h5py.HardLink) else None
        except (KeyError, RuntimeError, OSError, ValueError):
            return None

    def _datasets(self) -> Iterator[tuple[str, Any]]:
        """Yield the short text datasets, outside of the arrays of a signal."""
        todo = [("", self._file, 0)]
        left = _MOST_DOCUMENTS
        while todo:
            place, group, depth = todo.pop()
            for name in group:
                left -= 1
                if left < 0:
                    raise LimitError(self._where, f"holds more than {_MOST_DOCUMENTS:,} groups and datasets")
                item = self._hard(group, name)
                if isinstance(item, self._h5py.Group) and depth < _MOST_DEPTH:
                    todo.append((f"{place}/{name}", item, depth + 1))
                elif self._is_text(item):
                    yield f"{place}/{name}", item

    def _is_text(self, item: Any | None) -> bool:  # noqa: ANN401
        """Return whether something is one text that lies in this file."""
        if not isinstance(item, self._h5py.Dataset) or item.size != 1 or item.is_virtual or item.external:
            return False
        return self._h5py.check_string_dtype(item.dtype) is not None

    def _json(self, item: Any) -> object | None:  # noqa: ANN401
        """Return the JSON of a short text dataset, its text where it is none; None for anything else."""
        if item is None or not self._is_text(item):
            return None
        try:
            value = item[()] if not item.shape else item[:].ravel()[0]
        except (OSError, RuntimeError, ValueError) as error:
            self._note(item.name, f"something that cannot be read ({str(error)[:100]})")
            return None
        data = value if isinstance(value, bytes) else str(value).encode()
        return self._parsed(data, item.name)

    def _parsed(self, data: bytes, place: str) -> object | None:
        data = data.partition(b"\0")[0].strip()
        if not data:
            return None
        if not data.startswith((b"{", b"[")):
            return data.decode("utf-8", "replace")
        try:
            return loads(data, self._limits, f"{self._where}, {place}").value
        except LimitError:
            raise
        except SourceError as error:
            self._note(place, f"JSON that cannot be read ({error.what[:200]})")
            return data.decode("utf-8", "replace")

    def _note(self, place: str, found: str) -> None:
        self._problems.append(Problem(self._where, "emd-json", found, "JSON of Velox", place, repair="the rest is read"))

    def _signals(self) -> list[dict[str, object]]:
        """Return a tree per signal: kind, name, shape, the metadata of its first frame and what differs in the others."""
        signals: list[dict[str, object]] = []
        data = self._hard(self._file, "Data")
        for kind in data if isinstance(data, self._h5py.Group) else ():
            group = self._hard(data, kind)
            for name in group if isinstance(group, self._h5py.Group) else ():
                one = self._hard(group, name)
                if not isinstance(one, self._h5py.Group):
                    continue
                signal: dict[str, object] = {"kind": kind, "id": name}
                array = self._hard(one, "Data")
                if isinstance(array, self._h5py.Dataset):
                    signal |= {"shape": " x ".join(map(str, array.shape)), "dtype": str(array.dtype.name)}
                frames = list(self._frames(one, f"/Data/{kind}/{name}"))
                first = frames[0] if frames else {}
                known = _flat(first)
                later = [
                    {"number": str(place), **{path: cell for path, cell in _flat(frame).items() if known.get(path) != cell}}
                    for place, frame in enumerate(frames[1:], start=1)
                ]
                signals.append({**signal, **_listed(first), "frame": [row for row in later if len(row) > 1]})
        return signals

    def _frames(self, signal: Any, place: str) -> Iterator[Mapping[str, object]]:  # noqa: ANN401
        """Yield the metadata of each frame."""
        metadata = self._hard(signal, "Metadata")
        if not isinstance(metadata, self._h5py.Dataset) or metadata.dtype.kind not in "uiS" or metadata.is_virtual:
            return
        shape = metadata.shape
        if len(shape) not in {1, 2} or not 0 < shape[0] * metadata.dtype.itemsize <= _MOST_METADATA or metadata.external:
            self._note(f"{place}/Metadata", f"metadata of the shape {shape}")
            return
        count = shape[1] if len(shape) > 1 else 1
        for at in range(min(count, _MOST_FRAMES)):
            try:
                column = metadata[:, at] if len(shape) > 1 else metadata[:]
            except (OSError, RuntimeError, ValueError) as error:
                self._note(f"{place}/Metadata", f"a frame that cannot be read ({str(error)[:100]})")
                return
            value = self._parsed(column.tobytes(), f"{place}/Metadata[{at}]")
            if isinstance(value, Mapping):
                yield value
        if count > _MOST_FRAMES:
            found = f"{count:,} frames, of which the metadata of the first {_MOST_FRAMES:,} is read"
            self._problems.append(
                Problem(self._where, "emd-frames", found, "fewer frames", f"{place}/Metadata", severity="info")
            )


def _flat(tree: Mapping[str, object]) -> dict[str, object]:
    """Return the leaves of a tree by their path."""
    leaves: dict[str, object] = {}
    todo: list[tuple[str, Mapping[str, object]]] = [("", tree)]
    while todo:
        prefix, here = todo.pop()
        for name, value in here.items():
            if isinstance(value, Mapping):
                todo.append((f"{prefix}{name}.", value))
            else:
                leaves[f"{prefix}{name}"] = value
    return leaves
