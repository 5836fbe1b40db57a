"""Writing JSON-LD 1.1 that people can read: compact, one object for each subject, with a context that needs no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.curie import PREFIXES
from kg.errors import QueryError

_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]
_TYPE = _RDF + "type"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_EXACT = 1 << 53
_PLAIN = {_XSD + "string", _RDF + "langString", _RDF + "dirLangString"}


def compact(triples: Iterable[ox.Triple], first: str) -> bytes:
    """Return triples as compact JSON-LD; the subject ``first`` stands first.

    Raises:
        QueryError: a statement about a statement (RDF 1.2) is among them, which JSON-LD 1.1 cannot say.
    """
    return json.dumps(compacted(triples, first), ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def compacted(triples: Iterable[ox.Triple], first: str) -> dict[str, Any]:
    """Return triples as a JSON-LD document; see ``compact``."""
    triples = list(triples)
    names = _Names(triples)
    nodes: dict[str, dict[str, Any]] = {first: {"@id": first}}
    for triple in triples:
        name = _identity(triple.subject)
        node = nodes.setdefault(name, {"@id": name})
        if triple.predicate.value == _TYPE and isinstance(triple.object, ox.NamedNode):
            node.setdefault("@type", []).append(names.short(triple.object.value))
        else:
            node.setdefault(names.short(triple.predicate.value), []).append(_value(triple.object, names))
    shown = [{key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in node.items()}
             for node in nodes.values() if len(node) > 1]  # fmt: skip
    context = {"@context": names.used}
    return {**context, **shown[0]} if len(shown) == 1 else {**context, "@graph": shown}


class _Names:
    """Shortens IRIs, and remembers by which prefixes."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        # An IRI such as doi:10.1/x would be read as one in the namespace of that prefix.
        taken = {found[1] for triple in triples for node in (triple.subject, triple.object)
                 if isinstance(node, ox.NamedNode) and (found := _SCHEME.match(node.value))}  # fmt: skip
        self._prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix not in taken}
        self._known: dict[str, str] = {}
        self.used: dict[str, str] = {}

    def short(self, iri: str) -> str:
        if iri not in self._known:
            self._known[iri] = self._shortened(iri)
        return self._known[iri]

    def _shortened(self, iri: str) -> str:
        fits = [(len(space), prefix) for prefix, space in self._prefixes.items() if iri.startswith(space)]
        if not fits:
            return iri
        length, prefix = max(fits)
        if iri[length : length + 2] == "//":
            return iri
        self.used[prefix] = self._prefixes[prefix]
        return f"{prefix}:{iri[length:]}"


def _identity(node: object) -> str:
    if isinstance(node, ox.NamedNode):
        return node.value
    if isinstance(node, ox.BlankNode):
        return f"_:{node.value}"
    raise QueryError("format", "JSON-LD cannot say statements about statements")


def _value(term: object, names: _Names) -> Any:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(term, ox.Literal):
        return {"@id": _identity(term)}
    text, datatype = term.value, term.datatype.value
    if datatype in _PLAIN:
        said: Mapping[str, str | None] = {"@language": term.language, "@direction": _direction(term)}
        more = {key: value for key, value in said.items() if value}
        return {"@value": text, **more} if more else text
    if datatype == _XSD + "boolean" and text in {"true", "false"}:
        return text == "true"
    if datatype == _XSD + "integer" and len(text) < len(str(_EXACT)) and text == str(_integer(text)):
        return int(text)
    return {"@value": text, "@type": names.short(datatype)}


def _direction(term: ox.Literal) -> str | None:
    # As it is written behind the language: "text"@ar--rtl.
    return str(term).rpartition("--")[2] if term.datatype.value == _RDF + "dirLangString" else None


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else None
