"""Conditions over columns that are long enough for every way in which records are looked up, against a plain reading."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.search import load_fields
from kg.search.arrays import Strings, places_of, write_arrays, write_coded, write_measured, write_strings
from kg.search.filters import Allowed, Filters
from kg.search.opened import View
from kg.search.query import Interval

RECORDS = 3_000
FIELD = load_fields().fields["imaging_method"]
NUMBER = load_fields().fields["pixel_size"]
SHAPES = ("one each", "some", "several")


def columns(folder: Path, shape: str, seed: int) -> tuple[View, list[set[int]], list[set[float]]]:
    """Write a level whose records have one value each, one or none, or several; return it and what it holds."""
    random = np.random.default_rng(seed)
    codes: list[set[int]] = []
    numbers: list[set[float]] = []
    for _ in range(RECORDS):
        many = {"one each": 1, "some": int(random.integers(0, 2)), "several": int(random.integers(0, 4))}[shape]
        codes.append({int(one) for one in random.zipf(1.5, many) % 40})
        numbers.append({float(one) for one in random.integers(0, 20, many)})
    (folder / "image").mkdir()
    rows = np.array([row for row, values in enumerate(codes) for _ in values], dtype=np.int32)
    flat = np.array([value for values in codes for value in sorted(values)], dtype=np.int32)
    write_coded(folder / "image", FIELD.name, rows, flat, np.zeros(len(rows), "u1"), np.zeros(len(rows), "i4"))
    rows = np.array([row for row, values in enumerate(numbers) for _ in values], dtype=np.int32)
    measured = np.array([value for values in numbers for value in sorted(values)], dtype=np.float64)
    write_measured(folder / "image", NUMBER.name, rows, measured, np.zeros(len(rows), "u1"))
    write_arrays(folder / "image", "thing", {"node": np.arange(RECORDS, dtype=np.int32)})
    write_strings(folder, "thing", (f"urn:{number:06d}" for number in range(RECORDS)))
    about = {"records": RECORDS, "values": {FIELD.name: 1, NUMBER.name: 1}}
    return View(folder, "image", about, Strings(folder, "thing")), codes, numbers


@settings(max_examples=25, deadline=None)
@given(
    shape=st.sampled_from(SHAPES),
    seed=st.integers(0, 5),
    wanted=st.frozensets(st.integers(0, 45), max_size=12),
    low=st.integers(-1, 20),
    few=st.integers(0, RECORDS),
    last=st.integers(0, 60),
)
def test_each_way_to_look_records_up_finds_the_same(
    shape: str, seed: int, wanted: frozenset[int], low: int, few: int, last: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        view, codes, numbers = columns(Path(folder), shape, seed)
        having = [row for row, values in enumerate(codes) if values & wanted]
        above = [row for row, values in enumerate(numbers) if any(value > low for value in values)]

        def of_codes() -> Allowed:
            return Allowed(view, FIELD, view.coded(FIELD), np.array(sorted(wanted), dtype=np.int32))

        def of_numbers() -> Allowed:
            within = (Interval(low=float(low), with_low=False),)
            return Allowed(view, NUMBER, numbers=view.measured(NUMBER), within=within)

        some = np.sort(np.random.default_rng(few).choice(RECORDS, few, replace=False)).astype(np.int32)
        for make, expected in ((of_codes, having), (of_numbers, above)):
            assert make().count == len(expected)
            assert make().records().tolist() == expected
            assert make().first(last).tolist() == expected[:last]
            assert np.flatnonzero(make().mask).tolist() == expected
            assert make().among(some).tolist() == sorted(set(expected) & set(some.tolist()))
        filters = Filters({"a": of_codes(), "b": of_numbers()}, {"a": of_codes(), "b": of_numbers()})
        together = filters.records(expand=True)
        assert together is not None
        assert together.tolist() == sorted(set(having) & set(above))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("few", [0, 3, 200, RECORDS])
def test_values_are_counted_among_few_and_many_records_alike(tmp_path: Path, shape: str, few: int) -> None:
    view, codes, numbers = columns(tmp_path, shape, 1)
    some = np.arange(0, RECORDS, max(1, RECORDS // few) if few else RECORDS + 1, dtype=np.int32)[:few]
    used, counts = view.coded(FIELD).counts(some)
    expected = {code: sum(code in codes[row] for row in some) for code in range(40)}
    assert dict(zip(used.tolist(), counts.tolist(), strict=True)) == {code: expected[code] for code in used.tolist()}
    measured = view.measured(NUMBER)
    found = measured.values[places_of(measured.rows, measured.single, some)]
    assert sorted(found.tolist()) == sorted(value for row in some for value in numbers[row])
