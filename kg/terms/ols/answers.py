"""What an OLS says, read from its JSON: ontologies, hits of a search, terms; a field may be absent, single, many or tagged.

Knows nothing of the network. What has not the shape of an answer raises Malformed, and so is never taken for "not found".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from kg.curie import compress, expand, is_iri
from kg.term import Scope

T = TypeVar("T")
Json = Mapping[str, object]

_OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_OBO = "http://purl.obolibrary.org/obo/"
# Scopes as the readers of ontology files give them, so that a synonym counts the same wherever it was read.
_SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        _OBO_IN_OWL + "hasExactSynonym": "exact",
        _OBO_IN_OWL + "hasNarrowSynonym": "narrow",
        _OBO_IN_OWL + "hasBroadSynonym": "broad",
        _OBO_IN_OWL + "hasRelatedSynonym": "related",
        "http://www.w3.org/2004/02/skos/core#altLabel": "exact",
        _OBO + "IAO_0000118": "exact",
    }
)
_REPLACED_BY = _OBO + "IAO_0100001"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}|v?\d+(?:\.\d+)+")
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9.]*)[:_]([A-Za-z0-9_]+)")


class Malformed(Exception):  # noqa: N818 - the message is a part of a sentence, and no one but the client sees it
    """What came is JSON, but no answer of an OLS; the message says what it has instead."""


@dataclass(frozen=True, slots=True)
class OlsOntology:
    """An ontology that an OLS has.

    Attributes:
        id: its name in addresses, such as ``ncbitaxon``.
        prefix: the prefix that it prefers for its CURIEs; may be empty.
        version: its version for people; the date on which OLS took it where it states none; may be empty.
        edition: all that tells this state of it from others; empty where OLS says nothing that could.
    """

    id: str
    prefix: str
    version: str
    edition: str

    @property
    def title(self) -> str:
        """Return name and version, said to be those of OLS."""
        return f"OLS {self.id} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class Found:
    """A hit of a search: one term in one ontology.

    Attributes:
        iri: the term.
        label: its label; may be empty.
        synonyms: its synonyms, of any scope.
        ontology: name of the ontology that was looked into.
        curie: as OLS writes it; may be empty, and is not to be trusted.
        defining: whether that ontology defines the term; None where OLS does not say.
    """

    iri: str
    label: str
    synonyms: tuple[str, ...]
    ontology: str
    curie: str
    defining: bool | None


@dataclass(frozen=True, slots=True)
class OlsTerm:
    """A term with all its names.

    Attributes:
        iri: the term.
        label: its label; may be empty.
        synonyms: its synonyms with their scopes; None for one whose scope OLS does not give.
        ontology: name of the ontology that was looked into.
        curie: as OLS writes it; may be empty, and is not to be trusted.
        defining: whether that ontology defines the term; None where OLS does not say.
        obsolete: whether the ontology gave it up.
        replaced_by: IRIs or CURIEs of what stands in its place.
    """

    iri: str
    label: str
    synonyms: tuple[tuple[str, Scope | None], ...]
    ontology: str
    curie: str
    defining: bool | None
    obsolete: bool
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list.

    Attributes:
        items: what is on it.
        total: how many pages (of a list) or entries (of a search) there are, as the server counts; not to be trusted.
        size: how many entries a full page has, as the server counts; 0 where it does not say.
    """

    items: tuple[T, ...]
    total: int
    size: int = 0


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a value: a text, an object with a ``value`` (a language or an axiom beside it), or a list of such.

    Texts without a language and English ones come first; empty ones are left out.

    >>> texts([{"value": "Kern", "lang": "de"}, {"value": "nucleus", "lang": "en"}, "core", ""])
    ('nucleus', 'core', 'Kern')
    """
    found = sorted(_tagged(value), key=lambda pair: pair[1] not in {"", "en"})
    return tuple(dict.fromkeys(text for text, _ in found))


def text(value: object) -> str:
    """Return the first text of a value; empty when there is none."""
    return next(iter(texts(value)), "")


def ontology_page(answer: Json) -> Page[OlsOntology]:
    """Read a page of the list of ontologies (``/api/ontologies``)."""
    page = answer.get("page")
    embedded = answer.get("_embedded")
    if not isinstance(page, Mapping):
        raise Malformed(f"has {_keys(answer)}, expected a page of ontologies")
    # An empty page has no list at all.
    listed = embedded.get("ontologies") if isinstance(embedded, Mapping) else []
    return Page(_each(listed, ontology), _count(page.get("totalPages")), _count(page.get("size")))


def ontology(raw: Json) -> OlsOntology:
    """Read an ontology as v1 or v2 gives it."""
    name = text(raw.get("ontologyId"))
    if not name:
        raise Malformed(f"has {_keys(raw)}, expected an ontology")
    inner = raw.get("config")
    config: Json = inner if isinstance(inner, Mapping) else raw
    owl = "http://www.w3.org/2002/07/owl#"
    stated = text(raw.get("version")) or text(config.get("version")) or text(raw.get(owl + "versionInfo"))
    iri = text(config.get("versionIri")) or text(raw.get(owl + "versionIRI"))
    loaded = text(raw.get("loaded"))
    in_iri = _VERSION.findall(iri)
    version = stated or (in_iri[-1] if in_iri else loaded[:10])
    # What states no version is told apart by the day on which OLS took it.
    edition = f"{stated} {iri}" if stated or iri else f"{loaded} {text(raw.get('fileHash'))}"
    return OlsOntology(name, text(config.get("preferredPrefix")), version, edition.strip())


def search_page(answer: Json) -> Page[Found]:
    """Read a part of the hits of a search (``/api/search``)."""
    inner = answer.get("response")
    if not isinstance(inner, Mapping) or not isinstance(inner.get("docs"), list):
        raise Malformed(f"has {_keys(answer)}, expected hits of a search")
    return Page(_each(inner["docs"], _found), _count(inner.get("numFound")))


def term(raw: Json) -> OlsTerm:
    """Read a term as v1 (``/terms/{iri}``) or v2 (``/classes/{iri}``) gives it."""
    iri = text(raw.get("iri"))
    if not is_iri(iri):
        raise Malformed(f"has {_keys(raw)}, expected a term")
    return OlsTerm(
        iri,
        text(raw.get("label")),
        tuple(_synonyms(raw)),
        text(raw.get("ontology_name")) or text(raw.get("ontologyId")),
        text(raw.get("obo_id")) or text(raw.get("curie")),
        _flag(raw, "is_defining_ontology", "isDefiningOntology"),
        _flag(raw, "is_obsolete", "isObsolete") or False,
        texts(raw.get("term_replaced_by")) or texts(raw.get(_REPLACED_BY)),
    )


def curie_of(iri: str, given: str, prefix: str) -> str:
    """Return the CURIE of a term as kg writes it, or an empty text when it is none of the ontology ``prefix``.

    The IRI says it; what OLS gives is believed only for a namespace that kg does not know.

    >>> curie_of("http://www.bioassayontology.org/bao#BAO_0000002", "", "BAO")
    'BAO:0000002'
    >>> curie_of("http://purl.obolibrary.org/obo/CL_0000000", "cell", "CL"), curie_of("http://example.org/x", "CL:1", "CL")
    ('CL:0000000', '')
    """
    known = compress(iri)
    if known or expand(f"{prefix}:") is not None:
        return known if known and known.partition(":")[0] == prefix else ""
    found = _CURIE.fullmatch(given)
    return f"{prefix}:{found[2]}" if found and found[1].casefold() == prefix.casefold() else ""


def iri_of_replacement(said: str) -> str:
    """Return the IRI of what replaced a term, given as an IRI, a CURIE or a short form; empty when it is none of them.

    >>> iri_of_replacement("CL_0000000") == iri_of_replacement("CL:0000000") == "http://purl.obolibrary.org/obo/CL_0000000"
    True
    """
    if said.startswith(("http://", "https://")):
        return said if is_iri(said) else ""
    found = _CURIE.fullmatch(said)
    return expand(f"{found[1]}:{found[2]}") or "" if found else ""


def _found(raw: Json) -> Found:
    iri = text(raw.get("iri"))
    if not is_iri(iri):
        raise Malformed(f"has {_keys(raw)}, expected a hit of a search")
    return Found(
        iri,
        text(raw.get("label")),
        texts(raw.get("synonym")),
        text(raw.get("ontology_name")).lower(),
        text(raw.get("obo_id")),
        _flag(raw, "is_defining_ontology"),
    )


def _synonyms(raw: Json) -> Iterator[tuple[str, Scope | None]]:
    """Yield the synonyms with scopes, then those of which only the words are told.

    ``obo_synonym`` of v1 leaves out every synonym without a cross reference; v2 names the property of each.
    """
    scoped: dict[tuple[str, Scope], None] = {}
    for predicate, scope in _SCOPES.items():
        scoped.update(((name, scope), None) for name in texts(raw.get(predicate)))
    for entry in _objects(raw.get("obo_synonym")):
        scope_said = text(entry.get("scope"))
        short = scope_said if scope_said.startswith("has") else f"has{scope_said.capitalize()}Synonym"
        if (known := _SCOPES.get(_OBO_IN_OWL + short)) is not None:
            scoped.update(((name, known), None) for name in texts(entry.get("name")))
    yield from scoped
    told = {name for name, _ in scoped}
    rest = (*texts(raw.get("synonyms")), *texts(raw.get("synonym")))
    yield from ((name, None) for name in dict.fromkeys(rest) if name not in told)


def _tagged(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip(), ""
    elif isinstance(value, Mapping):
        language = value.get("lang")
        yield from ((said, language if isinstance(language, str) else own) for said, own in _tagged(value.get("value")))
    elif isinstance(value, list):
        for item in value:
            yield from _tagged(item)


def _each(listed: object, read: Callable[[Json], T]) -> tuple[T, ...]:
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        raise Malformed("has something else where a list of objects should be")
    return tuple(read(item) for item in listed)


def _objects(value: object) -> Iterator[Json]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def _flag(raw: Json, *names: str) -> bool | None:
    for name in names:
        value = raw.get(name)
        if isinstance(value, bool):
            return value
        if said := text(value):
            return said.lower() == "true"
    return None


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 < value < 1 << 31 else 0


def _keys(raw: Json) -> str:
    return ", ".join(sorted(str(name)[:40] for name in raw)[:5]) or "nothing in it"
