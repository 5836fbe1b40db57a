"""OME-XML as tables: every attribute and text is a cell, and companions are followed no further than their folder."""

import gzip
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from kg.errors import LimitError, SourceError
from kg.readers import ome_elements, ome_xml
from kg.readers.limits import Limits
from kg.readers.peek import peek
from kg.readers.safe_xml import inner_xml, load
from kg.table import Source

LIMITS = Limits()
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "inputs"
OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

CONFOCAL = f"""<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="{OME}" xmlns:xsi="{XSI}" xsi:schemaLocation="{OME} {OME}/ome.xsd" Creator="a test" UUID="urn:uuid:1">
  <Instrument ID="Instrument:0">
    <Microscope Type="Inverted" Manufacturer="Zeiss" Model="LSM 880"/>
    <Laser ID="LightSource:0" Power="10" PowerUnit="mW" Wavelength="561"><Pump ID="LightSource:1"/></Laser>
    <LightEmittingDiode ID="LightSource:1"/>
    <Detector ID="Detector:0" Type="PMT"/>
    <Objective ID="Objective:0" LensNA="1.4" NominalMagnification="63" Immersion="Oil"/>
    <FilterSet ID="FilterSet:0"><ExcitationFilterRef ID="Filter:0"/><ExcitationFilterRef ID="Filter:1"/></FilterSet>
    <Filter ID="Filter:0"><TransmittanceRange CutIn="550" CutInUnit="nm"/></Filter>
    <Filter ID="Filter:1"/>
  </Instrument>
  <Image ID="Image:0" Name="HeLa">
    <AcquisitionDate>2020-01-02T03:04:05</AcquisitionDate>
    <Description> 7 µm </Description>
    <InstrumentRef ID="Instrument:0"/>
    <ObjectiveSettings ID="Objective:0" Medium="Oil"/>
    <ImagingEnvironment Temperature="37" TemperatureUnit="°C"><Map><M K="room">B2</M></Map></ImagingEnvironment>
    <Pixels ID="Pixels:0" SizeC="2" PhysicalSizeX="0.1" PhysicalSizeXUnit="µm">
      <Channel ID="Channel:0" Name="mCherry"><LightPath/></Channel>
      <Channel Name=""><LightPath><DichroicRef ID="Dichroic:0"/></LightPath></Channel>
      <BinData BigEndian="false" Length="4"> AAAA </BinData>
      <BinData>BBBBBBBB</BinData>
    </Pixels>
    <AnnotationRef ID="Annotation:0"/>
    <AnnotationRef ID="Annotation:1"/>
  </Image>
  <Image Name="no ID"><Pixels ID="Pixels:1"><MetadataOnly/></Pixels></Image>
  <StructuredAnnotations>
    <MapAnnotation ID="Annotation:0" Namespace="lab"><Value><M K="species">mouse</M><M K="note"> </M><M K="none"/></Value></MapAnnotation>
    <XMLAnnotation ID="Annotation:1"><Description>raw</Description><Value>
      <Meta xmlns="urn:meta" xsi:type="t"><Key>a &lt; b</Key></Meta></Value></XMLAnnotation>
  </StructuredAnnotations>
</OME>
"""


