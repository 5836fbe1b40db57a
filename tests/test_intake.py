"""Copies of what servers say: whole files, asked for once, politely, and never from another server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg.cli.main import main
from kg.errors import LimitError, SourceError, UsageError
from kg.intake import Asker, Manners, Mirror, Wish, pull
from kg.intake.mirror import STATE, name_of
from kg.intake.pull import day
from tests.intake_server import LATE, IntakeServer, Reply, pagetab

QUICK = Manners(pause=0, backoff=0.01, entries=3, attempts=3, silence=5)


class Ticks:
    """A clock that stands still unless one waits, and keeps what was waited."""

    def __init__(self):
        self.time = 1000.0
        self.waited = []

    def now(self):
        return self.time

    def sleep(self, seconds):
        if seconds > 0:
            self.waited.append(seconds)
            self.time += seconds


@pytest.fixture
def server():
    running = IntakeServer()
    yield running
    running.close()


@pytest.fixture
def world(server):
    world = server.world
    world.studies = {f"S-X{n}": (f"sketch {n}", f"2026-0{n}-01") for n in range(1, 6)}
    world.entries = {
        "experiments": {n: (f"try {n}", f"2026-05-0{n} 10:00:00") for n in range(1, 5)},
        "items": {7: ("fish", "2026-01-01")},
    }
    world.objects = {
        "project": {1: "fins"}, "dataset": {2: "left", 3: "right"}, "screen": {4: "drugs"}, "plate": {5: "p1"},
        "image": {n: f"im{n}" for n in range(10, 15)},
    }  # fmt: skip
    world.pairs = {("image", 11): [["organism", "Danio rerio"]], ("screen", 4): [["assay", "swim"]]}
    world.triples = [f'<https://example.org/{n:02}> <https://schema.org/name> "thing {n}" .\n' for n in range(8)]
    return world


def copied(server, tmp_path, kind="biostudies", path="/biostudies/Sketches", wish=None, **more):
    return pull(kind, server.address + path, tmp_path / kind, wish, manners=more.pop("manners", QUICK), **more)


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != STATE)


def test_every_study_of_a_collection_is_a_file_as_the_server_wrote_it(server, world, tmp_path):
    done = copied(server, tmp_path)
    assert (len(done.new), done.unchanged, done.vanished, done.complete, done.problems) == (5, 0, (), True, ())
    assert files(tmp_path / "biostudies") == [f"S-X{n}.json" for n in range(1, 6)]
    assert json.loads((tmp_path / "biostudies/S-X2.json").read_bytes()) == pagetab("S-X2", "sketch 2")
    assert world.times("/search") == 3
    assert [agent.startswith("bioimage-kg/") for agent in world.agents] == [True]


def test_a_second_run_asks_for_nothing_whole_and_tells_what_has_gone(server, world, tmp_path):
    copied(server, tmp_path)
    del world.studies["S-X3"]
    world.studies["S-X1"] = ("sketch 1, better", "2026-01-01")
    done = copied(server, tmp_path)
    assert (done.new, done.unchanged, done.vanished) == (("S-X1.json",), 3, ("S-X3.json",))
    assert "better" in (tmp_path / "biostudies/S-X1.json").read_text()
    assert (tmp_path / "biostudies/S-X3.json").exists()
    assert world.unchanged == 3


def test_a_server_without_entity_tags_costs_traffic_and_changes_no_file(server, world, tmp_path):
    world.etags = False
    copied(server, tmp_path)
    before = (tmp_path / "biostudies/S-X1.json").stat().st_mtime_ns
    assert copied(server, tmp_path).unchanged == 5
    assert (tmp_path / "biostudies/S-X1.json").stat().st_mtime_ns == before


def test_one_study_can_be_named(server, world, tmp_path):
    done = copied(server, tmp_path, path="/biostudies/studies/S-X4")
    assert done.new == ("S-X4.json",)
    assert world.times("search") == 0


def test_a_day_and_a_number_bound_what_is_taken_and_then_nothing_counts_as_gone(server, world, tmp_path):
    copied(server, tmp_path)
    done = copied(server, tmp_path, wish=Wish(since=day("2026-04-01")))
    assert (done.unchanged, done.complete, done.vanished) == (2, False, ())
    assert copied(server, tmp_path, wish=Wish(limit=3)).unchanged == 3
    with pytest.raises(UsageError, match="expected one like"):
        day("spring")
    with pytest.raises(UsageError, match="leave --since out"):
        copied(server, tmp_path, "omero", "/", wish=Wish(since=day("2026-04-01")))


def test_a_busy_server_is_asked_again_when_it_says(server, world, tmp_path):
    world.instead = {"S-X1": Reply(status=429, headers={"Retry-After": "7"}), "S-X2": Reply(status=503)}
    clock = Ticks()
    done = copied(server, tmp_path, clock=clock)
    assert (len(done.new), done.problems) == (5, ())
    assert clock.waited == [7.0, 0.01]


def test_a_server_that_wants_to_be_left_alone_for_long_ends_the_run_and_the_next_goes_on(server, world, tmp_path):
    world.instead = {"S-X3": Reply(status=503, headers={"Retry-After": LATE})}
    done = copied(server, tmp_path)
    assert (len(done.new), done.complete) == (2, False)
    assert "asks to be left alone" in done.problems[0].found
    assert world.times("S-X4") == 0
    done = copied(server, tmp_path)
    assert (len(done.new), done.unchanged, done.complete) == (3, 2, True)


def test_a_wait_until_a_date_is_kept(server, world, tmp_path):
    world.instead = {"S-X1": Reply(status=429, headers={"Retry-After": formatdate(time.time() + 30, usegmt=True)})}
    clock = Ticks()
    assert len(copied(server, tmp_path, clock=clock).new) == 5
    assert 25 < clock.waited[0] <= 30


def test_requests_keep_their_distance(server, world, tmp_path):
    clock = Ticks()
    copied(server, tmp_path, manners=replace(QUICK, pause=0.5), clock=clock)
    assert clock.waited == [0.5] * (len(world.asked) - 1)


def test_a_damaged_answer_is_asked_for_again_and_then_told_while_the_rest_goes_on(server, world, tmp_path):
    world.instead = {
        "S-X1": Reply(body=b'{"accno": "S-X1", '),
        "S-X2": Reply(times=9, body=b'{"accno": "S-Y", "section": {}}'),
        "S-X3": Reply(body=b'{"accno": "S-X3"}', cut=4),
        "S-X4": Reply(times=9, status=404),
    }
    done = copied(server, tmp_path)
    assert files(tmp_path / "biostudies") == ["S-X1.json", "S-X3.json", "S-X5.json"]
    assert [problem.found for problem in done.problems] == [
        "the server sent JSON of another kind than expected (asked 3 times)",
        "the server answered 404 (Not Found)",
    ]
    assert not done.complete


def test_a_damaged_list_is_one_sentence(server, world, tmp_path):
    world.instead = {"search": Reply(times=9, body=b"<html>we are moving</html>")}
    with pytest.raises(SourceError, match=r"sent a page that is no JSON \(asked 3 times\)"):
        copied(server, tmp_path)


def test_another_server_is_never_asked(server, world, tmp_path):
    other = IntakeServer()
    try:
        world.instead = {"S-X1": Reply(status=302, headers={"Location": f"{other.address}/biostudies/api/v1/studies/S-X1"})}
        done = copied(server, tmp_path)
        assert "which is another server" in done.problems[0].found
        assert other.world.asked == []
        assert len(done.new) == 4
    finally:
        other.close()


def test_a_redirect_on_the_same_server_is_followed_but_not_for_ever(server, world, tmp_path):
    world.instead = {
        "S-X1": Reply(status=301, headers={"Location": "/biostudies/api/v1/studies/S-X1?again"}),
        "S-X2": Reply(times=99, status=302, headers={"Location": "/biostudies/api/v1/studies/S-X2"}),
    }
    done = copied(server, tmp_path)
    assert len(done.new) == 4
    assert "more than 5 times" in done.problems[0].found


def test_a_slow_answer_is_given_up_and_one_that_is_too_large_is_not_read_on(server, world, tmp_path):
    world.instead = {"S-X1": Reply(hangs=0.4)}
    manners = replace(QUICK, silence=0.1, attempts=1)
    assert "does not answer in time" in copied(server, tmp_path, manners=manners).problems[0].found
    world.instead = {"S-X1": Reply(body=b" " * 3000)}
    done = copied(server, tmp_path, manners=replace(QUICK, size=2000))
    assert "more than 2,000 bytes" in done.problems[0].found
    with pytest.raises(LimitError, match="more than 4 requests"):
        copied(server, tmp_path, manners=replace(QUICK, requests=4))


def test_a_server_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"cannot be reached: .*\(asked 3 times\)"):
        pull("biostudies", "http://127.0.0.1:9/biostudies/Sketches", tmp_path / "to", manners=QUICK)
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/x",
        "notaurl",
        "https://",
        "https://me:x9y8@example.org/biostudies/X",
        "ftp://me:x9y8@example.org/",
        "https://example.org:x/",
    ],
)
def test_an_address_that_is_none_or_holds_a_password_is_refused(tmp_path, address):
    with pytest.raises(UsageError) as caught:
        pull("biostudies", address, tmp_path / "to", manners=QUICK)
    assert "x9y8" not in str(caught.value)


def test_a_token_goes_to_the_server_and_nowhere_else(server, world, tmp_path, monkeypatch, capsys):
    world.token = ("Authorization", "3-secret")
    monkeypatch.setenv("LAB_KEY", "3-secret")
    words = ["pull", "elabftw", f"{server.address}/lab", "--to", str(tmp_path / "lab"), "--pause", "0"]
    assert main(words) == 1
    assert "it may want a token" in capsys.readouterr().err
    assert main([*words, "--token-env", "LAB_KEY"]) == 0
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err + "".join(
        p.read_text("latin-1") for p in (tmp_path / "lab").rglob("*") if p.is_file()
    )
    monkeypatch.setenv("LAB_KEY", "3-wrong")
    assert main([*words, "--token-env", "LAB_KEY"]) == 1
    assert "does not take the token" in capsys.readouterr().err
    with pytest.raises(UsageError, match="over https only"):
        Asker("http://example.org/", {"Authorization": "x"})
    with pytest.raises(UsageError, match="no header can carry"):
        pull("elabftw", server.address, tmp_path / "x", token="a\nb")  # noqa: S106 - none at all


def test_entries_of_a_notebook_come_as_archives_and_only_what_changed_comes_again(server, world, tmp_path):
    done = copied(server, tmp_path, "elabftw", "/lab")
    assert files(tmp_path / "elabftw") == [*(f"experiments/{n}.eln" for n in range(1, 5)), "items/7.eln"]
    assert done.complete
    world.asked.clear()
    world.entries["experiments"][2] = ("try 2 again", "2026-06-01 09:00:00")
    done = copied(server, tmp_path, "elabftw", "/lab")
    assert (done.new, done.unchanged) == (("experiments/2.eln",), 4)
    assert world.times("format=eln") == 1


def test_an_archive_that_is_none_is_not_kept(server, world, tmp_path):
    world.instead = {r"experiments/1\?": Reply(times=9, body=b"PK, not really")}
    done = copied(server, tmp_path, "elabftw", "/lab/api/v2/experiments")
    assert files(tmp_path / "elabftw") == [f"experiments/{n}.eln" for n in range(2, 5)]
    assert "no .eln archive" in done.problems[0].found


def test_objects_of_an_omero_come_as_files_that_the_reader_knows(server, world, tmp_path, capsys):
    done = copied(server, tmp_path, "omero", "/")
    folder = tmp_path / "omero"
    assert done.problems == ()
    assert files(folder) == sorted(
        ["projects/1.json", "datasets/2.json", "datasets/3.json", "screens/4.json", "plates/5.json", "plates/5-wells-0000.json",
         "plates/5-wells-0001.json", *(f"images/{n}.json" for n in range(10, 15)), "annotations/image-11.json", "annotations/screen-4.json"]
    )  # fmt: skip
    assert json.loads((folder / "images/12.json").read_text())["data"]["Pixels"]["SizeX"] == 7
    world.asked.clear()
    assert copied(server, tmp_path, "omero", "/").new == ()
    assert world.times(r"images/\d") == 0
    assert main(["inspect", str(folder / "annotations/image-11.json")]) == 0
    assert "omero-json" in capsys.readouterr().out


def test_one_object_of_an_omero_comes_with_what_lies_below_it(server, world, tmp_path):
    done = copied(server, tmp_path, "omero", "/webclient/?show=screen-4")
    assert sorted(done.new) == [
        "annotations/screen-4.json",
        "plates/5-wells-0000.json",
        "plates/5-wells-0001.json",
        "plates/5.json",
        "screens/4.json",
    ]
    with pytest.raises(UsageError, match="show=screen-4; name another folder"):
        copied(server, tmp_path, "omero", "/")


def test_statements_of_an_endpoint_come_in_pages_however_short_the_server_cuts_them(server, world, tmp_path):
    done = copied(server, tmp_path, "sparql", "/sparql")
    assert (files(tmp_path / "sparql"), done.complete) == (["page-000000.nt", "page-000001.nt", "page-000002.nt"], True)
    assert "".join((tmp_path / "sparql" / name).read_text() for name in files(tmp_path / "sparql")) == "".join(world.triples)
    assert copied(server, tmp_path, "sparql", "/sparql").unchanged == 3


def test_a_server_that_gives_one_page_again_and_again_ends_the_copy_with_a_sentence(server, world, tmp_path):
    world.instead = {
        "sparql": Reply(times=9, body=world.triples[0].encode(), headers={"Content-Type": "application/n-triples"})
    }
    with pytest.raises(SourceError, match=r"the same 1 statements for OFFSET as without: it does not page.*--query FILE"):
        copied(server, tmp_path, "sparql", "/sparql")


def test_a_query_of_ones_own_is_sent_as_it_is(server, world, tmp_path):
    query = tmp_path / "mine.rq"
    query.write_text("CONSTRUCT WHERE { ?s ?p ?o }")
    done = copied(server, tmp_path, "sparql", "/sparql", wish=Wish(query=query))
    assert done.new == ("answer.nt",)
    world.instead = {"sparql": Reply(times=1, body=b"s,p,o\n", headers={"Content-Type": "text/csv"})}
    with pytest.raises(SourceError, match="text/csv; expected application/n-triples"):
        copied(server, tmp_path, "sparql", "/sparql", wish=Wish(query=query))


def git(folder, *words):
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture
def crates(tmp_path):
    if not shutil.which("git"):
        pytest.skip("git is not installed here")
    folder = tmp_path / "crates"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b/ro-crate-metadata.json").write_text('{"@graph": []}')
    (folder / "image.tif").write_bytes(b"II*\0")
    (folder / "table.csv").write_text("a,b\n1,2\n")
    (folder / "link.json").symlink_to("/etc/hostname")
    (folder / ".hidden.json").write_text("{}")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def test_metadata_files_of_a_repository_are_taken_from_its_newest_state(crates, tmp_path):
    (crates / "table.csv").write_text("not committed")
    done = pull("git", str(crates), tmp_path / "to")
    assert sorted(done.new) == ["a b/ro-crate-metadata.json", "table.csv"]
    assert (tmp_path / "to/table.csv").read_text() == "a,b\n1,2\n"
    git(crates, "commit", "-qam", "second")
    (crates / "a b/ro-crate-metadata.json").unlink()
    git(crates, "commit", "-qam", "third")
    done = pull("git", str(crates), tmp_path / "to")
    assert (done.new, done.vanished) == (("table.csv",), ("a b/ro-crate-metadata.json",))


class Backend(BaseHTTPRequestHandler):
    """Serves one bare repository by git's own program, as a server would."""

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body):
        path, _, query = self.path.partition("?")
        self.server.asked.append((path, self.headers["Authorization"], len(body)))
        env = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "REQUEST_METHOD": self.command, "QUERY_STRING": query, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        said = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=True).stdout
        head, _, rest = said.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    def log_message(self, *_):
        pass


