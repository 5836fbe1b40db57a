"""Card: what one ontology says about one term, as far as the index holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.term import Scope

_LAST = re.compile(r"[^/#]*$")


@dataclass(frozen=True, slots=True)
class Entity:
    """A term by its names alone.

    Attributes:
        concept: its number in the index.
        curie: as kg writes it; the IRI where no rule gives a CURIE.
        iri: its IRI.
        label: its preferred label; the short form where the ontology gives none.
        obsolete: whether the ontology gave it up.
        defining: whether the ontology is the one that defines it.
    """

    concept: int
    curie: str
    iri: str
    label: str
    obsolete: bool
    defining: bool

    @property
    def short(self) -> str:
        """Return the short form: what follows the last ``/`` or ``#`` of the IRI."""
        return short_form(self.iri)

    @property
    def obo_id(self) -> str:
        """Return the CURIE; the short form where there is none."""
        return self.short if self.curie.startswith(("http://", "https://")) else self.curie


@dataclass(frozen=True, slots=True)
class Card:
    """A term with what one ontology says about it.

    Attributes:
        entity: the term.
        synonyms: its synonyms with their scopes.
        definition: may be empty.
        xrefs: cross-references, sorted.
        replaced_by: IRIs of the terms that took its place.
        parents: numbers of the terms directly above it by ``is_a``.
        wholes: numbers of the terms that it is directly part of.
        has_children: whether a term stands directly below it by ``is_a``.
        has_parts: whether a term is directly part of it.
    """

    entity: Entity
    synonyms: tuple[tuple[str, Scope], ...]
    definition: str
    xrefs: tuple[str, ...]
    replaced_by: tuple[str, ...]
    parents: tuple[int, ...]
    wholes: tuple[int, ...]
    has_children: bool
    has_parts: bool


def short_form(iri: str) -> str:
    """Return what follows the last ``/`` or ``#`` of an IRI; the IRI where nothing does.

    >>> short_form("http://purl.obolibrary.org/obo/CL_0000540"), short_form("http://example.org/x#Cell")
    ('CL_0000540', 'Cell')
    """
    found = _LAST.search(iri)
    return (found.group() if found else "") or iri
