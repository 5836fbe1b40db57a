"""From what is asked for to the values that are meant: terms by CURIE, IRI, label, other name or word; texts by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kg.curie import compress, expand
from kg.search.arrays import Ints, folded
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.query import alternatives, flag_of
from kg.search.vocabulary import SCOPES
from kg.search.words import terms_with
from kg.terms import TermIndex
from kg.terms.normalise import key

How = Literal["identifier", "label", "synonym", "word", "term index", "text", "unknown"]
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Meant:
    """What one asked value means.

    Attributes:
        field: name.
        text: as asked.
        how: it was found.
        codes: values of the field that are meant themselves.
        wider: with everything below them; the same where the field has no terms.
        terms: numbers of the terms that are meant, whether a record has them or not.
        elsewhere: CURIE and label of terms that are known, and that nothing here lies below.
    """

    field: str
    text: str
    how: How
    codes: frozenset[int] = frozenset()
    wider: frozenset[int] = frozenset()
    terms: tuple[int, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()

    def told(self, opened: Opened) -> dict[str, Any]:
        """Return it as answers say it."""
        known = [{"curie": opened.terms.curies[code], "label": opened.terms.labels[code]} for code in self.terms]
        known += [{"curie": curie, "label": label} for curie, label in self.elsewhere]
        return {"field": self.field, "asked": self.text, "how": self.how, "terms": known}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds what values mean in a level of some sidecars; the term index helps where it is at hand."""

    opened: Opened
    view: View
    index: TermIndex | None = None

    def meant(self, field: Field, text: str, *, part: bool = False) -> tuple[Meant, ...]:
        """Return what a condition's text means, one for each of its alternatives.

        Args:
            field: of the condition.
            text: values, separated by bars.
            part: whether a value may stand anywhere in a longer one.
        """
        return tuple(self._one(field, value, part=part) for value in alternatives(text))

    def _one(self, field: Field, text: str, *, part: bool) -> Meant:
        if not field.has_terms:
            return self._text(field, flag_of(field, text) if field.kind == "flag" else text, part=part)
        if part:
            return self._terms(field, text, "word", terms_with(self.opened, text))
        code = self.opened.terms.known(text) or self.opened.terms.known(expand(text) or text)
        code = self.opened.terms.known(text) if code is None else code
        if code is not None:
            return self._terms(field, text, "identifier", [code])
        named = self.opened.terms.named(text)
        for scope in range(len(SCOPES)):
            codes = [term for found, term in named if found == scope]
            used = self._used(field, codes)
            if used:
                return self._terms(field, text, "synonym" if scope else "label", used)
        elsewhere = self._in_index(field, text)
        if elsewhere:
            return elsewhere
        words = self._topmost(self._used(field, terms_with(self.opened, text)))
        if words:
            return self._terms(field, text, "word", words)
        if named:
            return self._terms(field, text, "label" if named[0][0] == 0 else "synonym", [term for _, term in named])
        return Meant(field.name, text, "unknown")

    def _text(self, field: Field, text: str, *, part: bool) -> Meant:
        codes: Iterable[int] = ()
        if self.view.has(field):
            texts = self.view.listed(field)
            wanted = folded(text)
            codes = [code for code in range(len(texts)) if wanted in folded(texts[code])] if part else texts.find(text)
            codes = [*codes, *self._also(field, text, part=part)]
        found = frozenset(codes)
        return Meant(field.name, text, "text" if found else "unknown", found, found)

    def _also(self, field: Field, text: str, *, part: bool) -> Iterable[int]:
        """Return the values whose thing has a text as another name, such as a study its identifier."""
        other = self.opened.fields.fields.get(field.also)
        if other is None or not self.view.has(other):
            return ()
        codes = self._text(other, text, part=part).codes
        if not codes:
            return ()
        named, values = self.view.coded(other), self.view.coded(field)
        things = np.unique(named.entity[np.isin(named.codes, np.array(sorted(codes), dtype=np.int32))])
        return map(int, np.unique(values.codes[np.isin(values.entity, things)]))

    def _terms(self, field: Field, text: str, how: How, codes: Iterable[int]) -> Meant:
        terms = tuple(dict.fromkeys(codes))
        used = self._codes(field)
        wider = {int(code) for term in terms for code in self.below(field, term, used)}
        exact = {int(code) for code in np.intersect1d(used, np.array(terms, dtype=np.int32))}
        exact = wider if field.kind == "licence" else exact  # a group is nothing but its licences
        return Meant(field.name, text, how, frozenset(exact), frozenset(wider), terms)

    def below(self, field: Field, term: int, used: Ints) -> Ints:
        """Return the values among ``used`` that are a term or lie below it."""
        below = self.opened.terms.below(term, whole=field.whole)
        found: Ints = np.intersect1d(below, used)
        return found

    def _codes(self, field: Field) -> Ints:
        return self.view.coded(field).used if self.view.has(field) else np.zeros(0, dtype=np.int32)

    def _used(self, field: Field, codes: Iterable[int]) -> list[int]:
        """Return the terms that some record has, or has something below."""
        used = self._codes(field)
        return [code for code in dict.fromkeys(codes) if len(self.below(field, code, used))]

    def _topmost(self, codes: list[int]) -> list[int]:
        """Return the terms that lie below none of the others."""
        lower = {int(below) for code in codes for below in self.opened.terms.below(code, whole=False) if int(below) != code}
        return [code for code in codes if code not in lower]

    def _in_index(self, field: Field, text: str) -> Meant | None:
        """Return what the term index knows by a name or identifier; None where it knows nothing."""
        if self.index is None or field.kind != "term":
            return None
        prefixes = {branch.ontology for branch in field.branches} or None
        entry = self.index.entry(text) or self.index.entry(compress(text) or text)
        hits = [] if entry else [hit for hit in self.index.lookup(key(text), prefixes) if not hit.obsolete]
        best = min((SCOPES.index(hit.scope) for hit in hits), default=0)
        found = {hit.curie: hit.label for hit in hits if SCOPES.index(hit.scope) == best}
        if entry:
            found = {entry.term.curie: entry.term.label}
        if not found:
            return None
        codes = [code for curie in found if (code := self.opened.terms.known(curie)) is not None]
        if codes:
            return self._terms(field, text, "term index", codes)
        return Meant(field.name, text, "term index", elsewhere=tuple(sorted(found.items())[:_ENOUGH]))
