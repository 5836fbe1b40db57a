"""Readers of electron microscopy and HDF5: every tag is told, and what is damaged or hostile gives one sentence."""

from __future__ import annotations

import gzip
import importlib.util
import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits, discover, peek, read, reader_of
from kg.readers.em import mrc, sfs
from kg.readers.em.dm_tags import read_tags
from kg.readers.em.mrc_sections import Extended, sections
from kg.table import Source, is_content

CASES = Path(__file__).parent / "cases"
MADE = (
    "mrc/tilt-series",
    "mrc/named-header",
    "tia/camera",
    "dm/haadf",
    "emd/velox",
    "emd/berkeley",
    "bruker/map",
    "hdf5/nexus",
    "brillouin/map",
)
BINARY = ("mrc/named-header", "dm/haadf", "emd/velox", "bruker/map", "hdf5/nexus")
REAL = (
    "mrc/HAADFscan.mrc", "mrc/info.txt", "tia/128x128-TEM_search.emi", "tia/128x128-TEM_search_1.ser", "dm/multi_signal.dm3",
    "dm/test-EELS_spectrum.dm3", "dm/test-MonarcCL_mono-image.dm4", "emd/fei_example_tem_stack.emd", "emd/velox_emd_version11.zip",
    "bruker/bruker_nano.spx", "bruker/test_TEM.bcf", "hdf5/brillouin.h5",
)  # fmt: skip


