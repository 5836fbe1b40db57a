"""Carriers of annotations: what they hold is counted, none of their words is lost, and what is damaged gives one sentence."""

from __future__ import annotations

import importlib.util
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits, UnsupportedSource, discover, peek, read, reader_of
from kg.readers.annotation.json_stream import members, top_members

CASES = Path(__file__).parent / "cases"
FAMILY = {
    "annotation_json",
    "annotation_xml",
    "points_table",
    "swc",
    "tracking_challenge",
    "imagej_roi",
    "yolo",
    "geoparquet",
    "anndata",
    "star",
}


def source(path: Path):
    return discover([path])[0]


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def cells(path: Path) -> dict:
    return read(source(path)).tables["AnnotationSet"].frame.collect().row(0, named=True)


def rows(path: Path, kind: str, *columns: str) -> list[tuple]:
    return read(source(path)).tables[kind].frame.select(columns).collect().rows()


def refusal(reader, found) -> SourceError | None:
    """What a reader says where it refuses; anything else that it raises fails the test."""
    try:
        reader.read(found, Limits())
    except SourceError as error:
        return error
    return None


def reader_name(path: Path) -> str:
    return reader_of(peek(source(path))).NAME


def made(name: str, folder: Path) -> Path:
    script = CASES / name / "make.py"
    if not script.exists():
        [found] = (CASES / name).glob("input.*")
        return Path(shutil.copy(found, folder))
    spec = importlib.util.spec_from_file_location("made", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(folder)


OWN = sorted(
    f"annotation-carrier/{case.name}"
    for case in (CASES / "annotation-carrier").iterdir()
    if not (case / "shared.yaml").exists()
)
OWN += ["star/particles"]


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline(Settings(version="test"))


@pytest.mark.parametrize("name", OWN)
def test_half_a_file_gives_a_sentence_or_the_other_half(name, tmp_path):
    path = made(name, tmp_path)
    whole = path.read_bytes()
    for part in (len(whole) // 2, len(whole) - 3, 10):
        path.write_bytes(whole[:part])
        found = source(path)
        try:
            reader = reader_of(peek(found))
        except UnsupportedSource:
            continue
        if reader.NAME in FAMILY:
            said = refusal(reader, found)
            assert said is None or path.name in str(said)


def test_every_filled_cell_of_every_format_is_mapped_kept_or_missing(tmp_path, pipeline):
    for name in OWN:
        (tmp_path / name).mkdir(parents=True)
        made(name, tmp_path / name)
    seen = pipeline.inspect(tmp_path)
    assert {one.reading.reader for one in seen} == FAMILY
    for one in seen:
        assert one.mapping in {"annotation-carrier", "star"}
        for column in one.columns:
            assert column.filled == column.mapped + column.custom + column.missing + column.withheld, (one.source.key, column)


def test_every_shared_file_is_read_without_loss(shared, pipeline):
    seen = pipeline.inspect(shared / "data" / "inputs" / "annotation")
    assert len(seen) > 20
    for one in seen:
        assert one.mapping == "annotation-carrier", one.source.key
        assert not [problem for problem in one.problems if problem.severity == "error"]
        for column in one.columns:
            assert column.filled == column.mapped + column.custom + column.missing + column.withheld, (one.source.key, column)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "Topology", "objects": {}}',
        '{"images": 5, "annotations": "none"}',
        '{"images": [{"url": "a.png"}], "title": "album"}',
        '{"features": ["a", "b"], "name": "phone"}',
        '{"shapes": ["round"], "colour": "red"}',
        '{"type": "Area", "id": 3, "name": "Amazon"}',
        '[{"a": 1}, {"type": "Feature"}]',
    ],
)
def test_json_of_another_kind_is_left_to_others(text, tmp_path):
    assert reader_name(written(tmp_path / "a.json", text)) == "json_document"


@pytest.mark.parametrize(
    "header",
    ["Plate,Well,x position", "x,y,gene symbol,dose", "index,value", "Well,Compound,label", "position_x,position_y,plate"],
)
def test_tables_of_another_kind_are_left_to_others(header, tmp_path):
    line = ",".join("1" for _ in header.split(","))
    assert reader_name(written(tmp_path / "a.csv", f"{header}\n{line}\n{line}\n")) == "delimited"


@pytest.mark.parametrize("root", ["annotation", "annotations", "Annotations"])
def test_xml_with_a_common_word_as_root_is_left_to_others(root, tmp_path):
    assert reader_name(written(tmp_path / "a.xml", f"<{root}><note>hello</note></{root}>")) == "xml_document"


def test_nesting_beyond_bounds_is_refused(tmp_path):
    deep = '{"type": "Feature", "properties": {}, "geometry": ' + "[" * 100_000 + "]" * 100_000 + "}"
    with pytest.raises(LimitError, match="nested"):
        read(source(written(tmp_path / "a.geojson", deep)))


