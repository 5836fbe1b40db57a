"""Further forms of ontology files: functional syntax, OBO Graphs, SKOS, tables of PyPI packages, Zstandard; and hostile ones."""

from __future__ import annotations

import io
import json
import lzma
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from kg.errors import TermError
from kg.terms import add_file
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.functional import DEEPEST
from kg.terms.files.json_stream import LONGEST_VALUE, JsonStream
from kg.terms.files.ontology_file import facts_of
from kg.terms.files.packages import PACKAGES, package_files, package_version

if TYPE_CHECKING:
    from pathlib import Path

FUNCTIONAL = r"""Prefix(:=<http://purl.obolibrary.org/obo/cl.owl#>)
Prefix(obo:=<http://purl.obolibrary.org/obo/>)
Prefix(in:=<http://www.geneontology.org/formats/oboInOwl#>)
Ontology(<http://purl.obolibrary.org/obo/cl.owl>
<http://purl.obolibrary.org/obo/cl/releases/2026-08-01/cl.owl>
Import(<http://purl.obolibrary.org/obo/cl/imports/x.owl>)
Annotation(<http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/>)
# Class: obo:CL_0000540 (a "neuron")
Declaration(Class(obo:CL_0000540))
Declaration(Class(<http://purl.obolibrary.org/obo/CL_0000000>))
Declaration(ObjectProperty(obo:BFO_0000050))
AnnotationAssertion(Annotation(in:hasDbXref "PMID:1") obo:IAO_0000115 obo:CL_0000540 "A \"cell\" of
the brain \\ nerve."@en)
AnnotationAssertion(rdfs:label obo:CL_0000540 "neuron"^^xsd:string)
AnnotationAssertion(rdfs:label obo:CL_0000540 "Nervenzelle"@de)
AnnotationAssertion(in:hasExactSynonym obo:CL_0000540 "nerve cell")
AnnotationAssertion(in:hasBroadSynonym obo:CL_0000540 "cell of the brain")
AnnotationAssertion(in:hasDbXref obo:CL_0000540 "FBbt:00005106")
AnnotationAssertion(Annotation(in:source "MONDO:equivalentTo") in:hasDbXref obo:CL_0000540 "BTO:0000938")
AnnotationAssertion(in:hasAlternativeId obo:CL_0000540 "CL:0000999")
AnnotationAssertion(owl:deprecated obo:CL_0000001 "true"^^xsd:boolean)
AnnotationAssertion(obo:IAO_0100001 obo:CL_0000001 obo:CL_0000540)
AnnotationAssertion(in:consider obo:CL_0000001 "CL:0000000")
AnnotationAssertion(rdfs:seeAlso _:nobody "x")
SubClassOf(Annotation(in:source "x") obo:CL_0000540 obo:CL_0000000)
SubClassOf(obo:CL_0000540 ObjectSomeValuesFrom(obo:BFO_0000050 obo:UBERON_0001016))
SubClassOf(obo:CL_0000540 ObjectSomeValuesFrom(obo:RO_0002202 obo:CL_0000031))
SubClassOf(obo:CL_0000540 ObjectMinCardinality(2 obo:RO_0002180 obo:GO_0030425))
SubClassOf(obo:CL_0000000 owl:Thing)
EquivalentClasses(obo:CL_0000101 ObjectIntersectionOf(obo:CL_0000540 ObjectSomeValuesFrom(obo:BFO_0000050 obo:UBERON_0000010)))
EquivalentClasses(obo:CL_0000540 obo:FBbt_00005106)
DisjointUnion(obo:CL_0000000 obo:CL_0000255 obo:CL_0000520)
)
"""

