"""Questions: what each answers on the demo graph, checked against rdflib's own engine, and how parameters get in."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.curie import is_iri
from kg.errors import QueryError
from kg.paths import data_dir
from kg.pipeline import Pipeline, Settings
from kg.pipeline.closure import describer
from kg.queries import bound, load_question, load_questions, parse_question, question_named
from kg.store import Store, text_of
from kg.store.guard import TOKEN
from kg.terms import TermIndex, default_index

HERE = Path(__file__).resolve().parent
ANSWERS = HERE / "answers"
QUESTIONS = load_questions()
NAMES = [question.name for question in QUESTIONS]
ASKED = {1, 2, 4, 7, 8, 10, 15, 16, 20, 21, 23, 24}

# For every parameter a value that gives another answer on the demo graph.
OTHERS = {
    ("by-imaging-method", "method"): "FBbi:00000247",
    ("by-organism", "organism"): "NCBITaxon:10090",
    ("channels-by-excitation", "wavelength"): "560",
    ("channels-by-excitation", "tolerance"): "1",
    ("channels-by-excitation", "target"): "gfap",
    ("datasets-of-a-paper", "paper"): "https://doi.org/10.1/none",
    ("genes-by-phenotype", "phenotype"): "CMPO:0000154",
    ("genes-by-phenotype", "screens"): "1",
    ("high-na-images", "method"): "FBbi:00000253",
    ("high-na-images", "organism"): "NCBITaxon:9606",
    ("high-na-images", "organ"): "UBERON:0002048",
    ("high-na-images", "aperture"): "1.35",
    ("images-by-organism-and-method", "organism"): "NCBITaxon:9606",
    ("images-by-organism-and-method", "method"): "FBbi:00000251",
    ("methods-without-a-term", "field"): "fluorophore",
    ("records-by-date", "from"): "2021-02-01",
    ("records-by-date", "to"): "2021-12-31",
    ("records-with-key", "key"): "Gene Symbol",
    ("records-with-key", "value"): "9212",
    ("sources-with-key", "key"): "Incubator shelf",
    ("studies-by-imaging-method", "method"): "FBbi:00000256",
    ("studies-by-taxon-and-method", "taxon"): "NCBITaxon:9606",
    ("studies-by-taxon-and-method", "method"): "FBbi:00000256",
    ("studies-with-publications", "organism"): "NCBITaxon:10090",
}


@pytest.fixture(scope="session")
def generation(demo):
    """The graph of the example sources."""
    with Store.open(demo.store) as store:
        assert store.current is not None
        yield store.current


@pytest.fixture(scope="session")
def merged(generation) -> rdflib.Graph:
    """The same statements in rdflib, all graphs merged."""
    triples = io.BytesIO()
    ox.serialize({quad.triple for quad in generation.database}, triples, ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=triples.getvalue(), format="nt")


def rows_of(answer):
    return [[text_of(cell) for cell in row] for row in answer]


def value(text):
    """Numbers by value, all else as text."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def by_value(rows):
    return Counter(tuple(value(cell) for cell in row) for row in rows)


def answer_to(generation, name, **given):
    question = question_named(name)
    answer = generation.query(bound(question, given))
    variables = answer.variables
    return [dict(zip(variables, row, strict=True)) for row in rows_of(answer)]


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_exactly_the_expected_answer(generation, name, request):
    answer = generation.query(bound(question_named(name), {}))
    header, rows = list(answer.variables), rows_of(answer)
    path = ANSWERS / f"{name}.csv"
    if request.config.getoption("--update-cases"):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *sorted(rows)])
    with path.open(encoding="utf-8", newline="") as file:
        expected_header, *expected = csv.reader(file)
    assert header == expected_header
    assert by_value(rows) == by_value(expected)
    assert rows, "a question with nothing to show does not show what it is for"