def test_objects_may_stand_before_the_images_and_classes_that_they_name(tmp_path):
    coco = {
        "annotations": [{"id": 1, "image_id": 7, "category_id": 2, "bbox": [0, 0, 1, 1]}],
        "categories": [{"id": 2, "name": "cell"}],
        "images": [{"id": 7, "file_name": "a.tif"}, {"id": 8, "file_name": "b.tif"}],
    }
    path = written(tmp_path / "a.json", json.dumps(coco))
    assert rows(path, "Class", "_name", "_count") == [("cell", "1")]
    assert rows(path, "Image", "_name", "_count") == [("a.tif", "1"), ("b.tif", "0")]
    assert cells(path)["_coverage"] == "50"


def test_annotations_of_absent_images_and_categories_are_told_and_make_none_of_their_own(tmp_path):
    coco = {
        "images": [{"id": 1, "file_name": "a.tif"}],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": [{"id": n, "image_id": n, "category_id": 3 - n, "bbox": [0, 0, 1, 1]} for n in (1, 2)],
    }
    path = written(tmp_path / "a.json", json.dumps(coco))
    assert rows(path, "Class", "_name", "_count") == [("cell", "1")]
    assert rows(path, "Image", "_name", "_count") == [("a.tif", "1")]
    found = cells(path)
    assert (found["_count"], found["_images"], found["_coverage"]) == ("2", "1", "100")
    assert [(one.source, one.column, one.count, "(2)" in one.found) for one in read(source(path)).problems] == [
        ("a.json", "annotations.image_id", 1, True),
        ("a.json", "annotations.category_id", 1, True),
    ]


def test_a_class_of_qupath_may_have_levels(tmp_path):
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}
    feature["properties"] = {"objectType": "cell", "classification": {"names": ["Tumor", "Positive"], "color": [1, 2, 3]}}
    path = written(tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature, feature]}))
    assert rows(path, "Class", "_name", "_count") == [("Tumor: Positive", "2")]


def test_plain_geojson_has_no_unit(tmp_path):
    feature = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        "properties": {"class": "fibre"},
    }
    found = cells(written(tmp_path / "a.geojson", json.dumps(feature)))
    assert found["_format"] == "GeoJSON"
    assert "_unit" not in found
    assert found["_type"] == ["geometrical_annotations", "class_labels"]


