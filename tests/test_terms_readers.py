"""Readers of ontology files: OBO, RDF, own tables, and how a file is recognised; further forms are in test_terms_formats."""

from __future__ import annotations

import bz2
import gzip
import lzma
from typing import TYPE_CHECKING

import pytest

from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind
from kg.terms.files.ontology_file import facts_of

if TYPE_CHECKING:
    from pathlib import Path

OBO = r"""format-version: 1.2
data-version: releases/2026-01-23
ontology: fbbi
property_value: terms:license https://creativecommons.org/licenses/by/4.0/

[Term]
id: FBbi:00000246
name: fluorescence microscopy ! a comment
def: "Light \"emitted\" by a fluorophore." [PMID:1]

[Term]
id: FBbi:00000251 {source="x"}
name: confocal microscopy
alt_id: FBbi:00009999
synonym: "CLSM" EXACT ABBREVIATION [PMID:1, "a, b"]
synonym: "laser \"scanning\"\, one" NARROW []
synonym: "old kind" []
exact_synonym: "confocal imaging" []
xref: MI:0663 "confocal"
is_a: FBbi:00000246 {is_inferred="true"} ! fluorescence microscopy
relationship: part_of FBbi:00000222 ! imaging
relationship: RO:0002202 FBbi:00000001

! a comment line
[Term]
id: http://purl.obolibrary.org/obo/FBbi_00000300
name: obsolete thing
is_obsolete: true
replaced_by: FBbi:00000251
consider: FBbi:00000246
this is no clause

[Typedef]
id: part_of
name: part of
"""

TURTLE = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix in: <http://www.geneontology.org/formats/oboInOwl#> . @prefix dct: <http://purl.org/dc/terms/> .
obo:uberon.owl a owl:Ontology ; owl:versionIRI <http://purl.obolibrary.org/obo/uberon/releases/2026-04-01/uberon.owl> ; dct:license <https://example.org/by> .
obo:UBERON_0000955 a owl:Class ; rdfs:label "Gehirn"@de, "brain"@en ; in:hasExactSynonym "encephalon" ; in:hasNarrowSynonym "adult brain" ;
  in:hasRelatedSynonym "the brain" ; in:hasBroadSynonym "neural organ" ; skos:altLabel "cerebral organ" ; obo:IAO_0000118 "cerebrum?" ;
  <http://www.ebi.ac.uk/efo/alternative_term> "brain organ" ; obo:IAO_0000115 "A definition." ;
  rdfs:subClassOf obo:UBERON_0000062 , [ a owl:Restriction ; owl:onProperty obo:BFO_0000050 ; owl:someValuesFrom obo:UBERON_0001017 ] ,
    [ a owl:Restriction ; owl:onProperty obo:RO_0002202 ; owl:someValuesFrom obo:UBERON_0000001 ] .
