"""Write everything that follows from the schema: JSON Schema, SHACL, OWL, SQL DDL, Python classes and the pages of docs/schema.

python scripts/generate.py           write
python scripts/generate.py --check   write nothing; exit 1 and name the files when the output differs
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from linkml.generators.jsonschemagen import JsonSchemaGenerator
from linkml.generators.owlgen import OwlSchemaGenerator
from linkml.generators.pydanticgen import PydanticGenerator
from linkml.generators.pydanticgen.pydanticgen import MetadataMode
from linkml.generators.shaclgen import ShaclGenerator
from linkml_runtime.utils.schemaview import SchemaView
from rdflib import RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from kg.schema import Class_, Schema, Slot, load_schema  # noqa: E402 - the checkout, not an installed copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linkml_runtime.linkml_model import SchemaDefinition
    from rdflib.term import Node

ROOT = HERE / "ontologies" / "bioimage-kg.yaml"
STANDARD = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
NOTE = "Written by scripts/generate.py from ontologies/*.yaml; change those."


def outputs() -> dict[Path, str]:
    """Return the text of every generated file."""
    schema = load_schema(ROOT)
    generated = Path("ontologies/generated")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return {
            generated / "bioimage-kg.schema.json": json_schema(),
            generated / "bioimage-kg.shacl.ttl": shacl(schema),
            generated / "bioimage-kg.owl.ttl": owl(schema),
            generated / "bioimage-kg.sql": sql(schema),
            generated / "bioimage_kg.py": python_classes(),
            Path("docs/schema-overview.md"): overview(schema),
            **pages(schema),
        }


def merged(*, closed_world: bool = True) -> SchemaDefinition:
    """Return the schema as one module without what generators cannot honour: dynamic enumerations and bindings."""
    view = SchemaView(str(ROOT))
    view.merge_imports()
    for name, enum in list(view.schema.enums.items()):
        if enum.include:
            del view.schema.enums[name]
    for slot in view.schema.slots.values():
        slot.bindings = []
    if not closed_world:
        for class_ in view.schema.classes.values():
            class_.rules = []
        for slot in view.schema.slots.values():  # linkml writes limits as facets of xsd:integer, of a decimal too
            slot.minimum_value = slot.maximum_value = None
    view.schema.source_file = None
    return view.schema


def json_schema() -> str:
    """Return the JSON Schema, as tight as git still shows by the line."""
    text = JsonSchemaGenerator(merged(), metadata=False).serialize()
    return json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def shacl(schema: Schema) -> str:
    """Return SHACL shapes that are open, because the custom layer adds properties.

    A class that has subclasses is not asked of a value: data name the most special class only, and a validator sees
    no more than the data.
    """
    graph = Graph().parse(data=ShaclGenerator(merged(), metadata=False, closed=False).serialize(), format="turtle")
    general = {URIRef(schema.classes[ancestor].iri) for class_ in schema.classes.values() for ancestor in class_.ancestors}
    for shape, range_ in list(graph.subject_objects(SH["class"])):
        if range_ in general:
            graph.remove((shape, SH["class"], range_))
    for shape in list(graph.subjects(SH.path, URIRef(schema.slot("Record", "id").iri))):
        graph.remove((shape, None, None))  # the id is the node itself
        graph.remove((None, SH.property, shape))
    for shape, ignored in list(graph.subject_objects(SH.ignoredProperties)):  # means nothing on an open shape
        Collection(graph, ignored).clear()
        graph.remove((shape, SH.ignoredProperties, None))
    graph.remove((None, SH.order, None))
    return turtle(graph, schema)


def owl(schema: Schema) -> str:
    """Return the OWL ontology.

    The rules stay out, since an absent value means nothing to OWL, and so does the range of a property that stands
    behind several slots: it would hold for all of them.
    """
    generator = OwlSchemaGenerator(
        merged(closed_world=False),
        metadata=False,
        metaclasses=False,
        type_objects=False,
        use_native_uris=False,
        add_ols_annotations=False,
        xsd_anyuri_as_iri=True,
        skip_vacuous_min_zero_cardinality_axioms=True,
        skip_vacuous_local_range_axioms=True,
        consolidate_cardinality_axioms=True,
    )
    graph = Graph().parse(data=generator.serialize(), format="turtle")
    ranges: dict[str, set[str]] = {}
    for class_ in schema.classes.values():
        for slot in class_.slots.values():
            ranges.setdefault(slot.iri, set()).add(slot.range)
    for iri in (iri for iri, found in ranges.items() if len(found) > 1):
        graph.remove((URIRef(iri), RDFS.range, None))
    return turtle(graph, schema)


def python_classes() -> str:
    """Return pydantic classes without the metadata that would double their size."""
    text = PydanticGenerator(merged(), metadata=False, metadata_mode=MetadataMode.NONE).serialize()
    return f'"""Pydantic classes of the schema. {NOTE}"""\n\n' + text.rstrip() + "\n"


def turtle(graph: Graph, schema: Schema) -> str:
    """Return Turtle that depends on the graph alone: blank nodes named by RDFC-1.0, statements put in in sorted order."""
    dataset = ox.Dataset(
        ox.Quad(triple.subject, triple.predicate, triple.object)
        for triple in ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    ordered = Graph(bind_namespaces="none")
    for prefix, namespace in sorted({**STANDARD, **schema.prefixes}.items()):
        ordered.bind(prefix, namespace)
    for quad in sorted(dataset, key=str):
        ordered.add((_node(quad.subject), URIRef(quad.predicate.value), _node(quad.object)))
    return f"# {NOTE}\n" + ordered.serialize(format="turtle").strip() + "\n"


def _node(term: object) -> Node:
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        datatype = None if term.language or term.datatype.value.endswith("#string") else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    raise TypeError(type(term).__name__)


# SQL: a table per class for its single values, a table per slot for repeated ones (owner, position, value): what a
# table for every pair of class and repeated slot would need some 700 tables for. Plain SQL that SQLite and DuckDB both take.
_SQL_TYPES = {
    "integer": "BIGINT",
    "decimal": "DECIMAL(38, 12)",
    "double": "DOUBLE PRECISION",
    "float": "REAL",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


def sql(schema: Schema) -> str:
    """Return the DDL."""
    records = {name: class_ for name, class_ in schema.classes.items() if not class_.abstract and class_.is_record}
    values = {name: class_ for name, class_ in schema.classes.items() if not class_.abstract and not class_.is_record}
    lines = [f"-- {NOTE}", ""]
    for name, class_ in sorted(records.items()):
        columns = [_sql_column(slot) for slot in class_.slots.values() if not slot.multivalued and slot.range not in values]
        lines += [f"CREATE TABLE {_quoted(name)} (", ",\n".join(columns), ");", ""]
    repeated = {
        slot.name: slot
        for class_ in records.values()
        for slot in class_.slots.values()
        if slot.multivalued and slot.range not in values
    }
    for name, slot in sorted(repeated.items()):
        head = [
            "  owner_id TEXT NOT NULL",
            "  position INTEGER NOT NULL",
            f'  "value" {_sql_type(slot)} NOT NULL{_sql_check("value", slot)}',
        ]
        lines += [
            f"CREATE TABLE {_quoted('each_' + name)} (",
            ",\n".join([*head, "  PRIMARY KEY (owner_id, position)"]),
            ");",
            "",
        ]
    for name, class_ in sorted(values.items()):
        if class_.name == "RecordCollection":
            continue
        head = ["  owner_id TEXT NOT NULL", "  owner_slot TEXT NOT NULL", "  position INTEGER NOT NULL"]
        columns = [_sql_column(slot) for slot in class_.slots.values() if not slot.multivalued and slot.range not in values]
        lines += [
            f"CREATE TABLE {_quoted(name)} (",
            ",\n".join([*head, *columns, "  PRIMARY KEY (owner_id, owner_slot, position)"]),
            ");",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _sql_type(slot: Slot) -> str:
    return _SQL_TYPES.get(slot.range, "TEXT")


def _sql_check(column: str, slot: Slot) -> str:
    tests = []
    if slot.minimum is not None:
        tests.append(f"{_quoted(column)} >= {slot.minimum}")
    if slot.maximum is not None:
        tests.append(f"{_quoted(column)} <= {slot.maximum}")
    if slot.values is not None:
        allowed = ", ".join(f"'{value}'" for value in slot.values)
        tests.append(f"{_quoted(column)} IN ({allowed})")
    return f" CHECK ({' AND '.join(tests)})" if tests else ""


def _sql_column(slot: Slot) -> str:
    key = " PRIMARY KEY" if slot.name == "id" else " NOT NULL" if slot.required else ""
    return f"  {_quoted(slot.name)} {_sql_type(slot)}{key}{_sql_check(slot.name, slot)}"


def overview(schema: Schema) -> str:
    """Return one line per class: its slots with range, field and unit."""
    lines = [
        "# Schema overview",
        "",
        f"{NOTE}",
        "",
        "`*` several values, `!` required, `→` object of that class, `@` IRI, `⟨field⟩` term slot with its resolver field,",
        "`[unit]` UCUM code.",
        "Slots of mixins stand once, at the mixin; every record also has the slots of Record.",
        "",
    ]
    for class_ in schema.classes.values():
        own = [slot for slot in class_.slots.values() if not _inherited(schema, class_, slot)]
        kinds = [word for word, holds in (("abstract or mixin", class_.abstract), ("shared", class_.shared)) if holds]
        parents = [name for name in class_.ancestors if name in _parents(schema, class_)]
        head = (
            f"**{class_.name}**" + (f" ({', '.join(parents)})" if parents else "") + (f" *{', '.join(kinds)}*" if kinds else "")
        )
        lines += [f"- {head} `{curie(class_.iri, schema.prefixes)}`: {', '.join(_short(slot) for slot in own)}"]
    lines += ["", "## Resolver fields", ""]
    for field, branches in schema.fields.items():
        lines.append(
            f"- **{field}**: " + ", ".join(b.ontology + (f" ({' '.join(b.roots)})" if b.roots else "") for b in branches)
        )
    return "\n".join(lines) + "\n"


def _inherited(schema: Schema, class_: Class_, slot: Slot) -> bool:
    return any(schema.classes[name].slots.get(slot.name) == slot for name in class_.ancestors)


def _parents(schema: Schema, class_: Class_) -> set[str]:
    """Return the ancestors that no other ancestor brings in."""
    brought = {name for ancestor in class_.ancestors for name in schema.classes[ancestor].ancestors}
    return set(class_.ancestors) - brought


def _short(slot: Slot) -> str:
    marks = ("*" if slot.multivalued else "") + ("!" if slot.required else "")
    if slot.field:
        kind = f"⟨{slot.field}⟩"
    elif slot.kind == "object":
        kind = f"→{slot.range}"
    elif slot.kind == "iri" and slot.values is None:
        kind = "@"
    elif slot.range == "string":
        kind = ""
    else:
        kind = f":{slot.range}"
    return f"`{slot.name}`{marks}{kind}" + (f"[{slot.unit}]" if slot.unit else "")


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI in its shortest form under the prefixes of the schema."""
    fits = [(prefix, namespace) for prefix, namespace in prefixes.items() if iri.startswith(namespace)]
    if not fits:
        return iri
    prefix, namespace = max(fits, key=lambda pair: len(pair[1]))
    return f"{prefix}:{iri.removeprefix(namespace)}"