@pytest.fixture
def hosted(crates, tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Backend) as server:
        server.folder, server.asked = tmp_path / "hosted", []
        git(tmp_path, "clone", "-q", "--bare", str(crates), str(server.folder / "crates.git"))
        for name in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            git(server.folder / "crates.git", "config", name, "true")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_of_a_repository_on_a_server_only_the_files_that_are_taken_are_asked_for(hosted, tmp_path):
    address = f"http://127.0.0.1:{hosted.server_port}/crates.git"
    done = pull("git", address, tmp_path / "to", token="t0ken", manners=QUICK)  # noqa: S106 - for our own server
    assert (sorted(done.new), done.problems) == (["a b/ro-crate-metadata.json", "table.csv"], ())
    assert {word for _, word, _ in hosted.asked} == {"Basic eC1hY2Nlc3MtdG9rZW46dDBrZW4="}
    whole = len(hosted.asked)
    done = pull("git", address, tmp_path / "to", manners=QUICK)
    assert (done.new, done.unchanged) == ((), 2)
    assert len(hosted.asked) - whole < whole
    assert [p.name for p in (tmp_path / "to").iterdir() if p.name.startswith(".")] == [STATE]


def test_a_folder_that_is_no_repository_is_copied_as_it_lies(crates, tmp_path):
    shutil.rmtree(crates / ".git")
    assert sorted(pull("git", str(crates), tmp_path / "to").new) == ["a b/ro-crate-metadata.json", "table.csv"]
    assert pull("git", str(crates), tmp_path / "to").unchanged == 2


