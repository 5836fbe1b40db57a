"""Conditions as sets of records: a yes or no for each record of a level."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.search.arrays import Coded, Mask, Measured
from kg.search.fields import Field
from kg.search.opened import View
from kg.search.query import Condition, Interval, alternatives, by_field, interval_of
from kg.search.resolve import Meant, Resolver

_SCATTERED = 8  # a value that one in so many records has is looked up by value, not by record


@dataclass(slots=True)
class Filters:
    """The conditions of a query by field, and for each field the records that it allows.

    Attributes:
        exact: by field, without expansion.
        wider: by field, with it.
        meant: by field, what was asked, resolved (for conditions that say what a value is).
    """

    exact: dict[str, Mask] = field(default_factory=dict)
    wider: dict[str, Mask] = field(default_factory=dict)
    meant: dict[str, list[tuple[Condition, Meant]]] = field(default_factory=dict)

    def all(self, *, expand: bool, but: str = "") -> Mask | None:
        """Return the records that all fields but one allow; None for all records."""
        return both(mask for name, mask in (self.wider if expand else self.exact).items() if name != but)


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
            found.exact[name] = found.wider[name] = _measured(view, one, conditions)
    return found


def _coded(view: View, resolver: Resolver, one: Field, conditions: Sequence[Condition], found: Filters) -> None:
    exact: Mask | None = None
    wider: Mask | None = None
    values = view.coded(one) if view.has(one) else None
    alternative = [condition for condition in conditions if condition.op in {"=", "~"}]
    if alternative:
        pairs = [
            (condition, meant)
            for condition in alternative
            for meant in resolver.meant(one, condition.text, part=condition.op == "~")
        ]
        found.meant[one.name] = pairs
        exact = with_codes(view, values, {code for _, meant in pairs for code in meant.codes})
        wider = with_codes(view, values, {code for _, meant in pairs for code in meant.wider}) if one.has_terms else exact
    for condition in conditions:
        if condition.op in {"present", "absent"}:
            some = _any(view, values)
            mask = some if condition.op == "present" else ~some
            exact, wider = both((exact, mask)), both((wider, mask))
        elif condition.op == "!=":
            meants = resolver.meant(one, condition.text)
            found.meant.setdefault(one.name, []).extend((condition, meant) for meant in meants)
            exact = both((exact, ~with_codes(view, values, {code for meant in meants for code in meant.codes})))
            wider = both((wider, ~with_codes(view, values, {code for meant in meants for code in meant.wider})))
    if exact is not None and wider is not None:
        found.exact[one.name], found.wider[one.name] = exact, wider


def with_codes(view: View, values: Coded | None, codes: Collection[int]) -> Mask:
    """Return the records that have one of some values."""
    mask: Mask = np.zeros(view.count, dtype=bool)
    if values is None or not codes:
        return mask
    lists = [values.records_of(code) for code in codes] if len(codes) < len(values.rows) else []
    if lists and sum(map(len, lists)) * _SCATTERED < len(values.rows):
        for records in lists:
            mask[records] = True
        return mask
    wanted = np.zeros(int(values.used[-1]) + 1, dtype=bool)
    wanted[np.fromiter(codes, dtype=np.int64)] = True
    chosen = wanted[values.codes]
    if _is_single(values, view):
        return chosen
    mask[values.rows[chosen]] = True
    return mask


def _is_single(values: Coded | Measured, view: View) -> bool:
    """Say whether each record has exactly one value: then the place of a value is its record."""
    return bool(values.single[0]) and len(values.rows) == view.count


def _any(view: View, values: Coded | Measured | None) -> Mask:
    mask: Mask = np.zeros(view.count, dtype=bool)
    if values is not None:
        mask[values.rows] = True
    return mask


def _measured(view: View, one: Field, conditions: Sequence[Condition]) -> Mask:
    values = view.measured(one) if view.has(one) else None
    mask: Mask | None = None
    equal = [condition for condition in conditions if condition.op in {"=", ".."}]
    if equal:
        asked = [
            interval_of(one, Condition(one.name, "=", text)) for condition in equal for text in alternatives(condition.text)
        ]
        mask = _either(view, values, asked)
    bounds = [interval_of(one, condition) for condition in conditions if condition.op in {">", ">=", "<", "<="}]
    if bounds:
        mask = both((mask, _within(view, values, bounds)))
    for condition in conditions:
        if condition.op in {"present", "absent"}:
            some = _any(view, values)
            mask = both((mask, some if condition.op == "present" else ~some))
        elif condition.op == "!=":
            asked = [interval_of(one, Condition(one.name, "=", text)) for text in alternatives(condition.text)]
            mask = both((mask, ~_either(view, values, asked)))
    return np.ones(view.count, dtype=bool) if mask is None else mask


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
    chosen: Mask = np.ones(len(values.values), dtype=bool)
    for one in intervals:
        if one.low > -np.inf:
            chosen &= values.values >= one.low if one.with_low else values.values > one.low
        if one.high < np.inf:
            chosen &= values.values <= one.high if one.with_high else values.values < one.high
    if _is_single(values, view):
        return chosen
    mask[values.rows[chosen]] = True
    return mask