def pages(schema: Schema) -> dict[Path, str]:
    """Return a page for each class and one for the term fields and enumerations."""
    folder = Path("docs/schema")
    written = {folder / f"{class_.name}.md": _page(schema, class_) for class_ in schema.classes.values()}
    index = ["# Schema", "", f"Version {schema.version}. {NOTE}", "", "| class | IRI | what it is |", "|---|---|---|"]
    index += [
        f"| [{c.name}]({c.name}.md) | `{curie(c.iri, schema.prefixes)}` | {c.description} |" for c in schema.classes.values()
    ]
    index += ["", "[Term fields and fixed values](fields.md)"]
    return {
        folder / "index.md": "\n".join(index) + "\n",
        **written,
        folder / "fields.md": "\n".join(_fields_page(schema)) + "\n",
    }


def _page(schema: Schema, class_: Class_) -> str:
    lines = [f"# {class_.name}", "", class_.description, "", f"- IRI: `{class_.iri}`"]
    if class_.ancestors:
        lines.append("- is a: " + ", ".join(f"[{name}]({name}.md)" for name in class_.ancestors))
    below = [name for name, other in schema.classes.items() if class_.name in other.ancestors]
    if below:
        lines.append("- includes: " + ", ".join(f"[{name}]({name}.md)" for name in below))
    if class_.shared:
        lines.append("- statements about it stand in the graph that all sources share")
    lines += ["", "| slot | values | what | unit and limits | IRI |", "|---|---|---|---|---|"]
    for slot in class_.slots.values():
        limits = ", ".join(_limits(slot))
        lines.append(
            f"| `{slot.name}` | {_value_words(schema, slot)} | {slot.description} | {limits} "
            f"| `{curie(slot.iri, schema.prefixes)}` |",
        )
    return "\n".join(lines) + "\n"


