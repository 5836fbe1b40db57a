"""Profiles: what the values of a column look like, whatever its header says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kg.mapping.dates import moment
from kg.mapping.units import quantity, unit_code
from kg.suggest.shapes import SHAPES

MOST_DISTINCT = 5_000
_CLEAR = 0.8
_SOME = 0.2
LOOKED_AT = 500
_MISSING = frozenset({
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "---", "?", ".", "unknown", "not applicable", "not available",
    "not known", "missing", "not recorded", "not provided", "not specified", "not collected", "unspecified", "tbd", "tba",
    "n.a.", "n.d.", "nd", "undefined",
})  # fmt: skip
ANSWERS = frozenset({"none", "unknown", "nd", "nan", "na"})
"""Words that are an answer to some questions; they are missing only among numbers."""
_DAY_FIRST = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y",
              "%d.%m.%y", "%Y%m%d", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d")  # fmt: skip
_EITHER = (("%d/%m/%Y", "%m/%d/%Y"), ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"),
           ("%d-%m-%Y", "%m-%d-%Y"))  # fmt: skip
_DIGIT = re.compile(r"\d")
_COMMA = re.compile(r"[-+]?\d+(?:,(\d+))?(?: ?[^\d\s,;.]{1,6})?")
_THOUSAND = 3
_LIST = re.compile(r"\s*([;|])\s*")


@dataclass(frozen=True, slots=True)
class Profile:
    """The values of a column.

    Attributes:
        rows: number of rows looked at.
        filled: rows with a value.
        distinct: number of distinct values, up to `MOST_DISTINCT`.
        values: distinct values that say something, most frequent first.
        missing: words that stand for no value.
        numbers: share of values that are a number, with or without a unit.
        whole: share of values that are a whole number.
        low: least number.
        high: greatest number.
        units: UCUM codes of units written in the cells, with how many values have them.
        dates: share of values that are a date.
        date_format: how dates are written; empty for ISO 8601.
        date_orders: formats that fit alike, so that the source has to say which is meant.
        separator: what stands between several values of a cell; empty for none.
        shapes: share of values of each known shape.
        length: mean length of a value.
        unique: whether every row has a value of its own.
        comma: whether all values are numbers, with a comma for the decimal point.
    """

    rows: int
    filled: int
    distinct: int
    values: tuple[str, ...]
    missing: tuple[str, ...] = ()
    numbers: float = 0.0
    whole: float = 0.0
    low: float = 0.0
    high: float = 0.0
    units: Mapping[str, int] = field(default_factory=dict)
    dates: float = 0.0
    date_format: str = ""
    date_orders: tuple[str, ...] = ()
    separator: str = ""
    shapes: Mapping[str, float] = field(default_factory=dict)
    length: float = 0.0
    unique: bool = False
    comma: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the values, cells with several of them taken apart."""
        if not self.separator:
            return self.values
        some = (part.strip() for value in self.values for part in value.split(self.separator))
        return tuple(dict.fromkeys(part for part in some if part))


def profile_of(column: pl.Series) -> Profile:
    """Return the profile of a column of raw texts, or of lists of them."""
    rows = len(column)
    texts = column.explode() if isinstance(column.dtype, pl.List) else column
    texts = texts.cast(pl.String).str.strip_chars()
    texts = texts.filter(texts.is_not_null() & (texts != ""))
    counted = texts.value_counts(sort=True).head(MOST_DISTINCT)
    pairs = sorted(counted.iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    values = [text for text, _ in pairs]
    number_like = [v for v in values[:LOOKED_AT] if v.lower() not in _MISSING]
    comma = _has_commas(number_like)
    numeric = comma or _share(number_like, lambda v: quantity(_plain(v)) is not None) >= _CLEAR
    signs = "+" in values  # then a dash is an answer
    missing = [
        v for v in values if v.lower() in _MISSING and (numeric or v.lower() not in ANSWERS) and not (v == "-" and signs)
    ]
    said = tuple(v for v in values if v not in missing)
    return _told(rows, len(texts), said, tuple(missing), unique=len(texts) == rows and all(count == 1 for _, count in pairs))


def _told(rows: int, filled: int, values: tuple[str, ...], missing: tuple[str, ...], *, unique: bool) -> Profile:
    some = values[:LOOKED_AT]
    if not some:
        return Profile(rows, filled, 0, (), missing)
    comma = _has_commas(some)
    pointed = [value.replace(",", ".") for value in some] if comma else some
    quantities = [found for value in pointed if (found := quantity(_plain(value)))]
    units = Counter(code for _, unit in quantities if unit and (code := unit_code(unit)))
    plain = [number for number, unit in quantities if not unit or unit_code(unit)]
    dates, form, orders = _dates(some)
    return Profile(
        rows=rows,
        filled=filled,
        distinct=len(values),
        values=values,
        missing=missing,
        numbers=len(plain) / len(some),
        whole=sum(value.lstrip("+-").isdecimal() for value in some) / len(some),
        low=float(min(plain, default=0)),
        high=float(max(plain, default=0)),
        units=dict(units),
        dates=dates,
        date_format=form,
        date_orders=orders,
        separator=_separator(some),
        shapes=_shapes(some),
        length=sum(map(len, some)) / len(some),
        unique=unique and len(values) == rows,
        comma=comma,
    )


def _has_commas(values: Sequence[str]) -> bool:
    """Say whether all values are numbers, with a decimal comma in one that no comma between thousands explains.

    >>> _has_commas(["1,4", "0,8", "1"]), _has_commas(["1,234", "5,678"]), _has_commas(["1,4", "a"])
    (True, False, False)
    """
    matches = [_COMMA.fullmatch(value) for value in values]
    return bool(matches) and all(matches) and any(m[1] and len(m[1]) != _THOUSAND for m in matches if m)


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _share(values: Sequence[str], holds: Callable[[str], object]) -> float:
    return sum(1 for value in values if holds(value)) / len(values) if values else 0.0


def _shapes(values: Sequence[str]) -> dict[str, float]:
    parts = [part for value in values for part in (_LIST.split(value)[::2] if ";" in value else [value])]
    shares = {name: sum(1 for part in parts if shape.fullmatch(part)) / len(parts) for name, shape in SHAPES.items()}
    return {name: share for name, share in shares.items() if share >= _SOME}


def _separator(values: Sequence[str]) -> str:
    for separator in (";", "|"):
        having = [v for v in values if separator in v.strip(separator)]
        if len(having) >= max(1, _SOME * len(values)) and all("://" not in v and len(v) < LOOKED_AT for v in having):
            return separator
    return ""


def _dated(values: Sequence[str], form: str) -> float:
    return _share(values, lambda value: moment(value, [form]))


def _dates(values: Sequence[str]) -> tuple[float, str, tuple[str, ...]]:
    """Return the share of dates, their format, and the formats that fit alike."""
    some = [v for v in values[:50] if len(v) < 40]  # noqa: PLR2004 - a look, at what is no prose
    if len(some) < len(values[:50]) * _CLEAR or _share(some, _DIGIT.search) < _CLEAR:
        return 0.0, "", ()
    iso = _share(some, moment)
    if iso >= _CLEAR:
        return iso, "", ()
    for one, other in _EITHER:
        shares = [_dated(some, form) for form in (one, other)]
        if max(shares) >= _CLEAR:
            if shares[0] == shares[1]:
                return shares[0], "", (one, other)
            return max(shares), one if shares[0] > shares[1] else other, ()
    for form in _DAY_FIRST:
        share = _dated(some, form)
        if share >= _CLEAR:
            return share, form, ()
    return 0.0, "", ()
