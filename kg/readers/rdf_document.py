"""RDF documents as tables: a table per type, a row per subject, a column per property.

Turtle, TriG, N-Triples, N-Quads and RDF/XML (https://www.w3.org/TR/rdf11-primer/). Nothing that a document imports or names is
fetched.

* The table is named by the local name of the subject's first type that says more than the words of OWL do
  (``owl:NamedIndividual``); what has no type is in ``untyped``. All types, whole, are in ``@type``; the subject is ``@id``.
* A column is named by the local name of its property; where two properties of one table share it, the later is named whole.
  It holds IRIs whole and literals as they are written; the members of an RDF list are values like others.
* ``_label.<column>`` is what the document calls an IRI (``rdfs:label``); ``_datatype.<column>``, ``_language.<column>`` stand
  beside literals that are no plain text, each in step with the values (empty where there is none).
* Nodes without a name are ``_:b1``, ``_:b2`` in the order in which they come up. Named graphs are in ``@graph``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
import pyoxigraph as ox

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.safe_xml import load, root_name
from kg.readers.text import decode
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "rdf_document"
RANK = 70
TITLE = "RDF (Turtle .ttl, TriG .trig, N-Triples .nt, N-Quads .nq, RDF/XML .rdf, .owl)"

UNTYPED = "untyped"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TEXTS = frozenset(("http://www.w3.org/2001/XMLSchema#string", f"{_RDF}langString"))
_UNTOLD = frozenset(
    (
        "http://www.w3.org/2002/07/owl#NamedIndividual",
        "http://www.w3.org/2002/07/owl#Thing",
        "http://www.w3.org/2000/01/rdf-schema#Resource",
    )
)
_LINES = (".nt", ".nq")
_SUFFIXES = {".ttl": "TURTLE", ".trig": "TRIG", ".nt": "N_TRIPLES", ".nq": "N_QUADS"}
_TURTLE_START = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:@prefix\s|@base\s|PREFIX\s+[\w.-]*:\s*<|BASE\s+<)", re.IGNORECASE)
_LINE_START = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:<|_:)")
_TRIPLE = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:<[^<>\s]*>|[\w.-]*:[^\s]*|\[|_:\S+)")
_ENTITY = b"<!ENTITY"
_RELATIVE = "x-kg-relative:/"
_MOST_STATEMENTS = 2_000_000
_MOST_ERRORS = 20


def claims(peek: Peek) -> bool:
    """Claim text that begins as Turtle does, files with a suffix of RDF that look like it, and RDF/XML."""
    return _format(peek.suffix, peek.text, peek.head) is not None


def _format(suffix: str, text: str, head: bytes) -> str | None:
    """Return the name of the format as pyoxigraph has it."""
    root = root_name(head) if text.lstrip().startswith("<") else None
    if root is not None:
        # a document type declaration gives the name as it is written; what follows it is refused where it has entities
        return "RDF_XML" if (root.namespace, root.local) == (_RDF, "RDF") or root.local.endswith(":RDF") else None
    if suffix in _LINES:
        return _SUFFIXES[suffix] if _LINE_START.match(text) else None
    if _TURTLE_START.match(text):
        return _SUFFIXES.get(suffix, "TURTLE")
    return _SUFFIXES[suffix] if suffix in _SUFFIXES and _TRIPLE.match(text) else None


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the statements; facts are the format, the IRI of the ontology and how many statements there are.

    What stands in a damaged place is a Problem; the rest is read.

    Raises:
        SourceError: nothing of it is RDF, or the XML defines entities.
        LimitError: beyond the limits.
    """
    data = load(source.path, limits, source.key)
    try:
        text = decode(data).text
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so at byte {error.start:,}") from error
    name = source.path.name.lower().removesuffix(".gz")
    format_ = _format("." + name.rpartition(".")[2], text[:65536], data[:65536]) or "TURTLE"
    raw = text.encode("utf-8", "replace")
    if format_ == "RDF_XML" and _ENTITY in raw:
        raise SourceError(source.key, "defines XML entities, which are not expanded; save it without them, or as Turtle")
    graph = _Graph(source.key, limits)
    for statement in graph.statements(raw, getattr(ox.RdfFormat, format_)):
        graph.add(statement)
    facts = {"format": format_.replace("_", "-").lower(), "statements": str(graph.count)}
    return Reading(NAME, graph.tables(), tuple(graph.problems), {**facts, **graph.facts()})


