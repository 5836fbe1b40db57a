"""Files of light microscopes: CZI, LIF, ND2, OIB, IMS and DV; what is damaged gets a sentence, and no cell is lost."""

from __future__ import annotations

import importlib.util
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
from conftest import ROOT

from kg import readers
from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits
from kg.readers.vendor import czi, lif, nikon_text, oib
from kg.table import Source, is_content

CASES = ROOT / "tests" / "cases"
MADE = {
    "czi": "czi/confocal",
    "lif": "lif/two-scans",
    "nd2": "nd2/xml-chunks",
    "oib": "oib/folder",
    "ims": "ims/two-channels",
    "dv": "dv/big-endian",
}
VENDOR = "data/inputs/vendor"
# of the larger CZI each takes seconds; those here have all that is odd
REAL = (
    "czi/100x100.czi",
    "czi/Al2O3_SE_020_sp.czi",
    "czi/DAPI_GFP.czi",
    "czi/LSM880_AiryScan.czi",
    "lif/LeicaLASX_wavelength-sweep_example.lif",
    "nd2/cluster.nd2",
    "nd2/variant.xml",
    "oib/test.oib",
    "ims/Minimal_IMS_File.ims",
    "dv/toxo.dv",
)


def made(kind: str, folder: Path) -> Path:
    script = CASES / MADE[kind] / "make.py"
    spec = importlib.util.spec_from_file_location(f"make_{kind}", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(folder)


def source_of(path: Path) -> Source:
    [source] = readers.discover([path])
    return source


def read(path: Path, limits: Limits | None = None):
    return readers.read(source_of(path), limits or Limits())


def told(path: Path) -> SourceError | None:
    """What a reader says of a file that it cannot read; None where it can, as one that ends in its pixels is whole enough."""
    try:
        read(path)
    except SourceError as error:
        return error
    return None


def cells(reading) -> list[str]:
    found = []
    for table in reading.tables.values():
        for column in table.frame.collect().iter_columns():
            if is_content(column.name):
                values = column.explode() if column.dtype == pl.List(pl.String) else column
                found.extend(values.drop_nulls().to_list())
    return found


@pytest.mark.parametrize("kind", MADE)
def test_each_format_is_recognised_by_its_head(kind, tmp_path):
    claimed = readers.reader_of(readers.peek(source_of(made(kind, tmp_path)))).NAME
    assert claimed == kind


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("czi", ["Alexa Fluor 555", "9.0577E-08", "1.4000000000000001", "not of the image", "CZTIMS", "0.5", "3.0"]),
        ("lif", ["5.000000e-005", "HyD S 2", "Leica/EGFP", "left lobe", "1d6f64bbab40b70 "]),
        ("nd2", ["Andor Zyla", "50 ms", "Plan Apo 100x Oil", "0.065"]),
        ("oib", ["60xWater\nsecond line = not a key", "2015-11-03 09:30:12", "UPLSAPO  60X W NA:1.20", "2000", "Bo Examplar"]),
        ("ims", ["488 nm nm", "15.000000000", "stage 12", "2023-05-04 11:22:43.250", "1 0 0"]),
        ("dv", ["12003", "taken on a rainy day", "617", "10250.5", "0.05"]),
    ],
)
def test_what_a_made_file_says_is_in_the_tables_as_it_stands(kind, said, tmp_path):
    assert set(said) <= set(cells(read(made(kind, tmp_path))))


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.7])
def test_a_truncated_file_is_read_or_refused_with_its_name(kind, part, tmp_path):
    path = made(kind, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    error = told(path)
    assert error is None or (error.where == path.name and len(error.what) > 10)


@pytest.mark.parametrize("kind", MADE)
def test_damaged_bytes_never_crash_a_reader(kind, tmp_path):
    path = made(kind, tmp_path)
    data = bytearray(path.read_bytes())
    for at in range(40, min(len(data), 4000), 97):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    error = told(path)
    assert error is None or error.where == path.name


@pytest.mark.parametrize("kind", ["czi", "lif", "oib"])
def test_a_text_beyond_the_limits_is_refused(kind, tmp_path):
    with pytest.raises(LimitError, match="longer than"):
        read(made(kind, tmp_path), Limits(file_bytes=100))


@pytest.mark.parametrize("name", REAL)
def test_of_a_real_file_every_filled_cell_is_accounted_for(name, shared):
    [seen] = Pipeline(Settings(version="test")).inspect(shared / VENDOR / name)
    assert [problem for problem in seen.problems if problem.severity == "error"] == []
    assert [
        column for column in seen.columns if column.filled != column.mapped + column.custom + column.missing + column.withheld
    ] == []


# --------------------------------------------------------------------------------------------------------------------- CZI


def test_a_zip_with_one_czi_is_that_czi(tmp_path):
    path = made("czi", tmp_path)
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("run 1")
        archive.write(path, "run 1/trunk.czi")
        archive.writestr("__MACOSX/run 1/._trunk.czi", b"")
    assert sorted(cells(read(packed))) == sorted(cells(read(path)))


def test_a_zip_with_two_czi_is_refused(tmp_path):
    path = made("czi", tmp_path)
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "a.czi")
        archive.write(path, "b.czi")
    with pytest.raises(SourceError, match="2 CZI files, expected one"):
        read(packed)


