"""Trees as tables: no word is lost, and what is hostile is refused before it costs much."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import LimitError
from kg.readers.limits import Limits
from kg.readers.tree import tables_of, text_of
from kg.table import is_content


def tables(value, limits=Limits(), **rest):  # noqa: B008 - frozen
    return {kind: table.frame.collect() for kind, table in tables_of(value, limits, "a.json", **rest).items()}


def cells_of(frames) -> Counter[str]:
    """Every text that stands in a column of content."""
    found = Counter()
    for frame in frames.values():
        for name in filter(is_content, frame.columns):
            for cell in frame[name].drop_nulls().to_list():
                found.update(cell if isinstance(cell, list) else [cell])
    return found


def texts_in(value, within_array=False) -> Counter[str]:
    """Every scalar of a tree as text; an array in an array counts as one text of JSON."""
    if isinstance(value, dict):
        return sum((texts_in(item) for item in value.values()), Counter())
    if isinstance(value, list) and within_array:
        return Counter([json.dumps(value, separators=(",", ":"), ensure_ascii=False)])
    if isinstance(value, list):
        return sum((texts_in(item, within_array=not isinstance(item, dict)) for item in value), Counter())
    return Counter() if value is None else Counter([text_of(value)])


keys = st.one_of(
    st.sampled_from(["a", "b", "a.b", "_id", "$x", "_row", "root", "./a", "[]", "", "n", "cell"]), st.text(max_size=4)
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text('xyz\u00e9"\\', max_size=3))
trees = st.recursive(scalars, lambda each: st.lists(each, max_size=4) | st.dictionaries(keys, each, max_size=4), max_leaves=25)


@given(st.dictionaries(keys, trees, max_size=5) | st.lists(trees, max_size=4))
def test_every_scalar_of_a_tree_is_in_the_tables_exactly_once(value):
    frames = tables(value)
    assert cells_of(frames) == texts_in(value)
    numbers = [number for frame in frames.values() for number in frame["_row"]]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@given(st.dictionaries(keys, trees, max_size=5))
def test_every_row_says_in_which_row_it_stands(value):
    frames = tables(value)
    places = {(kind, place) for kind, frame in frames.items() for place in frame["_id"]}
    for frame in frames.values():
        for parent, kind in frame.select("_parent", "_parent_kind").iter_rows():
            assert parent is None or (kind, parent) in places


def test_members_that_come_to_one_column_are_a_list():
    frames = tables({"a.b": 1, "a": {"b": [2, 3]}})
    assert frames["root"]["a.b"].to_list() == [["1", "2", "3"]]


def test_an_array_of_objects_is_a_table_and_an_array_of_scalars_a_list():
    frames = tables({"channels": [{"ex": 488}, "note", {"ex": 561, "on": True}], "tags": ["a", None, "b"]})
    assert frames["channels"].select("_id", "_index", "ex", "on").rows() == [
        ("channels[1]", "0", "488", None), ("channels[3]", "2", "561", "true"),
    ]  # fmt: skip
    assert frames["root"]["tags"].to_list() == [["a", "b"]]
    assert frames["root"]["channels"].to_list() == [["note"]]


def test_a_map_from_names_to_objects_is_a_table_with_the_names_as_keys():
    large = {f"k{number}": {"x": number} for number in range(65)}
    assert tables({"m": large})["m"].select("_key", "x").row(64) == ("k64", "64")
    assert tables({"m": dict(list(large.items())[:2])})["root"].columns[-2:] == ["m.k0.x", "m.k1.x"]
    assert tables({"m": {"one": {"x": 1}}}, is_map=lambda path, _: path == "m")["m"]["_key"].to_list() == ["one"]


def test_a_large_map_at_the_top_gives_rows_of_the_root():
    frames = tables({f"FrameKey-0-0-{number}": {"z": number, "tags": [{"t": number}]} for number in range(100)})
    assert frames["root"].select("_key", "z").row(99) == ("FrameKey-0-0-99", "99")
    assert frames["tags"]["_parent"].to_list()[99] == "root.FrameKey-0-0-99"


def test_a_map_of_a_hundred_thousand_names_to_scalars_is_rows_not_columns():
    frames = tables({"areas": {f"cell {number}": number for number in range(100_000)}})
    assert frames["areas"].height == 100_000
    assert frames["areas"].select("_key", "[]").row(7) == ("cell 7", "7")


def test_a_map_of_all_kinds_of_values_loses_none():
    mixed = {f"k{number}": value for number, value in enumerate([{"x": "o"}, "s", ["l", "m"], [{"y": "a"}], None] * 300)}
    assert cells_of(tables({"m": mixed})) == Counter(dict.fromkeys("oslma", 300))


def test_a_column_may_be_called_as_the_code_calls_its_own():
    rows = [{"row": [1, 2], "cell": 3, "_row": 4, "_id": 5, "_key": 6} for _ in range(3)]
    frame = tables({"r": rows})["r"]
    assert frame["row"].to_list() == [["1", "2"]] * 3
    assert frame.select("cell", "./_row", "./_id", "./_key").row(0) == ("3", "4", "5", "6")


# ------------------------------------------------------------------------------------------------- hostile


def nested(depth, wrap):
    value = 1
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda v: {"a": v}, lambda v: [v], lambda v: [{"a": v}], lambda v: {"a": [[v]]}])
def test_what_is_nested_too_deeply_is_refused_without_recursion(wrap):
    with pytest.raises(LimitError, match="nested deeper than 200"):
        tables({"top": nested(100_000, wrap)})


def test_a_tree_that_holds_itself_is_refused():
    loop: dict = {}
    loop["again"] = {"loop": loop}
    with pytest.raises(LimitError, match="nested deeper"):
        tables(loop)
    ring: list = [1]
    ring.append(ring)
    with pytest.raises(LimitError, match="nested deeper"):
        tables({"ring": ring})


def test_a_tree_that_multiplies_itself_is_refused():
    few = Limits(tree_cells=10_000)
    lol: object = ["lol"] * 10
    for _ in range(20):
        lol = [lol] * 10
    with pytest.raises(LimitError, match="more than 10,000 values"):
        tables({"lol": lol}, few)
    objects: object = {"x": 1}
    for _ in range(20):
        objects = {"a": objects, "b": objects}
    with pytest.raises(LimitError, match="more than 10,000 values"):
        tables(objects, few)


def test_more_columns_than_a_table_may_have_are_refused():
    rows = [{f"k{number}-{place}": 1 for place in range(10)} for number in range(11)]
    with pytest.raises(LimitError, match="r has more than 100 different members"):
        tables({"r": rows}, Limits(columns=100))
    with pytest.raises(LimitError, match="more than 100 kinds of objects"):
        tables({f"k{number}": [{"a": 1}] for number in range(101)}, Limits(columns=100))


def test_rows_without_common_columns_are_refused_before_they_fill_the_memory():
    with pytest.raises(LimitError, match="as tables it would have more than 10,000 cells"):
        tables({"r": [{f"k{number}": 1} for number in range(200)]}, Limits(tree_cells=10_000))


def test_a_cell_that_is_too_long_is_refused_with_its_name():
    for value in ("x" * 101, ["a", "x" * 101], [["x" * 101]]):
        with pytest.raises(LimitError, match="note is longer than 100 characters"):
            tables({"note": value}, Limits(cell_bytes=100))


def test_long_names_of_many_rows_are_refused():
    with pytest.raises(LimitError, match="places of its objects"):
        tables({"n" * 1000: [{"a": 1}] * 100}, Limits(place_characters=100_000))


def test_a_hundred_thousand_rows_are_one_table():
    frame = tables({"rows": [{"a": number, "l": [1, 2]} for number in range(100_000)]})["rows"]
    assert (frame.height, frame.schema["l"], frame["l"].to_list()[-1]) == (100_000, pl.List(pl.String), ["1", "2"])
