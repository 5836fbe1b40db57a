"""The project's own names of imaging methods and annotation types: every row holds, and a bad row is refused by its number."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind
from kg.terms.files.ontology_file import facts_of
from kg.terms.files.overlay import is_overlay, read_overlay
from kg.terms.normalise import key

ROOT = Path(__file__).resolve().parent.parent
METHODS, KINDS = (ROOT / "mappings" / f"{name}.synonyms.sssom.tsv" for name in ("imaging-methods", "annotation-types"))
OVERLAYS = pytest.mark.parametrize("file", [METHODS, KINDS], ids=lambda file: file.name.partition(".")[0])
HEAD = """#mapping_set_id: https://w3id.org/bioimage-kg/mappings/try
#mapping_set_version: "2026-11-21"
#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_type: rdfs literal
subject_label\tpredicate_id\tobject_id\tobject_label\tcomment
"""
ROW = "cryo-ET\tskos:broadMatch\tFBbi:00000256\telectron microscopy\tof frozen specimens\n"


def facts(file: Path) -> list[Fact]:
    with file.open("rb") as stream:
        return list(read_overlay(stream, file.name))


def of(text: str) -> list[Fact]:
    return list(read_overlay(io.BytesIO(text.encode()), "try.sssom.tsv"))


def names(found: list[Fact]) -> dict[str, dict[str, str]]:
    """Return for each text its terms with the scope of the text."""
    told: dict[str, dict[str, str]] = {}
    for fact in found:
        if fact.kind is Kind.NAME:
            told.setdefault(fact.value, {})[fact.subject] = fact.scope
    return told


def rows(file: Path) -> list[dict[str, str]]:
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


# In a process of its own: sssom-py takes long to load and warns about its own libraries.
THROUGH_SSSOM = """
import sys
from sssom.parsers import parse_tsv, to_mapping_set_document
from sssom.validators import validate
for name in sys.argv[1:]:
    parsed = parse_tsv(name)
    found = [result.message for report in validate(parsed, fail_on_error=False).values() for result in report.results]
    mapping_set = to_mapping_set_document(parsed).mapping_set
    print(len(found), len(mapping_set.mappings), mapping_set.license, *found)
