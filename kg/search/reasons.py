"""Why a record was found: the asked and the found term, the words of the source, and who said it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kg.search.fields import OWN, Field
from kg.search.filters import Filters
from kg.search.matching import ClauseMatch, Matching
from kg.search.opened import Opened, View
from kg.search.query import Condition
from kg.search.resolve import Meant

_MOST = 12


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

    def of(self, record: int) -> list[dict[str, Any]]:
        """Return the reasons for a record: one for each value that was asked for and each word of the text."""
        return [*self._conditions(record), *self._words(record)][:_MOST]

    def _conditions(self, record: int) -> Iterator[dict[str, Any]]:
        for name, pairs in self.filters.meant.items():
            field = self.opened.fields.fields[name]
            if self.view.has(field):
                yield from self._values(field, record, pairs)

    def _values(self, field: Field, record: int, pairs: list[tuple[Condition, Meant]]) -> Iterator[dict[str, Any]]:
        values = self.view.coded(field)
        among = values.values_of(record)
        for place in range(among.start, among.stop):
            code = int(values.codes[place])
            for condition, meant in pairs:
                if condition.op != "!=" and code in (meant.wider if self.expand else meant.codes):
                    yield self._reason(field, place, code, self._asked_of(field, meant, code), meant.text)
                    break

    def _asked_of(self, field: Field, meant: Meant, code: int) -> int | None:
        """Return which of the terms asked for a found one is or lies below."""
        if code in meant.terms or not field.has_terms:
            return code
        return next((term for term in meant.terms if code in self.opened.terms.below(term, whole=field.whole)), None)

    def _reason(self, field: Field, place: int, code: int, asked: int | None, text: str) -> dict[str, Any]:
        values = self.view.coded(field)
        wanted, found, sentence = self._said(field, code, asked, text)
        said = self.opened.said[int(values.said[place])]
        reason: dict[str, Any] = {"field": field.name, "asked": wanted, "found": found, "words": "", "said_by": said}
        if field.has_terms:
            decided = next(self.opened.decisions.of(int(values.entity[place]), code), None)
            if decided:
                reason["words"], reason["decision"] = decided
        words = reason["words"]
        if words and words.casefold() != found["label"].casefold():
            sentence += f"; the source says '{words}'"
        reason["sentence"] = sentence if said == OWN else f"{sentence} (said of its {said.replace('_', ' ')})"
        return reason

    def _said(self, field: Field, code: int, asked: int | None, text: str) -> tuple[dict[str, str], dict[str, str], str]:
        """Return the asked and the found value, and how the one is the other; the same for all records."""
        key = (field.name, code, asked)
        if key not in self.known:
            found = {"curie": self.opened.value(field, self.view, code), "label": self.opened.label(field, self.view, code)}
            wanted = found if asked == code else {"curie": "", "label": text}
            if asked is not None and field.has_terms:
                wanted = {"curie": self.opened.terms.curies[asked], "label": self.opened.terms.labels[asked]}
            self.known[key] = wanted, found, self._sentence(field, code, asked, found["label"], wanted["label"])
        return self.known[key]

    def _sentence(self, field: Field, code: int, asked: int | None, found: str, wanted: str) -> str:
        if not field.has_terms or asked is None or asked == code:
            return f"{field.title.lower()}: {found}"
        if field.kind == "licence":
            return f"{found} is {wanted}"
        if self.opened.terms.is_part(code, asked):
            return f"{found} is part of {wanted}"
        return f"{found} is {_article(wanted)} {wanted}"

    def _words(self, record: int) -> Iterator[dict[str, Any]]:
        for match in self.matching.clauses:
            named = [] if match.clause.without else list(self._named(record, match))
            yield from named
            if not named and not match.clause.without:
                sentence = f"its texts have '{match.clause.text}'"
                yield {
                    "field": "text",
                    "asked": {"curie": "", "label": match.clause.text},
                    "found": {"curie": "", "label": match.clause.text},
                    "words": match.clause.text,
                    "said_by": "own",
                    "sentence": sentence,
                }

    def _named(self, record: int, match: ClauseMatch) -> Iterator[dict[str, Any]]:
        """Yield the first term of a record whose name, or that of a term above, has a clause."""
        for name, codes in match.codes.items():
            field = self.opened.fields.fields[name]
            values = self.view.coded(field)
            among = values.values_of(record)
            for place in range(among.start, among.stop):
                code = int(values.codes[place])
                if code in codes and (self.expand or code in match.terms):
                    asked = self._above(field, match, code) if self.expand else code
                    yield self._reason(field, place, code, asked, match.clause.text)
                    return

    def _above(self, field: Field, match: ClauseMatch, code: int) -> int | None:
        """Return the term with the best name that a found one is or lies below."""
        return next((term for term in match.terms if code in self.opened.terms.below(term, whole=field.whole)), None)


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"
