"""OlsResolver: asks an OLS for a name that the local index does not have, and judges the answer as strictly as the index would.

It accepts what the defining ontology itself calls by that name, inside the branch of the field; all else is for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from kg.curie import expand
from kg.term import Decision, Match, Term
from kg.terms.normalise import key
from kg.terms.ols.answers import curie_of, iri_of_replacement
from kg.terms.ols.breaker import Outage
from kg.terms.ols.client import OlsClient, sent
from kg.terms.registry import load_registry
from kg.terms.resolve import abstain
from kg.terms.resolve.profile import load_profiles
from kg.terms.resolve.verdict import CALLED, MOST_CANDIDATES, SCORES, Verdict, none

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from kg.schema import Branch
    from kg.term import Query, Scope
    from kg.terms.ols.answers import OlsOntology
    from kg.terms.ols.client import Named
    from kg.terms.resolve.profile import Profiles
    from kg.terms.resolve.resolver import Resolver

_KEPT = 65_536
_LONGEST = 200
_CODE = "an identifier or code"  # many a cell line looks like one
_GUESSES = frozenset({"ngram", "embedding"})
_OTHER_SPECIES = 100
_UNSURE = 0.5
_DECIDED = 0.9


@dataclass(frozen=True, slots=True)
class _Place:
    """An ontology of a field, as OLS has it.

    Attributes:
        prefix: its prefix, as in the registry.
        roots: IRIs at or below which a term must lie; empty for the whole ontology.
        rank: its place in the field's order; those about one species come last.
        taxon: CURIE of the one clade that it is about, where other ontologies of the field are not; else empty.
        ontology: its entry in OLS.
    """

    prefix: str
    roots: tuple[str, ...]
    rank: int
    taxon: str
    ontology: OlsOntology


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term that has the name, judged.

    Attributes:
        place: where it was found.
        match: the term, with what its name is to it.
        doubt: why a person must look at it; empty for none.
    """

    place: _Place
    match: Match
    doubt: str = ""


