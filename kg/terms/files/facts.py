"""A Fact: one thing that an ontology file says, in the order of the file.

Readers yield facts and hold nothing back, so that a taxonomy of a million terms passes through in bounded memory.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from kg.curie import compress, expand

if TYPE_CHECKING:
    from kg.term import Scope

OBO = "http://purl.obolibrary.org/obo/"


class Kind(StrEnum):
    """What a fact is about; those of the ontology itself have no subject."""

    ONTOLOGY = "ontology"  # value: identifier or IRI of the ontology
    VERSION = "version"
    LICENCE = "licence"
    SOURCE = "source"
    OVERLAY = "overlay"  # the file gives names to terms that others define
    TERM = "term"  # the subject is a term; value: its IRI where the CURIE does not give it
    NOT_TERM = "not a term"  # the subject is a property, an individual or the ontology
    LABEL = "label"
    NAME = "name"  # a synonym, with its scope
    DEFINITION = "definition"
    IS_A = "is_a"
    PART_OF = "part_of"
    XREF = "xref"
    SAME = "same"  # value: a term of another ontology that means exactly this one (skos:exactMatch, equivalent class)
    ALT = "alt"  # value: another identifier, merged into the subject
    OBSOLETE = "obsolete"
    REPLACED_BY = "replaced_by"
    CONSIDER = "consider"
    SKIPPED = "skipped"  # value: a line that could not be understood


class Fact(NamedTuple):
    """One statement of an ontology file.

    Attributes:
        kind: what is said.
        subject: CURIE of the term; empty for facts of the ontology itself.
        value: the other end: a CURIE for relations, a text otherwise.
        scope: of a name; ``label`` for everything else.
    """

    kind: Kind
    subject: str = ""
    value: str = ""
    scope: Scope = "label"


def curie_of(iri: str) -> str:
    """Return the CURIE of a term IRI, or the IRI itself where no rule gives one.

    >>> curie_of("http://purl.obolibrary.org/obo/FBbi_00000251"), curie_of("http://www.ebi.ac.uk/efo/EFO_0001185")
    ('FBbi:00000251', 'EFO:0001185')
    >>> curie_of("http://qudt.org/vocab/unit/M")
    'http://qudt.org/vocab/unit/M'
    """
    if iri.startswith(OBO):
        prefix, underscore, local = iri[len(OBO) :].partition("_")
        return f"{prefix}:{local}" if underscore and prefix.isalnum() and local else iri
    return compress(iri) or iri


def iri_of(curie: str) -> str:
    """Return the IRI of a CURIE by its prefix; an unknown prefix is taken as one of the OBO Foundry.

    >>> iri_of("EFO:0001185"), iri_of("TAXRANK:0000006")
    ('http://www.ebi.ac.uk/efo/EFO_0001185', 'http://purl.obolibrary.org/obo/TAXRANK_0000006')
    """
    if curie.startswith(("http://", "https://")):
        return curie
    return expand(curie) or OBO + curie.replace(":", "_", 1)
