"""Files that belong together are one source, whatever the user names: the folder, the file that stands for it, or all above."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, harmonized

from kg import readers
from kg.pipeline import sources
from kg.pipeline.sources import digest_of
from kg.readers.bundle import Bundle, Folder, Gathered, gathered
from kg.readers.confined import Confined
from kg.readers.limits import Limits
from kg.table import Source


def made(case: str, folder: Path) -> Path:
    """The source of a case folder, written anew."""
    path = ROOT / "tests" / "cases" / case / "make.py"
    spec = importlib.util.spec_from_file_location(case.replace("/", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(folder)


@pytest.fixture
def plate(tmp_path) -> Path:
    """A folder with a measurement of a CellVoyager: four files of metadata and an image."""
    return made("cellvoyager/plate", tmp_path)


@pytest.fixture
def zarr(tmp_path) -> Path:
    """An OME-Zarr image: a folder that is itself the source."""
    folder = tmp_path / "cells.zarr"
    (folder / "0").mkdir(parents=True)
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"]
    levels = [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [0.25, 0.25]}]}]
    image = {"multiscales": [{"version": "0.4", "name": "cells", "axes": axes, "datasets": levels}]}
    array = {"zarr_format": 2, "shape": [4, 4], "chunks": [4, 4], "dtype": "|u1", "compressor": None, "fill_value": 0,
             "filters": None, "order": "C"}  # fmt: skip
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    (folder / ".zattrs").write_text(json.dumps(image))
    (folder / "0" / ".zarray").write_text(json.dumps(array))
    (folder / "0" / "0.0").write_bytes(bytes(16))
    return folder


@dataclass(frozen=True)
class Pairs:
    """A reader that takes ``x.main`` with all other files of that stem."""

    NAME: str = "pairs"
    suffix: str = ".main"

    def gather(self, folder: Folder):
        for name in folder.files:
            if name.endswith(self.suffix):
                stem = name.removesuffix(self.suffix)
                yield Bundle(name, tuple(other for other in folder.files if other != name and other.startswith(stem)))


@dataclass(frozen=True)
class Whole:
    """A reader that takes a folder whole that has a file called ``all``."""

    NAME: str = "whole"

    def gather(self, folder: Folder):
        if "all" in folder.files:
            yield Bundle("", ("all", "below/deep"), whole=True)


def test_a_file_belongs_to_one_source_only():
    folder = Folder(Path("x"), ("a.main", "a.other", "a.txt"), ())
    both = gathered(folder, [Pairs(), Pairs("others", ".other")])
    assert [(reader, bundle.primary, bundle.members) for reader, bundle in both.bundles] == [
        ("pairs", "a.main", ("a.other", "a.txt"))
    ]
    assert both.parts == {"a.other": "a.main", "a.txt": "a.main"}


def test_a_folder_that_is_a_source_whole_has_no_other():
    folder = Folder(Path("x"), ("a.main", "a.other", "all"), ("below",))
    assert gathered(folder, [Pairs(), Whole()]).bundles == (("whole", Bundle("", ("all", "below/deep"), whole=True)),)


def gathering(*able):
    def gather(folder: Path) -> Gathered:
        names = sorted(folder.iterdir())
        files = tuple(path.name for path in names if path.is_file())
        return gathered(Folder(folder, files, tuple(path.name for path in names if path.is_dir())), able)

    return gather


@dataclass(frozen=True)
class Index:
    """A reader whose ``index`` names files of the folders below."""

    NAME: str = "index"

    def gather(self, folder: Folder):
        if "index" in folder.files:
            yield Bundle("index", ("sub/a.txt", "sub/deeper/b.txt"))


def test_a_part_in_a_folder_below_is_no_source_of_its_own(tmp_path):
    for name in ("index", "sub/a.txt", "sub/c.txt", "sub/deeper/b.txt"):
        (tmp_path / "d" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "d" / name).write_text(name)
    found = readers.discover([tmp_path / "d"], gathering(Index()))
    assert [source.key for source in found] == ["d/index", "d/sub/c.txt"]
    assert [part.key for part in readers.parts_of(found)] == ["d/sub/a.txt", "d/sub/deeper/b.txt"]


def test_a_part_that_the_user_names_is_a_source(tmp_path):
    for name in ("a.main", "a.txt"):
        (tmp_path / name).write_text(name)
    found = readers.discover([tmp_path / "a.main", tmp_path / "a.txt"], gathering(Pairs()))
    assert [(source.key, source.reader) for source in found] == [("a.main", "pairs"), ("a.txt", "")]
    assert readers.parts_of(found) == []


@pytest.mark.parametrize("named", ["pilot", "pilot/MeasurementDetail.mrf", "."])
def test_a_measurement_is_one_source_by_whatever_it_is_named(plate, named):
    [source] = readers.discover([plate.parent / named])
    assert (source.path.name, source.reader, len(source.parts)) == ("MeasurementDetail.mrf", "cellvoyager", 4)
    assert source.named is named.endswith(".mrf")
    with Confined(Limits()) as confined:
        [again] = readers.discover([plate.parent / named], confined.gathered)
        assert again == source
        assert confined.read(source).reader == "cellvoyager"


@pytest.mark.parametrize("named", ["cells.zarr", "."])
def test_a_folder_that_is_an_image_is_one_source(zarr, named):
    found = readers.discover([zarr.parent / named])
    assert [(source.path, source.reader, source.named) for source in found] == [(zarr, "ome_zarr", named != ".")]


def test_parts_are_listed_in_the_summary_and_not_as_sources(plate, zarr, tmp_path):
    done = harmonized(tmp_path, plate, zarr)
    assert done.ran.code == 0, done.ran.err
    status = {source["key"]: (source["status"], source["reason"]) for source in done.summary["sources"]}
    assert status["pilot/MeasurementDetail.mrf"] == ("harmonized", "")
    assert status["cells.zarr"][0] == "harmonized"
    assert status["pilot/Pilot.wpi"] == ("part", "is part of pilot/MeasurementDetail.mrf")
    parts = [key for key, (word, _) in status.items() if word == "part"]
    assert "pilot/Pilot_B07_T0001F003L01A01Z02C01.tif" in parts
    assert not any(key.endswith("0.0") for key in status), "pixels are no part of the metadata"
    assert ["(part", "of", "another)", str(len(parts)), "0"] in [line.split() for line in done.ran.out.splitlines()]


def test_a_sidecar_that_changes_changes_the_source(plate):
    [source] = readers.discover([plate])
    before, size = digest_of(source)
    assert size == sum(path.stat().st_size for path in plate.iterdir())
    (plate / "Pilot.wpi").write_text("<other/>")
    assert digest_of(source)[0] != before


def test_the_digest_of_one_file_is_that_of_its_bytes(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc" * 1000)
    assert digest_of(Source(path, "a.bin")) == (hashlib.sha256(b"abc" * 1000).hexdigest(), 3000)


def test_of_large_files_only_the_ends_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_WHOLE", 1_000_000)
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(2_000_000))
    first, size = digest_of(Source(path, "a.bin"))
    assert (first.partition(":")[0], size) == ("sha256ends", 2_000_000)
    path.write_bytes(bytes(1_999_999) + b"x")
    assert digest_of(Source(path, "a.bin"))[0] != first


def test_a_folder_that_cannot_be_told_gives_its_files_one_by_one(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    with Confined(Limits()) as confined:
        confined._kill()
        assert [source.key for source in readers.discover([tmp_path / "a.json"], confined.gathered)] == ["a.json"]
        assert confined.gathered(tmp_path / "absent") == Gathered()
