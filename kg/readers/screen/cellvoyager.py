"""Yokogawa CellVoyager (CV7000, CV8000, CQ1): the XML files of one measurement, which together say what its images do not.

``MeasurementDetail.mrf`` has the run, ``MeasurementData.mlf`` a record for each image file, the ``.mes`` the settings (light
sources, channels), ``.wpi`` and ``.wpp`` the plate and its maker; the namespace is ``http://www.yokogawa.co.jp/BTS/BTSSchema/1.0``.
The tables are those of `kg.readers.elements`, a set for all; ``_file`` names the file, and ``_id`` and ``_parent`` begin
with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.elements import Dialect, tables_of
from kg.readers.safe_xml import load, root_name
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "cellvoyager"
RANK = 30
TITLE = "Yokogawa CellVoyager measurement (.mrf, .mlf, .mes, .wpi, .wpp)"

_NAMESPACE = "http://www.yokogawa.co.jp/"
_DIALECT = Dialect(units_beside=False)  # a record of an image has the file name as text and all the rest as attributes
_DETAIL = ".mrf"
_SIDECARS = (".mlf", ".mes", ".wpi", ".wpp")
_IMAGE = re.compile(r"_[A-Z]{1,2}\d{2}_T\d{4}F\d{3}L\d{2}A\d{2}Z\d{2}C\d{2}\.(tif|png)$", re.IGNORECASE)
_CORRECTION = re.compile(r"^(DC|SC)_.*\.tif$", re.IGNORECASE)


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield the measurement of a folder: the ``.mrf`` stands for its sidecars, its images and the images that correct them."""
    details = [name for name in folder.files if name.lower().endswith(_DETAIL)]
    if len(details) != 1:
        return
    members = [name for name in folder.files if name.lower().endswith(_SIDECARS)]
    members += [name for name in folder.files if _IMAGE.search(name) or _CORRECTION.match(name)]
    members += [name for name in folder.files if name.lower() == "geometry_parameter.xml"]
    yield Bundle(details[0], tuple(members))


def claims(peek: Peek) -> bool:
    """Claim XML of Yokogawa's namespaces, also one file alone."""
    root = root_name(peek.head)
    return root is not None and root.namespace.startswith(_NAMESPACE)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a measurement; images are not opened, as they say nothing of themselves.

    Raises:
        SourceError: the file that stands for the measurement is not valid XML.
        LimitError: beyond the limits.
    """
    problems: list[Problem] = []
    found: dict[str, list[pl.DataFrame]] = {}
    told = {"files": 0}
    for path in (source.path, *source.parts):
        if path != source.path and not path.name.lower().endswith((*_SIDECARS, ".xml")):
            continue
        try:
            frames = tables_of(load(path, limits, path.name), limits, path.name, _DIALECT)
        except SourceError as error:
            if path == source.path:
                raise SourceError(source.key, error.what) from error
            expected = "a sidecar that is valid XML"
            problems.append(
                Problem(source.key, "sidecar", error.what, expected, path.name, repair="left out", severity="error")
            )
            continue
        told["files"] += 1
        for kind, frame in frames.items():
            found.setdefault(kind, []).append(_of_file(frame, path))
    tables = {kind: Table(kind, pl.concat(frames, how="diagonal_relaxed").lazy()) for kind, frames in found.items()}
    return Reading(NAME, tables, tuple(problems), _facts(tables) | {"files": str(told["files"])})


def _of_file(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Return a frame whose rows say which file they are from; places in it are no other file's."""
    prefix = pl.lit(f"{path.name}#")
    places = [(prefix + pl.col(name)).alias(name) for name in ("_id", "_parent")]
    return frame.with_columns(*places, pl.lit(path.name).alias("_file")).select(ROW, pl.exclude(ROW))


def _facts(tables: dict[str, Table]) -> dict[str, str]:
    detail = tables.get("MeasurementDetail")
    if detail is None:
        return {}
    row = detail.frame.first().collect().row(0, named=True)
    names = {"system": "TargetSystem", "release": "ReleaseNumber"}
    return {fact: row[column] for fact, column in names.items() if row.get(column)}
