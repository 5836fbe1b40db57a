"""The command line: what it loads, exit codes, where it prints, and each command's answers."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest

from kg import __version__
from kg.cli.main import COMMANDS, main
from kg.store import Store

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"polars", "pydantic", "pyoxigraph", "tifffile", "yaml", "numpy", "tqdm", "linkml", "fastapi", "duckdb"}
PLATE = "Well,Comment [X]\nA1,1\n"


@pytest.fixture
def kg(capsys):
    """Run kg in this process; gives exit code, standard output and standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


# ------------------------------------------------------------------------------------------------------------------- start


def test_help_loads_no_heavy_package():
    assert not HEAVY & loaded_after("from kg.cli.main import main\nmain(['--help'])")


def test_importing_kg_loads_no_heavy_package():
    assert not HEAVY & loaded_after("import kg")


def test_help_names_every_command_and_goes_to_standard_output(kg):
    code, out, err = kg("--help")
    assert (code, err) == (0, "")
    assert all(f"  {name}" in out for name in COMMANDS)


def test_without_a_command_the_help_goes_to_standard_error_as_wrong_usage(kg):
    code, out, err = kg()
    assert (code, out) == (2, "")
    assert "usage: kg COMMAND" in err


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_that_of_the_package(kg, word):
    assert kg(word) == (0, f"kg {__version__}\n", "")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(kg, name):
    code, out, err = kg(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: kg {name}")


# -------------------------------------------------------------------------------------------------------------- exit codes


def test_an_unknown_command_is_wrong_usage_and_says_where_to_look(kg):
    assert kg("harmonise", "x") == (2, "", "kg: there is no command 'harmonise'; kg --help lists them\n")


@pytest.mark.parametrize(
    "words",
    [
        ["harmonize"],
        ["harmonize", "x.csv"],
        ["harmonize", "x.csv", "--store", "s", "--report", "r.pdf"],
        ["harmonize", "x.csv", "--store", "s", "--report", "no/such/folder/r.html"],
        ["harmonize", "x.csv", "--store", "s", "--fast"],
        ["query", "by-organism"],
        ["query", "by-organism", "--store", "s", "--param", "organism"],
        ["query", "by-organism", "--store", "s", "--format", "docx"],
        ["resolve"],
        ["resolve", "HeLa"],
        ["resolve", "HeLa", "--field", "colour"],
        ["resolve", "HeLa", "--batch", "x.tsv"],
        ["resolve", "HeLa", "--field", "cell_line", "--out", "x.tsv"],
        ["terms"],
        ["terms", "forget"],
        ["terms", "add"],
        ["terms", "pull"],
        ["terms", "pull", "FBbi", "--offline"],
        ["terms", "pull", "FBbi", "--mirror", "file:///srv"],
        ["stats"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_a_sentence_and_writes_nothing(kg, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = kg(*words)
    assert (code, out) == (2, "")
    assert err.strip().splitlines()[-1].startswith(f"kg {words[0]}")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_field_is_told_with_the_fields_that_there_are(kg):
    _, _, err = kg("resolve", "HeLa", "--field", "colour")
    assert "colour" in err
    assert "cell_line" in err
    assert "imaging_method" in err


@pytest.mark.parametrize("command", ["query", "stats"])
def test_a_store_that_is_not_there_is_a_sentence_and_ends_with_1(kg, command, tmp_path):
    words = ["by-organism"] if command == "query" else []
    code, out, err = kg(command, *words, "--store", tmp_path / "none")
    assert (code, out) == (1, "")
    assert "there is no store here; 'kg harmonize SOURCE --store DIR' makes one" in err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["query", "stats"])
def test_a_store_with_nothing_in_it_is_a_sentence_and_ends_with_1(kg, command, tmp_path):
    Store.open(tmp_path / "store", create=True).close()
    words = ["by-organism"] if command == "query" else []
    code, out, err = kg(command, *words, "--store", tmp_path / "store")
    assert (code, out) == (1, "")
    assert "the store is empty; kg harmonize SOURCE --store DIR fills it" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "by-colour", "--store", "{store}"], "no question has this name; there are by-imaging-method"),
        (["query", "by-organism", "--store", "{store}", "--param", "colour=red"], "has no parameter 'colour'"),
        (["terms", "show", "FBbi:99999999"], "the index does not hold this term"),
        (["terms", "add", "nowhere.obo"], "nowhere.obo"),
        (["terms", "add", "--package", "numpy"], "numpy: is no package of ontology tables"),
        (["terms", "pull", "FBBI2"], "the registry of ontologies has no such prefix; did you mean FBbi"),
        (["terms", "remove", "nothing"], "nothing: no ontology of this name was added"),
        (["inspect", "nowhere.csv"], "nowhere.csv: does not exist, expected a file or a folder"),
        (
            ["harmonize", "x", "--store", "{new}", "--mapping", "excel"],
            "excel: no mapping has this name; there are 4dn-portal, annotation-carrier",
        ),
        (["resolve", "--batch", "nowhere.tsv"], "nowhere.tsv: cannot be read (No such file or directory)"),
    ],
)
def test_wrong_data_or_a_wrong_query_ends_with_1_and_says_what_is_wrong(kg, demo, tmp_path, words, said):
    code, out, err = kg(*(word.format(store=demo.store, new=tmp_path / "new") for word in words))
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


