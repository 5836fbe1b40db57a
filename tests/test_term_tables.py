"""The embedded term tables: well-formed, closed upwards, true to their ontologies, and enough for the shared studies."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyoxigraph as ox
import pytest
import yaml

from kg.curie import TERM_NAMESPACES, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TABLES = sorted((ROOT / "ontologies" / "terms").glob("*.tsv"))
SHARED = ROOT.parent / "shared" / "data"
ONTOLOGIES = SHARED / "ontologies"
CRATES = SHARED / "inputs" / "gide" / "crates"
HEADER = ["curie", "label", "parents", "synonyms", "iri"]
SCOPED = re.compile(r"(?P<text>.*?)(?: \[(?P<scope>exact|related|narrow|broad)\])?")
needs_shared = pytest.mark.skipif(not ONTOLOGIES.is_dir(), reason="needs ../shared/data")

# Sources of these labels are the crates of foundingGIDE, not the Cell Line Ontology view in ../shared; the file's head says so.
NAMED_BY_CRATES = {"CLO:0007646", "CLO:0001230"}


def head(path: Path) -> dict[str, str]:
    lines = [line[2:] for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    return dict(line.split(": ", 1) for line in lines)


@cache
def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def everything() -> dict[str, dict[str, str]]:
    return {row["curie"]: row for path in TABLES for row in rows(path)}


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def ancestors(curie: str) -> set[str]:
    seen: set[str] = set()
    todo = [curie]
    while todo:
        for parent in split(everything()[todo.pop()]["parents"]):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return seen


def synonyms(row: dict[str, str]) -> list[tuple[str, str]]:
    matches = [SCOPED.fullmatch(cell) for cell in split(row["synonyms"])]
    return [(match["text"], match["scope"] or "exact") for match in matches if match]


def test_there_is_a_table_for_every_field_that_must_work_without_any_download():
    assert {path.stem for path in TABLES} >= {"fbbi", "ncbitaxon", "uberon", "efo", "clo", "cmpo", "kgat"}
    assert sum(path.stat().st_size for path in TABLES) < 400_000


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
class TestEachTable:
    def test_names_its_ontology_version_source_and_licence(self, path):
        named = head(path)
        assert named["ontology"].lower() == path.stem
        assert named["ontology"] in TERM_NAMESPACES
        assert named["version"]
        assert named["source"].startswith(("http://", "https://"))
        assert named["licence"]

    def test_has_five_columns_in_every_row_and_unix_line_ends(self, path):
        data = path.read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")
        lines = [line for line in data.decode("utf-8").splitlines() if not line.startswith("#")]
        assert lines[0].split("\t") == HEADER
        assert {len(line.split("\t")) for line in lines} == {5}
        assert all(cell == cell.strip() for line in lines for cell in line.split("\t"))

    def test_is_sorted_by_curie_without_doubles(self, path):
        curies = [row["curie"] for row in rows(path)]
        assert curies == sorted(set(curies))

    def test_writes_curies_with_the_prefix_of_its_head_and_a_label(self, path):
        prefix = head(path)["ontology"]
        for row in rows(path):
            assert row["curie"].split(":")[0] == prefix
            assert expand(row["curie"])
            assert row["label"]
            assert row["iri"] in {"", expand(row["curie"])}

    def test_has_every_parent_as_a_row_and_no_cycle(self, path):
        here = {row["curie"] for row in rows(path)}
        for row in rows(path):
            assert set(split(row["parents"])) <= here, row
            assert row["curie"] not in ancestors(row["curie"])

    def test_has_each_label_once(self, path):
        counted = Counter(row["label"].casefold() for row in rows(path))
        assert [label for label, count in counted.items() if count > 1] == []

    def test_has_no_synonym_that_is_the_label_of_another_term_unless_it_is_only_related(self, path):
        labels = {row["label"].casefold(): row["curie"] for row in rows(path)}
        clashes = [
            (row["curie"], text)
            for row in rows(path)
            for text, scope in synonyms(row)
            if scope != "related" and labels.get(text.casefold(), row["curie"]) != row["curie"]
        ]
        assert clashes == []

    def test_has_no_exact_synonym_on_two_terms(self, path):
        owners = defaultdict(set)
        for row in rows(path):
            texts = [text.casefold() for text, scope in synonyms(row) if scope == "exact"]
            assert len(texts) == len(set(texts)), row
            for text in texts:
                owners[text].add(row["curie"])
        assert {text: found for text, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("FBbi:00000253", "FBbi:00000246"),
        ("FBbi:00050000", "FBbi:00000256"),
        ("FBbi:00000369", "FBbi:00000222"),
        ("NCBITaxon:9606", "NCBITaxon:40674"),
        ("NCBITaxon:9606", "NCBITaxon:7742"),
        ("NCBITaxon:7227", "NCBITaxon:33208"),
        ("NCBITaxon:3702", "NCBITaxon:33090"),
        ("NCBITaxon:4932", "NCBITaxon:4751"),
        ("NCBITaxon:562", "NCBITaxon:2"),
        ("NCBITaxon:2697049", "NCBITaxon:10239"),
        ("EFO:0007551", "EFO:0007550"),
        ("UBERON:0002113", "UBERON:0001062"),
        ("CMPO:0000118", "CMPO:0000003"),
        ("PATO:0000384", "PATO:0000047"),
        ("KGAT:instance_mask", "KGAT:segmentation_mask"),
    ],
)
def test_a_term_lies_below_its_well_known_ancestor(below, above):
    assert above in ancestors(below)


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("LSFM", "FBbi:00000369"),
        ("CLSM", "FBbi:00000251"),
        ("TIRF", "FBbi:00000617"),
        ("STED", "FBbi:00000334"),
        ("brightfield", "FBbi:00000243"),
        ("time-lapse imaging", "FBbi:00000249"),
        ("SEM", "FBbi:00000257"),
        ("zebrafish", "NCBITaxon:7955"),
        ("baker's yeast", "NCBITaxon:4932"),
        ("HCS", "EFO:0007550"),
        ("instance masks", "KGAT:instance_mask"),
        ("bbox", "KGAT:bounding_boxes"),
    ],
)
def test_an_own_word_of_the_field_belongs_exactly_to_one_term(text, curie):
    owners = {
        found
        for found, row in everything().items()
        if (text.casefold(), "exact") in {(t.casefold(), s) for t, s in synonyms(row)}
    }
    assert owners == {curie}


def test_every_annotation_type_of_the_schema_is_a_row_with_the_same_identifier():
    model = yaml.safe_load((ROOT / "ontologies" / "annotation.yaml").read_text("utf-8"))
    values = model["enums"]["AnnotationType"]["permissible_values"]
    assert {f"KGAT:{name}" for name in values} == {curie for curie in everything() if curie.startswith("KGAT:")} - {
        "KGAT:annotation"
    }
    for name, value in values.items():
        assert value["meaning"] in {f"KGAT:{name}", f"kg:annotation-type/{name}"}
        if "is_a" in value:
            assert f"KGAT:{value['is_a']}" in ancestors(f"KGAT:{name}")


def test_the_registry_knows_every_table_and_every_ontology_that_a_term_slot_names():
    entries = {
        entry["prefix"]: entry
        for entry in yaml.safe_load((ROOT / "ontologies" / "registry.yaml").read_text("utf-8"))["ontologies"]
    }
    assert {prefix for prefix, entry in entries.items() if entry["table"]} == {head(path)["ontology"] for path in TABLES}
    named = re.findall(r"source_ontology: (?:obo:|kg:ontology/)(\w+)", (ROOT / "ontologies" / "terms.yaml").read_text("utf-8"))
    assert set(named) <= entries.keys()
    for prefix, entry in entries.items():
        assert entry["namespace"] == TERM_NAMESPACES[prefix]
        assert entry["licence"]
        assert entry["format"] in {"obo", "owl", "tsv"}


def of_obo(*names: str) -> dict[str, set[str]]:
    labels: dict[str, set[str]] = defaultdict(set)
    for name in names:
        text = lzma.decompress((ONTOLOGIES / f"{name}.obo.xz").read_bytes()).decode("utf-8")
        for curie, label in re.findall(r"^\[Term\]\nid: (\S+)\nname: (.+)$", text, re.MULTILINE):
            labels[curie].add(label)
    return labels


def of_rdf(data: bytes, form: ox.RdfFormat) -> dict[str, set[str]]:
    labels: dict[str, set[str]] = defaultdict(set)
    for quad in ox.parse(data, form):
        if quad.predicate.value.endswith("rdf-schema#label") and isinstance(quad.subject, ox.NamedNode):
            prefix, _, local = quad.subject.value.rpartition("/")[2].partition("_")
            labels[f"{prefix}:{local}"].add(quad.object.value)
    return labels


def of_owl(*names: str) -> dict[str, set[str]]:
    return {
        k: v
        for name in names
        for k, v in of_rdf(lzma.decompress((ONTOLOGIES / f"{name}.owl.xz").read_bytes()), ox.RdfFormat.RDF_XML).items()
    }


def of_json(name: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    sql = "select json from read_json_objects(?, format='unstructured', compression='zstd', maximum_object_size=200000000)"
    found = json.loads(duckdb.connect().execute(sql, [str(ONTOLOGIES / f"{name}.json.zst")]).fetchall()[0][0])
    live = {curie: term for curie, term in found.items() if not term["deprecated"]}
    return {curie: {term["label"]} for curie, term in live.items()}, {
        curie: set(term["ancestors"]) for curie, term in live.items()
    }


def of_turtle(name: str) -> dict[str, set[str]]:
    return of_rdf((CRATES.parent / name).read_bytes(), ox.RdfFormat.TURTLE)


TRUTH = {
    "FBbi": lambda: {**of_turtle("gide_fbbi_hierarchy_subset.ttl"), **of_owl("fbbi")},
    "NCBITaxon": lambda: {
        **of_turtle("gide_ncbitaxon_hierarchy_subset.ttl"),
        **of_obo("go-ncbitaxon_import", "mondo-ncbitaxon_import"),
    },
    "UBERON": lambda: of_json("UBERON-ontology-v2026-04-01")[0],
    "CL": lambda: of_json("CL-ontology-v2026-03-26")[0],
    "EFO": lambda: of_json("EFO-ontology-v3.90.0")[0],
    "CLO": lambda: of_owl("LINCS-CLOview"),
    "GO": lambda: of_obo("mondo-go_import", "oba-go_import", "hp-go_import"),
    "CMPO": lambda: of_obo("cmpo"),
    "OBI": lambda: of_obo("obi"),
    "PATO": lambda: of_obo("pato"),
    "PO": lambda: of_obo("go-po_import"),
}


@needs_shared
@pytest.mark.parametrize("path", [path for path in TABLES if path.stem != "kgat"], ids=lambda path: path.stem)
def test_each_label_is_the_label_of_the_ontology_letter_by_letter(path):
    truth = TRUTH[head(path)["ontology"]]()
    wrong = [
        (row["curie"], row["label"], truth.get(row["curie"]))
        for row in rows(path)
        if row["curie"] not in NAMED_BY_CRATES and row["label"] not in truth.get(row["curie"], ())
    ]
    assert wrong == []


@needs_shared
def test_no_parent_in_the_efo_table_is_anything_but_an_ancestor_in_efo():
    above = of_json("EFO-ontology-v3.90.0")[1]
    table = next(path for path in TABLES if path.stem == "efo")
    assert [row for row in rows(table) if not set(split(row["parents"])) <= above[row["curie"]]] == []


def curie_of(text: str) -> str | None:
    match = re.search(r"(?:^|[/#:])(FBbi|NCBITaxon|EFO|CLO|UBERON|CL|CMPO|OBI)[_:](\d+)$", text.strip(), re.IGNORECASE)
    if not match:
        return None
    prefix = {"fbbi": "FBbi", "ncbitaxon": "NCBITaxon"}.get(match[1].lower(), match[1].upper())
    return f"{prefix}:{match[2].lstrip('0') if prefix == 'NCBITaxon' else match[2]}"


def study_texts() -> list[tuple[str, str]]:
    found = []
    for path in sorted((SHARED / "inputs" / "idr").glob("idr*/*-study*.txt*")):
        data = path.read_bytes()
        found.append(
            (path.name.split("-")[0], (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace"))
        )
    return found


def uses_in_crates() -> Iterator[tuple[str, str]]:
    for path in sorted(CRATES.glob("*.json")):
        for entity in json.loads(path.read_text("utf-8"))["@graph"]:
            kinds = entity.get("@type")
            if {"DefinedTerm", "Taxon"} & set(kinds if isinstance(kinds, list) else [kinds]) and (
                curie := curie_of(entity["@id"])
            ):
                yield curie, path.name.removesuffix("-ro-crate-metadata.json")


def uses_in_study_files() -> Iterator[tuple[str, str]]:
    for study, text in study_texts():
        for line in text.splitlines():
            if re.match(r"(Study|Screen|Experiment|Library|Protocol|Organism).*Term Accession\t", line):
                yield from ((curie, study) for cell in line.split("\t")[1:] if (curie := curie_of(cell)))


def uses_in_tables() -> Iterator[tuple[str, str]]:
    """Columns filled by dragging give one word up to thousands of accessions; only the most frequent counts as used."""
    pairs: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    with (SHARED / "inputs" / "idr" / "_derived" / "label_accession_pairs.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            curie = curie_of(row["accession"])
            if curie and row["header"].split("[")[-1].rstrip("]") in {
                "Organism",
                "Organism Part",
                "Cell Line",
                "Organ",
                "Tissue",
            }:
                for study in re.split(r"[,; ]+", row["studies"]):
                    pairs[study, row["label"]][curie] += int(row["rows"])
    yield from ((curies.most_common(1)[0][0], study) for (study, _), curies in pairs.items())


@cache
def studies_of() -> dict[str, set[str]]:
    """Return the studies that use a term; an IDR study and its crate count once."""
    used: dict[str, set[str]] = defaultdict(set)
    for curie, study in [*uses_in_crates(), *uses_in_study_files(), *uses_in_tables()]:
        used[curie].add(study)
    return used


@needs_shared
def test_every_term_of_ten_or_more_shared_studies_is_embedded():
    often = {curie for curie, studies in studies_of().items() if len(studies) >= 10}
    assert len(often) >= 40
    assert often - everything().keys() == set()


@needs_shared
def test_every_imaging_method_that_any_shared_study_uses_is_embedded():
    used = {curie for curie in studies_of() if curie.startswith("FBbi:")}
    assert len(used) >= 60
    assert used - everything().keys() == set()


@needs_shared
@pytest.mark.parametrize(
    ("curie", "exact", "expanded"),
    [("FBbi:00000251", 211, 266), ("FBbi:00000246", 247, 535), ("FBbi:00000241", 13, 703), ("FBbi:00000256", 37, 66)],
)
def test_the_embedded_hierarchy_finds_as_many_crates_as_the_hierarchy_of_the_crates_own_project(curie, exact, expanded):
    methods = crate_methods()
    assert len(methods[curie]) == exact
    assert len(set().union(*(s for c, s in methods.items() if c == curie or curie in ancestors(c)))) == expanded


@cache
def crate_methods() -> dict[str, set[str]]:
    """Crates per imaging method: what measurementMethod of the root points at, itself or through a LabProtocol."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in CRATES.glob("*.json"):
        graph = json.loads(path.read_text("utf-8"))["@graph"]
        by_id = {entity["@id"]: entity for entity in graph}
        about = next(entity["about"]["@id"] for entity in graph if "conformsTo" in entity)
        for method in listed(by_id[about].get("measurementMethod")):
            for term in [method, *listed(by_id.get(method["@id"], {}).get("measurementTechnique"))]:
                if (curie := curie_of(term["@id"])) and curie.startswith("FBbi:"):
                    found[curie].add(path.name)
    return found


def listed(value):
    return [x for x in (value if isinstance(value, list) else [value]) if isinstance(x, dict)]