def local_name(iri: str) -> str:
    """Return the last part of an IRI; the whole where there is none.

    >>> local_name("http://a.org/x#has_part"), local_name("http://a.org/x/y"), local_name("http://a.org/")
    ('has_part', 'y', 'http://a.org/')
    """
    return re.split(r"[#/]", iri)[-1].rpartition(":")[2] or iri


@dataclass(frozen=True, slots=True)
class _Value:
    """One object of a statement as text."""

    text: str
    iri: bool = False
    blank: bool = False
    datatype: str = ""
    language: str = ""


@dataclass(slots=True)
class _Subject:
    """What is said of one subject."""

    types: list[str] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    values: dict[str, list[_Value]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        telling = [type_ for type_ in self.types if type_ not in _UNTOLD] or self.types
        return local_name(telling[0]) if telling else UNTYPED


class _Graph:
    """The statements of one document, by subject."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.problems: list[Problem] = []
        self.count = 0
        self._where = where
        self._limits = limits
        self._subjects: dict[str, _Subject] = {}
        self._blank: dict[str, str] = {}

    def statements(self, data: bytes, format_: ox.RdfFormat) -> Iterator[ox.Quad]:
        """Yield the statements; the parser goes on after a damaged place."""
        parser = ox.parse(input=data, format=format_, base_iri=_RELATIVE, lenient=True)
        errors = 0
        while True:
            try:
                statement = next(parser)
            except StopIteration:
                break
            except (SyntaxError, ValueError) as error:
                errors += 1
                self._damage(error)
                if errors >= _MOST_ERRORS or not isinstance(error, SyntaxError):
                    break
                continue
            self.count += 1
            if self.count > _MOST_STATEMENTS:
                raise LimitError(self._where, f"has more than {_MOST_STATEMENTS:,} statements")
            yield statement
        if not self.count:
            if self.problems:
                raise SourceError(self._where, f"is not RDF that can be read: {self.problems[0].found}")
            raise SourceError(self._where, "holds no statement, expected RDF")

    def _damage(self, error: Exception) -> None:
        found = re.sub(r"^Parser error ", "", str(error)) or "a damaged place"
        rows = (error.lineno,) if isinstance(error, SyntaxError) and error.lineno else ()
        repair = "what stands there is left out, the rest is read"
        self.problems.append(Problem(self._where, "rdf", found[:300], "RDF", "", rows, 1, repair, "error"))

    def add(self, statement: ox.Quad) -> None:
        """File one statement."""
        known = self._subjects.setdefault(self._node(statement.subject).text, _Subject())
        graph = "" if isinstance(statement.graph_name, ox.DefaultGraph) else self._node(statement.graph_name).text
        if graph and graph not in known.graphs:
            known.graphs.append(graph)
        value = self._node(statement.object)
        if len(value.text) > self._limits.cell_bytes:
            raise LimitError(self._where, f"one value is longer than {self._limits.cell_bytes:,} characters")
        predicate = _shown(statement.predicate.value)
        if predicate == f"{_RDF}type" and value.iri:
            if value.text not in known.types:
                known.types.append(value.text)
            return
        known.values.setdefault(predicate, []).append(value)

    def _node(self, node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> _Value:
        if isinstance(node, ox.NamedNode):
            return _Value(_shown(node.value), iri=True)
        if isinstance(node, ox.BlankNode):
            return _Value(self._blank.setdefault(node.value, f"_:b{len(self._blank) + 1}"), blank=True)
        if isinstance(node, ox.Literal):
            datatype = node.datatype.value
            return _Value(node.value, datatype="" if datatype in _TEXTS else _shown(datatype), language=node.language or "")
        return _Value(str(node))  # a statement about a statement

    def facts(self) -> dict[str, str]:
        """Return the ontology that the document says it is."""
        own = [iri for iri, known in self._subjects.items() if "http://www.w3.org/2002/07/owl#Ontology" in known.types]
        return {"ontology": own[0]} if own else {}

    def tables(self) -> dict[str, Table]:
        """Return kind to table, in order of the first subject of each."""
        consumed = self._unlisted()
        kinds: dict[str, list[tuple[int, str, _Subject]]] = {}
        for number, (iri, known) in enumerate(self._subjects.items(), start=1):
            if iri not in consumed:
                kinds.setdefault(known.kind, []).append((number, iri, known))
        if len(kinds) > self._limits.columns:
            raise LimitError(self._where, f"has more than {self._limits.columns:,} different types")
        return {kind: Table(kind, self._frame(kind, rows).lazy()) for kind, rows in kinds.items()}

    def _unlisted(self) -> set[str]:
        """Put the members of RDF lists in the place of their heads; return the nodes that made up the lists."""
        consumed: set[str] = set()
        for known in self._subjects.values():
            for predicate, values in known.values.items():
                if predicate in (f"{_RDF}rest", f"{_RDF}first") or not any(value.blank for value in values):
                    continue
                known.values[predicate] = [member for value in values for member in self._members(value, consumed)]
        return consumed

    def _members(self, head: _Value, consumed: set[str]) -> list[_Value]:
        found: list[_Value] = []
        node, seen = head, set[str]()
        while node.blank and node.text not in seen:
            cell = self._subjects.get(node.text)
            first = cell.values.get(f"{_RDF}first") if cell else None
            rest = cell.values.get(f"{_RDF}rest") if cell else None
            if not first or not rest:
                break
            seen.add(node.text)
            found.extend(first)
            node = rest[0]
        if not seen or node.text != f"{_RDF}nil":  # no list, or one that does not end
            return [head]
        consumed.update(seen)
        return found

    def _frame(self, kind: str, rows: list[tuple[int, str, _Subject]]) -> pl.DataFrame:
        names = _column_names([known for _, _, known in rows])
        if len(names) > self._limits.columns:
            raise LimitError(self._where, f"{kind} has more than {self._limits.columns:,} different properties")
        series = [
            pl.Series(ROW, [number for number, _, _ in rows], pl.UInt32),
            pl.Series("@id", [iri for _, iri, _ in rows], pl.String),
            _series("@type", [known.types for _, _, known in rows]),
        ]
        if any(known.graphs for _, _, known in rows):
            series.append(_series("@graph", [known.graphs for _, _, known in rows]))
        for predicate, name in names.items():
            cells = [known.values.get(predicate) or [] for _, _, known in rows]
            series.append(_series(name, [[value.text for value in cell] for cell in cells]))
            for beside, told in (("_label", self._label), ("_datatype", _datatype), ("_language", _language)):
                said = [[told(value) for value in cell] for cell in cells]
                if any(map(any, said)):
                    series.append(_series(f"{beside}.{name}", said))
        return pl.DataFrame(series)

    def _label(self, value: _Value) -> str:
        known = self._subjects.get(value.text) if value.iri or value.blank else None
        labels = known.values.get(_LABEL, []) if known else []
        english = [label for label in labels if label.language.partition("-")[0] in ("", "en")]
        return (english or labels)[0].text if labels else ""


def _series(name: str, cells: list[list[str]]) -> pl.Series:
    """Return a column of texts where no row has several values, else of lists."""
    if all(len(cell) <= 1 for cell in cells):
        return pl.Series(name, [cell[0] if cell else None for cell in cells], pl.String)
    return pl.Series(name, [cell or None for cell in cells], pl.List(pl.String))


def _datatype(value: _Value) -> str:
    return value.datatype


def _language(value: _Value) -> str:
    return value.language


def _shown(iri: str) -> str:
    """Return a relative IRI as the document wrote it."""
    return iri.removeprefix(_RELATIVE)


def _column_names(subjects: list[_Subject]) -> dict[str, str]:
    """Return predicate to column: the local name, or the whole IRI where another property took it."""
    names: dict[str, str] = {}
    taken = {ROW, "@id", "@type", "@graph"}
    for known in subjects:
        for predicate in known.values:
            if predicate not in names:
                short = local_name(predicate)
                name = predicate if short in taken or short.startswith(("_", "$")) else short
                taken.add(name)
                names[predicate] = name
    return names
