"""Tokens: who may read what beside the public sources, and who may write; kept as hashes beside the generations."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from kg.errors import StoreError, UsageError
from kg.store.batch import PRIVATE, PUBLIC
from kg.store.disk import replace_text, writer_lock
from kg.store.faults import store_faults

TOKENS = "tokens.json"
TOKENS_LOCK = "tokens.lock"
TokenRole = Literal["reader", "writer", "admin"]
_PREFIX = "kg_"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 100
_WAIT = 10.0  # seconds for somebody else who changes the file


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; the token itself is shown once, when it is made.

    Attributes:
        name: for people, unique in a store.
        role: ``reader``, ``writer`` (also reads) or ``admin`` (also sees everything).
        groups: whose sources it may see, sorted.
        digest: SHA-256 of the token; it is random and long, so that no slow hash is needed.
        created: day.
        expires: last day on which it counts; empty for no end.
    """

    name: str
    role: TokenRole
    groups: tuple[str, ...]
    digest: str
    created: str
    expires: str = ""

    def valid(self, today: date) -> bool:
        """Say whether it counts on a day."""
        return not self.expires or today.isoformat() <= self.expires


class Tokens:
    """The tokens of a store; the file is read again when it has changed."""

    def __init__(self, store: Path) -> None:
        """Take the folder of a store; the file may be absent."""
        self._file = store / TOKENS
        self._read: tuple[int, int] = (-1, -1)
        self._tokens: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """Return all tokens, by name; raises StoreError where the file is damaged."""
        with store_faults(str(self._file)):
            if not self._file.exists():
                return ()
            stat = self._file.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stamp != self._read:
                self._tokens, self._read = _parsed(self._file), stamp
        return self._tokens

    def is_readable_by_others(self) -> bool:
        """Say whether people beside the owner may read the file; never where the system has no such rights."""
        with store_faults(str(self._file)):
            return os.name == "posix" and self._file.exists() and bool(self._file.stat().st_mode & 0o077)

    def known(self, secret: str) -> Token | None:
        """Return the token that somebody shows, if it is one and still counts."""
        digest = digest_of(secret)
        found = [token for token in self.all() if hmac.compare_digest(token.digest, digest)]
        return found[0] if found and found[0].valid(datetime.now(UTC).date()) else None

    def add(self, name: str, role: str, groups: Iterable[str] = (), expires: str = "") -> str:
        """Make a token and return it; it cannot be shown again.

        Raises:
            UsageError: the name is taken, role, group or day is none, or the day is over.
        """
        if role not in get_args(TokenRole):
            raise UsageError("role", f"found {role!r}, expected {', '.join(get_args(TokenRole))}")
        _check_name(name)
        today = datetime.now(UTC).date().isoformat()
        expires = _day(expires) if expires else ""
        if expires and expires < today:
            raise UsageError("expires", f"{expires} is over (today is {today}, UTC), so that the token would never count")
        wanted = tuple(sorted({check_group(group) for group in groups}))
        secret = _PREFIX + secrets.token_urlsafe(32)
        made = Token(name, role, wanted, digest_of(secret), today, expires)  # type: ignore[arg-type]
        with self._changing() as before:
            if any(token.name == name for token in before):
                raise UsageError("name", f"there is a token {name!r} already; kg token list shows those there are")
            self._write((*before, made))
        return secret

    def remove(self, name: str) -> None:
        """Take a token out; raises UsageError where there is none of this name."""
        with self._changing() as before:
            left = tuple(token for token in before if token.name != name)
            if len(left) == len(before):
                raise UsageError("name", f"there is no token {name!r}; kg token list shows those there are")
            self._write(left)

    @contextmanager
    def _changing(self) -> Iterator[tuple[Token, ...]]:
        """Keep others from changing the file, and give what it holds now."""
        with store_faults(str(self._file)), writer_lock(self._file.with_name(TOKENS_LOCK), _WAIT):
            self._read = (-1, -1)
            yield self.all()

    def _write(self, tokens: Iterable[Token]) -> None:
        listed = [asdict(token) for token in sorted(tokens, key=lambda token: token.name)]
        with store_faults(str(self._file)):
            replace_text(self._file, json.dumps({"tokens": listed}, indent=1) + "\n", secret=True)


def digest_of(secret: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def check_group(name: str) -> str:
    """Return the name of a group; raises UsageError for one that is empty, reserved, or not of letters, digits, ``-_.``.

    The reserved words are so in every spelling: a group ``Public`` would hide what its owner wants to show.

    >>> check_group("imaging-core")
    'imaging-core'
    """
    if name not in {PUBLIC, PRIVATE} and name.lower() in {PUBLIC, PRIVATE}:
        raise UsageError("group", f"found {name!r}; did you mean {name.lower()!r}? A group takes another name")
    return _known_group(name)


def _known_group(name: str) -> str:
    """Return the name of a group that may have been given before the spellings of reserved words were refused."""
    if name in {PUBLIC, PRIVATE} or not name or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in name):
        raise UsageError(
            "group", f"found {name!r}, expected letters, digits, '-', '_' and '.'; 'public' and 'private' have meanings"
        )
    return name


def check_audience(name: str) -> str:
    """Return an audience: ``public``, ``private``, or the name of a group; raises UsageError for anything else.

    >>> check_audience("private")
    'private'
    """
    return name if name in {PUBLIC, PRIVATE} else check_group(name)


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UsageError("name", f"found {name[:_LONGEST_NAME]!r}, expected up to {_LONGEST_NAME} characters that can be read")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError("expires", f"found {text!r}, expected a day such as 2027-01-31") from error


def _parsed(file: Path) -> tuple[Token, ...]:
    try:
        listed: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["tokens"]
        return tuple(_checked(Token(**{**one, "groups": tuple(one["groups"])})) for one in listed)
    except (ValueError, KeyError, TypeError, UsageError) as error:
        raise StoreError(str(file), f"damaged, so that no token is known: {error}") from error


def _checked(token: Token) -> Token:
    """Return a token that was written by hand, perhaps; raises for what could not have been made here."""
    if token.role not in get_args(TokenRole) or not _DIGEST.fullmatch(token.digest):
        raise ValueError(f"{token.name!r} has no such role, or no digest")
    for group in token.groups:
        _known_group(group)
    if token.expires:
        _day(token.expires)
    return token
