"""Search over the example store: what is asked, what is understood, why something was found, and tables of it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kg.errors import QueryError, StoreError
from kg.search import Search, asked, build, load_fields
from kg.search.arrays import Coded, write_coded
from kg.search.completion import completed
from kg.search.export import columns_of, exported
from kg.search.order import all_ordered
from kg.store import Store
from kg.terms import TermIndex, default_index


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search") / "store"
    subprocess.run([sys.executable, "-m", "kg.cli.main", "demo", "--store", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def search(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Search:
    folder = tmp_path_factory.mktemp("sidecar") / "of"
    with Store.open(store) as opened:
        assert opened.current
        build(opened.current.path / "db", folder, generation=opened.current.id, index=default_index())
    return Search(folder, TermIndex.open(default_index()))


def find(search: Search, **said):  # type: ignore[no-untyped-def]
    return search.find(asked(load_fields(), **said))


def test_a_word_finds_the_terms_below_and_says_why(search: Search) -> None:
    result = find(search, text="confocal", level="image")
    sentences = {reason["sentence"] for hit in result.hits for reason in hit["why"]}
    assert result.expanded == 12
    assert any(one.startswith("spinning disk confocal microscopy is a confocal microscopy") for one in sentences)


def test_a_condition_says_who_said_what_was_found_and_in_which_words(search: Search) -> None:
    result = find(search, where=["method=confocal"], level="image")
    assert (result.exact, result.expanded) == (1, 12)
    well = next(hit for hit in result.hits if "/well/" in hit["iri"])
    (reason,) = well["why"]
    assert (reason["asked"]["curie"], reason["found"]["curie"]) == ("FBbi:00000251", "FBbi:00000253")
    assert reason["said_by"] == "component"
    assert reason["words"] == "spinning disk microscopy"
    assert "/decision/" in reason["decision"]
    assert result.asked["terms"][0]["how"] == "synonym"


@pytest.mark.parametrize(
    "asked_for", ["mouse", "Mus musculus", "NCBITaxon:10090", "http://purl.obolibrary.org/obo/NCBITaxon_10090"]
)
def test_a_term_can_be_asked_for_by_any_of_its_names(search: Search, asked_for: str) -> None:
    assert [hit["iri"][-7:] for hit in find(search, where=[f"organism={asked_for}"]).hits] == ["idr9002"]


def test_a_study_has_what_its_wells_say_and_an_image_what_its_study_says(search: Search) -> None:
    (study,) = find(search, where=["phenotype"]).hits
    assert study["iri"].endswith("idr9001")
    assert find(search, where=["licence=attribution"], level="image").expanded > 0


def test_without_expansion_only_the_term_itself_counts(search: Search) -> None:
    assert find(search, where=["method=confocal"], level="image", expand=False).exact == 1


def test_several_values_of_a_field_are_alternatives_and_several_fields_hold_together(search: Search) -> None:
    one = find(search, where=["organism=mouse"]).expanded
    other = find(search, where=["organism=Homo sapiens"]).expanded
    assert find(search, where=["organism=mouse", "organism=Homo sapiens"]).expanded == one + other
    assert find(search, where=["organism=mouse|Homo sapiens"]).expanded == one + other
    assert find(search, where=["organism=mouse", "method=confocal"]).expanded == 0


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("pixel_size<100 nm", 1),
        ("pixel_size<0.1 um", 1),
        ("pixel_size=0.065", 1),
        ("pixel_size=60..70 nm", 1),
        ("pixel_size>1 m", 0),
        ("excitation>0.4 um", 2),
        ("na>1.2", 2),
        ("na=1.3..1.45", 2),
        ("na!=1.3", 13),
        ("date>=2021-02", 1),
        ("date=2021", 2),
        ("date<2021-02-01", 1),
        ("!na", 12),
    ],
)
def test_numbers_and_dates_are_compared_in_their_unit(search: Search, condition: str, count: int) -> None:
    assert find(search, where=[condition], level="image").expanded == count


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("pixel_size<100 s", "measured in um"),
        ("pixel_size<100 furlong", "no unit that is known"),
        ("pixel_size<1e9999999 nm", "beyond all numbers"),
        ("pixel_size<many", "expected a number in um"),
        ("na>1 nm", "has no unit"),
        ("na=2..1", "holds nothing"),
        ("na~1", "looks into texts only"),
        ("organism>mouse", "is not a number or date"),
        ("date=yesterday", "expected a date"),
        ("has_phenotype=perhaps", "is yes or no"),
        ("nax>1", "did you mean na"),
        ("coverage>1", "annotation_set"),
        ("method=", "says no value"),
        ("= 3", "is no condition"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(search: Search, condition: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        find(search, where=[condition], level="image")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE record; --", 'a" OR name:*', "*", "(((", "\\", "name:x^2~", "-", '"', "a" * 1900, "\0", "🦠 β"]
)
def test_free_text_is_never_a_query_language(search: Search, text: str) -> None:
    result = find(search, text=text, level="image", facets=["organism"])
    assert result.expanded in {0, 14}
    find(search, where=[f"name={text or 'x'}", f"method={text}", f"name~{text}"], level="image")


def test_words_phrases_beginnings_and_exclusions(search: Search) -> None:
    assert find(search, text='"spinning disk" -mouse', level="image").expanded == 11
    assert find(search, text="spinnin*", level="image").expanded == find(search, text="spinning", level="image").expanded
    assert find(search, text='"disk spinning"', level="image").expanded == 0
    everything = find(search, level="image").expanded
    assert find(search, text="-confocal", level="image").expanded == everything - 12


def test_a_text_alone_and_with_facets_finds_the_same_in_the_same_order(search: Search) -> None:
    for text in ("confocal", "cells", "screen* -mouse"):
        alone, counted = find(search, text=text, level="image"), find(search, text=text, level="image", facets=["organism"])
        assert [hit["iri"] for hit in alone.hits] == [hit["iri"] for hit in counted.hits]
        assert (alone.exact, alone.expanded) == (counted.exact, counted.expanded)


def test_nothing_found_leads_to_what_is_spelt_alike(search: Search) -> None:
    assert {"field": "text", "asked": "konfocal", "try": "confocal"} in find(
        search, text="konfocal", level="image"
    ).did_you_mean
    (other,) = find(search, where=["organism=Mus muscullus"]).did_you_mean
    assert other["try"] == "Mus musculus"


def test_a_histogram_can_be_asked_for_bar_by_bar(search: Search) -> None:
    for facet in ("na", "date", "excitation_wavelength"):
        for row in find(search, level="image", facets=[facet]).facets[facet]:
            assert find(search, level="image", where=[f"{facet}={row['value']}"]).expanded == row["count"]


def test_completion_offers_terms_fields_and_names_with_counts(search: Search) -> None:
    rows = completed(search.opened, "image", "conf")
    assert rows[0]["label"] == "confocal microscopy"
    assert find(search, level="image", where=[rows[0]["where"]]).expanded == rows[0]["count"]
    assert completed(search.opened, "image", "organ")[0]["kind"] == "field"
    assert completed(search.opened, "image", "HeLa")[-1]["kind"] == "record"
    assert completed(search.opened, "image", "") == []


def table(search: Search, form: str, safe: bool = False, **said) -> bytes:  # type: ignore[no-untyped-def]
    query = asked(load_fields(), **said)
    found = search.all(query)
    records = all_ordered(search.opened, found.view, found.mask, found.scores, query)
    out = io.BytesIO()
    exported(search.opened, found, records, columns_of(search.opened, found.view, []), form, out, safe=safe)  # type: ignore[arg-type]
    return out.getvalue()


def test_all_tables_hold_the_whole_result(search: Search) -> None:
    said = {"level": "image", "where": ["method=confocal"], "sort": "-name", "limit": 1}
    iris = [hit["iri"] for hit in find(search, **{**said, "limit": 100}).hits]
    assert [row["iri"] for row in csv.DictReader(io.StringIO(table(search, "csv", **said).decode()))] == iris
    assert [json.loads(line)["iri"] for line in table(search, "jsonl", **said).splitlines()] == iris
    frame = pl.read_parquet(io.BytesIO(table(search, "parquet", **said)))
    assert frame["iri"].to_list() == iris
    assert frame["imaging_method_curie"].list.first().n_unique() == 2
    assert len(pl.read_parquet(io.BytesIO(table(search, "parquet", level="image", where=["na>9"])))) == 0


def test_the_command_makes_missing_search_data_and_prints_reasons(store: Path) -> None:
    command = [sys.executable, "-m", "kg.cli.main", "search", "--store", str(store)]
    first = subprocess.run([*command, "confocal", "--level", "image"], check=True, capture_output=True, text=True)
    assert "making the search data" in first.stderr
    assert "spinning disk confocal microscopy is a confocal microscopy" in first.stdout
    again = subprocess.run([*command, "--where", "nax=1"], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "did you mean na" in again.stderr
    assert "making" not in again.stderr


def test_damaged_search_data_is_told(search: Search, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not whole or gone"):
        Search(tmp_path)
    (tmp_path / "field.arrays").write_bytes(b"\x08\0\0\0\0\0\0\0nonsense")
    with pytest.raises(StoreError, match="damaged"):
        Coded.read(tmp_path, "field")


def test_formulas_are_disarmed_only_where_asked(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": ["=1+1", "plain", "-x", None], "na": [-1.0, 2.0, None, 4.0]})
    from kg.search.export import _flat  # noqa: PLC0415 - the one place where a table of any content can be given

    assert _flat(frame, safe=True)["name"].to_list() == ["'=1+1", "plain", "'-x", None]
    assert _flat(frame, safe=False)["name"].to_list() == frame["name"].to_list()


def test_columns_written_are_columns_read(tmp_path: Path) -> None:
    import numpy as np  # noqa: PLC0415

    rows, codes = np.array([0, 0, 2], dtype=np.int32), np.array([5, 7, 5], dtype=np.int32)
    write_coded(tmp_path, "f", rows, codes, np.zeros(3, dtype=np.uint8), np.zeros(3, dtype=np.int32))
    read = Coded.read(tmp_path, "f")
    assert read.records_of(5).tolist() == [0, 2]
    assert read.records_of(6).tolist() == []
    assert read.values_of(2) == slice(2, 3)


def test_a_number_that_was_asked_for_is_a_reason(search: Search) -> None:
    hits = find(search, where=["na>1.2", "pixel_size<100 nm"], level="image").hits
    reasons = {reason["field"]: reason for hit in hits for reason in hit["why"]}
    assert reasons["na"]["sentence"].startswith("numerical aperture: 1.")
    assert reasons["na"]["asked"]["label"] == ">1.2"
    assert reasons["pixel_size"]["found"]["label"] == "0.065 \u00b5m"


def test_search_data_of_a_generation_that_is_gone_are_given_up_without_noise(tmp_path: Path) -> None:
    program = f"from kg.search.keeper import make; make({str(tmp_path)!r}, '1-x', 'public', {str(tmp_path / 'db')!r}, [], '')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
