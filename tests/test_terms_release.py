"""Releases of ontologies: fetched from a server that can do all that servers do, compared, kept, or refused in a sentence."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg.cli.main import main
from kg.errors import TermError, UsageError
from kg.terms import TermIndex, add_file, default_index
from kg.terms.registry import entry_of, load_registry
from kg.terms.release import Wish, pull, receipts, release_folder
from kg.terms.web import Limits

HEAD = "format-version: 1.2\ndata-version: {version}\nontology: pato\n"
TERM = "\n[Term]\nid: PATO:{number:07}\nname: {name}\n"
QUICK = Limits(connect=2, silence=2, pause=0.01, attempts=4)
PATO = "/obo/pato.obo"


def obo(version: str, *names: str, size: int = 0) -> bytes:
    terms = "".join(TERM.format(number=9_000_000 + i, name=name) for i, name in enumerate(names))
    return (HEAD.format(version=version) + terms + "\n! padding" * (size // 10)).encode()


ONE, TWO = obo("2025-01-01", "very round", size=300_000), obo("2026-01-01", "very round", "very flat", size=300_000)


@dataclass
class Page:
    """What the server has at a path, and how it misbehaves there.

    Attributes:
        cuts: for each request, after how many bytes of the body the connection is dropped.
        wait: released before a body is sent; None when there is nothing to wait for.
        drip: seconds between single bytes.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    ranges: bool = True
    chunked: bool = False
    cuts: list[int] = field(default_factory=list)
    wait: threading.Event | None = None
    drip: float = 0.0


class Web(ThreadingHTTPServer):
    """A web server on loopback."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str], int]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Say nothing: clients that give up are part of the tests."""

    def ranges(self):
        return [headers.get("Range") for _, headers, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        """Be quiet."""

    def do_GET(self):
        page = self.server.pages.get(self.path, Page(b"<html>nothing here</html>", status=404))
        first, status, headers = 0, page.status, dict(page.headers)
        if page.etag:
            headers["ETag"] = page.etag
            if self.headers.get("If-None-Match") == page.etag:
                status = 304
        asked = self.headers.get("Range")
        if asked and page.ranges and self.headers.get("If-Range") in {None, page.etag}:
            first, status = int(asked.removeprefix("bytes=").rstrip("-")), 206
            headers["Content-Range"] = f"bytes {first}-{len(page.body) - 1}/{len(page.body)}"
        self.server.asked.append((self.path, dict(self.headers), status))
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        body = b"" if status == 304 else page.body[first:]
        self.send_header(*(("Transfer-Encoding", "chunked") if page.chunked else ("Content-Length", str(len(body)))))
        self.end_headers()
        if page.wait:
            page.wait.wait(20)
        self.send(page, body)

    def send(self, page, body):
        cut = page.cuts.pop(0) if page.cuts else None
        sent = body if cut is None else body[:cut]
        if page.drip:
            for byte in sent:
                self.wfile.write(bytes([byte]))
                time.sleep(page.drip)
        elif page.chunked:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(sent), sent) + (b"0\r\n\r\n" if cut is None else b""))
        else:
            self.wfile.write(sent)
        self.close_connection = cut is not None


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(web, folder, prefix="PATO", **settings):
    return pull(prefix, folder, web.url, **{"limits": QUICK, **settings})


def said_of(web, folder, **settings) -> str:
    with pytest.raises(TermError) as caught:
        fetch(web, folder, **settings)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------------------ coming