"""


def test_overlays_are_clean_for_sssom_py_and_a_bad_one_is_not(tmp_path):
    bad = tmp_path / "bad.sssom.tsv"
    bad.write_text(METHODS.read_text("utf-8").replace("semapv:ManualMappingCuration", "by feeling", 1), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", THROUGH_SSSOM, METHODS, KINDS, bad]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    clean = [f"0 {len(rows(file))} {licence}" for file in (METHODS, KINDS)]
    assert done.stdout.splitlines()[:2] == clean
    assert done.stdout.splitlines()[2] != clean[0]  # sssom-py leaves the row out, or says what is wrong with it


@OVERLAYS
def test_every_term_of_an_overlay_stands_in_our_own_tables_under_the_label_given(file):
    known: dict[str, str] = {}
    for table in ("fbbi.tsv", "kgat.tsv"):
        known |= {
            fact.subject: fact.value for fact in facts_of(ROOT / "ontologies" / "terms" / table) if fact.kind is Kind.LABEL
        }
    given = {fact.subject: fact.value for fact in facts(file) if fact.kind is Kind.LABEL}
    # These two are in the release and not in our extract of it; the next test looks there.
    only_released = {"FBbi:00000327", "FBbi:00000329"} if file == METHODS else set()
    assert {curie: label for curie, label in given.items() if known.get(curie) != label}.keys() == only_released


def test_every_imaging_method_of_the_overlay_stands_in_the_release_under_the_label_given(shared):
    released: dict[str, set[str]] = {}
    names_of: dict[str, set[str]] = {}
    for name in ("fbbi.owl.xz", "fbbi-edit-2026-01-23.owl.xz"):
        for fact in facts_of(shared / "data" / "ontologies" / name):
            if fact.kind is Kind.LABEL:
                released.setdefault(fact.subject, set()).add(fact.value)
            if fact.kind in {Kind.LABEL, Kind.NAME} and fact.scope in {"label", "exact"}:
                names_of.setdefault(key(fact.value), set()).add(fact.subject)
    found = facts(METHODS)
    assert {fact for fact in found if fact.kind is Kind.LABEL and fact.value not in released.get(fact.subject, ())} == set()
    # No text is the name of another term of the release.
    assert {
        (fact.value, other)
        for fact in found
        if fact.kind is Kind.NAME
        for other in names_of.get(key(fact.value), ())
        if other != fact.subject
    } == set()


@OVERLAYS
def test_no_text_is_given_twice_and_only_related_ones_to_two_terms(file):
    seen: dict[str, list[tuple[str, str]]] = {}
    for fact in facts(file):
        if fact.kind is Kind.NAME:
            seen.setdefault(key(fact.value), []).append((fact.subject, fact.scope))
    several = {text: terms for text, terms in seen.items() if len(terms) > 1}
    assert all(len({curie for curie, _ in terms}) == len(terms) for terms in several.values()), several
    assert all(scope == "related" for terms in several.values() for _, scope in terms), several


@OVERLAYS
def test_every_row_has_a_citation_and_says_why_where_it_is_not_exact(file):
    for row in rows(file):
        assert row["see_also"].startswith("https://"), row
        assert row["comment"] or row["predicate_id"] == "skos:exactMatch", row
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"


def test_the_names_that_public_ontologies_lack_are_there():
    told = names(facts(METHODS))
    assert told["light-sheet fluorescence microscopy"] == {"FBbi:00000369": "exact"}
    assert told["LSFM"] == {"FBbi:00000369": "exact"}
    assert told["cryo-ET"] == {"FBbi:00000256": "narrow"}
    assert told["TEM"] == {"FBbi:00000258": "exact"}
    assert told["STED"] == {"FBbi:00000334": "exact"}
    assert told["fluorescence recovery after photobleaching"] == {"FBbi:00000366": "exact"}
    assert told["SIM"] == {"FBbi:00000332": "exact"}
    assert told["CLEM"] == {"FBbi:00000246": "related", "FBbi:00000256": "related"}
    kinds = names(facts(KINDS))
    assert kinds["instance segmentation masks"] == {"KGAT:instance_mask": "exact"}
    assert kinds["keypoints"] == {"KGAT:point_annotations": "narrow"}


def test_an_overlay_says_what_it_is_before_its_names():
    first = facts(METHODS)[:4]
    assert first == [
        Fact(Kind.OVERLAY),
        Fact(Kind.ONTOLOGY, "", "https://w3id.org/bioimage-kg/mappings/imaging-methods.synonyms"),
        Fact(Kind.VERSION, "", "2026-11-21"),
        Fact(Kind.LICENCE, "", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ]
    assert is_overlay(METHODS.read_text("utf-8")[: 1 << 14])
    assert not is_overlay((ROOT / "ontologies" / "terms" / "fbbi.tsv").read_text("utf-8"))


def test_a_broader_term_makes_a_narrow_synonym_and_the_other_way_round():
    assert of(HEAD + ROW)[4:] == [
        Fact(Kind.TERM, "FBbi:00000256", "http://purl.obolibrary.org/obo/FBbi_00000256"),
        Fact(Kind.LABEL, "FBbi:00000256", "electron microscopy"),
        Fact(Kind.NAME, "FBbi:00000256", "cryo-ET", "narrow"),
    ]
    scopes = {
        word: of(HEAD + ROW.replace("broadMatch", word))[-1].scope for word in ("exactMatch", "narrowMatch", "relatedMatch")
    }
    assert scopes == {"exactMatch": "exact", "narrowMatch": "broad", "relatedMatch": "related"}


def test_cells_in_quotes_and_prefixes_of_the_file_are_understood():
    text = HEAD.replace("#subject_type", "#curie_map:\n#  try: http://purl.obolibrary.org/obo/FBbi_\n#subject_type")
    row = ROW.replace("cryo-ET", '"the ""cryo"" way"').replace("FBbi:", "try:")
    assert of(text + row)[-1] == Fact(Kind.NAME, "FBbi:00000256", 'the "cryo" way', "narrow")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + ROW + ROW.replace("skos:broadMatch", "skos:mappingRelation"),
            "row 7: has the predicate_id 'skos:mappingRelation'",
        ),
        (
            HEAD + ROW.replace("FBbi:00000256", "00000256"),
            "row 6: has the object_id '00000256', expected a form like FBbi:00000251",
        ),
        (HEAD + ROW.replace("FBbi:", "Unheard:"), "row 6: has the object_id 'Unheard:00000256'"),
        (HEAD + ROW.replace("cryo-ET", " "), "row 6: has no subject_label"),
        (HEAD + ROW.replace("electron microscopy", ""), "row 6: has no subject_label or no object_label"),
        (HEAD + ROW + ROW.replace("electron", "light"), "row 7: calls FBbi:00000256 'light microscopy', an earlier row"),
        (HEAD + ROW[:-1] + "\tone more\n", "row 6: has 6 cells, expected 5"),
        (HEAD + ROW.replace("cryo-ET", '"cryo'), "row 6 is no row of a table"),
        (
            HEAD.replace("\tcomment", "\tpredicate_modifier") + ROW.replace("of frozen specimens", "Not"),
            "row 6: denies a mapping",
        ),
        (HEAD.replace("rdfs literal", "owl class") + ROW, "row 6: has the subject_type 'owl class'"),
        (HEAD.replace("#license", "#licence") + ROW, "does not say its license"),
        (HEAD.replace("\tobject_label", "\tlabel") + ROW, "has the columns"),
        (ROW, "has no metadata"),
        ("#a: [\n" + ROW, "metadata that is not YAML"),
        ("# only: a comment\n", "has no header line"),
    ],
)
def test_a_bad_row_is_refused_with_its_number_and_the_reason(text, said):
    with pytest.raises(TermError) as caught:
        of(text)
    assert str(caught.value).startswith("try.sssom.tsv")
    assert said in str(caught.value)


def test_a_line_that_is_too_long_or_not_utf_8_is_refused_with_its_number():
    with pytest.raises(TermError, match="row 6 is longer than"):
        of(HEAD + "x" * (1 << 17))
    with pytest.raises(TermError, match="row 6 is not UTF-8"):
        list(read_overlay(io.BytesIO(HEAD.encode() + b"\xff\tx\n"), "try.sssom.tsv"))
