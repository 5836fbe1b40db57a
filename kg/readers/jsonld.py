"""Names in JSON-LD without network: what a term, a type or an id of a crate means by its contexts, and its canonical spelling.

Covers what crates use of https://www.w3.org/TR/json-ld11/ : remote contexts known by address, inline term definitions,
prefixes, ``@vocab``, ``@base``, keyword aliases, nested contexts. Nothing is ever fetched.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from kg.curie import PREFIXES
from kg.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.safe_json import JsonValue

SCHEMA = "http://schema.org/"
_SCHEMA_FORMS = (SCHEMA, "https://schema.org/", "http://www.schema.org/", "https://www.schema.org/")
_PREFIX_ENDS = (":", "/", "?", "#", "[", "]", "@", "_", "=")
_MOST_NESTED = 32
_MOST_TERMS = 20_000
_LONGEST_NAMESPACE = 500


@dataclass(frozen=True, slots=True)
class Definition:
    """What a context says of one term.

    Attributes:
        means: IRI, compact IRI, term or keyword; empty for "by the vocabulary"; None when the context takes the term away.
        reverse: True when the property points from the value to the entity.
        is_id: True when plain texts of this property are ids.
    """

    means: str | None
    reverse: bool = False
    is_id: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """An active context: terms by name, and how names without a definition are read.

    Attributes:
        terms: definitions, prefixes among them.
        vocab: namespace of terms without a definition; schema.org where nothing else is said.
        base: IRI that relative ids are resolved against; None leaves them as they are.
        known: True under a context that defines the terms of schema.org one by one, which no ``@vocab`` overrides.
        unknown: addresses of remote contexts that are not known here.
        odd: parts of contexts that are not supported, in words.
    """

    terms: Mapping[str, Definition] = field(default_factory=dict)
    vocab: str = SCHEMA
    base: str | None = None
    known: bool = False
    unknown: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

    def extend(self, value: JsonValue, nested: int = 0) -> Context:
        """Return this context with the value of an ``@context`` key on top of it."""
        if nested > _MOST_NESTED:
            return replace(self, odd=(*self.odd, f"contexts nested more than {_MOST_NESTED} deep"))
        if value is None:
            return Context(unknown=self.unknown, odd=self.odd)
        if isinstance(value, str):
            return self._with_remote(value)
        if isinstance(value, dict):
            return self._with_inline(value, nested)
        context = self
        if isinstance(value, list):
            for part in value:
                context = context.extend(part, nested + 1)
            return context
        return replace(self, odd=(*self.odd, f"a context that is {value!r}"))

    def _with_remote(self, address: str) -> Context:
        for pattern, terms in _known_contexts():
            if pattern.fullmatch(address):
                return replace(self, terms={**self.terms, **terms}, vocab=SCHEMA, known=True)
        return replace(self, unknown=(*self.unknown, address))

    def _with_inline(self, inline: Mapping[str, JsonValue], nested: int) -> Context:
        if len(inline) + len(self.terms) > _MOST_TERMS:
            return replace(self, odd=(*self.odd, f"a context of more than {_MOST_TERMS:,} terms"))
        context = self
        if isinstance(inline.get("@context"), (str, list, dict)):  # a context file pasted as a whole
            context = context.extend(inline["@context"], nested + 1)
        terms = dict(context.terms)
        odd = list(context.odd)
        vocab, base = context.vocab, context.base
        for name, value in inline.items():
            if not name.startswith("@"):
                definition, remark = _definition(name, value)
                terms[name] = definition
                odd.extend(remark)
            elif name == "@vocab" and context.known:
                odd.append("an @vocab beside a context that defines the terms of schema.org")
            elif name == "@vocab":
                vocab = Context(terms, vocab).expand(value) if isinstance(value, str) and value else SCHEMA
            elif name == "@base":
                base = urljoin(base or "", value) if isinstance(value, str) and ":" in value else None
            elif name == "@import":
                odd.append("an @import in a context")
        return replace(context, terms=terms, vocab=vocab, base=base, odd=tuple(odd))

    def expand(self, name: str) -> str:
        """Return the IRI (or keyword) that a property or type name means.

        >>> Context().extend({"dwciri": "http://rs.tdwg.org/dwc/iri/", "m": {"@id": "dwciri:measurementMethod"}}).expand("m")
        'http://rs.tdwg.org/dwc/iri/measurementMethod'
        >>> Context().expand("name")
        'http://schema.org/name'
        """
        return self._expand(name, ())

    def _expand(self, name: str, seen: tuple[str, ...]) -> str:
        """Follow definitions, a few steps at most: a stranger's can go in circles."""
        if name.startswith("@") or name in seen or len(seen) > _MOST_NESTED:
            return name
        definition = self.terms.get(name)
        if definition is not None and definition.means:
            return self._expand(definition.means, (*seen, name))
        prefix, colon, local = name.partition(":")
        if not colon:
            return self.vocab + name
        known = self.terms.get(prefix)
        if local.startswith("//") or known is None or not known.means:
            return name
        return self._expand(prefix, (*seen, name)) + local

    def identify(self, text: str) -> str:
        """Return an ``@id`` as it is spelt canonically: prefixes of the context expanded, local ids as they are.

        >>> crate = Context().extend({"obo": "http://purl.obolibrary.org/obo/"})
        >>> crate.identify("obo:FBbi_00000246"), crate.identify("#x"), crate.identify("person://ab"), crate.identify("./a b")
        ('http://purl.obolibrary.org/obo/FBbi_00000246', '#x', 'person://ab', './a b')
        """
        prefix, colon, local = text.partition(":")
        if colon:
            if local.startswith("//") or prefix == "_" or prefix not in self.terms:
                return text
            namespace = self._expand(prefix, ())
            return namespace + local if namespace.endswith(_PREFIX_ENDS) else text
        return urljoin(self.base, text) if self.base else text

    def namespaces(self) -> dict[str, str]:
        """Return the prefix for each namespace that the context defines one for."""
        found: dict[str, str] = {}
        for prefix, known in self.terms.items():
            if known.means:
                space = self._expand(prefix, ())
                if space.endswith(_PREFIX_ENDS):
                    found.setdefault(space, prefix)
        return found

    def canonical(self, name: str, namespaces: Mapping[str, str] | None = None) -> str:
        """Return the column or kind name of a property or type: bare for schema.org, else with prefix, else the IRI.

        Args:
            name: as the source spells it.
            namespaces: what `namespaces` returns, where it is at hand.

        >>> Context().canonical("https://schema.org/author"), Context().canonical("http://www.w3.org/2000/01/rdf-schema#seeAlso")
        ('author', 'rdfs:seeAlso')
        """
        definition = self.terms.get(name)
        iri = self.expand(name)
        short = _compact(iri, self.namespaces() if namespaces is None else namespaces)
        return f"@reverse:{short}" if definition is not None and definition.reverse else short

    def coerces_to_id(self, name: str) -> bool:
        """Say whether plain texts of a property are ids."""
        definition = self.terms.get(name)
        return definition is not None and definition.is_id