def written(path, text=CONFOCAL, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return Source(path, f"box/{path.name}")


def tables(source, limits=LIMITS):
    return {kind: table.frame.collect() for kind, table in ome_xml.read(source, limits).tables.items()}


def claimed(path):
    return ome_xml.claims(peek(Source(path, path.name)))


@pytest.fixture
def confocal(tmp_path):
    return tables(written(tmp_path / "confocal.ome.xml"))


def test_each_kind_of_element_has_a_table_in_document_order(confocal):
    assert list(confocal)[:5] == ["OME", "Instrument", "Microscope", "Laser", "Pump"]
    assert confocal["Objective"].row(0, named=True) == {
        "_row": 8,
        "_id": "Instrument[1]/Objective[1]",
        "_parent": "Instrument[1]",
        "_parent_kind": "Instrument",
        "_index": "0",
        "_image": None,
        "_instrument": "Instrument:0",
        "_plate": None,
        "ID": "Objective:0",
        "LensNA": "1.4",
        "NominalMagnification": "63",
        "Immersion": "Oil",
    }


def test_attributes_and_leaf_texts_are_kept_as_they_stand(confocal):
    image = confocal["Image"].row(0, named=True)
    assert image["AcquisitionDate"] == ["2020-01-02T03:04:05"]
    assert image["Description"] == [" 7 µm "]
    assert image["InstrumentRef"] == ["Instrument:0"]
    assert image["AnnotationRef"] == ["Annotation:0", "Annotation:1"]
    assert confocal["FilterSet"]["ExcitationFilterRef"].to_list() == [["Filter:0", "Filter:1"]]
    assert confocal["Channel"]["Name"].to_list() == ["mCherry", ""]
    assert confocal["Channel"]["ID"].to_list() == ["Channel:0", None]
    assert confocal["OME"][f"{{{XSI}}}schemaLocation"].to_list() == [f"{OME} {OME}/ome.xsd"]


def test_an_empty_element_is_a_mark_on_its_parent_and_a_full_one_a_row(confocal):
    assert confocal["Channel"]["LightPath"].to_list() == [[""], None]
    assert confocal["LightPath"].select("_parent", "_parent_kind", "DichroicRef").rows() == [
        ("Image[1]/Pixels[1]/Channel[2]", "Channel", ["Dichroic:0"])
    ]
    assert confocal["Pixels"]["MetadataOnly"].to_list() == [None, [""]]


def test_rows_say_in_which_image_and_instrument_they_stand(confocal):
    assert confocal["Image"]["_image"].to_list() == ["Image:0", "Image[2]"]
    assert confocal["Pixels"]["_image"].to_list() == ["Image:0", "Image[2]"]
    assert confocal["TransmittanceRange"]["_instrument"].to_list() == ["Instrument:0"]
    assert confocal["Channel"]["_index"].to_list() == ["0", "1"]


def test_key_value_pairs_keep_blank_values_and_their_annotation(confocal):
    assert confocal["M"].select("K", "_text", "_annotation").rows() == [
        ("room", "B2", None),
        ("species", "mouse", "Annotation:0"),
        ("note", " ", "Annotation:0"),
        ("none", "", "Annotation:0"),
    ]


def test_the_value_of_an_xml_annotation_is_one_cell_that_can_be_read_alone(confocal):
    row = confocal["XMLAnnotation"].row(0, named=True)
    assert row["Description"] == ["raw"]
    (value,) = row["Value"]
    meta = ET.fromstring(f"<v>{value}</v>")[0]  # noqa: S314 - the independent walk
    assert meta.tag == "{urn:meta}Meta"
    assert meta.attrib == {f"{{{XSI}}}type": "t"}
    assert meta[0].text == "a < b"
    assert "Meta" not in confocal


def test_pixel_data_is_measured_and_not_kept(confocal):
    assert confocal["BinData"].select("BigEndian", "Length", "_text_length").rows() == [("false", "4", "4"), (None, None, "8")]
    assert "AAAA" not in str([frame.rows() for frame in confocal.values()])


def test_facts_name_the_schema_and_count(tmp_path):
    facts = ome_xml.read(written(tmp_path / "a.ome.xml"), LIMITS).facts
    assert facts["schema"] == "2016-06"
    assert (facts["creator"], facts["uuid"], facts["images"], facts["binary_blocks_not_read"]) == (
        "a test",
        "urn:uuid:1",
        "2",
        "2",
    )


@pytest.mark.parametrize(
    ("namespace", "schema"),
    [
        ("http://www.openmicroscopy.org/XMLschemas/OME/FC/ome.xsd", "2003-FC"),
        ("http://www.openmicroscopy.org/Schemas/OME/2008-02", "2008-02"),
        ("http://www.openmicroscopy.org/Schemas/OME/2011-06", "2011-06"),
        (OME, "2016-06"),
    ],
)
def test_every_schema_version_is_recognised(tmp_path, namespace, schema):
    source = written(tmp_path / "a.xml", f'<OME xmlns="{namespace}"><Image ID="i"/></OME>')
    assert claimed(source.path)
    assert ome_xml.read(source, LIMITS).facts["schema"] == schema


def test_namespaces_of_old_parts_are_ome_and_others_keep_their_name(tmp_path):
    text = f"""<OME xmlns="{OME}" xmlns:SPW="http://www.openmicroscopy.org/Schemas/SPW/2010-06" xmlns:v="urn:vendor">
      <SPW:Plate ID="p"><SPW:Description>d</SPW:Description><v:Image v:id="1"/><v:note>n</v:note></SPW:Plate></OME>"""
    got = tables(written(tmp_path / "a.xml", text))
    assert set(got) == {"OME", "Plate", "{urn:vendor}Image"}
    assert got["Plate"].select("_plate", "Description", "{urn:vendor}note").rows() == [("p", ["d"], ["n"])]
    assert got["{urn:vendor}Image"].select("_image", "_plate", "{urn:vendor}id").rows() == [(None, "p", "1")]


def test_names_that_would_collide_are_told_apart(tmp_path):
    text = f'<OME xmlns="{OME}"><A Name="attribute" _id="mine"><Name>child</Name><_row>text</_row></A></OME>'
    row = tables(written(tmp_path / "a.xml", text))["A"].row(0, named=True)
    assert (row["Name"], row["./Name"], row["./_row"], row["@_id"], row["_id"]) == (
        "attribute",
        ["child"],
        ["text"],
        "mine",
        "A[1]",
    )


def test_further_attributes_of_references_stay_beside_their_ids(tmp_path):
    text = f'<OME xmlns="{OME}"><A><DetectorRef ID="d:1"/><DetectorRef ID="d:2" Gain="3"/><DetectorRef Gain="4"/></A></OME>'
    row = tables(written(tmp_path / "a.xml", text))["A"].row(0, named=True)
    assert row["DetectorRef"] == ["d:1", "d:2", None]
    assert row["DetectorRef@Gain"] == [None, "3", "4"]


def test_text_between_children_is_kept_and_remarked(tmp_path):
    text = f'<OME xmlns="{OME}"><A x="1">one <B y="2"/>two</A></OME>'
    reading = ome_xml.read(written(tmp_path / "a.xml", text), LIMITS)
    assert reading.tables["A"].frame.collect()["_text"].to_list() == ["one two"]
    assert [(problem.code, problem.column, problem.rows) for problem in reading.problems] == [("mixed-content", "A", (2,))]


def test_nested_elements_of_one_kind_are_in_document_order(tmp_path):
    text = f'<OME xmlns="{OME}"><F n="1"><F n="2"/><F n="3"/></F><F n="4"/></OME>'
    frame = tables(written(tmp_path / "a.xml", text))["F"]
    assert frame["n"].to_list() == ["1", "2", "3", "4"]
    assert frame["_id"].to_list() == ["F[1]", "F[1]/F[1]", "F[1]/F[2]", "F[2]"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_encodings_and_gzip_give_the_same_tables(tmp_path, encoding):
    name = "utf-16" if encoding == "utf-16" else "utf-8"
    source = written(tmp_path / "a.ome.xml", CONFOCAL.replace("UTF-8", name), encoding)
    packed = tmp_path / "b.ome.xml.gz"
    packed.write_bytes(gzip.compress(source.path.read_bytes()))
    assert claimed(source.path)
    assert claimed(packed)
    plain = tables(source)
    assert plain["Image"]["Description"].to_list()[0] == [" 7 µm "]
    assert all(frame.equals(plain[kind]) for kind, frame in tables(Source(packed, "b")).items())


def test_many_planes_stay_few_columns(tmp_path):
    planes = "".join(f'<Plane TheZ="{z}" TheC="0" TheT="0" DeltaT="{z}.5"/>' for z in range(20_000))
    text = f'<OME xmlns="{OME}"><Image ID="i"><Pixels ID="p">{planes}</Pixels></Image></OME>'
    frame = tables(written(tmp_path / "a.ome.xml", text))["Plane"]
    assert frame.height == 20_000
    assert frame.row(-1, named=True)["_id"] == "Image[1]/Pixels[1]/Plane[20000]"
    assert frame.schema["DeltaT"] == pl.String


def test_only_ome_is_claimed(tmp_path):
    cases = {
        "a.xml": ('<svg xmlns="http://www.w3.org/2000/svg"/>', False),
        "b.xml": ('<OME xmlns="urn:other"/>', False),
        "c.xml": ("not xml", False),
        "d.ome.xml": ("not xml", True),
        "e.xml": (f'<!-- <x> --><o:OME xmlns:o="{OME}"/>', True),
        "f.xml": ('<!DOCTYPE OME [<!ENTITY a "b">]><OME>&a;</OME>', True),
        "g.xml": ('<OMEX xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"/>', False),
    }
    for name, (text, expected) in cases.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert claimed(tmp_path / name) is expected, name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE OME [<!ENTITY a "b">]><OME>&a;</OME>', "declares the entity a"),
        ("<OME>" * 100_000 + "</OME>" * 100_000, "nested deeper than 200"),
        (CONFOCAL[:-200], "the document ends"),
        ("", "there is no XML element in it"),
        (
            '<svg xmlns="http://www.w3.org/2000/svg"/>',
            "the root element is svg of the namespace http://www.w3.org/2000/svg, expected OME",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, text, words):
    with pytest.raises(SourceError, match=f"^box/a.ome.xml: .*{words}"):
        ome_xml.read(written(tmp_path / "a.ome.xml", text), LIMITS)


@pytest.mark.parametrize(
    ("body", "limits", "words"),
    [
        ("".join(f'<A{n} x="1"/>' for n in range(30)), Limits(columns=20), "more than 20 kinds"),
        ("<A " + " ".join(f'a{n}="1"' for n in range(30)) + "/>", Limits(columns=20), "more than 20 attributes"),
        ('<A x="' + "y" * 30 + '"/>', Limits(cell_bytes=20), "x is longer than 20"),
        ("<XMLAnnotation><Value>" + "<a/>" * 30 + "</Value></XMLAnnotation>", Limits(cell_bytes=20), "Value is longer than 20"),
        ("".join(f'<A a{n}="1"/>' for n in range(5000)) + '<A a="1"/>' * 50_000, LIMITS, "more than 100000000 cells"),
        ('<Image ID="' + "i" * 1_000_000 + '">' + '<A a="1"/>' * 1000 + "</Image>", LIMITS, "more than 536870912 characters"),
    ],
)
def test_documents_that_would_grow_beyond_memory_are_refused(tmp_path, body, limits, words):
    with pytest.raises(LimitError, match=words):
        ome_xml.read(written(tmp_path / "a.xml", f'<OME xmlns="{OME}">{body}</OME>'), limits)


def test_without_a_namespace_it_is_read_with_a_problem(tmp_path):
    reading = ome_xml.read(written(tmp_path / "a.xml", '<OME><Image ID="i"/></OME>'), LIMITS)
    assert [problem.code for problem in reading.problems] == ["schema-missing"]
    assert "Image" in reading.tables


def pointer(name, uuid="urn:uuid:1"):
    return f'<OME xmlns="{OME}" UUID="urn:uuid:2"><BinaryOnly MetadataFile="{name}" UUID="{uuid}"/></OME>'


def test_a_pointer_gives_the_tables_of_its_companion(tmp_path):
    written(tmp_path / "set.companion.ome")
    reading = ome_xml.read(written(tmp_path / "a.ome.xml", pointer("set.companion.ome")), LIMITS)
    assert not reading.problems
    assert (reading.facts["companion"], reading.facts["images"], reading.facts["uuid"]) == (
        "set.companion.ome",
        "2",
        "urn:uuid:2",
    )
    assert reading.tables["Image"].frame.collect().height == 2
    assert reading.tables["BinaryOnlyFile"].frame.collect().select("_id", "UUID").rows() == [("BinaryOnlyFile", "urn:uuid:2")]
    assert reading.tables["BinaryOnly"].frame.collect()["_parent"].to_list() == ["BinaryOnlyFile"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gone.companion.ome", "companion-missing"),
        ("x" * 5000, "companion-missing"),
        ("../secret.ome", "companion-outside"),
        ("sub/../../secret.ome", "companion-outside"),
        ("/etc/hostname", "companion-outside"),
        ("C:\\data\\a.ome", "companion-outside"),
        ("sub\\a.ome", "companion-outside"),
        ("", "companion-outside"),
        ("link.ome", "companion-outside"),
        ("broken.ome", "companion-unreadable"),
        ("again.ome", "companion-chain"),
    ],
)
def test_a_pointer_that_cannot_be_followed_is_a_problem(tmp_path, name, code):
    folder = tmp_path / "set"
    folder.mkdir()
    written(tmp_path / "secret.ome")
    (folder / "link.ome").symlink_to(tmp_path / "secret.ome")
    written(folder / "broken.ome", "<OME>")
    written(folder / "again.ome", pointer("a.ome.xml"))
    reading = ome_xml.read(written(folder / "a.ome.xml", pointer(name)), LIMITS)
    assert [problem.code for problem in reading.problems] == [code]
    assert set(reading.tables) == {"OME", "BinaryOnly"}


def test_a_companion_with_another_uuid_is_used_and_remarked(tmp_path):
    written(tmp_path / "set.ome")
    reading = ome_xml.read(written(tmp_path / "a.ome.xml", pointer("set.ome", "urn:uuid:9")), LIMITS)
    assert [problem.code for problem in reading.problems] == ["companion-uuid"]
    assert "Image" in reading.tables


def shared_files():
    if not SHARED.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the shared OME files are not here"))]
    found = [path for pattern in ("*.xml", "*.ome", "*.xml.gz") for path in SHARED.rglob(pattern)]
    return [pytest.param(path, id=str(path.relative_to(SHARED))) for path in sorted(found) if claimed(path)]


def said_by(root):
    """Return every attribute and text of a document, each as often as it stands there; walked without the reader's code."""
    said = Counter()
    todo = [(root, None)]
    while todo:
        element, parent = todo.pop()
        local = element.tag.rpartition("}")[2]
        said.update(element.attrib.values())
        if local == "Value" and parent == "XMLAnnotation":
            said[inner_xml(element)] += 1
            continue
        if local != "BinData":
            pieces = [element.text, *(child.tail for child in element)]
            said.update(piece for piece in pieces if piece and (piece.strip() or local == "M"))
        todo.extend((child, local) for child in element)
    return said


def told_by(frames):
    """Return every cell that is not structure."""
    told = Counter()
    for frame in frames.values():
        for name in frame.columns:
            if name.startswith("_") and name != "_text":
                continue
            for cell in frame[name].drop_nulls().to_list():
                told.update([text for text in cell if text is not None] if isinstance(cell, list) else [cell])
    return told


def without_blank(counter):
    return {text: count for text, count in counter.items() if text.strip() or text == " "}


@pytest.mark.parametrize("path", shared_files())
def test_every_attribute_and_text_of_the_shared_files_is_a_cell(path):
    root = ET.fromstring(load(path, LIMITS, path.name))  # noqa: S314 - the independent walk
    frames = tables(Source(path, path.name))
    assert without_blank(told_by(frames)) == without_blank(said_by(root))
    ids = [key for frame in frames.values() for key in frame["_id"].to_list()]
    assert len(ids) == len(set(ids))
    parents = {key for frame in frames.values() for key in frame["_parent"].to_list()}
    assert parents - {None} <= set(ids)


def test_the_confocal_fixture_loses_nothing(confocal):
    # the length of pixel data stands in a column of its own and is no text of the source
    assert without_blank(told_by(confocal)) == without_blank(said_by(ET.fromstring(CONFOCAL.encode())))  # noqa: S314 - the independent walk


def test_kinds_are_local_names_for_every_ome_namespace():
    assert ome_elements.kind_of("{http://www.openmicroscopy.org/XMLschemas/BinaryFile/RC1/BinaryFile.xsd}BinData") == "BinData"
