"""Runs: accessions that count on beside one text, as a spreadsheet makes them when a cell is dragged down.

Found from the numbers alone; the index only confirms short runs and frees those whose terms do bear the text's words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.term import Term
from kg.terms.audit.finding import Audited, Finding, finding
from kg.terms.audit.names import Names
from kg.terms.audit.numbers import numbered
from kg.terms.normalise import key

_LONGEST_STEP = 10
_REACH = 12
_ENOUGH, _FEW, _LEAST = 5, 4, 3
_DENSE, _SPARSE = 0.5, 0.15
_IN_ORDER = 0.8
_SURPLUS = 2


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell with its number; ``place`` is the order of the rows."""

    place: int
    stem: str
    number: int
    width: int
    cell: Audited


@dataclass(frozen=True, slots=True)
class _Chain:
    """Neighbouring numbers of one text, ascending, each with its first spot.

    Attributes:
        spots: one for each number.
        step: the commonest difference of neighbours.
    """

    spots: tuple[_Spot, ...]
    step: int

    @property
    def even(self) -> bool:
        """Say whether all neighbours differ by the same step."""
        return all(after.number - before.number == self.step for before, after in pairwise(self.spots))

    @property
    def density(self) -> float:
        """Return how many of the numbers between the ends are there."""
        span = (self.spots[-1].number - self.spots[0].number) // self.step + 1
        return len(self.spots) / span

    @property
    def order(self) -> float:
        """Return which part of the moves from row to row goes one way."""
        rows = sorted(self.spots, key=lambda spot: spot.place)
        ups = sum(after.number > before.number for before, after in pairwise(rows))
        moves = len(rows) - 1
        return max(ups, moves - ups) / moves


def fill_downs(cells: Sequence[Audited], names: Names) -> list[Finding]:
    """Return the runs of one column, one finding for each text; the cells stand in the order of the rows."""
    spots = [
        _Spot(place, *split, cell)
        for place, cell in enumerate(cells)
        if cell.text.strip() and (split := numbered(cell)) is not None
    ]
    groups: dict[tuple[str, str], list[_Spot]] = defaultdict(list)
    for spot in spots:
        groups[key(spot.cell.text), spot.stem].append(spot)
    findings, taken = [], set()
    for name, group in groups.items():
        run = _run(group, names)
        if run:
            findings.append(_found(run, group, names))
            taken.add(name)
    for run in _interleaved(spots):
        for name in {(key(spot.cell.text), spot.stem): None for spot in run}:
            mine = [spot for spot in run if (key(spot.cell.text), spot.stem) == name]
            if name not in taken and not _bears(mine, names) and (len(mine) > 1 or not _named(mine[0], names)):
                findings.append(_found(mine, groups[name], names))
                taken.add(name)
    return findings


def _run(group: Sequence[_Spot], names: Names) -> list[_Spot]:
    """Return the spots of one text that belong to runs; empty when its accessions do not count on."""
    first = {spot.number: spot for spot in reversed(group)}
    if len(first) < _LEAST:
        return []
    chains = _chains(_unwrapped(list(first.values())))
    sure = [chain for chain in chains if _counts_on(chain, names)]
    if not sure:
        return []
    steps = {chain.step for chain in sure}
    # Where a column counts on, the short pieces that a filter left of it do too.
    kept = [chain for chain in chains if chain in sure or (len(chain.spots) > 1 and chain.even and chain.step in steps)]
    places = {spot.place for chain in kept for spot in chain.spots}
    numbers = {spot.number for spot in group if spot.place in places}
    return [spot for spot in group if spot.number in numbers]