def test_a_repository_on_a_server_that_has_none_is_one_sentence(server, world, tmp_path):
    with pytest.raises(SourceError, match="git says: "):
        pull("git", f"{server.address}/nothing.git", tmp_path / "to", manners=QUICK)
    assert files(tmp_path / "to") == []


def test_a_run_that_is_killed_leaves_whole_files_and_the_next_goes_on(server, world, tmp_path):
    world.instead = {"S-X4": Reply(hangs=30)}
    words = ["pull", "biostudies", f"{server.address}/biostudies/Sketches", "--to", str(tmp_path / "to"), "--pause", "0"]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [sys.executable, "-m", "kg.cli.main", *words], env={**os.environ, "PYTHONPATH": str(root)}
    ) as process:
        while not world.times("studies/S-X4"):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert files(tmp_path / "to") == [f"S-X{n}.json" for n in range(1, 4)]
    with (tmp_path / "to" / STATE).open("a") as journal:
        journal.write('{"id": "S-X9", "pa')  # half a line, as a kill can leave it
    done = pull("biostudies", words[2], tmp_path / "to", manners=QUICK)
    assert (len(done.new), done.unchanged) == (2, 3)


def test_a_file_that_was_cut_or_removed_is_fetched_again(server, world, tmp_path):
    copied(server, tmp_path)
    (tmp_path / "biostudies/S-X1.json").write_bytes(b"{")
    (tmp_path / "biostudies/S-X2.json").unlink()
    assert copied(server, tmp_path).new == ("S-X1.json", "S-X2.json")


