"""Reader of OWL in functional syntax: https://www.w3.org/TR/owl2-syntax/, the form in which editors keep their ontologies.

An own reader, one axiom at a time: py-horned-owl holds the whole ontology and ends the process on one that nests deep.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NamedTuple

from kg.errors import TermError
from kg.terms.files.annotations import IN_OWL, OWL, PART_OF, RDF, RDFS, link_facts, literal_facts, says_same
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEEPEST = 200
"""How deep class expressions may nest."""

LARGEST = 500_000
"""How many words an axiom may have; the largest are lists of disjoint classes."""

_LONGEST = 1 << 20
_TOKEN = re.compile(
    r'(?P<blank>[ \t\r\n]+|#[^\n]*)|<(?P<iri>[^<>"\r\n]*)>|"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)"|(?P<mark>[()=])'
    r'|@(?P<language>[A-Za-z0-9\-]+)|(?P<type>\^\^)|(?P<name>[^\s()<>"=@^#]+)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KNOWN: Mapping[str, str] = MappingProxyType(
    {"owl:": OWL, "rdf:": RDF, "rdfs:": RDFS, "xsd:": "http://www.w3.org/2001/XMLSchema#"}
)


class Literal(NamedTuple):
    """A text with its language; the datatype is not kept."""

    text: str
    language: str


class Node(NamedTuple):
    """An axiom or expression: its word and, in brackets behind it, IRIs as texts, literals and further nodes."""

    name: str
    parts: list[Part]


Part = str | Literal | Node


def read_functional(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of an ontology in functional syntax; raises TermError, with the place, where the syntax is wrong."""
    tokens = _Tokens(stream, name)
    tokens.prefixes()
    tokens.expect("name", "Ontology")
    tokens.expect("mark", "(")
    iri = tokens.value() if tokens.kind() == "iri" else ""
    if iri:
        yield Fact(Kind.ONTOLOGY, iri, iri)
    if tokens.kind() == "iri":
        yield Fact(Kind.VERSION, iri, tokens.value())
    classes = 0
    while tokens.peek() != ("mark", ")"):
        for fact in _axiom(tokens.node(), iri):
            classes += fact.kind is Kind.TERM
            yield fact
    tokens.expect("mark", ")")
    if tokens.kind():
        raise tokens.wrong("goes on after the end of the ontology")
    if not classes:
        raise TermError(name, "is an ontology in functional syntax without a single Declaration(Class(...))")


