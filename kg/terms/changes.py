"""What another version of the ontologies means for decisions that were made with the one before."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from kg.schema import load_schema
from kg.term import Query
from kg.terms.resolve.cascade import IndexResolver

if TYPE_CHECKING:
    from kg.schema import Branch
    from kg.term import Decision
    from kg.terms.entries import Entry
    from kg.terms.index import TermIndex
    from kg.terms.resolve.resolver import Resolver

ChangeKind = Literal["obsolete", "gone", "relabelled", "moved", "ambiguous", "elsewhere"]

_SHOWN = 5


class DecisionLike(Protocol):
    """What is asked of a decision: a text in a field, and the term that was chosen for it."""

    @property
    def field(self) -> str:
        """Return the resolver field; empty when it is good for any."""
        ...

    @property
    def text(self) -> str:
        """Return the words of the source; empty when an accession alone was decided on."""
        ...

    @property
    def curie(self) -> str:
        """Return the term; empty when it was decided that there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as far as a change of the ontologies can touch it: see ``DecisionLike``."""

    field: str
    text: str
    curie: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a decision should be looked at again for.

    Attributes:
        kind: ``obsolete`` (or merged), ``gone`` from the files, ``relabelled``, ``moved`` out of the field's branch,
            ``ambiguous`` (the text names several terms now), ``elsewhere`` (the text resolves to another term now).
        field: resolver field of the decision.
        text: its text.
        curie: its term.
        before: label of the term before.
        after: label of the term after; empty when it is gone.
        instead: the terms that replace it, or that the text names now.
        why: one sentence.
    """

    kind: ChangeKind
    field: str
    text: str
    curie: str
    before: str
    after: str
    instead: tuple[str, ...]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def changes(
    before: TermIndex,
    after: TermIndex,
    decisions: Iterable[DecisionLike],
    *,
    fields: Mapping[str, tuple[Branch, ...]] | None = None,
    resolver: Callable[[TermIndex], Resolver] | None = None,
) -> tuple[Change, ...]:
    """Return what changed for decisions between two states of the index, by field, text and term; each once.

    What was so before is no change: a term that was obsolete all along, or a text that never named its term by itself (a
    person decided), is reported only when it differs now. A decision that there is no term is passed over.

    Args:
        before: the index that the decisions were made with.
        after: the index of today.
        decisions: those to look at.
        fields: branches of each field; those of the packaged schema by default.
        resolver: makes the resolver that is asked about texts; the one of the index by default.
    """
    branches = load_schema().fields if fields is None else fields
    make = resolver or (lambda index: IndexResolver(index, branches, "kg"))
    comparison = _Comparison(before, after, branches, make(before), make(after))
    wanted = sorted({(each.field, each.text, each.curie) for each in decisions if each.curie})
    return tuple(change for decided in wanted for change in comparison.about(Decided(*decided)))


@contextlib.contextmanager
def kept(index: Path) -> Iterator[Path]:
    """Give another name to the present state of an index, good while the block runs and the index is exchanged."""
    with tempfile.TemporaryDirectory(dir=index.parent, prefix=f".{index.name}.before-") as folder:
        copy = Path(folder) / index.name
        try:
            copy.hardlink_to(index)  # an index is never changed in place, so a second name of it is as good as a copy
        except OSError:
            shutil.copyfile(index, copy)
        yield copy


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: TermIndex
    after: TermIndex
    fields: Mapping[str, tuple[Branch, ...]]
    asked_before: Resolver
    asked_after: Resolver

    def about(self, decided: Decided) -> Iterator[Change]:
        """Yield what changed for one decision, the gravest first; a term that is gone has no further changes."""
        old, new = self.before.entry(decided.curie), self.after.entry(decided.curie)
        lost = self._lost(decided, old, new)
        if lost:
            yield lost
            return
        if old and new:
            if old.term.label != new.term.label:
                why = f"{decided.curie} was called {old.term.label!r} and is called {new.term.label!r} now"
                yield _change("relabelled", decided, old, new, (), why)
            if moved := self._moved(decided):
                yield _change("moved", decided, old, new, (), moved)
        if decided.text.strip() and decided.field in self.fields:
            yield from self._resolved(decided, old, new)

    def _lost(self, decided: Decided, old: Entry | None, new: Entry | None) -> Change | None:
        instead = self.after.replaced_by(decided.curie)
        if (new and new.obsolete and not (old and old.obsolete)) or (old and not new and instead):
            replacement = f"replaced by {', '.join(instead)}" if instead else "and nothing replaced it"
            if not instead and (proposed := self.after.consider(decided.curie)):
                instead, replacement = proposed, f"and {', '.join(proposed)} are proposed in its place"
            state = "obsolete" if new else "merged into another term"
            return _change("obsolete", decided, old, new, instead, f"{decided.curie} is {state} now, {replacement}")
        if old and not new:
            instead = self._now(decided)
            text = f"; {decided.text!r} is {', '.join(instead)} now" if instead else ""
            return _change("gone", decided, old, new, instead, f"no loaded file holds {decided.curie} any longer{text}")
        return None

    def _now(self, decided: Decided) -> tuple[str, ...]:
        """Return the terms that the text resolves to today."""
        if not decided.text.strip() or decided.field not in self.fields:
            return ()
        return tuple(term.curie for term in self.asked_after.resolve(Query(decided.field, decided.text)).terms)

    def _moved(self, decided: Decided) -> str:
        """Return a sentence when a term has left the branch that its field allows, else nothing."""
        prefix = decided.curie.partition(":")[0]
        branches = [branch for branch in self.fields.get(decided.field, ()) if branch.ontology == prefix]
        roots = tuple(root for branch in branches for root in branch.roots)
        if not roots or not all(branch.roots for branch in branches):
            return ""
        if self.before.is_below(decided.curie, roots) and not self.after.is_below(decided.curie, roots):
            return f"{decided.curie} is no longer below {' or '.join(roots)}, which the field {decided.field} asks for"
        return ""

    def _resolved(self, decided: Decided, old: Entry | None, new: Entry | None) -> Iterator[Change]:
        query = Query(decided.field, decided.text)
        was, now = self.asked_before.resolve(query), self.asked_after.resolve(query)
        if now.status == "accepted":
            instead = tuple(term.curie for term in now.terms)
            if decided.curie not in instead and set(instead) != {term.curie for term in was.terms}:
                why = f"{decided.text!r} resolves to {', '.join(instead)} now: {now.why}"
                yield _change("elsewhere", decided, old, new, instead, why)
        elif (names := _candidates(now)) != _candidates(was) and len(names) > 1:
            why = f"{decided.text!r} names {', '.join(names[:_SHOWN])} now: {now.why}"
            yield _change("ambiguous", decided, old, new, names, why)


def _candidates(decision: Decision) -> tuple[str, ...]:
    """Return the terms among which a person would have to choose by an equal name; none when there is no tie."""
    if decision.status != "review":
        return ()
    return tuple(sorted(match.term.curie for match in decision.matches if match.scope in {"label", "exact"}))


def _change(
    kind: ChangeKind, decided: Decided, old: Entry | None, new: Entry | None, instead: tuple[str, ...], why: str
) -> Change:
    before, after = (entry.term.label if entry else "" for entry in (old, new))
    return Change(kind, decided.field, decided.text, decided.curie, before, after, instead, why)
