"""Units: what sources write, and exact conversion."""

from decimal import Decimal

import pytest

from kg.mapping.units import convert, quantity, unit_code


@pytest.mark.parametrize(
    ("written", "code"),
    [("µm", "um"), ("μm", "um"), ("um", "um"), ("micron", "um"), ("Microns", "um"), ("Å", "Ao"), ("A", "Ao"), ("nm", "nm"),
     ("°C", "Cel"), ("ms", "ms"), ("mW", "mW"), ("MW", None), ("pixel", "[pix]"), ("microMolar", "umol/L"), ("mM", "mmol/L"),
     ("M", "mol/L"), ("m", "m"), ("furlong", None), ("", None), ("reference frame", None), ("MHz", "MHz"), ("%", "%")],
)  # fmt: skip
def test_a_written_unit_has_one_code_or_none(written, code):
    assert unit_code(written) == code


@pytest.mark.parametrize(
    ("number", "source", "target", "result"),
    [("9.0577E-08", "m", "um", "0.090577"), ("65", "nm", "um", "0.065"), ("20", "Cel", "Cel", "20"), ("293.15", "K", "Cel", "20"),
     ("68", "[degF]", "Cel", "20"), ("1", "h", "s", "3600"), ("5", "%", "1", "0.05"), ("56.79", "Ao", "nm", "5.679"), ("1", "m", "s", None),
     ("1", "[pix]", "um", None)],
)  # fmt: skip
def test_conversion_is_exact_and_refuses_what_measures_something_else(number, source, target, result):
    got = convert(Decimal(number), source, target)
    assert got == (None if result is None else Decimal(result))


@pytest.mark.parametrize(
    ("text", "parts"),
    [("12.5 nm", ("12.5", "nm")), ("-3", ("-3", "")), ("1e-3 s", ("1e-3", "s")), (".5", (".5", "")), ("1.4000000000000001", ("1.4000000000000001", "")),
     ("5 %", ("5", "%"))],
)  # fmt: skip
def test_a_quantity_is_a_number_and_the_unit_after_it(text, parts):
    assert quantity(text) == (Decimal(parts[0]), parts[1])


@pytest.mark.parametrize("text", ["", "notafloat", "NaN", "1,5", "0x10", "--1", "nm 5"])
def test_what_is_no_number_is_no_quantity(text):
    assert quantity(text) is None
