"""What the mappings make of RO-Crates and of exports of lab notebooks: foundingGIDE, eLabFTW, Kadi4Mat and strangers."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter, defaultdict
from functools import cached_property
from urllib.parse import quote

import polars as pl
import pyoxigraph as ox
import pytest

from kg import readers
from kg.mapping import Decisions, Loaded, Run, Tally, load_mappings, recognise
from kg.schema import load_schema
from kg.table import Source
from kg.term import Decision, Match, Term

SCHEMA = load_schema()
MAPPINGS = load_mappings()
SCHEMA_ORG = "http://schema.org/"
KG = "https://w3id.org/bioimage-kg/"
OME = "https://ld.openmicroscopy.org/core/"
METHOD = "http://rs.tdwg.org/dwc/iri/measurementMethod"
FBBI = re.compile(r"FBbi[_:](\d+)")


def by_accession(queries):
    """Accept what the source itself gives as a term, so that tests do not depend on the term index."""
    answers = {}
    for query in queries:
        found = FBBI.search(query.accession)
        iri = f"http://purl.obolibrary.org/obo/FBbi_{found[1]}" if found else query.accession
        match = Match(Term(query.accession, query.text, iri), 1, "accession", "given by the source")
        accepted = iri.startswith("http")
        answers[query] = Decision(query, "accepted" if accepted else "none", (match,) if accepted else (), "for the test", "kg")
    return answers


class Sink:
    def __init__(self):
        self.blocks = []

    def own(self, blocks: pl.Series) -> None:
        self.blocks.append(blocks)

    shared = own


class Mapped:
    """Crates, mapped: where the cells went, and the statements."""

    def __init__(self, paths, root):
        self.tally, self.sink, self.readings, self.names = Tally(), Sink(), [], Counter()
        decisions = Decisions(SCHEMA, by_accession, KG + "software/test")
        by_mapping = defaultdict(list)
        for path in paths:
            source = Source(path, path.relative_to(root).as_posix())
            reading = readers.read(source)
            found = recognise(reading, source.key, MAPPINGS)
            self.readings.append(reading)
            self.names[found.mapping.mapping] += 1
            by_mapping[found.mapping.mapping].append(
                (found.mapping, Loaded(f"https://e.org/{source.key}", source.key, reading, found.variables))
            )
        for pairs in by_mapping.values():
            Run(pairs[0][0], SCHEMA, decisions, self.tally, self.sink).add([loaded for _, loaded in pairs])

    @cached_property
    def quads(self):
        text = "".join(text for blocks in self.sink.blocks for text in blocks.drop_nulls().to_list())
        return list(ox.parse(text, format=ox.RdfFormat.TRIG))

    @property
    def objects(self):
        """Predicate IRI to objects as texts."""
        found = defaultdict(set)
        for quad in self.quads:
            found[quad.predicate.value].add(quad.object.value)
        return found

    def share(self, mapping, most=30):
        """Share of cells that are mapped in the most frequent columns."""
        columns = [c for c in self.tally.columns() if c.mapping == mapping][:most]
        return sum(c.mapped for c in columns) / sum(c.filled for c in columns)


def filled_cells(reading):
    """Count the filled cells of a reading, without the structure that the reader adds."""
    count = 0
    for table in reading.tables.values():
        frame = table.frame.collect()
        for name in frame.columns:
            if not name.startswith("_"):
                values = frame[name].explode() if isinstance(frame[name].dtype, pl.List) else frame[name]
                count += int((values.drop_nulls().str.strip_chars() != "").sum())
    return count


def assert_every_cell_is_somewhere(mapped):
    columns = mapped.tally.columns()
    assert sum(c.filled for c in columns) == sum(map(filled_cells, mapped.readings))
    assert all(c.filled == c.mapped + c.custom + c.missing and min(c.mapped, c.custom, c.missing) >= 0 for c in columns)
    custom = sum(c.custom for c in columns)
    kept = sum(quad.predicate.value.startswith(KG + "custom/") for quad in mapped.quads)
    # The same text twice in one cell is one statement; texts that the store would rewrite stand there as well.
    assert kept >= 0.9 * custom


def gide_paths(shared, step=1):
    folder = shared / "data/inputs/gide/crates"
    if not folder.is_dir():
        pytest.skip("the foundingGIDE crates are not in ../shared")
    return sorted(folder.iterdir())[::step], folder


def eln_paths(shared):
    folder = shared / "data/inputs/eln/eln"
    if not folder.is_dir():
        pytest.skip("the exports of lab notebooks are not in ../shared")
    return sorted(folder.rglob("*.eln")), folder


@pytest.fixture(scope="module")
def gide(shared):
    return Mapped(*gide_paths(shared))


@pytest.fixture(scope="module")
def notebooks(shared):
    return Mapped(*eln_paths(shared))


def test_every_gide_crate_has_the_gide_mapping_and_no_cell_is_lost(gide):
    assert gide.names == Counter({"gide-crate": len(gide.readings)})
    assert_every_cell_is_somewhere(gide)


def test_at_least_95_percent_of_the_frequent_cells_of_gide_crates_are_mapped(gide):
    assert gide.share("gide-crate") >= 0.95
    assert gide.share("gide-crate", most=1000) >= 0.95


def test_gide_studies_are_found_by_the_imaging_method_that_they_give(gide):
    found = defaultdict(set)
    for quad in gide.quads:
        if quad.predicate.value == METHOD and "/study/" in quad.subject.value:
            found[quad.object.value.rpartition("_")[2]].add(quad.subject.value)
    assert (len(found["00000251"]), len(found["00000246"])) == (211, 247)


def test_every_gide_study_has_name_organism_publisher_and_licence(gide):
    said = defaultdict(set)
    for quad in gide.quads:
        if quad.subject.value.startswith(KG + "id/study/"):
            said[quad.predicate.value].add(quad.subject.value)
    for name in ("name", "publisher", "license", "identifier", "datePublished"):
        assert len(said[SCHEMA_ORG + name]) == len(gide.readings), name
    assert len(said[SCHEMA_ORG + "taxonomicRange"]) > 0.95 * len(gide.readings)


def test_taxon_numbers_padded_with_zeros_are_one_taxon(gide):
    taxa = {q.subject.value for q in gide.quads if q.predicate.value == "http://rs.tdwg.org/dwc/terms/scientificName"}
    assert "http://purl.obolibrary.org/obo/NCBITaxon_9606" in taxa
    assert not any("NCBITaxon_0" in taxon for taxon in taxa)


def test_e_mail_addresses_that_are_none_are_told(gide):
    told = [problem for problem in gide.tally.problems() if problem.column == "email"]
    assert told
    assert all("@" in problem.found for problem in told)


def test_no_cell_of_any_lab_notebook_is_lost(notebooks):
    assert notebooks.names == Counter({"eln": len(notebooks.readings)})
    assert_every_cell_is_somewhere(notebooks)


def test_at_least_95_percent_of_the_frequent_cells_of_lab_notebooks_are_mapped(notebooks):
    assert notebooks.share("eln") >= 0.95


def test_every_entry_of_a_lab_notebook_has_a_name(notebooks):
    entries, named = set(), set()
    for quad in notebooks.quads:
        if quad.object == ox.NamedNode(KG + "ExperimentRecord"):
            entries.add(quad.subject.value)
        if quad.predicate.value == SCHEMA_ORG + "name":
            named.add(quad.subject.value)
    assert entries
    assert entries <= named


def test_the_aim_of_a_project_is_no_lens(notebooks):
    objectives = {q.subject.value for q in notebooks.quads if q.object.value == OME + "Objective"}
    assert not any("PASTA" in iri for iri in objectives)


def test_crates_of_other_converters_are_mapped_by_the_general_mapping(shared):
    folder = shared / "data/inputs/bia/rocrate"
    if not folder.is_dir():
        pytest.skip("the crates of the BioImage Archive converters are not in ../shared")
    mapped = Mapped(sorted(folder.rglob("ro-crate-metadata.json")), folder)
    assert set(mapped.names) <= {"ro-crate", "bia-crate"}
    assert_every_cell_is_somewhere(mapped)
    assert all(mapped.share(name) >= 0.95 for name in mapped.names)


def crate(*entities, context="https://w3id.org/ro/crate/1.2/context", root="./"):
    descriptor = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": root}}
    return json.dumps({"@context": context, "@graph": [descriptor, *entities]})


@pytest.fixture
def mapped_crate(tmp_path):
    def make(text, name="ro-crate-metadata.json"):
        path = tmp_path / name
        if name.endswith(".eln"):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("x/ro-crate-metadata.json", text)
        else:
            path.write_text(text, encoding="utf-8")
        return Mapped([path], tmp_path)

    return make


ODD = [
    {"@id": "./", "@type": "Dataset"},
    {
        "@id": "./",
        "@type": "Dataset",
        "name": ["Two", "names"],
        "author": "A. Person in words",
        "keywords": ["a, b", 7, True],
        "license": "CC BY",
    },
    {
        "@id": "./",
        "@type": ["Dataset", "lab:Run"],
        "datePublished": "some day",
        "size": "12 GB",
        "hasPart": [{"@id": "gone"}, "text"],
    },
    {
        "@id": "./",
        "@type": "Dataset",
        "about": [{"@type": "Taxon", "name": "Mus musculus"}],
        "measurementMethod": ["confocal", {"@id": "#p"}],
    },
    {
        "@id": "./",
        "@type": "Dataset",
        "author": {"@type": "Person", "name": "Inline", "affiliation": {"@type": "Organization", "name": "Here"}},
    },
    {
        "@id": "./",
        "@type": "Dataset",
        "variableMeasured": [{"name": "Organism"}, {"value": "only a value"}, "plain", {"@id": "#none"}],
    },
    {
        "@id": "./",
        "@type": "Dataset",
        "step": [{"@type": "HowToStep", "position": "first", "itemListElement": "words"}],
        "comment": "a remark",
    },
]


@pytest.mark.parametrize("name", ["ro-crate-metadata.json", "notebook.eln"])
@pytest.mark.parametrize("root", ODD, ids=range(len(ODD)))
def test_odd_crates_of_unknown_producers_are_mapped_without_loss(mapped_crate, root, name):
    strange = {"@id": "#x", "@type": "lab:Gadget", "lab:colour": "green", "lab:parts": [{"lab:part": "screw"}]}
    mapped = mapped_crate(crate(root, strange), name)
    assert_every_cell_is_somewhere(mapped)
    texts = {text for found in mapped.objects.values() for text in found}
    assert {"green", "screw"} <= texts


@pytest.mark.parametrize("root", ODD, ids=range(len(ODD)))
def test_odd_crates_of_the_gide_profile_are_mapped_without_loss(mapped_crate, root):
    page = "https://images.example.org/entry/X-1"
    context = ["https://w3id.org/ro/crate/1.2/context", {"measurementMethod": "http://rs.tdwg.org/dwc/iri/measurementMethod"}]
    mapped = mapped_crate(crate({**root, "@id": page}, context=context, root=page))
    assert set(mapped.names) == {"gide-crate"}
    assert_every_cell_is_somewhere(mapped)
    whole_address = KG + "id/study/" + quote(page, safe="")
    assert any(quad.subject.value == whole_address for quad in mapped.quads), (
        "a study of no known repository is named by its whole address, which no other repository has"
    )


def test_a_crate_without_root_keeps_everything(mapped_crate):
    entity = {"@id": "#a", "@type": "DefinedTerm", "name": "lonely"}
    mapped = mapped_crate(json.dumps({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [entity]}))
    assert "lonely" in {text for found in mapped.objects.values() for text in found}


FIELDS = [
    ("Organism", "Mus musculus", "organism"),
    ("Probe.Spezies", "Mus musculus", "organism"),
    ("Zelllinie", "HeLa", "cell_line"),
    ("Imaging technique", "confocal microscopy", "imaging_method"),
    ("Fluorophore", "DAPI; FITC", "fluorophore"),
]


@pytest.mark.parametrize(("key", "value", "field"), FIELDS)
def test_custom_fields_with_usual_names_fill_term_slots(mapped_crate, key, value, field):
    entry = {
        "@id": "./e/",
        "@type": "Dataset",
        "name": "E",
        "variableMeasured": [{"@id": "#f", "@type": "PropertyValue", "propertyID": key, "value": value}],
    }
    mapped = mapped_crate(crate({"@id": "./", "@type": "Dataset", "hasPart": [{"@id": "./e/"}]}, entry), "n.eln")
    decisions = {q.subject.value for q in mapped.quads if q.predicate.value == KG + "field" and q.object.value == field}
    assert len(decisions) == len(value.split(";"))


@pytest.mark.parametrize(
    ("key", "cell", "predicate", "expected"),
    [
        ("Exposure time", ("150", "ms"), OME + "exposure_time", "0.15"),
        ("Belichtungszeit (ms)", ("20", None), OME + "exposure_time", "0.02"),
        ("Exposure", ("2 s", None), OME + "exposure_time", "2"),
        ("Temperature", ("310.15", "K"), None, "37"),
        ("Objective", ("Plan-Apochromat 63x/1.40 Oil DIC", None), OME + "lens_na", "1.4"),
        ("Numerical aperture", ("0.75", None), OME + "lens_na", "0.75"),
        ("Anregung [nm]", ("488", None), OME + "excitation_wavelength", "488"),
        ("Emission wavelength", ("520 nm", None), OME + "emission_wavelength", "520"),
        ("Pixel size", ("65", "nm"), OME + "physical_size_x", "0.065"),
        ("Microscope", ("LSM 880", None), SCHEMA_ORG + "name", "LSM 880"),
        ("Concentration", ("5 uM", None), KG + "compoundConcentration", "5"),
    ],
)
def test_custom_fields_with_usual_names_fill_numbers_with_their_unit(mapped_crate, key, cell, predicate, expected):
    value, unit = cell
    field = {"@id": "#f", "@type": "PropertyValue", "propertyID": key, "value": value, **({"unitText": unit} if unit else {})}
    entry = {"@id": "./e/", "@type": "Dataset", "name": "E", "variableMeasured": [{"@id": "#f"}]}
    mapped = mapped_crate(crate({"@id": "./", "@type": "Dataset"}, entry, field), "n.eln")
    if predicate is None:
        predicate = SCHEMA.slot("AcquisitionSettings", "temperature").iri
    assert expected in mapped.objects[predicate]
    assert value in mapped.objects[SCHEMA_ORG + "value"], "the field itself is kept as it was written"


def test_a_number_without_unit_is_not_guessed(mapped_crate):
    field = {"@id": "#f", "@type": "PropertyValue", "propertyID": "Exposure time", "value": "150"}
    entry = {"@id": "./e/", "@type": "Dataset", "name": "E", "variableMeasured": [{"@id": "#f"}]}
    mapped = mapped_crate(crate({"@id": "./", "@type": "Dataset"}, entry, field), "n.eln")
    assert not mapped.objects[OME + "exposure_time"]
