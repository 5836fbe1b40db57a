"""The resolver of the local index: a text in a field becomes a Decision, with the reason and the ontology version.

It never guesses: what the index does not say in so many words goes to a person or stays without a term.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.term import Decision, Match, Query, Term, Tier
from kg.terms.files.facts import iri_of
from kg.terms.normalise import key, squash
from kg.terms.resolve import abstain, accession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.schema import Branch
    from kg.term import Scope, Status
    from kg.terms.entries import Entry, Hit
    from kg.terms.index import TermIndex

_SCORES: Mapping[Scope, float] = {"label": 1.0, "exact": 0.95, "narrow": 0.6, "broad": 0.5, "related": 0.5}
_ACCEPTED: tuple[Scope, ...] = ("label", "exact")
_CALLED: Mapping[Scope, str] = {
    "label": "the label",
    "exact": "an exact synonym",
    "narrow": "a narrower synonym",
    "broad": "a broader synonym",
    "related": "a related synonym",
}
_SURE, _UNCHECKED = 1.0, 0.9
_DOUBTFUL = frozenset({"a plate well", "a position on a plate or in a file", "a quantity", "a number"})
_MOST_CANDIDATES = 10
_MOST_REPLACEMENTS = 5
_KEPT = 65_536


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A decision that does not know its query yet, so that it can be shared."""

    status: Status
    matches: tuple[Match, ...]
    why: str


