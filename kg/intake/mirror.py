"""Mirror: a folder that holds the copy of one address, and remembers what it has.

Files are written whole under another name and then renamed; after that a line is added to the journal ``.kg-pull.jsonl``. A run
that is killed leaves whole files and at most half a line, which is not read; the next run goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

from kg.errors import SourceError, UsageError

STATE = ".kg-pull.jsonl"
_PART = ".kg-pull-part"
_FORMAT = 1
_SAFE = " ()+,-=@_~"
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the copy.

    Attributes:
        id: what it is called on the server.
        path: its name in the folder.
        size: of the file, so that one that was cut by hand is known.
        digest: sha256 of the file.
        stamp: the server's word for its state in a list, such as a date of change; empty if there is none.
        etag: the same of the thing itself.
        modified: when it changed last, as the server writes it.
    """

    id: str
    path: str
    size: int
    digest: str
    stamp: str = ""
    etag: str = ""
    modified: str = ""


class Mirror:
    """The folder; use it in a ``with`` statement.

    Attributes:
        new: names of files that are new or have changed in this run.
        unchanged: how many entries were as they were.
    """

    def __init__(self, folder: Path, kind: str, address: str) -> None:
        """Open a folder, made where it is absent.

        Args:
            folder: where the copy lies.
            kind: kind of server.
            address: what is copied, without anything secret.

        Raises:
            UsageError: it holds other files, or the copy of another address.
        """
        self.folder = folder
        self.new: list[str] = []
        self.unchanged = 0
        self._seen: set[str] = set()
        self._entries: dict[str, Entry] = {}
        self._state = folder / STATE
        self._head = {"kg_pull": _FORMAT, "kind": kind, "address": address}
        self._journal: IO[str] | None = None
        self._is_made = not folder.exists()
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if self._state.exists():
                self._load()
            elif any(path.name != _PART for path in folder.iterdir()):
                raise UsageError("--to", f"{folder} holds other files and is no copy that kg pull made; name another folder")

    def __enter__(self) -> Self:
        """Write down what is known, in one go, and open the journal."""
        with _told(self.folder):
            part = self.folder / _PART
            with part.open("w", encoding="utf-8") as file:
                file.writelines(_line(each) for each in (self._head, *map(asdict, self._entries.values())))
            part.replace(self._state)
            self._journal = self._state.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Close the journal; a copy of nothing, as of a mistyped address, leaves no trace."""
        if self._journal:
            self._journal.close()
        (self.folder / _PART).unlink(missing_ok=True)
        if not self._entries:
            self._state.unlink(missing_ok=True)
            if self._is_made and not any(self.folder.iterdir()):
                self.folder.rmdir()

    def has(self, ident: str, stamp: str) -> bool:
        """Say whether an entry is here in just this state; then it counts as seen and unchanged."""
        if not self.holds(ident, stamp):
            return False
        self.keep(ident)
        return True

    def holds(self, ident: str, stamp: str) -> bool:
        """Say the same without counting it."""
        entry = self._whole(ident)
        return entry is not None and bool(stamp) and entry.stamp == stamp

    def conditions(self, ident: str) -> dict[str, str]:
        """Return the headers by which a server need not send again what is here."""
        entry = self._whole(ident)
        if entry is None:
            return {}
        found = {"If-None-Match": entry.etag, "If-Modified-Since": entry.modified}
        return {name: value for name, value in found.items() if value}

    def keep(self, ident: str, stamp: str = "") -> None:
        """Count an entry as unchanged, though perhaps in a state that the server calls by another word."""
        self._seen.add(ident)
        self.unchanged += 1
        entry = self._entries[ident]
        if stamp and stamp != entry.stamp:
            self._note(Entry(**{**asdict(entry), "stamp": stamp}))

    def still(self, ident: str) -> None:
        """Note that the server still has an entry, whether it could be had or not."""
        self._seen.add(ident)

    @contextlib.contextmanager
    def part(self) -> Iterator[IO[bytes]]:
        """Give an open file to write an entry into, before ``put_part``."""
        with _told(self.folder), (self.folder / _PART).open("w+b") as file:
            yield file

    def put(self, ident: str, name: str, body: bytes, *, stamp: str = "", etag: str = "", modified: str = "") -> None:
        """Write an entry; one with the same bytes as before is left alone."""
        with self.part() as file:
            file.write(body)
        self.put_part(ident, name, stamp=stamp, etag=etag, modified=modified)

    def put_part(self, ident: str, name: str, *, stamp: str = "", etag: str = "", modified: str = "") -> None:
        """Take the file that ``part`` gave as an entry.

        Args:
            ident: what it is called on the server.
            name: its name in the folder, with ``/`` between parts; see ``name_of``.
            stamp: as in Entry.
            etag: as in Entry.
            modified: as in Entry.
        """
        with _told(self.folder):
            part = self.folder / _PART
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            old = self._whole(ident)
            entry = Entry(ident, name, part.stat().st_size, digest, stamp, etag, modified)
            self._seen.add(ident)
            if old is not None and (old.digest, old.path) == (digest, name):
                self.unchanged += 1
                part.unlink()
            else:
                target = self.folder.joinpath(*name.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)
                self.new.append(name)
            if entry != old:
                self._note(entry)

    def vanished(self) -> list[str]:
        """Return the names of files whose entries the server no longer lists; the files stay."""
        return sorted(entry.path for ident, entry in self._entries.items() if ident not in self._seen)

    def _whole(self, ident: str) -> Entry | None:
        entry = self._entries.get(ident)
        if entry is None:
            return None
        try:
            size = self.folder.joinpath(*entry.path.split("/")).stat().st_size
        except OSError:
            return None
        return entry if size == entry.size else None

    def _note(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        if self._journal:
            self._journal.write(_line(asdict(entry)))
            self._journal.flush()

    def _load(self) -> None:
        lines = self._state.read_text("utf-8", errors="replace").splitlines()
        head = _parsed(lines[0]) if lines else None
        if head != self._head:
            about = head or {}
            told = f"{about.get('kind', 'something else')} {about.get('address', '')}".strip()
            raise UsageError("--to", f"{self.folder} holds the copy of {told}; name another folder")
        for line in lines[1:]:
            entry = _entry(_parsed(line) or {})
            if entry is not None:  # else half a line of a run that was killed
                self._entries[entry.id] = entry


def name_of(word: str, ending: str = "") -> str:
    """Return a foreign word as the name of a file: no folder, not hidden, not too long, the same each time.

    >>> name_of("S-BIAD7", ".json"), name_of("../a b/ü")
    ('S-BIAD7.json', '%2E.%2Fa b%2F%C3%BC')
    """
    name = quote(word, safe=_SAFE)
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 13]}~{hashlib.sha256(word.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    return (name or "_") + ending


def _line(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=True) + "\n"


def _entry(values: dict[str, Any]) -> Entry | None:
    names = Entry.__dataclass_fields__
    if set(values) != set(names) or not all(isinstance(values[name], int if name == "size" else str) for name in names):
        return None
    return Entry(**values)


def _parsed(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(str(folder), f"the copy cannot be written ({error.strerror or error})") from error
