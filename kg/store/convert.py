"""Small conversions: files between RDF syntaxes, RDF terms to what people read."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.store.faults import file_faults


def nquads_of(trig: Path, nquads: Path) -> None:
    """Write the statements of a TriG file as N-Quads, streaming; a Batch takes either.

    Raises:
        StoreError: the file is not valid TriG; the line is named.
    """
    with file_faults(trig):
        ox.serialize(ox.parse(path=str(trig), format=ox.RdfFormat.TRIG), str(nquads), format=ox.RdfFormat.N_QUADS)


def text_of(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """Return the IRI or the lexical form of a term; the empty text where a variable is unbound."""
    if term is None:
        return ""
    return str(term) if isinstance(term, ox.Triple) else term.value
