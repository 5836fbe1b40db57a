"""What is handed to the store: the sources of a batch and the files that hold their statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.curie import KG

CHOSEN_TERM = KG + "chosenTerm"
"""Predicate from a Decision to the term that was chosen; its objects are the terms in use."""

PUBLIC = "public"
PRIVATE = "private"
"""Audience of sources that only admins and the owner of the store's folder see."""

_SHARED = KG + "graph/shared/"

Describe = Callable[[Collection[str]], Iterable[str]]
"""From the IRIs of the terms in use to N-Triples lines: their closure and labels, and nothing else."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What the ledger of a generation keeps of one source.

    Attributes:
        iri: IRI of the source and name of its graph.
        key: portable name of the source.
        origin: absolute path or address; it stays in the ledger and never reaches the graph.
        digest: of the content, so that an unchanged source is known again.
        mapping: name and version of the mapping that read it.
        audience: ``public``, ``private`` or the name of a group.
        rows: records read.
        statements: of its own graph; 0 in a batch means not counted yet: then the store counts them.
    """

    iri: str
    key: str
    origin: str
    digest: str
    mapping: str
    audience: str = PUBLIC
    rows: int = 0
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Amendment:
    """Statements that leave and enter sources which otherwise stay as they are: N-Quads files, the graph is the source.

    What a file says to remove must be there. No blank nodes; the same statement may not be in a pair of files that undo
    each other.

    Attributes:
        removed: of the sources' own statements.
        added: own statements; one that is there already makes no difference.
        unclaimed: statements about shared entities that their source no longer claims.
        claimed: statements about shared entities; one that is claimed already makes no difference.
    """

    removed: tuple[Path, ...] = ()
    added: tuple[Path, ...] = ()
    unclaimed: tuple[Path, ...] = ()
    claimed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Sources that are put in, or put in anew, and sources that go, published together as one generation.

    Attributes:
        sources: what the files below speak of; a source that the store has already is replaced whole.
        own: TriG or N-Quads files of the sources' own statements, each in the graph named by its source; a file may hold
            many sources. No blank nodes, no statement twice.
        claims: TriG or N-Quads files of statements about shared entities (people, papers, taxa); the graph is the source that
            claims it, the statement itself goes to the graph of the audience, once.
        jobs: N-Triples files of job records, added to the jobs graph.
        withdrawn: IRIs of sources that leave.
        amendment: what changes in sources that stay; None for nothing.
        describe: closure and labels of the terms in use; None when no ontology is at hand: then the graph keeps what is
            said of terms that are still in use and of the terms that these point to.
        ontologies: name to version of what ``describe`` reads from; empty means as before.
    """

    sources: tuple[SourceEntry, ...] = ()
    own: tuple[Path, ...] = ()
    claims: tuple[Path, ...] = ()
    jobs: tuple[Path, ...] = ()
    withdrawn: tuple[str, ...] = ()
    amendment: Amendment | None = None
    describe: Describe | None = None
    ontologies: Mapping[str, str] = field(default_factory=dict)


def shared_graph(audiences: Iterable[str]) -> str:
    """Return the one graph for statements that these audiences' sources claim.

    What any public source claims is public; what only groups claim stands in the graph of just these groups, so that no
    statement stands twice and a snapshot per group is a choice among whole graphs.

    >>> shared_graph(["imaging-core", "public"])
    'https://w3id.org/bioimage-kg/graph/shared/public'
    >>> shared_graph(["lab-b", "lab-a"])
    'https://w3id.org/bioimage-kg/graph/shared/lab-a+lab-b'
    """
    names = sorted(set(audiences))
    return _SHARED + (PUBLIC if PUBLIC in names else "+".join(names))


def shared_audiences(iri: str) -> frozenset[str]:
    """Return the audiences whose sources claim what a shared graph holds.

    >>> sorted(shared_audiences(shared_graph(["lab-b", "lab-a"])))
    ['lab-a', 'lab-b']
    """
    return frozenset(iri.removeprefix(_SHARED).split("+"))


def is_shared_graph(iri: str) -> bool:
    """Say whether a graph holds statements about shared entities."""
    return iri.startswith(_SHARED)