class OlsResolver:
    """Wraps a resolver; where that one found no name, it asks an OLS. Close it, or use it in a ``with`` statement."""

    def __init__(
        self,
        inner: Resolver,
        client: OlsClient,
        fields: Mapping[str, tuple[Branch, ...]],
        agent: str,
        *,
        loaded: Collection[str] | None = None,
        profiles: Profiles | None = None,
    ) -> None:
        """Take the resolver to ask first, and the client.

        Args:
            inner: answers first. What somebody else than ``agent`` has signed (a person) is never asked about again.
            client: asks the server; it is closed together with this.
            fields: branches of each field, best first.
            agent: the name to sign decisions with, the same as that of ``inner``.
            loaded: prefixes of which the local index holds the whole ontology. They are asked about only where ``inner`` offers
                nothing, and the others wherever it accepts nothing. By default all are asked about where it found no name.
            profiles: what is particular to the words of each field; the packaged ones by default.
        """
        self._inner, self._client, self._fields, self._agent = inner, client, fields, agent
        self._loaded = None if loaded is None else frozenset(loaded)
        self._profiles = profiles or load_profiles()
        self._taxa = {prefix: entry.taxon for prefix, entry in load_registry().items() if entry.taxon}
        # What was not answered raises, and so is not kept.
        self._asked = lru_cache(maxsize=_KEPT)(self._ask)

    def __enter__(self) -> Self:
        """Return the resolver."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the client."""
        self.close()

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def resolve(self, query: Query) -> Decision:
        """Return the inner decision, or that of OLS where the inner one wants for a name.

        Where OLS could not be asked the inner decision stands as it is, and its reason says so.
        """
        decision = self._inner.resolve(query)
        prefixes = self._to_ask(decision)
        if not prefixes:
            return decision
        try:
            verdict = self._asked(query.field, sent(query.text), prefixes)
        except Outage as outage:
            return replace(decision, why=f"{decision.why}; {outage.what}")
        return self._joined(decision, verdict)

    def _to_ask(self, decision: Decision) -> tuple[str, ...]:
        """Return the ontologies to look into; none where the decision is one, or where the text names nothing."""
        query = decision.query
        filed = key(query.text)
        if decision.status == "accepted" or decision.decided_by != self._agent or not 1 < len(filed) <= _LONGEST:
            return ()
        if abstain.nothing(query.text) or abstain.shape(query.text) not in {None, _CODE}:
            return ()
        prefixes = tuple(dict.fromkeys(branch.ontology for branch in self._fields.get(query.field, ())))
        if not decision.matches or (self._loaded is None and _are_guesses(decision.matches)):
            return prefixes
        return () if self._loaded is None else tuple(prefix for prefix in prefixes if prefix not in self._loaded)

    def _joined(self, decision: Decision, verdict: Verdict) -> Decision:
        """Put the verdict of OLS in the place of guesses; what was found by name or accession keeps its rank before it."""
        if not verdict.matches:
            return replace(decision, why=f"{decision.why}; {verdict.why}")
        guesses = _are_guesses(decision.matches)
        if verdict.status == "accepted" and guesses:
            return Decision(decision.query, "accepted", verdict.matches, verdict.why, self._agent)
        known = {match.term.curie for match in decision.matches}
        more = tuple(match for match in verdict.matches if match.term.curie not in known)
        matches = (*more, *decision.matches) if guesses else (*decision.matches, *more)
        return replace(decision, status="review", matches=matches[:MOST_CANDIDATES], why=f"{decision.why}; {verdict.why}")

    def _ask(self, field: str, said: str, prefixes: tuple[str, ...]) -> Verdict:
        places = self._places(field, prefixes)
        if not places:
            return none(f"OLS has none of {', '.join(prefixes)}")
        hits = self._hits(places, said)
        sure = [hit for hit in hits if not hit.doubt and hit.match.scope in self._profiles.of(field).scopes]
        if sure:
            return self._choose(sure, ties_wait=self._profiles.of(field).ties == "review")
        if hits:
            shown = tuple(hit.match for hit in hits[:MOST_CANDIDATES])
            return Verdict("review", shown, f"{shown[0].why}{'; but ' + hits[0].doubt if hits[0].doubt else ''}")
        return self._gone(places, said) or none(f"nor has OLS such a name in {', '.join(p.prefix for p in places.values())}")

    def _places(self, field: str, prefixes: tuple[str, ...]) -> dict[str, _Place]:
        """Return the ontologies of a field that OLS has, by their name there."""
        roots: dict[str, tuple[str, ...]] = {}
        for branch in self._fields[field]:  # an ontology named twice counts where it stands first, with all its roots
            before = roots.get(branch.ontology)
            whole = not branch.roots or before == ()
            roots[branch.ontology] = () if whole else (*(before or ()), *branch.roots)
        places: dict[str, _Place] = {}
        for rank, prefix in enumerate(roots):
            found = self._client.ontology(prefix) if prefix in prefixes else None
            if found is not None:
                taxon = self._taxa.get(prefix, "") if len(roots) > 1 else ""
                iris = tuple(iri for root in roots[prefix] if (iri := expand(root)))
                places[found.id] = _Place(prefix, iris, rank + (_OTHER_SPECIES if taxon else 0), taxon, found)
        return places

    def _hits(self, places: Mapping[str, _Place], said: str) -> list[_Hit]:
        """Return the terms of the field that have the name, best first; each once, from the ontology that defines it."""
        named = self._client.named(said, [place.ontology for place in places.values()])
        grouped: dict[tuple[str, str], list[Named]] = {}
        by_prefix = {place.prefix: place for place in places.values()}
        for one in named:
            curies = ((prefix, curie_of(one.found.iri, one.found.curie, prefix)) for prefix in by_prefix)
            if own := next(((prefix, curie) for prefix, curie in curies if curie), None):
                grouped.setdefault(own, []).append(one)
        ranked = sorted(grouped.items(), key=lambda item: (by_prefix[item[0][0]].rank, item[0][1]))
        hits = [self._judged(by_prefix[prefix], curie, group, said) for (prefix, curie), group in ranked[: 2 * MOST_CANDIDATES]]
        known = [hit for hit in hits if hit is not None]
        return sorted(known, key=lambda hit: (bool(hit.doubt), hit.place.rank, -hit.match.score, hit.match.term.curie))

    def _judged(self, place: _Place, curie: str, group: list[Named], said: str) -> _Hit | None:
        """Judge one term by the ontology that defines it; None for one outside the branch of the field."""
        own = [one for one in group if one.found.ontology == place.ontology.id and one.found.defining is not False]
        best = (own or group)[0]
        if own and place.roots and best.found.iri not in place.roots:
            inside = self._client.named(said, [place.ontology], below=place.roots)
            if best.found.iri not in {one.found.iri for one in inside}:
                return None
        scope: Scope | None = "label" if best.by == "label" else self._scope(place, best, key(said)) if own else None
        called = CALLED[scope] if scope else "a synonym (OLS does not say of which scope)"
        match = Match(
            Term(curie, best.found.label, best.found.iri),
            SCORES[scope] if scope and own else _UNSURE,
            "ols",
            f"{best.name!r} is {called} of {curie} in {place.ontology.title}" if own
            else f"{best.name!r} is a name of {curie} in OLS {best.found.ontology}",
            best.name,
            scope or "related",
            place.ontology.title if own else f"OLS {best.found.ontology}",
        )  # fmt: skip
        doubt = "" if own else f"{place.prefix}, which defines it, does not confirm it there"
        if own and place.taxon:
            doubt = f"{place.prefix} is about {place.taxon} only"
        elif own and scope is None:
            doubt = "such a synonym may be broader or narrower"
        return _Hit(place, match, doubt)

    def _scope(self, place: _Place, one: Named, filed: str) -> Scope | None:
        """Return the best scope that the term itself gives for a synonym: a search does not tell it."""
        term = self._client.term(place.ontology, one.found.iri)
        scopes = [scope for name, scope in term.synonyms if scope and key(name) == filed] if term else []
        return max(scopes, key=SCORES.__getitem__, default=None)

    def _choose(self, sure: list[_Hit], *, ties_wait: bool) -> Verdict:
        """Choose as the local index does: the field's first ontology, then label before synonym; a tie is for a person."""
        first = sure[0]
        best = [hit for hit in sure if (hit.place.rank, hit.match.scope) == (first.place.rank, first.match.scope)]
        everything = tuple(hit.match for hit in sure[:MOST_CANDIDATES])
        if len(best) > 1:
            why = (
                f"{len(best)} terms of {first.place.prefix} have {first.match.matched!r} as {CALLED[first.match.scope]} in OLS"
            )
            return Verdict("review", everything, why)
        others = [hit for hit in sure if hit.place.prefix != first.place.prefix]
        if others and ties_wait:
            listed = ", ".join(match.term.curie for match in everything)
            why = f"OLS has {first.match.matched!r} as {listed}; the project's policy is to say which ontology counts"
            return Verdict("review", everything, why)
        also = f"; the name is also that of {', '.join(hit.match.term.curie for hit in sure[1:])}" if len(sure) > 1 else ""
        return Verdict("accepted", (first.match,), first.match.why + also)

    def _gone(self, places: Mapping[str, _Place], said: str) -> Verdict | None:
        """Look among the obsolete terms, and offer what replaced them."""
        for one in self._client.named(said, [place.ontology for place in places.values()], obsolete=True):
            place = places[one.found.ontology]
            curie = curie_of(one.found.iri, one.found.curie, place.prefix)
            term = self._client.term(place.ontology, one.found.iri) if curie else None
            if term is None:
                continue
            gone = f"{one.name!r} is a name of {curie} in {place.ontology.title}, which is obsolete"
            offered = [match for other in term.replaced_by if (match := self._replacement(other, gone, places))]
            if offered:
                return Verdict("review", tuple(offered[:MOST_CANDIDATES]), offered[0].why)
            return none(f"{gone}, and nothing is said to have replaced it")
        return None

    def _replacement(self, said: str, gone: str, places: Mapping[str, _Place]) -> Match | None:
        iri = iri_of_replacement(said)
        for place in places.values():
            if curie := curie_of(iri, said, place.prefix):
                term = self._client.term(place.ontology, iri)
                if term and not term.obsolete:
                    why = f"{gone}, replaced by {curie}"
                    return Match(Term(curie, term.label, iri), _DECIDED, "ols", why, said, "label", place.ontology.title)
        return None


def _are_guesses(matches: tuple[Match, ...]) -> bool:
    """Say whether terms were only offered because their names look or mean alike."""
    return all(match.tier in _GUESSES for match in matches)


def ols_resolver(
    inner: Resolver,
    url: str,
    fields: Mapping[str, tuple[Branch, ...]],
    agent: str,
    cache_dir: Path,
    *,
    loaded: Collection[str] | None = None,
    profiles: Profiles | None = None,
) -> OlsResolver:
    """Return a resolver that asks ``inner`` first, then the OLS at ``url``; answers are kept in ``cache_dir``. Close it."""
    client = OlsClient(url, cache_dir / "ols.sqlite")
    return OlsResolver(inner, client, fields, agent, loaded=loaded, profiles=profiles)