def test_a_folder_with_other_files_is_left_alone(server, world, tmp_path):
    (tmp_path / "biostudies").mkdir()
    (tmp_path / "biostudies/thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        copied(server, tmp_path)
    assert files(tmp_path / "biostudies") == ["thesis.doc"]


@pytest.mark.parametrize("word", ["../../etc/passwd", "..", ".kg-pull.jsonl", "a/b", "C:\\x", "", "x" * 500, "\0"])
def test_no_name_that_a_server_gives_leads_out_of_the_folder(tmp_path, word):
    name = name_of(word, ".json")
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    assert not name.startswith(".")
    with Mirror(tmp_path / "m", "biostudies", "https://example.org") as mirror:
        mirror.put(word, name, b"{}")
    assert (tmp_path / "m" / name).is_file()


def test_the_command_prints_what_was_copied(server, world, tmp_path, capsys):
    words = ["pull", "biostudies", f"{server.address}/biostudies/Sketches", "--to", str(tmp_path / "to"), "--pause", "0"]
    assert main(words) == 0
    assert "new or changed  5" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"new": [], "unchanged": 5, "vanished": [], "complete": True, "problems": []}
    assert main([*words[:3], "--pause", "0"]) == 2
    assert main([*words, "--token-env", "NO_SUCH_NAME"]) == 2
