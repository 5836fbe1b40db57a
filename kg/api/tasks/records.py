"""Telling of one resource: whether it is known, its document in a form of RDF or as a page, the record as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.api.linked import pages
from kg.api.linked.forms import HTML, JSON_LD, LINKSET, named
from kg.api.linked.gathering import Bounds, Gathered, Reader
from kg.api.linked.iris import data_address
from kg.api.linked.shaping import generation_iri, record
from kg.api.linked.signposts import forms_of, links_of, linkset
from kg.api.linked.vocabulary import ontology, ontology_path, words
from kg.api.linked.writing import unsayable, written
from kg.api.tasks.context import Context, Reply
from kg.curie import KG, PREFIXES

_NOTHING = Reply({"found": False})


def exists(context: Context, request: Mapping[str, Any]) -> Reply:
    """Say which of several IRIs is known.

    Args:
        context: of the worker.
        request: ``database``, ``base`` (namespace of the instances), ``iris`` (to look for in this order), ``generation``
            (``id`` and ``created`` of the current one; empty while there is none).

    Returns:
        head: ``found``, ``iri``.
    """
    iri = _first(context, request)
    return Reply({"found": True, "iri": iri}) if iri else _NOTHING


def document(context: Context, request: Mapping[str, Any]) -> Reply:
    """Write the document about a resource.

    Args:
        context: of the worker.
        request: as for ``exists``, and ``form`` (its name) and ``prefix`` (what stands before the paths of this service).

    Returns:
        head: ``found``, ``iri``, ``links`` (rel, target, media type), ``truncated``, ``unsayable`` (why the form cannot
            say it; empty when it can); the body is the document.
    """
    iri, form = _first(context, request), named(request["form"])
    if iri is None or form is None:
        return _NOTHING
    found = _gathered(context, request, iri, Bounds())
    address = request["prefix"] + data_address(iri, request["base"])
    links = [*links_of(found), *forms_of(address)]
    why = unsayable(found.quads(), form) if form not in {HTML, LINKSET} else ""
    head = {
        "found": True, "iri": iri, "truncated": found.cut, "unsayable": why,
        "links": [(link.rel, link.target, link.media_type) for link in links],
    }  # fmt: skip
    if why:
        return Reply(head)
    if form is LINKSET:
        return Reply(head, linkset(iri, links))
    if form is HTML:
        return Reply(head, pages.record_page(record(found), request["base"], request["prefix"], forms_of(address)))
    return Reply(head, written([*found.quads(), *_told(found, request["base"])], form, iri))


def plain(context: Context, request: Mapping[str, Any]) -> Reply:
    """Write a record as JSON for programs.

    Args:
        context: of the worker.
        request: as for ``exists``, and ``incoming`` (most statements that point to it).

    Returns:
        head: ``found``, ``iri``; the body is JSON as in ``kg.api.linked.shaping.record``.
    """
    iri = _first(context, request)
    if iri is None:
        return _NOTHING
    found = _gathered(context, request, iri, Bounds(own=2_000, incoming=request["incoming"]))
    shaped = {"document": request["prefix"] + data_address(iri, request["base"]), **record(found)}
    return Reply({"found": True, "iri": iri}, json.dumps(shaped, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def vocabulary(context: Context, request: Mapping[str, Any]) -> Reply:
    """Write the whole ontology in the form that ``form`` names; head: ``unsayable``."""
    form = named(request["form"]) or JSON_LD
    store = _ontology(context)
    quads = list(store)
    why = unsayable(quads, form)
    body = pages.vocabulary_page(sorted(_own_words(store)), request["base"], request["prefix"]) if form is HTML else b""
    return Reply({"unsayable": why}, body or (b"" if why else written(quads, form, KG + "bioimage-kg")))


def _own_words(store: ox.Store) -> set[str]:
    subjects = {quad.subject for quad in store.quads_for_pattern(None, None, None)}
    return {node.value for node in subjects if isinstance(node, ox.NamedNode) and node.value.startswith(KG)}


def _first(context: Context, request: Mapping[str, Any]) -> str | None:
    return next((iri for iri in request["iris"] if _reader(context, request, iri).known(iri) or _made(request, iri)), None)


def _reader(context: Context, request: Mapping[str, Any], iri: str) -> Reader:
    path = request["database"]
    if iri.startswith(request["base"]):
        return context.kept("reader", path, lambda place: Reader(context.database(place)))
    return context.kept("reader and words", path, lambda place: Reader(context.database(place), _ontology(context)))


def _ontology(context: Context) -> ox.Store:
    return context.kept("ontology", ontology_path(), ontology)


def _gathered(context: Context, request: Mapping[str, Any], iri: str, bounds: Bounds) -> Gathered:
    found = _reader(context, request, iri).gather(iri, bounds)
    found.own += _made(request, iri)
    if not found.own:
        found.own += _plainly(found)
    return found


def _made(request: Mapping[str, Any], iri: str) -> list[ox.Quad]:
    """Return the statements about the current generation, which stand in no graph."""
    current = request["generation"]
    if not current["id"] or iri != generation_iri(current["id"]):
        return []
    node, day = ox.NamedNode(iri), ox.Literal(current["created"], datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
    return [
        ox.Quad(node, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["dcat"] + "Dataset")),
        ox.Quad(node, ox.NamedNode(PREFIXES["dcterms"] + "identifier"), ox.Literal(current["id"])),
        ox.Quad(node, ox.NamedNode(PREFIXES["dcterms"] + "issued"), day),
    ]


def _plainly(found: Gathered) -> list[ox.Quad]:
    """Return what can be said of an IRI that nothing is said of."""
    iri, node, kind = found.iri, ox.NamedNode(found.iri), ox.NamedNode(PREFIXES["rdf"] + "type")
    if found.property:
        label = ox.Quad(node, ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.Literal(words().slot(iri, ())))
        return [ox.Quad(node, kind, ox.NamedNode(PREFIXES["rdf"] + "Property")), label]
    if found.graph:
        return [ox.Quad(node, kind, ox.NamedNode("http://www.w3.org/ns/sparql-service-description#NamedGraph"))]
    version = iri.removeprefix(KG + "software/")
    if version == iri:
        return []
    return [
        ox.Quad(node, kind, ox.NamedNode(PREFIXES["prov"] + "SoftwareAgent")),
        ox.Quad(node, ox.NamedNode(PREFIXES["schema"] + "name"), ox.Literal(f"bioimage-kg {version}")),
        ox.Quad(node, ox.NamedNode(PREFIXES["schema"] + "softwareVersion"), ox.Literal(version)),
    ]


def _told(found: Gathered, base: str) -> list[ox.Quad]:
    """Return what says that a document is cut; its IRI is the same on whatever host."""
    if not found.cut:
        return []
    node = ox.NamedNode(KG.rstrip("/") + data_address(found.iri, base))
    text = f"Not all is told here: {', '.join(found.cut)} cut. The SPARQL endpoint has the rest."
    return [
        ox.Quad(node, ox.NamedNode(PREFIXES["schema"] + "about"), ox.NamedNode(found.iri)),
        ox.Quad(node, ox.NamedNode(PREFIXES["rdfs"] + "comment"), ox.Literal(text, language="en")),
    ]
