"""What Micro-Manager leaves in its TIFFs: JSON in a tag of each page, and blocks of JSON outside the TIFF structure.

https://micro-manager.org/Micro-Manager_File_Formats
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.safe_json import loads
from kg.readers.tiff.mm import unwrapped
from kg.readers.tiff.pages import Pages

Frames = dict[str, pl.DataFrame]

_MM = 51123
_MM_SUMMARY, _MM_COMMENTS, _MM_DISPLAY, _NDTIFF = 2355492, 84720485, 347834724, 483729


def micromanager(file: Pages) -> Frames:
    """Return the tables of `kg.readers.tiff.mm`: from the JSON of each page, and from the blocks between header and pages."""
    found = file.acquisition
    told = {}
    for number, tag in file.tags(_MM):
        held = json_of(file, file.text(tag), "MicroManagerMetadata")
        if isinstance(held, dict):
            told[number] = {"_frame": f"page {number + 1}", **held}
            file.take(tag)
    if told:
        found.frames[:] = told.values()
        for kind, block in header_blocks(file).items():
            if kind == "Summary" and isinstance(block, dict):
                found.summary.update(block)
                continue
            rows = [row for row in (block if isinstance(block, list) else [block]) if isinstance(row, dict) and row]
            if rows:
                found.others[kind] = rows
    return found.tables(file.limits, file.where) if found.frames or found.summary else {}


def header_blocks(file: Pages) -> dict[str, Any]:
    """Return the JSON that Micro-Manager keeps outside the TIFF structure: Summary, Comments, DisplaySettings."""
    handle, order = file.tiff.filehandle, file.tiff.byteorder
    handle.seek(8)
    words = [int.from_bytes(handle.read(4), "little" if order == "<" else "big") for _ in range(10)]
    found: dict[str, Any] = {}
    for at, (word, length) in enumerate(pairwise(words)):
        if word == _MM_SUMMARY:
            handle.seek(8 + 4 * (at + 2))
            _block(file, "Summary", length, found)
            break
    if words[0] != _NDTIFF:
        for kind, at, magic in (("DisplaySettings", 3, _MM_DISPLAY), ("Comments", 5, _MM_COMMENTS)):
            if words[at]:
                handle.seek(words[at])
                block = handle.read(8)
                if int.from_bytes(block[:4], "little" if order == "<" else "big") == magic:
                    _block(file, kind, int.from_bytes(block[4:], "little" if order == "<" else "big"), found)
    return found


def _block(file: Pages, kind: str, length: int, found: dict[str, Any]) -> None:
    if length > file.limits.cell_bytes:
        file.leave_out(f"Micro-Manager {kind}")
        return
    text = bytes(file.tiff.filehandle.read(length)).rstrip(b"\0 ").decode("utf-8", "replace")
    held = json_of(file, text, f"Micro-Manager {kind}") if text else None
    if held is not None:
        found[kind] = held


def json_of(file: Pages, text: str, name: str) -> Any:  # noqa: ANN401 - JSON of any kind
    """Return JSON without the notations of Micro-Manager; None, with a Problem, where it is damaged."""
    try:
        document = loads(text.encode(), file.limits, file.where)
    except LimitError:
        raise
    except SourceError as error:
        file.damaged(name, error)
        return None
    file.problems.extend(document.problems)
    return unwrapped(document.value)