class IndexResolver:
    """Resolves against the local term index: accession, exact label, exact synonym, else abstention."""

    def __init__(self, index: TermIndex, fields: Mapping[str, tuple[Branch, ...]], agent: str) -> None:
        """Take an open index, the branches of each field, best first, and the name to sign decisions with (``kg 0.1.0``)."""
        self._index = index
        self._fields = {name: _Field(index, name, branches) for name, branches in fields.items()}
        self._agent = agent
        self._decide = lru_cache(maxsize=_KEPT)(self._verdict)

    def resolve(self, query: Query) -> Decision:
        """Return the decision about one query; raises UsageError for a field that the schema does not have."""
        verdict = self._decide(query.field, query.text, query.accession, query.ontology)
        return Decision(query, verdict.status, verdict.matches, verdict.why, self._agent)

    def _verdict(self, field_name: str, text: str, given: str, word: str) -> _Verdict:
        field = self._fields.get(field_name)
        if field is None:
            near = difflib.get_close_matches(field_name, self._fields, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(sorted(self._fields))}"
            raise UsageError(field_name, f"no such field; {hint}")
        if accession.is_empty(given):
            spelt = accession.spelt_out(text)
            if spelt:  # the text is an accession and says nothing else
                return self._by_accession(field, accession.Accession(spelt, f"the text {text.strip()!r} is an accession"), "")
            return self._by_text(field, text)
        meant = accession.normalise(given, word, field.prefixes)
        if meant.curie is None:
            verdict = self._by_text(field, text)
            return replace(verdict, why=f"{verdict.why}; {meant.why}")
        return self._by_accession(field, meant, text)

    def _by_text(self, field: _Field, text: str) -> _Verdict:
        if not text.strip():
            return _Verdict("none", (), "there is neither text nor accession")
        if why := abstain.nothing(text):
            return _Verdict("none", (), why)
        filed = key(text)
        hits = field.inside(self._index.lookup(filed))
        looks_like = abstain.shape(text)
        found = self._choose(field, text, hits) or self._choose_obsolete(field, text, filed, hits)
        if found is None:
            if looks_like:
                return _Verdict("none", (), f"looks like {looks_like}, and is no name of a term in {field.places}")
            return _Verdict("none", (), f"no label or synonym in {field.places} is {text.strip()[:80]!r}")
        if found.status == "accepted" and looks_like in _DOUBTFUL:
            return _Verdict("review", found.matches, f"looks like {looks_like}, yet {found.why}")
        return found

    def _choose(self, field: _Field, text: str, hits: list[Hit]) -> _Verdict | None:
        """Choose among live terms: the ontology that the field names first, then label before exact synonym."""
        live = [hit for hit in hits if not hit.obsolete]
        sure = sorted((hit for hit in live if hit.scope in _ACCEPTED), key=field.order)
        if sure:
            best = [hit for hit in sure if field.order(hit)[:2] == field.order(sure[0])[:2]]
            matches = tuple(_match(hit) for hit in best)
            if len(best) > 1:
                why = f"{len(best)} terms of {_prefix(best[0].curie)} have {text.strip()!r} as {_CALLED[best[0].scope]}"
                return _Verdict("review", matches, why)
            others = [hit for hit in sure if hit is not best[0]]
            also = f"; the name is also that of {_listed(others)}, later in the field's order" if others else ""
            return _Verdict("accepted", matches, matches[0].why + also)
        if live:
            offered = tuple(_match(hit) for hit in sorted(live, key=field.order)[:_MOST_CANDIDATES])
            return _Verdict("review", offered, f"only a looser name fits: {offered[0].why}")
        return None

    def _choose_obsolete(self, field: _Field, text: str, filed: str, hits: list[Hit]) -> _Verdict | None:
        """Follow the name of a term that its ontology gave up; such labels often have the word "obsolete" before them."""
        named = hits or field.inside(self._index.lookup(f"obsolete {filed}"))
        gone = [hit for hit in named if hit.obsolete and hit.scope in _ACCEPTED]
        said = text.strip()[:80]
        verdicts = [self._replaced(field, hit.curie, f"{said!r} is {_CALLED[hit.scope]} of {hit.curie}") for hit in gone]
        followed = {verdict.matches[0].term.curie: verdict for verdict in verdicts if verdict.status == "accepted"}
        if len(followed) == 1:
            return next(iter(followed.values()))
        matches = tuple(match for verdict in verdicts for match in verdict.matches)
        return _Verdict("review", matches[:_MOST_CANDIDATES], verdicts[0].why) if verdicts else None

    def _by_accession(self, field: _Field, meant: accession.Accession, text: str) -> _Verdict:
        curie, note = meant.curie or "", f" ({meant.why})" if meant.why else ""
        entry = self._index.entry(curie)
        if entry is None or entry.obsolete:
            if self._index.replaced_by(curie) or entry:
                return self._replaced(field, curie, f"given by the source{note}")
            return self._unknown(field, curie, note, text)
        match = Match(entry.term, _SURE, "accession", f"given by the source{note}", curie, "label", entry.ontology)
        if not text.strip() or self._agrees(entry, text):
            called = f", and {text.strip()!r} is its name" if text.strip() else ""
            return self._placed(field, match, called, agrees=bool(text.strip()))
        if why := abstain.nothing(text):
            return _Verdict("review", (match,), f"{match.why}, but {why}")
        rivals = self._rivals(field, text, curie, curie_only=None)
        differ = f"the source calls it {text.strip()[:80]!r}, the ontology {entry.term.label!r}"
        if rivals:
            return _Verdict("review", (match, *rivals), f"{match.why}, but {differ}, and the text is {_called(rivals[0])}")
        return self._placed(field, match, f"; {differ}", agrees=False)

    def _placed(self, field: _Field, match: Match, remark: str, *, agrees: bool) -> _Verdict:
        """Accept an accession whose term stands where the field allows, or say where it stands."""
        curie = match.term.curie
        why = f"{match.why}{remark}"
        if field.takes(curie):
            return _Verdict("accepted", (replace(match, why=why),), why)
        if field.knows(_prefix(curie)):
            why += f"; but it is not below {field.roots(_prefix(curie))}, which the field asks for"
            return _Verdict("review", (replace(match, why=why),), why)
        why += f"; {_prefix(curie)} is not among the field's ontologies ({field.places})"
        return _Verdict("accepted" if agrees else "review", (replace(match, why=why),), why)

    def _unknown(self, field: _Field, curie: str, note: str, text: str) -> _Verdict:
        why = f"given by the source{note}; not in the local index, so label and branch are unchecked"
        match = Match(Term(curie, "", iri_of(curie)), _UNCHECKED, "accession", why, curie)
        rivals = self._rivals(field, text, curie, curie_only=_prefix(curie)) if text.strip() else ()
        if rivals:
            return _Verdict("review", (match, *rivals), f"{why}; but the text is {_called(rivals[0])}")
        if field.knows(_prefix(curie)):
            return _Verdict("accepted", (match,), why)
        why += f"; {_prefix(curie)} is not among the field's ontologies ({field.places})"
        return _Verdict("review", (replace(match, why=why),), why)

    def _rivals(self, field: _Field, text: str, curie: str, *, curie_only: str | None) -> tuple[Match, ...]:
        """Return the other terms of the field (or of one of its ontologies) that the text names exactly."""
        verdict = self._choose(field, text, field.inside(self._index.lookup(key(text))))
        matches = verdict.matches if verdict else ()
        return tuple(
            match
            for match in matches
            if match.scope in _ACCEPTED and match.term.curie != curie and curie_only in (None, _prefix(match.term.curie))
        )

    def _agrees(self, entry: Entry, text: str) -> bool:
        """Say whether a text is a name of a term, spaces and punctuation apart for its label."""
        return squash(text) == squash(entry.term.label) or self._index.has_name(entry.term.curie, key(text))

    def _replaced(self, field: _Field, curie: str, reason: str) -> _Verdict:
        """Go from an obsolete or merged identifier to its one replacement; several, or mere proposals, are for a person."""
        entry, chain = self._index.entry(curie), [curie]
        for _ in range(_MOST_REPLACEMENTS):
            following = self._index.replaced_by(chain[-1])
            if len(following) != 1 or following[0] in chain:
                break
            chain.append(following[0])
            there = self._index.entry(following[0])
            if there is None or not there.obsolete:
                break
        last = self._index.entry(chain[-1])
        gone = f"{reason}; {curie} {repr(entry.term.label) + ' ' if entry else ''}is obsolete or merged"
        if len(chain) == 1 or (last and last.obsolete):
            others = (*self._index.replaced_by(chain[-1]), *self._index.consider(chain[-1]))
            why = f"{gone}, " + (
                f"and the choice among {', '.join(others)} is left open" if others else "and nothing replaced it"
            )
            found = [(other, self._index.term(other) or Term(other, "", iri_of(other))) for other in others]
            return _Verdict("review", tuple(Match(term, _UNCHECKED, "accession", why, other) for other, term in found), why)
        why = f"{gone}, replaced by {chain[-1]}"
        term = last.term if last else Term(chain[-1], "", iri_of(chain[-1]))
        match = Match(term, _UNCHECKED, "accession", why, curie, "label", last.ontology if last else "")
        # That the ontology itself names the replacement is as good as an agreeing label.
        return self._placed(field, match, "", agrees=True) if last else _Verdict("accepted", (match,), why)


