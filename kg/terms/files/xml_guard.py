"""The prolog of an XML ontology, looked at before any parser sees it: what it is, and whether its entities are harmless.

pyoxigraph expands entities without a limit, so a document type whose entities build on one another is refused.
"""

from __future__ import annotations

import re

from kg.errors import TermError

LONGEST_ENTITY = 1000
"""Longest value of an entity in characters; real ontologies use entities for namespaces only."""

LONGEST_PROLOG = 1 << 20
"""Most bytes that may stand before the root element."""

_SKIP = re.compile(rb"(?:\xef\xbb\xbf|\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)([^>]*)", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+([^\s\[>]+)([^\[>]*)(?:\[(.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?(\S+)\s+(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.DOTALL)


def check_xml(head: bytes, name: str) -> None:
    """Raise TermError unless the head of a file (up to LONGEST_PROLOG) opens as RDF/XML with harmless entities."""
    if b"\x00" in head[:200]:
        raise TermError(name, "is XML in UTF-16 or UTF-32; please convert it to UTF-8")
    place = _skipped(head, 0)
    doctype = _DOCTYPE.match(head, place)
    if doctype:
        if doctype[1].lower() == b"html":
            raise TermError(name, "is a web page, not an ontology; please look at what was downloaded")
        _check_entities(doctype[3] or b"", name)
        place = _skipped(head, doctype.end())
    root = _ROOT.match(head, place)
    if root is None:
        raise TermError(name, f"is XML whose root element cannot be found in the first {LONGEST_PROLOG} bytes")
    prefix, local, attributes = root[1], root[2].decode("ascii", "replace"), root[3]
    if local.lower() == "html":
        raise TermError(name, "is a web page, not an ontology; please look at what was downloaded")
    if local == "Ontology" and prefix is None and b"w3.org/2002/07/owl#" in attributes:
        raise TermError(name, "is OWL in its XML syntax (OWL/XML); please convert it to RDF/XML, for example with ROBOT")
    if b"http://www.w3.org/1999/02/22-rdf-syntax-ns#" not in head and b"&rdf;" not in head:
        raise TermError(name, f"is XML with the root element {local}, expected an ontology as RDF/XML")


def _skipped(head: bytes, place: int) -> int:
    found = _SKIP.match(head, place)
    return found.end() if found else place


def _check_entities(subset: bytes, name: str) -> None:
    for found in _ENTITY.finditer(subset):
        parameter, entity, double, single, external = found.groups()
        value = double if double is not None else single
        label = entity.decode("utf-8", "replace")[:40]
        if parameter or external is not None or value is None:
            raise TermError(name, f"declares the parameter or external entity {label}, which is not read")
        if b"&" in value or b"%" in value.replace(b"%20", b""):
            raise TermError(name, f"has an entity, {label}, that is made of other entities; such files are refused")
        if len(value) > LONGEST_ENTITY:
            raise TermError(name, f"has an entity, {label}, of {len(value)} characters, at most {LONGEST_ENTITY} are read")
    if subset.count(b"<!ENTITY") != len(_ENTITY.findall(subset)):
        raise TermError(name, "has an entity declaration that cannot be understood")
