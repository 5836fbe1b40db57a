"""The IDR mappings: nothing of a table vanishes, what belongs together stays together, and the shared tables map."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from functools import cache

import pyoxigraph as ox
import pytest

from kg import readers
from kg.curie import encode
from kg.mapping import Decisions, Loaded, Run, Tally, load_mappings, recognise
from kg.schema import load_schema
from kg.term import Decision

BASE = "https://w3id.org/bioimage-kg/id/"
KG = "https://w3id.org/bioimage-kg/"
SCHEMA = "http://schema.org/"
SMALL = ("idr0043", "idr0056", "idr0079", "idr0091", "idr0119", "idr0134", "idr0156")


@cache
def contract():
    return load_mappings(), load_schema()


class Statements:
    """A sink that keeps the TriG, or only counts where that would be large."""

    def __init__(self, *, keep):
        self.keep, self.texts = keep, []

    def own(self, blocks):
        if self.keep:
            self.texts.extend(blocks.to_list())

    shared = own

    def quads(self):
        return list(ox.parse("".join(self.texts), format=ox.RdfFormat.TRIG))


class Harness:
    """Maps sources with a resolver that accepts nothing, so that only the mappings speak."""

    def __init__(self, *, keep=True):
        self.mappings, schema = contract()
        self.tally, self.sink, self.queries, self.readings = Tally(), Statements(keep=keep), [], {}
        decisions = Decisions(schema, self._resolve, "https://w3id.org/bioimage-kg/software/test")
        idr = [m for m in self.mappings if m.mapping.startswith("idr-")]
        self.runs = {m.mapping: Run(m, schema, decisions, self.tally, self.sink) for m in idr}

    def _resolve(self, queries):
        self.queries.extend(queries)
        return {query: Decision(query, "none", (), "not asked", "kg") for query in queries}

    def add(self, *paths):
        kinds: dict[str, list[Loaded]] = {}
        for source in readers.discover(paths):
            reading = readers.read(source)
            found = recognise(reading, source.key, self.mappings)
            assert found is not None, f"no mapping takes {source.key}"
            self.readings[source.key] = reading
            loaded = Loaded(f"{BASE}source/{encode(source.key)}", source.key, reading, found.variables)
            kinds.setdefault(found.mapping.mapping, []).append(loaded)
        for name, loaded in kinds.items():
            self.runs[name].add(loaded)
        for reading in self.readings.values():
            for path in reading.scratch:
                path.unlink(missing_ok=True)
        return set(kinds)

    def objects(self, subject, predicate):
        wanted = ox.NamedNode(predicate)
        return sorted(q.object.value for q in self.sink.quads() if q.subject.value.endswith(subject) and q.predicate == wanted)

    def counts(self):
        return {count.column: count for count in self.tally.columns()}


def write(folder, name, rows, delimiter=","):
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


NASTY = (
    ("PLATE", "x"),
    ("Plate", "P[1] é"), ("Well", "A1"), ("Characteristics  [ Organism 2 ]", "Human adenovirus 2"), ("Term Source 4 REF", "NCBITaxon"),
    ("Term Source 4 Accession", "NCBITaxon_10515"), ("comment[cell line]", "HeLa"), ("Experimental Condition [Salt {x}]", "high"),
    ("Comment [Gene Symbol] 1", "NA"), ("Comment [Gene Identifier] 1", "N/A"), ("Gene Symbol", "MARCH1"), ("Phenotype 12", "big; small"),
    ("Phenotype 12 Term Name", "increased cell size phenotype"), ("Phenotype 12 Term Accession", "CMPO_0000128"),
    ("Primary Antibody 1 Identifier", "AB_868901"), ("Experimental Condition [Primary Antibody 1]", "CD3"),
    ("Compound Concentration (nanoMolar)", "1.50"), ("Well Number", "seven"), ("Has Phenotype", "perhaps"), ("Lesion Area", "1,5"),
)  # fmt: skip


@pytest.fixture
def nasty(tmp_path):
    harness = Harness()
    harness.add(write(tmp_path, "idr9004-screenB-annotation.csv", list(zip(*NASTY, strict=True))))
    return harness


def test_every_filled_cell_of_a_nasty_table_is_mapped_or_kept(nasty):
    counts = nasty.counts()
    assert len(counts) == len(NASTY)
    for count in counts.values():
        assert (count.filled, count.mapped + count.custom + count.missing) == (1, 1), count
    assert {name for name, count in counts.items() if count.missing} == {"Comment [Gene Identifier] 1"}
    assert {name for name, count in counts.items() if count.custom} == {"PLATE", "Well Number", "Has Phenotype", "Lesion Area"}


def test_a_word_that_could_be_a_gene_is_not_taken_for_missing(nasty):
    well = "/well/P%5B1%5D%20é/A1"
    assert nasty.objects(well, KG + "geneSymbol") == ["MARCH1", "NA"]


def test_a_well_belongs_to_the_component_that_the_file_name_names(nasty):
    well = "/well/P%5B1%5D%20é/A1"
    assert BASE + "study/idr9004/screenB" in nasty.objects(well, SCHEMA + "isPartOf")
    assert nasty.objects("/study/idr9004/screenB", SCHEMA + "isPartOf") == [BASE + "study/idr9004"]
    assert nasty.objects(well, SCHEMA + "name") == ["P[1] é A1"]


def test_companion_columns_reach_the_resolver_beside_their_words(nasty):
    asked = {(q.field, q.text, q.accession, q.ontology) for q in nasty.queries}
    assert ("organism", "Human adenovirus 2", "NCBITaxon_10515", "NCBITaxon") in asked
    assert ("phenotype", "increased cell size phenotype", "CMPO_0000128", "") in asked
    assert ("cell_line", "HeLa", "", "") in asked


def test_an_unknown_condition_keeps_its_key(nasty):
    assert nasty.objects("/A1", KG + "experimentalConditionText") == ["Salt {x}: high"]


def test_values_that_do_not_fit_are_problems_that_name_column_and_row(nasty):
    found = {(p.column, p.rows, p.code) for p in nasty.tally.problems()}
    assert found == {("Well Number", (2,), "cast"), ("Has Phenotype", (2,), "cast")}


def test_a_concentration_is_converted_from_the_unit_of_its_header(nasty):
    assert nasty.objects("/A1", KG + "compoundConcentration") == ["0.0015"]


def test_an_antibody_keeps_its_target_beside_its_identifier(nasty):
    assert nasty.objects("/antibody/primary_antibody/AB_868901/CD3", KG + "targetName") == ["CD3"]
    assert nasty.objects("/antibody/primary_antibody/AB_868901/CD3", KG + "rrid") == ["RRID:AB_868901"]


def test_two_sirnas_in_one_well_keep_their_own_sequence_and_gene(tmp_path):
    header = ["Plate", "Well", "Characteristics [Organism]", "siRNA Identifier", "Sense Sequence", "Gene Symbol"]
    rows = [header, ["1", "A1", "Homo sapiens", "s1", "AAA", "PLK1"], ["1", "A1", "Homo sapiens", "s2", "CCC", "AURKA"]]
    harness = Harness()
    harness.add(write(tmp_path, "idr9004-screenA-annotation.csv", rows))
    assert harness.objects("/reagent/s1/AAA", KG + "geneSymbol") == ["PLK1"]
    assert harness.objects("/reagent/s2/CCC", KG + "geneSymbol") == ["AURKA"]
    assert [iri.rpartition("annotation.csv")[2] for iri in harness.objects("/well/1/A1", SCHEMA + "reagent")] == [
        "/reagent/s1/AAA", "/reagent/s2/CCC",
    ]  # fmt: skip


def test_images_that_differ_only_in_their_dataset_stay_apart(tmp_path):
    rows = [
        ["Dataset Name", "Image Name", "Characteristics [Organism]"],
        ["a", "1.tif", "Mus musculus"],
        ["b", "1.tif", "Homo sapiens"],
    ]
    harness = Harness()
    harness.add(write(tmp_path, "idr9004-experimentA-annotation.csv", rows, "\t"))
    images = {q.subject.value for q in harness.sink.quads() if q.object.value.endswith("IAO_0000101")}
    assert {iri.rpartition("csv/")[2] for iri in images} == {"image/a/1.tif", "image/b/1.tif"}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("annotations of mine.csv", ["Plate", "Well", "Characteristics [Organism]"]),
        ("mine.tsv", ["Dataset Name", "Image Name", "Characteristics [Organism]", "Term Source 1 REF"]),
        ("A_archetype_manual_annotations.tsv", ["Source Name", "Cell ID", "Annotated Archetype"]),
    ],
)
def test_a_table_under_another_name_is_known_by_its_columns(tmp_path, name, header):
    harness = Harness()
    assert harness.add(write(tmp_path, name, [header, ["1"] * len(header)], "\t" if name.endswith("tsv") else ",")) == {
        "idr-annotation"
    }
    assert not [q for q in harness.sink.quads() if "/study/" in q.subject.value]


def test_a_plate_map_of_another_lab_is_not_taken_for_one_of_idr(tmp_path):
    path = write(tmp_path, "platemap.csv", [["Plate", "Well", "Compound"], ["1", "A1", "DMSO"]])
    [source] = readers.discover([path])
    found = recognise(readers.read(source), source.key, contract()[0])
    assert found is None or found.mapping.mapping != "idr-annotation"


@pytest.mark.parametrize(
    "written", ["http://dx.doi.org/10.5555/A.B", "https://doi.org/10.5555/a.b", "doi:10.5555/A.b", "10.5555/a.B"]
)
def test_a_paper_has_one_iri_however_its_doi_is_written(tmp_path, written):
    path = tmp_path / "idr9005-study.txt"
    path.write_text(f"Comment[IDR Study Accession]\tidr9005\nStudy Title\tT\nStudy DOI\t{written}\n", encoding="utf-8")
    harness = Harness()
    harness.add(path)
    assert harness.objects("/study/idr9005", "http://www.w3.org/2000/01/rdf-schema#seeAlso") == ["https://doi.org/10.5555/a.b"]


@pytest.fixture(scope="module")
def idr(request):
    folder = request.config.rootpath.parent / "shared" / "data" / "inputs" / "idr"
    if not folder.is_dir():
        pytest.skip("the shared IDR tables are not here")
    return folder


def tables(idr, *studies):
    folders = [idr / study for study in studies] if studies else [p for p in sorted(idr.iterdir()) if p.name.startswith("idr")]
    return [path for folder in folders for path in sorted(folder.iterdir()) if "annotation" in path.name]


def filled(path):
    """Count filled cells by column with the csv module alone."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    text = data.decode("utf-8-sig")
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(rows)
    return Counter(name for row in rows for name, cell in zip(header, row, strict=False) if cell.strip())


