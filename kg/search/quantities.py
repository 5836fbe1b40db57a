"""Numbers as people read them: round where arithmetic left its traces, and with the signs of units that people use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DIGITS = 12
"""Significant digits of what is no whole number; further ones come from arithmetic, not from an instrument."""

_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "um": "\u00b5m",
        "us": "\u00b5s",
        "uW": "\u00b5W",
        "uM": "\u00b5M",
        "umol/L": "\u00b5M",
        "Cel": "\u00b0C",
        "deg": "\u00b0",
        "Ao": "\u00c5",
        "By": "B",
        "a": "years",
        "d": "days",
        "h": "hours",
        "e/Ao2": "e/\u00c5\u00b2",
        "[pH]": "pH",
    }
)
_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def rounded(number: float) -> float:
    """Return a number without the traces of arithmetic; whole numbers as they are.

    >>> rounded(0.035297956068988695) == rounded(0.0352979560689887), rounded(1234567890123.0)
    (True, 1234567890123.0)
    """
    return number if number.is_integer() else float(f"{number:.{DIGITS}g}")


def sign_of(unit: str) -> str:
    """Return what people write for a UCUM code; the code itself where they write that."""
    return _SIGNS.get(unit, unit.strip("[]{}"))


def spoken(*numbers: float, unit: str = "") -> str:
    """Return a number, or several as a range, with the unit, of bytes the one that fits the greatest.

    >>> spoken(0.0, 5e11, unit="By"), spoken(0.05, unit="um"), spoken(37.0, unit="Cel"), spoken(1.4)
    ('0 to 500 GB', '0.05 \u00b5m', '37 \u00b0C', '1.4')
    """
    factor, sign = 1.0, sign_of(unit)
    if unit == "By":
        factor, sign = next((one for one in _BYTES if one[0] <= max(map(abs, numbers))), (1.0, "B"))
    return f"{' to '.join(plain(number / factor) for number in numbers)} {sign}".rstrip()


def plain(number: float) -> str:
    """Return a number without an exponent where it is of a common size.

    >>> plain(1e12), plain(0.5), plain(2.5e-07)
    ('1000000000000', '0.5', '2.5e-07')
    """
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.{DIGITS}g}"  # noqa: PLR2004 - digits
