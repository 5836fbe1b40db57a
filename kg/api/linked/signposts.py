"""Signposts: typed links that tell machines what a page is about (https://signposting.org/FAIR/, RFC 8288, RFC 9264)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.api.linked.forms import FORMS, LINKSET, Form
from kg.api.linked.gathering import HAS_PART, IS_PART_OF, RDF_TYPE, Gathered
from kg.api.linked.iris import on_the_wire
from kg.curie import KG, PREFIXES

_LONGEST = 4096
_MOST = 30
_SCHEMA, _DCTERMS = PREFIXES["schema"], PREFIXES["dcterms"]
_LICENSE = tuple(ox.NamedNode(iri) for iri in (_SCHEMA + "license", _DCTERMS + "license"))
_AUTHOR = tuple(
    ox.NamedNode(iri) for iri in (_SCHEMA + "author", _SCHEMA + "creator", _DCTERMS + "creator", PREFIXES["pav"] + "authoredBy")
)
_SAME = tuple(ox.NamedNode(iri) for iri in (_SCHEMA + "sameAs", _SCHEMA + "identifier", KG + "doi"))
_DOI = "https://doi.org/"
_ABOUT_PAGE = "https://schema.org/AboutPage"


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link from the resource that a page is about."""

    rel: str
    target: str
    media_type: str = ""

    def __str__(self) -> str:
        """Return it as a part of a ``Link`` header."""
        kind = f'; type="{self.media_type}"' if self.media_type else ""
        return f'<{on_the_wire(self.target)}>; rel="{self.rel}"{kind}'


def links_of(found: Gathered) -> list[Link]:
    """Return the links that follow from the statements about a resource: how to cite it, its types, licence, authors, parts."""
    dois = [node.value for node in found.objects(*_SAME) if node.value.startswith(_DOI)]
    dois += [_DOI + text.removeprefix("doi:") for text in found.texts(_SAME[2]) if text.startswith(("10.", "doi:10."))]
    incoming = [(quad.predicate, quad.subject) for quad in found.incoming]
    items = [*found.objects(HAS_PART), *(node for predicate, node in incoming if predicate == IS_PART_OF)]
    wholes = [*found.objects(IS_PART_OF), *(node for predicate, node in incoming if predicate == HAS_PART)]
    return [
        Link("cite-as", next(iter(dois), found.iri)),
        Link("type", _ABOUT_PAGE),
        *_links("type", found.objects(RDF_TYPE)),
        *_links("license", found.objects(*_LICENSE)),
        *_links("author", found.objects(*_AUTHOR)),
        *_links("collection", wholes),
        *_links("item", items),
    ]


def _links(rel: str, nodes: Iterable[object]) -> list[Link]:
    addresses = (node.value for node in nodes if isinstance(node, ox.NamedNode))
    return [Link(rel, iri) for iri in dict.fromkeys(addresses) if is_web(iri)][:_MOST]


def is_web(iri: str) -> bool:
    """Say whether an IRI is an address that a link may lead to.

    >>> is_web("https://orcid.org/0"), is_web("javascript:alert(1)"), is_web("http://"), is_web("https://[x")
    (True, False, False, False)
    """
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def forms_of(address: str, forms: Sequence[Form] = FORMS) -> list[Link]:
    """Return the links from a document to its forms, and to the description of the whole dataset."""
    joined = "&" if "?" in address else "?"
    described = [Link("describedby", f"{address}{joined}format={form.name}", form.media_type) for form in forms if form.profile]
    return [
        Link("canonical", address),
        *described,
        Link("linkset", f"{address}{joined}format={LINKSET.name}", LINKSET.media_type),
        Link("http://rdfs.org/ns/void#inDataset", "/.well-known/void"),
    ]


def header(links: Iterable[Link]) -> str:
    """Return links as one ``Link`` header; what would make it too long is left to the link set."""
    said: list[str] = []
    size = 0
    for text in map(str, links):
        size += len(text) + 2
        if size > _LONGEST:
            continue
        said.append(text)
    return ", ".join(said)


def linkset(anchor: str, links: Iterable[Link]) -> bytes:
    """Return links as a link set in JSON (RFC 9264, section 4.2)."""
    context: dict[str, Any] = {"anchor": on_the_wire(anchor)}
    for link in links:
        target = {"href": on_the_wire(link.target), **({"type": link.media_type} if link.media_type else {})}
        context.setdefault(link.rel, []).append(target)
    return json.dumps({"linkset": [context]}, indent=1).encode()