class _Names(dict[str, str]):
    """Cache of canonical names, filled on demand."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._namespaces: Mapping[str, str] | None = None

    def __missing__(self, name: str) -> str:
        if self._namespaces is None:
            self._namespaces = self._context.namespaces()
        self[name] = found = self._context.canonical(name, self._namespaces)
        return found


class _Ids(_Names):
    def __missing__(self, name: str) -> str:
        self[name] = found = str(self._context.identify(name))
        return found


class Scope:
    """A context with the names and ids asked of it so far: ``scope.names["schema:name"]``, ``scope.ids["obo:GO_1"]``."""

    __slots__ = ("aliases", "context", "ids", "names")

    def __init__(self, context: Context) -> None:
        """Start with empty caches."""
        self.context = context
        self.names = _Names(context)
        self.ids = _Ids(context)
        self.aliases = {name: known.means for name, known in context.terms.items() if known.means and known.means[0] == "@"}

    def plain(self, entity: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Return an object with the keywords under their own names."""
        if not self.aliases or self.aliases.keys().isdisjoint(entity):
            return entity
        return {self.aliases.get(name, name): value for name, value in entity.items()}


def _definition(name: str, value: JsonValue) -> tuple[Definition, tuple[str, ...]]:
    if value is None:
        return Definition(None), ()
    if isinstance(value, str):
        return Definition(value if value != name else ""), ()
    if not isinstance(value, dict):
        return Definition(""), (f"the term {name!r} defined as {value!r}",)
    reverse = value.get("@reverse")
    means = reverse if isinstance(reverse, str) else value.get("@id", "")
    odd = (f"a context inside the term {name!r}",) if "@context" in value else ()
    is_id = value.get("@type") in ("@id", "@vocab")
    if means is None:
        return Definition(None), odd
    text = means if isinstance(means, str) and means != name else ""
    return Definition(text, isinstance(reverse, str), is_id), odd


def _compact(iri: str, namespaces: Mapping[str, str]) -> str:
    if iri.startswith("@"):
        return iri
    for form in _SCHEMA_FORMS:
        if iri.startswith(form):
            local = iri[len(form) :]
            return _aliases().get(SCHEMA + local, local) or iri
    return _prefixed(iri, _fixed_namespaces()) or _prefixed(iri, namespaces) or iri


def _prefixed(iri: str, namespaces: Mapping[str, str]) -> str:
    """Return an IRI with the prefix of the longest namespace that it lies in, or an empty string."""
    for end in range(min(len(iri) - 1, _LONGEST_NAMESPACE), 0, -1):
        if iri[end - 1] in _PREFIX_ENDS and (prefix := namespaces.get(iri[:end])) is not None:
            return f"{prefix}:{iri[end:]}"
    return ""


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data_dir("ontologies") / "contexts" / "known.json").read_text("utf-8"))
    return found


@cache
def _aliases() -> Mapping[str, str]:
    found: dict[str, str] = _data()["aliases"]
    return found


@cache
def _fixed_namespaces() -> Mapping[str, str]:
    return {space: prefix for prefix, space in {**_data()["names"], **PREFIXES}.items()}


@cache
def _known_contexts() -> tuple[tuple[re.Pattern[str], Mapping[str, Definition]], ...]:
    """Return address pattern and terms of each context that is known without network."""
    terms: dict[str, dict[str, Definition]] = {}
    found = []
    for known in _data()["contexts"]:
        own = {name: Definition(iri) for name, iri in {**known["prefixes"], **known["terms"]}.items()}
        terms[known["name"]] = {**terms.get(known.get("base", ""), {}), **own}
        found.append((re.compile(known["match"]), terms[known["name"]]))
    return tuple(found)
