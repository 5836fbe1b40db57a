"""The mapping of OME-XML: every cell is accounted for, and what a microscopist would ask is answered from the statements."""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import numpy as np
import pyoxigraph as ox
import pytest
import tifffile
import yaml

from kg import readers
from kg.curie import KG, PREFIXES
from kg.mapping import Decisions, Loaded, Run, Tally, load_mappings, recognise
from kg.mapping.columns import fold
from kg.pipeline import Pipeline, Settings
from kg.schema import load_schema
from kg.table import TEXT
from kg.term import Decision

ROOT = Path(__file__).resolve().parent.parent
OME = PREFIXES["ome"]
SCHEMA = load_schema()
MAPPINGS = load_mappings()
SI = ["Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "", "d", "c", "m", "µ", "n", "p", "f", "a", "z", "y"]
LIGHT_PATH = ROOT / "tests" / "cases" / "ome" / "light-path" / "input.ome.xml"


class Kept:
    """A Sink that keeps what comes."""

    def __init__(self):
        self.blocks = []

    def own(self, blocks):
        self.blocks.extend(blocks.to_list())

    shared = own


def tallied(*paths):
    """Map files together and without terms; return where the cells went."""
    tally, sink = Tally(), Kept()
    resolve = lambda queries: {query: Decision(query, "none", (), "no terms here", "test") for query in queries}  # noqa: E731
    loaded, taken = [], set()
    for source in [found for path in paths for found in readers.discover([path])]:
        reading = readers.read(source)
        found = recognise(reading, source.key, MAPPINGS)
        assert found is not None, source.key
        taken.add(found.mapping.mapping)
        loaded.append(Loaded(f"{KG}id/source/{source.key}", source.key, reading, found.variables))
    assert taken == {"ome"}
    Run(found.mapping, SCHEMA, Decisions(SCHEMA, resolve, KG + "software/test"), tally, sink).add(loaded)
    return tally, sink


def said(path):
    """Return the statements of a file as a store, and its Problems."""
    [seen] = Pipeline(Settings(version="test")).inspect(path)
    assert seen.mapping == "ome"
    store = ox.Store()
    store.bulk_load(seen.trig.encode(), format=ox.RdfFormat.TRIG)
    return store, seen.problems


def ask(store, pattern):
    """Return the values of ?x, as text, of a graph pattern over all sources."""
    head = "".join(
        f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("kg", "ome", "schema", "prov", "sosa", "obo", "dcterms", "dcat")
    )
    found = store.query(f"{head} SELECT DISTINCT ?x WHERE {{ {pattern} }}", use_default_graph_as_union=True)
    return sorted(row["x"].value for row in found)


def named(slot):
    return f"<{SCHEMA.slot('Image', slot).iri}>"


def document(tmp_path, body, *, version="2016-06", name="a.ome.xml"):
    path = tmp_path / name
    path.write_text(f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/{version}">{body}</OME>', encoding="utf-8")
    return path


def image(pixels="", inside="", attributes=""):
    return (
        f'<Image ID="Image:0" Name="i">{inside}<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="4" SizeY="4" SizeZ="1" '
        f'SizeC="1" SizeT="1" {attributes}>{pixels}</Pixels></Image>'
    )


# ------------------------------------------------------------------------------------------------------ nothing vanishes


def cells_of(data):
    """Count what an OME document says, without any of our code: attributes and texts that are not blank."""
    count = 0
    for element in ET.fromstring(data).iter():  # noqa: S314 - files that we know
        count += own_cells(element)
    return count - sum(own_cells(deep) for value in foreign(data) for deep in value.iter()) + len(foreign(data))


def own_cells(element):
    local = element.tag.split("}")[-1]
    texts = [element.text or "", *(child.tail or "" for child in element)]
    count = sum(1 for value in element.attrib.values() if value.strip())
    if local in {"BinData", "BinaryData"}:
        return count
    return count + any(text.strip() for text in texts)


def foreign(data):
    """Return the values of XML annotations, each of which is one cell."""
    return [
        child
        for annotation in ET.fromstring(data).iter()  # noqa: S314 - files that we know
        if annotation.tag.endswith("}XMLAnnotation")
        for child in annotation
        if child.tag.endswith("}Value") and ("".join(child.itertext()).strip() or len(child))
    ]


@pytest.fixture(scope="module")
def of_shared(shared):
    return tallied(shared / "data" / "inputs" / "ome")


def xml_of(path):
    if path.suffix == ".tif":
        with tifffile.TiffFile(path) as tiff:
            return tiff.pages.first.description.encode()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_every_cell_of_the_shared_files_is_mapped_custom_or_missing(shared, of_shared):
    columns = of_shared[0].columns()
    assert [c for c in columns if c.filled != c.mapped + c.custom + c.missing] == []
    files = [path for path in (shared / "data" / "inputs" / "ome").rglob("*") if path.is_file()]
    assert len(files) == 53
    assert sum(c.filled for c in columns if c.table != "TiffFile") == sum(cells_of(xml_of(path)) for path in files)


def test_the_frequent_columns_of_the_shared_files_fill_slots(of_shared):
    columns = sorted(of_shared[0].columns(), key=lambda c: -c.filled)
    frequent = columns[:30]
    assert sum(c.mapped for c in frequent) >= 0.95 * sum(c.filled for c in frequent)
    assert sum(c.mapped for c in columns) >= 0.99 * sum(c.filled for c in columns)
    assert not any(c.missing for c in columns), "OME has no words for a missing value"
    assert list(of_shared[0].problems()) == []


def test_statements_of_the_shared_files_are_valid_and_point_at_records_that_are_there(of_shared):
    store = ox.Store()
    store.bulk_load("".join(of_shared[1].blocks).encode(), format=ox.RdfFormat.TRIG)
    subjects = {quad.subject for quad in store}
    derived = PREFIXES["prov"] + "wasDerivedFrom"
    lost = {
        (quad.predicate.value, quad.object.value)
        for quad in store
        if isinstance(quad.object, ox.NamedNode)
        and quad.predicate.value != derived
        and "/id/source/" in quad.object.value
        and quad.object not in subjects
    }
    assert lost == set()


def test_text_beside_attributes_reaches_the_custom_layer_when_no_rule_takes_it(tmp_path):
    path = document(tmp_path, '<Curiosity Kind="odd">only text</Curiosity>')
    tally, sink = tallied(path)
    counts = {c.column: (c.filled, c.custom) for c in tally.columns() if c.table == "Curiosity"}
    assert counts == {"Kind": (1, 1), TEXT: (1, 1)}
    assert f'<{KG}custom/ome/_text>"only text"' in "".join(sink.blocks)


# ------------------------------------------------------------------------------------------------------- the light path


@pytest.fixture(scope="module")
def light_path():
    store, problems = said(LIGHT_PATH)
    assert [problem for problem in problems if problem.severity == "error"] == []
    return store


METAPHASE = '?i schema:name "metaphase" .'


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("?i kg:objective/ome:lens_na ?x", ["1.4"]),
        ("?i kg:objective/ome:immersion ?x", [f"{OME}ObjectiveImmersion#Oil"]),
        ("?i kg:objective/ome:working_distance ?x", ["130"]),
        ("?i kg:instrument/ome:model ?x", ["Ti2-E"]),
        ("?i kg:instrument/sosa:hasSubSystem/ome:lens_na ?x", ["1.4"]),
        ('?i kg:channel ?c . ?c ome:fluor "EGFP" ; ome:excitation_wavelength ?x', ["488"]),
        ('?i kg:channel ?c . ?c ome:fluor "EGFP" ; ome:emission_wavelength ?x', ["525"]),
        ("?i kg:channel/kg:detector/ome:model ?x", ["ORCA-Fusion"]),
        ("?i kg:channel ?c . ?c kg:detector ?d ; ome:voltage ?x", ["650"]),
        ('?i kg:channel ?c . ?c ome:fluor "EGFP" ; kg:lightSource/ome:wavelength ?x', ["488"]),
        ("?i kg:channel/kg:lightSource ?l . ?l a ome:Laser ; ome:power ?x", ["100"]),
        ("?i kg:channel/ome:attenuation ?x", ["0.25"]),
        ("?i kg:channel/ome:filter_set/kg:emissionFilter/ome:cut_in ?x", ["500"]),
        ("?i kg:channel/kg:excitationFilter/ome:cut_out ?x", ["500"]),
        ("?i kg:channel/ome:dichroic/ome:model ?x", ["506"]),
        ("?i kg:channel/ome:exposure_time ?x", ["0.01", "0.05"]),
        ("?i kg:settings/ome:temperature ?x", ["37"]),
        ("?i kg:settings/ome:co2_percent ?x", ["5"]),
        ("?i kg:settings/ome:air_pressure ?x", ["1013"]),
        ("?i kg:settings/ome:refractive_index ?x", ["1.515"]),
        ("?i kg:settings/ome:stage_label ?x", ["P7"]),
        ("?i ome:position_x ?x", ["12000"]),
        ("?i schema:author/schema:name ?x", ["Ada Ek"]),
        ("?i schema:author/schema:affiliation/schema:name ?x", ["Institute of Cells"]),
        ("?i prov:wasGeneratedBy/prov:wasAssociatedWith/schema:email ?x", ["ada.ek@example.org"]),
        ("?i schema:isPartOf/schema:name ?x", ["Day 1"]),
        ("?i schema:isPartOf/schema:isPartOf/schema:name ?x", ["Spindle"]),
        ("?i schema:keywords ?x", ["mitosis"]),
        ("?i schema:comment ?x", ["best cell of the day"]),
        ("?i kg:representation/dcterms:format ?x", ["OME-XML"]),
        ("?i kg:representation/kg:conversionSoftware ?x", ["Stage Control 4.1"]),
        ("?p a ome:Plane ; schema:isPartOf ?i ; ome:the_z 1 ; ome:delta_t ?x", ["0.5"]),
        ("?p a ome:Plane ; schema:isPartOf ?i ; kg:stageFrameY ?x", ["3.5"]),
        ("?s schema:isPartOf/schema:isPartOf/kg:sourceImage ?i ; ome:y ?x", ["12.5"]),
        ("?s schema:isPartOf/schema:isPartOf/kg:sourceImage ?i ; kg:transformationMatrix ?x", ["1 0 3; 0 1 4"]),
        ("?i kg:hasAnnotation/kg:annotationType ?x", [f"{KG}annotation-type/geometrical_annotations"]),
        ('?i kg:hasAnnotation/schema:additionalProperty ?f . ?f schema:propertyID "Turret" ; schema:value ?x', ["DIC N2"]),
        ('?i schema:additionalProperty ?f . ?f schema:propertyID "Operator\'s mood" ; schema:value ?x', ["calm"]),
    ],
)  # fmt: skip
def test_the_light_path_of_an_image_answers(light_path, pattern, answer):
    assert ask(light_path, f"{METAPHASE} {pattern}") == sorted(answer)


