"""Dates: whether a text is one day for every reader, and which."""

from __future__ import annotations

import datetime
import re

from kg.quality.repair_text import Repair, placeholder

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:?\d{2}.*)?)?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})|(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_NAMED = re.compile(
    r"(?:[a-z]+,? )?(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[ .-]+(?P<m1>[a-z]+)"
    r"|(?P<m2>[a-z]+)[ .-]+(?P<d2>\d{1,2})(?:st|nd|rd|th)?),?"
    r"[ .-]+(?P<y>\d{4})",
    re.IGNORECASE,
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORTEST = 3


def date(text: str) -> Repair:
    """Look at a date; its normal form is that of ISO 8601.

    >>> date("31/05/2024").value, date("05/06/2024").reason
    ('2024-05-31', 'a day and a month that may be exchanged')
    """
    if _ISO.fullmatch(text):
        day = text[:10]
        whole = len(day) == len("2024-05-31")
        return Repair(text) if not whole or _day(*day.split("-")) else Repair("", "a day that no calendar has")
    if nothing := placeholder(text):
        return nothing
    if found := _YEAR_FIRST.fullmatch(text):
        day = _day(*(part for part in found.groups() if part))
        return Repair(day, "not in the form of ISO 8601") if day else Repair("", "a day that no calendar has")
    if found := _NAMED.fullmatch(text):
        word = (found["m1"] or found["m2"]).lower()
        month = next((n for n, name in enumerate(_MONTHS, 1) if len(word) >= _SHORTEST and name.startswith(word)), 0)
        day = _day(found["y"], str(month), found["d1"] or found["d2"])
        return Repair(day, "not in the form of ISO 8601") if day else Repair("", "a day that no calendar has")
    if found := _YEAR_LAST.fullmatch(text):
        one, other = _day(found[4], found[3], found[1]), _day(found[4], found[1], found[3])
        if one and other and one != other:
            return Repair("", "a day and a month that may be exchanged")
        day = one or other
        return Repair(day, "not in the form of ISO 8601") if day else Repair("", "a day that no calendar has")
    return Repair("", "not a date like 2024-05-31")


def _day(year: str, month: str, day: str) -> str:
    """Return a day in ISO form; empty where no calendar has it."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
