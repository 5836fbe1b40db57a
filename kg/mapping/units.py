"""Units of measure: what sources write, and factors to the one unit that the schema wants (UCUM codes)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal
from functools import lru_cache
from types import MappingProxyType

_PREFIXES: Mapping[str, Decimal] = MappingProxyType({
    prefix: Decimal(factor)
    for prefix, factor in (
        ("Y", "1e24"), ("Z", "1e21"), ("E", "1e18"), ("P", "1e15"), ("T", "1e12"), ("G", "1e9"), ("M", "1e6"), ("k", "1e3"),
        ("h", "1e2"), ("da", "1e1"), ("", "1"), ("d", "1e-1"), ("c", "1e-2"), ("m", "1e-3"), ("u", "1e-6"), ("n", "1e-9"),
        ("p", "1e-12"), ("f", "1e-15"), ("a", "1e-18"), ("z", "1e-21"), ("y", "1e-24"),
    )
})  # fmt: skip
_DEGREES = Decimal("57.29577951308232087679815481410517033241")  # of a radian: 180 / pi
_JOULE = Decimal(10**28) / Decimal(1602176634)  # in electronvolts; the elementary charge is exact


def _prefixed(unit: str, dimension: str, base: Decimal | int, prefixes: str, power: int = 1) -> dict[str, tuple[str, Decimal]]:
    """Return a unit with the prefixes named (separated by blanks; the unit itself is always among them)."""
    return {f"{p}{unit}": (dimension, _PREFIXES[p] ** power * base) for p in ("", *prefixes.split())}


_ALL = " ".join(_PREFIXES)
# Dimension and factor to its base unit; NIST SP 811 and UCUM for the values.
_UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType({
    **_prefixed("m", "length", 1, _ALL), "Ao": ("length", Decimal("1e-10")),
    "[in_i]": ("length", Decimal("0.0254")), "[ft_i]": ("length", Decimal("0.3048")), "[yd_i]": ("length", Decimal("0.9144")),
    "[mi_i]": ("length", Decimal("1609.344")), "[mil_i]": ("length", Decimal("0.0000254")),
    **_prefixed("m2", "area", 1, "c m u n", power=2), "Ao2": ("area", Decimal("1e-20")),
    **{f"/{p}m": ("wave number", 1 / _PREFIXES[p]) for p in ("", "c", "m", "u", "n")},
    **_prefixed("s", "time", 1, _ALL),
    "min": ("time", Decimal(60)), "h": ("time", Decimal(3600)), "d": ("time", Decimal(86400)), "wk": ("time", Decimal(604800)),
    **_prefixed("V", "voltage", 1, _ALL),
    **_prefixed("A", "current", 1, "k m u n p f"),
    # MW is a molecular weight more often than a megawatt
    **_prefixed("W", "power", 1, " ".join(p for p in _PREFIXES if p != "M")),
    "W/m2": ("irradiance", Decimal(1)), "W/cm2": ("irradiance", Decimal(10_000)), "kW/cm2": ("irradiance", Decimal(10_000_000)),
    "mW/cm2": ("irradiance", Decimal(10)), "uW/cm2": ("irradiance", Decimal("0.01")), "mW/mm2": ("irradiance", Decimal(1000)),
    **_prefixed("Hz", "frequency", 1, _ALL), "/min": ("frequency", 1 / Decimal(60)),
    **_prefixed("eV", "energy", 1, "G M k m"), **_prefixed("J", "energy", _JOULE, "k m u n p f"),
    **_prefixed("Pa", "pressure", 1, _ALL), **_prefixed("bar", "pressure", 100_000, "M k d c m u"),
    "atm": ("pressure", Decimal(101325)), "[psi]": ("pressure", Decimal("6894.757293168")),
    **_prefixed("m[Hg]", "pressure", Decimal("133322.387415"), "m u"),
    **_prefixed("mol/L", "concentration", 1, "m u n p f"),
    **{
        f"{p}g/{v}L": ("mass concentration", _PREFIXES[p] / _PREFIXES[v])
        for p in ("k", "", "m", "u", "n", "p") for v in ("", "d", "m", "u")
    },
    "%": ("fraction", Decimal("1e-2")), "1": ("fraction", Decimal(1)), "[ppm]": ("fraction", Decimal("1e-6")),
    **_prefixed("By", "data", 1, "k M G T"),
    **{f"{p}iBy": ("data", Decimal(2 ** (10 * n))) for n, p in enumerate(("K", "M", "G", "T"), start=1)},
    "[pix]": ("pixels", Decimal(1)), "{line}": ("lines", Decimal(1)), "{photon}": ("photons", Decimal(1)),
    "{electron}": ("electrons", Decimal(1)),
    "{electron}/Ao2": ("electron dose", Decimal(1)), "{electron}/nm2": ("electron dose", Decimal("0.01")),
    "{electron}/um2": ("electron dose", Decimal("1e-8")), "{electron}/m2": ("electron dose", Decimal("1e-20")),
    "Cel": ("temperature", Decimal(1)), "K": ("temperature", Decimal(1)), "[degF]": ("temperature", Decimal(5) / Decimal(9)),
    "deg": ("angle", Decimal(1)), "'": ("angle", 1 / Decimal(60)), "''": ("angle", 1 / Decimal(3600)),
    **_prefixed("rad", "angle", _DEGREES, "m u n"),
    **_prefixed("g", "mass", 1, "k m u n p"), **_prefixed("L", "volume", 1, "d m u n p"),
    **_prefixed("mol", "amount", 1, "m u n p f"),
    "dB": ("level", Decimal(1)),
})  # fmt: skip
# Kelvin is what the two other scales are shifted against.
_ZERO: Mapping[str, Decimal] = MappingProxyType({"Cel": Decimal("273.15"), "[degF]": Decimal("459.67")})


# What sources write besides codes, by its code.
_SPELT = """
um: micron microns micrometer micrometers micrometre micrometres UM Um
nm: nanometer nanometers nanometre nanometres NM
mm: millimeter millimeters millimetre millimetres
cm: centimeter centimeters centimetre centimetres
m: meter meters metre metres
pm: picometer picometers picometre picometres
Ao: angstrom angstroms \u00e5ngstr\u00f6m \u00e5ngstr\u00f6ms \u00e5ngstrom angstr\u00f6m ang \u00c5 Angst
[in_i]: inch inches in
[ft_i]: ft foot feet
[yd_i]: yd
[mi_i]: mi
[mil_i]: thou
s: second seconds sec secs
ms: millisecond milliseconds msec msecs millisec
ns: nanosecond nanoseconds nsec
us: microsecond microseconds usec usecs microsec
min: minute minutes mins
h: hour hours hr hrs
d: day days
wk: week weeks
V: volt volts
kV: kilovolt kilovolts kv KV
mV: millivolt millivolts
A: ampere amperes amp amps
mA: milliampere milliamperes
uA: microampere microamperes microamp microamps
nA: nanoampere nanoamperes nanoamp nanoamps
pA: picoampere picoamperes picoamp picoamps
W: watt watts
mW: milliwatt milliwatts
uW: microwatt microwatts
Hz: hertz hz HZ 1/s /s s-1 1/sec fps frames/s frames/sec lines/s lines/sec
kHz: kilohertz khz 1/ms
MHz: megahertz
/min: rpm 1/min min-1 r/min
/mm: lines/mm line/mm l/mm grooves/mm gr/mm g/mm lp/mm 1/mm mm-1
/cm: 1/cm cm-1
/nm: 1/nm nm-1
/um: 1/um um-1
/m: 1/m m-1
keV: kev
J: joule joules
[psi]: psi
mm[Hg]: mmHg mmhg torr Torr
um[Hg]: mTorr mtorr
mbar: millibar
hPa: hpa
mol/L: M molar
mmol/L: mM millimolar milliMolar
umol/L: uM micromolar microMolar
nmol/L: nM nanomolar
pmol/L: pM picomolar
%: percent pct
[ppm]: ppm
By: byte bytes B
kBy: KB kB
MBy: MB
GBy: GB
TBy: TB Tb
KiBy: KiB
MiBy: MiB
GiBy: GiB
TiBy: TiB
[pix]: pixel pixels px pix pxl
{line}: line lines
{photon}: photon photons
{electron}: e e- electron electrons
Cel: \u00b0C \u00b0c degC celsius C
K: kelvin
[degF]: \u00b0F degF fahrenheit
deg: \u00b0 degree degrees DEG
rad: radian radians
mrad: milliradian milliradians
': arcmin arcminute arcminutes
'': arcsec arcsecond arcseconds
L: liter liters litre litres l
dL: dl
mL: ml
uL: ul
nL: nl
ug: mcg
"""


def _words() -> dict[str, str]:
    """Return what sources write with its code; an empty one is known to be no unit."""
    spelt = (line.partition(": ") for line in _SPELT.strip().splitlines())
    words = {word: code for code, _, some in spelt for word in some.split()}
    return {**words, "deg C": "Cel", "mm Hg": "mm[Hg]", "pint": "", "reference frame": ""}


_WORDS: Mapping[str, str] = MappingProxyType(_words())
# What means one thing for a length and another for the rest: the dimension that is wanted decides, else the first counts.
_AMBIGUOUS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "A": ("Ao", "A"),
        "A2": ("Ao2",),
        "\u00c52": ("Ao2",),
        "\u03bc": ("um",),
        "'": ("'", "[ft_i]"),
        '"': ("''", "[in_i]"),
        "''": ("''", "[in_i]"),
    }
)
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_POWER = re.compile(r"\*\*|\^")
_PER = re.compile(r"\s*/\s*|\s+per\s+|\s*\u2215\s*")
_MOJIBAKE = re.compile("[\u00c2\u00c3\u00ce\u00e2]")
_QUANTITY = re.compile(r"([+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s,;:.+-][^\d,;]*(?:[123][^\d,;]*)*)?")
_MOST_DIGITS, _DIGITS = 25, 15
_EXACT = Context(prec=60)


@lru_cache(maxsize=4096)
def unit_code(text: str, like: str = "") -> str | None:
    """Return the UCUM code of a unit as sources write it, or None when it is not known.

    Args:
        text: the unit; its micro sign may have been spelt in any way, escaped, or read in the wrong encoding.
        like: code of a unit of the dimension that is wanted, for what would be ambiguous.

    >>> unit_code("\u00b5m"), unit_code("microns"), unit_code("furlong"), unit_code("A", "nA"), unit_code("um / pixel")
    ('um', 'um', None, 'A', 'um')
    """
    word = _normal(text)
    if word in _AMBIGUOUS:
        able = _AMBIGUOUS[word]
        return next((code for code in able if like in _UNITS and _UNITS[code][0] == _UNITS[like][0]), able[0])
    code = word if word in _UNITS else _WORDS.get(word, _WORDS.get(word.lower()))
    if code is None and _PER.search(word):
        return _quotient(*_PER.split(word, maxsplit=1))
    return code if code in _UNITS else None


def _quotient(above: str, below: str) -> str | None:
    """Return the code of one unit in another; a length in a pixel is that length, as all slots for it are by pixel."""
    first, second = unit_code(above, "m"), unit_code(below, "m")
    if first and second == "[pix]" and _UNITS[first][0] == "length":
        return first
    both = f"{first}/{second}"
    return both if both in _UNITS else None


def _normal(text: str) -> str:
    """Return a unit in one spelling: compatible characters, ``u`` for micro, powers without sign, what was misread mended."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text.strip())
    if _MOJIBAKE.search(text):
        text = _mended(text)
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    return _POWER.sub("", text if text == "\u03bc" else text.replace("\u03bc", "u"))