@pytest.mark.parametrize(
    ("slot", "terms"),
    [
        ("imaging_method", ["FBbi_00000245", "FBbi_00000246", "FBbi_00000253", "FBbi_00000277"]),
        ("organism", ["NCBITaxon_9606"]),
        ("cell_line", ["EFO_0001185"]),
    ],
)
def test_words_of_ome_and_its_key_value_pairs_become_terms_of_the_image(light_path, slot, terms):
    found = ask(light_path, f"{METAPHASE} ?i {named(slot)} ?x")
    assert [iri.rsplit("/", 1)[-1] for iri in found] == terms


def test_key_value_pairs_fill_text_slots_and_reagents_too(light_path):
    assert ask(light_path, f"{METAPHASE} ?i {named('gene_symbol')} ?x") == ["TUBB"]
    assert ask(light_path, f"{METAPHASE} ?i {named('reagent')}/schema:name ?x") == ["DM1A"]


def test_every_word_of_the_mapping_for_imaging_methods_is_a_label_of_fbbi():
    rows = (ROOT / "ontologies" / "terms" / "fbbi.tsv").read_text(encoding="utf-8").splitlines()
    labels = {row.split("\t")[1] for row in rows if row.startswith("FBbi:")}
    records = yaml.safe_load((ROOT / "mappings" / "ome.yaml").read_text(encoding="utf-8"))["records"]
    [channel] = [record for record in records if record["name"] == "channel"]
    words = {word for rule in channel["slots"]["imaging_method"] for word in rule["values"].values()}
    assert words - labels == set()


