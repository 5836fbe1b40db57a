"""What is asked: words, conditions on fields, facets, order and page; written as text, kept as values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from kg.errors import QueryError
from kg.mapping.units import convert, quantity, unit_code
from kg.search.fields import Field, Fields
from kg.search.quantities import rounded

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "~", "..", "present", "absent"]
MOST = 1_000
"""Most hits of one page."""

_LONGEST, _CONDITIONS, _FACETS = 2_000, 64, 40
_ALTERNATIVES = 1_000
_DEEPEST = 100_000_000
_CONDITION = re.compile(r"\s*([\w\s-]+?)\s*(!=|>=|<=|=|>|<|~|:(?!\d))\s*(.*?)\s*", re.DOTALL)
_PRESENCE = re.compile(r"\s*(!?)\s*([\w-]+)\s*")
_YEAR, _MONTH, _DAY = (re.compile(shape) for shape in (r"\d{4}", r"\d{4}-\d{2}", r"\d{4}-\d{2}-\d{2}"))
_FLAGS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field of a record must be.

    Attributes:
        field: name, as the fields have it.
        op: ``=`` one of the values, ``!=`` none of them, ``~`` holds the text, ``..`` between two bounds, both allowed;
            ``present`` and ``absent`` ask whether there is any value.
        text: the value as written; several are separated by a bar.
    """

    field: str
    op: Operator
    text: str = ""

    def __str__(self) -> str:
        """Return it as it can be written."""
        marks = {"present": "=*", "absent": "!=*", "..": "="}
        return f"{self.field}{marks.get(self.op, self.op)}{self.text if self.op not in {'present', 'absent'} else ''}"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search; checked against the fields by ``asked``.

    Attributes:
        text: words, "phrases in quotes", beginnings* and -words that must not be there; all must be found.
        where: conditions; several ``=`` of one field are alternatives, everything else must hold together.
        level: name of the level; empty for the first.
        facets: fields whose values are counted.
        sort: a field, with ``-`` before it for descending; ``relevance``; empty for relevance with a text, else as stored.
        offset: hits left out.
        limit: hits of the page, 0 to 1,000.
        expand: whether terms below an asked term count too.
    """

    text: str = ""
    where: tuple[Condition, ...] = ()
    level: str = ""
    facets: tuple[str, ...] = ()
    sort: str = ""
    offset: int = 0
    limit: int = 20
    expand: bool = True


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from ``low`` to ``high``; ``with_low`` and ``with_high`` say whether the bounds are meant too."""

    low: float = -math.inf
    high: float = math.inf
    with_low: bool = True
    with_high: bool = True


def asked(
    fields: Fields,
    *,
    text: str = "",
    where: Iterable[str] = (),
    facets: Iterable[str] = (),
    level: str = "",
    sort: str = "",
    offset: int = 0,
    limit: int = 20,
    expand: bool = True,
) -> SearchQuery:
    """Return a query made of texts, with all names checked and spelt as the fields have them.

    Raises:
        QueryError: a field, level or bound is not known or not possible; the nearest name is named.
    """
    level = level or next(iter(fields.levels))
    fields.level(level)
    given = tuple(where)
    if len(text) > _LONGEST or len(given) > _CONDITIONS or any(len(one) > _LONGEST for one in given):
        raise QueryError("search", f"is too long: at most {_LONGEST:,} characters each, and {_CONDITIONS} conditions")
    names = [name for one in facets for name in one.split(",") if name.strip()]
    if len(names) > _FACETS:
        raise QueryError("facet", f"asks for {len(names)} facets; at most {_FACETS} are counted at once")
    if not 0 <= limit <= MOST:
        raise QueryError("limit", f"{limit} is not between 0 and {MOST:,}")
    if not 0 <= offset <= _DEEPEST:
        raise QueryError("offset", f"{offset} is not a place in a result")
    return SearchQuery(
        text=text.strip(),
        where=_conditions(fields, level, given),
        level=level,
        facets=tuple(dict.fromkeys(fields.field(name, level).name for name in names)),
        sort=_sort(fields, level, sort.strip()),
        offset=offset,
        limit=limit,
        expand=expand,
    )


def _conditions(fields: Fields, level: str, given: Iterable[str]) -> tuple[Condition, ...]:
    found = tuple(dict.fromkeys(condition(fields, level, one) for one in given))
    count = sum(len(alternatives(one.text)) for one in found)
    if count > _ALTERNATIVES:
        raise QueryError("where", f"asks for {count:,} values; at most {_ALTERNATIVES:,} are looked for at once")
    return found


def _sort(fields: Fields, level: str, text: str) -> str:
    name = text.removeprefix("-").removeprefix("+").strip()
    if text and not name:
        raise QueryError("sort", f"names no field after {text!r}")
    if not name or name == "relevance":
        return name
    return ("-" if text.startswith("-") else "") + fields.field(name, level).name


def condition(fields: Fields, level: str, text: str) -> Condition:
    """Read one condition, such as ``organism=mouse``, ``na>1.2``, ``pixel_size=50..100 nm``, ``licence`` or ``!licence``.

    Raises:
        QueryError: it has no such form, or its field is not known at the level.
    """
    if not text.strip():
        raise QueryError("where", "is empty; write field=value, or leave it out")
    present = _PRESENCE.fullmatch(text)
    if present:
        return Condition(fields.field(present[2], level).name, "absent" if present[1] else "present")
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise QueryError(
            text[:80], "is no condition; write field=value, field!=value, field>value, field=low..high or field~text"
        )
    name, sign, value = match.groups()
    field = fields.field(name, level)
    op: Operator = "=" if sign == ":" else sign  # type: ignore[assignment]
    if not value:
        raise QueryError(text[:80], f"says no value for {field.name}")
    if value == "*" and op in {"=", "!="}:
        return Condition(field.name, "present" if op == "=" else "absent")
    return _checked(field, Condition(field.name, op, value))


