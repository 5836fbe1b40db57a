"""An SSSOM/TSV file as a sheet: metadata, header and cells, before anybody asks what they mean.

Forgives what spreadsheets do to such a file: tabs after metadata lines, quotes around them, a byte order mark.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import sqlite3
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kg.errors import TermError
from kg.paths import user_cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 256 * 2**20
_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the file.

    Attributes:
        meta: the metadata of the mapping set; empty when there are none.
        header: the names of the columns.
        records: cells of each line that is not empty, with its row as a spreadsheet counts (metadata lines included).
    """

    meta: dict[str, Any] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    records: list[tuple[int, list[str]]] = field(default_factory=list)


def read_sheet(path: Path) -> Sheet:
    """Read a file with its metadata, which stand in it or beside it (``NAME.yml``); raises TermError if it is no such file."""
    lines = list(io.StringIO(_text(path), newline=""))
    first = next((number for number, line in enumerate(lines) if not line.startswith(("#", '"#'))), len(lines))
    body = lines[first:]
    if not body or not body[0].strip():
        raise TermError(str(path), "has no header line, so it is no SSSOM table")
    separator = "\t" if "\t" in body[0] else ","
    meta = _metadata(path, [_metadata_line(line, separator) for line in lines[:first]]) if first else _beside(path)
    try:
        cells = list(csv.reader(body, delimiter=separator, strict=True))
    except csv.Error as error:
        raise TermError(str(path), f"is not a table: {error}") from error
    header = [name.strip() for name in cells[0]]
    while header and not header[-1]:
        header.pop()
    doubled = sorted({name for name in header if header.count(name) > 1 or not name})
    if doubled:
        raise TermError(str(path), f"the header names a column twice or not at all: {', '.join(map(repr, doubled))}")
    return Sheet(meta, header, [(first + number, row) for number, row in enumerate(cells[1:], 2) if any(row)])


def sheet_text(sheet: Sheet) -> str:
    """Return the text of a file, metadata embedded."""
    meta = yaml.safe_dump(sheet.meta, allow_unicode=True, sort_keys=False, width=1_000_000)
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in meta.splitlines() if line)
    sparing = csv.writer(out, delimiter="\t", lineterminator="\n")
    quoting = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    sparing.writerow(sheet.header)
    for _, row in sheet.records:
        # The module leaves a lone carriage return unquoted, and would itself read it as the end of the line.
        writer = quoting if any("\r" in cell for cell in row) else sparing
        writer.writerow((*row, *("",) * (len(sheet.header) - len(row))))
    return out.getvalue()


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Put a file in place at once: a reader sees the old one or the new one; raises TermError when it cannot be written."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(sheet_text(sheet))
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise TermError(str(path), f"cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def changing(path: Path) -> Iterator[None]:
    """Let one process at a time change a file; raises TermError when another one holds it for a minute."""
    folder = user_cache_dir() / "locks"
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A lock inside SQLite goes away with its process on every system.
        with contextlib.closing(sqlite3.connect(folder / name, timeout=_WAIT_SECONDS, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            yield
    except (OSError, sqlite3.Error) as error:
        raise TermError(str(path), f"cannot be changed: {error}") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TermError(str(path), f"is larger than {_MOST_BYTES // 2**20} MiB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TermError(str(path), f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TermError(str(path), f"is not UTF-8 (byte {error.start}); save it as Unicode text, UTF-8") from error


def _metadata_line(line: str, separator: str) -> str:
    if line.startswith('"'):  # a spreadsheet has put it in quotes
        line = next(csv.reader([line], delimiter=separator), [""])[0]
    return line.removeprefix("#").rstrip("\r\n").rstrip(separator).rstrip()


def _metadata(path: Path, lines: list[str]) -> dict[str, Any]:
    try:
        said = yaml.load("\n".join(lines), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise TermError(str(path), f"its metadata is not YAML: {error}") from error
    if not isinstance(said, dict | None):
        raise TermError(str(path), "its metadata is not a set of keys and values")
    return dict(said or {})


def _beside(path: Path) -> dict[str, Any]:
    """Return the metadata of the file that lies beside: ``a.sssom.yml``, ``a.sssom.yaml`` or ``a.yml`` for ``a.sssom.tsv``."""
    names = (path.with_suffix(".yml"), path.with_suffix(".yaml"), path.with_suffix("").with_suffix(".yml"))
    found = next((name for name in names if name.is_file()), None)
    return _metadata(found, _text(found).splitlines()) if found else {}