# ------------------------------------------------------------------------------------------------------------------ units


@pytest.mark.parametrize(
    ("attributes", "size"),
    [('PhysicalSizeX="65" PhysicalSizeXUnit="nm"', ["0.065"]), ('PhysicalSizeX="0.0003" PhysicalSizeXUnit="mm"', ["0.3"]),
     ('PhysicalSizeX="0.25"', ["0.25"]), ('PhysicalSizeX="1" PhysicalSizeXUnit="thou"', ["25.4"]), ('PhysicalSizeX="2" PhysicalSizeXUnit="Å"', ["0.0002"]),
     ('PhysicalSizeX="0.0"', [])],
)  # fmt: skip
def test_a_pixel_size_is_in_micrometres_whatever_its_unit(tmp_path, attributes, size):
    store, problems = said(document(tmp_path, image(attributes=attributes)))
    assert ask(store, "?i ome:physical_size_x ?x") == size
    assert problems == ()


def test_a_size_in_pixels_is_a_problem_and_stays_in_the_custom_layer(tmp_path):
    store, problems = said(document(tmp_path, image(attributes='PhysicalSizeX="1" PhysicalSizeXUnit="pixel"')))
    assert ask(store, "?i ome:physical_size_x ?x") == []
    assert ask(store, "?i <https://w3id.org/bioimage-kg/custom/ome/PhysicalSizeX> ?x") == ["1"]
    [problem] = problems
    assert (problem.column, problem.found) == ("PhysicalSizeX", "'1'")
    assert "'pixel'" in problem.expected


