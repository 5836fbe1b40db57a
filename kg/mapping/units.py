"""Units of measure: what sources write, and exact factors to the one unit that the schema wants (UCUM codes)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

_MICRO = {"\u00b5": "u", "\u03bc": "u"}

_PREFIXES = (
    ("Y", "1e24"), ("Z", "1e21"), ("E", "1e18"), ("P", "1e15"), ("T", "1e12"), ("G", "1e9"), ("M", "1e6"), ("k", "1e3"),
    ("h", "1e2"), ("da", "1e1"), ("", "1"), ("d", "1e-1"), ("c", "1e-2"), ("m", "1e-3"), ("u", "1e-6"), ("n", "1e-9"),
    ("p", "1e-12"), ("f", "1e-15"), ("a", "1e-18"), ("z", "1e-21"), ("y", "1e-24"),
)  # fmt: skip

# Dimension and factor to its base unit; NIST SP 811 and UCUM for the exact values.
_UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType({
    **{f"{p}m": ("length", Decimal(f)) for p, f in _PREFIXES},
    "Ao": ("length", Decimal("1e-10")),
    "[in_i]": ("length", Decimal("0.0254")), "[ft_i]": ("length", Decimal("0.3048")), "[yd_i]": ("length", Decimal("0.9144")),
    "[mi_i]": ("length", Decimal("1609.344")), "[mil_i]": ("length", Decimal("0.0000254")),
    **{f"{p}s": ("time", Decimal(f)) for p, f in _PREFIXES},
    "min": ("time", Decimal(60)), "h": ("time", Decimal(3600)), "d": ("time", Decimal(86400)),
    "wk": ("time", Decimal(604800)),
    **{f"{p}V": ("voltage", Decimal(f)) for p, f in _PREFIXES},
    **{f"{p}W": ("power", Decimal(f)) for p, f in _PREFIXES if p != "M"},  # MW is a molecular weight more often than a megawatt
    **{f"{p}Hz": ("frequency", Decimal(f)) for p, f in _PREFIXES},
    **{f"{p}eV": ("energy", Decimal(f)) for p, f in (("", "1"), ("k", "1e3"))},
    **{f"{p}Pa": ("pressure", Decimal(f)) for p, f in _PREFIXES},
    **{f"{p}bar": ("pressure", Decimal(f) * 100_000) for p, f in _PREFIXES if p in {"M", "k", "d", "c", "m", ""}},
    "atm": ("pressure", Decimal(101325)), "[psi]": ("pressure", Decimal("6894.757293168")),
    "m[Hg]": ("pressure", Decimal("133322.387415")), "mm[Hg]": ("pressure", Decimal("133.322387415")),
    **{f"{p}mol/L": ("concentration", Decimal(f)) for p, f in _PREFIXES if p in {"", "m", "u", "n", "p"}},
    "g/L": ("mass concentration", Decimal(1)), "mg/mL": ("mass concentration", Decimal(1)),
    "ug/mL": ("mass concentration", Decimal("1e-3")), "ng/mL": ("mass concentration", Decimal("1e-6")),
    "%": ("fraction", Decimal("1e-2")), "1": ("fraction", Decimal(1)), "[ppm]": ("fraction", Decimal("1e-6")),
    "By": ("data", Decimal(1)), "kBy": ("data", Decimal("1e3")), "MBy": ("data", Decimal("1e6")),
    "GBy": ("data", Decimal("1e9")), "TBy": ("data", Decimal("1e12")),
    "KiBy": ("data", Decimal(2**10)), "MiBy": ("data", Decimal(2**20)), "GiBy": ("data", Decimal(2**30)),
    "TiBy": ("data", Decimal(2**40)),
    "[pix]": ("pixels", Decimal(1)),
    "Cel": ("temperature", Decimal(1)), "K": ("temperature", Decimal(1)), "[degF]": ("temperature", Decimal(5) / Decimal(9)),
    "deg": ("angle", Decimal(1)),
    "g": ("mass", Decimal(1)), "kg": ("mass", Decimal(1000)), "mg": ("mass", Decimal("1e-3")), "ug": ("mass", Decimal("1e-6")),
    "L": ("volume", Decimal(1)), "mL": ("volume", Decimal("1e-3")), "uL": ("volume", Decimal("1e-6")),
    "{photon}": ("photons", Decimal(1)), "dB": ("level", Decimal(1)),
})  # fmt: skip
# Kelvin is what the two other scales are shifted against.
_ZERO: Mapping[str, Decimal] = MappingProxyType({"Cel": Decimal("273.15"), "[degF]": Decimal("459.67")})

_WORDS: Mapping[str, str] = MappingProxyType({
    "micron": "um", "microns": "um", "micrometer": "um", "micrometers": "um", "micrometre": "um", "micrometres": "um",
    "nanometer": "nm", "nanometers": "nm", "nanometre": "nm", "nanometres": "nm", "millimeter": "mm",
    "millimetre": "mm", "meter": "m", "metre": "m", "picometer": "pm", "picometre": "pm", "angstrom": "Ao",
    "\u00c5": "Ao", "\u212b": "Ao", "A": "Ao", "inch": "[in_i]", "in": "[in_i]", "second": "s", "seconds": "s", "sec": "s",
    "millisecond": "ms", "milliseconds": "ms", "msec": "ms", "microsecond": "us", "microseconds": "us", "nanosecond": "ns",
    "nanoseconds": "ns", "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "volt": "V", "volts": "V", "watt": "W", "milliwatt": "mW",
    "hertz": "Hz", "\u00b0C": "Cel", "degC": "Cel", "deg C": "Cel", "celsius": "Cel", "C": "Cel", "kelvin": "K",
    "\u00b0F": "[degF]", "degF": "[degF]", "fahrenheit": "[degF]", "\u00b0": "deg", "degree": "deg", "degrees": "deg",
    "percent": "%", "pixel": "[pix]", "pixels": "[pix]", "px": "[pix]", "M": "mol/L", "mM": "mmol/L", "uM": "umol/L",
    "nM": "nmol/L", "pM": "pmol/L", "microMolar": "umol/L", "micromolar": "umol/L", "milliMolar": "mmol/L",
    "nanomolar": "nmol/L", "byte": "By", "bytes": "By", "B": "By", "KB": "kBy", "kB": "kBy", "MB": "MBy", "GB": "GBy",
    "TB": "TBy", "Tb": "TBy", "KiB": "KiBy", "MiB": "MiBy", "GiB": "GiBy", "TiB": "TiBy", "psi": "[psi]", "mmHg": "mm[Hg]",
    "mm Hg": "mm[Hg]", "Torr": "mm[Hg]", "ft": "[ft_i]", "yd": "[yd_i]", "mi": "[mi_i]", "thou": "[mil_i]", "keV": "keV",
    "liter": "L", "litre": "L", "ml": "mL", "ul": "uL",
    "pint": "", "reference frame": "", "ppm": "[ppm]",
})  # fmt: skip
_QUANTITY = re.compile(r"([+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s,;:.+-][^\d,;]*)?")


def unit_code(text: str) -> str | None:
    """Return the UCUM code of a unit as sources write it, or None when it is not known.

    >>> unit_code("\u00b5m"), unit_code("microns"), unit_code("furlong")
    ('um', 'um', None)
    """
    word = "".join(_MICRO.get(c, c) for c in text.strip())
    if word in _UNITS:
        return word
    code = _WORDS.get(word) or _WORDS.get(text.strip()) or _WORDS.get(word.lower())
    return code if code in _UNITS else None


def quantity(text: str) -> tuple[Decimal, str] | None:
    """Split a text into its number and the unit written after it (empty when there is none).

    >>> quantity("12.5 nm")
    (Decimal('12.5'), 'nm')
    """
    match = _QUANTITY.fullmatch(text.strip())
    return (Decimal(match.group(1)), (match.group(2) or "").strip()) if match else None


def convert(number: Decimal, source: str, target: str) -> Decimal | None:
    """Convert between two UCUM codes, exactly; None when they do not measure the same thing.

    >>> convert(Decimal("9.0577E-08"), "m", "um")
    Decimal('0.090577')
    """
    if source == target:
        return number
    if source not in _UNITS or target not in _UNITS or _UNITS[source][0] != _UNITS[target][0]:
        return None
    if _UNITS[source][0] == "temperature":
        return (number + _ZERO.get(source, Decimal(0))) * _UNITS[source][1] / _UNITS[target][1] - _ZERO.get(target, Decimal(0))
    return number * _UNITS[source][1] / _UNITS[target][1]