GRAPHS = {
    "meta": {},
    "graphs": [
        {
            "nodes": [
                {
                    "id": "http://purl.obolibrary.org/obo/MONDO_0005015",
                    "lbl": "diabetes mellitus",
                    "type": "CLASS",
                    "meta": {
                        "definition": {"val": "A disease.", "xrefs": ["NCIT:1"]},
                        "synonyms": [
                            {"pred": "hasExactSynonym", "val": "diabetes", "xrefs": []},
                            {"pred": "hasRelatedSynonym", "val": "sugar disease"},
                        ],
                        "xrefs": [
                            {"val": "UMLS:C1"},
                            {
                                "val": "DOID:9351",
                                "meta": {"basicPropertyValues": [{"pred": "oboInOwl:source", "val": "MONDO:equivalentTo"}]},
                            },
                        ],
                        "basicPropertyValues": [
                            {
                                "pred": "http://www.w3.org/2004/02/skos/core#exactMatch",
                                "val": "http://purl.obolibrary.org/obo/NCIT_C2985",
                            },
                            {"pred": "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId", "val": "MONDO:0000001"},
                            {"pred": "http://purl.org/dc/terms/date", "val": True},
                        ],
                    },
                },
                {
                    "id": "http://purl.obolibrary.org/obo/MONDO_0000009",
                    "lbl": "obsolete x",
                    "type": "CLASS",
                    "meta": {
                        "deprecated": True,
                        "basicPropertyValues": [
                            {
                                "pred": "http://purl.obolibrary.org/obo/IAO_0100001",
                                "val": "http://purl.obolibrary.org/obo/MONDO_0005015",
                            }
                        ],
                    },
                },
                {
                    "id": "http://purl.obolibrary.org/obo/BFO_0000050",
                    "lbl": "part of",
                    "type": "PROPERTY",
                    "propertyType": "OBJECT",
                },
                {"id": "http://purl.obolibrary.org/obo/UBERON_0000001"},
            ],
            "edges": [
                {
                    "sub": "http://purl.obolibrary.org/obo/MONDO_0005015",
                    "pred": "is_a",
                    "obj": "http://purl.obolibrary.org/obo/MONDO_0700096",
                },
                {
                    "sub": "http://purl.obolibrary.org/obo/MONDO_0005015",
                    "pred": "http://purl.obolibrary.org/obo/BFO_0000050",
                    "obj": "http://purl.obolibrary.org/obo/UBERON_0000001",
                },
                {
                    "sub": "http://purl.obolibrary.org/obo/MONDO_0005015",
                    "pred": "http://purl.obolibrary.org/obo/RO_1",
                    "obj": "HP:1",
                },
            ],
            "equivalentNodesSets": [{"representativeNodeId": "MONDO:0005015", "nodeIds": ["MONDO:0005015", "SNOMED:73211009"]}],
            "logicalDefinitionAxioms": [
                {
                    "definedClassId": "MONDO:0000009",
                    "genusIds": ["MONDO:0700096"],
                    "restrictions": [
                        {"propertyId": "http://purl.obolibrary.org/obo/BFO_0000050", "fillerId": "UBERON:0000002"}
                    ],
                }
            ],
            "propertyChainAxioms": [{"x": 1}],
            "id": "http://purl.obolibrary.org/obo/mondo.json",
            "meta": {
                "version": "http://purl.obolibrary.org/obo/mondo/releases/2026-05-05/mondo.json",
                "basicPropertyValues": [{"pred": "http://purl.org/dc/terms/license", "val": "https://example.org/by"}],
            },
        }
    ],
}

SCHEME = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix x: <https://thesaurus.example/> . @prefix obo: <http://purl.obolibrary.org/obo/> .
x:methods a skos:ConceptScheme ; dct:license <https://example.org/cc0> ; dct:modified "2026-02-03" .
x:1 a skos:Concept ; skos:inScheme x:methods ; skos:prefLabel "Mikroskopie"@de, "microscopy"@en-GB ; skos:altLabel "Mikroskopieren"@de ;
  skos:hiddenLabel "mircoscopy" ; skos:definition "Bilder"@de, "Images"@en ; skos:narrower x:2 ; skos:topConceptOf x:methods .
x:2 a skos:Concept ; skos:prefLabel "confocal"@en ; skos:broader x:1 ; skos:exactMatch obo:FBbi_00000251 ; skos:closeMatch obo:BAO_1 ;
  skos:broadMatch obo:FBbi_00000222 .