@pytest.mark.parametrize("unit", ["", 'PositionXUnit="reference frame"'])
def test_a_position_in_the_frame_of_the_stage_is_no_length(tmp_path, unit):
    plane = f'<Plane TheZ="0" TheC="0" TheT="0" PositionX="42" {unit}/>'
    store, problems = said(document(tmp_path, image(plane)))
    assert ask(store, "?p kg:stageFrameX ?x") == ["42"]
    assert ask(store, "?p ome:position_x ?x") == []
    assert problems == ()


def test_every_unit_of_the_ome_enumerations_but_those_without_a_fixed_size_is_known(tmp_path):
    planes = "".join(
        f'<Plane TheZ="{n}" TheC="0" TheT="0" DeltaT="1" DeltaTUnit="{time}"/>'
        for n, time in enumerate([*(f"{prefix}s" for prefix in SI), "min", "h", "d"])
    )
    _, problems = said(document(tmp_path, image(planes)))
    assert [problem.expected for problem in problems] == []


# ------------------------------------------------------------------------------------------------- links and odd documents


def test_a_reference_to_what_is_not_there_is_a_problem(tmp_path):
    path = document(
        tmp_path,
        image(inside='<InstrumentRef ID="Instrument:9"/>') + '<Dataset ID="Dataset:0"><ImageRef ID="Image:7"/></Dataset>',
    )
    _, problems = said(path)
    assert {(p.column, p.found) for p in problems} == {("InstrumentRef", "'Instrument:9'"), ("ImageRef", "'Image:7'")}