def made(name: str, folder: Path) -> Path:
    spec = importlib.util.spec_from_file_location("made", CASES / name / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(folder)


def source(path: Path) -> Source:
    [found] = discover([path])
    return found


def cells(reading, kind: str) -> list[dict]:
    return reading.tables[kind].frame.collect().to_dicts()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refusal(reader, found: Source, limits: Limits) -> SourceError | None:
    """What a reader says where it refuses; anything else that it raises fails the test."""
    try:
        reader.read(found, limits)
    except SourceError as error:
        return error
    return None


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline(Settings(version="test"))


@pytest.mark.parametrize("name", MADE)
def test_every_cell_of_a_made_file_is_mapped_kept_or_missing(name, tmp_path, pipeline):
    [seen] = pipeline.inspect(made(name, tmp_path))
    assert seen.columns
    for column in seen.columns:
        assert column.filled == column.mapped + column.custom + column.missing + column.withheld, column
    assert [problem for problem in seen.problems if problem.severity != "info"] == []


@pytest.mark.parametrize("name", REAL)
def test_every_cell_of_a_real_file_is_mapped_kept_or_missing(name, shared, pipeline):
    for seen in pipeline.inspect(shared / "data" / "inputs" / "vendor" / name):
        assert seen.mapping
        for column in seen.columns:
            assert column.filled == column.mapped + column.custom + column.missing + column.withheld, column
        assert [problem for problem in seen.problems if problem.severity == "error"] == []


@pytest.mark.parametrize("name", BINARY)
def test_a_file_cut_anywhere_is_read_as_far_as_it_goes_or_refused_with_its_name(name, tmp_path):
    whole = made(name, tmp_path)
    data = whole.read_bytes()
    found = source(whole)
    reader = reader_of(peek(found))
    for length in {0, 1, 9, 16, 40, 100, 700, len(data) // 3, len(data) // 2, len(data) - 1}:
        whole.write_bytes(data[:length])
        said = refusal(reader, found, Limits())
        assert said is None or (said.where.startswith(whole.name) and said.what)


@pytest.mark.parametrize("name", BINARY)
def test_single_bytes_turned_over_never_crash_a_reader(name, tmp_path):
    whole = made(name, tmp_path)
    data = whole.read_bytes()
    found = source(whole)
    reader = reader_of(peek(found))
    small = replace(Limits(), file_bytes=4 * 1024 * 1024)
    for place in range(0, min(len(data), 3000), 97):
        for value in (0, 0x7F, 0xFF):
            whole.write_bytes(data[:place] + bytes([value]) + data[place + 1 :])
            said = refusal(reader, found, small)
            assert said is None or said.what


# ------------------------------------------------------------------------------------------------------------------- Gatan


def test_tags_of_a_dm4_file_keep_groups_without_names_structures_and_texts(tmp_path):
    reading = read(source(made("dm/haadf", tmp_path)))
    small, image = cells(reading, "ImageList")
    assert small["_thumbnail"], image["_thumbnail"] == ("true", "false")
    assert image["ImageTags.Frame"] == ["3", "-4"]
    assert image["ImageTags.Microscope Info.Emission Current (µA)"] == "5.0"
    assert image["ImageData.Dimensions"] == ["6", "4"]
    assert image["_acquired"] == "2023-03-07T14:45:06Z"
    assert "ImageData.Data" not in image
    assert "ImageTags.Lookup (2,000)" in reading.facts["arrays_not_read"]


def test_a_dm4_file_that_ends_early_is_read_up_to_there(tmp_path):
    path = made("dm/haadf", tmp_path)
    path.write_bytes(path.read_bytes()[:1200])
    reading = read(source(path))
    assert [problem.code for problem in reading.problems] == ["dm-cut"]
    assert cells(reading, "ImageList")[0]["Name"] == "Small"


def test_groups_within_groups_without_end_are_refused():
    group = struct.pack(">bbi", 0, 0, 1)
    data = struct.pack(">iii", 3, 0, 1) + (group + struct.pack(">bH", 20, 0)) * 5000
    with pytest.raises(LimitError, match="nested deeper"):
        read_tags(io.BytesIO(data), len(data), "deep.dm3")


# --------------------------------------------------------------------------------------------------------------------- MRC


def test_a_map_and_its_mdoc_are_one_source(tmp_path):
    made("mrc/tilt-series", tmp_path)
    [found] = discover([tmp_path])
    assert (found.path.name, [part.name for part in found.parts], found.reader) == ("grid4.st", ["grid4.st.mdoc"], "mrc")
    reading = read(found)
    assert [row["TiltAngle"] for row in cells(reading, "section")] == ["-3.01", "0.02"]
    assert [row["TiltAngle"] for row in cells(reading, "ZValue")] == ["-3.01", "0.02"]
    assert cells(reading, "extended")[0]["MagnificationIn100"] == "420"


def test_an_mdoc_without_its_map_is_read_alone(tmp_path):
    made("mrc/tilt-series", tmp_path)
    (tmp_path / "grid4.st").unlink()
    [found] = discover([tmp_path])
    reading = read(found)
    assert reading.reader == "mdoc"
    assert len(cells(reading, "mdoc")[0]["T"]) == 2


def test_an_info_file_belongs_to_the_movie_that_shares_its_name_and_to_no_other(tmp_path):
    data = made("mrc/named-header", tmp_path).read_bytes()
    info = (CASES / "mrc" / "direct-electron-info" / "input.txt").read_bytes()
    for name in ("20231114_00042_movie.mrc", "other.mrc"):
        written(tmp_path / name, data)
    for name in ("20231114_00042_info.txt", "info.txt"):
        written(tmp_path / name, info)
    parts = {found.path.name: [part.name for part in found.parts] for found in discover([tmp_path])}
    assert parts["20231114_00042_movie.mrc"] == ["20231114_00042_info.txt"]
    assert parts["other.mrc"] == []
    assert "info.txt" in parts


def test_sizes_follow_the_order_of_axes_and_lengths_stay_with_theirs(tmp_path):
    [header] = cells(read(source(made("mrc/named-header", tmp_path))), "header")
    assert [header[f"_size_{axis}"] for axis in "xyz"] == ["30", "20", "10"]
    assert [header[f"_pixel_{axis}"] for axis in "xyz"] == ["2", "2", "2"]
    assert header["nx"] == "10"


def test_fields_that_the_masks_leave_out_are_not_told(tmp_path):
    [row] = cells(read(source(made("mrc/named-header", tmp_path))), "extended")
    assert (row["HT"], row["Alpha tilt"], row["X-Stage"]) == ("200000.0", "-30.5", "-1.5e-05")
    assert not {"Dose", "Beta tilt", "Y-Stage", "Camera length"} & set(row)


def test_what_fei_wrote_before_it_named_its_headers_is_read():
    one = struct.pack("<13f", -10.5, 0, 1e-5, 0, 0, 0, 0, -2e-6, 1.5, 100, 84, 2.5e-10, 50000).ljust(128, b"\0")
    [row] = sections(Extended("", one.ljust(128 * 1024, b"\0"), "<", 3))
    assert (row["a_tilt"], row["pixel_size"], row["magnification"]) == ("-10.5", "2.5e-10", "50000")


def test_a_deltavision_file_and_a_text_are_no_mrc(tmp_path):
    head = bytearray(made("mrc/named-header", tmp_path).read_bytes()[:1024])
    head[96:98] = b"\xa0\xc0"
    for data in (bytes(head), b"MAP of the world\n" * 80):
        found = Source(written(tmp_path / "x.mrc", data), "x.mrc")
        assert not mrc.claims(peek(found))


def test_a_map_packed_with_gzip_is_read_and_one_that_is_cut_refused(tmp_path):
    data = gzip.compress(made("mrc/named-header", tmp_path).read_bytes())
    reading = read(source(written(tmp_path / "emd_1.map.gz", data)))
    assert cells(reading, "header")[0]["_size_x"] == "30"
    with pytest.raises(SourceError, match="damaged or cut off"):
        read(source(written(tmp_path / "emd_2.map.gz", data[:120])))


def test_an_extended_header_that_promises_too_much_is_a_problem(tmp_path):
    path = made("mrc/named-header", tmp_path)
    data = bytearray(path.read_bytes())
    struct.pack_into(">i", data, 92, 2_000_000_000)
    reading = read(source(written(path, bytes(data))))
    assert [problem.code for problem in reading.problems] == ["mrc-cut"]


# --------------------------------------------------------------------------------------------------------------------- TIA


def test_an_emi_file_and_its_series_are_one_source(tmp_path):
    made("tia/camera", tmp_path)
    [found] = discover([tmp_path])
    assert [part.name for part in found.parts] == ["grid square_1.ser"]
    reading = read(found)
    assert cells(reading, "series")[0]["_object"] == "object[1]"
    assert cells(reading, "object")[0]["TrueImageHeaderInfo.9"] == "120"
    assert [row["Time"] for row in cells(reading, "Elements")] == ["1362125350", "1362125351"]


def test_a_series_without_its_emi_is_read_and_one_that_is_cut_says_so(tmp_path):
    made("tia/camera", tmp_path)
    path = tmp_path / "grid square_1.ser"
    (tmp_path / "grid square.emi").unlink()
    assert read(source(path)).problems == ()
    whole = path.read_bytes()
    reading = read(source(written(path, whole[:-12])))
    assert [problem.code for problem in reading.problems] == ["ser-cut"]
    with pytest.raises(SourceError, match="shorter than the header"):
        read(source(written(path, whole[:10])))


def test_an_emi_file_with_broken_xml_is_refused_and_with_a_broken_series_read(tmp_path):
    emi = made("tia/camera", tmp_path)
    written(tmp_path / "grid square_1.ser", b"nothing")
    reading = read(source(emi))
    assert [(problem.code, problem.severity) for problem in reading.problems] == [("ser", "error")]
    (tmp_path / "grid square_1.ser").unlink()
    data = emi.read_bytes()
    with pytest.raises(SourceError, match="cannot be read"):
        read(source(written(emi, data.replace(b"</Uuid>", b"</Oops>"))))
    with pytest.raises(SourceError, match="no end"):
        read(source(written(emi, data[: data.index(b"</ObjectInfo>")])))


def test_entities_in_the_xml_of_an_emi_file_are_not_expanded(tmp_path):
    emi = made("tia/camera", tmp_path)
    (tmp_path / "grid square_1.ser").unlink()
    with pytest.raises(SourceError):
        read(source(written(emi, emi.read_bytes().replace(b"Eagle", b"&lol;"))))


# --------------------------------------------------------------------------------------------------------------------- EMD


def test_frames_of_a_stack_tell_what_differs_from_the_first(tmp_path):
    reading = read(source(made("emd/velox", tmp_path)))
    assert [(row["number"], row["CustomProperties.Detectors[Ceta].TimeStamp.value"]) for row in cells(reading, "frame")] == [
        ("1", "2")
    ]
    assert [cells(reading, "signal")[0][f"_{name}"] for name in ("size_x", "size_y", "frames")] == ["6", "4", "2"]


def test_a_zip_of_emd_files_is_one_source_and_a_damaged_member_a_problem(tmp_path):
    path = made("emd/velox", tmp_path)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(path, "a.emd")
        archive.writestr("b.emd", path.read_bytes()[:500])
    found = source(tmp_path / "both.zip")
    assert reader_of(peek(found)).NAME == "emd"
    reading = read(found)
    assert [row["File"] for row in cells(reading, "file")] == ["a.emd"]
    assert [problem.column for problem in reading.problems] == ["b.emd"]


def test_metadata_that_is_no_json_is_a_problem_and_the_rest_is_read(tmp_path):
    path = made("emd/velox", tmp_path)
    with h5py.File(path, "r+") as file:
        file["Data/Image/aa11/Metadata"][:, 0] = np.frombuffer(b"{broken".ljust(4000, b"\0"), "u1")
    reading = read(source(path))
    assert [problem.code for problem in reading.problems] == ["emd-json"]
    assert len(cells(reading, "signal")) == 2


# -------------------------------------------------------------------------------------------------------------------- HDF5


def test_links_of_hdf5_are_told_and_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["frames"] = "hidden"
    path = made("hdf5/nexus", tmp_path)
    with h5py.File(path, "r+") as file:
        file["entry/out"] = h5py.ExternalLink(str(secret), "/frames")
        file["entry/self"] = file["entry"]
        file["dangling"] = h5py.SoftLink("/nowhere")
    reading = read(source(path))
    links = {row["_id"]: row["(link)"] for row in cells(reading, "link")}
    assert links == {
        "/dangling": "soft",
        "/entry/data": "soft",
        "/entry/out": "external",
        "/entry/raw": "external",
        "/entry/same": "hard",
        "/entry/self": "hard",
    }
    assert not any("hidden" in str(row) for kind in reading.tables for row in cells(reading, kind))


def test_values_that_lie_in_other_files_are_not_read(tmp_path):
    written(tmp_path / "secret.bin", b"secret!!")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("outside", (1,), "S8", external=[(str(tmp_path / "secret.bin"), 0, 8)])
        layout = h5py.VirtualLayout((1,), "i4")
        layout[0:1] = h5py.VirtualSource(str(tmp_path / "y.h5"), "v", (1,))
        file.create_virtual_dataset("virtual", layout)
    reading = read(source(path))
    assert {row["_name"] for row in cells(reading, "dataset")} == {"outside", "virtual"}
    assert "secret!!" not in str(cells(reading, "dataset"))


def test_many_short_values_of_a_group_become_rows_and_arrays_stay_unread(tmp_path):
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        for number in range(400):
            file[f"n{number:03}"] = number
        file["image"] = np.zeros((10, 10))
        file.attrs["text"] = "µm"
        file.attrs["letters"] = np.array([b"a", b"b"])
        file.attrs["long"] = np.arange(1000)
        file.attrs["none"] = h5py.Empty("f")
    reading = read(source(path))
    [root] = cells(reading, "group")
    assert (root["n000"], root["n255"], root["text"], root["letters"]) == ("0", "255", "µm", "ab")
    rows = {row["_name"]: row for row in cells(reading, "dataset")}
    assert (rows["n399"]["(value)"], rows["image"]["_shape"]) == ("399", "10 x 10")
    assert [(problem.code, problem.column) for problem in reading.problems] == [("hdf5-array", "/@long")]


def test_columns_of_hdf5_that_begin_like_structure_are_still_told(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.attrs["_id"] = "mine"
        file.create_group("g").attrs["shape"] = "round"
    groups = cells(read(source(path)), "group")
    assert groups[0]["./_id"] == "mine"
    assert all(is_content(name) for name in ("./_id", "shape"))


def test_hdf5_that_is_damaged_is_refused_with_one_sentence(tmp_path):
    path = made("hdf5/nexus", tmp_path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(SourceError, match="damaged or cut off"):
        read(source(path))


# ------------------------------------------------------------------------------------------------------------------ Bruker


def test_a_container_that_leads_in_circles_or_to_nowhere_is_refused(tmp_path):
    data = bytearray(made("bruker/map", tmp_path).read_bytes())
    struct.pack_into("<I", data, 0x128, 0)
    with pytest.raises(SourceError, match="chunks of 0 bytes"):
        sfs.member(io.BytesIO(bytes(data)), "EDSDatabase/HeaderData", Limits(), "x.bcf")
    struct.pack_into("<I", data, 0x128, 4096)
    struct.pack_into("<I", data, 0x144, 99_999)
    with pytest.raises(SourceError):
        sfs.member(io.BytesIO(bytes(data)), "EDSDatabase/HeaderData", Limits(), "x.bcf")


def test_a_header_that_unpacks_without_end_is_refused(tmp_path):
    path = made("bruker/map", tmp_path)
    with pytest.raises(LimitError, match="unpacks to more than"):
        reader_of(peek(source(path))).read(source(path), replace(Limits(), file_bytes=750))


def test_counts_of_a_spectrum_are_not_read(tmp_path):
    reading = read(source(CASES / "bruker" / "spectrum" / "input.spx"))
    assert "_text" not in cells(reading, "Channels")[0]
    assert cells(reading, "Channels")[0]["_text_length"] == "7"
