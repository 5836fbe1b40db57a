"""Every case folder: a source goes in, exactly the expected statements come out."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.pipeline import Pipeline, Settings

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path for path in CASES.glob("*/*") if path.is_dir() and not path.name.startswith("_"))


def source_of(folder: Path, tmp_path: Path) -> Path:
    script = folder / "make.py"
    if script.exists():
        spec = importlib.util.spec_from_file_location(f"case_{folder.parent.name}_{folder.name}", script)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.make(tmp_path)
    found = sorted(folder.glob("input.*"))
    assert len(found) == 1, f"{folder} should hold one input.* or a make.py"
    return found[0]


def canonical(trig: str) -> str:
    dataset = ox.Dataset(ox.parse(trig, format=ox.RdfFormat.TRIG))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_case_gives_exactly_the_expected_statements(folder, tmp_path, request):
    [seen] = Pipeline(Settings(version="test")).inspect(source_of(folder, tmp_path))
    assert seen.mapping == folder.parent.name, "the folder is named after the mapping that takes the source"
    got, expected = canonical(seen.trig), folder / "expected.nq"
    if request.config.getoption("--update-cases"):
        expected.write_text(got, encoding="utf-8")
    assert got.splitlines() == expected.read_text(encoding="utf-8").splitlines()


def test_there_is_a_case_for_every_mapping():
    mappings = {path.stem for path in (CASES.parent.parent / "mappings").glob("*.yaml")}
    assert mappings == {folder.parent.name for folder in FOLDERS}
