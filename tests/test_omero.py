"""OMERO: transfer archives, answers of its JSON interfaces, key-value tables; and companions with their TIFFs."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import tifffile

from kg import readers
from kg.errors import SourceError
from kg.pipeline import Pipeline, Settings

OME = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"'
SHARED = ["omero/transfer", "omero/json_api", "omero/kv", "ngff/challenge_samples", "ome/ometiff"]


def one(path: Path):
    [source] = readers.discover([path])
    return readers.read(source)


def written(tmp_path: Path, text: str, name: str = "answer.json") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def archive(tmp_path: Path, **members: str) -> Path:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in members.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return path


def test_a_transfer_archive_in_a_folder_of_its_own_is_read(tmp_path):
    reading = one(archive(tmp_path, pack__transfer_xml=f'<OME {OME}><Image ID="Image:1"/></OME>', pack__a="x"))
    assert (reading.reader, reading.facts["images"], reading.facts["files"]) == ("omero_transfer", "1", "1")
    assert reading.tables["ArchiveMember"].frame.collect().select("Name", "Size").rows() == [("pack/a", "1")]


def test_damaged_xml_in_a_transfer_archive_is_refused_with_its_name(tmp_path):
    with pytest.raises(SourceError, match=r"pack\.zip/transfer\.xml"):
        one(archive(tmp_path, transfer_xml=f"<OME {OME}><Image"))


def test_an_answer_gives_a_table_per_type(tmp_path):
    kinds = [{"@type": f"http://www.openmicroscopy.org/Schemas/OME/2016-06#{kind}", "@id": 3} for kind in ("Project", "Screen")]
    reading = one(written(tmp_path, json.dumps({"data": kinds, "meta": {"limit": 5}})))
    assert (reading.reader, reading.facts) == ("omero_json", {"Project": "1", "Screen": "1"})
    assert set(reading.tables) == {"root", "Project", "Screen"}


def test_pairs_of_a_map_annotation_are_rows(tmp_path):
    answer = {"annotations": [{"id": 1, "class": "MapAnnotationI", "values": [["a", "b"], ["a", "c"]]}]}
    reading = one(written(tmp_path, json.dumps(answer)))
    assert reading.tables["pairs"].frame.collect().select("K", "V").rows() == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize(
    "text",
    [
        '{"annotations": [{"class": "MapAnnotationI", "values": [["a"], 3, null]}]}',
        '{"annotations": [3, {"class": "TagAnnotationI"}]}',
        '{"annotations": {"class": "TagAnnotationI"}}',
        '{"data": [{"@type": "http://www.openmicroscopy.org/Schemas/OME/2016-06#Image", "Annotations": [null, []]}]}',
        '{"@type": "http://www.openmicroscopy.org/Schemas/OME/2016-06#Image", "Pixels": 4}',
    ],
)
def test_odd_answers_are_read_without_a_crash(tmp_path, text):
    reading = one(written(tmp_path, text))
    assert reading.reader == "omero_json"
    [seen] = Pipeline(Settings(version="test")).inspect(tmp_path / "answer.json")
    assert all(column.filled == column.mapped + column.custom + column.missing + column.withheld for column in seen.columns)


def test_a_truncated_answer_is_refused_with_its_name(tmp_path):
    with pytest.raises(SourceError, match=r"answer\.json"):
        one(written(tmp_path, '{"annotations": [{"class": "MapAnnotationI", "val'))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_line_of_namespaces_above_the_header_is_a_table_of_its_own(tmp_path, delimiter, mark):
    lines = [
        ["namespace", "", "my.ns", ""],
        ["OBJECT_ID", "OBJECT_NAME", "Stain", "Stain"],
        ["7", "a.tif", "DAPI", ""],
        ["8", "b"],
    ]
    text = mark + "\n".join(delimiter.join(line) for line in lines)
    reading = one(written(tmp_path, text, "keys.csv"))
    rows, columns = (reading.tables[kind].frame.collect() for kind in ("rows", "columns"))
    assert rows.columns == ["_row", "OBJECT_ID", "OBJECT_NAME", "Stain", "Stain (2)"]
    assert rows.row(1) == (4, "8", "b", None, None)
    assert columns.rows() == [(1, "Stain", "my.ns")]


def test_column_types_of_metadata_populate_are_kept(tmp_path):
    reading = one(written(tmp_path, "# header image,s,d\nImage Name,Drug,Dose\na.tif,taxol,3\n", "bulk.csv"))
    assert reading.tables["columns"].frame.collect().select("Column", "Type").rows() == [
        ("Image Name", "image"),
        ("Drug", "s"),
        ("Dose", "d"),
    ]
    assert reading.tables["rows"].frame.collect().row(0) == (3, "a.tif", "taxol", "3")


@pytest.mark.parametrize("text", ["# header s,d\n", '# header s\n"never ended\n'])
def test_a_key_value_table_without_a_header_or_end_is_refused(tmp_path, text):
    with pytest.raises(SourceError, match=r"bulk\.csv"):
        one(written(tmp_path, text, "bulk.csv"))


def pointer(path: Path, companion: str, *, big: bool = False, order: str = "<") -> None:
    """Write a TIFF whose description only points to a companion."""
    xml = f'<?xml version="1.0"?><OME {OME} UUID="urn:uuid:1"><BinaryOnly MetadataFile="{companion}" UUID="urn:uuid:2"/></OME>'
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream, bigtiff=big, byteorder=order) as tiff:
        tiff.write(shape=(2, 2), dtype="uint8", data=iter([b"\0" * 4]), rowsperstrip=2, description=xml, metadata=None)
    path.write_bytes(stream.getvalue())


def test_a_companion_and_the_tiffs_that_only_point_to_it_are_one_source(tmp_path):
    (tmp_path / "set.companion.ome").write_text(f'<OME {OME}><Image ID="Image:0" Name="a"/></OME>', "utf-8")
    pointer(tmp_path / "a.ome.tif", "set.companion.ome")
    pointer(tmp_path / "b.ome.tiff", "set.companion.ome", big=True, order=">")
    pointer(tmp_path / "other.ome.tif", "absent.companion.ome")
    (tmp_path / "cut.ome.tif").write_bytes(b"II*\0\xff\xff\xff\xff")
    (tmp_path / "short.ome.tif").write_bytes(b"MM\0+\0")
    (tmp_path / "empty.ome.tif").touch()
    found = {source.path.name: [part.name for part in source.parts] for source in readers.discover([tmp_path])}
    assert found["set.companion.ome"] == ["a.ome.tif", "b.ome.tiff"]
    assert set(found) == {"set.companion.ome", "other.ome.tif", "cut.ome.tif", "short.ome.tif", "empty.ome.tif"}


@pytest.mark.parametrize("folder", SHARED)
def test_every_cell_of_every_shared_file_is_accounted_for(shared, folder):
    refused = []
    for seen in Pipeline(Settings(version="test")).inspect_each(
        shared / "data/inputs" / folder, lambda *found: refused.append(found)
    ):
        for column in seen.columns:
            assert column.filled == column.mapped + column.custom + column.missing + column.withheld, (seen.source.key, column)
        assert seen.mapping or seen.source.key.endswith("test_grid.xlsx"), seen.source.key
        assert not [problem for problem in seen.problems if problem.severity == "error"], seen.problems
    assert refused == []
