"""Micro-Manager beside its TIFFs: metadata.txt of 1.4 and 2.0, with the single-plane TIFFs it is about, and NDTiff data sets.

* ``metadata.txt`` (or ``..._metadata.txt`` beside a stack) is JSON: a summary, and members named after frames. One that breaks
  off, because the program ended before it could close it, is closed again.
* Where it tells nothing of a frame but its place, what its TIFF says of it is taken.
* ``NDTiff.index`` lists frames in a binary form, with where in a ``_NDTiffStack.tif`` the JSON of each stands; the summary
  stands in the header of the stacks: https://github.com/micro-manager/NDTiffStorage
* OME-TIFF stacks stay sources of their own: what they say is about all positions, a metadata.txt is about one.

The tables are those of `kg.readers.tiff.mm`, and ``File``: a row per TIFF, with its name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.limits import Limits
from kg.readers.safe_json import JsonValue, loads
from kg.readers.safe_xml import load
from kg.readers.tiff.mm import TABLES, Acquisition, acquisition_of, unwrapped
from kg.readers.tiff.one import tables_of_tiff
from kg.readers.tiff.tags import content_of
from kg.readers.tiff.texts import below_one_another, rows_of
from kg.readers.vendor.ndtiff_index import INDEX, Entry, entries, frame_of, summary_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.peek import Peek

NAME = "micromanager"
RANK = 40
TITLE = "Micro-Manager metadata.txt (1.4, 2.0; also .gz) with its TIFFs, and NDTiff data sets"

_METADATA = re.compile(r"(?:.*[_-])?metadata\.txt(?:\.gz)?", re.IGNORECASE)
_PLAIN = re.compile(r"metadata\.txt(?:\.gz)?", re.IGNORECASE)
_PLANE = re.compile(r"img_.*\.tiff?", re.IGNORECASE)
_STACK = re.compile(r".*NDTiffStack.*\.tiff?", re.IGNORECASE)
_BESIDE = {"display_settings.txt", "displaysettings.json", "comments.txt"}
_SUMMARY = re.compile(r'^\s*\{\s*"(Summary|FrameKey-|Coords-|Metadata-)')
_SAYS_SO = re.compile(r'"(MicroManagerVersion|MetadataVersion|FrameKey-[\d-]+|ChNames|PixelSize_um|z-step_um|Coords-[^"]*)"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_CLOSING = {"{": "}", "[": "]"}


def claims(peek: Peek) -> bool:
    """Claim an index of NDTiff by its name and form, and JSON that begins as Micro-Manager writes it."""
    if peek.name == INDEX.lower():
        return next(entries(io.BytesIO(peek.head)), None) is not None
    text = peek.text if peek.head.lstrip().startswith(b"{") else ""
    return _SUMMARY.match(text) is not None and _SAYS_SO.search(text) is not None


def gather(folder: Folder) -> Iterator[Bundle]:
    """Yield a NDTiff data set, and a metadata.txt with the single-plane TIFFs beside it."""
    beside = tuple(name for name in folder.files if name.lower() in _BESIDE)
    if INDEX in folder.files:
        stacks = tuple(name for name in folder.files if _STACK.fullmatch(name))
        yield Bundle(INDEX, (*stacks, *beside))
        return
    primary = next((name for name in folder.files if _PLAIN.fullmatch(name)), None)
    planes = tuple(name for name in folder.files if _PLANE.fullmatch(name) and ".ome." not in name.lower())
    if primary and planes:
        yield Bundle(primary, (*planes, *beside))
        return
    others = [name for name in folder.files if _METADATA.fullmatch(name)]
    if len(others) == 1 and beside and _begins_so(folder.path / others[0]):
        yield Bundle(others[0], beside)


def _begins_so(path: Path) -> bool:
    """Return whether a file is plain or packed JSON; its reader finds out the rest."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        return False
    return head.lstrip().startswith(b"{") or head.startswith(b"\x1f\x8b")


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of an acquisition.

    Raises:
        SourceError: not JSON of Micro-Manager beyond repair, or not an index of NDTiff.
        LimitError: beyond the limits.
    """
    problems: list[Problem] = []
    if source.path.name == INDEX:
        found = _ndtiff(source, limits, problems)
    else:
        found = acquisition_of(_document(source, limits, problems))
    tiffs = [part for part in source.parts if part.suffix.lower() in {".tif", ".tiff"}]
    for part in source.parts:
        if part not in tiffs:
            _beside(part, found, source, limits, problems)
    frames: dict[str, pl.DataFrame] = {}
    facts: dict[str, str] = {}
    if tiffs:
        frames, facts = _with_tiffs(tiffs, found, source, limits, problems)
    for kind, frame in found.tables(limits, source.key).items():
        frames[kind] = below_one_another([frames[kind], frame]) if kind in frames else frame
    version = found.summary.get("MicroManagerVersion")
    if isinstance(version, str):
        facts["micro_manager_version"] = version
    name = source.path.name.removesuffix(".gz")
    named = {kind: frame.with_columns(pl.lit(name).alias("_file")).lazy() for kind, frame in frames.items()}
    return Reading(NAME, {kind: Table(kind, frame) for kind, frame in named.items()}, tuple(problems), facts)


def _document(source: Source, limits: Limits, problems: list[Problem]) -> dict[str, JsonValue]:
    data = load(source.path, limits, source.key)
    try:
        document = loads(data, limits, source.key)
    except LimitError:
        raise
    except SourceError as error:
        closed = _closed(data)
        if closed is None:
            raise
        try:
            document = loads(closed, limits, source.key)
        except SourceError:
            raise error from None
        lost = len(data) - len(closed.rstrip(b"]}")) if len(closed) < len(data) else 0
        repair = f"closed, without the last {lost:,} bytes" if lost > 0 else "closed"
        problems.append(Problem(source.key, "json-cut", "JSON that is not closed", "whole JSON", repair=repair))
    problems.extend(document.problems)
    if not isinstance(document.value, dict):
        raise SourceError(source.key, "is no JSON object, expected the metadata of Micro-Manager")
    return document.value


def _closed(data: bytes) -> bytes | None:
    """Return JSON that breaks off, closed after its last whole member; None where it does not break off."""
    text = data.decode("utf-8", "replace").rstrip()
    stack: list[str] = []
    whole = 0  # end of the last member of the outermost object
    end = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in _CLOSING:
            stack.append(mark)
        elif mark in "]}":
            if not stack or _CLOSING[stack.pop()] != mark:
                return None
            if len(stack) == 1:
                whole = token.end()
        end = token.end()
    if not stack:
        return None
    closing = "".join(_CLOSING[mark] for mark in reversed(stack))
    rest = text[end:].strip()
    if text.endswith(("}", "]")) and not rest:
        return (text + closing).encode()
    return (text[:whole] + "}").encode() if whole else None


def _beside(part: Path, found: Acquisition, source: Source, limits: Limits, problems: list[Problem]) -> None:
    """Add display settings or comments; damage in them is a Problem."""
    where = f"{source.key}, {part.name}"
    try:
        document = loads(load(part, limits, where), limits, where)
    except LimitError:
        raise
    except SourceError as error:
        problems.append(Problem(source.key, "sidecar", error.what, "JSON", part.name, repair="the rest is read"))
        return
    problems.extend(document.problems)
    value = unwrapped(document.value)
    kind = "Comments" if "comment" in part.name.lower() else "DisplaySettings"
    if isinstance(value, dict) and value:
        found.others.setdefault(kind, []).append(value)


def _with_tiffs(
    tiffs: list[Path], found: Acquisition, source: Source, limits: Limits, problems: list[Problem]
) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Return the tags of the first TIFF and the names of all; add to frames what only the TIFFs say of them."""
    frames = rows_of("File", [{"name": tiff.name} for tiff in tiffs], limits, source.key)
    facts: dict[str, str] = {}
    untold = source.path.name != INDEX and not any(len(frame) > 2 for frame in found.frames)  # noqa: PLR2004 - key and place
    for at, tiff in enumerate(tiffs):
        if at and not untold:
            break
        where = f"{source.key}, {tiff.name}"
        try:
            one = tables_of_tiff(content_of(tiff, limits, where), tiff.name, where, limits)
        except LimitError:
            raise
        except SourceError as error:
            problems.append(Problem(source.key, "tiff", error.what, "a sound TIFF", tiff.name, repair="the rest is read"))
            continue
        if not at:
            problems.extend(one.problems)
            frames |= {kind: frame for kind, frame in one.frames.items() if kind not in TABLES}
            facts = {name: text for name, text in one.facts.items() if name == "tags_not_read"}
        if untold:
            _told_by(one.acquisition, tiff.name, found)
    return frames, facts


