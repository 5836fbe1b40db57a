"""An ontology file on disk: opened whatever packs it, recognised by what stands in it, and read as facts."""

from __future__ import annotations

import hashlib
import re
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Literal, cast

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.edam_table import is_edam_table, read_edam_table
from kg.terms.files.functional import read_functional
from kg.terms.files.guide import is_guide, read_guide
from kg.terms.files.obo import read_obo
from kg.terms.files.obographs import is_obographs, read_obographs
from kg.terms.files.overlay import is_overlay, read_overlay
from kg.terms.files.owl import read_rdf
from kg.terms.files.packed import opened, peek, readable
from kg.terms.files.table_file import read_table
from kg.terms.files.xml_guard import LONGEST_PROLOG, check_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kg.terms.files.facts import Fact

Syntax = Literal[
    "obo", "rdfxml", "turtle", "ntriples", "jsonld", "functional", "guide", "obographs", "table", "edam", "overlay"
]

_RDF = {
    "rdfxml": ox.RdfFormat.RDF_XML,
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_READERS: Mapping[str, Callable[[IO[bytes], str], Iterator[Fact]]] = MappingProxyType(
    {
        "obo": read_obo,
        "functional": read_functional,
        "guide": read_guide,
        "obographs": read_obographs,
        "table": read_table,
        "edam": read_edam_table,
        "overlay": read_overlay,
    }
)
_OBO_TAGS = re.compile(
    r"(format-version|data-version|version|ontology|default-namespace|date|saved-by|auto-generated-by|subsetdef|remark"
    r"|synonymtypedef|idspace|import|treat-xrefs-as-[a-z\-]+|default-relationship-id-prefix|owl-axioms|property_value):"
)
_FUNCTIONAL = re.compile(r"(Prefix|Ontology)\s*\(")
_TRIPLE = re.compile(r"(<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+\S.*\.\s*(#.*)?")
_TURTLE = re.compile(r"(@prefix|@base|prefix|base)\s+\S*:?\s*<", re.IGNORECASE)
_CANNOT = (
    "is in no form that kg reads: OBO, OBO Graphs, OWL in functional syntax, OWL, RDFS or SKOS as RDF/XML, Turtle, N-Triples "
    "or JSON-LD, a table of cellxgene-ontology-guide or BioPortal, synonyms as an SSSOM table, or a term table of kg"
)


def facts_of(path: Path) -> Iterator[Fact]:
    """Yield what an ontology file says; raises TermError when it cannot be read, with a sentence for people."""
    with opened(path) as stream, readable(path.name):
        head = peek(stream, 1 << 14, path.name)
        syntax = recognise(head, path.name)
        if syntax == "rdfxml":
            check_xml(peek(stream, LONGEST_PROLOG, path.name), path.name)
        if syntax in _RDF:
            yield from read_rdf(cast("IO[bytes]", stream), path.name, _RDF[syntax])
        else:
            yield from _READERS[syntax](cast("IO[bytes]", stream), path.name)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as it lies on disk."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise TermError(str(path), f"cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def recognise(head: bytes, name: str) -> Syntax:
    """Return the syntax of a file from its first bytes; raises TermError for what kg does not read, saying what it is."""
    if not head.strip():
        raise TermError(name, "is empty")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TermError(name, "is text in UTF-16; please convert it to UTF-8")
    text = head.decode("utf-8-sig", "replace").lstrip()
    if is_edam_table(text):
        return "edam"
    if is_overlay(text):
        return "overlay"
    if text.startswith(("curie\t", "# ontology:")) or "\ncurie\tlabel" in text:
        return "table"
    if text.startswith(("<?xml", "<!--", "<!DOCTYPE", "<!doctype")) or re.match(r"<[A-Za-z_][\w.:\-]*[\s>]", text):
        return "rdfxml"
    if text.startswith("{") or re.match(r"\[\s*\{", text):
        return _json(text, name)
    lines = [line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith(("#", "!"))]
    return _lines(lines[:200], name)


def _lines(lines: list[str], name: str) -> Syntax:
    first = lines[0] if lines else ""
    if _FUNCTIONAL.match(first):
        return "functional"
    if first.startswith(("Prefix:", "Ontology:")):
        raise TermError(name, "is OWL in Manchester syntax, which kg does not read; please convert it to RDF/XML or OBO")
    if _OBO_TAGS.match(first) or first == "[Term]":
        return "obo"
    if any(_TURTLE.match(line) for line in lines):
        return "turtle"
    if _TRIPLE.fullmatch(first):
        return "ntriples"
    raise TermError(name, _CANNOT)


def _json(text: str, name: str) -> Syntax:
    if is_guide(text):
        return "guide"
    if is_obographs(text):
        return "obographs"
    if '"@' not in text:
        raise TermError(
            name,
            "is JSON, but neither OBO Graphs nor a table of cellxgene-ontology-guide, and not JSON-LD: no @context, @graph or "
            "@id at its beginning",
        )
    return "jsonld"
