"""Sidecars opened for reading: terms, and the columns of each level, mapped when first asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import tantivy

from kg.errors import StoreError
from kg.search.arrays import Coded, Ints, Mask, Measured, Strings, read_arrays, span_of
from kg.search.decisions import Decisions
from kg.search.fields import Field, load_fields
from kg.search.places import DESCRIPTION
from kg.search.texts import open_index

Key = TypeVar("Key")
Value = TypeVar("Value")
_KEPT = 20_000
_LATELY = 256


class Lately(Generic[Key, Value]):
    """What was made lately, to be used again; the oldest goes."""

    def __init__(self, most: int = _LATELY) -> None:
        """Keep at most so many."""
        self._most = most
        self._kept: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Return what is kept, or None."""
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Keep something and return it."""
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = value
        return value


class Terms:
    """The terms of the sidecars, by number, with what lies below each."""

    def __init__(self, folder: Path) -> None:
        """Map them."""
        self.iris, self.curies, self.labels = (Strings(folder, f"term.{part}") for part in ("iri", "curie", "label"))
        self.names = Strings(folder, "name.list")
        named, closure = read_arrays(folder, "name.of"), read_arrays(folder, "closure")
        self.name_terms: Ints = named["term"]
        self.name_scopes = named["scope"]
        self._above: Ints = closure["above"]
        self._starts = closure["starts"]
        self._below: Ints = closure["term"]
        self._relation: Ints = closure["relation"]
        self._found: dict[tuple[int, bool], Ints] = {}
        self._told = Lately[int, dict[str, str]](_KEPT)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.iris)

    def told(self, code: int) -> dict[str, str]:
        """Return CURIE and label of a term, as answers say it; nobody may change it."""
        return self._told.get(code) or self._told.keep(code, {"curie": self.curies[code], "label": self.labels[code]})

    def below(self, code: int, *, whole: bool) -> Ints:
        """Return a term and everything below it, by ``is_a`` and, where ``whole``, by ``part_of`` too."""
        found = self._found.get((code, whole))
        if found is None:
            if len(self._found) > _KEPT:
                self._found.clear()
            found = self._found[code, whole] = self._read_below(code, whole=whole)
        return found

    def _read_below(self, code: int, *, whole: bool) -> Ints:
        place = int(np.searchsorted(self._above, np.int32(code)))
        if place == len(self._above) or self._above[place] != code:
            return np.array([code], dtype=np.int32)
        among = slice(int(self._starts[place]), int(self._starts[place + 1]))
        found = self._below[among] if whole else self._below[among][self._relation[among] == 0]
        return np.append(found, np.int32(code)).astype(np.int32)

    def above(self, code: int) -> Ints:
        """Return everything above a term, itself not among it; empty for a term that has nothing above it."""
        order, terms = self._by_term
        return self._higher[order[span_of(terms, code)]]

    @cached_property
    def _higher(self) -> Ints:
        """Return the upper term of each pair of the closure."""
        found: Ints = np.repeat(self._above, np.diff(self._starts)).astype(np.int32)
        return found

    @cached_property
    def _by_term(self) -> tuple[Ints, Ints]:
        """Return the pairs of the closure in the order of their lower terms, and these."""
        order = np.argsort(self._below, kind="stable").astype(np.int32)
        return order, self._below[order]

    def below_any(self, codes: Sequence[int], *, whole: bool) -> Mask:
        """Say of each term whether it is one of some terms or lies below one."""
        mask: Mask = np.zeros(len(self), dtype=bool)
        for code in codes:
            mask[self.below(code, whole=whole)] = True
        return mask

    def is_part(self, code: int, above: int) -> bool:
        """Say whether a term lies below another one only as a part of it."""
        return code not in self.below(above, whole=False)

    def known(self, text: str) -> int | None:
        """Return the number of the term with this IRI or CURIE, or None."""
        return self._numbers.get(text) if text in self._numbers else self._numbers.get(text.casefold())

    @cached_property
    def _numbers(self) -> dict[str, int]:
        curies = {self.curies[number].casefold(): number for number in reversed(range(len(self)))}
        return {**curies, **{self.iris[number]: number for number in range(len(self))}}

    def names_of(self, code: int) -> list[str]:
        """Return the names of a term, its label among them, the closest first."""
        places = np.flatnonzero(self.name_terms == code)
        return self.names.many(places[np.argsort(self.name_scopes[places], kind="stable")].tolist())

    def named(self, text: str) -> list[tuple[int, int]]:
        """Return (scope, term) of the terms with this name, the closest scope first; 0 is the label."""
        return sorted({(int(self.name_scopes[place]), int(self.name_terms[place])) for place in self.names.find(text)})


class View:
    """The records of one level."""

    def __init__(self, folder: Path, name: str, about: dict[str, Any], things: Strings) -> None:
        """Take what the description says of the level."""
        self.name = name
        self.count: int = about["records"]
        self.values: dict[str, int] = about["values"]
        self._folder = folder / name
        self._things = things
        self._numbers: Ints = read_arrays(self._folder, "thing")["node"]
        self._coded: dict[str, Coded] = {}
        self._measured: dict[str, Measured] = {}
        self._lists: dict[str, Strings] = {}
        self._orders: dict[str, Ints] = {}
        self._one_each: dict[str, bool] = {}
        self.meant = Lately[tuple[str, str, bool], Any]()
        self.named = Lately[tuple[str, ...], Any]()
        self.counted = Lately[tuple[str, ...], int]()

    def iris(self, records: Sequence[int] | Ints) -> list[str]:
        """Return the IRIs of records."""
        return self._things.many(self._numbers[np.asarray(records, dtype=np.int64)].tolist())

    def record_of(self, iri: str) -> int | None:
        """Return the number of a record, or None where the level has none with this IRI."""
        low, high = 0, self.count
        while low < high:  # things are in the order of their IRIs, and so are records
            middle = (low + high) // 2
            if self._things[int(self._numbers[middle])].encode() < iri.encode():
                low = middle + 1
            else:
                high = middle
        return low if low < self.count and self._things[int(self._numbers[low])] == iri else None

    def has(self, field: Field) -> bool:
        """Say whether any record has a value."""
        return field.name in self.values

    def coded(self, field: Field) -> Coded:
        """Return the values of a field that is a list's."""
        if field.name not in self._coded:
            self._coded[field.name] = Coded.read(self._folder, field.name)
        return self._coded[field.name]

    def measured(self, field: Field) -> Measured:
        """Return the values of a field that is a number or date."""
        if field.name not in self._measured:
            self._measured[field.name] = Measured.read(self._folder, field.name)
        return self._measured[field.name]

    def has_one_each(self, field: Field) -> bool:
        """Say whether no record has more than one value of a field that is a list's."""
        if field.name not in self._one_each:
            rows = self.coded(field).rows
            self._one_each[field.name] = bool((rows[1:] > rows[:-1]).all())
        return self._one_each[field.name]

    def listed(self, field: Field) -> Strings:
        """Return the dictionary of a field of texts, in the order of their folded forms."""
        if field.name not in self._lists:
            self._lists[field.name] = Strings(self._folder, f"{field.name}.list")
        return self._lists[field.name]

    def order(self, field: Field, terms: Terms) -> Ints:
        """Return, for each code up to the greatest, its place in the alphabet (texts are in that order already)."""
        if field.name not in self._orders:
            used = self.coded(field).used
            places = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int32)
            labels = [terms.labels[int(code)].casefold() for code in used] if field.has_terms else list(range(len(used)))
            for place, among in enumerate(sorted(range(len(used)), key=labels.__getitem__)):
                places[used[among]] = place
            self._orders[field.name] = places
        return self._orders[field.name]

    @cached_property
    def words(self) -> tantivy.Index | None:
        """Return the index of the records' texts; None where there are no records."""
        path = self._folder / "words"
        return open_index(path) if path.is_dir() else None


