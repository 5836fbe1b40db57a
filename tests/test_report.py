"""The report on a run: it adds up, it is whole, and no text of a source becomes part of the page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from conftest import harmonized

from kg.store import Store

CELLS = ("mapped", "custom", "missing", "withheld")
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Keeps the tables of a page under their headings, and complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.tables: dict[str, list[list[str]]] = {}
        self.heading = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"h2", "summary"}:
            self.heading = ""
        elif tag == "tr":
            self.tables.setdefault(self.heading, []).append([])
        elif tag in {"td", "th"}:
            self.tables[self.heading][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"h2", "summary"}:
            self.heading += data
        elif self.open and self.open[-1] in {"td", "th"}:
            self.tables[self.heading][-1][-1] += data


@pytest.fixture(scope="module")
def page(demo) -> Page:
    return Page(demo.html)


def test_the_page_is_whole_and_asks_for_nothing_from_elsewhere(page, demo):
    assert demo.html.startswith("<!doctype html>")
    assert {"html", "head", "title", "body", "main", "table"} <= page.tags
    assert not {"script", "link", "img", "iframe", "object"} & page.tags
    assert not {"src", "href"} & page.attributes


def test_the_page_lists_every_source_with_its_mapping_and_rows(page, demo):
    [listed] = [rows for heading, rows in page.tables.items() if heading == f"All {len(demo.summary['sources'])} sources"]
    assert [row[0] for row in listed[1:]] == [source["key"] for source in demo.summary["sources"]]
    assert [int(row[3].replace(",", "")) for row in listed[1:]] == [source["rows"] for source in demo.summary["sources"]]
    by_mapping = page.tables["Sources"]
    assert by_mapping[0] == ["outcome", "mapping or reader", "sources", "rows"]
    assert sum(int(row[2]) for row in by_mapping[1:]) == len(demo.summary["sources"])


def test_the_page_counts_terms_by_field_as_accepted_for_review_or_none(page, demo):
    head, *rows = page.tables["Terms, by field"]
    assert head == ["field", "accepted", "for review", "none"]
    assert {row[0]: [int(cell) for cell in row[1:]] for row in rows} == {
        field: [counts["accepted"], counts["review"], counts["none"]] for field, counts in demo.summary["terms"].items()
    }
    assert any(counts["none"] for counts in demo.summary["terms"].values())


def test_the_page_lists_columns_that_are_not_mapped_the_most_frequent_first(page, demo):
    head, *rows = page.tables["Columns that are not mapped, by frequency"]
    assert head == ["column", "mapping", "table", "cells kept", "cells"]
    kept = [int(row[3]) for row in rows]
    assert kept == sorted(kept, reverse=True)
    assert len(rows) == len(demo.summary["unmapped"]) > 0


def test_the_page_tells_statements_records_and_ontologies(page, demo):
    assert f"{demo.summary['statements']:,} statements" in demo.html
    assert {row[0] for row in page.tables["Records"][1:]} == set(demo.summary["records"])
    assert "FBbi" in str(page.tables["Ontologies used"])


def test_the_page_shows_problems_the_grave_ones_first(tmp_path, examples):
    text = (examples / "idr9001/idr9001-screenA-annotation.csv").read_text().rstrip("\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/idr9009-screenA-annotation.csv").write_text(text + ",surplus\n")
    (tmp_path / "in/z.eln").write_bytes(b"PK\x03\x04 cut")
    done = harmonized(tmp_path, tmp_path / "in")
    page = Page(done.html)
    assert page.tables["Problems"][0] == ["severity", "kind", "times"]
    [listed] = [rows for heading, rows in page.tables.items() if heading == f"{len(done.summary['problems'])} Problems"]
    assert listed[0] == ["severity", "source", "column", "first rows", "found", "expected", "times", "what was done"]
    assert [row[0] for row in listed[1:]] == sorted((row[0] for row in listed[1:]), key=["error", "warning", "info"].index)
    assert listed[1][:2] == ["error", "in/z.eln"]
    ragged = next(row for row in listed if row[1] == "in/idr9009-screenA-annotation.csv")
    assert ragged[-1] == "the surplus is kept in 'surplus 1'"
    [left] = [rows for heading, rows in page.tables.items() if heading == "1 sources that were not harmonized"]
    assert left[1][1] == "cannot be read"


def test_no_text_of_a_source_becomes_part_of_the_page(tmp_path):
    hostile = "<script>alert(1)</script>"
    folder = tmp_path / "in"
    folder.mkdir()
    table = f'"{hostile}",Plate,Well,Characteristics [Organism],Channels\n' + f'"{hostile}",P,A1,"{hostile}","{hostile}"\n'
    (folder / "idr0001-<img src=x onerror=alert(1)>-annotation.csv").write_text(table)
    (folder / "<b>&amp;.csv").write_text(f"{hostile}\nx\n")
    (folder / "cut<script>.eln").write_bytes(b"PK\x03\x04")
    done = harmonized(tmp_path, folder)
    page = Page(done.html)
    assert not {"script", "img", "b"} & page.tags
    assert not {"onerror", "src"} & page.attributes
    assert "&lt;script&gt;" in done.html
    assert "in/<b>&amp;.csv" in str(page.tables), "and it is shown as it is"


def test_every_filled_cell_is_counted_in_exactly_one_place(demo):
    cells = demo.summary["cells"]
    assert cells["filled"] == sum(cells[key] for key in CELLS) > 0
    for column in demo.summary["columns"]:
        assert column["filled"] == sum(column[key] for key in CELLS), column
        assert min(column[key] for key in CELLS) >= 0
    assert cells["filled"] == sum(column["filled"] for column in demo.summary["columns"])


def test_the_report_agrees_with_the_store(demo):
    with Store.open(demo.store) as store:
        assert demo.summary["generation"] == store.current.id
        assert demo.summary["statements"] == store.current.count()
        assert {source["iri"]: source["rows"] for source in demo.summary["sources"]} == {e.iri: e.rows for e in store.sources()}
        [(custom,)] = store.current.query(
            'SELECT (COUNT(*) AS ?n) { ?record ?p ?text FILTER(STRSTARTS(STR(?p), "https://w3id.org/bioimage-kg/custom/")) }'
        )
        assert int(custom.value) >= demo.summary["cells"]["custom"]
    assert demo.summary["rows"] == sum(source["rows"] for source in demo.summary["sources"])


def test_what_is_printed_agrees_with_the_report(demo):
    lines = demo.ran.out.splitlines()
    assert lines[0].split() == ["mapping", "sources", "rows"]
    assert f"cells    {demo.summary['cells']['filled']:,}: " in demo.ran.out
    accepted = sum(counts["accepted"] for counts in demo.summary["terms"].values())
    assert f"terms    {accepted:,} accepted" in demo.ran.out
    assert f"store    generation {demo.summary['generation']}" in demo.ran.out