def test_every_expected_answer_belongs_to_a_question():
    assert {path.stem for path in ANSWERS.glob("*.csv")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_same_rows(generation, merged, name):
    sparql = bound(question_named(name), {})
    theirs = merged.query(sparql)
    rows = [["" if cell is None else str(cell) for cell in row] for row in theirs]
    ours = generation.query(sparql)
    assert list(ours.variables) == [str(variable) for variable in theirs.vars]
    assert by_value(rows_of(ours)) == by_value(rows)


@pytest.mark.parametrize("question", QUESTIONS, ids=NAMES)
def test_a_question_says_its_title_and_its_defaults_are_those_of_its_text(question):
    assert question.title != question.name
    assert "# title:" in question.sparql
    assert bound(question, {}).split() != []
    for parameter in question.parameters:
        assert parameter.about
        assert parameter.default
    # Written with the defaults, the query is the file but for the form of the values.
    filled = ox.Store()
    as_it_stands = rows_of(filled.query(_values_of(question, question.sparql)))
    assert rows_of(filled.query(_values_of(question, bound(question, {})))) == as_it_stands


def _values_of(question, sparql):
    """A query for the values that stand in VALUES, with the prefixes of the text."""
    prefixes = "\n".join(line for line in sparql.splitlines() if line.startswith("PREFIX"))
    blocks = dict.fromkeys(line.strip() for line in sparql.splitlines() if line.strip().startswith("VALUES ?"))
    named = [block for block in blocks if block.split()[1][1:] in {p.name for p in question.parameters}]
    # By value: 488 and 488.0 are one number, whatever its datatype.
    same = [f"BIND (IF(ISNUMERIC(?{p.name}), ?{p.name} + 0.0, ?{p.name}) AS ?{p.name}_)" for p in question.parameters]
    return f"{prefixes}\nSELECT {' '.join(f'?{p.name}_' for p in question.parameters) or '*'} WHERE {{ {' '.join(named)} {' '.join(same)} }}"


def test_all_competency_questions_are_asked():
    assert {number for question in QUESTIONS for number in question.asks} == ASKED


def test_every_parameter_has_a_value_that_changes_the_answer():
    assert set(OTHERS) == {(question.name, parameter.name) for question in QUESTIONS for parameter in question.parameters}


@pytest.mark.parametrize(("name", "parameter"), OTHERS, ids=[f"{name}-{parameter}" for name, parameter in OTHERS])
def test_a_parameter_changes_the_answer(generation, merged, name, parameter):
    question = question_named(name)
    sparql = bound(question, {parameter: OTHERS[name, parameter]})
    rows = by_value(rows_of(generation.query(sparql)))
    assert rows != by_value(rows_of(generation.query(bound(question, {}))))
    assert rows == by_value([["" if cell is None else str(cell) for cell in row] for row in merged.query(sparql)])


# --------------------------------------------------------------------------------------------------------- what the answers mean
def test_a_method_is_found_by_its_kinds_in_the_words_of_four_kinds_of_source(generation):
    rows = answer_to(generation, "by-imaging-method")
    parts = {row["source"].split("/examples/")[1].split("/")[0] for row in rows}
    assert parts == {"idr9001", "repository", "notebook", "microscope"}
    assert {"spinning disc", "CLSM", "spinning disk microscopy"} <= {row["words"] for row in rows}


def test_channels_are_not_listed_beside_their_image(generation):
    assert not [row for row in answer_to(generation, "by-imaging-method") if "/channel/" in row["record"]]


def test_a_gene_counts_when_two_screens_saw_different_kinds_of_the_phenotype(generation):
    rows = answer_to(generation, "genes-by-phenotype")
    assert {row["symbol"] for row in rows} == {"PLK1"}
    assert {row["label"] for row in rows} == {"prometaphase arrested phenotype", "metaphase arrested phenotype"}
    assert {row["symbol"] for row in answer_to(generation, "genes-by-phenotype", screens="1")} == {"PLK1", "KIF11"}
    # Neither kind alone was seen in two screens.
    assert answer_to(generation, "genes-by-phenotype", phenotype="CMPO:0000305") == []


def test_a_key_is_found_in_slots_notebook_fields_omero_pairs_and_the_custom_layer(generation):
    rows = answer_to(generation, "records-with-key", key="gene identifier")
    assert {next(part for part in ("/well/", "/record/", "/image/") if part in row["record"]) for row in rows} == {
        "/well/",
        "/record/",
        "/image/",
    }
    assert {row["name"] for row in answer_to(generation, "records-with-key", key="Mitotic Index", value="0.41")} == {
        "P[1]_screenA A1",
        "P[1]_screenB A1",
    }
    assert [row["name"] for row in answer_to(generation, "records-with-key", key="Organism Part", value="brain")] == [
        "brain_GFAP_07.czi"
    ]
    assert [row["name"] for row in answer_to(generation, "records-with-key", key="incubator shelf", value="2")] == [
        "Live imaging of HeLa H2B"
    ]


def test_sources_are_told_by_how_many_records_have_a_key(generation):
    parts = {
        row["source"].rsplit("/", 1)[1]: row["records"]
        for row in answer_to(generation, "sources-with-key", key="Mitotic Index")
    }
    assert parts == {"idr9001-screenA-annotation.csv": "5", "idr9001-screenB-annotation.csv": "5"}


def test_an_organism_counts_by_the_words_of_each_source(generation):
    words = {row["source"].rsplit("/", 1)[1]: (row["words"], row["records"]) for row in answer_to(generation, "by-organism")}
    assert words["mitosis.eln"] == ("human", "1")
    assert words["idr9001-screenA-annotation.csv"] == ("Homo sapiens", "5")
    mammals = answer_to(generation, "by-organism", organism="NCBITaxon:40674")
    assert {row["label"] for row in mammals} == {"Homo sapiens", "Mus musculus"}


def test_the_experiment_says_the_method_of_its_images_and_a_named_organism_beats_that_of_the_study(generation):
    rows = answer_to(generation, "images-by-organism-and-method")
    assert {(row["name"], row["said"]) for row in rows} == {("brain_01", "experiment"), ("brain_02", "experiment")}
    assert answer_to(generation, "images-by-organism-and-method", organism="NCBITaxon:9606") == []


def test_what_the_notebook_has_and_the_microscope_lacks_is_told_apart_both_ways(generation):
    assert [row["file"] for row in answer_to(generation, "notebook-files-without-image")] == ["HeLa_H2B_002.ome.tif"]
    assert [row["name"] for row in answer_to(generation, "images-without-experiment")] == ["brain_GFAP_07.czi"]


def test_a_paper_of_two_datasets_carries_what_either_said_of_it(generation):
    assert {row["accession"] for row in answer_to(generation, "datasets-of-a-paper")} == {"idr9001", "S-DEMO1"}
    assert {row["pmid"] for row in answer_to(generation, "studies-with-publications")} == {"99000001"}


def test_a_title_that_does_not_fit_its_term_is_told(generation):
    words = {row["words"]: row["label"] for row in answer_to(generation, "labels-that-differ")}
    assert words["correlative light and electron microscopy"] == "electron microscopy"


def test_a_span_of_time_gathers_notebook_microscope_and_repository(generation):
    assert {row["what"] for row in answer_to(generation, "records-by-date")} == {"created", "acquired", "published"}


# ------------------------------------------------------------------------------------------------------------------- parameters
TEXT = parse_question(
    "t", '# param: a text = x | one\n# param: b text = y | other\nSELECT ?a ?b WHERE { VALUES ?a { "x" } VALUES ?b { "y" } }'
)
TERM = parse_question("t", "# param: a term = schema:name | one\nSELECT ?a WHERE { VALUES ?a { <http://schema.org/name> } }")
NUMBERS = parse_question(
    "t",
    "# param: n integer = 2 | count\n# param: d decimal = 1.5 | size\n# param: w date = 2021-03-15 | when\n"
    "SELECT ?n ?d ?w WHERE { VALUES ?n { 2 } VALUES ?d { 1.5 } VALUES ?w { '2021-03-15' } }",
)
ANY_TEXT = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ['"', "\\", "\\u0022", "\\U00000022", "}", "{", "\n", "\r", "#", "VALUES ?b { 1 }", "<", ">", "'", "u", "\t", "?a"]
        )
    ).map("".join),
)


