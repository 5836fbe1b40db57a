"""The forms in which answers are written: their media types, and the short names that addresses use for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyoxigraph as ox

from kg.api.negotiate import best
from kg.errors import QueryError

HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one kind of answer.

    Attributes:
        offered: media types, best first.
        names: short name to media type.
    """

    offered: tuple[str, ...]
    names: Mapping[str, str]

    def chosen(self, accept: str | None, name: str) -> str:
        """Return the media type for an answer; empty where the client takes none.

        A browser, which likes HTML best, gets what is offered first.

        Args:
            accept: what the client accepts.
            name: short name or media type that the address asks for instead; may be empty.
        """
        if name:
            asked = name.strip().lower().replace(" ", "+")  # a plus sign of a query string that nobody has encoded
            return asked if asked in self.offered else self.names.get(asked, "")
        found = best(accept, (*self.offered, HTML))
        return self.offered[0] if found == HTML else found or ""


_JSON, _XML = "application/sparql-results+json", "application/sparql-results+xml"
_CSV, _TSV = "text/csv", "text/tab-separated-values"
_TURTLE, _LINES, _RDF_XML, _LD = "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"
_N3, _TRIG, _QUADS = "text/n3", "application/trig", "application/n-quads"

_TABLES = {"json": _JSON, "srj": _JSON, "xml": _XML, "srx": _XML, "csv": _CSV, "tsv": _TSV}
ROWS = Forms(
    (_JSON, _XML, _CSV, _TSV, "application/json", "application/xml", "text/xml", "text/plain"), MappingProxyType(_TABLES)
)
BOOLEAN = Forms((*ROWS.offered, "text/boolean"), MappingProxyType(_TABLES))
TRIPLES = Forms(
    (_TURTLE, _LINES, _RDF_XML, _LD, _N3, _TRIG, _QUADS, "application/json", "application/xml", "text/xml", "text/plain"),
    MappingProxyType(
        {
            **dict.fromkeys(("turtle", "ttl"), _TURTLE),
            **dict.fromkeys(("ntriples", "n-triples", "nt"), _LINES),
            **dict.fromkeys(("rdf", "rdfxml", "rdf-xml", "rdf+xml", "xml"), _RDF_XML),
            **dict.fromkeys(("jsonld", "json-ld", "json"), _LD),
            "n3": _N3,
            "trig": _TRIG,
            **dict.fromkeys(("nquads", "n-quads", "nq"), _QUADS),
        }
    ),
)

ROW_FORMATS: Mapping[str, ox.QueryResultsFormat] = MappingProxyType(
    {
        **dict.fromkeys((_JSON, "application/json"), ox.QueryResultsFormat.JSON),
        **dict.fromkeys((_XML, "application/xml", "text/xml"), ox.QueryResultsFormat.XML),
        _CSV: ox.QueryResultsFormat.CSV,
        **dict.fromkeys((_TSV, "text/plain", "text/boolean"), ox.QueryResultsFormat.TSV),
    }
)
GRAPH_FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        _TURTLE: ox.RdfFormat.TURTLE,
        **dict.fromkeys((_LINES, "text/plain"), ox.RdfFormat.N_TRIPLES),
        **dict.fromkeys((_RDF_XML, "application/xml", "text/xml"), ox.RdfFormat.RDF_XML),
        **dict.fromkeys((_LD, "application/json"), ox.RdfFormat.JSON_LD),
        _N3: ox.RdfFormat.N3,
        _TRIG: ox.RdfFormat.TRIG,
        _QUADS: ox.RdfFormat.N_QUADS,
    }
)


def check_name(name: str) -> None:
    """Raise QueryError for a short name, or media type, that no kind of answer has."""
    if name and not any(forms.chosen(None, name) for forms in (BOOLEAN, TRIPLES)):
        names = ", ".join(dict.fromkeys((*ROWS.names, *TRIPLES.names)))
        raise QueryError("format", f"{name[:60]!r} is none of {names}")


def content_type(media_type: str) -> str:
    """Return a media type as a header says it, with the character set of texts."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