x:3 a skos:Concept ; skos:prefLabel "old"@en ; owl:deprecated true ; dct:isReplacedBy x:2 .
"""

GUIDE = {
    "CL:0000540": {
        "ancestors": {"CL:0000393": 1, "CL:0000404": 1, "CL:0000000": 3},
        "label": "neuron",
        "description": "A cell.",
        "synonyms": ["nerve cell"],
        "cross_ontology_terms": {"UBERON": "UBERON:0000001"},
        "deprecated": False,
    },
    "CL:0000001": {"ancestors": {}, "label": "", "deprecated": True, "replaced_by": "CL:0000540", "consider": ["CL:0000000"]},
    "CVCL_0030": {"ancestors": {"CVCL_0001": 4, "CVCL_0002": 6}, "label": "HeLa", "deprecated": False},
}

BIOPORTAL = (
    "Class ID,Preferred Label,Synonyms,Definitions,Obsolete,Parents,http://www.geneontology.org/formats/oboInOwl#hasNarrowSynonym,"
    "http://www.geneontology.org/formats/oboInOwl#replacedBy\r\n"
    'http://edamontology.org/topic_3382,Imaging,Microscopy|Pictures,"Images, of a | b\nthing",FALSE,http://edamontology.org/topic_3361,'
    "Microscopy,\r\n"
    "http://edamontology.org/topic_0001,Old,,,TRUE,http://www.w3.org/2002/07/owl#DeprecatedClass,,http://edamontology.org/topic_3382\r\n"
    "http://www.w3.org/2002/07/owl#DeprecatedClass,Gone,,,FALSE,,,\r\n"
)


def read(folder: Path, content: str | bytes, name: str = "file.any") -> list[Fact]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(facts_of(path))


def values(facts: list[Fact], kind: Kind, subject: str | None = None) -> list[str]:
    return [fact.value for fact in facts if fact.kind is kind and subject in (None, fact.subject)]


def zstandard():
    return pytest.importorskip("zstandard", reason="needs the extra ontologies")


def installed(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_functional_syntax_named_owl_gives_everything_it_says(tmp_path):
    facts = read(tmp_path, FUNCTIONAL, "cl-edit.owl")
    neuron = "CL:0000540"
    assert values(facts, Kind.ONTOLOGY) == ["http://purl.obolibrary.org/obo/cl.owl"]
    assert values(facts, Kind.VERSION) == ["http://purl.obolibrary.org/obo/cl/releases/2026-08-01/cl.owl"]
    assert values(facts, Kind.LICENCE) == ["https://creativecommons.org/licenses/by/4.0/"]
    assert [f.subject for f in facts if f.kind is Kind.TERM] == [neuron, "CL:0000000"]
    assert [f.subject for f in facts if f.kind is Kind.NOT_TERM] == ["BFO:0000050"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.LABEL] == [("neuron", "label"), ("Nervenzelle", "narrow")]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [
        ("nerve cell", "exact"),
        ("cell of the brain", "broad"),
    ]
    assert values(facts, Kind.DEFINITION) == ['A "cell" of\nthe brain \\ nerve.']
    assert values(facts, Kind.XREF, neuron) == ["FBbt:00005106", "BTO:0000938", "FBbt:00005106"]
    assert values(facts, Kind.SAME, neuron) == ["BTO:0000938", "FBbt:00005106"]
    assert values(facts, Kind.ALT, neuron) == ["CL:0000999"]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["CL:0000001"]
    assert values(facts, Kind.REPLACED_BY, "CL:0000001") == [neuron]
    assert values(facts, Kind.CONSIDER, "CL:0000001") == ["CL:0000000"]
    assert values(facts, Kind.IS_A, neuron) == ["CL:0000000"]
    assert values(facts, Kind.PART_OF, neuron) == ["UBERON:0001016"]
    assert values(facts, Kind.IS_A, "CL:0000101") == [neuron]
    assert values(facts, Kind.PART_OF, "CL:0000101") == ["UBERON:0000010"]
    assert values(facts, Kind.IS_A, "CL:0000255") == values(facts, Kind.IS_A, "CL:0000520") == ["CL:0000000"]
    assert values(facts, Kind.IS_A, "CL:0000000") == []


def test_functional_syntax_means_the_same_wherever_the_window_ends(tmp_path):
    filler = "".join(f'AnnotationAssertion(rdfs:label <http://x.example/{n}> "label \\"{n}\\"")\n' for n in range(12_000))
    facts = read(tmp_path, FUNCTIONAL.replace("DisjointUnion(", filler + "DisjointUnion("))
    assert values(facts, Kind.LABEL)[2:] == [f'label "{n}"' for n in range(12_000)]
    assert values(facts, Kind.IS_A, "CL:0000520") == ["CL:0000000"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("DisjointUnion(obo:CL_0000000 obo:CL_0000255 obo:CL_0000520)\n)", "DisjointUnion(obo:CL_00", "is cut off"),
        ("DisjointUnion(obo:CL_0000000 obo:CL_0000255 obo:CL_0000520)\n)", "", "is cut off"),
        ('"nerve cell")', '"nerve cell)', "expected"),
        ("DisjointUnion(obo:", "DisjointUnion(abc:", "uses the prefix 'abc' without declaring it"),
        ("DisjointUnion(", "DisjointUnion(" + "ObjectComplementOf(" * 1_000_000, f"or {DEEPEST} levels"),
        ("DisjointUnion(", "DisjointUnion =", "expected"),
        ("obo:CL_0000520)\n)", "obo:CL_0000520)\n))", "goes on after the end"),
        ("Prefix(obo:", "Prefix(obo ", "declares the prefix 'obo', expected a colon"),
        ("DisjointUnion(", f'Foo("{"x" * (3 << 20)}', "has a word or text of more than"),
    ],
)
def test_damaged_functional_syntax_is_told_in_a_sentence(tmp_path, old, new, sentence):
    assert old in FUNCTIONAL
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, FUNCTIONAL.replace(old, new))


@pytest.mark.parametrize("name", ["cl-edit.owl.xz", "fbbi-edit-2026-01-23.owl.xz", "fbbi-merged_import.owl.xz"])
def test_the_own_reader_finds_what_py_horned_owl_finds(shared, tmp_path, name):
    horned = pytest.importorskip("pyhornedowl", reason="py-horned-owl (LGPL) only checks our own reader")
    model = pytest.importorskip("pyhornedowl.model")
    with lzma.open(shared / "data" / "ontologies" / name) as file:
        (tmp_path / "plain.owl").write_bytes(file.read())
    facts = list(facts_of(shared / "data" / "ontologies" / name))
    axioms = [axiom.component for axiom in horned.open_ontology_from_file(str(tmp_path / "plain.owl"), "ofn").get_axioms()]

    def curie(entity):
        return curie_of(str(entity).strip("<>"))

    def annotated(predicate):
        notes = [axiom for axiom in axioms if isinstance(axiom, model.AnnotationAssertion) and predicate in str(axiom.ann.ap)]
        return {(curie(note.subject), note.ann.av.literal.strip()) for note in notes}

    classes = {curie(axiom.first) for axiom in axioms if isinstance(axiom, model.DeclareClass)}
    assert {fact.subject for fact in facts if fact.kind is Kind.TERM} == classes
    assert {(f.subject, f.value) for f in facts if f.kind is Kind.LABEL} == annotated("rdf-schema#label")
    for scope in ("exact", "narrow", "related"):
        found = {(f.subject, f.value) for f in facts if f.kind is Kind.NAME and f.scope == scope}
        other = annotated("IAO_0000118") | annotated("OMO_0003000") if scope == "exact" else set()
        assert found == annotated(f"has{scope.capitalize()}Synonym") | other
    below = [axiom for axiom in axioms if isinstance(axiom, model.SubClassOf)]
    named = [axiom for axiom in below if isinstance(axiom.sub, model.Class) and isinstance(axiom.sup, model.Class)]
    above = {(f.subject, f.value) for f in facts if f.kind is Kind.IS_A}
    assert named
    assert {(curie(axiom.sub), curie(axiom.sup)) for axiom in named} <= above


def test_obo_graphs_give_everything_they_say(tmp_path):
    facts = read(tmp_path, json.dumps(GRAPHS), "mondo.json")
    diabetes = "MONDO:0005015"
    assert values(facts, Kind.ONTOLOGY) == ["http://purl.obolibrary.org/obo/mondo.json"]
    assert values(facts, Kind.VERSION) == ["http://purl.obolibrary.org/obo/mondo/releases/2026-05-05/mondo.json"]
    assert values(facts, Kind.LICENCE) == ["https://example.org/by"]
    assert [f.subject for f in facts if f.kind is Kind.TERM] == [diabetes, "MONDO:0000009"]
    assert [f.subject for f in facts if f.kind is Kind.NOT_TERM] == ["BFO:0000050"]
    assert values(facts, Kind.LABEL, diabetes) == ["diabetes mellitus"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [("diabetes", "exact"), ("sugar disease", "related")]
    assert values(facts, Kind.DEFINITION) == ["A disease."]
    assert values(facts, Kind.XREF, diabetes) == ["UMLS:C1", "DOID:9351", "NCIT:C2985", "SNOMED:73211009"]
    assert values(facts, Kind.SAME, diabetes) == ["DOID:9351", "NCIT:C2985", "SNOMED:73211009"]
    assert values(facts, Kind.ALT, diabetes) == ["MONDO:0000001"]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["MONDO:0000009"]
    assert values(facts, Kind.REPLACED_BY, "MONDO:0000009") == [diabetes]
    assert values(facts, Kind.IS_A) == ["MONDO:0700096", "MONDO:0700096"]
    assert values(facts, Kind.PART_OF, diabetes) == ["UBERON:0000001"]
    assert values(facts, Kind.PART_OF, "MONDO:0000009") == ["UBERON:0000002"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ('{"graphs": [{"nodes": [{"id": 5}]}]}', "has 5 as id of a node, expected a text"),
        ('{"graphs": [{"nodes": [7]}]}', "has 7 as a node, expected an object"),
        ('{"graphs": [{"nodes": {}}]}', "expected an array"),
        (
            '{"graphs": [{"nodes": [{"id": "A:1", "type": "CLASS", "meta": {"synonyms": "x"}}]}]}',
            "as synonyms of meta of the node A:1",
        ),
        ('{"graphs": [{"edges": [{"sub": "A:1", "pred": "is_a"}]}]}', "lacks its sub, pred or obj"),
        ('{"graphs": [{"nodes": [{"id": "A:1"', "is cut off"),
        ('{"graphs": [{"nodes": ' + "[" * 1_000_000, "nests too deep"),
        ('{"graphs": [{"other": ' + '{"a":' * 1_000_000, "nests too deep"),
        ('{"graphs": [{"nodes": [{"id": "A:1", "type": "CLASS"}]}]} {}', "goes on after its end"),
        ('{"graphs": [{"nodes": [{"id": "A:1", "lbl": "\\ud800"}]}]}', "half of a surrogate pair"),
        ('{"graphs": [{"nodes": [{"id": "' + "x" * (9 << 20), "has a value that is not valid JSON"),
        ('{"graphs": [{"version": ' + "9" * 5000 + "}]}", "cannot be read as JSON"),
        (b'{"graphs": [{"id": "\xff"}]}', "is not UTF-8"),
    ],
)
def test_damaged_obo_graphs_are_told_in_a_sentence(tmp_path, document, sentence):
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, document)


def test_json_is_read_the_same_whatever_the_size_of_its_parts():
    document = {"a": ["x" * size for size in (0, 1, (1 << 18) - 13, 1 << 18, 1 << 20)] * 2, "n": [1234567890] * 50_000}
    for padding in range(8):
        stream = JsonStream(io.BytesIO(b" " * padding + json.dumps(document).encode()), "x.json")
        found = {}
        for key in stream.members():
            found[key] = [stream.value() for _ in stream.items()]
        stream.end()
        assert found == document


def test_a_json_value_over_the_limit_is_refused():
    stream = JsonStream(io.BytesIO(b'["' + b"x" * (LONGEST_VALUE * 3) + b'"]'), "x.json")
    with pytest.raises(TermError, match="of more than"):
        [stream.value() for _ in stream.items()]


def test_a_concept_scheme_in_turtle_is_an_ontology(tmp_path):
    facts = read(tmp_path, SCHEME, "methods.ttl")
    one, two, three = (f"https://thesaurus.example/{n}" for n in (1, 2, 3))
    assert values(facts, Kind.ONTOLOGY) == ["https://thesaurus.example/methods"]
    assert values(facts, Kind.VERSION) == ["2026-02-03"]
    assert values(facts, Kind.LICENCE) == ["https://example.org/cc0"]
    assert [f.subject for f in facts if f.kind is Kind.TERM] == [one, two, three]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.LABEL and f.subject == one] == [
        ("Mikroskopie", "broad"),
        ("microscopy", "exact"),
    ]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [
        ("Mikroskopieren", "exact"),
        ("mircoscopy", "related"),
    ]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.DEFINITION] == [("Bilder", "narrow"), ("Images", "label")]
    assert [(f.subject, f.value) for f in facts if f.kind is Kind.IS_A] == [(two, one), (two, one)]
    assert values(facts, Kind.SAME) == ["FBbi:00000251"]
    assert values(facts, Kind.XREF) == ["FBbi:00000251", "BAO:1"]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == [three]
    assert values(facts, Kind.REPLACED_BY, three) == [two]


def test_classes_and_properties_of_an_rdfs_vocabulary_are_told_apart(tmp_path):
    facts = read(
        tmp_path,
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix x: <https://v.example/> . @prefix s: <http://schema.org/> .\n"
        'x:Image a rdfs:Class ; rdfs:label "image" ; rdfs:subClassOf x:Thing ; owl:equivalentClass s:ImageObject , [ a owl:Class ] .\n'
        'x:size a rdf:Property ; rdfs:label "size" .\n',
    )
    image = "https://v.example/Image"
    assert values(facts, Kind.TERM) == [image]
    assert [f.subject for f in facts if f.kind is Kind.NOT_TERM] == ["https://v.example/size"]
    assert values(facts, Kind.IS_A, image) == ["https://v.example/Thing"]
    assert values(facts, Kind.SAME, image) == ["http://schema.org/ImageObject"]


def test_obo_says_which_terms_mean_the_same(tmp_path):
    facts = read(
        tmp_path,
        'ontology: mondo\n\n[Term]\nid: MONDO:1\nequivalent_to: DOID:1 ! x\nxref: UMLS:C1 {source="MONDO:equivalentTo", source="x"}\n'
        'xref: UMLS:C2 {source="MONDO:relatedTo"}\nproperty_value: skos:exactMatch "MESH:D1" xsd:string\n'
        "property_value: http://www.w3.org/2004/02/skos/core#exactMatch http://purl.obolibrary.org/obo/NCIT_C1\n"
        'property_value: skos:closeMatch MESH:D2\nproperty_value: skos:broadMatch MESH:D3\nintersection_of: MONDO:2 {gci="x"} ! disease\n'
        "intersection_of: part_of UBERON:1 ! brain\nintersection_of: RO:0002202 CL:1 ! cell\n",
    )
    assert values(facts, Kind.SAME) == ["DOID:1", "UMLS:C1", "MESH:D1", "NCIT:C1"]
    assert values(facts, Kind.XREF) == ["DOID:1", "UMLS:C1", "UMLS:C2", "MESH:D1", "NCIT:C1", "MESH:D2"]
    assert values(facts, Kind.IS_A) == ["MONDO:2"]
    assert values(facts, Kind.PART_OF) == ["UBERON:1"]


def test_the_equivalences_of_mondo_are_read(shared):
    facts = list(facts_of(shared / "data" / "ontologies" / "mondo-equivalencies.obo.xz"))
    assert values(facts, Kind.SAME, "DECIPHER:14") == ["MONDO:0015783"]
    assert len(values(facts, Kind.SAME)) == len(values(facts, Kind.XREF)) > 50_000


def test_a_table_of_the_ontology_guide_gives_nearest_ancestors_as_parents(tmp_path):
    facts = read(tmp_path, json.dumps(GUIDE), "CL-ontology-v2026-03-26.json")
    assert values(facts, Kind.ONTOLOGY) == ["CL"]
    assert values(facts, Kind.VERSION) == ["2026-03-26"]
    assert [f.subject for f in facts if f.kind is Kind.TERM] == ["CL:0000540", "CL:0000001", "CVCL:0030"]
    assert values(facts, Kind.LABEL) == ["neuron", "HeLa"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [("nerve cell", "exact")]
    assert values(facts, Kind.IS_A, "CL:0000540") == ["CL:0000393", "CL:0000404"]
    assert values(facts, Kind.IS_A, "CVCL:0030") == ["CVCL:0001"]
    assert values(facts, Kind.XREF) == ["UBERON:0000001"]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["CL:0000001"]
    assert values(facts, Kind.REPLACED_BY) == ["CL:0000540"]
    assert values(facts, Kind.CONSIDER) == ["CL:0000000"]
    assert not values(read(tmp_path, json.dumps(GUIDE), "mine.json"), Kind.ONTOLOGY)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ('{"CL:1": {"ancestors": 5}}', "has 5 as ancestors of the term CL:1, expected an object"),
        ('{"CL:1": {"ancestors": {"CL:2": "1"}}}', "ancestors of the term CL:1 whose distance is no whole number"),
        ('{"CL:1": {"label": ["x"]}}', "has a list as label of the term CL:1, expected a text"),
        ('{"CL:1": {"label": "x", "synonyms": [1]}}', "as synonyms of the term CL:1"),
        ('{"CL:1": {"label": "x"}, "words": {}}', "has the key 'words', expected a term such as CL:0000540"),
        ('{"CL:1": {"label": "x"}, "CL:2": 5}', "has 5 as the term CL:2, expected an object"),
        ('{"CL:1": {"label": "x", "deprecated": "no"}}', "expected true or false"),
        ('{"CL:1": {"label": "x"}', "is cut off"),
        ('{"CL:1": {"label": "x"} "CL:2"', "expected a comma"),
        ('{"CL:1": {"ancestors": ' + '{"a":' * 1_000_000, "nests too deep"),
    ],
)
def test_damaged_tables_of_the_ontology_guide_are_told_in_a_sentence(tmp_path, document, sentence):
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, document)


@pytest.mark.parametrize(
    "content",
    [
        FUNCTIONAL[:-60],
        json.dumps(GRAPHS)[:-60],
        json.dumps(GUIDE)[:-60],
        BIOPORTAL.replace(",FALSE,,,", ","),
    ],
)
def test_a_file_that_fails_at_its_end_leaves_the_index_as_it_was(tmp_path, content):
    index, good, bad = tmp_path / "index.sqlite", tmp_path / "good.json", tmp_path / "bad.any"
    good.write_text(json.dumps(GUIDE), "utf-8")
    bad.write_text(content, "utf-8")
    with pytest.raises(TermError):
        add_file(index, bad)
    assert not index.exists()
    add_file(index, good)
    before = index.read_bytes()
    with pytest.raises(TermError):
        add_file(index, bad)
    assert index.read_bytes() == before


def test_zstandard_is_unpacked_over_all_its_frames(tmp_path):
    pack = zstandard().ZstdCompressor().compress
    text = json.dumps(GUIDE).encode()
    assert read(tmp_path, pack(text[:100]) + pack(text[100:])) == read(tmp_path, text)


def test_zstandard_that_breaks_off_or_is_damaged_is_told(tmp_path):
    packed = zstandard().ZstdCompressor(write_checksum=True).compress(FUNCTIONAL.encode())
    with pytest.raises(TermError, match="breaks off inside a Zstandard frame"):
        read(tmp_path, packed[:-3])
    with pytest.raises(TermError, match="cannot be unpacked"):
        read(tmp_path, packed[:-40] + b"x" * 40)


def test_zstandard_that_unpacks_without_end_is_refused(tmp_path):
    bomb = b'{"CL:1": {"label": "x"},' + b" " * (80 << 20)
    with pytest.raises(TermError, match="unpacks to more than 400 times its size"):
        read(tmp_path, zstandard().ZstdCompressor().compress(bomb))


def test_bioportal_tables_are_read_with_commas_and_tabs(tmp_path):
    facts = read(tmp_path, BIOPORTAL, "EDAM.csv")
    assert values(facts, Kind.ONTOLOGY) == ["http://edamontology.org"]
    assert [f.subject for f in facts if f.kind is Kind.TERM] == ["EDAM:topic_3382", "EDAM:topic_0001"]
    assert values(facts, Kind.LABEL) == ["Imaging", "Old"]
    assert values(facts, Kind.DEFINITION) == ["Images, of a | b\nthing"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [("Microscopy", "narrow"), ("Pictures", "related")]
    assert [(f.subject, f.value) for f in facts if f.kind is Kind.IS_A] == [("EDAM:topic_3382", "EDAM:topic_3361")]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["EDAM:topic_0001"]
    assert values(facts, Kind.REPLACED_BY, "EDAM:topic_0001") == ["EDAM:topic_3382"]
    assert read(tmp_path, BIOPORTAL.replace("Images, of", "Images of").replace(",", "\t"), "EDAM.tsv")[0] == facts[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Parents", "Above", "has no column Parents"),
        ("Obsolete,Parents", "Obsolete,Parents,More", "row 3 has 8 cells, expected 9"),
        ("http://edamontology.org/topic_0001", "topic_0001", "row 4 has the Class ID 'topic_0001', expected an IRI"),
        ('thing"', "thing" + "x" * 200_000, "is no table row"),
    ],
)
def test_damaged_bioportal_tables_are_told_in_a_sentence(tmp_path, old, new, sentence):
    assert old in BIOPORTAL
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, BIOPORTAL.replace(old, new, 1))


def test_xml_that_nests_without_end_is_refused(tmp_path):
    head = '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x.example/">'
    deep = "<!-- </a></a> --><rdf:Description><x:p>" * 1_000_000
    with pytest.raises(TermError, match="nests elements deeper than 1000 levels"):
        read(tmp_path, head + deep)
    flat = "<rdf:Description><x:p y='>'/><x:q><![CDATA[<a><a>]]></x:q><!-- <a><a> --><?a <a> ?></rdf:Description>" * 5000
    assert read(tmp_path, head.replace("?>", "?><!-- > -->") + flat.replace(" y='>'", "") + "</rdf:RDF>") == []


def test_tables_of_real_ontologies_are_read(shared):
    zstandard()
    terms = {"CL": 3596, "PATO": 2869, "HsapDv": 260, "ZFA": 3285, "WBbt": 7555, "UBERON": 16358}
    for file in sorted((shared / "data" / "ontologies").glob("*.json.zst")):
        if (ontology := file.name.partition("-")[0]) in terms:
            facts = list(facts_of(file))
            assert sum(fact.kind is Kind.TERM for fact in facts) == terms[ontology]
            assert values(facts, Kind.ONTOLOGY) == [ontology]


def test_an_unknown_package_and_an_unknown_ontology_are_told():
    with pytest.raises(
        TermError, match="is no package of ontology tables; kg reads cellxgene-ontology-guide and edam-ontology"
    ):
        package_files("requests")
    for package in PACKAGES:
        if not installed(package):
            with pytest.raises(TermError, match="is not installed"):
                package_files(package)


@pytest.mark.skipif(not all(map(installed, PACKAGES)), reason="needs the extra ontologies")
def test_installed_packages_give_the_newest_file_of_each_ontology():
    guide, edam = PACKAGES
    named = [path.name.partition("-ontology-")[0] for path in package_files(guide)]
    assert {"CL", "UBERON", "NCBITaxon", "EFO"} <= set(named)
    assert len(named) == len(set(named))
    newest = list(package_files(guide, ["cl", "HANCESTRO"]))
    assert [path.name.partition("-")[0] for path in newest] == ["CL", "HANCESTRO"]
    assert all(path.is_file() and path.name.partition("-v")[2] > "2025" for path in newest)
    with pytest.raises(TermError, match="does not hold Foo; it has CHEBI, CL"):
        package_files(guide, ["Foo"])
    (table,) = package_files(edam)
    facts = list(facts_of(table))
    assert "Imaging" in values(facts, Kind.LABEL, "EDAM:topic_3382")
    assert package_version(edam).startswith("1.")