def shape(sparql):
    return [found.lastgroup if found.lastgroup == "string" else found.group() for found in TOKEN.finditer(sparql)]


@given(ANY_TEXT, ANY_TEXT)
def test_no_text_becomes_part_of_the_query(first, second):
    sparql = bound(TEXT, {"a": first, "b": second})
    assert shape(sparql) == shape(TEXT.sparql)
    assert rows_of(ox.Store().query(sparql)) == [[first, second]]


@given(st.text(alphabet='<>"{} \\^`|abc:/#\n'))
def test_no_iri_reaches_out_of_its_brackets(text):
    iri = f"http://example.org/{text}"
    if is_iri(iri):
        assert rows_of(ox.Store().query(bound(TERM, {"a": iri}))) == [[iri]]
    else:
        with pytest.raises(QueryError, match="is no CURIE with a known prefix and no IRI"):
            bound(TERM, {"a": iri})


@pytest.mark.parametrize("text", ["http://a/b> } #", "http://a b", "name", "nope:1", "FBbi:", "FBbi:1>", "http://a/%zz", ""])
def test_what_is_no_iri_is_refused(text):
    with pytest.raises(QueryError, match=r"parameter a: .* is no CURIE"):
        bound(TERM, {"a": text})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("n", "two", "parameter n: 'two' is no integer (such as 2)"),
        ("n", "1.5", "parameter n: '1.5' is no integer (such as 2)"),
        ("n", "\u0662", "parameter n: '\u0662' is no integer (such as 2)"),
        ("d", "1,5", "parameter d: '1,5' is no decimal (such as 1.2)"),
        ("d", "1e9", "parameter d: '1e9' is no decimal (such as 1.2)"),
        ("w", "15.3.2021", "parameter w: '15.3.2021' is no date (such as 2021-03-15)"),
        ("w", "2021-02-30", "parameter w: '2021-02-30' is no date (such as 2021-03-15)"),
        ("x", "1", "has no parameter 'x'; it has n, d, w"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_what_was_expected(name, text, message):
    with pytest.raises(QueryError) as caught:
        bound(NUMBERS, {name: text})
    assert caught.value.what == message


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(QueryError, match="no UTF-8"):
        bound(TEXT, {"a": "\udcff"})


def test_a_parameter_without_a_default_must_be_given():
    question = parse_question("t", "# param: a term | method\nSELECT ?a WHERE { VALUES ?a { UNDEF } }")
    with pytest.raises(QueryError, match=r"t: needs --param a=... \(term: method\)"):
        bound(question, {})
    assert "<http://schema.org/name>" in bound(question, {"a": "schema:name"})


def test_a_parameter_that_stands_twice_is_put_in_twice():
    question = parse_question(
        "t", '# param: a text = x | one\nSELECT ?a WHERE { { VALUES ?a { "x" } } UNION { VALUES ?a { "x}" } } }'
    )
    assert rows_of(ox.Store().query(bound(question, {"a": "y"}))) == [["y"], ["y"]]


def test_a_head_that_is_wrong_is_told(tmp_path):
    with pytest.raises(QueryError, match="expected NAME"):
        parse_question("t", "# param: a number = 1 | one\nSELECT * WHERE { VALUES ?a { 1 } }")
    with pytest.raises(QueryError, match=r"has no VALUES \?a"):
        parse_question("t", "# param: a text = 1 | one\nSELECT * WHERE { }")
    (tmp_path / "bad.rq").write_bytes(b"\xff")
    with pytest.raises(QueryError, match=r"bad\.rq: cannot be read"):
        load_question(tmp_path / "bad.rq")
    with pytest.raises(QueryError, match="there are by-imaging-method, by-organism"):
        question_named("nope")


def test_the_examples_are_what_their_script_writes():
    script = HERE.parent / "scripts" / "make_examples.py"
    if not script.exists():
        pytest.skip("scripts/ is not beside the tests")
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


# ------------------------------------------------------------------------------------------------------------ across real sources
CRATES = ("S-BIAD886", "S-BIAD967", "S-BIAD988", "S-BIAD1008", "S-BIAD1013", "S-BIAD1024")
IDR = "data/inputs/idr/idr0041"
NOTEBOOK = "data/inputs/eln/eln/elabftw_tests/single-experiment.eln"
OME = "data/inputs/ome/omexml/2016-06/multi-channel.ome.xml"


def kind_of(entry):
    return entry.mapping.split("-")[0].split(" ")[0]


@pytest.fixture(scope="module")
def across(shared, tmp_path_factory):
    """An IDR study, crates, an eLabFTW export and an OME file of the shared inputs, and the notebook of the examples, in one store."""
    crates = [shared / "data/inputs/gide/crates" / f"{name}-ro-crate-metadata.json" for name in CRATES]
    sources = [shared / IDR, *crates, shared / NOTEBOOK, shared / OME, data_dir("examples") / "notebook" / "mitosis.eln"]
    absent = [path for path in sources if not path.exists()]
    if absent:
        pytest.skip(f"{absent[0].name} is not among the shared inputs")
    store = tmp_path_factory.mktemp("across") / "store"
    Pipeline(Settings(version="test")).harmonize(sources, store)
    return store


# The shared notebooks name no organism and no imaging method, so one question needs the notebook of the examples.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("records-by-date", {"from": "2008-01-01", "to": "2026-12-31"}),
        ("by-imaging-method", {"method": "FBbi:00000222"}),
    ],
)
def test_one_question_answers_from_four_kinds_and_loses_exactly_the_rows_of_a_source_that_goes(across, tmp_path, name, given):
    sparql = bound(question_named(name), given)
    with Store.open(across) as store:
        entries = {entry.iri: entry for entry in store.sources()}
        everything = store.current.query(sparql)
        place = everything.variables.index("source")
        rows = Counter(map(tuple, rows_of(everything)))
    sources = {row[place] for row in rows}
    assert {kind_of(entries[source]) for source in sources} == {"idr", "gide", "eln", "ome"}
    # Every source goes once: those with rows take exactly theirs, those without take none.
    for number, iri in enumerate(entries):
        copy = tmp_path / str(number)
        shutil.copytree(across, copy)
        with Store.open(copy) as store, TermIndex.open(default_index(None)) as index:
            left = store.withdraw([iri], describer(index))
            assert Counter(map(tuple, rows_of(left.query(sparql)))) == Counter(
                {row: n for row, n in rows.items() if row[place] != iri}
            )
        shutil.rmtree(copy)
