"""The audit: the pairs of a source's columns in, what is wrong with them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from kg.schema import Branch
from kg.terms.audit.finding import Audited, Finding
from kg.terms.audit.names import Names
from kg.terms.audit.pairs import audit_pair, outside, unknown
from kg.terms.audit.runs import fill_downs
from kg.terms.audit.specificity import Specificity, near_roots
from kg.terms.audit.taxon import Taxa, contradictions
from kg.terms.index import TermIndex

_ANY: Mapping[str, tuple[Branch, ...]] = MappingProxyType({})


def audit(cells: Iterable[Audited], index: TermIndex, fields: Mapping[str, tuple[Branch, ...]] = _ANY) -> tuple[Finding, ...]:
    """Return what is wrong with pairs of text and accession; empty when nothing is.

    Only one column is held at a time. Raises TermError when the index or a packaged table cannot be read.

    Args:
        cells: distinct pairs; those of one column stand together, in the order of its rows.
        index: an open index.
        fields: branches of each field, best first, as a schema has them; a field that is not there takes any ontology.
    """
    column = _Column(index, fields)
    grouped = groupby(cells, key=lambda cell: (cell.source, cell.column, cell.field))
    return tuple(found for _, group in grouped for found in column.audit(list(group)))


class _Column:
    """Audits one column after the other."""

    def __init__(self, index: TermIndex, fields: Mapping[str, tuple[Branch, ...]]) -> None:
        self._names = Names(index)
        self._taxa = Taxa(self._names)
        self._score = Specificity(self._names)
        self._fields = fields

    def audit(self, cells: Sequence[Audited]) -> list[Finding]:
        branches = self._fields.get(cells[0].field, ())
        prefixes = tuple(dict.fromkeys(branch.ontology for branch in branches))
        roots: dict[str, tuple[str, ...]] = {}
        for branch in branches:
            roots[branch.ontology] = (*roots.get(branch.ontology, ()), *branch.roots)
        found = fill_downs(cells, self._names)
        dragged = {pair for run in found for pair in run.pairs}
        # What a spreadsheet counted on was never chosen: to say that its label disagrees would say the same thing again.
        chosen = [cell for cell in cells if cell.pair not in dragged or self._names.called(cell.curie, cell.text)]
        for cell in chosen:
            found += audit_pair(cell, self._names, prefixes)
        told = {pair for one in found for pair in one.pairs}
        untold = [cell for cell in chosen if cell.pair not in told]
        elsewhere = outside(untold, self._names, prefixes)
        told = {pair for one in elsewhere for pair in one.pairs}
        found += elsewhere
        found += unknown([cell for cell in untold if cell.pair not in told], self._names)
        found += contradictions(chosen, self._names, self._taxa)
        found += near_roots(chosen, self._names, self._score, roots)
        return found
