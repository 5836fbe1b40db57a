"""Every case folder: a source goes in, exactly the expected statements come out; of shared sources, some facts."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from conftest import ROOT

from kg.pipeline import Inspected, Pipeline, Settings
from kg.readers import Limits
from kg.readers.confined import Confined
from kg.schema import load_schema

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path for path in CASES.glob("*/*") if path.is_dir() and not path.name.startswith("_"))
OWN = [folder for folder in FOLDERS if not (folder / "shared.yaml").exists()]
SHARED = [folder for folder in FOLDERS if (folder / "shared.yaml").exists()]
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture(scope="module")
def pipeline():
    """One pipeline with one process to read in for all cases."""
    with Confined(Limits()) as confined:
        yield Pipeline(Settings(version="test"), confined=confined)


def named(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


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


@pytest.mark.parametrize("folder", OWN, ids=named)
def test_a_case_gives_exactly_the_expected_statements(folder, tmp_path, request, pipeline):
    [seen] = pipeline.inspect(source_of(folder, tmp_path))
    assert seen.mapping == folder.parent.name, "the folder is named after the mapping that takes the source"
    got, expected = canonical(seen.trig), folder / "expected.nq"
    if request.config.getoption("--update-cases"):
        expected.write_text(got, encoding="utf-8")
    assert got.splitlines() == expected.read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True, slots=True)
class Facts:
    """What was stated of one source: the values of a slot over all records of a class."""

    quads: tuple[ox.Quad, ...]

    def values(self, class_name: str, slot_name: str) -> Counter[str]:
        class_, slot = load_schema().class_(class_name), load_schema().slot(class_name, slot_name)
        records = {q.subject for q in self.quads if q.predicate.value == TYPE and q.object.value == class_.iri}
        # a statement counts once, in however many graphs it stands
        said = {(q.subject, q.object) for q in self.quads if q.predicate.value == slot.iri and q.subject in records}
        return Counter(value.value for _, value in said)


def shared_facts(folder: Path, shared: Path, pipeline: Pipeline) -> tuple[dict, Inspected, Facts]:
    case = yaml.safe_load((folder / "shared.yaml").read_text(encoding="utf-8"))
    assert set(case) <= {"source", "says", "custom"}, f"{folder}/shared.yaml says {sorted(case)}"
    path = shared / "data" / "inputs" / case["source"]
    assert path.exists(), f"{folder}/shared.yaml names {case['source']}, which is not in ../shared/data/inputs"
    found = pipeline.inspect(path)
    assert len(found) == 1, f"{case['source']} gives the sources {[seen.source.key for seen in found]}, a case is about one"
    return case, found[0], Facts(tuple(ox.parse(found[0].trig, format=ox.RdfFormat.TRIG)))


@pytest.mark.parametrize("folder", SHARED, ids=named)
def test_a_shared_source_says_what_its_case_expects(folder, shared, pipeline):
    case, seen, facts = shared_facts(folder, shared, pipeline)
    assert seen.mapping == folder.parent.name, "the folder is named after the mapping that takes the source"
    assert case.get("says"), f"{folder}/shared.yaml expects nothing"
    told = [(f"{each['class']}.{each['slot']}", Counter(map(str, each["values"]))) for each in case["says"]]
    got = [(f"{each['class']}.{each['slot']}", facts.values(each["class"], each["slot"])) for each in case["says"]]
    assert shown(got) == shown(told)
    kept = {column.column for column in seen.columns if column.custom}
    assert set(case.get("custom", ())) <= kept, f"kept are {sorted(kept)}"


def shown(said: list[tuple[str, Counter[str]]]) -> list[str]:
    return [f"{name}: {sorted(values.elements())}" for name, values in said]


def test_there_is_a_case_with_its_own_source_for_every_mapping():
    mappings = {path.stem for path in (ROOT / "mappings").glob("*.yaml")}
    assert mappings == {folder.parent.name for folder in OWN if (folder / "expected.nq").exists()}


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_case_has_its_own_source_or_a_shared_one(folder):
    own = len([*folder.glob("input.*"), *folder.glob("make.py")])
    assert own + (folder / "shared.yaml").exists() == 1
    assert (folder / "expected.nq").exists() == bool(own)