@pytest.mark.parametrize("study", SMALL)
def test_no_cell_of_a_shared_table_vanishes(idr, study):
    for path in tables(idr, study):
        harness = Harness(keep=False)
        harness.add(path)
        ours = {name: count.filled for name, count in harness.counts().items() if count.filled}
        assert ours == dict(filled(path)), path.name
        for count in harness.tally.columns():
            assert count.filled == count.mapped + count.custom + count.missing, (path.name, count)


def share(tally, kind):
    """Return the mapped share of the 30 columns with most filled cells, numbers in their names folded."""
    folded: dict[tuple[str, str], list[int]] = {}
    for count in tally.columns():
        if count.mapping == kind:
            sums = folded.setdefault((count.table, re.sub(r"\d+", "#", count.column)), [0, 0])
            sums[0] += count.filled - count.missing
            sums[1] += count.mapped
    most = sorted(folded.values(), reverse=True)[:30]
    return sum(mapped for _, mapped in most) / sum(there for there, _ in most)


def test_nearly_all_of_the_frequent_keys_of_the_study_files_map(idr):
    harness = Harness(keep=False)
    harness.add(*[path for path in sorted(idr.glob("idr*/*study*")) if path.is_file()])
    assert share(harness.tally, "idr-study") >= 0.95


def test_images_of_a_shared_table_are_told_apart_unless_their_rows_are_equal(idr):
    for path in tables(idr, "idr0091"):
        harness = Harness()
        harness.add(path)
        images = {q.subject.value for q in harness.sink.quads() if q.object.value.endswith("IAO_0000101")}
        rows = next(iter(harness.readings.values())).tables["rows"].frame.drop("_row").collect()
        assert len(images) == rows.unique().height


@pytest.mark.slow
def test_nearly_all_of_the_frequent_columns_of_the_shared_tables_map(idr):
    harness = Harness(keep=False)
    for path in tables(idr):
        harness.add(path)
    assert len(harness.readings) > 300
    assert share(harness.tally, "idr-annotation") >= 0.95
    assert not harness.tally.problems()
