"""Conditions as sets of records: which records of a level each field allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.search.arrays import Array, Coded, Ints, Mask, Measured, laid_out, spans_of
from kg.search.fields import Field
from kg.search.opened import View
from kg.search.query import Condition, Interval, alternatives, by_field, interval_of
from kg.search.resolve import Meant, Resolver

_SCATTERED = 2  # values that one in so many records has are looked up by value, not by record
_FEW = 8  # one in so many records: few enough to look at their values one by one
_SORTED = 64  # so few records are sorted faster than they are read off a mask
_CODES = 10_000  # values of a condition that is remembered, at most

Asked = tuple[str, tuple[Interval, ...]]
"""A condition on numbers: as asked, and the intervals that one value must lie in, all of them."""


@dataclass(slots=True)
class Allowed:
    """The records that the conditions on a field allow: made in the way that costs least for what is wanted of them.

    Attributes:
        view: their level.
        field: that the conditions are on.
        values: of the field; None where no record has one.
        codes: values one of which a record must have, ascending; None where ``made`` says everything.
        numbers: instead of ``values``, those of a field of numbers or dates.
        within: intervals in all of which one number of a record must lie.
        made: a yes or no for each record, once somebody has wanted it.
    """

    view: View
    field: Field
    values: Coded | None = None
    codes: Ints | None = None
    numbers: Measured | None = None
    within: tuple[Interval, ...] = ()
    made: Mask | None = None

    @property
    def size(self) -> int:
        """Return about how many records there are; what is not a list of values counts as all."""
        if self.codes is None:
            return self.view.count
        first, last = self._lists()
        return int((last - first).sum())

    @property
    def count(self) -> int:
        """Return how many records there are."""
        if self.codes is not None and self.made is None and self._counts_once():
            return self.size
        return int(np.count_nonzero(self.mask))

    @property
    def mask(self) -> Mask:
        """Return them as a yes or no for each record."""
        if self.made is None:
            self.made = self._mask()
        return self.made

    def records(self) -> Ints:
        """Return their numbers, ascending."""
        if self.made is None and self.codes is not None and self.size * _SORTED < self.view.count:
            return np.unique(self._posted(*self._lists()))
        return np.flatnonzero(self.mask).astype(np.int32)

    def first(self, last: int) -> Ints:
        """Return the first ``last`` of their numbers, ascending."""
        if self.made is not None or self.codes is None:
            return np.flatnonzero(self.mask)[:last].astype(np.int32)
        first, ends = self._lists()
        return np.unique(self._posted(first, np.minimum(ends, first + last)))[:last]

    def among(self, records: Ints) -> Ints:
        """Return those of some records, ascending, that are allowed."""
        if self.made is None and self.codes is not None and self.values is not None:
            if _is_single(self.values, self.view):
                return records[_wanted(self.values, self.codes)[self.values.codes[records]]]
            if len(records) * _FEW < len(self.values.rows):
                places, owner = laid_out(*spans_of(self.values.rows, records))
                chosen = np.zeros(len(records), dtype=bool)
                chosen[owner[_wanted(self.values, self.codes)[self.values.codes[places]]]] = True
                return records[chosen]
        if self.made is None and self.numbers is not None and len(records) * _FEW < len(self.numbers.rows):
            places, owner = laid_out(*spans_of(self.numbers.rows, records, self.numbers.single))
            chosen = np.zeros(len(records), dtype=bool)
            chosen[owner[inside(self.numbers.values[places], self.within)]] = True
            return records[chosen]
        return records[self.mask[records]]

    def _lists(self) -> tuple[Array, Array]:
        if self.values is None or self.codes is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return self.values.spans_of(self.codes)

    def _posted(self, first: Array, last: Array) -> Ints:
        lists = [self.values.by_code[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)] if self.values else []
        return np.concatenate(lists) if lists else np.zeros(0, dtype=np.int32)

    def _counts_once(self) -> bool:
        """Say whether no record is in two lists."""
        if self.values is None or self.codes is None or len(self.codes) <= 1:
            return True
        return self.view.has_one_each(self.field)

    def _mask(self) -> Mask:
        if self.numbers is not None:
            return _within(self.view, self.numbers, self.within)
        mask: Mask = np.zeros(self.view.count, dtype=bool)
        if self.values is None or self.codes is None or not len(self.codes):
            return mask
        first, last = self._lists()
        if int((last - first).sum()) * _SCATTERED < len(self.values.rows):
            mask[self._posted(first, last)] = True
            return mask
        chosen = _wanted(self.values, self.codes)[self.values.codes]
        if _is_single(self.values, self.view):
            return chosen
        mask[self.values.rows[chosen]] = True
        return mask


@dataclass(slots=True)
class Filters:
    """The conditions of a query by field, and for each field the records that it allows.

    Attributes:
        exact: by field, without expansion.
        wider: by field, with it.
        meant: by field, what was asked, resolved (for conditions that say what a value is).
        measured: by field, what was asked of numbers and dates.
        made: the records that several fields allow together, by what these are.
    """

    exact: dict[str, Allowed] = field(default_factory=dict)
    wider: dict[str, Allowed] = field(default_factory=dict)
    meant: dict[str, list[tuple[Condition, Meant]]] = field(default_factory=dict)
    measured: dict[str, list[Asked]] = field(default_factory=dict)
    made: dict[tuple[int, ...], Ints] = field(default_factory=dict)

    def records(self, *, expand: bool, but: str = "") -> Ints | None:
        """Return the records that all fields but one allow, ascending; None for all records."""
        parts = sorted(self._parts(expand=expand, but=but), key=lambda part: part.size)
        if not parts:
            return None
        key = tuple(map(id, parts))
        if key not in self.made:
            found = parts[0].records()
            for part in parts[1:]:
                found = part.among(found)
            self.made[key] = found
        return self.made[key]

    def count(self, *, expand: bool) -> int | None:
        """Return how many records all fields allow; None for all records."""
        parts = self._parts(expand=expand)
        if len(parts) == 1:
            return parts[0].count
        found = self.records(expand=expand)
        return None if found is None else len(found)

    def first(self, last: int, *, expand: bool) -> Ints | None:
        """Return the first records that all fields allow, ``last`` at most; None for all records."""
        parts = self._parts(expand=expand)
        if len(parts) == 1:
            return parts[0].first(last)
        found = self.records(expand=expand)
        return None if found is None else found[:last]

    def _parts(self, *, expand: bool, but: str = "") -> list[Allowed]:
        return [part for name, part in (self.wider if expand else self.exact).items() if name != but]


def both(masks: Iterable[Mask | None]) -> Mask | None:
    """Return the records of all sets; None stands for all records."""
    found: Mask | None = None
    for mask in masks:
        if mask is not None:
            found = mask if found is None else found & mask
    return found


def filters_of(view: View, resolver: Resolver, where: Sequence[Condition]) -> Filters:
    """Return the conditions as sets of records.

    Raises:
        QueryError: a value is none of its field.
    """
    found = Filters()
    for name, conditions in by_field(where).items():
        one = resolver.opened.fields.fields[name]
        if one.is_coded:
            _coded(view, resolver, one, conditions, found)
        else:
            found.exact[name] = found.wider[name] = _measured(view, one, conditions, found)
    return found


def _coded(view: View, resolver: Resolver, one: Field, conditions: Sequence[Condition], found: Filters) -> None:
    values = view.coded(one) if view.has(one) else None
    exact: Allowed | None = None
    wider: Allowed | None = None
    alternative = [condition for condition in conditions if condition.op in {"=", "~"}]
    if alternative:
        found.meant[one.name] = pairs = _resolved(view, resolver, one, alternative)
        exact = wider = _having(view, one, values, (meant.codes for _, meant in pairs))
        if any(meant.wider != meant.codes for _, meant in pairs):
            wider = _having(view, one, values, (meant.wider for _, meant in pairs))
    for condition in conditions:
        if condition.op in {"present", "absent"}:
            some = _any(view, values)
            mask = some if condition.op == "present" else ~some
            exact, wider = _and(view, one, exact, mask), _and(view, one, wider, mask)
        elif condition.op == "!=":
            pairs = _resolved(view, resolver, one, [condition])
            found.meant.setdefault(one.name, []).extend(pairs)
            # Not this, nor anything below it: what is left does not depend on expansion. Beside values that are
            # asked for, the count without expansion stays that of the query as it would be asked without.
            own = [meant.codes if alternative else meant.wider for _, meant in pairs]
            exact = _and(view, one, exact, ~_having(view, one, values, own).mask)
            wider = _and(view, one, wider, ~_having(view, one, values, (meant.wider for _, meant in pairs)).mask)
    if exact is not None and wider is not None:
        found.exact[one.name], found.wider[one.name] = exact, wider


def _resolved(view: View, resolver: Resolver, one: Field, conditions: Iterable[Condition]) -> list[tuple[Condition, Meant]]:
    """Return what conditions mean; what was asked lately is remembered."""
    pairs = []
    for condition in conditions:
        key = (one.name, condition.text, condition.op == "~")
        meants = view.meant.get(key)
        if meants is None:
            meants = resolver.meant(one, condition.text, part=condition.op == "~")
            if sum(len(meant.wider) for meant in meants) <= _CODES:
                view.meant.keep(key, meants)
        pairs += [(condition, meant) for meant in meants]
    return pairs


def _having(view: View, one: Field, values: Coded | None, codes: Iterable[Collection[int]]) -> Allowed:
    """Return the records that have one of some values."""
    every = np.array(sorted(set().union(*codes)), dtype=np.int32)
    return Allowed(view, one, values, every)


def _and(view: View, one: Field, allowed: Allowed | None, mask: Mask) -> Allowed:
    return Allowed(view, one, made=mask if allowed is None else allowed.mask & mask)


def _wanted(values: Coded, codes: Ints) -> Mask:
    """Say of each code up to the greatest of a field whether it is wanted."""
    wanted: Mask = np.zeros(int(values.used[-1]) + 1 if len(values.used) else 0, dtype=bool)
    wanted[codes[codes < len(wanted)]] = True
    return wanted


def _is_single(values: Coded | Measured, view: View) -> bool:
    """Say whether each record has exactly one value: then the place of a value is its record."""
    return bool(values.single[0]) and len(values.rows) == view.count


def _any(view: View, values: Coded | Measured | None) -> Mask:
    mask: Mask = np.zeros(view.count, dtype=bool)
    if values is not None:
        mask[values.rows] = True
    return mask


def _measured(view: View, one: Field, conditions: Sequence[Condition], found: Filters) -> Allowed:
    values = view.measured(one) if view.has(one) else None
    mask: Mask | None = None
    said = found.measured[one.name] = []
    equal = [condition for condition in conditions if condition.op in {"=", ".."}]
    if equal:
        either: list[Asked] = [
            (text, (interval_of(one, Condition(one.name, "=", text)),))
            for condition in equal
            for text in alternatives(condition.text)
        ]
        mask = _either(view, values, [interval for _, (interval,) in either])
        said += either
    bounds = [condition for condition in conditions if condition.op in {">", ">=", "<", "<="}]
    if bounds:
        within = tuple(interval_of(one, condition) for condition in bounds)
        said.append((" and ".join(f"{condition.op}{condition.text}" for condition in bounds), within))
        if values is not None and len(bounds) == len(conditions):
            return Allowed(view, one, numbers=values, within=within)
        mask = both((mask, _within(view, values, within)))
    for condition in conditions:
        if condition.op in {"present", "absent"}:
            some = _any(view, values)
            mask = both((mask, some if condition.op == "present" else ~some))
        elif condition.op == "!=":
            asked = [interval_of(one, Condition(one.name, "=", text)) for text in alternatives(condition.text)]
            mask = both((mask, ~_either(view, values, asked)))
    return Allowed(view, one, made=np.ones(view.count, dtype=bool) if mask is None else mask)


def _either(view: View, values: Measured | None, intervals: Iterable[Interval]) -> Mask:
    found = np.zeros(view.count, dtype=bool)
    for interval in intervals:
        found |= _within(view, values, [interval])
    return found


def _within(view: View, values: Measured | None, intervals: Iterable[Interval]) -> Mask:
    """Return the records one of whose values lies in all intervals."""
    mask: Mask = np.zeros(view.count, dtype=bool)
    if values is None:
        return mask
    chosen = inside(values.values, intervals)
    if _is_single(values, view):
        return chosen
    mask[values.rows[chosen]] = True
    return mask


def inside(values: Array, intervals: Iterable[Interval]) -> Mask:
    """Say of each number whether it lies in all intervals."""
    chosen: Mask = np.ones(len(values), dtype=bool)
    for one in intervals:
        if one.low > -np.inf:
            chosen &= values >= one.low if one.with_low else values > one.low
        if one.high < np.inf:
            chosen &= values <= one.high if one.with_high else values < one.high
    return chosen