def test_a_zip_of_tables_is_left_to_others():
    head = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0, 5, 5, 5, 0) + b"a.csvabcde"
    assert not czi.claims(readers.Peek(Source(Path("a.zip"), "a.zip"), "a.zip", head))


def as_part(path: Path, part: int, own: int) -> bytes:
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 32 + 48, part)
    data[32 + 32] = own  # the first byte of the file's own identifier
    return bytes(data)


def test_the_parts_of_a_split_czi_are_one_source(tmp_path):
    path = made("czi", tmp_path)
    (tmp_path / "trunk(1).czi").write_bytes(as_part(path, 1, 9))
    (tmp_path / "trunk-2.czi").write_bytes(path.read_bytes())
    found = {source.key.rpartition("/")[2]: source.parts for source in readers.discover([tmp_path])}
    assert found == {"trunk-2.czi": (), "trunk.czi": (tmp_path / "trunk(1).czi",)}


def test_a_part_alone_says_where_the_metadata_are(tmp_path):
    path = made("czi", tmp_path)
    data = bytearray(as_part(path, 3, 9))
    struct.pack_into("<q", data, 32 + 60, 0)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="part 3 of a CZI image; the metadata are in the first"):
        read(path)


def test_a_czi_with_a_broken_directory_of_attachments_keeps_its_metadata(tmp_path):
    path = made("czi", tmp_path)
    data = path.read_bytes().replace(b"ZISRAWATTDIR", b"ZISRAWNOTHING"[:12])
    path.write_bytes(data)
    reading = read(path)
    assert [problem.code for problem in reading.problems] == ["czi-attachments"]
    assert "Alexa Fluor 555" in cells(reading)


# --------------------------------------------------------------------------------------------------------------------- LIF


def lif_xml(tmp_path: Path) -> str:
    return made("lif", tmp_path).read_bytes()[13:].decode("utf-16-le")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:8] + b"\0" + data[9:], "is damaged: at byte 0 there should be a text"),
        (lambda data: data[:13] + b"\xff" * 40 + data[53:], "is damaged: at byte 13 there should be the XML"),
        (lambda data: data[:4] + bytes(4) + data[8:], "is damaged: of its metadata two lengths are given"),
        (lambda data: data[:9], "is cut off before its metadata"),
    ],
)
def test_a_damaged_lif_says_what_is_damaged(tmp_path, damage, said):
    path = tmp_path / "damaged.lif"
    path.write_bytes(damage(made("lif", tmp_path).read_bytes()))
    with pytest.raises(SourceError, match=said):
        readers.read(Source(path, "damaged.lif"))


