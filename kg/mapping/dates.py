"""Dates: what sources write, as ISO 8601 text; the order of day and month is said by a mapping, never guessed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

_DAY = re.compile(r"(\d{4})([-:])(\d{1,2})\2(\d{1,2})")
_MOMENT = re.compile(
    r"(\d{4})([-:])(\d{2})\2(\d{2})[T ]\s*(\d{2}):(\d{2})(?::(\d{2}))?(?:[.,](\d+))?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
_AFTER_DAY = re.compile(r"([T ].*)?", re.DOTALL)
_FRACTION = re.compile(r"(?<=[.,])(\d{6})(\d+)")
_CLOSE = re.compile(r"%[YymdHMSj]%[YymdHMSj]")
_UNIVERSAL = re.compile(r"\b(?:UTC|GMT|Z)\b")
_DIRECTIVE = re.compile(r"%(.?)")
# What the machine's language or place has no say in; names of months and days are the English ones.
_DIRECTIVES = frozenset("YymdbBaAjHIMSfpzZ%")
_MOST_FRACTION = 18  # digits after the point that the store holds
_FURTHEST_ZONE = datetime.timedelta(hours=14)

_UNIX, _JULIAN, _OLE, _WINDOWS = (
    datetime.datetime.fromisoformat(text) for text in ("1970-01-01", "2000-01-01T12:00", "1899-12-30", "1601-01-01")
)
_SECOND, _A_DAY = Decimal(1), Decimal(86400)
# Start of the count, what the count is there, seconds of one step, and whether it is universal time by definition.
_COUNTS: Mapping[str, tuple[datetime.datetime, Decimal, Decimal, bool]] = MappingProxyType({
    "unix": (_UNIX, Decimal(0), _SECOND, True),
    "unix-ms": (_UNIX, Decimal(0), Decimal("0.001"), True),
    "filetime": (_WINDOWS, Decimal(0), Decimal("1e-7"), True),
    "julian-day": (_JULIAN, Decimal(2451545), _A_DAY, False),
    "ole": (_OLE, Decimal(0), _A_DAY, False),
})  # fmt: skip
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a day with a time, as ISO 8601 text; ``time`` is empty for a day, else as ``12:00:00.5+02:00``."""

    day: str
    time: str = ""

    @property
    def text(self) -> str:
        """Return the text of a date, or of a date and time."""
        return f"{self.day}T{self.time}" if self.time else self.day


def format_of(text: str) -> str:
    """Return a date format unchanged; raises ValueError where it would leave something to be guessed.

    >>> format_of("%d.%m.%Y %H:%M")
    '%d.%m.%Y %H:%M'
    """
    if text in _COUNTS:
        return text
    found = _DIRECTIVE.findall(text)
    odd = [name for name in found if name not in _DIRECTIVES]
    if odd:
        raise ValueError(f"%{odd[0]} is no part of a date format; there are {' '.join('%' + c for c in sorted(_DIRECTIVES))}")
    whole = {"Y", "y"} & set(found) and ("j" in found or ("d" in found and {"m", "b", "B"} & set(found)))
    if not whole:
        raise ValueError(f"{text!r} needs a year, a month and a day, or is one of {', '.join(_COUNTS)}")
    if ("I" in found) != ("p" in found):
        raise ValueError(f"{text!r}: %I (hour of twelve) and %p (AM or PM) go together")
    return text


def moment(raw: str, formats: Sequence[str] = ()) -> Moment | None:
    """Return what a text says by the first format that fits, else as ISO 8601 or as EXIF writes it; None where it says none.

    >>> moment("2/11/2016 9:00:16 PM", ["%m/%d/%Y %I:%M:%S %p"]).text, moment("2018:11:15 10:20:30").text
    ('2016-02-11T21:00:16', '2018-11-15T10:20:30')
    """
    for form in formats:
        found = _counted(raw, form) if form in _COUNTS else _formatted(raw, form)
        if found is not None:
            return found
    return _written(raw)


def day(raw: str, formats: Sequence[str] = ()) -> str | None:
    """Return the day of a text, whatever stands after it; None where it says none."""
    found = moment(raw, formats)
    if found is not None:
        return found.day
    match = _DAY.match(raw)
    return _day(match) if match and _AFTER_DAY.fullmatch(raw, match.end()) else None


def _day(match: re.Match[str]) -> str | None:
    try:
        return datetime.date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return None


def _written(raw: str) -> Moment | None:
    match = _DAY.fullmatch(raw)
    if match:
        only = _day(match)
        return Moment(only) if only else None
    match = _MOMENT.fullmatch(raw)
    if match is None:
        return None
    year, _, month, date, hour, minute, second, fraction, zone = match.groups()
    time = f"{hour}:{minute}:{second or '00'}{'.' + fraction[:_MOST_FRACTION] if fraction else ''}{_zone(zone)}"
    return _existing(Moment(f"{year}-{month}-{date}", time))


def _zone(written: str | None) -> str:
    if written is None or written in {"Z", "UTC", "GMT"}:
        return "Z" if written else ""
    digits = written[1:].replace(":", "").ljust(4, "0")
    return f"{written[0]}{digits[:2]}:{digits[2:]}"


def _existing(found: Moment) -> Moment | None:
    try:
        told = datetime.datetime.fromisoformat(found.text)
    except ValueError:
        return None
    return found if abs(told.utcoffset() or datetime.timedelta()) <= _FURTHEST_ZONE else None


def _formatted(raw: str, form: str) -> Moment | None:
    text, fraction = raw, ""
    if "%f" in form:  # strptime knows six digits
        more = _FRACTION.search(raw)
        fraction = (more[1] + more[2])[:_MOST_FRACTION] if more else ""
        text = _FRACTION.sub(r"\1", raw)
    if "%Z" in form:
        text, form = _UNIVERSAL.sub("+0000", text), form.replace("%Z", "%z")
    try:
        told = datetime.datetime.strptime(text, form)  # noqa: DTZ007 - a source that names no zone has none
    except ValueError:
        return None
    if _CLOSE.search(form) and not _whole(told, text, form):
        return None
    if not {"H", "I"} & set(_DIRECTIVE.findall(form)):
        return Moment(told.date().isoformat())
    zone = told.isoformat()[len(told.replace(tzinfo=None).isoformat()) :]
    return _existing(Moment(told.date().isoformat(), _clock(told.time(), fraction or f"{told.microsecond:06}") + zone))


def _clock(told: datetime.time, fraction: str) -> str:
    digits = fraction.rstrip("0")
    return told.isoformat("seconds") + (f".{digits}" if digits else "")


def _whole(told: datetime.datetime, text: str, form: str) -> bool:
    """Say whether numbers without anything between them have all their digits: 2016111 could be two days."""
    written = told.strftime(form.replace(".%f", "").replace(",%f", ""))
    return written.casefold() == re.sub(r"[.,]\d+", "", text).casefold()


def _counted(raw: str, name: str) -> Moment | None:
    start, zero, step, universal = _COUNTS[name]
    if not _NUMBER.fullmatch(raw):
        return None
    seconds = (Decimal(raw) - zero) * step
    digits = 3 if step == _A_DAY else 6  # days are floating-point numbers, which are no finer than that
    try:
        told = start + datetime.timedelta(microseconds=int(round(seconds, digits) * 1_000_000))
    except OverflowError:
        return None
    return Moment(told.date().isoformat(), _clock(told.time(), f"{told.microsecond:06}") + ("Z" if universal else ""))