def _value_words(schema: Schema, slot: Slot) -> str:
    if slot.field:
        kind = f"term, field [{slot.field}](fields.md#{slot.field})"
    elif slot.range in schema.classes:
        kind = f"[{slot.range}]({slot.range}.md)"
    elif slot.values is not None:
        kind = f"one of [{slot.range}](fields.md#{slot.range.lower()})"
    else:
        kind = slot.range
    count = (
        ("one or more" if slot.required else "any number")
        if slot.multivalued
        else ("exactly one" if slot.required else "at most one")
    )
    return f"{kind}, {count}"


def _limits(slot: Slot) -> Iterator[str]:
    if slot.unit:
        yield f"`{slot.unit}`"
    if slot.minimum is not None:
        yield f"from {slot.minimum}"
    if slot.maximum is not None:
        yield f"to {slot.maximum}"
    if slot.pattern:
        yield "`" + slot.pattern.replace("|", "\\|") + "`"


def _fields_page(schema: Schema) -> Iterator[str]:
    yield from (
        "# Term fields and fixed values",
        "",
        NOTE,
        "",
        "Ontologies stand best first; a branch is the term and all below it.",
        "",
    )
    for field, branches in schema.fields.items():
        yield from (f"## {field}", "")
        for branch in branches:
            yield f"- {branch.ontology}: " + (", ".join(f"`{root}`" for root in branch.roots) if branch.roots else "all of it")
        yield ""
    enums = {s.range: s.values for c in schema.classes.values() for s in c.slots.values() if s.values is not None}
    for name, values in sorted(enums.items()):
        yield from (f"## {name}", "")
        yield from (f"- `{value}`" + (f": <{meaning}>" if meaning else "") for value, meaning in values.items())
        yield ""


def main(arguments: list[str] | None = None) -> int:
    """Write or compare; return 0 when all is well, 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    check = parser.parse_args(arguments).check
    texts = outputs()
    stale = [
        path for path, text in texts.items() if not (HERE / path).is_file() or (HERE / path).read_text(encoding="utf-8") != text
    ]
    stray = [
        path.relative_to(HERE)
        for folder in ("ontologies/generated", "docs/schema")
        for path in (HERE / folder).glob("*.*")
        if path.relative_to(HERE) not in texts
    ]
    if check:
        for path in (*stale, *stray):
            print(f"{path} differs; run python scripts/generate.py", file=sys.stderr)
        return 1 if stale or stray else 0
    for path in stale:
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(texts[path], encoding="utf-8")
    for path in stray:
        (HERE / path).unlink()
    print(f"{len(texts)} files, {len(stale)} changed, {len(stray)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
