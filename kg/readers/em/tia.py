"""TIA of FEI: an EMI file with its SER files, or a SER file alone; metadata only.

Tables: ``object`` (a row per object of the EMI file), ``series`` (a row per SER file), ``Dimensions`` and ``Elements`` of a
series. The SER file that ends in ``_1`` belongs to the first object, and so on. Derived columns of ``series``: ``_object``
(the ``_id`` of its object) and ``_acquired``, the time of its first element on the clock of the microscope, whose zone is
not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.em import emi_objects, ser_header
from kg.readers.em.native import moment, with_derived
from kg.readers.limits import Limits
from kg.readers.peek import Peek
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

NAME = "tia"
RANK = 40
TITLE = "FEI TIA (.emi with its .ser, or .ser alone); metadata only"

_NUMBERED = re.compile(r"(.+)_(\d+)\.ser", re.IGNORECASE)
_OBJECT, _SERIES = "object", "series"


def claims(peek: Peek) -> bool:
    """Claim the mark of a SER file, and binary data named .emi."""
    return peek.head.startswith(ser_header.MAGIC) or (peek.suffix == ".emi" and not peek.text)


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield each EMI file with the SER files that are named after it."""
    series: dict[str, list[tuple[int, str]]] = {}
    for name in folder.files:
        match = _NUMBERED.fullmatch(name)
        if match and not name.startswith("."):
            series.setdefault(match.group(1), []).append((int(match.group(2)), name))
    for name in folder.files:
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix.lower() == "emi" and stem in series:
            yield Bundle(name, tuple(member for _, member in sorted(series[stem])))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the objects and of the series.

    Raises:
        SourceError: neither an object nor a series in it.
        LimitError: beyond the limits.
    """
    problems: list[Problem] = []
    objects: list[dict[str, object]] = []
    files = list(source.parts)
    with source.path.open("rb") as stream:
        magic = stream.read(len(ser_header.MAGIC))
    if magic == ser_header.MAGIC:
        files = [source.path]
    else:
        objects, problems = emi_objects.objects_of(load(source.path, limits, source.key), limits, source.key)
    series = [tree for file in files if (tree := _series(file, source, problems))]
    if not objects and not series:
        what = problems[0].found if problems else "no object that describes data"
        raise SourceError(source.key, f"holds {what}; expected an EMI or SER file of TIA")
    tables = tables_of({_OBJECT: objects, _SERIES: series}, limits, source.key)
    tables.pop("root", None)  # it has no cells
    if series:
        owners = [_owner(str(tree["File"]), len(objects)) for tree in series]
        times = [_first_time(tree) for tree in series]
        tables[_SERIES] = with_derived(tables[_SERIES], {"_object": owners, "_acquired": times})
    facts = {"objects": str(len(objects)), "series": str(len(series))}
    return Reading(NAME, tables, tuple(problems), facts)


def _series(file: Path, source: Source, problems: list[Problem]) -> dict[str, object] | None:
    """Return the tree of a SER file; one that cannot be read is a Problem, unless it stands alone."""
    alone = file == source.path
    where = source.key if alone else f"{source.key} ({file.name})"
    try:
        with file.open("rb") as stream:
            tree, cut = ser_header.read_header(stream, where)
    except SourceError as error:
        if alone:
            raise
        problems.append(Problem(where, "ser", error.what, "a SER file", repair="the rest is read", severity="error"))
        return None
    except OSError as error:
        problems.append(Problem(where, "ser", str(error.strerror or error), "a file that can be opened", severity="error"))
        return None
    if cut:
        problems.append(Problem(where, "ser-cut", cut, "a whole file", repair="what is there is read"))
    return {"File": file.name, **tree}


def _owner(name: str, objects: int) -> str | None:
    match = _NUMBERED.fullmatch(name)
    number = int(match.group(2)) if match else 0
    return f"{_OBJECT}[{number}]" if 0 < number <= objects else None


def _first_time(tree: dict[str, object]) -> str | None:
    elements = tree.get("Elements")
    when = moment(elements[0].get("Time")) if isinstance(elements, list) and elements else None
    return when and when.removesuffix("Z")
