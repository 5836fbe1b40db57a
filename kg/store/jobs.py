"""Records of jobs in the store: which of them speak of some sources, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS

JOBS = ox.NamedNode(GRAPH_JOBS)
"""The graph of job records."""

_Said = dict[str, list[ox.Quad]]


def named_in(sources: Collection[str]) -> Callable[[str], bool]:
    """Return what says whether an IRI is that of one of these sources, or of something in one.

    >>> inside = named_in({"http://e/source/a"})
    >>> inside("http://e/source/a"), inside("http://e/source/a/image/1"), inside("http://e/source/ab")
    (True, True, False)
    """

    def inside(iri: str) -> bool:
        if iri in sources:
            return True
        place = iri.find("/")
        while place >= 0:
            if iri[:place] in sources:
                return True
            place = iri.find("/", place + 1)
        return False

    return inside


def records_without(db: ox.Store, is_hidden: Callable[[str], bool]) -> Iterator[ox.Quad]:
    """Yield the job records that name nothing hidden; a record is what nothing points to, with all it leads to."""
    said, led_to = _read(db)
    seen: set[str] = set()
    for root in said.keys() - led_to:
        record = _reached([root], said)
        if not any(map(is_hidden, record)):
            seen |= record
    for name in sorted(seen & said.keys()):
        yield from said[name]


def records_of_gone(db: ox.Store, is_gone: Callable[[str], bool], stays: Callable[[str], bool]) -> list[ox.Quad]:
    """Return what job records say of sources that are gone.

    A record of nothing but such sources is all returned; of one that speaks of others too, the parts that are about those that
    are gone alone, and what names them.

    Args:
        db: with the graph of jobs.
        is_gone: says whether an IRI is that of a source that is gone, or of something in one.
        stays: says it of the sources that stay.
    """
    said, _ = _read(db)
    about = {name: _reached([name], said) for name in said}
    gone = {name for name, record in about.items() if any(map(is_gone, record)) and not any(map(stays, record))}
    gone |= {name for record in about.values() for name in record if is_gone(name)}
    # What hangs on them alone goes with them; what others lead to as well stays.
    hanging = _reached(gone, said) - gone
    others = _reached(said.keys() - gone - hanging, said, but=gone)
    gone |= hanging & said.keys() - others
    return [quad for name, quads in said.items() for quad in quads if name in gone or _name(quad.object) in gone]


def _read(db: ox.Store) -> tuple[_Said, set[str]]:
    """Return what is said in job records by subject, and what they point to."""
    said: _Said = {}
    led_to: set[str] = set()
    for quad in db.quads_for_pattern(None, None, None, JOBS):
        said.setdefault(_name(quad.subject), []).append(quad)
        if not isinstance(quad.object, ox.Literal):
            led_to.add(_name(quad.object))
    return said, led_to


def _reached(roots: Iterable[str], said: Mapping[str, list[ox.Quad]], but: Collection[str] = ()) -> set[str]:
    """Return all that some names lead to, and they themselves, on ways that do not pass ``but``."""
    reached = set(roots)
    waiting = list(reached)
    while waiting:
        for quad in said.get(waiting.pop(), ()):
            name = _name(quad.object)
            if not isinstance(quad.object, ox.Literal) and name not in reached and name not in but:
                reached.add(name)
                waiting.append(name)
    return reached


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
