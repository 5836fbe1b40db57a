"""Releases: the file of an ontology fetched from where the registry says, compared with its checksum, kept with a receipt.

Nothing is fetched unless a person asks for it by name.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from kg.errors import TermError, UsageError
from kg.paths import user_cache_dir
from kg.terms.download import Stamp, discard, download
from kg.terms.files.ontology_file import checksum, facts_of
from kg.terms.registry import entry_of, load_registry
from kg.terms.web import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.terms.download import Progress
    from kg.terms.registry import OntologyEntry
    from kg.terms.web import Limits

State = Literal["new", "changed", "unchanged"]

_RECEIPT = ".lock.json"
_PARTIAL, _REFUSED = "partial", "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was fetched, from where and when: the lock file beside the download.

    Attributes:
        prefix: prefix of the ontology.
        file: name of the file in the folder.
        address: where it was fetched, without user, password and query.
        sha256: digest of the file; later pulls compare with it.
        size: its bytes.
        etag: entity tag that the server gave.
        modified: time that the server gave, in its words.
        pulled_at: when it was fetched, in UTC.
        pinned: whether no other digest is taken, not even by an update.
        instead_of: digest of the registry in whose place a person took this one; empty when none was.
    """

    prefix: str
    file: str
    address: str
    sha256: str
    size: int
    etag: str
    modified: str
    pulled_at: str
    pinned: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A release that is on disk now.

    Attributes:
        prefix: prefix of the ontology.
        file: the file.
        state: whether it is the first, another one than before, or the same.
        receipt: where it is from.
        trust: one sentence on why its content is believed.
    """

    prefix: str
    file: Path
    state: State
    receipt: Receipt
    trust: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person allows a pull to do.

    Attributes:
        newer: take another release than the one that was pulled before, unless that one is pinned.
        accept_new: take whatever comes, also against a checksum, and record its digest.
        pin: take no other digest from now on, not even in an update.
    """

    newer: bool = False
    accept_new: bool = False
    pin: bool = False


def release_folder() -> Path:
    """Return the folder that releases are kept in: ``ontologies`` in the cache."""
    return user_cache_dir() / "ontologies"


