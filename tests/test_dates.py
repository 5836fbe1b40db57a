"""Dates: what a format says is read exactly, what nothing says is refused, and the raw text is kept."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from test_cast import XSD, slot
from test_mapping import custom, mapping, run, values

from kg.mapping.cast import cast
from kg.mapping.dates import day, format_of, moment
from kg.mapping.spec import ValueRule


@pytest.mark.parametrize(
    ("raw", "formats", "text"),
    [
        ("2016-02-11 09:00:16 -0800", [], "2016-02-11T09:00:16-08:00"),
        ("2016-02-11 09:00:16 +01", [], "2016-02-11T09:00:16+01:00"),
        ("2016-02-11 09:00:16 UTC", [], "2016-02-11T09:00:16Z"),
        ("2018:11:15 10:20:30", [], "2018-11-15T10:20:30"),
        ("2016-02-11T09:00:16.1234567", [], "2016-02-11T09:00:16.1234567"),
        ("2016-02-11T09:00:16,5Z", [], "2016-02-11T09:00:16.5Z"),
        ("2/11/2016 9:00:16 PM", ["%m/%d/%Y %I:%M:%S %p"], "2016-02-11T21:00:16"),
        ("11.02.2016 09:00", ["%m/%d/%Y", "%d.%m.%Y %H:%M"], "2016-02-11T09:00:00"),
        ("02/11/2016 09:00:16.123456789 +0100", ["%m/%d/%Y %H:%M:%S.%f %z"], "2016-02-11T09:00:16.123456789+01:00"),
        ("Thu Feb 11 09:00:16 UTC 2016", ["%a %b %d %H:%M:%S %Z %Y"], "2016-02-11T09:00:16+00:00"),
        ("20160211T090016.5", ["%Y%m%dT%H%M%S.%f"], "2016-02-11T09:00:16.5"),
        ("20160211", ["%Y%m%d"], "2016-02-11"),
        ("1455181216", ["unix"], "2016-02-11T09:00:16Z"),
        ("1455181216500", ["unix-ms"], "2016-02-11T09:00:16.5Z"),
        ("131000000000000000", ["filetime"], "2016-02-15T08:53:20Z"),
        ("2457429.875185185", ["julian-day"], "2016-02-11T09:00:16"),
        ("42411.375", ["ole"], "2016-02-11T09:00:00"),
        ("2016-02-11T09:00:16", ["%d/%m/%Y"], "2016-02-11T09:00:16"),
    ],
)
def test_a_date_is_read_as_its_source_writes_it(raw, formats, text):
    assert moment(raw, formats).text == text


@pytest.mark.parametrize(
    ("raw", "formats"),
    [("11/02/2016", []), ("02.11.2016 10:00", []), ("Feb 11, 2016", []), ("07:12:23:16:11:11", []), ("2016-02/11", []),
     ("2016-02-30", []), ("2016-02-11 09:00:16 +23:00", []), ("2016111", ["%Y%m%d"]), ("13/13/2016", ["%d/%m/%Y"]), ("", ["%d/%m/%Y"]),
     ("1e400", ["unix"]), ("99999999999999999999", ["unix"]), ("-99999999999999999999", ["ole"]), ("nan", ["julian-day"]),
     ("11.02.2016 09:00 CEST", ["%d.%m.%Y %H:%M %Z"])],
)  # fmt: skip
def test_what_no_format_says_is_not_guessed(raw, formats):
    assert moment(raw, formats) is None


@pytest.mark.parametrize(
    "text", ["%m/%d", "%Y-%m", "%d.%m.%Y %I:%M", "%c", "%x", "%Y-%m-%d %Q", "dd.mm.yyyy", "", "%d.%m.%Y %p"]
)
def test_a_format_that_leaves_something_open_is_refused(text):
    with pytest.raises(ValueError):
        format_of(text)
    with pytest.raises(ValidationError):
        ValueRule.model_validate({"column": "Date", "date_format": text})


def test_one_format_or_a_list_of_them():
    assert ValueRule.model_validate({"column": "D", "date_format": "%d.%m.%Y"}).date_format == ["%d.%m.%Y"]
    assert ValueRule.model_validate({"column": "D", "date_format": ["%d.%m.%Y", "ole"]}).date_format == ["%d.%m.%Y", "ole"]


def test_a_date_slot_takes_the_day_of_a_time():
    done = cast(slot("date"), "2/11/2016 9:00 PM", formats=["%m/%d/%Y %I:%M %p"])
    assert done.object == f'"2016-02-11"^^<{XSD}date>'
    assert not done.exact
    assert day("2018:11:15 10:20:30") == "2018-11-15"


def test_a_day_in_a_slot_for_times_stays_a_day():
    assert cast(slot("dateTime"), "11.02.2016", formats=["%d.%m.%Y"]).object == f'"2016-02-11"^^<{XSD}date>'


def test_what_was_expected_names_the_formats():
    assert cast(slot("dateTime"), "soon", formats=["%d.%m.%Y"]).expected.endswith(" or %d.%m.%Y")


moments = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2068, 12, 31))  # noqa: DTZ001 - as most sources write it


@given(moments, st.sampled_from(["%m/%d/%Y %I:%M:%S.%f %p", "%d.%m.%y %H:%M:%S.%f", "%Y%m%d%H%M%S.%f", "%b %d %Y %H:%M:%S.%f"]))
def test_a_time_written_by_a_format_is_read_back(told, form):
    text = moment(told.strftime(form), [form]).text
    assert datetime.datetime.fromisoformat(text) == told
    assert not text.partition(".")[2].endswith("0"), "as the store writes it"


@given(st.text(max_size=40), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d %H:%M:%S.%f %z", "unix", "ole", "julian-day", "filetime"]))
def test_no_text_breaks_a_date(raw, form):
    found = moment(raw, [form])
    assert found is None or found.text
    assert day(raw, [form]) is None or len(day(raw, [form])) == 10


def dated(rule, *rows):
    """Map rows by a rule for the date of an image."""
    spec = mapping({"name": "image", "class": "Image", "id": "row/{_row}", "slots": {"acquisition_date": rule}})
    own, _, tally = run(spec, {"rows": list(rows)})
    [problem] = tally.problems() or [None]
    return values(own, "Image", "acquisition_date"), custom(own), problem, tally


def test_the_raw_text_of_a_date_is_kept_beside_it():
    rows = [{"D": "11.02.2016 09:00"}, {"D": "2016-02-11T09:00:16"}]
    said, kept, problem, _ = dated({"column": "D", "date_format": "%d.%m.%Y %H:%M"}, *rows)
    assert said == ["2016-02-11T09:00:00", "2016-02-11T09:00:16"]
    assert kept == [("D", "11.02.2016 09:00")]
    assert problem is None


def test_a_date_that_fits_no_format_is_a_problem_and_its_text_is_kept():
    said, kept, problem, _ = dated({"column": "D", "date_format": "%d.%m.%Y"}, {"D": "31.02.2016"})
    assert (said, kept) == ([], [("D", "31.02.2016")])
    assert str(problem).endswith("or %d.%m.%Y; the text is kept in the custom layer")


def test_a_date_and_a_time_in_two_columns_are_joined_and_both_are_kept():
    rule = {"template": "{D} {T}", "date_format": "%m/%d/%Y %H:%M"}
    said, kept, problem, tally = dated(rule, {"D": "02/11/2016", "T": "09:00"}, {"D": "02/30/2016", "T": "09:00"})
    assert said == ["2016-02-11T09:00:00"]
    assert kept == [("D", "02/11/2016"), ("D", "02/30/2016"), ("T", "09:00"), ("T", "09:00")]
    assert (problem.column, problem.found, problem.rows) == ("D + T", "'02/30/2016 09:00'", (3,))
    assert [(c.filled, c.mapped + c.custom + c.missing) for c in tally.columns()] == [(2, 2), (2, 2)]
