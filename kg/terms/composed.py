"""The whole resolver: what people decided, what this graph remembers, the index, OLS and embeddings, in the order of trust."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.terms.audit import REPAIRABLE
from kg.terms.decided import CuratedResolver, MemoryResolver, check_rows, read_rows, read_same, same_groups, takes_by
from kg.terms.decided.policy import Policy, load_policy
from kg.terms.ols import ols_resolver
from kg.terms.resolve.cascade import IndexResolver
from kg.terms.resolve.minilm import SentenceModel
from kg.terms.resolve.profile import load_profiles
from kg.terms.resolve.rerank import EmbeddingResolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.problem import Problem
    from kg.schema import Branch
    from kg.terms.decided import Memory, Row, Same
    from kg.terms.index import TermIndex
    from kg.terms.resolve.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Advice:
    """What a resolver is to listen to beside the index; nothing by default.

    Attributes:
        policy: file of a project's policy.
        decisions: SSSOM files of what people decided, beside those of the policy; a file that is absent says nothing yet.
        projects: names under which rows of decisions count beside those for all; that of the policy always does.
        ols: address of an Ontology Lookup Service; empty means that none is asked, and no network call is made.
        embedding: whether look-alikes are put in order by sentence embeddings (see ``kg.terms.resolve.minilm``).

    >>> Advice()  # the index alone, and no network
    Advice(policy=None, decisions=(), projects=(), ols='', embedding=False)
    """

    policy: Path | None = None
    decisions: tuple[Path, ...] = ()
    projects: tuple[str, ...] = ()
    ols: str = ""
    embedding: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """A resolver that listens to advice.

    Attributes:
        index: the term index that it answers from.
        base: answers from the index alone.
        inner: answers without the decisions of people.
        rows: decisions of people that count.
        projects: names under which rows count beside those for all.
        fields: branches of each field as the policy has them.
        repair: kinds of findings of an audit that the policy allows to be repaired.
        problems: what is wrong with the files of advice; the rest of them is used.
    """

    index: TermIndex
    base: IndexResolver
    inner: Resolver
    rows: tuple[Row, ...]
    projects: tuple[str, ...]
    fields: Mapping[str, tuple[Branch, ...]]
    repair: tuple[str, ...]
    problems: tuple[Problem, ...]

    def context_of(self, field: str) -> tuple[str, ...]:
        """Return the fields of a record that a field is looked at together with; empty when nothing else matters."""
        told = {name for row in self.rows if row.field in {"", field} for name, _ in row.context}
        return tuple(sorted({*self.base.context_of(field), *told}))

    @property
    def resolver(self) -> Resolver:
        """Return what answers with all advice."""
        return self.listening_to(())

    def listening_to(self, more: Iterable[Row]) -> Resolver:
        """Return what answers with all advice and with further decisions of people."""
        # Where a row lies on this machine, and how many stand before it, is nothing that a graph should say.
        rows = [replace(row, file="", number=0) for row in (*self.rows, *more)]
        return CuratedResolver(self.inner, rows, self.index, self.projects) if rows else self.inner


@contextmanager
def composed(
    index: TermIndex,
    fields: Mapping[str, tuple[Branch, ...]],
    agent: str,
    advice: Advice,
    cache: Path,
    memory: Memory | None = None,
) -> Iterator[Composed]:
    """Give the whole resolver, and close what it opened.

    Raises TermError when a file of advice cannot be read at all, or the model for embeddings is not installed.

    Args:
        index: the term index.
        fields: branches of the schema's fields.
        agent: the name to sign decisions with.
        advice: what to listen to.
        cache: folder for answers of the service.
        memory: what curators of the sources in this graph said; None for nothing.

    >>> from kg.paths import user_cache_dir
    >>> from kg.schema import load_schema
    >>> from kg.term import Query
    >>> from kg.terms import TermIndex, default_index
    >>> fields = load_schema().fields
    >>> with TermIndex.open(default_index()) as index, composed(index, fields, "me", Advice(), user_cache_dir()) as whole:
    ...     decision = whole.resolver.resolve(Query("imaging_method", "confocal and SPIM"))
    >>> decision.status, [(match.term.curie, match.tier) for match in decision.matches]
    ('accepted', [('FBbi:00000251', 'synonym'), ('FBbi:00000369', 'label')])
    """
    policy = load_policy(advice.policy, REPAIRABLE) if advice.policy else None
    wanted = policy.branches(fields) if policy else fields
    rows, problems = _rows((*advice.decisions, *(policy.decision_files() if policy else ())))
    problems += list(check_rows(rows, index, tuple(fields)))
    same, more = _same(policy)
    problems += more
    profiles = load_profiles()
    if policy:
        profiles = profiles.changed(
            {
                # A policy that names ontologies has said which comes first.
                name: (own.accept, own.ties or ("first" if own.ontologies else None))
                for name, own in policy.fields.items()
            }
        )
    with ExitStack() as stack:
        base = IndexResolver(index, wanted, agent, profiles=profiles, same=same)
        resolver: Resolver = base
        if advice.embedding:
            resolver = EmbeddingResolver(resolver, SentenceModel.open())
        if advice.ols:
            # An extract that comes with kg does not stand for its ontology.
            whole = frozenset(prefix for prefix in index.prefixes() if index.whole(prefix))
            resolver = stack.enter_context(
                ols_resolver(resolver, advice.ols, wanted, agent, cache, loaded=whole, profiles=profiles)
            )
        if memory is not None:
            resolver = MemoryResolver(resolver, memory, index, takes_by(index, wanted), agent)
        projects = (*advice.projects, *((policy.name,) if policy else ()))
        repair = tuple(policy.repair) if policy else ()
        yield Composed(index, base, resolver, tuple(rows), projects, wanted, repair, tuple(problems))


def _rows(files: tuple[Path, ...]) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for file in files:
        if file.exists():
            more, wrong = read_rows(file)
            rows += more
            problems += wrong
    return rows, problems


def _same(policy: Policy | None) -> tuple[Mapping[str, frozenset[str]], list[Problem]]:
    pairs: list[Same] = []
    problems: list[Problem] = []
    for file in policy.same_files() if policy else ():
        more, wrong = read_same(file)
        pairs += more
        problems += wrong
    return same_groups(pairs), problems
