"""MRC and CCP4 maps: header, extended header, and the sidecar of SerialEM or Direct Electron; pixels are never read.

https://www.ccpem.ac.uk/mrc_format/mrc2014.php ; tables: ``header`` (one row), ``extended`` (what the extended header says
of all sections alike), ``section`` (of each, what differs), and those of the sidecar (`kg.readers.em.mdoc`,
`kg.readers.em.de_info`). Derived columns of ``header``: ``_size_x`` to ``_size_z`` by the order of axes, ``_pixel_x`` to
``_pixel_z`` (cell length by sampling, in angstrom; empty where the cell has no length), ``_pixel_type``, ``_big_endian``.
"""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.em import de_info, mdoc
from kg.readers.em.mrc_sections import Extended, Row, fold, lines, sections
from kg.readers.em.native import single, text, with_derived
from kg.readers.limits import Limits
from kg.readers.peek import GZIP, Peek
from kg.readers.tree import tables_of
from kg.table import Reading, Source, Table

NAME = "mrc"
RANK = 40
TITLE = "MRC and CCP4 maps (.mrc, .map, .rec, .st, .ali), with the .mdoc of SerialEM or the info.txt of Direct Electron"

_BYTES = 1024
_MARK = slice(208, 212)
_DELTAVISION = slice(96, 98)
_DELTAVISION_MARKS = (b"\xa0\xc0", b"\xc0\xa0")
_SUFFIXES = (".mrc", ".mrcs", ".map", ".rec", ".st", ".ali", ".preali", ".bl", ".ccp4")
_MODES = {
    0: "int8", 1: "int16", 2: "float", 3: "complex int16", 4: "complex", 6: "uint16", 7: "int32", 12: "half float", 16: "rgb8",
    101: "4 bit",
}  # fmt: skip
_MOST_EXTENDED = 256 * 1024 * 1024
_AXES = "xyz"
_WHOLE = (
    "nx", "ny", "nz", "mode", "nxstart", "nystart", "nzstart", "mx", "my", "mz",
)  # fmt: skip
_CELL = ("cella.x", "cella.y", "cella.z", "cellb.alpha", "cellb.beta", "cellb.gamma")
_STATISTICS = ("dmin", "dmax", "dmean")
_IMOD_STAMP = 1146047817


def claims(peek: Peek) -> bool:
    """Claim a header with its mark, or, with a name that fits, one whose numbers make sense; DeltaVision is another format."""
    head = peek.head
    if len(head) < _MARK.stop or head[_DELTAVISION] in _DELTAVISION_MARKS:
        return False
    if head[_MARK] != b"MAP " and not (peek.name.endswith(_SUFFIXES) and head[_MARK][:3] in {b"\0\0\0", b"MAP"}):
        return False
    return bool(_order(head))


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield a map and the sidecar that is named after it."""
    present = set(folder.files)
    for name in folder.files:
        if name.startswith(".") or not name.lower().endswith(_SUFFIXES):
            continue
        stem = name.rpartition(".")[0]
        found = [side for side in (f"{name}.mdoc", f"{stem}.mdoc", *_info_names(stem)) if side in present]
        if found:
            yield Bundle(name, (found[0],))


def _info_names(stem: str) -> list[str]:
    """Return what Direct Electron calls the sidecar of a movie or an image, by the parts of its name."""
    parts = stem.split("_")
    return [f"{'_'.join(parts[:count])}_info.txt" for count in range(len(parts), 0, -1)]


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a map and of its sidecar.

    Raises:
        SourceError: no MRC file, or shorter than its header.
        LimitError: beyond the limits.
    """
    try:
        with _opened(source.path) as stream:
            head = stream.read(_BYTES)
            if len(head) < _BYTES:
                raise SourceError(source.key, f"has {len(head):,} bytes, expected an MRC header of {_BYTES:,}")
            order = _order(head)
            if not order:
                raise SourceError(source.key, "has no header that makes sense as MRC")
            header = _header(head, order)
            wanted = max(int(header["nsymbt"]), 0)
            extended = stream.read(min(wanted, _MOST_EXTENDED))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(source.key, f"is damaged or cut off as a gzip file ({error})") from error
    problems = list(_shortage(source, wanted, len(extended)))
    tables = _tables(header, _extended(head, header, order, extended), limits, source.key)
    facts = {"byte_order": "little-endian" if order == "<" else "big-endian", "extended_header": header.get("exttyp", "")}
    for part in source.parts:
        beside = _sidecar(part, source, limits)
        tables |= {kind: table for kind, table in beside.tables.items() if kind not in tables}
        problems.extend(beside.problems)
        facts["sidecar"] = part.name
    return Reading(NAME, tables, tuple(problems), {name: fact for name, fact in facts.items() if fact})


def _opened(path: Path) -> io.BufferedIOBase:
    """Open a map; those of the EMDB come packed with gzip, of which only the beginning is unpacked."""
    with path.open("rb") as stream:
        packed = stream.read(len(GZIP)) == GZIP
    return gzip.open(path) if packed else path.open("rb")


