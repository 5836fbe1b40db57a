"""OME-Zarr: what is one source, what is read of it, and that chunks are never looked at."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from kg import readers
from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers.limits import Limits

IMAGE = {
    "multiscales": [
        {
            "version": "0.4",
            "axes": [
                {"name": "y", "type": "space", "unit": "micrometer"},
                {"name": "x", "type": "space", "unit": "micrometer"},
            ],
            "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [0.5, 0.25]}]}],
        }
    ]
}
ARRAY = {"zarr_format": 2, "shape": [8, 9], "chunks": [4, 4], "dtype": "<u2"}


def write(top: Path, path: str, **objects: object) -> None:
    (top / path).mkdir(parents=True, exist_ok=True)
    for name, value in objects.items():
        (top / path / f".{name}").write_text(json.dumps(value), "utf-8")


def image(top: Path, attributes: object = IMAGE) -> Path:
    write(top, "", zgroup={"zarr_format": 2}, zattrs=attributes)
    write(top, "0", zarray=ARRAY)
    return top


def one(path: Path):
    [source] = readers.discover([path])
    return readers.read(source)


def row(reading, table: str, place: int = 0) -> dict[str, object]:
    return reading.tables[table].frame.collect().row(place, named=True)


def document(tmp_path: Path, attributes: object, name: str = "image.json"):
    path = tmp_path / name
    path.write_text(attributes if isinstance(attributes, str) else json.dumps(attributes), "utf-8")
    return one(path)


def changed(**changes: object) -> dict[str, object]:
    return {"multiscales": [{**IMAGE["multiscales"][0], **changes}]}


def test_an_image_in_a_plate_is_part_of_the_plate_and_chunks_are_no_sources(tmp_path):
    plate = {"plate": {"wells": [{"path": "A/1"}], "rows": [{"name": "A"}], "columns": [{"name": "1"}]}}
    write(tmp_path / "p.zarr", "", zgroup={"zarr_format": 2}, zattrs=plate)
    write(tmp_path / "p.zarr", "A/1", zattrs={"well": {"images": [{"path": "0"}]}})
    image(tmp_path / "p.zarr" / "A" / "1" / "0")
    (tmp_path / "p.zarr" / "A" / "1" / "0" / "0" / "0.0").write_bytes(b"Well,Plate\n1,2\n")
    (tmp_path / "table.csv").write_text("Well\nA1\n", "utf-8")
    sources = readers.discover([tmp_path])
    assert [source.path.name for source in sources] == ["table.csv", "p.zarr"]
    names = {part.relative_to(tmp_path / "p.zarr").as_posix() for part in sources[1].parts}
    assert names == {".zgroup", ".zattrs", "A/1/.zattrs", "A/1/0/.zgroup", "A/1/0/.zattrs", "A/1/0/0/.zarray"}


def test_folders_below_an_array_are_never_listed(tmp_path, monkeypatch):
    top = image(tmp_path / "a.zarr")
    (top / "0" / "0").mkdir()
    third = top / "third"
    (third / "c" / "0").mkdir(parents=True)
    (third / "zarr.json").write_text(json.dumps({"zarr_format": 3, "node_type": "array"}), "utf-8")
    listed = []
    real = readers.ome.zarr_store.os.scandir
    monkeypatch.setattr(readers.ome.zarr_store.os, "scandir", lambda path: listed.append(Path(path)) or real(path))
    list(readers.ome.zarr_store.metadata_files(top))
    assert listed == [top]


def test_a_walk_through_a_very_large_hierarchy_ends(tmp_path):
    for place in range(30):
        write(tmp_path, f"{place}", zgroup={})
    assert len(list(readers.ome.zarr_store.metadata_files(tmp_path, most=11))) == 10


def test_a_scale_is_a_pixel_size_only_with_a_unit(tmp_path):
    bare = changed(axes=[{"name": "y", "type": "space"}, {"name": "x", "type": "space", "unit": "nanometer"}])
    cells = row(document(tmp_path, bare), "multiscales")
    assert (cells["_pixel_x"], cells["_unit_x"]) == ("0.25", "nanometer")
    assert "_pixel_y" not in cells
    assert row(document(tmp_path, bare), "coordinateTransformations")["scale"] == ["0.5", "0.25"]


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_the_first_versions_have_the_five_axes_of_ome_and_no_pixel_size(tmp_path, version):
    top = image(tmp_path / "old.zarr", {"multiscales": [{"version": version, "datasets": [{"path": "0"}]}]})
    write(top, "0", zarray={**ARRAY, "shape": [2, 3, 4, 5, 6]})
    cells = row(one(top), "multiscales")
    assert [cells[f"_size_{name}"] for name in "tczyx"] == ["2", "3", "4", "5", "6"]
    assert cells["_axes"] == "t,c,z,y,x"
    assert not [name for name in cells if name.startswith("_pixel_x")]


def test_version_0_3_names_its_axes(tmp_path):
    top = image(tmp_path / "v3.zarr", {"multiscales": [{"version": "0.3", "axes": ["y", "x"], "datasets": [{"path": "0"}]}]})
    cells = row(one(top), "multiscales")
    assert (cells["_size_y"], cells["_size_x"], cells["axes"]) == ("8", "9", ["y", "x"])


def test_an_outer_scale_is_applied_after_that_of_the_array_and_exactly(tmp_path):
    outer = changed(coordinateTransformations=[{"type": "scale", "scale": [0.1, 1]}])
    cells = row(document(tmp_path, outer), "multiscales")
    assert (cells["_pixel_y"], cells["_pixel_x"]) == ("0.05", "0.25")


@pytest.mark.parametrize(
    "step",
    [{"type": "rotation", "rotation": [[0, 1], [1, 0]]}, {"type": "affine", "affine": [[2, 0, 0], [0, 2, 0]]}, {"type": "scale", "path": "s"}],
)  # fmt: skip
def test_what_is_no_plain_scale_gives_no_pixel_size(tmp_path, step):
    found = changed(datasets=[{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [2, 2]}, step]}])
    if step["type"] == "scale":
        found = changed(datasets=[{"path": "0", "coordinateTransformations": [step]}])
    assert "_pixel_x" not in row(document(tmp_path, found), "multiscales")


@pytest.mark.parametrize("scale", [[0, 1], [-1, 1], ["a", "b"], ["1", "1"], [float("nan"), 1], "x", None, [1e400, 1]])
def test_a_scale_that_is_no_size_is_kept_as_text_only(tmp_path, scale):
    found = changed(datasets=[{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": scale}]}])
    assert "_pixel_y" not in row(document(tmp_path, found), "multiscales")


def test_a_scale_of_another_length_than_the_axes_is_a_problem(tmp_path):
    found = changed(datasets=[{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 1]}]}])
    [problem] = document(tmp_path, found).problems
    assert (problem.code, problem.found) == ("zarr-axes", "a scale of 3 numbers for 2 axes")


def test_the_system_that_an_array_leads_to_gives_axes_and_units(tmp_path):
    axes = IMAGE["multiscales"][0]["axes"]
    step = {"type": "scale", "scale": [3, 4], "input": "0", "output": "physical"}
    image_6 = {
        "coordinateSystems": [
            {"name": "world", "axes": [{"name": "a"}, {"name": "b"}]},
            {"name": "physical", "axes": axes},
        ],
        "datasets": [{"path": "0", "coordinateTransformations": [step]}],
        "coordinateTransformations": [{"type": "scale", "scale": [10, 10], "input": "physical", "output": "world"}],
    }
    cells = row(document(tmp_path, {"ome": {"version": "0.6", "multiscales": [image_6]}}), "multiscales")
    assert (cells["_pixel_y"], cells["_pixel_x"], cells["_unit_x"]) == ("3", "4", "micrometer")


def test_a_consolidated_copy_stands_in_for_what_is_absent(tmp_path):
    metadata = {".zattrs": IMAGE, "0/.zarray": ARRAY, ".zgroup": {"zarr_format": 2}}
    write(tmp_path / "c.zarr", "", zmetadata={"zarr_consolidated_format": 1, "metadata": metadata})
    assert row(one(tmp_path / "c.zarr"), "multiscales")["_size_x"] == "9"


def test_one_damaged_object_is_a_problem_and_the_rest_is_read(tmp_path):
    top = image(tmp_path / "d.zarr")
    (top / "0" / ".zarray").write_text('{"shape": [1,', "utf-8")
    reading = one(top)
    assert [problem.code for problem in reading.problems] == ["zarr-json"]
    assert row(reading, "multiscales")["_pixel_x"] == "0.25"


def test_a_hierarchy_without_anything_to_read_is_refused(tmp_path):
    (tmp_path / "e.zarr").mkdir()
    (tmp_path / "e.zarr" / ".zattrs").write_text("nothing", "utf-8")
    with pytest.raises(SourceError, match="no metadata of a zarr hierarchy"):
        one(tmp_path / "e.zarr")


def test_comments_are_refused_with_a_clear_sentence(tmp_path):
    text = '{"multiscales": [\n  // the first\n  {"version": "0.4"}\n]}'
    with pytest.raises(SourceError, match=r"has comments \(//\), which JSON does not have"):
        document(tmp_path, text)


def test_an_address_in_damaged_json_is_no_comment(tmp_path):
    with pytest.raises(SourceError, match="JSON"):
        document(tmp_path, '{"multiscales": [], "url": "https://x.org/" ')


@pytest.mark.parametrize(
    "attributes",
    [
        {
            "multiscales": [
                1,
                None,
                "x",
                {},
                {"datasets": 5},
                {"datasets": [{"path": 7}]},
                {"axes": [None, 3], "datasets": [{}]},
            ]
        },
        {
            "multiscales": [{"coordinateSystems": [None, {"name": 1}], "datasets": [{"path": "../../../etc"}]}],
            "omero": {"channels": [1]},
        },
        {
            "plate": {
                "wells": [{"path": "../.."}, {"path": None}, {"rowIndex": "a"}],
                "rows": 4,
                "acquisitions": [{"starttime": "x"}],
            }
        },
        {"well": {"images": [{"path": "/"}, {"path": "\0"}, 3]}, "image-label": {"source": {"image": 4}}, "labels": [None, 2]},
        {"ome": {"series": [None], "bioformats2raw.layout": 3, "multiscales": {}}, "multiscales": []},
    ],
)
def test_odd_shapes_are_read_without_a_crash(tmp_path, attributes):
    assert document(tmp_path, attributes).tables
    assert one(image(tmp_path / "odd.zarr", attributes)).tables


def test_deep_nesting_is_refused(tmp_path):
    with pytest.raises(LimitError):
        document(tmp_path, '{"multiscales": ' + "[" * 5000 + "]" * 5000 + "}")


def test_a_zip_with_several_hierarchies_keeps_their_names(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for name in ("a.zarr", "b.zarr"):
            archive.writestr(f"{name}/.zattrs", json.dumps(IMAGE))
            archive.writestr(f"{name}/0/0.0", b"chunk")
    frame = one(tmp_path / "two.zip").tables["zarr_group"].frame.collect()
    assert frame["_node"].to_list() == ["a.zarr", "b.zarr"]


def test_a_damaged_zip_is_refused_with_its_name(tmp_path):
    path = tmp_path / "cut.ozx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zarr.json", json.dumps({"zarr_format": 3, "node_type": "group", "attributes": {"ome": IMAGE}}))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match=r"cut\.ozx: is not a whole zip archive"):
        one(path)


def test_a_zip_that_only_contains_other_things_is_left_to_others(tmp_path):
    path = tmp_path / "crate.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ro-crate-metadata.json", '{"@graph": []}')
        archive.writestr("data/a.zarr/.zattrs", json.dumps(IMAGE))
    [source] = readers.discover([path])
    assert readers.reader_for(source).NAME == "rocrate"


def test_a_member_that_swells_is_skipped(tmp_path):
    path = tmp_path / "bomb.zarr.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(".zattrs", json.dumps(IMAGE))
        archive.writestr("0/.zarray", b" " * 40_000_000 + b"{}")
    [source] = readers.discover([path])
    reading = readers.read(source, replace(Limits(), file_bytes=10_000_000))
    assert "zip-bomb" in {problem.code for problem in reading.problems}
    assert row(reading, "multiscales")["_pixel_x"] == "0.25"


def test_damaged_xml_and_a_damaged_crate_inside_are_problems(tmp_path):
    top = image(tmp_path / "x.zarr")
    (top / "OME").mkdir()
    (top / "OME" / "METADATA.ome.xml").write_text("<OME><Image>", "utf-8")
    (top / "ro-crate-metadata.json").write_text("{", "utf-8")
    reading = one(top)
    assert [problem.code for problem in reading.problems] == ["zarr-member", "zarr-member"]
    assert row(reading, "multiscales")["_own"] == "top"


def test_rows_and_columns_count_only_where_they_begin_with_a_and_1(tmp_path):
    plate = {
        "rows": [{"name": "A"}, {"name": "C"}],
        "columns": [{"name": "1"}],
        "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}, {"path": "C/1", "rowIndex": 1, "columnIndex": 0}],
    }
    reading = document(tmp_path, {"plate": plate})
    assert [row(reading, "wells", place).get("_row_at") for place in (0, 1)] == ["0", None]


def test_every_cell_of_every_shared_zarr_is_accounted_for(shared):
    broken = {"multiscales_example.json", "multiscales_example_relative.json"}
    refused = []
    count = 0
    settings = Settings(version="test")
    for seen in Pipeline(settings).inspect_each(
        shared / "data/inputs/ngff", lambda source, _: refused.append(source.path.name)
    ):
        count += 1
        for column in seen.columns:
            assert column.filled == column.mapped + column.custom + column.missing + column.withheld, (seen.source.key, column)
        if not seen.source.key.endswith("bijection_verbose.json"):
            assert seen.mapping, seen.source.key
        assert not [problem for problem in seen.problems if problem.severity == "error" and problem.code.startswith("zarr-")]
    assert set(refused) == broken
    assert count > 80
