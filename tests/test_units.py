"""Units: what sources write, and conversion."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cast import XSD, slot

from kg.mapping.cast import cast
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
    ("written", "code"),
    [("ug/ml", "ug/mL"), ("\u00b5g/ml", "ug/mL"), ("mg / ml", "mg/mL"), ("ng/\u03bcl", "ng/uL"), ("g/l", "g/L"), ("\u2103", "Cel"), ("\u212b", "Ao"),
     ("\u00e5ngstr\u00f6m", "Ao"), ("A\u030a", "Ao"), ("pA", "pA"), ("\u00b5A", "uA"), ("nanoamps", "nA"), ("rad", "rad"), ("mrad", "mrad"),
     ("arcmin", "'"), ("eV", "eV"), ("keV", "keV"), ("MeV", "MeV"), ("mbar", "mbar"), ("hPa", "hPa"), ("Torr", "mm[Hg]"), ("torr", "mm[Hg]"),
     ("mW/cm2", "mW/cm2"), ("mW/cm\u00b2", "mW/cm2"), ("W/cm^2", "W/cm2"), ("1/s", "Hz"), ("s-1", "Hz"), ("fps", "Hz"), ("rpm", "/min"),
     ("lines", "{line}"), ("lines/mm", "/mm"), ("nm/px", "nm"), ("um/pixel", "um"), ("micron/pixel", "um"), ("\u00b5m per pixel", "um"),
     ("px/um", None), ("s/px", None), (r"\u00B5m", "um"), ("\u00c2\u00b5m", "um"), ("\u00ce\u00bcm", "um"), ("\u00c3\u2026", "Ao"), ("\u339b", "um"),
     ("e/A^2", "{electron}/Ao2"), ("e-/\u00c5\u00b2", "{electron}/Ao2"), ("\u00b5m\u00b2", "um2"), ("UM", "um"), ("MM", None), ("KV", "kV"),
     ("um/", None), ("/", None), ("//px", None), ("\u00c2", None)],
)  # fmt: skip
def test_a_unit_is_known_however_a_vendor_spells_it(written, code):
    assert unit_code(written) == code


@pytest.mark.parametrize(
    ("written", "like", "code"),
    [
        ("A", "nA", "A"),
        ("A", "um", "Ao"),
        ("A", "", "Ao"),
        ("A", "s", "Ao"),
        ('"', "mm", "[in_i]"),
        ('"', "deg", "''"),
        ("\u00b5", "um", "um"),
    ],
)
def test_what_is_ambiguous_is_told_by_the_dimension_that_is_wanted(written, like, code):
    assert unit_code(written, like) == code


def test_a_current_in_amperes_and_a_length_in_angstrom_have_the_same_letter():
    current, length = slot("decimal", unit="nA"), slot("decimal", unit="nm")
    assert cast(current, "1.6e-9", "A").object == f'"1.6"^^<{XSD}decimal>'
    assert cast(length, "56.79", "A").object == f'"5.679"^^<{XSD}decimal>'
    assert cast(length, "56.79", "nA").object is None


@given(st.text(max_size=20))
def test_no_text_breaks_a_unit(text):
    code = unit_code(text)
    assert code is None or unit_code(code) == code


@pytest.mark.parametrize(
    ("number", "source", "target", "result"),
    [("1", "rad", "deg", "57.2957795130823"), ("17.4532925199433", "mrad", "deg", "1.00000000000000"), ("30", "'", "deg", "0.5"),
     ("60", "/min", "Hz", "1"), ("7", "/min", "Hz", "0.116666666666667"), ("1", "mg/mL", "ug/uL", "1"), ("5", "ug/mL", "mg/mL", "0.005"),
     ("1", "{electron}/nm2", "{electron}/Ao2", "0.01"), ("2", "kW/cm2", "W/m2", "2e7"), ("300", "lines", "/mm", None), ("300", "/mm", "/um", "0.3"),
     ("1", "atm", "hPa", "1013.25"), ("1", "mbar", "hPa", "1"), ("1", "J", "eV", "6.24150907446076E+18"), ("9.0577E-08", "m", "um", "0.090577"), ("65", "nm", "um", "0.065"), ("20", "Cel", "Cel", "20"), ("293.15", "K", "Cel", "20"),
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