class _Tokens:
    """The words of a file, one ahead."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._window = Window(stream, name)
        self._prefixes = dict(_KNOWN)
        self._ahead: tuple[str, str] | None = None

    def peek(self) -> tuple[str, str]:
        """Return the kind and text of the next word without taking it; both are empty at the end of the file."""
        if self._ahead is None:
            self._ahead = self._read()
        return self._ahead

    def kind(self) -> str:
        """Return the kind of the next word."""
        return self.peek()[0]

    def value(self) -> str:
        """Take the next word."""
        _, text = self.peek()
        self._ahead = None
        return text

    def expect(self, kind: str, text: str = "") -> str:
        """Take the next word, which must be of this kind."""
        found = self.peek()
        if found[0] != kind or (text and found[1] != text):
            raise self.wrong(
                f"has {found[1]!r:.60}, expected {text or kind}" if found[0] else f"is cut off before {text or kind}"
            )
        return self.value()

    def wrong(self, what: str) -> TermError:
        """Return the error that says what is wrong at this place."""
        return self._window.wrong(what)

    def prefixes(self) -> None:
        """Take the declarations of prefixes."""
        while self.peek() == ("name", "Prefix"):
            self.value()
            self.expect("mark", "(")
            prefix = self.expect("name")
            if not prefix.endswith(":"):
                raise self.wrong(f"declares the prefix {prefix[:40]!r}, expected a colon at its end")
            self.expect("mark", "=")
            self._prefixes[prefix] = self.expect("iri")
            self.expect("mark", ")")

    def node(self) -> Node:
        """Take one axiom with all that it holds; what nests is held in a list, so depth is no danger to the stack."""
        top = Node(self.expect("name"), [])
        self.expect("mark", "(")
        opened, words = [top], 0
        while opened:
            words += 1
            if words > LARGEST or len(opened) > DEEPEST:
                raise self.wrong(f"has an axiom of more than {LARGEST} words or {DEEPEST} levels")
            kind, text = self.peek()
            if kind == "mark" and text == ")":
                self.value()
                opened.pop()
            elif kind == "name" and ":" not in text:
                self._word(opened)
            else:
                opened[-1].parts.append(self._part())
        return top

    def _word(self, opened: list[Node]) -> None:
        """Take a word that opens a bracket, or a number."""
        text = self.value()
        if text.isdigit():
            opened[-1].parts.append(text)
            return
        self.expect("mark", "(")
        inner = Node(text, [])
        opened[-1].parts.append(inner)
        opened.append(inner)

    def _part(self) -> Part:
        kind, text = self.peek()
        if kind == "iri":
            return self.value()
        if kind == "name":
            return self._full(self.value())
        if kind == "text":
            return self._literal()
        raise self.wrong(f"has {text!r:.60}, expected an IRI, a text or an expression" if kind else "is cut off")

    def _literal(self) -> Literal:
        raw = self.value()
        text = _ESCAPE.sub(r"\1", raw) if "\\" in raw else raw
        if self.kind() == "type":
            self.value()
            self._part()
        return Literal(text, self.value() if self.kind() == "language" else "")

    def _full(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix == "_":
            return name
        namespace = self._prefixes.get(f"{prefix}:")
        if namespace is None:
            raise self.wrong(f"uses the prefix {prefix[:40]!r} without declaring it")
        return namespace + local

    def _read(self) -> tuple[str, str]:
        window = self._window
        while True:
            found = _TOKEN.match(window.text, window.at)
            # What touches the end of the window may go on behind it.
            touches = found is None or (found.end() == len(window.text) and found.lastgroup != "mark")
            if touches and window.widen(_LONGEST, "a word or text"):
                continue
            if found is None:
                if window.at == len(window.text):
                    return "", ""
                raise window.wrong(f"is cut off, or has {window.text[window.at : window.at + 40]!r}, which is no OWL")
            window.at = found.end()
            kind = found.lastgroup or ""
            if kind != "blank":
                return kind, found[kind]


def _axiom(node: Node, ontology: str) -> Iterator[Fact]:
    notes = [part for part in node.parts if isinstance(part, Node) and part.name == "Annotation"]
    parts = [part for part in node.parts if not (isinstance(part, Node) and part.name == "Annotation")]
    if node.name == "Declaration":
        yield from _declared(parts)
    elif node.name == "AnnotationAssertion":
        yield from _annotated(parts, notes)
    elif node.name == "Annotation" and ontology:  # of the ontology itself
        yield from _annotated([*parts[:1], ontology, *parts[1:]], [])
    elif node.name == "SubClassOf" and parts:
        for above in parts[1:]:
            yield from _below(parts[0], above)
    elif node.name == "EquivalentClasses":
        yield from _equivalent(parts)
    elif node.name == "DisjointUnion" and parts:
        for below in parts[1:]:
            yield from _below(below, parts[0])


def _declared(parts: list[Part]) -> Iterator[Fact]:
    for part in parts:
        if isinstance(part, Node) and part.parts and isinstance(iri := part.parts[-1], str):
            known = part.name == "Class"
            yield Fact(Kind.TERM, curie_of(iri), iri) if known else Fact(Kind.NOT_TERM, curie_of(iri))


def _annotated(parts: list[Part], notes: list[Node]) -> Iterator[Fact]:
    match parts:
        case [str(predicate), str(iri), Literal(text, language)]:
            facts = list(literal_facts(iri, predicate, text, language))
        case [str(predicate), str(iri), str(target)]:
            facts = list(link_facts(iri, predicate, target))
        case _:  # about an anonymous individual
            return
    yield from facts
    if says_same(predicate, _sources(notes)):
        yield from (fact._replace(kind=Kind.SAME) for fact in facts)


def _sources(notes: list[Node]) -> set[str]:
    return {
        part.text
        for note in notes
        if IN_OWL + "source" in note.parts[:1]
        for part in note.parts[1:]
        if isinstance(part, Literal)
    }


def _below(child: Part, above: Part) -> Iterator[Fact]:
    """Say that a class stands below another, or below each part of an intersection, or is part of something."""
    if not isinstance(child, str) or child == above:
        return
    match above:
        case str(iri) if iri != OWL + "Thing":
            yield Fact(Kind.IS_A, curie_of(child), curie_of(iri))
        case Node("ObjectIntersectionOf", parts):
            for part in parts:
                yield from _below(child, part)
        case Node("ObjectSomeValuesFrom", [str(property_), str(filler)]) if property_ in PART_OF:
            yield Fact(Kind.PART_OF, curie_of(child), curie_of(filler))


def _equivalent(parts: list[Part]) -> Iterator[Fact]:
    """Say what a definition says: named classes mean the same, and stand below what an expression demands."""
    named = [part for part in parts if isinstance(part, str)]
    for other in named[1:]:
        yield from link_facts(named[0], OWL + "equivalentClass", other)
    for child in named:
        for part in parts:
            if isinstance(part, Node):
                yield from _below(child, part)
