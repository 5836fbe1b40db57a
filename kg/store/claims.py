"""Claims: statements about shared entities, read from files and brought to one spelling each."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.faults import file_faults
from kg.store.ledger import Ledger

_FORMATS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
_REMEMBERED = 200_000
_GRAPH = ox.NamedNode("urn:x-kg:spelling")
# Kept as they are; every other datatype may be rewritten.
_TEXT = frozenset((
    "http://www.w3.org/2001/XMLSchema#string",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
))  # fmt: skip


def file_format(file: Path) -> ox.RdfFormat:
    """Return the format that a file's name tells; raises StoreError for any but ``.trig`` and ``.nq``."""
    form = _FORMATS.get(file.suffix)
    if form is None:
        raise StoreError(str(file), f"found a file of type {file.suffix or 'unknown'}, expected .trig or .nq")
    return form


def read_claims(files: Iterable[Path], sources: Collection[str], ledger: Ledger) -> dict[str, array[int]]:
    """Enter the statements of claims files in the ledger; return source IRI to numbers of its claims, repeats included.

    Memory is bounded, whatever the size of the files.

    Raises:
        StoreError: a file is not valid, has a blank node, or a graph that is not one of ``sources``.
    """
    claims: dict[str, array[int]] = {iri: array("I") for iri in sources}
    of_graph = {ox.NamedNode(iri): numbers for iri, numbers in claims.items()}
    known: dict[ox.Triple, int] = {}
    spelling = _Spelling()
    for file in files:
        for quad in quads_of(file):
            numbers = of_graph.get(quad.graph_name)  # type: ignore[arg-type]
            if numbers is None:
                raise StoreError(str(file), f"found {_shown(quad)}, expected a graph that is a source of this batch")
            number = known.get(quad.triple)
            if number is None:
                if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                    raise StoreError(str(file), f"found a blank node in {_shown(quad)}, expected the IRI of a shared entity")
                if len(known) >= _REMEMBERED:
                    known.clear()
                number = known[quad.triple] = ledger.statement_id(spelling.of(quad.triple))
            numbers.append(number)
    return claims


def quads_of(file: Path) -> Iterator[ox.Quad]:
    """Yield the statements of a file; raises StoreError where it is not valid, with the line."""
    with file_faults(file):
        yield from ox.parse(path=file, format=file_format(file))


def _shown(quad: ox.Quad) -> str:
    return str(quad)[:200]


class _Spelling:
    """The form in which Oxigraph keeps a statement, so that two spellings of one statement are one."""

    def __init__(self) -> None:
        self._memory = ox.Store()

    def of(self, triple: ox.Triple) -> str:
        value = triple.object
        if not isinstance(value, ox.Literal) or value.datatype.value in _TEXT:
            return str(triple)
        # Typed literals are rewritten ("007" to "7"); only a store itself knows how.
        self._memory.add(ox.Quad(triple.subject, triple.predicate, value, _GRAPH))
        kept = next(iter(self._memory.quads_for_pattern(None, None, None, _GRAPH))).triple
        self._memory.clear()
        return str(kept)