def test_a_release_comes_from_the_path_of_its_address_on_the_mirror_and_leaves_a_receipt(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    told = []
    pulled = fetch(web, tmp_path, "pato", progress=lambda done, total: told.append((done, total)))
    assert (pulled.prefix, pulled.state, pulled.file) == ("PATO", "new", tmp_path / "PATO.obo")
    assert pulled.file.read_bytes() == ONE
    assert pulled.trust.startswith(f"trusted on first use: SHA-256 {digest(ONE)[:12]}")
    assert told[-1] == (len(ONE), len(ONE))
    [receipt] = receipts(tmp_path)
    assert (receipt.prefix, receipt.sha256, receipt.size, receipt.etag) == ("PATO", digest(ONE), len(ONE), '"1"')
    assert receipt.address == web.url + PATO
    assert web.asked[0][1]["Accept-Encoding"] == "identity"


def test_a_mirror_may_have_a_path_of_its_own(web, tmp_path):
    web.pages["/mirrors/obo/pato.obo"] = Page(ONE)
    assert pull("PATO", tmp_path, web.url + "/mirrors/", limits=QUICK).state == "new"


def test_a_release_that_has_not_changed_is_not_sent_again(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    fetch(web, tmp_path)
    again = fetch(web, tmp_path)
    assert (again.state, again.receipt.sha256) == ("unchanged", digest(ONE))
    assert [status for _, _, status in web.asked] == [200, 304]


def test_a_server_that_knows_no_states_sends_again_and_the_digest_says_that_nothing_changed(web, tmp_path):
    web.pages[PATO] = Page(ONE)
    fetch(web, tmp_path)
    assert fetch(web, tmp_path).state == "unchanged"
    assert [status for _, _, status in web.asked] == [200, 200]


def test_a_file_that_was_spoilt_on_disk_is_fetched_again(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    file = fetch(web, tmp_path).file
    file.write_bytes(b"spoilt")
    fetch(web, tmp_path)
    assert file.read_bytes() == ONE


@pytest.mark.parametrize("chunked", [False, True])
def test_a_download_that_breaks_off_goes_on_where_it_was(web, tmp_path, chunked):
    web.pages[PATO] = Page(ONE, etag='"1"', cuts=[100_000, 50_000], chunked=chunked)
    assert fetch(web, tmp_path).file.read_bytes() == ONE
    assert web.ranges() == [None, "bytes=100000-", "bytes=150000-"]
    assert web.asked[1][1]["If-Range"] == '"1"'


@pytest.mark.parametrize(
    "page", [Page(ONE, etag='"1"', ranges=False), Page(ONE), Page(ONE, etag='W/"1"')], ids=["no", "none", "weak"]
)
def test_where_parts_cannot_be_trusted_the_download_begins_anew(web, tmp_path, page):
    web.pages[PATO] = replace(page, cuts=[100_000])
    assert fetch(web, tmp_path).file.read_bytes() == ONE
    assert len(web.asked) == 2


def test_a_release_that_is_exchanged_meanwhile_is_never_mixed_with_the_one_before(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"', cuts=[50_000] * 4)
    said_of(web, tmp_path)
    web.pages[PATO] = Page(TWO, etag='"2"')
    assert fetch(web, tmp_path).file.read_bytes() == TWO


def test_a_later_pull_goes_on_with_what_an_earlier_one_left(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"', cuts=[1000] * 4)
    said = said_of(web, tmp_path)
    assert f"ended after 4,000 of {len(ONE):,} bytes" in said or "broke off" in said
    assert "kept for the next try" in said
    assert not (tmp_path / "PATO.obo").exists()
    assert receipts(tmp_path) == ()
    assert fetch(web, tmp_path).file.read_bytes() == ONE
    assert web.ranges()[-1] == "bytes=4000-"


def test_a_release_that_was_packed_stays_packed_and_can_be_added(web, tmp_path):
    web.pages[PATO] = Page(gzip.compress(ONE), headers={"Content-Encoding": "gzip"})
    pulled = fetch(web, tmp_path)
    assert pulled.file.read_bytes() == gzip.compress(ONE)
    assert add_file(tmp_path / "index.sqlite", pulled.file).version == "2025-01-01"


def test_redirects_are_followed_and_a_busy_server_is_asked_again(web, tmp_path):
    web.pages[PATO] = Page(status=302, headers={"Location": "/elsewhere"})
    web.pages["/elsewhere"] = Page(status=307, headers={"Location": web.url + "/file"})
    web.pages["/file"] = Page(ONE, status=503)
    threading.Timer(0.1, lambda: web.pages.update({"/file": Page(ONE)})).start()
    assert fetch(web, tmp_path, limits=replace(QUICK, attempts=9)).file.read_bytes() == ONE


def test_what_a_redirect_says_beside_its_address_is_not_waited_for(web, tmp_path):
    never = threading.Event()
    web.pages[PATO] = Page(b"please wait", status=302, headers={"Location": "/file"}, wait=never)
    web.pages["/file"] = Page(ONE)
    assert fetch(web, tmp_path, limits=replace(QUICK, attempts=1)).state == "new"
    never.set()


# ----------------------------------------------------------------------------------------------------------------- failing

BAD = {
    "not found": (Page(status=404), "the server answered 404 (Not Found), expected the file"),
    "forbidden": (Page(status=403), "403 (Forbidden)"),
    "down": (Page(status=503), "503 (Service Unavailable) (tried 4 times)"),
    "page": (
        Page(b"<!DOCTYPE html>\n<html><body>Sorry</body></html>"),
        "the server sent a web page, expected an ontology file",
    ),
    "xhtml": (Page(b'<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>'), "sent a web page"),
    "empty": (Page(b""), "the server sent an empty file"),
    "words": (Page(b"please log in first"), "what came is in no form that kg reads"),
    "circle": (Page(status=302, headers={"Location": PATO}), "in a circle"),
    "disk": (Page(status=302, headers={"Location": "file:///etc/passwd"}), "expected an address of http or https"),
    "nonsense": (Page(status=302, headers={"Location": "http://[x"}), "expected an address of http or https"),
    "nowhere": (Page(status=302), "the server answered 302 (Found)"),
    "part": (Page(ONE, status=206), "sent another part than was asked for"),
    "large": (Page(ONE, headers={"X": "1"}), "are the most that is taken"),
    "endless": (Page(ONE, chunked=True), "are the most that is taken"),
    "cut": (Page(ONE, cuts=[500] * 9), "the connection"),
    "cut chunk": (Page(ONE, chunked=True, cuts=[500] * 9), "the connection broke off"),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_does_not_come_as_it_should_is_one_sentence_and_changes_nothing(web, tmp_path, name):
    web.pages[PATO] = Page(ONE)
    fetch(web, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    web.pages[PATO], sentence = BAD[name]
    limits = replace(QUICK, size=100_000) if name in {"large", "endless"} else QUICK
    said = said_of(web, tmp_path, limits=limits, wish=Wish(newer=True))
    assert said.startswith(web.url + PATO + ": ")
    assert sentence in said
    assert "\n" not in said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_redirects_without_end_are_left(web, tmp_path):
    web.pages.update({f"/{n}": Page(status=302, headers={"Location": f"/{n + 1}"}) for n in range(40)})
    web.pages[PATO] = Page(status=302, headers={"Location": "/0"})
    assert "too often" in said_of(web, tmp_path)
    assert len(web.asked) < 20


def test_a_server_that_drips_is_left(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"', drip=0.02)
    began = time.monotonic()
    said = said_of(web, tmp_path, limits=replace(QUICK, window=0.2))
    assert "comes at less than 1,024 bytes a second" in said
    assert time.monotonic() - began < 5


def test_a_server_that_falls_silent_is_left(web, tmp_path):
    web.pages[PATO] = Page(ONE, wait=threading.Event())
    assert "the server fell silent" in said_of(web, tmp_path, limits=replace(QUICK, silence=0.2, attempts=2))
    web.pages[PATO].wait.set()


def test_a_server_that_is_not_there_is_a_sentence_in_the_words_of_the_system(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TermError, match="cannot be reached: Connection refused"):
        pull("PATO", tmp_path, f"http://127.0.0.1:{port}", limits=QUICK)


def test_what_may_be_secret_in_an_address_is_neither_shown_nor_kept(web, tmp_path):
    web.pages[PATO] = Page(status=302, headers={"Location": "/file?signature=hidden"})
    web.pages["/file?signature=hidden"] = Page(ONE)
    mirror = web.url.replace("//", "//me:hidden@")
    pull("PATO", tmp_path, mirror, limits=QUICK)
    assert "hidden" not in "".join(path.read_text() for path in tmp_path.glob("*.json"))
    web.pages["/file?signature=hidden"] = Page(status=404)
    with pytest.raises(TermError) as caught:
        pull("PATO", tmp_path, mirror, limits=QUICK)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("mirror", ["file:///srv", "localhost:80", "http://", "http://[x", "http://x?y=z"])
def test_a_mirror_that_is_no_address_is_wrong_usage(tmp_path, mirror):
    with pytest.raises(UsageError, match="expected an address such as"):
        pull("PATO", tmp_path, mirror)


def test_two_cannot_fetch_into_one_folder_at_once(web, tmp_path):
    gate = threading.Event()
    web.pages[PATO] = Page(ONE, wait=gate)
    first = threading.Thread(target=fetch, args=(web, tmp_path))
    first.start()
    while not web.asked:
        time.sleep(0.01)
    assert "another kg is fetching into it" in said_of(web, tmp_path)
    gate.set()
    first.join()
    assert (tmp_path / "PATO.obo").read_bytes() == ONE


def test_a_receipt_that_is_damaged_is_told_and_not_passed_over(web, tmp_path):
    web.pages[PATO] = Page(ONE)
    fetch(web, tmp_path)
    (tmp_path / "PATO.lock.json").write_text("{")
    assert "is damaged" in said_of(web, tmp_path)


# ---------------------------------------------------------------------------------------------------------------- checksum


def test_a_release_that_has_not_the_checksum_of_the_registry_is_set_aside(web, tmp_path):
    registry = {"PATO": replace(load_registry()["PATO"], sha256=digest(ONE))}
    web.pages[PATO] = Page(TWO)
    said = said_of(web, tmp_path, registry=registry)
    assert digest(ONE) in said
    assert digest(TWO) in said
    assert (tmp_path / "refused" / "PATO.obo").read_bytes() == TWO
    assert not (tmp_path / "PATO.obo").exists()
    web.pages[PATO] = Page(ONE)
    assert fetch(web, tmp_path, registry=registry).trust == "its checksum is that of the registry"
    web.asked.clear()
    assert fetch(web, tmp_path, registry=registry, wish=Wish(newer=True)).state == "unchanged"
    assert web.asked == [], "a pinned file that is here needs no server"


def test_another_file_than_the_registry_says_can_be_taken_and_then_counts(web, tmp_path):
    registry = {"PATO": replace(load_registry()["PATO"], sha256=digest(ONE))}
    web.pages[PATO] = Page(TWO, etag='"2"')
    taken = fetch(web, tmp_path, registry=registry, wish=Wish(accept_new=True))
    assert taken.file.read_bytes() == TWO
    assert fetch(web, tmp_path, registry=registry, wish=Wish(newer=True)).state == "unchanged"
    web.pages[PATO] = Page(obo("2027-01-01", "very odd"), etag='"3"')
    assert digest(TWO) in said_of(web, tmp_path, registry=registry, wish=Wish(newer=True))
    renewed = {"PATO": replace(registry["PATO"], sha256=digest(web.pages[PATO].body))}
    assert fetch(web, tmp_path, registry=renewed).state == "changed", "a newer registry counts again"


def test_a_first_pull_is_what_later_ones_are_compared_with_until_an_update(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    fetch(web, tmp_path)
    web.pages[PATO] = Page(TWO, etag='"2"')
    said = said_of(web, tmp_path)
    assert digest(ONE) in said
    assert digest(TWO) in said
    assert "`kg terms update PATO` takes a newer release" in said
    assert (tmp_path / "PATO.obo").read_bytes() == ONE
    updated = fetch(web, tmp_path, wish=Wish(newer=True))
    assert (updated.state, updated.file.read_bytes()) == ("changed", TWO)
    assert receipts(tmp_path)[0].sha256 == digest(TWO)


def test_what_is_pinned_takes_no_update_unless_told_to(web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    fetch(web, tmp_path)
    assert fetch(web, tmp_path, wish=Wish(pin=True)).receipt.pinned
    web.pages[PATO] = Page(TWO, etag='"2"')
    assert "--accept-new" in said_of(web, tmp_path, wish=Wish(newer=True))
    taken = fetch(web, tmp_path, wish=Wish(newer=True, accept_new=True))
    assert (taken.state, taken.receipt.sha256, taken.receipt.pinned) == ("changed", digest(TWO), True)


# ---------------------------------------------------------------------------------------------------------------- registry


def test_the_registry_gives_each_ontology_with_its_organism():
    registry = load_registry()
    assert registry["ZFA"].taxon == "NCBITaxon:7955"
    assert registry["UBERON"].taxon == ""
    assert entry_of(registry, "fbbi").file == "http://purl.obolibrary.org/obo/fbbi.owl"
    assert [prefix for prefix, entry in registry.items() if not entry.is_released] == ["KGAT"]
    assert all(len(entry.sha256) in {0, 64} for entry in registry.values())
    with pytest.raises(TermError, match=r"did you mean .*PATO"):
        entry_of(registry, "PAT0")


def test_what_comes_with_kg_is_not_fetched(web, tmp_path):
    assert said_of(web, tmp_path, prefix="KGAT") == "KGAT: comes with kg; there is nothing to fetch"


ENTRY = '{prefix: X, name: x, namespace: "http://x/", homepage: "http://x", file: "http://x/x.obo", format: obo, licence: y, table: false'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ontologies: 3", "has no list of ontologies"),
        ("ontologies: [x]", "entry 1: found 'x', expected the facts of an ontology"),
        (f"ontologies: [{ENTRY}, colour: red}}]", "entry 1: has colour, which no entry has"),
        (f"ontologies: [{ENTRY}, taxon: 9606}}]", "taxon is 9606, expected a text"),
        (f"ontologies: [{ENTRY.replace(', licence: y', '')}}}]", "entry 1: lacks licence"),
        (f"ontologies: [{ENTRY}}}, {ENTRY}}}]", "entry 2: X stands there twice"),
        ("ontologies: [", "cannot be read"),
    ],
)
def test_a_registry_that_is_wrong_is_told_with_the_entry(tmp_path, text, said):
    file = tmp_path / "registry.yaml"
    file.write_text(text)
    with pytest.raises(TermError, match=r"registry\.yaml") as caught:
        load_registry(file)
    assert said in str(caught.value)


# ---------------------------------------------------------------------------------------------------------------- commands


@pytest.fixture(scope="module")
def fresh_index(_own_cache, tmp_path_factory):
    """An index with the embedded tables alone."""
    return default_index(tmp_path_factory.mktemp("fresh") / "index.sqlite")


@pytest.fixture
def terms(web, tmp_path, monkeypatch, capsys, fresh_index):
    """Run kg terms with a cache and an index of its own, against the server; gives code, output, what was said."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KG_TERMS_MIRROR", web.url)
    (tmp_path / "cache").mkdir()
    shutil.copyfile(fresh_index, tmp_path / "cache" / "index.sqlite")

    def run(*words):
        capsys.readouterr()
        code = main(["terms", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_pull_adds_what_comes_and_says_what_does_not(terms, web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    code, out, err = terms("pull", "PATO", "uo", "nonesuch")
    assert code == 1
    assert out == "added PATO 2025-01-01: 1 terms, 0 synonyms\n"
    assert f"kg terms: {web.url}/obo/uo.obo: the server answered 404" in err
    assert "kg terms: nonesuch: the registry of ontologies has no such prefix" in err
    assert "PATO: trusted on first use" in err
    listed = {(one["name"], one["embedded"]): one for one in json.loads(terms("list", "--json")[1])}
    assert listed["PATO", False]["pulled"]["from"] == web.url + PATO
    assert listed["PATO", True]["pulled"] is None
    assert f"{web.url}{PATO}, pulled 2" in terms("list")[1]
    assert terms("pull", "PATO")[:2] == (0, "unchanged PATO 2025-01-01\n")


def test_a_release_that_is_here_but_not_in_the_index_is_added(terms, web, tmp_path):
    web.pages[PATO] = Page(ONE, etag='"1"')
    terms("pull", "PATO")
    code, out, _ = terms("pull", "PATO", "--index", tmp_path / "other.sqlite")
    assert (code, out) == (0, "added PATO 2025-01-01: 1 terms, 0 synonyms\n")


def test_pull_leaves_the_index_when_the_checksum_is_another(terms, web, tmp_path):
    web.pages[PATO] = Page(ONE)
    terms("pull", "PATO")
    index = tmp_path / "cache" / "index.sqlite"
    before = index.read_bytes()
    web.pages[PATO] = Page(TWO)
    code, out, err = terms("pull", "PATO")
    assert (code, out) == (1, "")
    assert digest(TWO) in err
    assert index.read_bytes() == before
    assert terms("pull", "PATO", "--accept-new", "--pin")[1].startswith("replaced PATO 2026-01-01")
    assert receipts(release_folder())[0].pinned


@pytest.mark.parametrize("part", [["pull", "PATO"], ["update"]])
def test_offline_nothing_is_asked(terms, web, part):
    code, out, err = terms(*part, "--offline")
    assert (code, out) == (2, "")
    assert "has to ask a server" in err
    assert web.asked == []


def test_only_pull_and_update_ask_the_server(terms, web, tmp_path):
    (tmp_path / "x.obo").write_bytes(ONE)
    for words in (["add", tmp_path / "x.obo"], ["list"], ["show", "PATO:9000000"], ["remove", "PATO"]):
        assert terms(*words)[0] == 0
    assert web.asked == []


def test_update_says_what_a_newer_release_means_for_decisions(terms, web, tmp_path):
    web.pages[PATO] = Page(obo("2025-01-01", "very round", "very flat"), etag='"1"')
    terms("pull", "PATO")
    decisions = tmp_path / "mine.sssom.tsv"
    decisions.write_text(
        "subject_label\tpredicate_id\tobject_id\tmapping_justification\tkg_field\tkg_status\n"
        "round thing\tskos:exactMatch\tPATO:9000000\tsemapv:ManualMappingCuration\texperimental_condition\taccepted\n"
        "flat thing\tskos:exactMatch\tPATO:9000001\tsemapv:ManualMappingCuration\texperimental_condition\taccepted\n"
    )
    code, out, _ = terms("update", "--decisions", decisions)
    assert (code, out) == (0, "unchanged PATO 2025-01-01\n")
    web.pages[PATO] = Page(obo("2026-01-01", "utterly round"), etag='"2"')
    code, out, err = terms("update", "PATO", "--decisions", decisions, "--json")
    assert code == 0, err
    said = json.loads(out)
    assert [(one["ontology"], one["version"], one["state"]) for one in said["updated"]] == [("PATO", "2026-01-01", "changed")]
    assert [(one["kind"], one["text"], one["before"], one["after"]) for one in said["changes"]] == [
        ("gone", "flat thing", "very flat", ""),
        ("relabelled", "round thing", "very round", "utterly round"),
    ]
    web.pages[PATO] = Page(obo("2026-02-01", "round", "flat"), etag='"3"')
    _, out, _ = terms("update", "--decisions", decisions)
    assert "relabelled" in out
    assert "PATO:9000000 was called 'utterly round' and is called 'round' now" in out
    assert not list((tmp_path / "cache").glob(".index*"))


def test_update_reads_the_decisions_of_a_store(terms, web, demo):
    term = "[Term]\nid: FBbi:00000251\nname: confocal microscopy\n{}\n[Term]\nid: FBbi:99999999\nname: sharp microscopy\n"
    head = "format-version: 1.2\nontology: fbbi\n\n"
    web.pages["/obo/fbbi.owl"] = Page((head + term.format("")).encode(), etag='"1"')
    assert terms("pull", "FBbi")[0] == 0
    gone = term.format("is_obsolete: true\nreplaced_by: FBbi:99999999\n")
    web.pages["/obo/fbbi.owl"] = Page((head + gone).encode(), etag='"2"')
    code, out, err = terms("update", "--store", demo.store, "--json")
    assert code == 0, err
    found = {(one["kind"], one["curie"], tuple(one["instead"])) for one in json.loads(out)["changes"]}
    assert ("obsolete", "FBbi:00000251", ("FBbi:99999999",)) in found


def test_update_without_anything_to_do_says_so(terms, web):
    code, out, err = terms("update")
    assert (code, out) == (0, "")
    assert "no ontology was pulled yet" in err
    assert terms("update", "PATO")[0] == 1
    web.pages[PATO] = Page(ONE)
    terms("pull", "PATO")
    assert "no decisions were given" in terms("update")[2]
    web.pages[PATO] = Page(status=404)
    assert terms("update")[0] == 1


def test_a_release_that_cannot_be_added_leaves_the_index_as_it_was(terms, web, tmp_path):
    web.pages[PATO] = Page(ONE)
    terms("pull", "PATO")
    web.pages[PATO] = Page(b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><broken>')
    code, out, err = terms("update")
    assert (code, out) == (1, "")
    assert err.startswith("kg terms: ")
    with TermIndex.open(tmp_path / "cache" / "index.sqlite") as index:
        assert index.term("PATO:9000000").label == "very round"