def test_words_of_many_objects_are_bounded(tmp_path):
    features = [
        {"type": "Feature", "id": str(n), "geometry": {"type": "Point", "coordinates": [n, n]}, "properties": {"name": f"n{n}"}}
        for n in range(500)
    ]
    found = cells(written(tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": features})))
    assert found["_count"] == "500"
    assert "properties.name" not in found


def test_the_columns_of_trackmate_are_explained_in_rows_that_do_not_count(tmp_path):
    head = "LABEL,ID,TRACK_ID,POSITION_X,POSITION_Y,FRAME"
    text = f"{head}\nLabel,Spot ID,Track ID,X,Y,Frame\nLabel,ID,Track,X,Y,Frame\n,,,(micron),(micron),\nID1,1,0,1.5,2.5,0\nID2,2,0,1.6,2.5,1\n"
    found = cells(written(tmp_path / "spots.csv", text))
    assert (found["_count"], found["_unit"], found["_tracks"]) == ("2", "micron", "1")


def test_a_newer_table_of_trackmate_without_such_rows_loses_none(tmp_path):
    text = "ID,TRACK_ID,POSITION_X,POSITION_Y,FRAME\n1,0,1.5,2.5,0\n2,0,1.5,2.5,1\n3,1,1.5,2.5,1\n4,1,1.5,2.5,1\n"
    found = cells(written(tmp_path / "spots.csv", text))
    assert (found["_count"], found["_tracks"]) == ("4", "2")


def test_shapes_of_napari_are_counted_not_their_corners(tmp_path):
    text = "index,shape-type,vertex-index,axis-0,axis-1\n0,polygon,0,1,1\n0,polygon,1,2,2\n0,polygon,2,3,1\n1,line,0,1,1\n1,line,1,2,2\n"
    assert cells(written(tmp_path / "shapes.csv", text))["_count"] == "2"


def test_a_unit_stands_in_the_names_of_columns(tmp_path):
    assert cells(written(tmp_path / "p.csv", "x [um],y [um],z [um]\n1,2,3\n4,5,6\n"))["_unit"] == "um"


def test_lines_that_are_no_points_are_told(tmp_path):
    reading = read(source(written(tmp_path / "n.swc", "# from Imaris\n1 1 0 0 0 5 -1\n2 2 1 1\n3 2 2 2 2 0.5 1\n")))
    [problem] = reading.problems
    assert problem.rows == (3,)
    assert reading.tables["AnnotationSet"].frame.select("_count", "comment").collect().rows() == [("2", ["from Imaris"])]


def test_masks_belong_to_the_list_of_tracks(tmp_path):
    made("annotation-carrier/tracking-challenge", tmp_path)
    [found] = discover([tmp_path])
    assert found.reader == "tracking_challenge"
    assert len(found.parts) == 2


def test_label_files_take_the_names_of_classes_from_above(tmp_path):
    labels = tmp_path / "labels" / "train"
    labels.mkdir(parents=True)
    written(tmp_path / "data.yaml", "names: {0: cell, 1: debris}\nnc: 2\n")
    written(labels / "a.txt", "0 0.5 0.5 0.1 0.1\n")
    written(labels / "b.txt", "1 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2\n")
    [found] = [one for one in discover([tmp_path]) if one.reader == "yolo"]
    reading = read(found)
    assert reading.tables["Class"].frame.select("name", "_count").collect().rows() == [("cell", "1"), ("debris", "1")]
    assert reading.tables["AnnotationSet"].frame.select("_type").collect().row(0)[0][:2] == [
        "bounding_boxes",
        "geometrical_annotations",
    ]


def test_the_list_of_classes_above_label_files_is_one_source_with_them(tmp_path):
    written(tmp_path / "data.yaml", "names: [cell]\npath: .\n")
    for part in ("train", "val"):
        (tmp_path / "labels" / part).mkdir(parents=True)
        written(tmp_path / "labels" / part / "a.txt", "0 0.5 0.5 0.1 0.1\n")
    [found] = discover([tmp_path])
    assert (found.reader, found.path.name, len(found.parts)) == ("yolo", "data.yaml", 2)
    assert read(found).tables["Image"].frame.select("_name", "_count").collect().rows() == [("a", "1"), ("val/a", "1")]
    alone = source(tmp_path / "labels" / "train" / "a.txt")
    assert read(alone).tables["Class"].frame.select("name").collect().item() == "cell"


def test_text_files_with_numbers_are_no_labels(tmp_path):
    for name in ("a", "b"):
        written(tmp_path / f"{name}.txt", "12 4.5 3.1 8.2 1.1\n")
    assert not [one for one in discover([tmp_path]) if one.reader]


def test_long_loops_are_counted_and_short_ones_are_tables(tmp_path):
    body = "\n".join(f"{n} {n} mic/{n % 3}.mrc" for n in range(1500))
    text = f"data_particles\nloop_\n_rlnOriginXAngst #1\n_rlnOriginYAngst #2\n_rlnMicrographName #3\n{body}\n\ndata_general\n_rlnVersion 'four point 0'\n"
    reading = read(source(written(tmp_path / "p.star", text)))
    assert reading.tables["Image"].frame.select("_name", "_count").collect().rows() == [
        (f"mic/{n}.mrc", "500") for n in range(3)
    ]
    assert reading.tables["general"].frame.select("rlnVersion").collect().item() == "four point 0"


def test_lines_of_a_loop_with_too_few_values_are_told(tmp_path):
    reading = read(source(written(tmp_path / "p.star", "data_\nloop_\n_rlnVoltage\n_rlnOpticsGroup\n300 1\n300\n")))
    assert [(problem.code, problem.count) for problem in reading.problems] == [("star-line", 1)]


def test_an_archive_with_a_broken_region_gives_the_others(tmp_path):
    path = made("annotation-carrier/regions", tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("broken.roi", b"Iout\0")
    reading = read(source(path))
    assert [problem.code for problem in reading.problems] == ["roi"]
    assert reading.tables["AnnotationSet"].frame.select("_count").collect().item() == "2"


def test_hostile_xml_is_refused(tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY b "x">]><ASAP_Annotations><Annotations>&b;</Annotations></ASAP_Annotations>'
    with pytest.raises(SourceError):
        read(source(written(tmp_path / "a.xml", bomb)))


def test_items_of_long_arrays_pass_by_one_at_a_time():
    text = '{"a": [1, {"b": [2]}], "c": "d", "e": []}'
    assert list(members(text, "a.json", frozenset({"a", "e"}))) == [("a", "1"), ("a", {"b": ["2"]}), ("c", "d")]
    assert top_members(text)["c"].startswith('"d"')


@pytest.mark.parametrize("text", ["", "{", '{"a"', '{"a": [1, ', '{"a": [1 2]}', '{"a": 1} x', "nope", '{"a": 1,}'])
def test_json_that_breaks_off_is_refused_with_its_place(text):
    with pytest.raises(SourceError, match=r"a\.json: is not JSON at line 1"):
        list(members(text, "a.json", frozenset({"a"})))
