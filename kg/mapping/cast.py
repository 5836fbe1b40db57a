"""Casts: one raw text to one RDF object of a slot's range, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.curie import PREFIXES, expand, is_iri
from kg.mapping.dates import day, moment
from kg.mapping.units import convert, quantity, unit_code
from kg.schema import Slot

XSD = PREFIXES["xsd"]
# What Oxigraph writes back unchanged; any other spelling keeps its raw text beside the typed value.
CANONICAL = {
    XSD + "integer": r"^(0|-?[1-9][0-9]{0,17})$",
    XSD + "decimal": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,14}[1-9])?$",
    XSD + "boolean": r"^(true|false)$",
}
_MOST_DIGITS = 40
_INTEGER = re.compile(r"[+-]?\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_TRAILING_ZERO = re.compile(r"\.\d*0(?!\d)")
_TRUE, _FALSE = {"true", "yes", "y", "1", "t"}, {"false", "no", "n", "0", "f"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Cast:
    """The outcome for one text.

    Attributes:
        object: in N-Triples syntax, or None when the text cannot be cast.
        exact: False when the store will not give the raw text back, so that it must be kept beside the value.
        expected: what was expected, for a Problem.
        repair: what a check did or proposes; empty where no check found anything.
    """

    object: str | None
    exact: bool = True
    expected: str = ""
    repair: str = ""


def literal(text: str, datatype: str | None = None) -> str:
    r"""Write a literal in N-Triples syntax.

    >>> literal('a "b"\n')
    '"a \\"b\\"\\n"'
    """
    quoted = f'"{text.translate(_ESCAPES)}"'
    return f"{quoted}^^<{datatype}>" if datatype else quoted


def cast(slot: Slot, raw: str, unit: str = "", formats: Sequence[str] = ()) -> Cast:
    """Cast one trimmed text to the range of a slot.

    Args:
        slot: gives datatype, unit, bounds, pattern and permissible values.
        raw: the text; never empty.
        unit: the unit in the source's words when the text does not say it itself.
        formats: how the source writes dates, if not as ISO 8601 (`kg.mapping.dates`).
    """
    if slot.values is not None:
        return _permissible(slot, raw)
    if slot.kind == "iri":
        return _iri(raw)
    if slot.datatype in {XSD + "decimal", XSD + "double", XSD + "float", XSD + "integer"}:
        return _number(slot, raw, unit)
    if slot.datatype == XSD + "boolean":
        word = raw.lower()
        value = "true" if word in _TRUE else "false" if word in _FALSE else None
        return Cast(value and literal(value, slot.datatype), raw == value, "yes or no")
    if slot.datatype == XSD + "date":
        return _date(raw, formats)
    if slot.datatype == XSD + "dateTime":
        return _datetime(raw, formats)
    if slot.pattern and not re.search(slot.pattern, raw):
        return Cast(None, expected=f"a text like {slot.pattern}")
    return Cast(literal(raw, slot.datatype))


def _permissible(slot: Slot, raw: str) -> Cast:
    values = slot.values or {}
    word = re.sub(r"[\s_-]+", "_", raw.strip().lower())
    for name, meaning in values.items():
        if re.sub(r"[\s_-]+", "_", name.lower()) == word or raw == meaning:
            return Cast(f"<{expand(meaning) or meaning}>" if meaning else literal(name), raw == name)
    shown = ", ".join(list(values)[:6])
    return Cast(None, expected=f"one of {shown}{' ...' if len(values) > 6 else ''}")  # noqa: PLR2004 - enough to see the kind


def _iri(raw: str) -> Cast:
    iri = raw if is_iri(raw) and "//" in raw else expand(raw)
    if iri is None and raw.lower().startswith("www."):
        iri = "https://" + raw
    if iri is None or not is_iri(iri):
        return Cast(
            f"<{raw}>" if is_iri(raw) and raw.split(":", maxsplit=1)[0] in {"urn", "mailto", "doi"} else None,
            expected="an absolute IRI",
        )
    return Cast(f"<{iri}>", iri == raw)


def _plain(number: Decimal) -> str:
    text = format(number.normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def _number(slot: Slot, raw: str, unit: str) -> Cast:
    # In a whole number a comma can only set thousands apart.
    grouped = slot.datatype == XSD + "integer" and _GROUPED.fullmatch(raw)
    found = quantity(raw.replace(",", "") if grouped else raw)
    what = f"a number in {slot.unit}" if slot.unit else "a whole number" if slot.datatype == XSD + "integer" else "a number"
    if found is None:
        return Cast(None, expected=what)
    number, written = found
    if number and abs(number.adjusted()) > _MOST_DIGITS:
        return Cast(None, expected=f"{what} of a size that can be measured")
    if slot.unit:
        code = unit_code(written or unit, slot.unit)
        value = convert(number, code, slot.unit) if code else None
        if value is None:
            return Cast(None, expected=f"{what}; the unit {written or unit or '(none)'!r} is not one")
    elif written and written != "%":
        return Cast(None, expected=what)
    else:
        value = number
    if slot.minimum is not None and value < Decimal(str(slot.minimum)):
        return Cast(None, expected=f"{what}, at least {slot.minimum:g}")
    if slot.maximum is not None and value > Decimal(str(slot.maximum)):
        return Cast(None, expected=f"{what}, at most {slot.maximum:g}")
    if slot.datatype == XSD + "integer" and (value != value.to_integral_value() or not _INTEGER.fullmatch(_plain(value))):
        return Cast(None, expected=what)
    text = _plain(value)
    # Oxigraph holds decimals as 128-bit fixed point with 18 digits after the point, integers in 64 bits.
    digits = text.lstrip("-").partition(".")
    if len(digits[0]) > 18 or len(digits[2]) > 18:  # noqa: PLR2004 - the two limits above
        return Cast(
            literal(text, XSD + "double") if slot.datatype != XSD + "integer" else None,
            exact=False,
            expected="at most 18 digits",
        )
    same = not written and (not slot.unit or unit_code(unit, slot.unit) == slot.unit) and text == raw
    return Cast(literal(text, slot.datatype), same)


def _date(raw: str, formats: Sequence[str]) -> Cast:
    found = day(raw, formats)
    if found is None:
        return Cast(None, expected=_expected("a date like 2024-05-31", formats))
    return Cast(literal(found, XSD + "date"), found == raw)


def _datetime(raw: str, formats: Sequence[str]) -> Cast:
    found = moment(raw, formats)
    if found is None:
        return Cast(None, expected=_expected("a date and time like 2024-05-31T12:00:00+02:00", formats))
    if not found.time:  # a day is no time of that day
        return Cast(literal(found.day, XSD + "date"), exact=False)
    rewritten = found.time.endswith(("+00:00", "-00:00")) or _TRAILING_ZERO.search(found.time)
    return Cast(literal(found.text, XSD + "dateTime"), found.text == raw and not rewritten)


def _expected(what: str, formats: Sequence[str]) -> str:
    return f"{what} or {', '.join(formats)}" if formats else what