def test_images_of_a_plate_know_their_well_and_the_well_its_screen():
    store, _ = said(ROOT / "tests" / "cases" / "ome" / "plate-of-2010" / "input.ome.xml")
    assert ask(store, "?i a obo:IAO_0000101 ; schema:isPartOf ?w . ?w a ome:Well ; schema:name ?x") == ["B07"]
    assert ask(
        store, "?i a obo:IAO_0000101 ; schema:isPartOf ?w . ?w a ome:Well ; schema:isPartOf/schema:isPartOf/schema:name ?x"
    ) == ["Kinesin screen"]
    assert ask(store, "?i a obo:IAO_0000101 ; kg:objective/ome:lens_na ?x") == ["0.75"]
    assert ask(
        store, "?i a obo:IAO_0000101 ; kg:channel/kg:lightSource ?l . ?l a ome:Laser ; ome:pump/kg:lightSourceType ?x"
    ) == ["HgXe"]


def test_a_plate_with_numbered_rows_gets_no_name_like_b07(tmp_path):
    plate = '<Plate ID="Plate:0" RowNamingConvention="number" ColumnNamingConvention="letter"><Well ID="Well:0" Row="1" Column="6"/></Plate>'
    store, _ = said(document(tmp_path, plate))
    assert ask(store, "?w a ome:Well ; schema:name ?x") == ["row 1, column 6"]
    assert ask(store, "?w kg:wellName ?x") == []


def test_a_channel_of_2008_is_a_logical_channel(tmp_path):
    body = (
        '<Image ID="Image:0" Name="old" DefaultPixels="Pixels:0"><CreationDate>2008-02-06T13:43:19</CreationDate>'
        '<LogicalChannel ID="LogicalChannel:0" Name="red" ExWave="561" EmWave="600" NdFilter="0.5" Mode="LaserScanningMicroscopy">'
        '<DetectorRef ID="Detector:0" Gain="3"/><ChannelComponent Index="0" Pixels="Pixels:0"/></LogicalChannel>'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" PixelType="uint8" SizeX="2" SizeY="2" SizeZ="1" SizeC="1" SizeT="1"/></Image>'
        '<Instrument ID="Instrument:0"><Detector ID="Detector:0" Type="PMT"/></Instrument>'
    )
    store, problems = said(document(tmp_path, body, version="2008-09"))
    assert problems == ()
    assert ask(store, '?i schema:name "old" ; kg:channel/ome:emission_wavelength ?x') == ["600"]
    assert ask(store, '?i schema:name "old" ; kg:channel/kg:detector/kg:detectorType ?x') == ["PMT"]
    assert ask(store, '?i schema:name "old" ; kg:channel/ome:gain ?x') == ["3"]
    assert [iri[-8:] for iri in ask(store, f'?i schema:name "old" ; {named("imaging_method")} ?x')] == ["00000251"]


def test_channels_of_one_id_in_several_images_stay_apart(tmp_path):
    one = '<Image ID="Image:{n}" Name="i{n}"><Pixels ID="Pixels:{n}" Type="uint8"><Channel ID="Channel:0" Name="c{n}"/></Pixels></Image>'
    store, _ = said(document(tmp_path, one.format(n=0) + one.format(n=1)))
    assert ask(store, '?i schema:name "i0" ; kg:channel/schema:name ?x') == ["c0"]
    assert ask(store, '?i schema:name "i1" ; kg:channel/schema:name ?x') == ["c1"]


def test_an_image_without_a_name_or_an_id_still_has_a_name(tmp_path):
    store, _ = said(document(tmp_path, '<Image><Pixels Type="uint8"><Channel/></Pixels></Image>', name="bare.ome.xml"))
    assert ask(store, "?i a obo:IAO_0000101 ; schema:name ?x") == ["bare.ome.xml Image[1]"]
    assert ask(store, "?i a obo:IAO_0000101 ; kg:representation/kg:representationOf ?x") != []


