"""Resolution by accession: what the source itself says is meant, checked against the ontology and the field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.term import Match, Term
from kg.terms.files.facts import iri_of
from kg.terms.normalise import key, squash
from kg.terms.resolve import abstain
from kg.terms.resolve.variants import variants
from kg.terms.resolve.verdict import CALLED, SURE, Verdict, match_of, prefix_of
from kg.terms.words import load_words

if TYPE_CHECKING:
    from kg.terms.entries import Entry
    from kg.terms.index import TermIndex
    from kg.terms.resolve.accession import Accession
    from kg.terms.resolve.field import Field

_SURE, _UNCHECKED = 1.0, 0.9
_MOST_REPLACEMENTS = 5


class AccessionTier:
    """Resolves accessions that are brought to a CURIE already."""

    def __init__(self, index: TermIndex) -> None:
        """Take the index to check against."""
        self._index, self._words = index, load_words()

    def resolve(self, field: Field, meant: Accession, text: str) -> Verdict:
        """Return the verdict on an accession and the text beside it, which may be empty."""
        curie, note = meant.curie or "", f" ({meant.why})" if meant.why else ""
        entry = self._index.entry(curie)
        if entry is None or entry.obsolete:
            if self._index.replaced_by(curie) or entry:
                return self._gone(field, curie, f"given by the source{note}", text)
            verdict = self._unknown(field, curie, note, text)
            return verdict.doubted("the number names no ontology") if meant.guessed and text.strip() else verdict
        match = Match(entry.term, _SURE, "accession", f"given by the source{note}", curie, "label", entry.ontology)
        if not text.strip() or self._agrees(field, entry, text):
            called = f", and {text.strip()!r} is its name" if text.strip() else ""
            return self._placed(field, match, called, agrees=bool(text.strip()))
        if why := abstain.nothing(text):
            return Verdict("review", (match,), f"{match.why}, but {why}")
        rivals = self._rivals(field, text, curie, curie_only=None)
        differ = f"the source calls it {text.strip()[:80]!r}, the ontology {entry.term.label!r}"
        if rivals:
            return Verdict("review", (match, *rivals), f"{match.why}, but {differ}, and the text is {_called(rivals[0])}")
        if meant.guessed:
            return Verdict("review", (match,), f"{match.why}, but {differ}")
        return self._placed(field, match, f"; {differ}", agrees=False)

    def _gone(self, field: Field, curie: str, reason: str, text: str) -> Verdict:
        """Follow an accession that was given up, unless the text beside it names something else."""
        verdict = self.replaced(field, curie, reason)
        rivals = self._rivals(field, text, curie, curie_only=None) if text.strip() and not abstain.nothing(text) else ()
        followed = {match.term.curie for match in verdict.matches}
        if not rivals or followed & {rival.term.curie for rival in rivals}:
            return verdict
        return Verdict("review", (*rivals, *verdict.matches), f"{verdict.why}; but the text is {_called(rivals[0])}")

    def replaced(self, field: Field, curie: str, reason: str) -> Verdict:
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
            open_ = f"and the choice among {', '.join(others)} is left open" if others else "and nothing replaced it"
            why = f"{gone}, {open_}"
            found = [(other, self._index.term(other) or Term(other, "", iri_of(other))) for other in others]
            return Verdict("review", tuple(Match(term, _UNCHECKED, "accession", why, other) for other, term in found), why)
        why = f"{gone}, replaced by {chain[-1]}"
        term = last.term if last else Term(chain[-1], "", iri_of(chain[-1]))
        match = Match(term, _UNCHECKED, "accession", why, curie, "label", last.ontology if last else "")
        # That the ontology itself names the replacement is as good as an agreeing label.
        return self._placed(field, match, "", agrees=True) if last else Verdict("accepted", (match,), why)

    def _placed(self, field: Field, match: Match, remark: str, *, agrees: bool) -> Verdict:
        """Accept an accession whose term stands where the field allows, or say where it stands."""
        curie = match.term.curie
        why = f"{match.why}{remark}"
        if field.takes(curie):
            return Verdict("accepted", (replace(match, why=why),), why)
        prefix = prefix_of(curie)
        if field.knows(prefix):
            why += f"; but it is not below {field.roots(prefix)}, which the field asks for"
            return Verdict("review", (replace(match, why=why),), why)
        why += f"; {prefix} is not among the field's ontologies ({field.places})"
        return Verdict("accepted" if agrees else "review", (replace(match, why=why),), why)

    def _unknown(self, field: Field, curie: str, note: str, text: str) -> Verdict:
        prefix = prefix_of(curie)
        whole = self._index.whole(prefix)
        place = f"{whole} does not have it" if whole else "not in the local index, so label and branch are unchecked"
        why = f"given by the source{note}; {place}"
        match = Match(Term(curie, "", iri_of(curie)), _UNCHECKED, "accession", why, curie)
        rivals = self._rivals(field, text, curie, curie_only=prefix) if text.strip() else ()
        if rivals:
            return Verdict("review", (match, *rivals), f"{why}; but the text is {_called(rivals[0])}")
        if whole or not field.knows(prefix):
            outside = "" if field.knows(prefix) else f"; {prefix} is not among the field's ontologies ({field.places})"
            return Verdict("review", (replace(match, why=why + outside),), why + outside)
        return Verdict("accepted", (match,), why)

    def _rivals(self, field: Field, text: str, curie: str, *, curie_only: str | None) -> tuple[Match, ...]:
        """Return the other terms of the field (or of one of its ontologies) that the text names exactly."""
        said = self._index.lookup(key(text)) or self._index.loosely(self._words.loose(text))
        hits = [hit for hit in field.inside(said) if not hit.obsolete and hit.scope in SURE]
        ranked = sorted(hits, key=field.order)
        return tuple(match_of(hit) for hit in ranked if hit.curie != curie and curie_only in (None, prefix_of(hit.curie)))

    def _agrees(self, field: Field, entry: Entry, text: str) -> bool:
        """Say whether a text is a name of a term, spelling and words like "cell line" apart."""
        if squash(text) == squash(entry.term.label) or self._index.has_name(entry.term.curie, key(text)):
            return True
        readings = variants(text, field.profile, self._words)
        return any(hit.curie == entry.term.curie for reading in readings for hit in self._index.loosely(reading.loose))


def _called(match: Match) -> str:
    return f"{CALLED[match.scope]} of {match.term.curie}"
