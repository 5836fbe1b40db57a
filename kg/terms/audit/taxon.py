"""Taxa: does the organism of a record agree with its cell line, and with the anatomy that it speaks of?"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kg.errors import TermError
from kg.paths import data_dir
from kg.term import Term
from kg.terms.audit.finding import Audited, Finding, finding, shown
from kg.terms.audit.names import Names
from kg.terms.normalise import key, squash
from kg.terms.resolve.accession import spelt_out

TAXA = "NCBITaxon"
CELL_LINE = "cell_line"
ORGANISM = "organism"

_KEPT = 16_384
_LINE_OF = re.compile(r"(.+?) cell lines?", re.IGNORECASE)
_CELLS = re.compile(r"[\s_\-]+cells?([\s_\-]+lines?)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Origin:
    """The taxon that something is of, and how that is known."""

    taxon: str
    why: str


class Taxa:
    """Knows the taxa of cell lines and of ontologies, from the index and from the project's tables."""

    def __init__(self, names: Names) -> None:
        """Take the names of an open index; raises TermError when a packaged table is damaged."""
        self._names = names
        self._lines = line_taxa()
        self._ontologies = ontology_taxa()
        self._species = frozenset(origin.taxon for origin in (*self._lines.values(), *self._ontologies.values()))
        self.organism = lru_cache(maxsize=_KEPT)(self._organism)
        self.line = lru_cache(maxsize=_KEPT)(self._line)
        self.contradict = lru_cache(maxsize=_KEPT)(self._contradict)

    def _organism(self, text: str) -> str | None:
        """Return the taxon that an organism's name or CURIE means; None when it means none or more than one."""
        if not text.strip():
            return None
        spelt = spelt_out(text)
        if spelt:
            return spelt if spelt.startswith(TAXA + ":") else None
        hits = [hit for hit in self._names.index.lookup(key(text), (TAXA,)) if not hit.obsolete]
        best = [hit for hit in hits if hit.scope in {"label", "exact"}] or hits
        return best[0].curie if len(best) == 1 else None

    def _line(self, text: str, curie: str | None) -> _Origin | None:
        """Return where a cell line is from: by its name, by the name of its term, by what stands above that term."""
        entry = self._names.known(curie)
        # A term that is not the text's own says nothing of the text.
        label = entry.term.label if entry and (not text.strip() or self._names.shares(entry.term.curie, text)) else ""
        for name in (text, _CELLS.sub("", text.strip()), label, _CELLS.sub("", label)):
            if origin := self._lines.get(squash(name)):
                return origin
        return self._above(curie) if label and curie else None

    def _above(self, curie: str) -> _Origin | None:
        """Return the taxon that a class above a cell line is named after, as in "Homo sapiens cell line"."""
        found = {}
        for above in self._names.index.ancestors(curie):
            label = self._names.term(above).label
            of = _LINE_OF.fullmatch(label)
            taxon = self._organism(of[1]) if of else None
            if taxon:
                found[taxon] = f"{curie} is a {label!r}"
        [(taxon, why)] = found.items() if len(found) == 1 else [("", "")]
        return _Origin(taxon, why) if taxon else None

    def ontology(self, prefix: str) -> _Origin | None:
        """Return the taxon whose anatomy or stages an ontology describes; None for the others."""
        return self._ontologies.get(prefix)

    def _contradict(self, one: str, other: str) -> bool:
        """Say whether nothing can be of both taxa; what the index cannot place is given the benefit of the doubt."""
        index = self._names.index
        if one == other or index.is_below(one, (other,)) or index.is_below(other, (one,)):
            return False
        return all(taxon in self._species or index.ancestors(taxon) for taxon in (one, other))


def contradictions(cells: Collection[Audited], names: Names, taxa: Taxa) -> list[Finding]:
    """Return the pairs of one column that the organism of their rows contradicts, one finding each."""
    findings = []
    for cell in cells:
        organism = taxa.organism(cell.organism) if cell.field != ORGANISM else None
        if organism is None:
            continue
        line = taxa.line(cell.text, cell.curie) if cell.field == CELL_LINE else None
        origin = line or taxa.ontology(cell.prefix)
        if origin is None or not taxa.contradict(organism, origin.taxon):
            continue
        right = names.term(origin.taxon)
        thing = repr(cell.text.strip()[:60]) if cell.text.strip() else cell.shown
        found = f"{thing} ({cell.shown}) in rows whose organism is {shown(names.term(organism))}"
        wanted = f"{shown(right)}, because {origin.why}"
        # Which of the two is wrong is plain for a cell line only: mouse tissue may well have been looked up in the wrong atlas.
        proposal: Term | str = right if line else ""
        findings.append(
            finding("taxon", (cell,), found, wanted if line else f"a term for that organism: {origin.why}", proposal, 0.9)
        )
    return findings


@cache
def line_taxa() -> Mapping[str, _Origin]:
    """Return the taxa of widely used cell lines, by their squashed names; raises TermError when the table is damaged."""
    found = {}
    for row in _rows(data_dir("mappings") / "cell-line-taxa.tsv", ("name", "synonyms", "taxon", "cellosaurus")):
        why = f"that is where the cell line {row['name']} ({row['cellosaurus']}) is from"
        for name in (row["name"], *filter(None, row["synonyms"].split("|"))):
            found[squash(name)] = _Origin(row["taxon"], why)
    return found


@cache
def ontology_taxa() -> Mapping[str, _Origin]:
    """Return the taxa of ontologies that describe one, by prefix; raises TermError when the table is damaged."""
    rows = _rows(data_dir("mappings") / "ontology-taxa.tsv", ("prefix", "taxon", "what"))
    return {row["prefix"]: _Origin(row["taxon"], f"{row['prefix']} is the {row['what']}") for row in rows}


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a packaged table; a first cell that begins with # is a comment."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = (
                row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row and not row[0].startswith("#")
            )
            head = next(rows, [])
            if tuple(head) != columns:
                raise TermError(path.name, f"has the columns {', '.join(head) or 'none'}, expected {', '.join(columns)}")
            for row in rows:
                if len(row) != len(columns):
                    raise TermError(path.name, f"has {len(row)} cells in the row of {row[0]!r}, expected {len(columns)}")
                yield dict(zip(columns, row, strict=True))
    except OSError as error:
        raise TermError(str(path), f"cannot be read: {error.strerror}") from error