class _Field:
    """A resolver field: the ontologies that it takes terms from, best first, each with its branches."""

    def __init__(self, index: TermIndex, name: str, branches: tuple[Branch, ...]) -> None:
        self.name = name
        roots: dict[str, tuple[str, ...] | None] = {}
        for branch in branches:  # an ontology named twice counts where it stands first, with all its roots
            before = roots.get(branch.ontology, ())
            roots[branch.ontology] = None if before is None or not branch.roots else (*before, *branch.roots)
        self._roots = roots
        self.prefixes = tuple(roots)
        self.places = ", ".join(roots) or "any loaded ontology"
        self._ranks = {prefix: rank for rank, prefix in enumerate(roots)}
        self.takes = lru_cache(maxsize=_KEPT)(lambda curie: self._contains(index, curie))

    def knows(self, prefix: str) -> bool:
        """Say whether the field takes terms from an ontology; a field without branches takes from all."""
        return not self._roots or prefix in self._roots

    def roots(self, prefix: str) -> str:
        """Return the roots inside an ontology, for people."""
        return " or ".join(self._roots.get(prefix) or ())

    def inside(self, hits: list[Hit]) -> list[Hit]:
        """Return the hits that the field may take; obsolete ones have no place in the hierarchy and need the ontology only."""
        return [hit for hit in hits if self.knows(_prefix(hit.curie)) and (hit.obsolete or self.takes(hit.curie))]

    def order(self, hit: Hit) -> tuple[int, int, str]:
        """Return the place of a hit: rank of its ontology, rank of its scope, its CURIE."""
        return self._ranks.get(_prefix(hit.curie), 0), list(_SCORES).index(hit.scope), hit.curie

    def _contains(self, index: TermIndex, curie: str) -> bool:
        prefix = _prefix(curie)
        if not self.knows(prefix):
            return False
        roots = self._roots.get(prefix)
        return not roots or index.is_below(curie, roots)


def _match(hit: Hit) -> Match:
    tier: Tier = "label" if hit.scope == "label" else "synonym"
    why = f"{hit.text!r} is {_CALLED[hit.scope]} of {hit.curie} in {hit.ontology}"
    return Match(Term(hit.curie, hit.label, hit.iri), _SCORES[hit.scope], tier, why, hit.text, hit.scope, hit.ontology)


def _called(match: Match) -> str:
    return f"{_CALLED[match.scope]} of {match.term.curie}"


def _listed(hits: list[Hit]) -> str:
    shown = ", ".join(hit.curie for hit in hits[:3])
    return f"{shown} and {len(hits) - 3} more" if len(hits) > 3 else shown  # noqa: PLR2004


def _prefix(curie: str) -> str:
    return curie.partition(":")[0]