def _sidecar(part: Path, source: Source, limits: Limits) -> Reading:
    """Read a sidecar; one that cannot be read is a Problem."""
    take = mdoc.read if part.name.lower().endswith(".mdoc") else de_info.read
    own = replace(source, path=part, key=f"{source.key} ({part.name})", parts=())
    try:
        return take(own, limits)
    except SourceError as error:
        problem = Problem(
            own.key, "sidecar", error.what, "a readable sidecar", repair="the map itself is read", severity="error"
        )
        return Reading(NAME, {}, (problem,))


def _shortage(source: Source, wanted: int, got: int) -> Iterable[Problem]:
    if got < wanted:
        found = f"an extended header of {got:,} bytes where {wanted:,} are declared"
        yield Problem(source.key, "mrc-cut", found, "a whole file", repair="what is there is read")


def _order(head: bytes) -> str:
    """Return the byte order in which a header makes sense; empty where it makes none."""
    by_stamp = {0x44: "<", 0x41: "<", 0x11: ">"}.get(head[212], "<")
    for order in (by_stamp, "<" if by_stamp == ">" else ">"):
        nx, ny, nz, mode = struct.unpack_from(f"{order}4i", head)
        axes = struct.unpack_from(f"{order}3i", head, 64)
        fits = all(0 < size < 2**24 for size in (nx, ny)) and 0 <= nz < 2**28
        if fits and mode in _MODES and (sorted(axes) == [1, 2, 3] or not any(axes)):
            return order
    return ""


def _header(head: bytes, order: str) -> dict[str, str]:
    """Return the fields of the header by the names of the standard, empty ones left out."""
    cells = dict(zip(_WHOLE, map(str, struct.unpack_from(f"{order}10i", head)), strict=True))
    cells |= dict(zip(_CELL, map(single, struct.unpack_from(f"{order}6f", head, 40)), strict=True))
    cells |= dict(zip(("mapc", "mapr", "maps"), map(str, struct.unpack_from(f"{order}3i", head, 64)), strict=True))
    cells |= dict(zip(_STATISTICS, map(single, struct.unpack_from(f"{order}3f", head, 76)), strict=True))
    ispg, nsymbt = struct.unpack_from(f"{order}2i", head, 88)
    cells |= {"ispg": str(ispg), "nsymbt": str(nsymbt), "exttyp": text(head[104:108]).strip()}
    if not cells["exttyp"].isprintable():  # before the field had a meaning, anything may stand there
        cells["exttyp"] = ""
    cells["nversion"] = str(struct.unpack_from(f"{order}i", head, 108)[0])
    if struct.unpack_from(f"{order}i", head, 152)[0] == _IMOD_STAMP:
        cells["imodFlags"] = str(struct.unpack_from(f"{order}i", head, 156)[0])
    cells |= dict(
        zip(("origin.x", "origin.y", "origin.z"), map(single, struct.unpack_from(f"{order}3f", head, 196)), strict=True)
    )
    cells["rms"] = single(struct.unpack_from(f"{order}f", head, 216)[0])
    return {name: cell for name, cell in cells.items() if cell}


def _labels(head: bytes, order: str) -> list[str]:
    count = struct.unpack_from(f"{order}i", head, 220)[0]
    labels = [text(head[at : at + 80]).strip() for at in range(224, _BYTES, 80)]
    return [label for label in labels[: count if 0 <= count <= len(labels) else None] if label]


def _extended(head: bytes, header: dict[str, str], order: str, data: bytes) -> tuple[Extended, list[str]]:
    per_section = struct.unpack_from(f"{order}2h", head, 128)
    size = int(header["nz"]) if header.get("ispg") != "1" else 1
    return Extended(header.get("exttyp", ""), data, order, size, per_section), _labels(head, order)


def _tables(header: dict[str, str], rest: tuple[Extended, list[str]], limits: Limits, where: str) -> dict[str, Table]:
    extended, labels = rest
    order = extended.order
    common, each = fold(sections(extended))
    tree: dict[str, object] = {**header, "label": labels, "symmetry": lines(extended)}
    if common:
        tree["extended"] = [common]
    if any(each):
        tree["section"] = each
    tables = tables_of(tree, limits, where, root="header")
    tables["header"] = with_derived(tables["header"], {**_derived(header), "_big_endian": [str(order == ">").lower()]})
    return tables


def _derived(header: Row) -> dict[str, list[str | None]]:
    """Return sizes and lengths by axis: the fastest axis of the file need not be x."""
    axes = [int(header[name]) for name in ("mapc", "mapr", "maps")]
    order = axes if sorted(axes) == [1, 2, 3] else [1, 2, 3]
    sizes = {_AXES[axis - 1]: header[name] for axis, name in zip(order, ("nx", "ny", "nz"), strict=True)}
    columns: dict[str, list[str | None]] = {f"_size_{axis}": [sizes[axis]] for axis in _AXES}
    columns |= {f"_pixel_{axis}": [_ratio(header[f"cella.{axis}"], header[f"m{axis}"])] for axis in _AXES}
    columns["_pixel_type"] = [_MODES[int(header["mode"])]]
    return columns


def _ratio(length: str, count: str) -> str | None:
    """Return cell length by sampling, with the seven digits that single precision has."""
    size, number = Decimal(length), Decimal(count)
    if not size.is_finite() or size <= 0 or number <= 0:
        return None
    with localcontext(prec=7):
        return format((size / number).normalize(), "f")
