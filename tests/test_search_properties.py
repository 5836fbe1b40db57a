"""Search against a plain reading of random graphs: filters, expansion, facets, counts, order and pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from search_graphs import ABOVE, WORDS, Graph, Thing, ancestors, curie

from kg.search import Search, asked, build, load_fields

SIZES = (0.05, 0.065, 0.1, 0.13, 0.5)
NAMES = ("", "dividing cell", "Dividing nucleus", "spinning top", "=1+1", "cell 7")
LICENCES = ("", "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-nc/4.0/")
LEVELS = ("image", "study")

terms = st.frozensets(st.sampled_from(sorted(ABOVE)), max_size=2)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    studies = [
        Thing("study", None, draw(terms), name=draw(st.sampled_from(NAMES)), licence=draw(st.sampled_from(LICENCES)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    wholes = st.sampled_from([None, *range(len(studies))])
    components = [Thing("component", draw(wholes), draw(terms)) for _ in range(draw(st.integers(0, 3)))]
    places = st.sampled_from([None, *range(len(studies), len(studies) + len(components))])
    images = [
        Thing(
            "image",
            draw(places),
            draw(terms),
            tuple(draw(st.frozensets(st.sampled_from(SIZES), max_size=2))),
            draw(st.sampled_from(NAMES)),
            draw(st.sampled_from(LICENCES)),
        )
        for _ in range(draw(st.integers(0, 7)))
    ]
    return Graph((*studies, *components, *images))


@settings(
    max_examples=7,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(graph=graphs(), data=st.data())
def test_a_search_finds_what_a_plain_reading_of_the_graph_finds(graph: Graph, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        graph.write(Path(folder, "db"))
        build(Path(folder, "db"), Path(folder, "sidecar"))
        search = Search(Path(folder, "sidecar"))
        for level in LEVELS:
            assert search.opened.view(level).count == len(graph.of(level))
            for _ in range(6):
                check_terms(search, graph, level, data)
            check_facet(search, graph, level)
        for _ in range(4):
            check_sizes(search, graph, data)
        check_names(search, graph)
        check_pages(search, graph, data)


def found(search: Search, level: str, **said: object) -> tuple[list[str], int, int]:
    result = search.find(asked(load_fields(), level=level, limit=1000, **said))  # type: ignore[arg-type]
    return [hit["iri"] for hit in result.hits], result.exact, result.expanded


def check_terms(search: Search, graph: Graph, level: str, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(sorted(ABOVE)), min_size=1, max_size=2, unique=True))
    but = data.draw(st.none() | st.sampled_from(sorted(ABOVE)))
    expand = data.draw(st.booleans())

    def below(number: int) -> set[int]:
        return {one for method in graph.methods(number) for one in (ancestors(method) if expand else {method})}

    def own(number: int) -> frozenset[int]:
        return graph.methods(number)

    def kept(reading, number: int) -> bool:  # type: ignore[no-untyped-def]
        return bool(set(reading(number)) & set(wanted)) and but not in reading(number)

    where = ["method=" + "|".join(curie(one) for one in wanted)] + ([f"method!={curie(but)}"] if but else [])
    iris, exact, expanded = found(search, level, where=where, expand=expand)
    assert iris == [graph.iri(number) for number in graph.of(level) if kept(below, number)]
    assert exact == sum(kept(own, number) for number in graph.of(level))
    if expand:
        assert expanded == len(iris)


def check_facet(search: Search, graph: Graph, level: str) -> None:
    query = asked(load_fields(), level=level, facets=["method"], where=[f"method={curie(3)}"])
    result = search.find(query)
    counts = {one: sum(one in graph.methods(number) for number in graph.of(level)) for one in ABOVE}
    # its own condition does not count, so that another value can be chosen
    assert {row["value"]: row["count"] for row in result.facets["imaging_method"]} == {
        curie(one): count for one, count in counts.items() if count
    }
    for hit in result.hits:
        (reason, *_) = hit["why"]
        number = int(reason["found"]["curie"][-7:])
        assert reason["asked"]["curie"] == curie(3)
        assert 3 in ancestors(number)
        assert number == 3 or reason["sentence"].startswith(f"{WORDS[number]} is a confocal")


def check_sizes(search: Search, graph: Graph, data: st.DataObject) -> None:
    low, high = sorted(data.draw(st.tuples(st.sampled_from(SIZES), st.sampled_from(SIZES))))
    images = graph.of("image")

    def having(test) -> list[str]:  # type: ignore[no-untyped-def]
        return [graph.iri(number) for number in images if any(test(size) for size in graph.things[number].sizes)]

    assert found(search, "image", where=[f"pixel_size={low * 1000:g}..{high * 1000:g} nm"])[0] == having(
        lambda size: low <= size <= high
    )
    assert found(search, "image", where=[f"pixel_size>{low}", f"pixel_size<{high}"])[0] == having(
        lambda size: low < size < high
    )
    some = having(lambda _: True)
    assert found(search, "image", where=["pixel_size"])[0] == some
    assert found(search, "image", where=["!pixel_size"])[0] == [graph.iri(n) for n in images if graph.iri(n) not in some]
    for sort, best in (("pixel_size", min), ("-pixel_size", max)):
        iris = found(search, "image", sort=sort)[0]
        keys = [best(graph.things[number].sizes) for number in images if graph.things[number].sizes]
        ordered = [graph.things[int(iri[-3:])].sizes for iri in iris]
        assert [best(sizes) for sizes in ordered if sizes] == sorted(keys, reverse=sort.startswith("-"))
        assert not any(sizes for sizes in ordered[len(keys) :])


def check_names(search: Search, graph: Graph) -> None:
    for word in ("dividing", "cell", "nucleus"):
        iris, exact, _ = found(search, "image", text=word)
        named = {graph.iri(n) for n in graph.of("image") if word in graph.things[n].name.lower().split()}
        assert set(iris) == named
        assert exact == len(named)
    iris, _, _ = found(search, "image", text="spinning")
    named = {
        graph.iri(n)
        for n in graph.of("image")
        if "spinning" in graph.things[n].name or any(ancestors(one) & {4, 5} for one in graph.methods(n))
    }
    assert set(iris) == named


def check_pages(search: Search, graph: Graph, data: st.DataObject) -> None:
    sort = data.draw(st.sampled_from(["", "name", "-pixel_size", "method", "-method"]))
    size = data.draw(st.integers(1, 4))
    whole = found(search, "image", sort=sort)[0]
    pages: list[str] = []
    offset: int | None = 0
    while offset is not None:
        result = search.find(asked(load_fields(), level="image", sort=sort, offset=offset, limit=size))
        pages += [hit["iri"] for hit in result.hits]
        offset = result.next_offset
    assert pages == whole
    assert sorted(whole) == [graph.iri(number) for number in graph.of("image")]


@pytest.mark.parametrize("level", LEVELS)
def test_an_empty_graph_finds_nothing(tmp_path: Path, level: str) -> None:
    Graph(()).write(tmp_path / "db")
    build(tmp_path / "db", tmp_path / "sidecar")
    result = Search(tmp_path / "sidecar").find(
        asked(
            load_fields(),
            text="cell",
            where=["method=confocal", "na>1", "licence"],
            level=level,
            facets=["method", "na", "date"],
        )
    )
    assert (result.exact, result.expanded, list(result.hits)) == (0, 0, [])