def test_people_given_as_elements_are_read_as_those_given_as_attributes(tmp_path):
    body = '<Experimenter ID="E:0"><FirstName>Ada</FirstName><LastName>Ek</LastName><OMEName>aek</OMEName><Institution>IC</Institution></Experimenter>'
    store, problems = said(document(tmp_path, body, version="2007-06"))
    assert ask(store, "?p a schema:Person ; schema:name ?x") == ["Ada Ek"]
    assert ask(store, "?p a schema:Person ; schema:affiliation/schema:name ?x") == ["IC"]
    assert problems == ()


def test_people_can_be_left_out_of_an_ome_document():
    [seen] = Pipeline(Settings(version="test", persons="none")).inspect(LIGHT_PATH)
    assert not any(word in seen.trig for word in ("Ada", "Ek", "ada.ek@example.org"))


def test_an_exposure_that_varies_is_told_per_plane_and_once_per_channel(tmp_path):
    planes = "".join(f'<Plane TheZ="{z}" TheC="0" TheT="0" ExposureTime="0.{z + 1}"/>' for z in range(3))
    store, _ = said(document(tmp_path, image('<Channel ID="Channel:0"/>' + planes)))
    assert ask(store, "?p a ome:Plane ; ome:exposure_time ?x") == ["0.1", "0.2", "0.3"]
    assert ask(store, "?c a ome:Channel ; ome:exposure_time ?x") == ["0.1"]


def test_an_annotation_of_many_images_describes_each_of_them(tmp_path):
    images = "".join(f'<Image ID="Image:{n}" Name="i{n}"><AnnotationRef ID="Annotation:0"/></Image>' for n in range(3))
    pairs = '<MapAnnotation ID="Annotation:0"><Value><M K="organism">Mus musculus</M><M K="Note"> </M></Value></MapAnnotation>'
    store, _ = said(document(tmp_path, f"{images}<StructuredAnnotations>{pairs}</StructuredAnnotations>"))
    organism = named("organism")
    assert ask(store, f"?i {organism} <http://purl.obolibrary.org/obo/NCBITaxon_10090> ; schema:name ?x") == ["i0", "i1", "i2"]


# --------------------------------------------------------------------------------------------------------------- OME-TIFF


def test_an_ome_tiff_says_what_it_holds_and_how_it_is_stored(tmp_path):
    path = tmp_path / "cells.ome.tif"
    metadata = {
        "axes": "CYX",
        "PhysicalSizeX": 0.11,
        "PhysicalSizeXUnit": "µm",
        "Channel": {"Name": ["DAPI", "GFP"]},
        "Name": "cells",
    }
    tifffile.imwrite(path, np.zeros((2, 16, 24), np.uint16), ome=True, metadata=metadata, photometric="minisblack")
    store, problems = said(path)
    assert problems == ()
    assert ask(store, "?i a obo:IAO_0000101 ; schema:name ?x") == ["cells"]
    assert ask(store, "?i a obo:IAO_0000101 ; kg:sizeX ?x") == ["24"]
    assert ask(store, "?i kg:channel/schema:name ?x") == ["DAPI", "GFP"]
    assert ask(store, "?i kg:representation/dcterms:format ?x") == ["OME-TIFF"]
    assert ask(store, "?i kg:representation/kg:pageCount ?x") == ["2"]


def test_an_ome_tiff_with_the_whole_light_path_answers_as_the_xml_does(tmp_path):
    path = tmp_path / "light.ome.tif"
    tifffile.imwrite(path, np.zeros((4, 8), np.uint8), description=LIGHT_PATH.read_bytes(), metadata=None)
    store, _ = said(path)
    assert ask(store, f"{METAPHASE} ?i kg:objective/ome:lens_na ?x") == ["1.4"]
    assert ask(store, f"{METAPHASE} ?i kg:representation/dcterms:format ?x") == ["OME-TIFF"]


def test_every_attribute_of_the_case_fills_a_slot():
    tally, _ = tallied(LIGHT_PATH)
    left = Counter({(c.table, fold(c.column)): c.custom for c in tally.columns() if c.custom})
    assert left == Counter()
