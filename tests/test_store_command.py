"""kg store: checking, compacting, backup and restoring, sources and their audiences."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap

import pyoxigraph as ox
import pytest
from circles import Circle, filled, kg
from conftest import Ran
from serving import Serving

from kg.curie import GRAPH_SHARED
from kg.errors import StoreError
from kg.store import DECISIONS, Store, canonical_lines, shared_graph
from kg.store.audiences import snapshot, snapshots
from kg.store.compact import need_room
from kg.store.tokens import TOKENS, Tokens
from kg.store.writes import Update

OPEN, CLOSED, SECRET = (
    Circle("1open", "public", frozenset({1, 2})),
    Circle("2closed", "lab-a", frozenset({2, 3}), 50),
    Circle("3secret", "private"),
)


@pytest.fixture
def path(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        filled(store, tmp_path / "in", [OPEN, CLOSED, SECRET])
    return tmp_path / "store"


def lines(path) -> list[str]:
    with Store.open(path) as store:
        return canonical_lines(list(store.current.database))


def test_a_store_in_order_says_so(path):
    ran = kg("store", "verify", "--store", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("in order: generation 00000001-")
    told = json.loads(kg("store", "verify", "--store", path, "--json").out)
    assert (told["generation"][:9], told["problems"]) == ("00000001-", [])
    assert {"pointer", "statements", "snapshots"} <= set(told["checks"])


def codes(ran: Ran) -> set[str]:
    assert ran.code == 1
    return {problem["code"] for problem in json.loads(ran.out)["problems"]}


def test_verification_finds_what_is_wrong_with_the_folder(path):
    with Store.open(path) as store:
        current = store.current.path
        seen = snapshots(store.current)[0].folder
    (path / "generations" / "00000009-x").mkdir()
    (path / "sidecars" / "00000008-x").mkdir(parents=True)
    (current / "audiences" / "draft-lab-a").mkdir()
    assert codes(kg("store", "verify", "--store", path, "--json")) == {"leftover"}
    for folder in (path / "generations" / "00000009-x", path / "sidecars", current / "audiences" / "draft-lab-a"):
        shutil.rmtree(folder)
    shutil.rmtree(seen / "db")
    shutil.copytree(current / "db", seen / "db")
    assert codes(kg("store", "verify", "--store", path, "--json")) == {"hidden-source", "statement-count"}
    shutil.rmtree(seen)
    Tokens(path).add("a", "reader")
    (path / TOKENS).write_text("damaged")
    (path / TOKENS).chmod(0o644)
    assert codes(kg("store", "verify", "--store", path, "--json")) == {"tokens"}
    (path / TOKENS).unlink()
    (path / "CURRENT").write_text("00000007-none\n")
    assert "pointer" in codes(kg("store", "verify", "--store", path, "--json"))
    (path / "CURRENT").unlink()
    assert codes(kg("store", "verify", "--store", path, "--json")) >= {"pointer"}


def test_compacting_changes_nothing_that_is_said(path):
    with Store.open(path) as store:
        many = " , ".join(map(str, range(30_000)))
        store.apply([Update(f"INSERT DATA {{ <urn:s> <urn:p> {many} }}")], ["a"])
        store.apply([Update("DROP DEFAULT ; INSERT DATA { <urn:s> <urn:p> 1 }")], ["b"])
    before = lines(path)
    ran = kg("store", "compact", "--store", path, "--json")
    told = json.loads(ran.out)
    assert (told["generation"][:9], told["published"]) == ("00000004-", True)
    assert told["before"] > told["after"] > 0
    assert lines(path) == before
    assert kg("store", "verify", "--store", path).code == 0


def test_compacting_what_would_not_be_smaller_publishes_nothing(path):
    for _ in range(2):
        told = json.loads(kg("store", "compact", "--store", path, "--json").out)
    assert (told["generation"][:9], told["published"]) == ("00000001-", False)
    assert "nothing to gain" in kg("store", "compact", "--store", path).out
    assert [one.name for one in (path / "generations").iterdir()] == [told["generation"]]


@pytest.mark.parametrize("pointer", [None, b"", b"\0" * 26, b"\xff garbage", b"00000009-none\n", b"../generations"])
def test_a_store_without_a_readable_pointer_loses_nothing_and_is_repaired(path, tmp_path, pointer):
    before = lines(path)
    kg("store", "backup", tmp_path / "copy", "--store", path)
    (path / "CURRENT").unlink()
    if pointer is not None:
        (path / "CURRENT").write_bytes(pointer)
    (path / "generations" / "00000002-draft").mkdir()
    for words in (["store", "withdraw", OPEN.iri], ["store", "sources"], ["store", "verify"], ["store", "compact"]):
        ran = kg(*words, "--store", path)
        assert (ran.code, "kg store repair" in ran.err + ran.out) == (1, True)
    with Store.open(path) as store, pytest.raises(StoreError, match="kg store repair"):
        store.apply([Update("INSERT DATA { <urn:s> <urn:p> 1 }")], ["w"])
    told = json.loads(kg("store", "repair", "--store", path, "--json").out)
    assert (told["generation"][:9], told["changed"]) == ("00000001-", True)
    assert lines(path) == before
    assert "nothing was changed" in kg("store", "repair", "--store", path).out
    assert kg("store", "withdraw", OPEN.iri, "--store", path).code == 0
    (path / "CURRENT").write_text("")
    assert kg("store", "restore", tmp_path / "copy", "--store", path, "--force").code == 0
    assert lines(path) == before
    assert kg("store", "verify", "--store", path).code == 0


def test_a_draft_of_the_first_writer_goes_where_nothing_was_published(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        (store.path / "generations" / "00000001-draft").mkdir()
        filled(store, tmp_path / "in", [OPEN])
        assert [one.name for one in (store.path / "generations").iterdir()] == [store.current.id]


def test_a_damaged_file_of_the_database_is_a_problem_with_what_is_left_to_do(path, tmp_path):
    kg("store", "withdraw", SECRET.iri, "--store", path)
    with Store.open(path) as store:
        current, parent = store.current.path, store.current.parent
    shared = {file.stat().st_ino for file in (path / "generations" / parent / "db").iterdir()}
    own = [file for file in (current / "db").glob("*.sst") if file.stat().st_ino not in shared]
    for file in own or [current / "db" / "CURRENT"]:
        file.unlink()
    ran = kg("store", "verify", "--store", path, "--json")
    [problem] = [one for one in json.loads(ran.out)["problems"] if one["code"] == "damaged"]
    assert ran.code == 1
    assert "kg store restore BACKUP --force" in problem["repair"]
    assert parent in problem["repair"]
    refused = kg("store", "backup", tmp_path / "copy", "--store", path)
    assert refused.code == 1
    assert str(tmp_path / "copy") not in refused.err
    assert "--older" in kg("store", "repair", "--store", path).err
    assert kg("store", "repair", "--older", "--store", path).code == 0
    assert SECRET.word in "".join(lines(path))


def test_compacting_without_room_changes_nothing(path):
    with pytest.raises(StoreError, match="MB are free; nothing was changed"):
        need_room(path, 1 << 60)


def test_a_backup_is_a_store_and_comes_back_whole(path, tmp_path):
    Tokens(path).add("a", "reader")
    (path / DECISIONS).write_text("subject_label\n")
    assert kg("store", "backup", tmp_path / "copy", "--store", path).code == 0
    assert lines(tmp_path / "copy") == lines(path)
    assert (tmp_path / "copy" / DECISIONS).read_text() == "subject_label\n"
    assert not (tmp_path / "copy" / TOKENS).exists()
    assert kg("store", "backup", tmp_path / "with", "--with-tokens", "--store", path).code == 0
    assert (tmp_path / "with" / TOKENS).stat().st_mode & 0o777 == 0o600
    kg("store", "withdraw", OPEN.iri, "2closed.csv", "--store", path)
    assert kg("store", "restore", tmp_path / "with", "--store", tmp_path / "again").code == 0
    assert lines(tmp_path / "again") == lines(tmp_path / "copy")
    assert Tokens(tmp_path / "again").all()[0].name == "a"
    for store in (tmp_path / "copy", tmp_path / "again"):
        assert kg("store", "verify", "--store", store).code == 0


def test_a_backup_becomes_the_next_generation_only_by_force(path, tmp_path):
    kg("store", "backup", tmp_path / "copy", "--store", path)
    kg("store", "withdraw", OPEN.iri, "--store", path)
    (path / DECISIONS).write_text("newer\n")
    refused = kg("store", "restore", tmp_path / "copy", "--store", path)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert OPEN.image not in "".join(lines(path))
    ran = kg("store", "restore", tmp_path / "copy", "--store", path, "--force")
    assert (ran.code, "00000003-" in ran.out) == (0, True)
    assert lines(path) == lines(tmp_path / "copy")
    assert (path / DECISIONS).read_text() == "newer\n"
    assert kg("store", "verify", "--store", path).code == 0


def test_a_backup_made_while_somebody_writes_is_one_generation(path, tmp_path):
    script = """
        import sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        from circles import Circle, filled
        from kg.store import Store
        with Store.open(sys.argv[1]) as store:
            print("in", flush=True)
            for n in range(1000):
                filled(store, Path(sys.argv[1]).parent / "in2", [Circle(f"w{n}", "public", frozenset({n % 5}), 20)])
    """
    command = [sys.executable, "-c", textwrap.dedent(script), path, __file__.rpartition("/")[0]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        for number in range(3):
            ran = kg("store", "backup", tmp_path / f"copy{number}", "--store", path)
            assert ran.code == 0, ran.err
        writer.kill()
    for number in range(3):
        assert kg("store", "verify", "--store", tmp_path / f"copy{number}").code == 0


@pytest.mark.parametrize("name", ["taken", "store/inside", "file"])
def test_a_backup_goes_nowhere_else(path, tmp_path, name):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("precious")
    (tmp_path / "file").write_text("precious")
    ran = kg("store", "backup", tmp_path / name, "--store", path)
    assert ran.code == 1
    assert ("is a file" in ran.err) == (name == "file")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "in", "store", "taken"]
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["thesis.txt"]


def test_a_damaged_backup_is_not_restored(path, tmp_path):
    kg("store", "backup", tmp_path / "copy", "--store", path)
    for file in (tmp_path / "copy").rglob("*.sst"):
        file.unlink()
    ran = kg("store", "restore", tmp_path / "copy", "--store", tmp_path / "again")
    assert ran.code == 1
    assert not (tmp_path / "again").exists()
    refused = kg("store", "restore", tmp_path / "none", "--store", path, "--force")
    assert (refused.code, "none: there is no backup here" in refused.err) == (1, True)


def test_sources_are_listed_with_their_audience(path):
    told = json.loads(kg("store", "sources", "--store", path, "--json").out)
    assert [(one["key"], one["audience"]) for one in told] == [
        ("1open.csv", "public"),
        ("2closed.csv", "lab-a"),
        ("3secret.csv", "private"),
    ]
    assert told[1]["statements"] == 63
    assert "2closed.csv  lab-a" in kg("store", "sources", "--store", path).out


def test_changing_the_audience_of_a_source_is_as_if_it_had_always_been_so(path, tmp_path):
    assert kg("store", "audience", "2closed.csv", "3secret.csv", "public", "--store", path).code == 0
    assert kg("store", "audience", OPEN.iri, "private", "--store", path).code == 0
    again = [Circle(c.word, "private" if c == OPEN else "public", c.people, c.bulk) for c in (OPEN, CLOSED, SECRET)]
    with Store.open(tmp_path / "other", create=True) as other:
        filled(other, tmp_path / "in", again)
    assert lines(path) == lines(tmp_path / "other")
    assert kg("store", "verify", "--store", path).code == 0
    with Store.open(path) as store:
        assert {graph for graph in store.current.graphs() if "shared" in graph} == {GRAPH_SHARED, shared_graph(["private"])}
        seen = ox.Store.read_only(str(snapshot(store.current).database))
        assert OPEN.word not in "".join(map(str, seen))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["withdraw", "nothing"], 2, "no source 'nothing'"),
        (["audience", "1open.csv", "lab a"], 2, "expected letters, digits"),
        (["audience", "none", "lab-a"], 2, "no source 'none'"),
        (["verify", "--store", "/dev/null"], 1, "is not a folder"),
        (["mend"], 2, "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(path, words, code, said):
    ran = kg("store", *words, KG_STORE=str(path))
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_care_is_possible_while_the_store_is_served(path, tmp_path):
    with Serving(path) as server:
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        before = server.query(count)
        for words in (["compact"], ["verify"], ["backup", tmp_path / "copy"]):
            assert kg("store", *words, "--store", path).code == 0
        assert server.query(count) == before
        assert server.update("INSERT DATA { <urn:s> <urn:p> <urn:o> }").ok
        assert kg("store", "restore", tmp_path / "copy", "--store", path, "--force").code == 0
        assert server.query(count) == before
