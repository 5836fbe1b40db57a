"""What is generated from the schema: nothing is out of date, and everything loads where it is meant to."""

import ast
import json
import runpy
import sqlite3
from pathlib import Path

import duckdb
import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection

from kg.schema import load_schema

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "ontologies" / "generated"
SCHEMA = load_schema()


@pytest.fixture(scope="module")
def shapes():
    return Graph().parse(GENERATED / "bioimage-kg.shacl.ttl")


@pytest.mark.slow
def test_generating_again_changes_nothing():
    generate = runpy.run_path(str(ROOT / "scripts" / "generate.py"))
    texts = generate["outputs"]()
    assert [str(path) for path, text in texts.items() if (ROOT / path).read_text(encoding="utf-8") != text] == []


def test_no_generated_file_names_a_place_on_the_machine_that_wrote_it():
    files = [*GENERATED.glob("*.*"), *(ROOT / "docs" / "schema").glob("*.md")]
    assert [file.name for file in files if str(ROOT) in file.read_text(encoding="utf-8")] == []


def test_the_ddl_loads_into_sqlite_and_takes_a_record():
    with sqlite3.connect(":memory:") as database:
        database.executescript((GENERATED / "bioimage-kg.sql").read_text())
        database.execute('INSERT INTO "Image" (id, name, pixel_size_x) VALUES (?, ?, ?)', ("x:1", "a", 0.1))
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            database.execute('INSERT INTO "Image" (id, pixel_size_x) VALUES (?, ?)', ("x:2", -1))
    database.close()


def test_the_ddl_loads_into_duckdb_and_takes_a_record():
    with duckdb.connect() as database:
        database.execute((GENERATED / "bioimage-kg.sql").read_text())
        database.execute('INSERT INTO "Objective" (id, lens_na, immersion) VALUES (?, ?, ?)', ("x:1", 1.4, "Oil"))
        database.execute("INSERT INTO each_keywords VALUES (?, ?, ?)", ("x:1", 0, "nucleus"))
        with pytest.raises(duckdb.ConstraintException):
            database.execute('INSERT INTO "Objective" (id, immersion) VALUES (?, ?)', ("x:2", "Honey"))


def test_every_record_class_has_a_table():
    ddl = (GENERATED / "bioimage-kg.sql").read_text()
    assert [
        c.name for c in SCHEMA.classes.values() if c.is_record and not c.abstract and f'CREATE TABLE "{c.name}" (' not in ddl
    ] == []


def test_every_class_has_a_shape(shapes):
    shaped = set(shapes.subjects(RDF.type, SH.NodeShape))
    assert [c.name for c in SCHEMA.classes.values() if URIRef(c.iri) not in shaped] == []


def test_no_shape_lists_allowed_values_without_one(shapes):
    lists = [Collection(shapes, head) for _, head in shapes.subject_objects(SH["in"])]
    assert lists
    assert all(len(allowed) for allowed in lists)


def test_no_shape_is_closed_because_the_custom_layer_adds_properties(shapes):
    assert {bool(closed) for closed in shapes.objects(None, SH.closed)} <= {False}


def test_no_shape_asks_for_the_id_as_a_property(shapes):
    assert (None, SH.path, URIRef(SCHEMA.slot("Record", "id").iri)) not in shapes


def test_term_slots_take_any_iri_in_the_shapes(shapes):
    terms = {URIRef(s.iri) for c in SCHEMA.classes.values() for s in c.slots.values() if s.kind == "term"}
    asked = [prop for path in terms for prop in shapes.subjects(SH.path, path)]
    assert asked
    assert [prop for prop in asked if (prop, SH["in"], None) in shapes or (prop, SH.datatype, None) in shapes] == []


def test_the_owl_file_names_community_properties_by_their_own_iri():
    graph = Graph().parse(GENERATED / "bioimage-kg.owl.ttl")
    assert (URIRef("https://ld.openmicroscopy.org/core/lens_na"), RDF.type, None) in graph
    missing = {
        s.iri
        for c in SCHEMA.classes.values()
        for s in c.slots.values()
        if (URIRef(s.iri), None, None) not in graph and s.name != "id"
    }
    # A refinement of a slot keeps the property of the slot.
    assert missing <= {SCHEMA.slot("ImageAcquisition", "instrument").iri, SCHEMA.slot("Specimen", "biosample").iri}


def test_the_json_schema_has_every_class_and_allows_no_unknown_slot():
    schema = json.loads((GENERATED / "bioimage-kg.schema.json").read_text(encoding="utf-8"))
    concrete = {c.name for c in SCHEMA.classes.values() if not c.abstract}
    assert concrete <= set(schema["$defs"])
    assert schema["$defs"]["Study"]["additionalProperties"] is False


def test_the_python_classes_take_a_record_and_refuse_a_wrong_one():
    code = (GENERATED / "bioimage_kg.py").read_text(encoding="utf-8")
    classes = {node.name for node in ast.parse(code).body if isinstance(node, ast.ClassDef)}
    assert {c.name for c in SCHEMA.classes.values()} <= classes
    module = runpy.run_path(str(GENERATED / "bioimage_kg.py"))
    image = module["Image"](id="x:1", imaging_method=["FBbi:00000251"], pixel_size_x="0.1")
    assert image.imaging_method == ["FBbi:00000251"]
    with pytest.raises(ValueError, match="pixel_size_x"):
        module["Image"](id="x:1", pixel_size_x=-1)


def test_every_class_has_a_page_with_every_slot():
    for class_ in SCHEMA.classes.values():
        page = (ROOT / "docs" / "schema" / f"{class_.name}.md").read_text(encoding="utf-8")
        assert [slot for slot in class_.slots if f"| `{slot}` |" not in page] == []