class Opened:
    """Sidecars, opened."""

    def __init__(self, folder: Path) -> None:
        """Open the sidecars in a folder.

        Raises:
            StoreError: they are not whole.
        """
        try:
            self.about: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(str(folder), f"the search data is not whole or gone ({error})") from error
        self.folder = folder
        self.fields = load_fields()
        self.generation: str = self.about["generation"]
        self.said: list[str] = self.about["said"]
        self.terms = Terms(folder)
        self._things = Strings(folder, "thing")
        self._views: dict[str, View] = {}

    def view(self, level: str) -> View:
        """Return the records of a level."""
        if level not in self._views:
            self._views[level] = View(self.folder, level, self.about["levels"][level], self._things)
        return self._views[level]

    def thing(self, number: int) -> str:
        """Return the IRI of a thing."""
        return self._things[number]

    @cached_property
    def names(self) -> tantivy.Index:
        """Return the index of the names of terms."""
        return open_index(self.folder / "names")

    @cached_property
    def decisions(self) -> Decisions:
        """Return the decisions about things."""
        return Decisions.read(self.folder)

    def label(self, field: Field, view: View, code: int) -> str:
        """Return what a value is called."""
        return self.terms.labels[code] if field.has_terms else view.listed(field)[code]

    def value(self, field: Field, view: View, code: int) -> str:
        """Return a value as it can be asked for: a CURIE or a text."""
        return self.terms.curies[code] if field.has_terms else view.listed(field)[code]