def _unwrapped(spots: list[_Spot]) -> list[_Spot]:
    """Return the spots by number; numbers that went on at zero after the last one of their width stand after it."""
    ascending = sorted(spots, key=lambda spot: spot.number)
    top = 10 ** ascending[0].width
    if len({spot.width for spot in spots}) > 1 or ascending[-1].number < top - 1 or ascending[0].number > 1:
        return ascending
    later = [replace(spot, number=spot.number + top) if spot.number < top // 2 else spot for spot in ascending]
    return sorted(later, key=lambda spot: spot.number)


def _chains(ascending: Sequence[_Spot]) -> list[_Chain]:
    """Return the numbers cut where the gap is too wide for rows that were taken out."""
    gaps = [after.number - before.number for before, after in pairwise(ascending)]
    step = _commonest(gaps)
    pieces: list[list[_Spot]] = [[ascending[0]]]
    for spot, gap in zip(ascending[1:], gaps, strict=True):
        if gap > _REACH * step:
            pieces.append([])
        pieces[-1].append(spot)
    return [_Chain(tuple(piece), _commonest(_gaps(piece))) for piece in pieces]


def _gaps(spots: Sequence[_Spot]) -> list[int]:
    return [after.number - before.number for before, after in pairwise(spots)]


def _commonest(gaps: Iterable[int]) -> int:
    counted = Counter(gaps)
    return min(counted, key=lambda gap: (-counted[gap], gap)) if counted else 1


def _counts_on(chain: _Chain, names: Names) -> bool:
    """Say whether a chain is a run: the longer it is, the less it needs to be without gaps and in order."""
    length = len(chain.spots)
    if length < _LEAST or chain.step > _LONGEST_STEP or _bears(chain.spots, names):
        return False
    if length >= _ENOUGH and chain.density >= _DENSE:
        return True
    if chain.order < (_IN_ORDER if length >= _ENOUGH else 1.0):
        return False
    if length >= _ENOUGH and chain.density >= _SPARSE:
        return True
    if chain.even and (chain.step == 1 or length >= _FEW):
        return True
    return (chain.even or (length >= _FEW and chain.density >= _SPARSE)) and _confirmed(chain.spots, names)


def _bears(spots: Sequence[_Spot], names: Names) -> bool:
    """Say whether the terms bear the text's words, so that somebody chose them: at least two, and half of those known."""
    known = [spot for spot in spots if names.known(spot.cell.curie)]
    sharing = sum(names.shares(spot.cell.curie or "", spot.cell.text) for spot in known)
    return sharing > 1 and sharing * 2 >= len(known)


def _named(spot: _Spot, names: Names) -> bool:
    return names.called(spot.cell.curie, spot.cell.text)


def _confirmed(spots: Sequence[_Spot], names: Names) -> bool:
    """Say whether the index holds the text's term among the accessions, and no other of them has anything of the text."""
    right = [spot for spot in spots if _named(spot, names)]
    others = [spot for spot in spots if spot not in right]
    return len(right) == 1 and not any(
        names.known(spot.cell.curie) and names.shares(spot.cell.curie or "", spot.cell.text) for spot in others
    )


def _interleaved(spots: Sequence[_Spot]) -> list[list[_Spot]]:
    """Return the stretches of a column that count on while its texts change, some of them coming back."""
    fresh: dict[tuple[str, str, int], _Spot] = {}
    for spot in spots:
        fresh.setdefault((key(spot.cell.text), spot.stem, spot.number), spot)
    stretches: list[list[_Spot]] = []
    current: list[_Spot] = []
    for spot in fresh.values():
        step = spot.number - current[-1].number if current else 0
        follows = bool(current) and spot.stem == current[-1].stem and 0 < abs(step) <= _LONGEST_STEP
        if follows and (len(current) == 1 or step == current[-1].number - current[-2].number):
            current.append(spot)
            continue
        stretches.append(current)
        current = [current[-1], spot] if follows else [spot]
    stretches.append(current)
    return [
        stretch
        for stretch in stretches
        if len(stretch) >= _ENOUGH and len(stretch) - len({key(spot.cell.text) for spot in stretch}) >= _SURPLUS
    ]


def _found(run: Sequence[_Spot], group: Sequence[_Spot], names: Names) -> Finding:
    rows = sorted(run, key=lambda spot: spot.place)
    cells = tuple(spot.cell for spot in rows)
    proposal, certainty = _meant(rows, group, names)
    text = cells[0].text.strip()[:60]
    ends = cells[0].shown, cells[-1].shown
    number = len({spot.number for spot in run})
    beside = f"the accessions {ends[0]} to {ends[1]} ({number:,} of them)" if number > 1 else f"the accession {ends[0]}"
    found = f"{text!r} beside {beside}, which count on as a spreadsheet does when a cell is dragged down"
    named = names.term(proposal.curie) if isinstance(proposal, Term) else ""
    expected = (
        f"one accession for one text{f', {named.curie} {named.label!r}' if isinstance(named, Term) and named.label else ''}"
    )
    return finding("fill-down", cells, found, expected, proposal, certainty)


def _meant(rows: Sequence[_Spot], group: Sequence[_Spot], names: Names) -> tuple[Term | str, float]:
    """Return the term that the text means, and how sure that is: one of its accessions, the text's own term, the first."""
    text = rows[0].cell.text
    right = {spot.cell.curie: None for spot in (*rows, *group) if _named(spot, names)}
    if len(right) == 1:
        return names.term(next(iter(right)) or ""), 0.99
    prefix = rows[0].cell.prefix
    own = names.own_term(text, (prefix,)) if prefix else None
    if own:
        return own, 0.95
    first = rows[0].cell.curie
    if len(right) > 1 or first is None or len(rows) == 1:
        return "", 0.9
    entry = names.known(first)
    if entry is None or names.shares(first, text):
        return names.term(first), 0.7
    return "", 0.9