def _checked(field: Field, one: Condition) -> Condition:
    """Raise QueryError where the values of a field cannot be compared so."""
    if field.is_coded:
        if one.op in {">", ">=", "<", "<="}:
            raise QueryError(field.name, f"is not a number or date, so that {one.op} says nothing; use = or !=")
        if field.kind == "flag":
            flag_of(field, one.text)
        return one
    if one.op == "~":
        raise QueryError(field.name, "is a number or date; ~ looks into texts only")
    for text in alternatives(one.text):
        interval_of(field, replace(one, text=text))
    return one


def alternatives(text: str) -> list[str]:
    """Return the values of a condition: what bars separate, outside quotes.

    >>> alternatives('mouse|"a|b"'), alternatives("rat")
    (['mouse', 'a|b'], ['rat'])
    """
    found = [part.strip() for part in re.findall(r'(?:"[^"]*"|[^|"])+|"', text)]
    bare = [part[1:-1] if len(part) > 1 and part[0] == part[-1] == '"' else part for part in found if part]
    return list(dict.fromkeys(bare)) or [text]


def flag_of(field: Field, text: str) -> str:
    """Return ``true`` or ``false``; raises QueryError for another word."""
    found = _FLAGS.get(text.strip().lower())
    if found is None:
        raise QueryError(field.name, f"is yes or no; found {text[:80]!r}")
    return found


def interval_of(field: Field, one: Condition) -> Interval:
    """Return the numbers that a condition on a number or date allows (for ``!=``: those that it does not).

    Raises:
        QueryError: the value is none, or measures something else.
    """
    low, dots, high = one.text.partition("..")
    if dots and one.op in {"=", "!="}:
        return _range(field, low.strip(), high.strip())
    first, last = _bounds(field, one.text)
    match one.op:
        case ">":
            return Interval(low=last, with_low=False)
        case ">=":
            return Interval(low=first)
        case "<":
            return Interval(high=first, with_high=False)
        case "<=":
            return Interval(high=last)
        case _:
            return Interval(first, last)


def _range(field: Field, low: str, high: str) -> Interval:
    if not low and not high:
        raise QueryError(field.name, "'..' needs a bound on one side at least, as in 0.5..1.4")
    below = high.startswith("<")
    high = high.removeprefix("<").strip() if below else high
    if below and not high:
        raise QueryError(field.name, "'..<' needs a bound after it, as in 0.5..<1.4")
    number = quantity(low) if low else None
    unit = quantity(high)
    if field.kind == "number" and number and not number[1] and unit and unit[1]:
        low = f"{low} {unit[1]}"  # 50..100 nm
    top = _bounds(field, high)[0 if below else 1] if high else math.inf
    interval = Interval(_bounds(field, low)[0] if low else -math.inf, top, with_high=not below)
    if interval.low > interval.high or (below and interval.low == interval.high):
        raise QueryError(field.name, f"{low}..{high} holds nothing: the first bound is above the second")
    return interval


def _bounds(field: Field, text: str) -> tuple[float, float]:
    """Return the first and last number that a value means: a year is all of its days."""
    return _dates(field, text.strip()) if field.kind == "date" else (_number(field, text.strip()),) * 2


def _number(field: Field, text: str) -> float:
    found = quantity(text.replace("\u2212", "-"))
    if found is None:
        raise QueryError(field.name, f"expected a number{f' in {field.unit}' if field.unit else ''}, found {text[:80]!r}")
    number, unit = found
    if not unit:
        return rounded(float(number))
    if not field.unit:
        raise QueryError(field.name, f"has no unit; found {unit[:40]!r}")
    code = unit_code(unit, field.unit)
    if code is None:
        raise QueryError(field.name, f"{unit[:40]!r} is no unit that is known here; values are in {field.unit}")
    try:
        converted: Decimal | None = convert(number, code, field.unit)
    except ArithmeticError:
        raise QueryError(field.name, f"{text[:80]!r} is beyond all numbers that are kept here") from None
    if converted is None:
        raise QueryError(field.name, f"is measured in {field.unit}, which {unit[:40]!r} cannot be converted to")
    return rounded(float(converted))


def _dates(field: Field, text: str) -> tuple[float, float]:
    try:
        if _YEAR.fullmatch(text):
            year = int(text)
            return _seconds(datetime(year, 1, 1, tzinfo=UTC)), _seconds(datetime(year, 12, 31, tzinfo=UTC)) + 86_399.999999
        if _MONTH.fullmatch(text):
            first = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
            after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
            return _seconds(first), _seconds(after) - 0.000001
        when = datetime.fromisoformat(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = _seconds(when)
    except (ValueError, OverflowError):
        raise QueryError(field.name, f"expected a date such as 2020, 2020-05 or 2020-05-31, found {text[:80]!r}") from None
    return (seconds, seconds + 86_399.999999) if _DAY.fullmatch(text) else (seconds, seconds)


def _seconds(when: datetime) -> float:
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)


def day_of(seconds: float) -> str:
    """Return a time as text: a date where it is midnight.

    >>> day_of(0.0), day_of(1.5)
    ('1970-01-01', '1970-01-01T00:00:01.500000Z')
    """
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0):
        return when.date().isoformat()
    return when.isoformat().replace("+00:00", "Z")


def by_field(where: Sequence[Condition]) -> dict[str, list[Condition]]:
    """Return the conditions by field, in the order of their first."""
    found: dict[str, list[Condition]] = {}
    for one in where:
        found.setdefault(one.field, []).append(one)
    return found
