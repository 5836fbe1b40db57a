"""Any XML as tables: no text and no attribute is lost, and what is hostile is refused before it costs much."""

from __future__ import annotations

from collections import Counter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import LimitError, SourceError
from kg.readers.elements import tables_of
from kg.readers.limits import Limits
from kg.table import is_content

NAMES = ("a", "b", "_id", "_text", "Ref", "y:a", "y:b", "\u00e9")


def tables(xml, limits=Limits(), **rest):  # noqa: B008 - frozen
    return tables_of(xml.encode(), limits, "a.xml", **rest)


def cells_of(frames) -> Counter[str]:
    found = Counter()
    for frame in frames.values():
        for name in filter(is_content, frame.columns):
            for cell in frame[name].drop_nulls().to_list():
                found.update(cell if isinstance(cell, list) else [cell])
    del found[""], found[None]
    return found


words = st.text("uvw<&\"' \u00e9", min_size=1, max_size=4).filter(str.strip)
attributes = st.dictionaries(st.sampled_from(NAMES), words, max_size=3)
nodes = st.recursive(
    st.tuples(st.sampled_from(NAMES), attributes, words | st.just(""), st.just([])),
    lambda each: st.tuples(st.sampled_from(NAMES), attributes, words | st.just(""), st.lists(each, max_size=4)),
    max_leaves=15,
)


def xml_of(node, top=False):
    name, own, text, below = node
    said = "".join(f" {key}={quoteattr(value)}" for key, value in own.items())
    space = ' xmlns:y="urn:y"' if top else ""
    return f"<{name}{space}{said}>{escape(text)}{''.join(map(xml_of, below))}</{name}>"


def texts_in(node) -> Counter[str]:
    _, own, text, below = node
    said = Counter([*own.values(), *([text] if text else [])])
    return sum(map(texts_in, below), said)


@given(nodes)
def test_every_text_and_attribute_is_in_the_tables_exactly_once(node):
    assert cells_of(tables(xml_of(node, top=True))) == texts_in(node)


@given(nodes)
def test_every_row_says_in_which_row_it_stands(node):
    frames = tables(xml_of(node, top=True))
    places = {(kind, place) for kind, frame in frames.items() for place in frame["_id"]}
    for frame in frames.values():
        for parent, kind in frame.select("_parent", "_parent_kind").iter_rows():
            assert parent is None or (kind, parent) in places


def test_a_value_has_its_attributes_beside_it():
    frame = tables("<r><Gain Unit='dB'>3</Gain><Name>n</Name><Empty/></r>")["r"]
    assert frame.select("Gain", "Gain@Unit", "Name", "Empty").row(0) == ("3", "dB", "n", "")


def test_a_child_that_is_repeated_is_a_list_where_it_is_and_its_units_stay_in_step():
    frames = tables("<r><p><v u='nm'>1</v><v>2</v></p><p><v>3</v></p></r>")
    assert frames["p"].select("v", "v@u").rows() == [(["1", "2"], ["nm", None]), (["3"], None)]


def test_attributes_that_differ_only_in_their_namespace_stay_apart():
    frames = tables("<r xmlns:x='urn:x'><p id='1' x:id='2'><q/></p><p x:id='4' id='3'><q/></p><v u='5' x:u='6'>7</v></r>")
    assert frames["p"].select("id", "{urn:x}id").row(0) == ("1", "2")
    assert frames["p"].height == 2
    assert cells_of(frames) == Counter("1234567")


def test_text_between_elements_is_kept():
    frames = tables("<r>before<p a='1'/>between<p a='2'/>after</r>")
    assert frames["r"]["_text"].to_list() == ["beforebetweenafter"]


# ------------------------------------------------------------------------------------------------- hostile


def test_what_is_nested_too_deeply_is_refused():
    with pytest.raises(LimitError, match="nested deeper"):
        tables("<a>" * 100_000 + "</a>" * 100_000)


def test_more_attributes_than_columns_are_refused():
    wide = " ".join(f"a{number}='1'" for number in range(101))
    with pytest.raises(LimitError, match="more than 100 attributes"):
        tables(f"<r><p {wide}/></r>", Limits(columns=100))
    with pytest.raises(LimitError, match="more than 100 attributes"):
        tables(f"<r>{''.join(f'<v a{number}={chr(39)}1{chr(39)}>x</v>' for number in range(101))}</r>", Limits(columns=100))
    with pytest.raises(LimitError, match="more than 100 kinds"):
        tables(f"<r>{''.join(f'<k{number} a={chr(39)}1{chr(39)}/>' for number in range(101))}</r>", Limits(columns=100))


def test_values_each_with_an_attribute_of_its_own_are_refused_before_they_multiply():
    with pytest.raises(LimitError, match="more than 50000 cells"):
        tables(
            f"<r>{''.join(f'<v a{number}={chr(39)}1{chr(39)}>x</v>' for number in range(1_000))}</r>", Limits(xml_cells=50_000)
        )


def test_rows_each_with_an_attribute_of_its_own_are_refused_before_they_multiply():
    with pytest.raises(LimitError, match="more than 50000 cells"):
        tables(f"<r>{''.join(f'<p a{number}={chr(39)}1{chr(39)}/>' for number in range(1_000))}</r>", Limits(xml_cells=50_000))


def test_a_cell_that_is_too_long_is_refused_with_its_name():
    long = "x" * 101
    for xml in (f"<r><note>{long}</note></r>", f"<r><p note='{long}'/></r>", f"<r><note><q a='1'/>{long}</note></r>"):
        with pytest.raises(LimitError, match="note is longer than 100 characters"):
            tables(xml, Limits(cell_bytes=100))


def test_long_paths_of_many_rows_are_refused():
    long = "n" * 1000
    with pytest.raises(LimitError, match="paths and IDs"):
        tables(f"<r><{long} a='1'>" + "<p a='1'/>" * 100 + f"</{long}></r>", Limits(place_characters=100_000))


def test_a_hundred_thousand_rows_are_one_table():
    frame = tables(f"<r>{''.join(f'<p a={chr(39)}{n}{chr(39)}><v>{n}</v></p>' for n in range(100_000))}</r>")["p"]
    assert frame.select("_row", "_id", "a", "v").row(99_999) == (200_000, "p[100000]", "99999", "99999")


def test_a_document_that_stops_in_the_middle_is_refused_with_its_name():
    with pytest.raises(SourceError, match=r"a\.xml"):
        tables("<r><p a='1'/><q>")
