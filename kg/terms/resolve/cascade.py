"""The resolver of the local index: accession, label, exact synonym, variant, likeness - or nothing, each with its reason.

It never guesses: what the index does not say in so many words goes to a person or stays without a term.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.term import Decision, Query
from kg.terms.normalise import key
from kg.terms.registry import load_registry
from kg.terms.resolve import abstain, accession
from kg.terms.resolve.by_accession import AccessionTier
from kg.terms.resolve.by_likeness import LikenessTier
from kg.terms.resolve.by_name import NameTier, Said, undecided
from kg.terms.resolve.field import Field
from kg.terms.resolve.profile import load_profiles
from kg.terms.resolve.same import Sames
from kg.terms.resolve.variants import brackets, is_acronym_in_s, variants
from kg.terms.resolve.verdict import CALLED, MOST_CANDIDATES, SURE, Verdict, none
from kg.terms.words import joined, load_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.schema import Branch
    from kg.term import Match, Tier
    from kg.terms.entries import Hit
    from kg.terms.index import TermIndex
    from kg.terms.resolve.profile import Profiles

_DOUBTFUL = frozenset({"a plate well", "a position on a plate or in a file", "a quantity", "a number"})
_CODE = "an identifier or code"
_NAMED = frozenset({"label", "synonym"})
_KEPT = 65_536
_LISTS = re.compile(r"\s*(?:;|\||\n|,|/|\+|\band\b|&)\s*", re.IGNORECASE)
_KIND = 0.5
_LONGEST = 2_000
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"[\r\n]+")
_SURELY_LISTS = re.compile(r"\s*(?:;|\||\n)\s*")
_MOST_PARTS = 30
_PROSE = "prose"


class IndexResolver:
    """Resolves against the local term index."""

    def __init__(
        self,
        index: TermIndex,
        fields: Mapping[str, tuple[Branch, ...]],
        agent: str,
        *,
        profiles: Profiles | None = None,
        same: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Take an open index and the fields.

        Args:
            index: where names and identifiers are looked up.
            fields: branches of each field, best first.
            agent: the name to sign decisions with (``kg 0.1.0``).
            profiles: what is particular to the words of each field; the packaged ones by default.
            same: terms of different ontologies that mapping sets call the same, beside what the index itself says.
        """
        taxa = {prefix: entry.taxon for prefix, entry in load_registry().items() if entry.taxon}
        known = profiles or load_profiles()
        self._index, self._agent, self._words = index, agent, load_words()
        self._sames = Sames(index, same)
        self._fields = {name: Field(index, name, branches, known.of(name), taxa) for name, branches in fields.items()}
        self._accessions, self._names = AccessionTier(index), NameTier(index, self._sames)
        self._likeness = {name: LikenessTier(index, field, self._sames, self._words) for name, field in self._fields.items()}
        self._decide = lru_cache(maxsize=_KEPT)(self._verdict)
        self._taxon = lru_cache(maxsize=_KEPT)(self._taxon_of)

    def resolve(self, query: Query) -> Decision:
        """Return the decision about one query; raises UsageError for a field that the schema does not have."""
        organisms = [text for name, text in query.context if name == "organism"]
        taxon = self._taxon(organisms[0]) if len(organisms) == 1 else ""
        verdict = self._decide(query.field, query.text, query.accession, query.ontology, taxon)
        return Decision(query, verdict.status, verdict.matches, verdict.why, self._agent)

    def context_of(self, field: str) -> tuple[str, ...]:
        """Return the fields of a record that this field is looked at together with; empty when nothing else matters."""
        known = self._fields.get(field)
        return ("organism",) if known and known.depends_on_taxon else ()

    def _verdict(self, field_name: str, text: str, given: str, word: str, taxon: str) -> Verdict:
        field = self._fields.get(field_name)
        if field is None:
            near = difflib.get_close_matches(field_name, self._fields, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(sorted(self._fields))}"
            raise UsageError(field_name, f"no such field; {hint}")
        if accession.is_empty(given):
            spelt = accession.spelt_out(text)
            if spelt:  # the text is an accession and says nothing else
                meant = accession.Accession(spelt, f"the text {text.strip()!r} is an accession")
                return self._accessions.resolve(field, meant, "")
            return self._by_text(field, text, taxon)
        meant = accession.normalise(given, word, field.prefixes)
        if meant.curie is None:
            return self._by_text(field, text, taxon).adding(meant.why)
        return self._accessions.resolve(field, meant, text)

    def _by_text(self, field: Field, text: str, taxon: str) -> Verdict:
        text = _BLANKS.sub(" ", _LINES.sub("\n", text[:_LONGEST]))
        said = text.strip()
        if not said:
            return none("there is neither text nor accession")
        if len(text) == _LONGEST:
            return none(f"is longer than {_LONGEST:,} characters, and so no name")
        if why := abstain.nothing(text):
            return none(why)
        looks_like = abstain.shape(text)
        found = self._by_exact_name(field, text, taxon)
        # Several terms that have just this name stay a choice: no bolder reading may get round it.
        named = found is not None and self._is_named(field, found, taxon)
        if not named and looks_like in (None, _CODE):
            varied = self._by_variant(field, text, taxon)
            found = varied if varied and (found is None or varied.status == "accepted") else found
        if found and found.status == "accepted":
            return found.doubted(f"looks like {looks_like}") if looks_like in _DOUBTFUL else found
        if looks_like and looks_like.startswith(_PROSE) and (listed := self._by_parts(field, said, taxon)):
            return listed
        if looks_like:
            return found or none(f"looks like {looks_like}, and is no name of a term in {field.places}")
        return self._further(field, said, taxon, found)

    def _is_named(self, field: Field, found: Verdict, taxon: str) -> bool:
        """Say whether terms were found by a name that counts, in an ontology that is for the record."""
        first = found.matches[0] if found.matches else None
        return first is not None and first.scope in field.profile.scopes and not field.is_apart(first.term.curie, taxon)

    def _further(self, field: Field, said: str, taxon: str, found: Verdict | None) -> Verdict:
        """Look at lists of names and at names that merely resemble the text; what was found by name stays first."""
        if listed := self._by_parts(field, said, taxon):
            return listed
        if found and found.matches and found.matches[0].tier in _NAMED and self._is_named(field, found, taxon):
            return found  # what merely resembles a text cannot decide between terms that have just this name
        like = self._likeness[field.name].resolve(said, taxon)
        if like and is_acronym_in_s(said):
            like = like.doubted("the S may be part of it")
        if found is None:
            return like if like and like.status != "none" else self._unnamed(field, said, taxon, like)
        if like is None:
            return found
        known = {match.term.curie for match in found.matches}
        more = tuple(match for match in like.matches if match.term.curie not in known)
        return replace(found, matches=(*found.matches, *more)[:MOST_CANDIDATES])

    def _unnamed(self, field: Field, said: str, taxon: str, like: Verdict | None) -> Verdict:
        """Say that no name fits; what comes nearest is mentioned."""
        if kind := self._by_last_words(field, said, taxon):
            return kind
        why = f"no label or synonym in {field.places} is {said[:80]!r}{self._absent(field)}"
        return Verdict("none", like.matches, f"{why}; {like.why}") if like else none(why)

    def _by_last_words(self, field: Field, said: str, taxon: str) -> Verdict | None:
        """Offer the term that the last words of a text name: what the whole names may be a kind of it."""
        stems = self._words.stems(said)
        for start in range(1, len(stems)) if field.profile.kinds else ():
            hits = field.inside(self._index.loosely(joined(stems[start:])))
            found = self._names.choose(field, hits, Said(said, "by its last words", _KIND, taxon))
            if found:
                last = " ".join(stems[start:])
                why = f"nothing is called {said[:80]!r}; its last words, {last!r}, name what it may be a kind of"
                return Verdict("review", found.matches, why)
        return None

    def _absent(self, field: Field) -> str:
        return f"; nothing of {', '.join(field.missing)} is in the index" if field.missing else ""

    def _by_exact_name(self, field: Field, text: str, taxon: str) -> Verdict | None:
        filed = key(text)
        hits = field.inside(self._index.lookup(filed))
        said = text.strip()[:80]
        return self._names.choose(field, hits, Said(said, taxon=taxon)) or self._obsolete(field, said, filed, hits)

    def _by_variant(self, field: Field, text: str, taxon: str) -> Verdict | None:
        """Return the first accepted reading, else the first that a person may look at."""
        open_: Verdict | None = None
        for variant in variants(text, field.profile, self._words):
            hits = field.inside(self._index.loosely(variant.loose))
            found = self._names.choose(field, hits, Said(text.strip()[:80], variant.how, variant.score, taxon))
            if found and found.status == "accepted" and variant.score >= field.profile.least_variant:
                return self._unless_brackets(field, text, variant.how, found, taxon)
            if found and open_ is None:
                open_ = replace(found, status="review")
        return open_

    def _unless_brackets(self, field: Field, text: str, how: str, found: Verdict, taxon: str) -> Verdict:
        """Return what was found, doubted where words in brackets that were left out name another term of the field."""
        for inside in brackets(text) if "brackets" in how else ():
            other = self._by_exact_name(field, inside, taxon) or self._by_variant(field, inside, taxon)
            chosen = [match.term.curie for match in found.matches]
            if other and other.status == "accepted" and not self._sames.one([*chosen, other.matches[0].term.curie]):
                aside = other.matches[0]
                doubted = Verdict("review", (*found.matches, aside), found.why)
                return doubted.adding(f"but {inside!r} in brackets is {CALLED[aside.scope]} of {aside.term.curie}")
        return found

    def _by_parts(self, field: Field, said: str, taxon: str) -> Verdict | None:
        """Read a text as a list of names; every part must be a name for the list to be taken."""
        for separator in (_SURELY_LISTS, _LISTS) if field.profile.lists == "all" else (_SURELY_LISTS,):
            parts = [part for part in separator.split(said) if part.strip() and not abstain.nothing(part)]
            if 1 < len(parts) <= _MOST_PARTS:
                verdicts = [self._by_exact_name(field, part, taxon) or self._by_variant(field, part, taxon) for part in parts]
                matches: dict[str, Match] = {}
                for verdict in verdicts:
                    if verdict is None or verdict.status != "accepted":
                        break
                    matches.update((match.term.curie, match) for match in verdict.matches)
                else:
                    why = f"{said[:80]!r} is a list of {len(parts)} names: " + "; ".join(m.why for m in matches.values())
                    doubtful = next((part for part in parts if abstain.shape(part) in _DOUBTFUL), "")
                    found = Verdict("accepted", tuple(matches.values()), why)
                    return found.doubted(f"{doubtful!r} looks like {abstain.shape(doubtful)}") if doubtful else found
        return None

    def _obsolete(self, field: Field, said: str, filed: str, hits: list[Hit]) -> Verdict | None:
        """Follow the name of a term that its ontology gave up; such labels often have the word "obsolete" before them."""
        named = hits or field.inside(self._index.lookup(f"obsolete {filed}"))
        gone = [hit for hit in named if hit.obsolete and hit.scope in SURE]
        verdicts = [self._followed(field, hit, f"{said!r} is {CALLED[hit.scope]} of {hit.curie}") for hit in gone]
        followed = {verdict.matches[0].term.curie: verdict for verdict in verdicts if verdict.status == "accepted"}
        if len(followed) == 1:
            only = next(iter(followed.values()))
            return replace(only, status="review").adding(undecided(field)) if field.undecided else only
        matches = tuple(match for verdict in verdicts for match in verdict.matches)
        return Verdict("review", matches[:MOST_CANDIDATES], verdicts[0].why) if verdicts else None

    def _followed(self, field: Field, hit: Hit, reason: str) -> Verdict:
        """Follow a term that was given up, found by its name; the replacement has to stand where the field takes terms."""
        verdict = self._accessions.replaced(field, hit.curie, reason)
        tier: Tier = "label" if hit.scope == "label" else "synonym"
        matches = tuple(replace(match, tier=tier) for match in verdict.matches)
        inside = verdict.status != "accepted" or field.takes(matches[0].term.curie)
        return replace(verdict, matches=matches, status=verdict.status if inside else "review")

    def _taxon_of(self, organism: str) -> str:
        """Return the taxon of the organism that stands beside a text, or an empty text when it is not plainly one."""
        if not organism or "organism" not in self._fields:
            return ""
        verdict = self._by_text(self._fields["organism"], organism, "")
        return verdict.matches[0].term.curie if verdict.status == "accepted" and len(verdict.matches) == 1 else ""
