"""Classification with the real HermiT: what follows from definitions, what contradicts itself, and what happens without Java."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from kg.errors import TermError
from kg.terms import TermIndex, add_file
from kg.terms.files.facts import Fact, Kind
from kg.terms.files.ontology_file import facts_of
from kg.terms.reason import classified

ROOT = Path(__file__).resolve().parent.parent
PREFIXES = """Prefix(:=<http://purl.obolibrary.org/obo/XM_>)
Prefix(owl:=<http://www.w3.org/2002/07/owl#>)
Prefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>)
Prefix(in:=<http://www.geneontology.org/formats/oboInOwl#>)
"""
BODY = """Ontology(<http://purl.obolibrary.org/obo/xm.owl> <http://purl.obolibrary.org/obo/xm/2026-11-01/xm.owl>
Import(<http://purl.obolibrary.org/obo/xm/detectors.owl>)
Declaration(Class(:1)) Declaration(Class(:2)) Declaration(Class(:3)) Declaration(Class(:4)) Declaration(Class(:5))
Declaration(ObjectProperty(:shows)) Declaration(AnnotationProperty(in:hasExactSynonym))
AnnotationAssertion(rdfs:label :1 "microscopy")
AnnotationAssertion(rdfs:label :2 "fluorescence")
AnnotationAssertion(rdfs:label :3 "fluorescence microscopy")
AnnotationAssertion(rdfs:label :4 "confocal microscopy (\\"pinhole\\")")
AnnotationAssertion(Annotation(rdfs:comment "by hand") in:hasExactSynonym :4 "CLSM")
EquivalentClasses(:3 ObjectIntersectionOf(:1 ObjectSomeValuesFrom(:shows :2)))
SubClassOf(Annotation(rdfs:comment "a note about an axiom") :4 :1)
SubClassOf(:4 ObjectSomeValuesFrom(:shows :2))
SubClassOf(:5 :4)
"""
SMALL = PREFIXES + BODY + ") # the end (of it)\n"
DETECTORS = (
    PREFIXES
    + """Ontology(<http://purl.obolibrary.org/obo/xm/detectors.owl>
Declaration(Class(:2)) Declaration(Class(:3)) Declaration(Class(:20)) Declaration(Class(:21)) Declaration(Class(:22))
SubClassOf(:4 :20) SubClassOf(:20 :21) SubClassOf(:21 :6) SubClassOf(:22 :20))
"""
)
RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:o="http://purl.obolibrary.org/obo/">
<owl:Ontology rdf:about="http://purl.obolibrary.org/obo/xr.owl"><owl:versionInfo>2026-11-02</owl:versionInfo></owl:Ontology>
<owl:AnnotationProperty rdf:about="http://purl.obolibrary.org/obo/note"><rdfs:range rdf:resource="http://www.w3.org/2001/XMLSchema#string"/></owl:AnnotationProperty>
<owl:ObjectProperty rdf:about="http://purl.obolibrary.org/obo/has"/>
<owl:Class rdf:about="http://purl.obolibrary.org/obo/XR_1"><rdfs:label>cell</rdfs:label></owl:Class>
<owl:Class rdf:about="http://purl.obolibrary.org/obo/XR_2"><rdfs:label>nucleus</rdfs:label></owl:Class>
<owl:Class rdf:about="http://purl.obolibrary.org/obo/XR_3"><rdfs:label xml:lang="en">nucleated cell</rdfs:label>
  <owl:equivalentClass><owl:Class><owl:intersectionOf rdf:parseType="Collection">
    <rdf:Description rdf:about="http://purl.obolibrary.org/obo/XR_1"/>
    <owl:Restriction><owl:onProperty rdf:resource="http://purl.obolibrary.org/obo/has"/>
      <owl:someValuesFrom rdf:resource="http://purl.obolibrary.org/obo/XR_2"/></owl:Restriction>
  </owl:intersectionOf></owl:Class></owl:equivalentClass></owl:Class>
<owl:Class rdf:about="http://purl.obolibrary.org/obo/XR_4"><rdfs:label>neuron</rdfs:label>
  <rdfs:subClassOf rdf:resource="http://purl.obolibrary.org/obo/XR_1"/>
  <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="http://purl.obolibrary.org/obo/has"/>
    <owl:someValuesFrom rdf:resource="http://purl.obolibrary.org/obo/XR_2"/></owl:Restriction></rdfs:subClassOf></owl:Class>
<owl:Axiom><owl:annotatedSource rdf:resource="http://purl.obolibrary.org/obo/XR_4"/>
  <owl:annotatedProperty rdf:resource="http://www.w3.org/2000/01/rdf-schema#subClassOf"/>
  <owl:annotatedTarget rdf:resource="http://purl.obolibrary.org/obo/XR_1"/><o:note>known for long</o:note></owl:Axiom>
<o:XR_4 rdf:about="http://purl.obolibrary.org/obo/someone"/><o:XR_4 rdf:about="http://purl.obolibrary.org/obo/other"/>
<owl:AllDifferent><owl:distinctMembers rdf:parseType="Collection"><o:XR_4 rdf:about="http://purl.obolibrary.org/obo/someone"/>
  <o:XR_4 rdf:about="http://purl.obolibrary.org/obo/other"/></owl:distinctMembers></owl:AllDifferent>
</rdf:RDF>
"""


def written(folder: Path, text: str, name: str = "xm.owl") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def is_a(file: Path) -> set[tuple[str, str]]:
    return {(fact.subject, fact.value) for fact in facts_of(file) if fact.kind is Kind.IS_A}


def below(folder: Path, file: Path, *curies: str) -> list[frozenset[str]]:
    index = folder / f"of-{file.name}.sqlite"
    add_file(index, file)
    with TermIndex.open(index) as terms:
        return [terms.descendants(curie) for curie in curies]


def test_a_class_that_fits_a_definition_comes_below_the_class_defined(tmp_path):
    file = written(tmp_path, SMALL)
    assert below(tmp_path, file, "XM:3") == [frozenset()]
    done = classified(file, tmp_path / "out")
    assert (done.inferred, done.unsatisfiable) == (2, ())  # fluorescence microscopy below microscopy, confocal below it
    assert below(tmp_path, done.path, "XM:3", "XM:1") == [{"XM:4", "XM:5"}, {"XM:3", "XM:4", "XM:5"}]


def test_all_that_the_file_said_is_still_said(tmp_path):
    file = written(tmp_path, SMALL)
    done = classified(file, tmp_path)
    assert done.path != file
    assert file.read_text("utf-8") == SMALL
    before, after = list(facts_of(file)), list(facts_of(done.path))
    assert Fact(Kind.NAME, "XM:4", "CLSM", "exact") in before
    assert after[: len(before)] == before
    report = add_file(tmp_path / "index.sqlite", done.path)
    assert (report.version, report.terms, report.synonyms) == ("2026-11-01", 5, 1)


def test_rdf_with_notes_about_axioms_and_with_individuals_is_classified_and_kept_whole(tmp_path):
    plain = written(tmp_path, RDF, "xr.owl")
    packed = tmp_path / "xr.rdf.gz"
    packed.write_bytes(gzip.compress(RDF.encode()))
    done = classified(packed, tmp_path / "out")
    assert done.path.name == "xr.classified.nt"
    assert is_a(done.path) - is_a(plain) == {("XR:4", "XR:3"), ("XR:3", "XR:1")}
    assert set(facts_of(plain)) < set(facts_of(done.path))
    assert "known for long" in done.path.read_text("utf-8")
    again = classified(plain, tmp_path / "again")
    assert again.path.read_bytes() == done.path.read_bytes()  # so that an ontology without a version does not change


def test_classes_that_nothing_can_belong_to_are_named_and_not_placed(tmp_path):
    text = PREFIXES + BODY + "Declaration(Class(:9)) DisjointClasses(:1 :2) SubClassOf(:9 :1) SubClassOf(:9 :2))"
    done = classified(written(tmp_path, text), tmp_path)
    assert done.unsatisfiable == ("XM:9",)
    assert {pair for pair in is_a(done.path) if "XM:9" in pair} == {("XM:9", "XM:1"), ("XM:9", "XM:2")}


def test_an_ontology_that_contradicts_itself_is_refused(tmp_path):
    text = PREFIXES + BODY + "SubClassOf(owl:Thing :1) SubClassOf(owl:Thing :2) DisjointClasses(:1 :2))"
    with pytest.raises(TermError, match=r"xm\.owl: contradicts itself"):
        classified(written(tmp_path, text), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["xm.owl"]


def test_classes_found_to_mean_the_same_share_parents_and_children(tmp_path):
    text = (
        PREFIXES
        + BODY
        + "Declaration(Class(:6)) EquivalentClasses(:6 ObjectIntersectionOf(ObjectSomeValuesFrom(:shows :2) :1)))"
    )
    done = classified(written(tmp_path, text), tmp_path)
    assert {("XM:6", "XM:1"), ("XM:3", "XM:1"), ("XM:4", "XM:3"), ("XM:4", "XM:6")} <= is_a(done.path)
    assert Fact(Kind.SAME, "XM:3", "XM:6") in set(facts_of(done.path))
    index = tmp_path / "index.sqlite"
    add_file(index, done.path)
    with TermIndex.open(index) as terms:
        assert terms.descendants("XM:6") == terms.descendants("XM:3") == {"XM:4", "XM:5"}


def test_imports_are_never_fetched_and_those_not_given_are_named(tmp_path):
    file = written(tmp_path, SMALL)
    imported = written(tmp_path, DETECTORS, "detectors.ofn")
    assert classified(file, tmp_path / "out").left_out == ("http://purl.obolibrary.org/obo/xm/detectors.owl",)
    assert classified(file, tmp_path / "out", [imported]).left_out == ()


def test_what_stands_between_two_classes_in_an_import_only_is_bridged(tmp_path):
    text = PREFIXES + BODY + "Declaration(Class(:6)))"
    done = classified(written(tmp_path, text), tmp_path / "out", [written(tmp_path, DETECTORS, "detectors.ofn")])
    assert ("XM:4", "XM:6") in is_a(done.path)  # by way of two classes of the import
    assert ("XM:4", "XM:20") in is_a(done.path)
    assert not {pair for pair in is_a(done.path) if pair[0] in {"XM:20", "XM:21", "XM:22"}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.obo", "format-version: 1.2\nontology: x\n\n[Term]\nid: XM:1\nname: cell\n", "is no OWL"),
        ("x.nt", "<http://a/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a/b> .\n", "declares no class"),
        ("x.ofn", PREFIXES + "Ontology(<urn:o> Declaration(Class(:1)) SubClassOf(:1", "is cut off"),
        ("x.ofn", PREFIXES + "Ontology(<urn:o> Declaration(Class(:1)) Unheard(:1))", "cannot be read by py-horned-owl"),
        ("x.txt", "a text about cells", "is in no form that kg reads"),
    ],
)
def test_what_cannot_be_classified_is_refused_with_the_reason(tmp_path, name, text, said):
    with pytest.raises(TermError, match=said):
        classified(written(tmp_path, text, name), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_what_hermit_cannot_do_is_one_sentence(tmp_path):
    text = PREFIXES + BODY + "TransitiveObjectProperty(:shows) SubClassOf(:1 ObjectMaxCardinality(1 :shows :2)))"
    with pytest.raises(TermError, match=r"xm\.owl: could not be classified; HermiT says: .*Non-simple property") as caught:
        classified(written(tmp_path, text), tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_the_reasoner_is_bounded_in_time_and_memory(tmp_path):
    file = written(tmp_path, SMALL)
    with pytest.raises(TermError, match=r"could not be classified in 0\.01 seconds"):
        classified(file, tmp_path / "out", timeout=0.01)
    with pytest.raises(TermError, match="could not be classified in 1 MiB of memory"):
        classified(file, tmp_path / "out", memory=1)
    assert not list((tmp_path / "out").iterdir())


def refusal(tmp_path: Path, path: str, without: str = "") -> str:
    """What a process says that has this PATH and cannot import a package."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        f"if {without!r}: sys.modules[{without!r}] = None\n"
        "from kg.errors import TermError\nfrom kg.terms.reason import classified\n"
        "try: classified(Path(sys.argv[1]), Path(sys.argv[2]))\nexcept TermError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, written(tmp_path, SMALL), tmp_path / "out"],
        capture_output=True, text=True, check=True, timeout=60, env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stdout.strip()


def test_without_java_the_message_says_what_to_install(tmp_path):
    said = refusal(tmp_path, str(tmp_path))
    assert said.startswith("Java: is not installed")
    assert "default-jre-headless" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("module", "package"), [("owlready2", "owlready2"), ("pyhornedowl", "py-horned-owl")])
def test_without_the_extra_the_message_says_what_to_install(tmp_path, module, package):
    assert refusal(tmp_path, os.environ["PATH"], module) == (
        f'{package}: is not installed, which classification needs; please run pip install "bioimage-kg[reason]"'
    )


def test_the_owl_of_our_own_schema_has_no_class_that_nothing_can_belong_to(tmp_path):
    done = classified(ROOT / "ontologies" / "generated" / "bioimage-kg.owl.ttl", tmp_path)
    assert done.unsatisfiable == ()
    assert done.left_out == ()
    assert set(facts_of(ROOT / "ontologies" / "generated" / "bioimage-kg.owl.ttl")) <= set(facts_of(done.path))


def test_a_contradiction_put_into_the_owl_of_our_own_schema_would_be_found(tmp_path):
    text = (ROOT / "ontologies" / "generated" / "bioimage-kg.owl.ttl").read_text("utf-8")
    owl, kg = "http://www.w3.org/2002/07/owl#", "https://w3id.org/bioimage-kg/"
    text += f"\n<{kg}Impossible> a <{owl}Class> ; <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{kg}A> , <{kg}B> .\n"
    text += f"<{kg}A> a <{owl}Class> ; <{owl}disjointWith> <{kg}B> .\n<{kg}B> a <{owl}Class> .\n"
    assert classified(written(tmp_path, text, "s.ttl"), tmp_path).unsatisfiable == (f"{kg}Impossible",)


def test_fbbi_as_its_editors_keep_it_gets_the_hierarchy_that_its_definitions_mean(shared, tmp_path):
    file = shared / "data" / "ontologies" / "fbbi-edit-2026-01-23.owl.xz"
    microscopy, fluorescence, confocal, spim = "FBbi:00000241", "FBbi:00000246", "FBbi:00000251", "FBbi:00000369"
    # The stated hierarchy alone, as other tools show it: kg's reader of functional syntax knows a little more already.
    unpacked = tmp_path / "fbbi.ofn"
    unpacked.write_bytes(import_module("lzma").decompress(file.read_bytes()))
    stated = tmp_path / "stated.rdf"
    import_module("pyhornedowl").open_ontology_from_file(str(unpacked), "ofn").save_to_file(str(stated), "rdf")
    assert [len(found) for found in below(tmp_path, stated, fluorescence, microscopy)] == [7, 19]
    assert [len(found) for found in below(tmp_path, file, fluorescence, microscopy)] == [7, 45]

    done = classified(file, tmp_path / "out")
    under_fluorescence, under_microscopy = below(tmp_path, done.path, fluorescence, microscopy)
    assert (len(under_fluorescence), len(under_microscopy)) == (14, 45)
    assert {confocal, spim} <= under_fluorescence
    assert confocal not in below(tmp_path, file, fluorescence)[0]
    assert done.left_out == ("http://purl.obolibrary.org/obo/fbbi/imports/merged_import.owl",)
    assert done.unsatisfiable == ()
    assert set(facts_of(file)) < set(facts_of(done.path))
