"""Why a record was found: the asked and the found term, the words of the source, and who said it."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from kg.search.arrays import Ints, laid_out, spans_of
from kg.search.decisions import Decisions
from kg.search.fields import OWN, Field
from kg.search.filters import Asked, Filters, inside
from kg.search.matching import ClauseMatch, Matching
from kg.search.opened import Opened, View
from kg.search.query import Condition
from kg.search.resolve import Meant
from kg.search.shown import number_text

_MOST = 12
_NAMED = 80


Reason: TypeAlias = dict[str, Any]
Chosen: TypeAlias = tuple[int, int, int, int | None, str]
"""A value that was asked for: number of the record on the page, place, code, the term asked for, and its text."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Gives the reasons for the hits of one query."""

    opened: Opened
    view: View
    filters: Filters
    matching: Matching
    expand: bool
    known: dict[tuple[str, int, int | None], tuple[dict[str, str], dict[str, str], str]] = dataclasses.field(
        default_factory=dict
    )

    def of(self, records: Sequence[int]) -> list[list[Reason]]:
        """Return the reasons for each record: one for each value that was asked for and each word of the text."""
        found: list[list[Reason]] = [[] for _ in records]
        rows = np.asarray(records, dtype=np.int32)
        for name, pairs in self.filters.meant.items():
            self._conditions(self.opened.fields.fields[name], rows, pairs, found)
        for name, asked in self.filters.measured.items():
            self._numbers(self.opened.fields.fields[name], rows, asked, found)
        for match in self.matching.clauses:
            if not match.clause.without:
                self._words(rows, match, found)
        return [reasons[:_MOST] for reasons in found]

    def _conditions(
        self, field: Field, rows: Ints, pairs: Sequence[tuple[Condition, Meant]], found: list[list[Reason]]
    ) -> None:
        """Add the values of a field that were asked for."""
        if not self.view.has(field):
            return
        wanted = [(meant, meant.wider if self.expand else meant.codes) for condition, meant in pairs if condition.op != "!="]
        asked: dict[int, tuple[int | None, str] | None] = {}
        chosen = []
        for owner, place, code in self._places(field, rows):
            if code not in asked:
                meant = next((one for one, codes in wanted if code in codes), None)
                asked[code] = (self._asked_of(field, meant.terms, code), meant.text) if meant else None
            why = asked[code]
            if why:
                chosen.append((owner, place, code, *why))
        self._add(field, rows, chosen, found)

    def _places(self, field: Field, rows: Ints) -> Iterator[tuple[int, int, int]]:
        """Yield the values of records: number of the record on the page, place of the value, code."""
        values = self.view.coded(field)
        places, owner = laid_out(*spans_of(values.rows, rows, values.single))
        return zip(owner.tolist(), places.tolist(), values.codes[places].tolist(), strict=True)

    def _asked_of(self, field: Field, terms: Sequence[int], code: int) -> int | None:
        """Return which of the terms asked for a found one is or lies below."""
        if code in terms or not field.has_terms:
            return code
        return self._above(field, terms, code)

    def _above(self, field: Field, terms: Sequence[int], code: int) -> int | None:
        return next((term for term in terms if code in self.opened.terms.below(term, whole=field.whole)), None)

    def _add(self, field: Field, rows: Ints, chosen: Sequence[Chosen], found: list[list[Reason]]) -> None:
        """Add the reasons for some values: owner, place, code, the term asked for, its text."""
        if not chosen:
            return
        values = self.view.coded(field)
        places = np.array([place for _, place, *_ in chosen])
        said = values.said[places].tolist()
        codes = np.array([code for _, _, code, *_ in chosen], dtype=np.int32)
        decided = _decided(self.opened.decisions, values.entity[places], codes) if field.has_terms else [None] * len(chosen)
        things = values.entity[places].tolist()
        for (owner, _, code, asked, text), by, decision, entity in zip(chosen, said, decided, things, strict=True):
            wanted, label, sentence = self._said(field, code, asked, text)
            reason: Reason = {"field": field.name, "asked": wanted, "found": label, "words": ""}
            reason["said_by"] = self.opened.said[by]
            if decision:
                reason["words"], reason["decision"] = decision
                words = reason["words"]
                if words and words.casefold() != label["label"].casefold():
                    sentence += f"; the source says '{words}'"
            who = self._called(field, reason["said_by"], int(rows[owner]), entity)
            reason["sentence"] = self._with_source(sentence, reason["said_by"], who)
            found[owner].append(reason)

    def _with_source(self, sentence: str, said: str, who: str = "") -> str:
        told = f" '{textwrap.shorten(who, _NAMED, placeholder=' ...')}'" if who else ""
        return sentence if said == OWN else f"{sentence} (said of its {said.replace('_', ' ')}{told})"

    def _called(self, field: Field, said: str, record: int, thing: int = -1) -> str:
        """Return what the study, component, plate or well is called that said it; empty where it is not sure."""
        one = self.opened.fields.fields.get(said)
        if one is None or one.name == field.name or one.kind != "text" or not self.view.has(one):
            return ""
        values = self.view.coded(one)
        among = values.values_of(record)
        codes, things = values.codes[among], values.entity[among]
        own = codes[things == thing]
        chosen = own if len(own) else codes[: len(codes) if len(codes) == 1 else 0]
        return self.view.listed(one)[int(chosen[0])] if len(chosen) else ""

    def _numbers(self, field: Field, rows: Ints, asked: Sequence[Asked], found: list[list[Reason]]) -> None:
        """Add the numbers or dates that lie where they were asked for."""
        if not self.view.has(field) or not asked:
            return
        values = self.view.measured(field)
        places, owner = laid_out(*spans_of(values.rows, rows, values.single))
        numbers = values.values[places]
        told: set[tuple[int, int]] = set()
        for text, intervals in asked:
            for one in np.flatnonzero(inside(numbers, intervals)).tolist():
                place = int(places[one])
                if (int(owner[one]), place) in told:
                    continue
                told.add((int(owner[one]), place))
                label = number_text(field, float(numbers[one]))
                by = self.opened.said[int(values.said[place])]
                found[int(owner[one])].append(
                    {
                        "field": field.name,
                        "asked": {"curie": "", "label": text},
                        "found": {"curie": "", "label": label},
                        "words": "",
                        "said_by": by,
                        "sentence": self._with_source(
                            f"{field.title.lower()}: {label}", by, self._called(field, by, int(rows[owner[one]]))
                        ),
                    }
                )

    def _said(self, field: Field, code: int, asked: int | None, text: str) -> tuple[dict[str, str], dict[str, str], str]:
        """Return the asked and the found value, and how the one is the other; the same for all records."""
        key = (field.name, code, asked)
        if key not in self.known:
            found = self._value(field, code)
            wanted = found if asked == code else {"curie": "", "label": text}
            if asked is not None and field.has_terms:
                wanted = self.opened.terms.told(asked)
            self.known[key] = wanted, found, self._sentence(field, code, asked, found["label"], wanted["label"])
        return self.known[key]

    def _value(self, field: Field, code: int) -> dict[str, str]:
        if field.has_terms:
            return self.opened.terms.told(code)
        text = self.view.listed(field)[code]
        return {"curie": text, "label": text}

    def _sentence(self, field: Field, code: int, asked: int | None, found: str, wanted: str) -> str:
        if not field.has_terms or asked is None or asked == code:
            return f"{field.title.lower()}: {found}"
        if field.kind == "licence":
            return f"{found} is {wanted}"
        if self.opened.terms.is_part(code, asked):
            return f"{found} is part of {wanted}"
        return f"{found} {field.below} {wanted}" if field.below else f"{found} is {_article(wanted)} {wanted}"

    def _words(self, rows: Ints, match: ClauseMatch, found: list[list[Reason]]) -> None:
        """Add, for each record, its first term whose name, or that of one above, has a clause; else that its texts have it."""
        open_ = set(range(len(rows)))
        for name, codes in match.codes.items():
            if not open_:
                break
            field = self.opened.fields.fields[name]
            wanted = set(codes.tolist()) if self.expand else set(codes.tolist()).intersection(match.terms)
            chosen = []
            for owner, place, code in self._places(field, rows):
                if code in wanted and owner in open_:
                    open_.remove(owner)
                    asked = self._above_best(field, match, code) if self.expand else code
                    chosen.append((owner, place, code, asked, match.clause.text))
            self._add(field, rows, chosen, found)
        text = match.clause.text
        for owner in open_:
            found[owner].append(
                {
                    "field": "text",
                    "asked": {"curie": "", "label": text},
                    "found": {"curie": "", "label": text},
                    "words": text,
                    "said_by": "own",
                    "sentence": f"its texts have '{text}'",
                }
            )

    def _above_best(self, field: Field, match: ClauseMatch, code: int) -> int | None:
        """Return the term with the best name that a found one is or lies below."""
        key = (field.name, code)
        if key not in match.best:
            match.best[key] = self._above(field, match.terms, code)
        return match.best[key]


def _decided(decisions: Decisions, things: Ints, terms: Ints) -> list[tuple[str, str] | None]:
    """Return words and IRI of the first decision that chose each term for its thing; None where there is none."""
    places, owner = laid_out(*spans_of(decisions.things, things))
    numbers = decisions.numbers[places]
    chosen = np.flatnonzero(decisions.terms[numbers] == terms[owner])
    found: list[tuple[str, str] | None] = [None] * len(things)
    for one, number in zip(owner[chosen].tolist(), numbers[chosen].tolist(), strict=True):
        if found[one] is None:
            found[one] = decisions.words[number], decisions.iris[number]
    return found


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"
