"""What people decided and what curators of other sources said, as it reaches the resolver of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from kg.problem import Problem
from kg.store import DECISIONS, Generation, text_of
from kg.terms.decided import Memory, Row, read_rows
from kg.terms.files.facts import curie_of

_SAID = """
PREFIX kg: <https://w3id.org/bioimage-kg/> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?field ?text ?term ?source WHERE {
  ?decision a kg:Decision ; kg:status "accepted" ; kg:decisionTier ?tier ; kg:field ?field ; kg:sourceText ?text ;
    kg:chosenTerm ?term ; prov:wasDerivedFrom ?source .
  FILTER(?tier IN ("accession", "curated"))
}
"""


def decisions_file(store: Path, given: Path | None = None) -> Path:
    """Return the file of decisions that goes with a store: the one given, else the one in its folder."""
    return given or store / DECISIONS


def decided_rows(file: Path) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of a file of decisions and what is wrong with it; nothing when there is no file.

    Raises:
        TermError: the file cannot be read, or is no SSSOM table.
    """
    return read_rows(file) if file.exists() else ((), ())


def memory_of(generation: Generation | None, without: Collection[str] = ()) -> Memory:
    """Return what the sources of a graph say of texts by accessions of their own, and people by decisions.

    Args:
        generation: the graph; None for an empty memory.
        without: IRIs of sources that are read anew, so that none is a witness to itself.
    """
    return Memory(_remembered(generation, without) if generation else ())


def _remembered(generation: Generation, without: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    for row in generation.query(_SAID):
        field, text, term, source = (text_of(value) for value in row)
        if source not in without:
            yield field, text, curie_of(term), source
