"""The project policy: what it may say, what it changes, and how a mistake in it is told."""

from __future__ import annotations

import pytest

from kg.errors import TermError
from kg.schema import Branch, load_schema
from kg.terms.audit import KINDS
from kg.terms.decided.policy import load_policy, policy_schema

FIELDS = {
    "cell_line": (Branch("EFO", ("EFO:0000322",)), Branch("CLO", ()), Branch("CVCL", ()), Branch("EFO", ("EFO:2",))),
    "organism": (Branch("NCBITaxon", ()),),
}


@pytest.fixture
def policy(tmp_path):
    def write(text: str, **options):
        (tmp_path / "policy.yaml").write_text(text, "utf-8")
        return load_policy(tmp_path / "policy.yaml", **options)

    return write


def refused(policy, text: str, **options) -> str:
    with pytest.raises(TermError) as caught:
        policy(text, **options)
    return caught.value.what


def test_a_policy_with_a_name_alone_changes_nothing(policy):
    read = policy("name: atlas\n")
    assert read.name == "atlas"
    assert read.branches(FIELDS) == FIELDS
    assert (read.of("organism").accept, read.of("organism").ties) == (None, None)
    assert (read.decision_files(), read.same_files(), read.repair) == ((), (), ())


def test_ontologies_are_put_in_order_and_the_others_left_out(policy):
    read = policy("name: a\nfields:\n  cell_line: {ontologies: [CVCL, EFO], accept: 0.8, ties: first}\n")
    branches = read.branches(FIELDS)
    assert branches["cell_line"] == (Branch("CVCL", ()), Branch("EFO", ("EFO:0000322",)), Branch("EFO", ("EFO:2",)))
    assert branches["organism"] == FIELDS["organism"]
    assert list(branches) == list(FIELDS)
    assert (read.of("cell_line").accept, read.of("cell_line").ties) == (0.8, "first")


def test_one_word_may_stand_for_a_list_of_one(policy):
    assert policy("name: a\nfields: {cell_line: {ontologies: CLO}}\n").branches(FIELDS)["cell_line"] == (Branch("CLO", ()),)


def test_every_field_of_the_schema_can_be_named(policy):
    fields = load_schema().fields
    read = policy("name: a\nfields:\n" + "".join(f"  {name}: {{accept: 1}}\n" for name in fields))
    assert read.branches(fields) == fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a\ndecision: [x]\n", "decision: no such key; did you mean decisions?"),
        ("name: a\nfields: {organism: {treshold: 1, accept: 1}}\n", "fields.organism.treshold: no such key"),
        ("name: a\nfields: {organism: {accept: 1.5}}\n", "fields.organism.accept: Input should be less than or equal to 1"),
        ("name: a\nfields: {organism: {ties: last}}\n", "fields.organism.ties: Input should be 'review' or 'first', found 'last'"),
        ("name: a\nfields: {cell_line: {ontologies: []}}\n", "fields.cell_line.ontologies: Value should have at least 1 item"),
        ("name: a\nfields: {cell_line: {ontologies: [EFO, EFO]}}\n", "EFO is listed twice"),
        ("fields: {}\n", "name: Field required"),
        ("name: [\n", "is not YAML"),
        ("just words\n", "is no policy"),
        ("name: a\ndecisions: [none.sssom.tsv]\n", "names the file none.sssom.tsv, and there is none beside it"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(policy, text, said):
    assert said in refused(policy, text)


def test_a_field_or_ontology_that_the_schema_does_not_have_is_refused(policy):
    with pytest.raises(TermError, match=r"fields\.cellline: no such field; did you mean cell_line\?"):
        policy("name: a\nfields: {cellline: {accept: 1}}\n").branches(FIELDS)
    with pytest.raises(TermError, match=r"fields\.organism\.ontologies: the field takes no terms of EFO; it takes NCBITaxon"):
        policy("name: a\nfields: {organism: {ontologies: [EFO]}}\n").branches(FIELDS)


def test_repairs_are_checked_against_the_kinds_of_findings(policy):
    assert policy("name: a\nrepair: [obsolete, fill-down]\n", repairs=KINDS).repair == ("obsolete", "fill-down")
    said = refused(policy, "name: a\nrepair: [filldown]\n", repairs=KINDS)
    assert said == "repair: no such kind of finding: filldown; did you mean fill-down?"


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(TermError, match="cannot be read: No such file"):
        load_policy(tmp_path / "absent.yaml")


def test_files_are_looked_for_beside_the_policy_or_where_an_absolute_name_leads(policy, tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("sub/a.sssom.tsv", "b.sssom.tsv"):
        (tmp_path / name).write_text("", "utf-8")
    read = policy(f"name: a\ndecisions: [sub/a.sssom.tsv]\nsame: [{tmp_path / 'b.sssom.tsv'}]\n")
    assert read.decision_files() == (tmp_path / "sub/a.sssom.tsv",)
    assert read.same_files() == (tmp_path / "b.sssom.tsv",)
    assert "names" in refused(policy, f"name: a\nsame: [{tmp_path.parent / 'elsewhere.tsv'}]\n")


def test_the_schema_for_editors_knows_every_key_and_refuses_others():
    schema = policy_schema()
    assert set(schema["properties"]) == {"name", "fields", "decisions", "same", "repair"}
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name"]
    assert {"enum": ["review", "first"], "type": "string"} in schema["$defs"]["FieldPolicy"]["properties"]["ties"]["anyOf"]
