"""What the term index answers with: Ontology, Entry and Hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kg.term import Scope, Term


@dataclass(frozen=True, slots=True)
class Ontology:
    """One loaded file: an ontology, a part of one, or an embedded term table; a row of the index's table of that name.

    Attributes:
        name: name under which it is listed and replaced.
        prefix: prefix of the terms that it defines.
        version: version that it states, or a part of its checksum.
        iri: IRI of the ontology; may be empty.
        licence: as the file states it; may be empty.
        source: where it comes from, in the file's words, else the file's name.
        checksum: SHA-256 of the file.
        terms: number of terms.
        synonyms: number of synonyms.
        prefixes: prefixes of all its terms, with blanks between.
        embedded: whether it came with kg.
    """

    name: str
    prefix: str
    version: str
    iri: str
    licence: str
    source: str
    checksum: str
    terms: int
    synonyms: int
    prefixes: str
    embedded: bool

    @property
    def title(self) -> str:
        """Return the name, said to be kg's own table where it is: that one holds synonyms of this project."""
        if not self.embedded:
            return self.name
        return f"{self.name} (term table of kg)" if self.prefix else f"{self.name} of kg"


class Hit(NamedTuple):
    """A term that has a name.

    Attributes:
        curie: the term.
        label: its preferred label.
        iri: its IRI.
        scope: what the name is to the term.
        text: the name as the ontology spells it.
        obsolete: whether the ontology gave the term up.
        ontology: title and version of the file that gives the name.
    """

    curie: str
    label: str
    iri: str
    scope: Scope
    text: str
    obsolete: bool
    ontology: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as the index holds it.

    Attributes:
        term: the term itself.
        obsolete: whether the ontology gave it up.
        ontology: title and version of the file that its label was read from.
    """

    term: Term
    obsolete: bool
    ontology: str