def _told_by(told: Acquisition | None, name: str, found: Acquisition) -> None:
    """Add what a TIFF says of its frame to the frame of that name."""
    for frame in told.frames if told else ():
        known = next((other for other in found.frames if str(other.get("_frame", "")).rpartition("/")[2] == name), None)
        if known is None:
            found.frames.append({**frame, "_frame": name})
        else:
            known.update({key: value for key, value in frame.items() if key != "_frame"})


def _ndtiff(source: Source, limits: Limits, problems: list[Problem]) -> Acquisition:
    """Return what an index and the stacks beside it say."""
    found = Acquisition()
    stacks = {part.name: part for part in source.parts}
    missing: dict[str, int] = {}
    streams: dict[str, BinaryIO] = {}
    try:
        for entry in _index(source, limits, problems):
            name = entry.cells["FileName"]
            frame: dict[str, JsonValue] = {
                "_frame": f"frame {len(found.frames) + 1}",
                "Axes": entry.axes,
                "Index": {**entry.cells},
            }
            if name in stacks:
                if name not in streams:
                    streams[name] = stacks[name].open("rb")
                frame |= frame_of(streams[name], entry.offset, entry.length, source.key, limits, problems)
            else:
                missing[name] = missing.get(name, 0) + 1
            found.frames.append(frame)
        for name, stream in streams.items():
            found.summary = found.summary or summary_of(stream, f"{source.key}, {name}", limits, problems)
    finally:
        for stream in streams.values():
            stream.close()
    for name, count in missing.items():
        expected = "the file beside the index"
        problems.append(Problem(source.key, "sidecar-missing", f"no file {name}", expected, count=count, severity="error"))
    return found


def _index(source: Source, limits: Limits, problems: list[Problem]) -> Iterator[Entry]:
    data = load(source.path, limits, source.key)
    read_to = 0
    for entry in entries(io.BytesIO(data)):
        read_to = entry.end
        yield entry
    if not read_to:
        raise SourceError(source.key, "is no index of NDTiff, or cut off in its first entry")
    if read_to < len(data):
        found = f"an index that breaks off after {read_to:,} of {len(data):,} bytes"
        problems.append(Problem(source.key, "ndtiff-cut", found, "whole entries", repair="the entries before are used"))
