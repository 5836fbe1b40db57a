"""A folder of files made to hurt, with a good one among them: each is told in a sentence, the good one is read, nobody is called."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Demo, harmonized
from hostile import OME, many_members, written

from kg.readers.confined import Confined
from kg.readers.limits import Limits
from kg.store import Store
from kg.table import Source

GOOD = f'<OME {OME}><Image ID="Image:0" Name="the good one"/></OME>'
TROUBLE = ("does not know", "ended the process", "was not read within", "MiB of memory", "Traceback")


@pytest.fixture(scope="module")
def asked():
    """A server on loopback, by its address, and the paths for which it was asked."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the folder: what was expected of each file, and what was said of it."""

    demo: Demo
    expected: dict[str, str]
    asked: list[str]

    def said(self, name: str) -> str:
        """Return the reason and the Problems of one source."""
        [reason] = [source["reason"] for source in self.demo.summary["sources"] if source["key"] == f"in/{name}"]
        problems = [p for p in self.demo.summary["problems"] if p["source"].partition(", ")[0] == f"in/{name}"]
        return "\n".join([reason, *(f"{problem['code']}: {problem['found']}" for problem in problems)])

    def status(self, name: str) -> str:
        return next(source["status"] for source in self.demo.summary["sources"] if source["key"] == f"in/{name}")


@pytest.fixture(scope="module")
def batch(asked, tmp_path_factory) -> Batch:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "in").mkdir()
    address, paths = asked
    expected = written(folder / "in", address)
    (folder / "in" / "good.ome.xml").write_text(GOOD)
    return Batch(harmonized(folder, folder / "in"), expected, paths)


def test_each_hostile_file_is_told_in_words_that_say_what_is_wrong(batch):
    wrong = {name: batch.said(name) for name, words in batch.expected.items() if not re.search(words, batch.said(name))}
    assert not wrong
    assert not [name for name, words in batch.expected.items() if words and not batch.said(name).strip()]


def test_no_hostile_file_surprises_its_reader_or_lasts(batch):
    assert not [name for name in batch.expected if any(words in batch.said(name) for words in TROUBLE)]


def test_a_sentence_about_a_hostile_file_is_short(batch):
    assert not [(name, line) for name in batch.expected for line in batch.said(name).splitlines() if len(line) > 600]


def test_the_good_file_among_them_is_harmonized(batch):
    assert batch.status("good.ome.xml") == "harmonized"
    with Store.open(batch.demo.store) as store:
        assert store.current.query('ASK { GRAPH ?g { ?image ?name "the good one" } }')


def test_nothing_that_a_file_names_is_fetched(batch):
    assert batch.asked == []


def test_no_word_of_a_file_becomes_an_iri_that_does_something(batch):
    with Store.open(batch.demo.store) as store:
        nodes = {
            term for quad in store.current.database for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        }
    iris = {node.value for node in nodes if isinstance(node, ox.NamedNode)}
    assert {iri.partition(":")[0] for iri in iris} <= {"http", "https", "urn", "mailto", "tag"}
    assert not [iri for iri in iris if re.search(r"[<>\"{}|^`\\\s]", iri)]
    texts = {node.value for node in nodes if isinstance(node, ox.Literal)}
    assert "javascript:alert(1)" in texts, "and what was written is kept as text"


class Page(HTMLParser):
    """The names of all elements and attributes of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_report_on_them_holds_no_script_and_no_link(batch):
    page = Page(batch.demo.html)
    assert not page.tags & {"script", "img", "a", "iframe", "link", "object"}
    assert not page.attributes & {"href", "src", "onerror", "onclick"}
    assert "&lt;script&gt;alert(6)" in batch.demo.html


def test_no_member_of_an_archive_is_written_anywhere(batch):
    above = batch.demo.store.parent
    assert not [path for path in above.rglob("up.txt")] + [path for path in above.parent.glob("up.txt")]  # noqa: C416


def test_an_archive_of_a_hundred_thousand_members_is_listed(tmp_path):
    path = tmp_path / "many.eln"
    path.write_bytes(many_members(100_000))
    with Confined(Limits(seconds=60.0)) as child, pytest.raises(Exception, match="ro-crate-metadata") as found:
        child.read(Source(Path(path), "many.eln"))
    assert not any(words in str(found.value) for words in TROUBLE)
