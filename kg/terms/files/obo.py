"""Reader of the OBO flat file format 1.2 and 1.4: https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, cast

from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.lines import utf8_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.term import Scope

_LONGEST_LINE = 1 << 20
_TAG = re.compile(r"([A-Za-z0-9_\-]+):[ \t]*(.*)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_TRAILER = re.compile(r"(?:\s+\{[^{}]*=[^{}]*\})?(?:\s+!.*)?$")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "W": " "}
_SCOPES = ("EXACT", "NARROW", "BROAD", "RELATED")
_PART_OF = frozenset({"part_of", "BFO:0000050", "OBO_REL:part_of"})
_LICENCES = ("license", "licence")
_RELATIONS = {
    "is_a": Kind.IS_A,
    "alt_id": Kind.ALT,
    "replaced_by": Kind.REPLACED_BY,
    "consider": Kind.CONSIDER,
    "xref": Kind.XREF,
    "xref_analog": Kind.XREF,
}
_SKOS = re.compile(r"(?:skos:|http://www\.w3\.org/2004/02/skos/core#)(exact|close)Match")
_SAME_XREF = re.compile(r"""source\s*=\s*"[^"]*MONDO:equivalentTo\b""")


def read_obo(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of an OBO file; raises TermError when it is not UTF-8 or has no term."""
    stanza, subject, terms = "", "", 0
    for number, line in _lines(stream, name):
        if line.startswith("["):
            stanza, subject = line.rstrip(), ""
            continue
        found = _TAG.match(line)
        if found is None:
            yield Fact(Kind.SKIPPED, value=f"line {number}: {line[:80]}")
            continue
        tag, value = found[1], found[2]
        if not stanza:
            yield from _header(tag, value)
        elif stanza == "[Term]":
            if tag == "id":
                subject = identifier(value)
                terms += 1
                yield Fact(Kind.TERM, subject, subject if "://" in subject else "")
            elif subject:
                yield from _clause(subject, tag, value, number)
    if not terms:
        raise TermError(name, "is an OBO file without a single [Term]")


def _lines(stream: IO[bytes], name: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines with their numbers: joined where a backslash ends one, without comments and blank lines."""
    held = ""
    for number, raw in enumerate(utf8_lines(stream, name, longest=_LONGEST_LINE), start=1):
        line = held + raw.rstrip("\r\n")
        if line.endswith("\\") and not line.endswith("\\\\"):
            held = line[:-1]
            if len(held) > _LONGEST_LINE:
                raise TermError(name, f"line {number} is longer than {_LONGEST_LINE} bytes")
            continue
        held = ""
        if line.strip() and not line.startswith("!"):
            yield number, line


def _header(tag: str, value: str) -> Iterator[Fact]:
    if tag == "ontology":
        yield Fact(Kind.ONTOLOGY, value=unescape(value.strip()))
    elif tag == "data-version":
        yield Fact(Kind.VERSION, value=unescape(value.strip()))
    elif tag == "property_value":
        property_, _, rest = value.partition(" ")
        quoted = _QUOTED.match(rest)
        text = unescape(quoted[1]) if quoted else unescape(rest.split(" ", 1)[0])
        if property_.lower().endswith(_LICENCES):
            yield Fact(Kind.LICENCE, value=text)
        elif property_.endswith("versionInfo"):
            yield Fact(Kind.VERSION, value=text)


def _clause(subject: str, tag: str, value: str, number: int) -> Iterator[Fact]:
    if tag == "name":
        yield Fact(Kind.LABEL, subject, unescape(_bare(value)).strip())
    elif tag == "synonym" or tag.endswith("_synonym"):
        yield _synonym(subject, tag, value, number)
    elif tag == "is_obsolete" and value.split(" ", 1)[0].strip() == "true":
        yield Fact(Kind.OBSOLETE, subject)
    elif tag == "def" and (quoted := _QUOTED.match(value)):
        yield Fact(Kind.DEFINITION, subject, unescape(quoted[1]))
    elif tag in ("relationship", "intersection_of"):
        yield from _relation(subject, tag, value)
    elif tag == "property_value":
        yield from _property(subject, value)
    elif target := identifier(value):
        yield from _link(subject, tag, target, value)


def _link(subject: str, tag: str, target: str, value: str) -> Iterator[Fact]:
    if tag in _RELATIONS:
        yield Fact(_RELATIONS[tag], subject, target)
    if tag == "equivalent_to":
        yield from _same(subject, target)
    elif tag == "xref" and _SAME_XREF.search(value):
        yield Fact(Kind.SAME, subject, target)


def _relation(subject: str, tag: str, value: str) -> Iterator[Fact]:
    """Read a relationship, or one part of a definition by intersection: below each of its parts the term stands too."""
    first, _, rest = _bare(value).strip().partition(" ")
    if first in _PART_OF and rest.strip():
        yield Fact(Kind.PART_OF, subject, identifier(rest))
    elif tag == "intersection_of" and first and not rest.partition("{")[0].strip():
        yield Fact(Kind.IS_A, subject, identifier(first))


def _property(subject: str, value: str) -> Iterator[Fact]:
    """Read a property value that names another term; the others are not kept."""
    property_, _, rest = value.strip().partition(" ")
    if match := _SKOS.fullmatch(unescape(property_)):
        quoted = _QUOTED.match(rest.strip())
        if target := identifier(quoted[1] if quoted else rest):
            yield from _same(subject, target) if match[1] == "exact" else (Fact(Kind.XREF, subject, target),)
    elif property_ == "IAO:0100001" and (target := identifier(rest.strip().strip('"'))):
        yield Fact(Kind.REPLACED_BY, subject, target)


def _same(subject: str, target: str) -> Iterator[Fact]:
    yield Fact(Kind.XREF, subject, target)
    yield Fact(Kind.SAME, subject, target)


def _synonym(subject: str, tag: str, value: str, number: int) -> Fact:
    """Read one synonym; in OBO 1.0 the scope is in the tag (``exact_synonym``), and none at all means related."""
    quoted = _QUOTED.match(value)
    if quoted is None:
        return Fact(Kind.SKIPPED, value=f"line {number}: {tag}: {value[:80]}")
    scope = tag.partition("_")[0].upper() if tag != "synonym" else quoted[2].partition(" ")[0].partition("[")[0].strip()
    return Fact(
        Kind.NAME, subject, unescape(quoted[1]).strip(), cast("Scope", scope.lower() if scope in _SCOPES else "related")
    )


def _bare(value: str) -> str:
    """Return a value without trailing modifiers and comment."""
    return _TRAILER.sub("", value) if "!" in value or "{" in value else value


def unescape(text: str) -> str:
    r"""Undo the escapes of OBO.

    >>> unescape(r"SMC4\\, \"x\" \!"), unescape(r"a\nb")
    ('SMC4\\, "x" !', 'a\nb')
    """
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text) if "\\" in text else text


def identifier(value: str) -> str:
    """Return the first identifier of a value, without comment and modifiers, as a CURIE where it is an IRI.

    >>> identifier('FBbi:00000246 {is_inferred="true"} ! fluorescence microscopy')
    'FBbi:00000246'
    >>> identifier("http://purl.obolibrary.org/obo/UBERON_0000955")
    'UBERON:0000955'
    """
    first = unescape(value.strip().split(" ", 1)[0])
    return curie_of(first) if first.startswith("http") else first