def test_a_lof_says_the_same_as_a_lif(tmp_path):
    xml, mark = lif_xml(tmp_path), "LMS_Object_File"
    path = tmp_path / "lobe.lof"
    text, name = xml.encode("utf-16-le"), mark.encode("utf-16-le")
    blocks = struct.pack("<IIBI", 0x70, len(name) + 5, 0x2A, len(mark)) + name
    blocks += struct.pack("<BIBIBQ", 0x2A, 2, 0x2A, 0, 0x2A, 64) + bytes(64)
    path.write_bytes(blocks + struct.pack("<IIBI", 0x70, len(text) + 5, 0x2A, len(xml)) + text)
    reading = read(path)
    assert reading.facts == {"format": "LOF"}
    assert sorted(cells(reading)) == sorted(cells(read(tmp_path / "lobe.lif")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_xlif_is_the_xml_itself(encoding, tmp_path):
    path = tmp_path / "lobe.xlif"
    path.write_bytes(lif_xml(tmp_path).encode(encoding))
    reading = read(path)
    assert (reading.reader, reading.facts) == ("lif", {"format": "XLIF"})
    assert sorted(cells(reading)) == sorted(cells(read(tmp_path / "lobe.lif")))


def test_detectors_are_given_to_channels_only_where_they_are_as_many(tmp_path):
    xml = lif_xml(tmp_path).replace('<ChannelDescription Resolution="8" LUTName="Red"/>', "")
    path = tmp_path / "lobe.xlif"
    path.write_text(xml, encoding="utf-8")
    detectors = read(path).tables["Detector"].frame.collect()
    assert set(detectors["_channel"]) == {None}


@pytest.mark.parametrize(
    ("length", "count", "spacing"),
    [
        ("6.603309e-006", "64", "0.000000104814428571"),
        ("1", "1", None),
        ("1", "0", None),
        ("1e400", "3", None),
        ("x", "3", None),
    ],
)
def test_a_spacing_is_the_length_over_the_steps(length, count, spacing):
    assert lif._spacing({"Length": length, "NumberOfElements": count}) == spacing


# --------------------------------------------------------------------------------------------------------------- ND2 and OIB


def test_the_text_of_a_confocal_scan_gives_each_channel_its_laser():
    lines = "CH2\t{Laser Wavelength}: 488.0\t{Laser Power}: 0.5\n  \t{PMT HV}: 37\n  CH4\t{Laser Wavelength}: 561.0\n  \t{PMT HV}: 75\n"
    text = "".join(f"Plane #{n}:\n Name: {name}\n  {lines}  {{Pinhole Size(um)}}: 38.3\n" for n, name in ((1, "A"), (2, "B")))
    _, planes = nikon_text.planes_of(text)
    assert [plane["own"] for plane in planes] == [
        {"detector": "CH2", "Laser Wavelength": "488.0", "Laser Power": "0.5", "PMT HV": "37"},
        {"detector": "CH4", "Laser Wavelength": "561.0", "PMT HV": "75"},
    ]
    assert planes[1]["Pinhole Size(um)"] == "38.3"


def test_xml_that_only_looks_like_a_nikon_chunk_is_left_to_others():
    xml = b"<variant><a b='1'/></variant>"
    assert readers.reader_of(readers.Peek(Source(Path("v.xml"), "v.xml"), "v.xml", xml)).NAME == "xml_document"


def test_an_oif_takes_the_files_of_its_folder(tmp_path):
    source = source_of(made("oib", tmp_path))
    assert (source.reader, len(source.parts)) == ("oib", 4)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8", "latin-1"])
def test_an_oif_is_read_in_whatever_encoding_it_has(encoding, tmp_path):
    path = tmp_path / "a.oif"
    path.write_bytes('[File Info]\r\nDataName="µ"\r\nDataName="again"\r\nno key\r\n'.encode(encoding))
    row = read(path).tables["File Info"].frame.collect().row(0, named=True)
    assert (row["DataName"], row["DataName[2]"], row["_text"]) == ("µ", "again", "no key")


def test_a_value_whose_quotes_never_close_ends_with_its_line():
    assert list(oib._lines('A="open\nB=1\n[Next]\nC="x"\n')) == ['A="open', "B=1", "[Next]", 'C="x"', ""]


def test_an_ole_document_that_is_no_oib_is_left_to_others():
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    assert not oib.claims(readers.Peek(Source(Path("a.doc"), "a.doc"), "a.doc", head))


# ---------------------------------------------------------------------------------------------------------------- IMS and DV


def test_hdf5_without_the_groups_of_imaris_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.ims"
    with h5py.File(path, "w") as file:
        file.attrs["a"] = 1
    with pytest.raises(SourceError, match="none of the groups of an Imaris file"):
        read(path)


def test_a_dv_cut_off_in_its_extended_header_says_how_many_planes_are_left(tmp_path):
    path = made("dv", tmp_path)
    path.write_bytes(path.read_bytes()[: 1024 + 3 * 60 + 10])
    reading = read(path)
    assert [problem.found for problem in reading.problems] == ["facts about 3 of 6 planes"]
    assert reading.tables["Section"].frame.collect().height == 3


def test_planes_of_a_dv_are_placed_by_its_sequence(tmp_path):
    rows = read(made("dv", tmp_path)).tables["Section"].frame.collect()
    assert rows.select("_z", "_c", "_t").rows() == [
        ("0", "0", "0"),
        ("0", "1", "0"),
        ("1", "0", "0"),
        ("1", "1", "0"),
        ("2", "0", "0"),
        ("2", "1", "0"),
    ]