def test_sparql_that_cannot_be_parsed_says_where(process, demo):
    ran = process("query", "-", "--store", demo.store, stdin="SELECT ?x WHERE { ?x ")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("kg query: query: not SPARQL 1.1: error at 1:")


def test_a_bug_ends_with_3_and_says_that_it_is_one():
    # A command whose module is broken stands for every bug.
    script = (
        "import sys, types\n"
        "from kg.cli import main as door\n"
        "broken = types.ModuleType('kg.cli.stats')\n"
        "broken.arguments = lambda parser: None\n"
        "broken.run = lambda options: 1 / 0\n"
        "sys.modules['kg.cli.stats'] = broken\n"
        "sys.exit(door.main(['stats']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (3, "")
    assert "ZeroDivisionError" in done.stderr
    assert done.stderr.splitlines()[-1] == f"kg stats: this is a bug in kg {__version__}; please report it with the lines above"


def test_an_interrupt_ends_with_130_and_leaves_no_generation(tmp_path):
    for number in range(150):
        (tmp_path / f"in/{number:03}").mkdir(parents=True)
        (tmp_path / f"in/{number:03}/idr0{number:03}-screenA-annotation.csv").write_text(
            "Plate,Well,Gene Symbol\n" + "P,A1,PLK1\n" * 20
        )
    store = tmp_path / "store"
    # Shells start background jobs with interrupts ignored; a person's kg is not started so.
    script = f"import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from kg.cli.main import main; sys.exit(main({['harmonize', str(tmp_path / 'in'), '--store', str(store)]}))"
    child = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(store.glob("generations/work-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, "", "kg harmonize: interrupted\n")
    with Store.open(store) as opened:
        assert opened.current is None
    assert list(store.glob("generations/*")) == []


# ------------------------------------------------------------------------------------------------------- where things go


def test_a_reader_that_goes_away_is_no_error(demo):
    words = ["query", "-", "--store", str(demo.store), "--format", "csv"]
    for command in (words, ["--help"]):
        child = subprocess.Popen(
            [sys.executable, "-m", "kg.cli.main", *command],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        child.stdout.close()
        child.stdin.write(b"SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 20000")
        child.stdin.close()
        assert child.stderr.read() == b"", command
        child.stderr.close()
        assert child.wait(60) == 0, command


def test_what_is_not_ascii_comes_out_as_utf_8_whatever_the_locale(process, demo):
    sparql = 'SELECT ("488 ± 10 µm β" AS ?x) {}'
    ran = process("query", "-", "--store", demo.store, "--format", "csv", stdin=sparql, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (ran.code, ran.out) == (0, "x\r\n488 ± 10 µm β\r\n")
    ran = process("query", "-", "--store", demo.store, stdin=sparql, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert "488 ± 10 µm β" in ran.out


def test_without_a_terminal_there_is_no_progress_bar(demo):
    assert demo.ran.err == ""


def test_on_a_terminal_progress_is_shown_on_standard_error(examples, tmp_path):
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    words = ["harmonize", str(examples / "idr9002"), "--store", str(tmp_path / "store")]
    child = subprocess.Popen(
        [sys.executable, "-m", "kg.cli.main", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=terminal, text=True
    )
    os.close(terminal)
    shown = b""
    with suppress(OSError):  # Linux: the other side is closed
        while piece := os.read(screen, 65536):
            shown += piece
    os.close(screen)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert b"2/2" in shown
    assert b"loading" in shown
    assert out.startswith("mapping")
    assert "2/2" not in out


@pytest.mark.parametrize(
    "words",
    [
        ["stats", "--store", "{store}"],
        ["queries"],
        ["query", "by-organism", "--store", "{store}"],
        ["resolve", "HeLa", "--field", "cell_line"],
        ["inspect", "{examples}/repository/S-DEMO2-ro-crate-metadata.json"],
        ["terms", "list"],
        ["terms", "show", "FBbi:00000251"],
        ["harmonize", "{examples}/repository", "--store", "{new}"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_each_command_that_prints_data_prints_json_on_request(kg, demo, examples, tmp_path, words):
    code, out, err = kg(*(w.format(store=demo.store, examples=examples, new=tmp_path / "new") for w in words), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)


def test_foreign_text_does_nothing_to_the_terminal(kg, tmp_path):
    table = tmp_path / "idr0001-screenA-annotation.csv"
    table.write_text("Plate,Well,Characteristics [Organism],\x1b[31mred\nP,A1,\x1b]0;title\x07mouse,x\n")
    for words in (["inspect", table], ["harmonize", table, "--store", tmp_path / "store"]):
        code, out, err = kg(*words)
        assert code == 0
        assert "\x1b" not in out + err
        assert "\x07" not in out + err


# ------------------------------------------------------------------------------------------------------------------- query


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_a_question_is_answered_in_every_format_of_rows(kg, demo, form):
    code, out, err = kg("query", "by-organism", "--param", "organism=NCBITaxon:9606", "--store", demo.store, "--format", form)
    assert (code, err) == (0, "")
    assert "NCBITaxon" in out
    if form == "csv":
        rows = list(csv.reader(io.StringIO(out)))
        assert all(len(row) == len(rows[0]) for row in rows), "no blank line at the end"
    if form in {"csv", "tsv", "json", "xml"}:
        parsed = (
            ox.parse_query_results(out.encode(), format=getattr(ox.QueryResultsFormat, form.upper())) if form != "csv" else rows
        )
        assert len(list(parsed)) >= 1


@pytest.mark.parametrize(
    ("form", "parsed_as"),
    [("ttl", "TURTLE"), ("nt", "N_TRIPLES"), ("jsonld", "JSON_LD"), ("xml", "RDF_XML"), ("table", "TURTLE")],
)
def test_constructed_triples_come_in_every_format_of_rdf(process, demo, form, parsed_as):
    sparql = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } ORDER BY ?s LIMIT 5"
    ran = process("query", "-", "--store", demo.store, "--format", form, stdin=sparql)
    assert ran.code == 0
    assert len(list(ox.parse(ran.out, format=getattr(ox.RdfFormat, parsed_as)))) == 5


def test_a_query_file_is_run_and_an_ask_is_answered_yes_or_no(kg, demo, tmp_path):
    file = tmp_path / "ask.rq"
    file.write_text("ASK { ?s a ?c }")
    assert kg("query", file, "--store", demo.store) == (0, "yes\n", "")
    file.write_text("ASK { ?s a <https://example.org/Nothing> }")
    assert kg("query", file, "--store", demo.store) == (0, "no\n", "")


def test_an_answer_without_rows_is_an_answer(kg, demo):
    code, out, _ = kg("query", "by-organism", "--param", "organism=NCBITaxon:4932", "--store", demo.store)
    assert code == 0
    assert "\n0 rows\n" in out
    assert out.endswith("below a term, as said by NCBITaxon (term table of kg) 2026-05-13\n")


def test_parquet_holds_numbers_as_numbers_and_unbound_as_null(demo, tmp_path):
    sparql = 'SELECT ?n ?d ?b ?t ?i WHERE { VALUES (?n ?d ?b ?t ?i) { (1 1.5 true "a" <https://example.org/x>) (2 UNDEF false "β" UNDEF) } } ORDER BY ?n'
    file = tmp_path / "answer.parquet"
    with file.open("wb") as out:
        subprocess.run(
            [sys.executable, "-m", "kg.cli.main", "query", "-", "--store", str(demo.store), "--format", "parquet"],
            input=sparql.encode(), stdout=out, check=True, cwd=ROOT,
        )  # fmt: skip
    frame = pl.read_parquet(file)
    assert frame.schema == {"n": pl.Int64, "d": pl.Float64, "b": pl.Boolean, "t": pl.String, "i": pl.String}
    assert frame.rows() == [(1, 1.5, True, "a", "https://example.org/x"), (2, None, False, "β", None)]


def test_parquet_is_for_rows_only(process, demo):
    ran = process("query", "-", "--store", demo.store, "--format", "parquet", stdin="ASK { ?s ?p ?o }")
    assert (ran.code, ran.out) == (1, "")
    assert "only the rows of a SELECT" in ran.err


def test_standard_input_that_is_no_text_is_named(demo):
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli.main", "query", "-", "--store", str(demo.store)],
        input=b"SELECT \xff\xfe", capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"standard input: is not text in UTF-8" in done.stderr


def test_stats_count_what_the_store_holds(kg, demo):
    _, out, _ = kg("stats", "--store", demo.store, "--json")
    counted = json.loads(out)
    with Store.open(demo.store) as store:
        [(total,)] = store.current.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert counted["statements"] == int(total.value) == store.current.count()
    assert counted["sources"] == sum(m["sources"] for m in counted["mappings"].values()) == len(demo.summary["sources"])
    assert kg("stats", "--store", demo.store)[1].startswith(f"generation  {counted['generation']}\n")


# ----------------------------------------------------------------------------------------------------------------- inspect


def test_inspect_shows_reader_mapping_columns_terms_and_problems(kg, examples, tmp_path):
    table = tmp_path / "idr9009-screenA-annotation.csv"
    header, *rows = (examples / "idr9001/idr9001-screenA-annotation.csv").read_text().splitlines()
    width = header.count(",") + 2
    table.write_text("\n".join([f"{header},Comment [Shelf]", *(f"{row},top" for row in rows)]) + ",one too many\n")
    code, out, err = kg("inspect", table)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "source   idr9009-screenA-annotation.csv"
    assert lines[1].startswith("reader   delimited (encoding utf-8, delimiter comma")
    assert lines[2] == "mapping  idr-annotation"
    assert any(
        line.split()[-5:] == [str(len(rows)), "0", str(len(rows)), "0", "0"] and "Comment [Shelf]" in line for line in lines
    ), "what stays unmapped"
    assert any(line.startswith("organism") and "NCBITaxon:9606 Homo sapiens" in line for line in lines)
    assert any(
        line.startswith(
            f"warning: idr9009-screenA-annotation.csv, row {len(rows) + 1}: found {width + 1} cells, expected {width}"
        )
        for line in lines
    )


def test_inspect_says_when_no_mapping_takes_a_source_and_what_it_holds(kg, tmp_path):
    table = tmp_path / "shopping.csv"
    table.write_text("milk,bread\n1,2\n")
    code, out, _ = kg("inspect", table)
    assert code == 0
    assert "mapping  none takes it; name one with --mapping" in out
    assert "rows: milk, bread" in out


def test_inspect_prints_trig_that_can_be_parsed_and_is_what_harmonize_would_load(kg, examples, demo):
    code, out, err = kg("inspect", examples / "repository/S-DEMO2-ro-crate-metadata.json", "--rdf")
    assert (code, err) == (0, "")
    quads = set(ox.parse(out, format=ox.RdfFormat.TRIG))
    [graph] = {quad.graph_name.value for quad in quads}
    assert graph.endswith("id/source/S-DEMO2-ro-crate-metadata.json")
    with Store.open(demo.store) as store:
        loaded = {str(quad.triple).replace("source/examples/repository/", "source/") for quad in store.current.database}
    assert {str(quad.triple) for quad in quads} <= loaded


def test_inspect_of_a_folder_shows_every_source_and_names_what_it_cannot_read(kg, examples, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/paper.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "in/z.json").write_bytes((examples / "repository/S-DEMO2-ro-crate-metadata.json").read_bytes())
    code, out, err = kg("inspect", tmp_path / "in")
    assert code == 0
    assert "source   in/z.json" in out
    assert "in/paper.pdf: looks like a PDF document, for which there is no reader" in err
    _, out, _ = kg("inspect", tmp_path / "in", "--json")
    assert [list(one)[:2] for one in json.loads(out)] == [["source", "refused"], ["source", "reader"]]


# ----------------------------------------------------------------------------------------------------------------- resolve


def test_resolve_says_which_term_why_and_from_which_ontology(kg):
    code, out, err = kg("resolve", "spinning disk confocal microscopy", "--field", "imaging_method")
    assert (code, err) == (0, "")
    assert out.startswith("accepted: ")
    assert "FBbi:00000253" in out


def test_resolve_of_a_text_without_a_term_gives_no_term_and_a_reason(kg):
    code, out, _ = kg("resolve", "expansion lattice nanoscopy of nothing", "--field", "imaging_method", "--json")
    answer = json.loads(out)
    assert (code, answer["status"]) == (0, "none")
    assert answer["why"]


def batch_file(folder: Path, *rows: str) -> Path:
    path = folder / "in.tsv"
    path.write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_batch_answers_every_line_and_adds_exactly_six_columns(kg, tmp_path):
    file = batch_file(
        tmp_path,
        "field\tnote\ttext",
        "organism\ta\tHomo sapiens",
        "imaging_method\tb\tno such thing",
        "cell_line\t\tHeLa",
        "organism\t\t",
    )
    code, out, err = kg("resolve", "--batch", file, "--out", tmp_path / "out.tsv")
    assert (code, out, err) == (0, "", "")
    written = (tmp_path / "out.tsv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(written), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["field", "note", "text", "curie", "label", "score", "tier", "why", "status"]
    assert rows[1][:5] + rows[1][-1:] == ["organism", "a", "Homo sapiens", "NCBITaxon:9606", "Homo sapiens", "accepted"]
    assert rows[2][3] == ""
    assert rows[2][-1] == "none"
    assert len(rows) == 5
    assert all(len(row) == 9 and row[7] for row in rows[1:])
    assert kg("resolve", "--batch", file)[1] == written
    answers = json.loads(kg("resolve", "--batch", file, "--json")[1])
    assert [answer["status"] for answer in answers] == [row[-1] for row in rows[1:]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"field,text\norganism,x\n", "has the columns field,text; expected at least field and text, with tabs between"),
        (b"", "has the columns (none); expected at least field and text"),
        (b"field\ttext\ncolour\tred\n", "row 2: field 'colour' is unknown; the fields are"),
        (b"field\ttext\norganism\t\xff\xfe\n", "is not tab-separated text in UTF-8"),
    ],
)
def test_a_batch_file_that_is_no_batch_file_is_told_with_the_row(kg, tmp_path, content, said):
    (tmp_path / "in.tsv").write_bytes(content)
    code, out, err = kg("resolve", "--batch", tmp_path / "in.tsv")
    assert (code, out) == (1, "")
    assert f"kg resolve: in.tsv: {said}" in err


def test_answers_that_cannot_be_written_are_told(kg, tmp_path):
    file = batch_file(tmp_path, "field\ttext", "organism\tmouse")
    code, _, err = kg("resolve", "--batch", file, "--out", tmp_path / "none/out.tsv")
    assert code == 2
    assert "out.tsv: cannot be written (No such file or directory)" in err


def test_the_batch_form_is_the_one_that_the_gold_table_is_scored_with(process, shared, tmp_path):
    score, gold = shared / "bench/terms/score.py", shared / "data/gold/grounding-dev.tsv"
    subprocess.run([sys.executable, score, gold, "--make", tmp_path / "in.tsv"], check=True)
    ran = process("resolve", "--batch", tmp_path / "in.tsv", "--out", tmp_path / "out.tsv")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    done = subprocess.run(
        [sys.executable, score, gold, tmp_path / "out.tsv", "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)


# ------------------------------------------------------------------------------------------------------------------- terms

OBO = """format-version: 1.2
data-version: {version}
ontology: demo

[Term]
id: DEMO:0000001
name: imaging gadget

[Term]
id: DEMO:0000002
name: blinking gadget
synonym: "blinker" EXACT []
is_a: DEMO:0000001 ! imaging gadget
"""
OWL = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:oboInOwl="http://www.geneontology.org/formats/oboInOwl#">
  <owl:Ontology rdf:about="http://purl.obolibrary.org/obo/zfs.owl">
    <owl:versionIRI rdf:resource="http://purl.obolibrary.org/obo/zfs/releases/2020-03-10/zfs.owl"/>
  </owl:Ontology>
  <owl:Class rdf:about="http://purl.obolibrary.org/obo/ZFS_9000001">
    <rdfs:label>stage of a test</rdfs:label><oboInOwl:hasExactSynonym>testing stage</oboInOwl:hasExactSynonym>
  </owl:Class>
</rdf:RDF>
"""


def test_ontologies_in_obo_and_owl_are_added_listed_shown_and_replaced(kg, tmp_path):
    index, obo, owl = tmp_path / "index.sqlite", tmp_path / "demo.obo", tmp_path / "zfs.owl"
    obo.write_text(OBO.format(version="2024-01-01"))
    owl.write_text(OWL)
    code, out, err = kg("terms", "add", obo, owl, "--index", index)
    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == ["added demo 2024-01-01", "added ZFS 2020-03-10"]
    listed = {one["name"]: one for one in json.loads(kg("terms", "list", "--index", index, "--json")[1])}
    assert (listed["demo"]["version"], listed["demo"]["terms"]) == ("2024-01-01", 2)
    assert listed["ZFS"]["version"] == "2020-03-10"
    _, out, _ = kg("terms", "show", "DEMO:0000002", "--index", index)
    assert out.startswith("DEMO:0000002  blinking gadget\n")
    assert "blinker (exact)" in out
    assert "DEMO:0000001 imaging gadget (1)" in out
    assert json.loads(kg("terms", "show", "ZFS:9000001", "--index", index, "--json")[1])["term"]["label"] == "stage of a test"
    obo.write_text(OBO.format(version="2025-01-01"))
    assert kg("terms", "add", obo, "--index", index)[1].startswith("replaced demo 2025-01-01")
    [again] = [one for one in json.loads(kg("terms", "list", "--index", index, "--json")[1]) if one["name"] == "demo"]
    assert again["version"] == "2025-01-01"


def test_an_ontology_file_that_cannot_be_read_does_not_keep_the_next_from_being_added(kg, tmp_path):
    (tmp_path / "bad.obo").write_text("<html>404</html>")
    (tmp_path / "good.obo").write_text(OBO.format(version="1"))
    code, out, err = kg("terms", "add", tmp_path / "bad.obo", tmp_path / "good.obo", "--index", tmp_path / "i.sqlite")
    assert code == 1
    assert "bad.obo" in err
    assert out.startswith("added demo")


def test_a_folder_gives_all_its_ontologies_and_what_else_lies_there_is_listed(kg, tmp_path):
    folder, index = tmp_path / "ontologies", tmp_path / "i.sqlite"
    (folder / "deeper").mkdir(parents=True)
    (folder / "demo.obo").write_text(OBO.format(version="1"))
    (folder / "deeper" / "zfs.owl").write_text(OWL)
    (folder / "README.md").write_text("These are ontologies.")
    code, out, err = kg("terms", "add", folder, "--index", index)
    assert code == 0
    assert [line.partition(":")[0] for line in out.splitlines()] == ["added ZFS 2020-03-10", "added demo 1"]
    assert err.startswith("passed over: README.md\n")
    (tmp_path / "none").mkdir()
    code, out, err = kg("terms", "add", tmp_path / "none", "--index", index)
    assert (code, out) == (1, "")
    assert "holds no ontology file" in err


def test_the_tables_of_an_installed_package_are_added(kg, tmp_path):
    if not list(metadata.distributions(name="edam-ontology")):
        pytest.skip("the extra [ontologies] is not installed")
    code, out, _ = kg("terms", "add", "--package", "edam-ontology", "EDAM", "--index", tmp_path / "i.sqlite")
    assert code == 0
    assert out.startswith("added EDAM ")


def test_one_name_is_not_given_to_several_files(kg, tmp_path):
    for name in ("a.obo", "b.obo"):
        (tmp_path / name).write_text(OBO.format(version="1"))
    words = ("terms", "add", tmp_path / "a.obo", tmp_path / "b.obo", "--name", "own", "--index", tmp_path / "i.sqlite")
    code, _, err = kg(*words)
    assert code == 2
    assert "goes with one file, found 2" in err


def test_an_ontology_that_was_added_can_be_removed(kg, tmp_path):
    index, obo = tmp_path / "index.sqlite", tmp_path / "demo.obo"
    obo.write_text(OBO.format(version="1"))
    kg("terms", "add", obo, "--index", index)
    assert kg("terms", "remove", "demo", "--index", index) == (0, "removed demo\n", "")
    assert kg("terms", "show", "DEMO:0000001", "--index", index)[0] == 1
    listed = json.loads(kg("terms", "list", "--index", index, "--json")[1])
    assert "demo" not in {one["name"] for one in listed}
    assert all(one["embedded"] and one["pulled"] is None and one["source"] for one in listed)


# ------------------------------------------------------------------------------------------------------------- environment


def test_the_environment_does_what_the_flags_do(process, examples, tmp_path):
    index, obo = tmp_path / "own.sqlite", tmp_path / "demo.obo"
    obo.write_text(OBO.format(version="2024-01-01"))
    assert process("terms", "add", obo, KG_INDEX=str(index)).code == 0
    assert "DEMO:0000002" in process("terms", "show", "DEMO:0000002", KG_INDEX=str(index)).out
    assert process("terms", "show", "DEMO:0000002").code == 1
    env = {
        "KG_STORE": str(tmp_path / "store"),
        "KG_BASE_IRI": "https://example.org/kg/",
        "KG_NO_PERSONS": "1",
        "KG_INDEX": str(index),
    }
    ran = process("harmonize", examples / "idr9001", KG_REPORT=str(tmp_path / "r.json"), KG_JSON="1", **env)
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert json.loads((tmp_path / "r.json").read_text())["generation"] == summary["generation"]
    assert "demo" in summary["ontologies"]
    assert summary["cells"]["withheld"] > 0
    assert all(source["iri"].startswith("https://example.org/kg/source/") for source in summary["sources"])
    counted = json.loads(process("stats", KG_JSON="yes", **env).out)
    assert counted["generation"] == summary["generation"]


def test_the_mapping_can_be_named_in_the_environment(process, examples, tmp_path):
    table = tmp_path / "renamed.csv"
    table.write_bytes((examples / "idr9002/idr9002-experimentA-annotation.csv").read_bytes())
    ran = process("inspect", table, "--json", KG_MAPPING="idr-annotation")
    assert json.loads(ran.out)[0]["mapping"] == "idr-annotation"
    assert "no mapping has this name" in process("inspect", table, KG_MAPPING="nothing").err


def test_a_flag_wins_over_the_environment_and_a_switch_can_be_off_in_it(process, demo, tmp_path):
    assert process("stats", "--store", demo.store, KG_STORE=str(tmp_path / "none")).code == 0
    assert process("stats", "--store", demo.store, KG_JSON="0").out.startswith("generation  ")


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"KG_FORMAT": "docx"}, "KG_FORMAT: 'docx' is not one of table, csv"),
        ({"KG_BASE_IRI": "my graph"}, "KG_BASE_IRI: found 'my graph', expected an IRI that ends in / or #"),
    ],
)
def test_a_wrong_value_in_the_environment_is_wrong_usage(process, demo, tmp_path, env, said):
    words = (
        ["query", "by-organism", "--store", demo.store]
        if "KG_FORMAT" in env
        else ["harmonize", tmp_path, "--store", tmp_path / "s"]
    )
    ran = process(*words, **env)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
