"""What is asked of the OLS4-compatible API: the query, checked, and the desk that it is answered at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kg.errors import QueryError
from kg.terms.browse import Browser, Search, Shelf
from kg.terms.browse.card import Entity

LARGEST_PAGE = 1000
_PAGE = 20
_LONGEST_TEXT = 1000
_MOST_VALUES = 1000
_FURTHEST = 1 << 40
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_LANGUAGE = re.compile(r"[-A-Za-z]{1,35}")
_ONTOLOGY_ID = re.compile(r"[-A-Za-z0-9_]*")
_YES, _NO = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0", ""})


class Missing(Exception):  # noqa: N818 - an answer, not a failure
    """There is no such ontology, term or address; the message says which."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: a number from 0, and entries per page."""

    number: int
    size: int

    @property
    def first(self) -> int:
        """Return the place of its first entry."""
        return self.number * self.size

    def of(self, entries: Sequence[int]) -> Sequence[int]:
        """Return its part of a list."""
        return entries[self.first : self.first + self.size]


@dataclass(frozen=True, slots=True)
class Params:
    """The query of a request: texts by name, several where a name was given several times."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return the last text of a name; raises QueryError when it is too long."""
        said = self.values.get(name, ())
        if said and len(said[-1]) > _LONGEST_TEXT:
            raise QueryError(name, f"is longer than {_LONGEST_TEXT:,} characters")
        return said[-1] if said else default

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the texts of a name, split at commas; raises QueryError when there are too many."""
        found = tuple(part.strip() for said in self.values.get(name, ()) for part in said.split(",") if part.strip())
        if len(found) > _MOST_VALUES:
            raise QueryError(name, f"has {len(found):,} values; at most {_MOST_VALUES:,} are taken")
        return found

    def yes(self, name: str, *, default: bool = False) -> bool:
        """Return a truth value; raises QueryError for anything else."""
        said = (self.text(name) or "").strip().lower()
        if name not in self.values:
            return default
        if said not in _YES | _NO:
            raise QueryError(name, f"is {said!r}, expected true or false")
        return said in _YES

    def whole(self, name: str, default: int, least: int = 0) -> int:
        """Return a whole number; raises QueryError for anything else, and for one below ``least``."""
        said = (self.text(name) or "").strip()
        if name not in self.values or not said:
            return default
        if not _WHOLE.fullmatch(said) or not least <= int(said) <= _FURTHEST:
            raise QueryError(name, f"is {said!r}, expected a whole number from {least}")
        return int(said)

    def page(self) -> Page:
        """Return the wanted page; larger ones than OLS gives are cut to its size."""
        return Page(self.whole("page", 0), min(self.whole("size", _PAGE, 1), LARGEST_PAGE))

    def language(self) -> None:
        """Raise QueryError unless the language is one; the index has no texts by language, so it changes nothing."""
        said = self.text("lang", "en") or "en"
        if not _LANGUAGE.fullmatch(said):
            raise QueryError("lang", f"is {said!r}, expected a language such as en")

    def ontologies(self) -> tuple[str, ...]:
        """Return the ids of the ontologies to look into, in small letters; empty for all. Raises QueryError."""
        ids = self.listed("ontology")
        if wrong := [name for name in ids if not _ONTOLOGY_ID.fullmatch(name)]:
            raise QueryError("ontology", f"has {wrong[0]!r}, which is no id of an ontology")
        return tuple(name.lower() for name in ids)

    def with_page(self, number: int, size: int) -> str:
        """Return the query with another page in it."""
        rest = [(name, said) for name, values in self.values.items() for said in values if name not in {"page", "size"}]
        return urlencode([*rest, ("page", str(number)), ("size", str(size))])


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a request is answered.

    Attributes:
        browser: the index.
        search: by words.
        base: address of the API, without a slash at its end.
        here: address that was asked, without its query.
        changed: when the index last changed, ISO 8601.
    """

    browser: Browser
    search: Search
    base: str
    here: str
    changed: str

    def shelf(self, name: str) -> Shelf:
        """Return an ontology by its id; raises Missing."""
        shelf = self.browser.shelf(name)
        if shelf is None:
            raise Missing(f"Ontology not found: there is no {name} here")
        return shelf

    def term(self, shelf: Shelf, iri: str) -> Entity:
        """Return a term of an ontology by its IRI (or CURIE, or short form); raises Missing."""
        entity = self.browser.held(shelf, iri)
        if entity is None:
            raise Missing(f"No term with id {iri} in {shelf.id}")
        return entity

    def ontology_address(self, shelf: Shelf) -> str:
        """Return the address of an ontology."""
        return f"{self.base}/ontologies/{shelf.id}"

    def ontology_iri(self, shelf: Shelf) -> str:
        """Return the IRI of an ontology; its address here where its file states none."""
        return shelf.about.iri or self.ontology_address(shelf)


def twice(iri: str) -> str:
    """Return an IRI as it stands in a path of OLS: encoded twice, since servers in between decode once."""
    return quote(quote(iri, safe=""), safe="")