def _mended(text: str) -> str:
    """Return a text that was written as UTF-8 and read as Latin 1 or Windows 1252 as it was meant."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def quantity(text: str) -> tuple[Decimal, str] | None:
    """Split a text into its number and the unit written after it (empty when there is none).

    >>> quantity("12.5 nm")
    (Decimal('12.5'), 'nm')
    """
    match = _QUANTITY.fullmatch(text.strip())
    return (Decimal(match.group(1)), (match.group(2) or "").strip()) if match else None


def convert(number: Decimal, source: str, target: str) -> Decimal | None:
    """Convert between two UCUM codes; None when they do not measure the same thing.

    The result is exact, but for 15 digits where it has no end, as in degrees of a radian.

    >>> convert(Decimal("9.0577E-08"), "m", "um")
    Decimal('0.090577')
    """
    if source == target:
        return number
    if source not in _UNITS or target not in _UNITS or _UNITS[source][0] != _UNITS[target][0]:
        return None
    shifted = _EXACT.add(number, _ZERO.get(source, Decimal(0))) if _UNITS[source][0] == "temperature" else number
    value = _EXACT.divide(_EXACT.multiply(shifted, _UNITS[source][1]), _UNITS[target][1])
    if _UNITS[source][0] == "temperature":
        value = _EXACT.subtract(value, _ZERO.get(target, Decimal(0)))
    return Context(prec=_DIGITS).plus(value) if len(value.as_tuple().digits) > _MOST_DIGITS else value