def pull(
    prefix: str,
    folder: Path,
    mirror: str = "",
    *,
    wish: Wish | None = None,
    registry: Mapping[str, OntologyEntry] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """Fetch the release of an ontology into a folder, unless the server says that the one there is still the newest.

    A file comes into the folder when it is whole, an ontology by its look, and has the digest that is expected: that of the
    registry, else that of the first pull. Anything else is set aside or left as a part, and what was there before stays.

    Args:
        prefix: as the registry spells it, small or capital letters apart.
        folder: where the file and its receipt are kept; made when absent.
        mirror: address that takes the place of scheme and host; a path of its own comes before that of the release.
        wish: what is allowed beyond a plain pull.
        registry: entries to use instead of the packaged ones.
        limits: what is borne from a server.
        progress: told about every block.

    Raises TermError in one sentence when the release does not come or is not what was expected; UsageError for a mirror that
    is no address.
    """
    entry = entry_of(registry if registry is not None else load_registry(), prefix)
    address, allowed = _address(entry, mirror), wish or Wish()
    with _alone(folder):
        before = _receipt(folder, entry.prefix)
        whole = before if before and _is_whole(folder, before) else None
        expected, _ = _expected(entry, before, allowed)
        if whole and whole.sha256 == entry.sha256 == expected:  # nothing that a server says could change it
            return _same(folder, whole, allowed, "its checksum is that of the registry")
        part = folder / _PARTIAL / _name(entry)
        useful = whole and whole.address == shown(address) and expected in {"", whole.sha256}
        known = Stamp(whole.etag, whole.modified) if whole and useful else None
        stamp = download(address, part, known if known != Stamp() else None, limits=limits, progress=progress)
        if stamp is None and whole:
            return _same(folder, whole, allowed, f"the server says that it is still the one of {whole.pulled_at[:10]}")
        return _taken(folder, entry, part, before, allowed, shown(address), stamp or Stamp())


def receipts(folder: Path) -> tuple[Receipt, ...]:
    """Return the receipts in a folder by prefix; none for a folder that is not there. Raises TermError for a damaged one."""
    found = (_read(path) for path in sorted(folder.glob("*" + _RECEIPT)))
    return tuple(sorted(found, key=lambda receipt: receipt.prefix.casefold()))


def _address(entry: OntologyEntry, mirror: str) -> str:
    if not entry.is_released:
        raise TermError(entry.prefix, "comes with kg; there is nothing to fetch")
    if not mirror:
        return entry.file
    try:
        base = urlsplit(mirror)
        valid = base.scheme in {"http", "https"} and bool(base.hostname) and not base.query and not base.fragment
    except ValueError:
        valid = False
    if not valid:
        raise UsageError("--mirror", f"found {mirror[:200]!r}, expected an address such as http://localhost:8000")
    release = urlsplit(entry.file)
    return base._replace(path=base.path.rstrip("/") + release.path, query=release.query).geturl()


def _name(entry: OntologyEntry) -> str:
    return f"{entry.prefix}.{entry.format}"


def _expected(entry: OntologyEntry, before: Receipt | None, wish: Wish) -> tuple[str, str]:
    """Return the digest that a file must have, and whose it is; empty when anything is taken."""
    if wish.accept_new:
        return "", ""
    overruled = bool(entry.sha256 and before and before.instead_of == entry.sha256)
    if entry.sha256 and not overruled:
        return entry.sha256, "the registry's"
    if before and (before.pinned or overruled or not wish.newer):
        return before.sha256, f"that of the pull of {before.pulled_at[:10]}"
    return "", ""


def _taken(
    folder: Path, entry: OntologyEntry, part: Path, before: Receipt | None, wish: Wish, address: str, stamp: Stamp
) -> Pulled:
    """Put a complete download in its place, or aside when it is not what was expected."""
    digest, size = checksum(part), part.stat().st_size
    expected, whose = _expected(entry, before, wish)
    if expected and digest != expected:
        aside = folder / _REFUSED / part.name
        aside.parent.mkdir(exist_ok=True)
        part.replace(aside)
        free = not (wish.newer or entry.sha256 or (before and before.pinned))
        way = f"`kg terms update {entry.prefix}` takes a newer release" if free else "--accept-new takes it all the same"
        raise TermError(
            address,
            f"the file has the SHA-256 {digest}, expected {expected} ({whose}); it was set aside as {aside} and the index is "
            f"unchanged; {way}",
        )
    _check_form(part, address)
    overruled = entry.sha256 if wish.accept_new and digest != entry.sha256 else ""
    same = before is not None and before.sha256 == digest
    receipt = Receipt(
        prefix=entry.prefix, file=part.name, address=address, sha256=digest, size=size, etag=stamp.etag,
        modified=stamp.modified, pulled_at=datetime.now(UTC).isoformat(timespec="seconds"),
        pinned=wish.pin or (before is not None and before.pinned),
        instead_of=overruled or (before.instead_of if before else ""),
    )  # fmt: skip
    file = folder / part.name
    part.replace(file)
    _write(folder, receipt)
    return Pulled(
        entry.prefix, file, "unchanged" if same else "changed" if before else "new", receipt, _trust(entry, before, receipt)
    )


def _trust(entry: OntologyEntry, before: Receipt | None, receipt: Receipt) -> str:
    if receipt.sha256 == entry.sha256:
        return "its checksum is that of the registry"
    if before and before.sha256 == receipt.sha256:
        return f"its checksum is that of the pull of {before.pulled_at[:10]}"
    recorded = f"SHA-256 {receipt.sha256[:12]}... is recorded, and later pulls compare with it"
    return f"taken in place of {before.sha256[:12]}...; {recorded}" if before else f"trusted on first use: {recorded}"


def _same(folder: Path, receipt: Receipt, wish: Wish, trust: str) -> Pulled:
    kept = replace(receipt, pinned=receipt.pinned or wish.pin)
    if kept != receipt:
        _write(folder, kept)
    return Pulled(kept.prefix, folder / kept.file, "unchanged", kept, trust)


def _check_form(part: Path, address: str) -> None:
    """Raise TermError unless a download begins as an ontology file does."""
    try:
        next(iter(facts_of(part)), None)
    except TermError as error:
        discard(part)
        raise TermError(address, f"what came {error.what}") from error


def _is_whole(folder: Path, receipt: Receipt) -> bool:
    file = folder / receipt.file
    return file.is_file() and file.stat().st_size == receipt.size and checksum(file) == receipt.sha256


def _receipt(folder: Path, prefix: str) -> Receipt | None:
    path = folder / (prefix + _RECEIPT)
    return _read(path) if path.exists() else None


def _read(path: Path) -> Receipt:
    try:
        receipt = Receipt(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TermError(
            str(path), f"is damaged ({error}); without it the next pull trusts what comes, as a first one"
        ) from error
    return receipt


def _write(folder: Path, receipt: Receipt) -> None:
    path = folder / (receipt.prefix + _RECEIPT)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(asdict(receipt), indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time fetch into a folder; a lock inside SQLite goes away with its process on every system."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise TermError(str(folder), f"cannot be written: {error}") from error
    with contextlib.closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise TermError(str(folder), "another kg is fetching into it; please wait until it has ended") from error
        try:
            yield
        except OSError as error:
            raise TermError(str(folder), f"cannot be written: {error.strerror or error}") from error
