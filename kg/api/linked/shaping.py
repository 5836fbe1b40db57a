"""A record as plain values: fields with names and labels, decisions, sources, parts and wholes, who points to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.api.linked.gathering import DECISION, DERIVED, HAS_PART, IS_PART_OF, NAME, RDF_TYPE, RDFS_LABEL, Gathered
from kg.api.linked.vocabulary import curie_of, shortened, words
from kg.curie import KG

_APART = (RDF_TYPE, DECISION, DERIVED)
_PLAIN = "http://www.w3.org/2001/XMLSchema#string"


def record(found: Gathered) -> dict[str, Any]:
    """Return what was gathered as JSON values.

    Keys: ``iri``, ``name`` (may be empty), ``graph`` (whether it names a graph), and lists that may be empty: ``types``,
    ``fields``, ``decisions``, ``sources``, ``parts``, ``wholes``, ``incoming`` and ``truncated`` (which of them were cut).
    """
    types = [node.value for node in found.objects(RDF_TYPE)]
    incoming = [quad for quad in found.incoming if isinstance(quad.subject, ox.NamedNode)]
    inner = [quad.subject for quad in incoming if quad.predicate == IS_PART_OF]
    outer = [quad.subject for quad in incoming if quad.predicate == HAS_PART]
    return {
        "iri": found.iri,
        "name": next(iter(found.texts(RDFS_LABEL, NAME)), ""),
        "types": [{"iri": iri, "name": words().class_(iri)} for iri in types],
        "fields": _fields(found, types),
        "decisions": _decisions(found),
        "sources": _things(found, found.objects(DERIVED)),
        "parts": _things(found, [*found.objects(HAS_PART), *inner]),
        "wholes": _things(found, [*found.objects(IS_PART_OF), *outer]),
        "incoming": [
            {**_thing(found, quad.subject), "property": _property(quad.predicate.value, ())} for quad in incoming
        ],
        "graph": found.graph,
        "truncated": list(found.cut),
    }  # fmt: skip


def _fields(found: Gathered, types: Iterable[str]) -> list[dict[str, Any]]:
    values: dict[str, list[dict[str, Any]]] = {}
    for quad in dict.fromkeys(quad.triple for quad in found.own):
        if quad.predicate not in _APART:
            values.setdefault(quad.predicate.value, []).append(_value(found, quad.object))
    return [{"property": _property(iri, types), "values": several} for iri, several in sorted(values.items())]


def _property(iri: str, types: Iterable[str]) -> dict[str, str]:
    return {"iri": iri, "name": words().slot(iri, types)}


def _value(found: Gathered, term: object) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return _thing(found, term)
    if not isinstance(term, ox.Literal):
        return {"node": str(term)}
    more = {"language": term.language} if term.language else {}
    if term.datatype.value != _PLAIN and not term.language:
        more = {"datatype": shortened(term.datatype.value)}
    return {"value": term.value, **more}


def _things(found: Gathered, nodes: Iterable[object]) -> list[dict[str, str]]:
    return [_thing(found, node) for node in dict.fromkeys(nodes) if isinstance(node, ox.NamedNode)]


def _thing(found: Gathered, node: object) -> dict[str, str]:
    iri = node.value if isinstance(node, ox.NamedNode) else str(node)
    curie = curie_of(iri)
    return {"iri": iri, "label": found.labels.get(iri, ""), **({"curie": curie} if curie else {})}


def _decisions(found: Gathered) -> list[dict[str, Any]]:
    by_node: dict[str, dict[str, list[Any]]] = {}
    for quad in found.decisions:
        name = words().decision_slot(quad.predicate.value)
        if name and isinstance(quad.subject, ox.NamedNode):
            by_node.setdefault(quad.subject.value, {}).setdefault(name, []).append(quad.object)
    return [_decision(found, iri, said) for iri, said in sorted(by_node.items())]


def _decision(found: Gathered, iri: str, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    def one(name: str) -> str:
        return next((getattr(term, "value", "") for term in said.get(name, ())), "")

    labels = [term.value for term in said.get("chosen_label", ())]
    terms = _things(found, said.get("chosen_term", ()))
    if len(terms) == len(labels) == 1 and not terms[0]["label"]:
        terms[0]["label"] = labels[0]
    return {
        "iri": iri, "text": one("source_text"), "accession": one("source_accession"), "field": one("field"),
        "status": one("decision_status"), "tier": one("tier_of_decision"), "score": _number(one("score")), "why": one("why"),
        "terms": terms, "candidates": _things(found, said.get("candidates", ())),
        "decides": [words().slot(getattr(term, "value", ""), ()) for term in said.get("decides", ())],
        "decided_by": one("decided_by"), "ontology": one("ontology_version"), "source": iri.rpartition("/decision/")[0],
    }  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if text else None


def generation_iri(name: str) -> str:
    """Return the IRI of a generation."""
    return f"{KG}generation/{name}"
