"""The shared inputs, end to end: four kinds of source in one graph, counted against scripts that read the files themselves."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.pipeline import Pipeline, Settings
from kg.queries import bound, question_named
from kg.store import Store, text_of

pytestmark = pytest.mark.slow
FBBI = re.compile(r"(?:obo:|http://purl\.obolibrary\.org/obo/)?FBbi[_:](\d{8})$")
# A few studies of each shape, so that the suite stays short; benchmarks/run.py --idr takes them all.
IDR = ("idr0002", "idr0012", "idr0030", "idr0056", "idr0079")


@pytest.fixture(scope="module")
def harmonized(shared, tmp_path_factory):
    """All GIDE crates, notebooks and OME files, and some IDR studies, harmonized in one call."""
    inputs, store = shared / "data" / "inputs", tmp_path_factory.mktemp("shared") / "store"
    sources = [inputs / "gide" / "crates", inputs / "eln", inputs / "ome", *(inputs / "idr" / name for name in IDR)]
    result = Pipeline(Settings(version="test")).harmonize(sources, store)
    with Store.open(store) as opened:
        yield result, opened


def studies(store, method):
    answer = store.current.query(bound(question_named("studies-by-imaging-method"), {"method": method}))
    place = answer.variables.index("study")
    return {text_of(row[place]).rpartition("/")[2] for row in answer}


def crates(shared):
    """Read by an independent script: accession of each crate to the FBbi numbers that its root names as method."""
    found = {}
    for path in sorted((shared / "data" / "inputs" / "gide" / "crates").glob("*.json")):
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        about = next(e["about"] for e in graph if "about" in e and "conformsTo" in e)
        root = next(e for e in graph if e["@id"] == about["@id"])
        methods = root.get("measurementMethod", [])
        ids = [m["@id"] for m in (methods if isinstance(methods, list) else [methods]) if isinstance(m, dict)]
        found[path.name] = (root, {match.group(1) for i in ids if (match := FBBI.match(i))})
    return found


def kinds_of(shared, number):
    """Everything below a method in the hierarchy that foundingGIDE publishes."""
    children = defaultdict(set)
    path = shared / "data" / "inputs" / "gide" / "gide_fbbi_hierarchy_subset.ttl"
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        if quad.predicate.value.endswith("subClassOf"):
            children[quad.object.value[-8:]].add(quad.subject.value[-8:])
    found, waiting = set(), [number]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(children[one])
    return found


def test_every_file_is_harmonized_or_listed_with_a_reason(harmonized, shared):
    result, _ = harmonized
    inputs = shared / "data" / "inputs"
    folders = [inputs / "gide" / "crates", inputs / "eln", inputs / "ome", *(inputs / "idr" / name for name in IDR)]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert len(result.sources) == len(files)
    assert all(source.reason for source in result.sources if source.status != "harmonized")
    assert {source.mapping for source in result.sources} >= {"idr-annotation", "idr-study", "gide-crate", "eln", "ome"}


def test_every_cell_is_mapped_kept_or_declared_missing(harmonized):
    result, _ = harmonized
    for count in result.columns:
        assert count.filled == count.mapped + count.custom + count.missing + count.withheld, count
    assert sum(count.filled for count in result.columns) > 300_000


@pytest.mark.parametrize(("number", "exact", "expanded", "doubts"), [("00000251", 211, 266, 0), ("00000246", 247, 535, 1)])
def test_studies_by_imaging_method_agree_with_a_script_that_reads_the_crates(
    harmonized, shared, number, exact, expanded, doubts
):
    _, store = harmonized
    read = crates(shared)
    below = kinds_of(shared, number)
    by_script = {name for name, (_, ids) in read.items() if ids & below}
    assert sum(number in ids for _, ids in read.values()) == exact
    assert len(by_script) == expanded
    ours = studies(store, f"FBbi:{number}")
    accessions = {name: accession_of(root) for name, (root, _) in read.items()}
    missing = {accessions[name] for name in by_script if accessions[name] not in ours}
    doubted = words_of(store, missing, "review")
    unfound = {study for study in missing if not doubted.get(study)}
    assert not unfound, "every study of the script is found, or its accession contradicts its words and waits for a person"
    assert len(missing) == doubts, "two-photon microscopy with the accession of FRET"
    more = ours - {accessions[name] for name in by_script}
    explained = words_of(store, more)
    unexplained = {study for study in more if not explained.get(study)}
    assert not unexplained, "each further study is there because its own words, or those of its experiments, name such a method"


def accession_of(root):
    identifier = root.get("identifier")
    return str(identifier if isinstance(identifier, str) else root["@id"].rstrip("/").rpartition("/")[2])


def words_of(store, accessions, status="accepted"):
    """The words behind the methods of studies: a Decision about a text, on the study or on a component of it."""
    answer = store.current.query(
        """PREFIX kg: <https://w3id.org/bioimage-kg/> PREFIX schema: <http://schema.org/>
        SELECT ?study ?words WHERE {
          ?decision kg:field "imaging_method" ; kg:status "STATUS" ; kg:sourceText ?words .
          { ?study kg:decision ?decision } UNION { ?record kg:decision ?decision ; a kg:StudyComponent ; schema:isPartOf ?study }
        }""".replace("STATUS", status)
    )
    words = defaultdict(set)
    for row in answer:
        words[text_of(row[0]).rpartition("/")[2]].add(text_of(row[1]))
    return {accession: words[accession] for accession in accessions}


def test_queries_see_no_statement_twice(harmonized):
    _, store = harmonized
    generation = store.current
    assert store.verify() == []
    counted = int(text_of(next(iter(generation.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")))[0]))
    assert counted == len(
        {ox.Quad(q.subject, q.predicate, q.object) for q in generation.database.quads_for_pattern(None, None, None, None)}
    )


def test_spreadsheet_autofill_is_not_believed(harmonized):
    """In idr0056 a drag of the mouse numbered HeLa from EFO_0001185 to EFO_0003392, and the human from 9606 up."""
    _, store = harmonized
    answer = store.current.query(
        """PREFIX kg: <https://w3id.org/bioimage-kg/> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?status (COUNT(*) AS ?n) WHERE {
          ?d kg:sourceText "Homo sapiens" ; kg:field "organism" ; kg:status ?status ; prov:wasDerivedFrom ?source .
          FILTER(CONTAINS(STR(?source), "idr0056"))
        } GROUP BY ?status"""
    )
    counts = {text_of(row[0]): int(text_of(row[1])) for row in answer}
    assert counts.get("review", 0) > 2_000
    assert counts.get("accepted", 0) <= 10


def test_paths_of_this_machine_never_reach_the_graph(harmonized, shared):
    _, store = harmonized
    needle = str(Path(shared).resolve())
    assert not any(needle in str(q) for q in store.current.database.quads_for_pattern(None, None, None, None))