obo:UBERON_0000002 a owl:Class ; rdfs:label "obsolete brain" ; owl:deprecated true ; obo:IAO_0100001 obo:UBERON_0000955 .
obo:BFO_0000050 a owl:ObjectProperty ; rdfs:label "part of" .
"""


def read(folder: Path, content: str | bytes, name: str = "file.any") -> list[Fact]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(facts_of(path))


def values(facts: list[Fact], kind: Kind, subject: str | None = None) -> list[str]:
    return [fact.value for fact in facts if fact.kind is kind and subject in (None, fact.subject)]


def test_an_obo_file_gives_everything_but_its_typedefs(tmp_path):
    facts = read(tmp_path, OBO)
    confocal = "FBbi:00000251"
    assert values(facts, Kind.ONTOLOGY) == ["fbbi"]
    assert values(facts, Kind.VERSION) == ["releases/2026-01-23"]
    assert values(facts, Kind.LICENCE) == ["https://creativecommons.org/licenses/by/4.0/"]
    assert [fact.subject for fact in facts if fact.kind is Kind.TERM] == ["FBbi:00000246", confocal, "FBbi:00000300"]
    assert values(facts, Kind.LABEL) == ["fluorescence microscopy", "confocal microscopy", "obsolete thing"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [
        ("CLSM", "exact"),
        ('laser "scanning", one', "narrow"),
        ("old kind", "related"),
        ("confocal imaging", "exact"),
    ]
    assert values(facts, Kind.IS_A, confocal) == ["FBbi:00000246"]
    assert values(facts, Kind.PART_OF, confocal) == ["FBbi:00000222"]
    assert values(facts, Kind.XREF, confocal) == ["MI:0663"]
    assert values(facts, Kind.ALT, confocal) == ["FBbi:00009999"]
    assert values(facts, Kind.DEFINITION) == ['Light "emitted" by a fluorophore.']
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["FBbi:00000300"]
    assert values(facts, Kind.REPLACED_BY) == [confocal]
    assert values(facts, Kind.CONSIDER) == ["FBbi:00000246"]
    assert values(facts, Kind.SKIPPED) == ["line 31: this is no clause"]


def test_an_owl_ontology_gives_names_parents_and_parts(tmp_path):
    facts = read(tmp_path, TURTLE)
    brain = "UBERON:0000955"
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.LABEL and f.subject == brain] == [
        ("Gehirn", "narrow"),
        ("brain", "label"),
    ]
    assert {(f.value, f.scope) for f in facts if f.kind is Kind.NAME} == {
        ("encephalon", "exact"),
        ("adult brain", "narrow"),
        ("the brain", "related"),
        ("neural organ", "broad"),
        ("cerebral organ", "exact"),
        ("cerebrum?", "exact"),
        ("brain organ", "exact"),
    }
    assert values(facts, Kind.IS_A, brain) == ["UBERON:0000062"]
    assert values(facts, Kind.PART_OF, brain) == ["UBERON:0001017"]
    assert values(facts, Kind.REPLACED_BY, "UBERON:0000002") == [brain]
    assert [f.subject for f in facts if f.kind is Kind.OBSOLETE] == ["UBERON:0000002"]
    assert [f.subject for f in facts if f.kind is Kind.NOT_TERM] == ["BFO:0000050"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_packed_file_is_read_whatever_its_name(tmp_path, pack):
    assert read(tmp_path, pack(OBO.encode()), "fbbi.owl") == read(tmp_path, OBO)


def test_a_packed_file_that_breaks_off_is_told(tmp_path):
    with pytest.raises(TermError, match="cannot be"):
        read(tmp_path, gzip.compress(OBO.encode())[:-20])


def test_a_file_that_unpacks_without_end_is_refused(tmp_path):
    head = b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!--'
    bomb = lzma.compress(head + b" " * (80 << 20), preset=0)
    with pytest.raises(TermError, match="unpacks to more than 400 times its size"):
        read(tmp_path, bomb)


def test_n_triples_and_json_ld_are_read(tmp_path):
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    triple = f'<http://purl.obolibrary.org/obo/CL_0000000> <{label}> "cell" .\n'
    document = f'{{"@id": "http://purl.obolibrary.org/obo/CL_0000000", "{label}": "cell"}}'
    assert read(tmp_path, triple) == read(tmp_path, document) == [Fact(Kind.LABEL, "CL:0000000", "cell")]


def test_a_term_table_gives_its_head_and_rows(tmp_path):
    facts = read(
        tmp_path,
        "# ontology: LAB\n# version: 2\n# source: https://lab.example\n# licence: CC0-1.0\n"
        "curie\tlabel\tparents\tsynonyms\tiri\nLAB:1\tone\tLAB:2|LAB:3\tuno|ein [related]\thttps://lab.example/1\nLAB:2\ttwo\t\t\t\n",
    )
    assert values(facts, Kind.ONTOLOGY) == ["LAB"]
    assert values(facts, Kind.TERM) == ["https://lab.example/1", ""]
    assert values(facts, Kind.IS_A, "LAB:1") == ["LAB:2", "LAB:3"]
    assert [(f.value, f.scope) for f in facts if f.kind is Kind.NAME] == [("uno", "exact"), ("ein", "related")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("Prefix(:=<http://x#>)\nOntology(<http://x>)", "functional syntax without a single"),
        ("Prefix: x: <http://x#>\nOntology: <http://x>", "Manchester syntax"),
        ('<?xml version="1.0"?><Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "OWL/XML"),
        ("<!DOCTYPE html><html></html>", "is a web page"),
        ("<html><body>404</body></html>", "is a web page"),
        ('<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"/>', "root element OME"),
        ('{"graphs": [{"nodes": []}]}', "OBO Graphs JSON without a single"),
        ('{"a": 1}', "not JSON-LD"),
        ("a,b\n1,2\n", "is in no form that kg reads"),
        ("format-version: 1.2\nontology: x\n", "without a single"),
        ("@prefix x: <http://x#> .\nx:a x:b .\n", "is not valid"),
        ("curie\tlabel\tcolour\nA:1\tb\tc\n", "has the columns"),
        ("curie\tlabel\nA:1\tb\tc\n", "row 2 has 3 cells"),
        ("curie\tlabel\nfoo\tb\n", "row 2 has the curie 'foo'"),
        (b"\xff\xfe<\x00", "UTF-16"),
        (b"format-version: 1.2\n\n[Term]\nid: A:1\nname: \xe4\n", "line 5 is not UTF-8"),
        (b"curie\tlabel\nA:1\t" + b"x" * (1 << 20) + b"\nA:2\ty\n", "row 2 is longer than 1048576 bytes"),
        (b"PK\x03\x04....", "ZIP archive"),
    ],
)
def test_what_kg_does_not_read_is_told_in_a_sentence(tmp_path, content, sentence):
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, content, "fbbi.owl")


RDF_XML = """<?xml version="1.0"?>
<!-- made by hand --><!DOCTYPE rdf:RDF [ {entities} ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
  xmlns:owl="http://www.w3.org/2002/07/owl#">
<owl:Class rdf:about="http://purl.obolibrary.org/obo/CL_0000000"><rdfs:label>{label}</rdfs:label></owl:Class></rdf:RDF>"""


def test_entities_for_namespaces_are_read(tmp_path):
    content = RDF_XML.format(entities='<!ENTITY obo "http://purl.obolibrary.org/obo/" >', label="cell")
    assert values(read(tmp_path, content), Kind.LABEL) == ["cell"]


@pytest.mark.parametrize(
    ("entities", "sentence"),
    [
        ('<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">', "made of other entities"),
        (f'<!ENTITY a "{"x" * 1001}">', "1001 characters"),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', "external entity"),
        ('<!ENTITY % a "x">', "parameter or external"),
        ("<!ENTITY>", "cannot be understood"),
    ],
)
def test_entities_that_could_explode_are_refused(tmp_path, entities, sentence):
    with pytest.raises(TermError, match=sentence):
        read(tmp_path, RDF_XML.format(entities=entities, label="&b;"))


def test_a_folder_and_an_absent_file_are_told(tmp_path):
    with pytest.raises(TermError, match="is a folder"):
        list(facts_of(tmp_path))
    with pytest.raises(TermError, match="cannot be opened"):
        list(facts_of(tmp_path / "absent.obo"))


def test_the_real_hierarchies_of_the_profile_are_read(shared):
    folder = shared / "data" / "inputs" / "gide"
    taxa = list(facts_of(folder / "gide_ncbitaxon_hierarchy_subset.ttl"))
    methods = list(facts_of(folder / "gide_fbbi_hierarchy_subset.ttl"))
    assert "Bacteria" in values(taxa, Kind.LABEL, "NCBITaxon:2")
    assert values(methods, Kind.IS_A, "FBbi:00000027") == ["FBbi:00000026"]


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("cmpo.obo.xz", 399),
        ("pato.obo.xz", 2785),
        ("uo.obo.xz", 574),
        ("obi.obo.xz", 5218),
        ("mondo-uberon_import.obo.xz", 7577),
    ],
)
def test_real_obo_files_are_read_to_the_last_term(shared, name, terms):
    facts = list(facts_of(shared / "data" / "ontologies" / name))
    assert sum(fact.kind is Kind.TERM for fact in facts) == terms
    assert not values(facts, Kind.SKIPPED)
