"""Values of search: lists in one cell, numbers without the traces of arithmetic, and what is asked of them."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.search import asked, load_fields
from kg.search.lists import parts_of
from kg.search.quantities import rounded, spoken


@pytest.mark.parametrize(
    ("text", "split", "parts"),
    [
        ("NCAPH2, NCAPH", "lists", ["NCAPH2", "NCAPH"]),
        ("525:PCNT-N1; 615:TUBG1-N", "lists", ["525:PCNT-N1", "615:TUBG1-N"]),
        ("Alexa 488 (green, 520 nm)", "lists", ["Alexa 488 (green, 520 nm)"]),
        (", ;", "lists", [", ;"]),
        ("LSM 880, AxioObserver", "", ["LSM 880, AxioObserver"]),
        ("Walther N, Hossain MJ, Ellenberg J.", "people", ["Walther N", "Hossain MJ", "Ellenberg J"]),
        ("Ellenberg, Jan", "people", ["Ellenberg, Jan"]),
        ("Jan Ellenberg and Nike Walther", "people", ["Jan Ellenberg", "Nike Walther"]),
    ],
)
def test_a_list_in_one_cell_is_taken_apart_as_its_field_says(text: str, split: str, parts: list[str]) -> None:
    assert parts_of(text, split) == parts  # type: ignore[arg-type]


def test_numbers_lose_the_traces_of_arithmetic_and_are_told_in_units_for_people() -> None:
    assert rounded(0.035297956068988695) == rounded(0.0352979560689887)
    assert spoken(8e11, 1e12, unit="By") == "0.8 to 1 TB"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"where": [""]}, "is empty"),
        ({"sort": "-"}, "names no field"),
        ({"where": ["na=1..<"]}, "needs a bound"),
        ({"where": [f"gene={'|'.join(f'g{one}{number}' for number in range(300))}" for one in range(4)]}, "1,200 values"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused_in_a_sentence(said: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        asked(load_fields(), level="image", **said)  # type: ignore[arg-type]


def test_conditions_and_values_that_are_given_twice_count_once() -> None:
    assert len(asked(load_fields(), where=["organism=mouse"] * 3).where) == 1
