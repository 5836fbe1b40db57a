"""The store: generations, replacing, withdrawing, and what happens when things go wrong."""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES, GRAPH_SHARED, KG
from kg.errors import StoreError
from kg.store import CHOSEN_TERM, Batch, SourceEntry, Store, canonical_lines, nquads_of, shared_graph, text_of

S = KG + "id/source/"
NAME = "http://schema.org/name"
TERM = "http://purl.obolibrary.org/obo/FBbi_"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def entry(name: str, **more) -> SourceEntry:
    return SourceEntry(iri=S + name, key=name, origin=f"/data/{name}", digest="0" * 64, mapping="idr 1", **more)


def batch(
    folder: Path, sources: dict[str, tuple[list[str], list[str]]], *, audience: dict[str, str] | None = None, **more
) -> Batch:
    """Each source: objects of its own statements, and claimed triples (N-Triples without the dot)."""
    folder.mkdir(exist_ok=True, parents=True)
    own, claims = folder / "own.trig", folder / "claims.nq"
    own.write_text(
        "".join(
            f"<{S}{name}> {{ <{S}{name}/1> " + ";".join(f"<{NAME}> {o}" for o in words) + " }\n"
            for name, (words, _) in sources.items()
            if words
        )
    )
    claims.write_text("".join(f"{line} <{S}{name}> .\n" for name, (_, lines) in sources.items() for line in lines))
    entries = tuple(entry(name, audience=(audience or {}).get(name, "public")) for name in sources)
    return Batch(sources=entries, own=(own,), claims=(claims,), **more)


def rows(generation, sparql: str, **given) -> list[tuple[str, ...]]:
    return [tuple(map(text_of, row)) for row in generation.query(sparql, **given)]


def quads(generation) -> list[ox.Quad]:
    return list(generation.database)


def persons(*numbers: int) -> list[str]:
    return [f'<https://orcid.org/{n}> <{NAME}> "Person {n}"' for n in numbers]


def describe(terms):
    for term in terms:
        yield f'<{term}> <{LABEL}> "label of {term[-3:]}" .\n'
        yield f"<{term}> <{KG}ancestorOrSelf> <{term}> ."
        yield f"<{term}> <{KG}ancestorOrSelf> <{TERM}000> .\n"
    if terms:
        yield f'<{TERM}000> <{LABEL}> "root" .'


def choosing(tmp_path: Path, name: str, *terms: str) -> Batch:
    made = batch(tmp_path, {name: (['"x"'], [])}, describe=describe)
    chosen = "".join(f"<{S}{name}> {{ <{S}{name}/decision/{t}> <{CHOSEN_TERM}> <{TERM}{t}> }}\n" for t in terms)
    made.own[0].write_text(made.own[0].read_text() + chosen)
    return made


def test_a_new_store_has_no_generation_until_something_is_published(tmp_path):
    with Store.open(tmp_path / "deep" / "store", create=True) as store:
        assert store.current is None
        assert store.sources() == []
        assert store.verify() == []
        first = store.publish(batch(tmp_path / "in", {"a": (['"one"', '"two"'], persons(1, 2))}))
        assert first is store.current
        assert first.count() == 4
        assert first.parent is None
        assert first.graphs() == [GRAPH_SHARED, S + "a"]
        assert first.stats()["statements"] == {"sources": 2, "shared": 2, "ontologies": 0, "jobs": 0, "all": 4}
        assert store.source_by_origin("/data/a").statements == 2
        assert store.source_by_key("a") == store.sources()[0]
        assert store.source_by_key("b") is None
        assert store.verify() == []


def test_a_store_published_by_one_process_is_read_by_another(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        name = store.publish(batch(tmp_path / "in", {"a": (['"one"'], [])})).id
    with Store.open(tmp_path / "store") as store:
        assert store.current.id == name
        assert rows(store.current, f"SELECT ?o {{ ?s <{NAME}> ?o }}") == [("one",)]


def test_a_source_that_comes_again_replaces_itself_whole(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(
            batch(
                tmp_path / "in", {"a": (['"old"', '"kept"'], persons(1, 2)), "b": ([f'"b{n}"' for n in range(9)], persons(2))}
            )
        )
        second = store.publish(batch(tmp_path / "in", {"a": (['"new"', '"kept"'], persons(3))}))
        found = {row[0] for row in rows(second, f"SELECT ?o {{ GRAPH <{S}a> {{ ?s ?p ?o }} }}")}
        assert found == {"new", "kept"}
        assert {row[0] for row in rows(second, f"SELECT ?o {{ GRAPH <{GRAPH_SHARED}> {{ ?s ?p ?o }} }}")} == {
            "Person 2",
            "Person 3",
        }
        assert [one.key for one in store.sources()] == ["b", "a"]
        assert second.parent.startswith("00000001-")
        assert store.verify() == []


def test_what_is_claimed_by_several_sources_stands_once_and_stays_until_the_last_one_leaves(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(batch(tmp_path / "in", {name: ([f'"{name}"'], persons(1)) for name in "abc"}))
        question = "SELECT ?o { <https://orcid.org/1> ?p ?o }"
        for name in "ab":
            assert rows(store.withdraw([S + name]), question) == [("Person 1",)]
        last = store.withdraw([S + "c"])
        assert rows(last, question) == []
        assert (last.count(), last.graphs()) == (0, [])


def test_two_spellings_of_one_claim_are_one_statement(tmp_path):
    year = f"<https://doi.org/10.1/x> <{NAME}>"
    spellings = {
        "a": [f'{year} "007"^^<http://www.w3.org/2001/XMLSchema#integer>', f'{year} "\\u0061"'],
        "b": [f'{year} "7"^^<http://www.w3.org/2001/XMLSchema#int>', f'{year} "a"'],
    }
    with Store.open(tmp_path / "store", create=True) as store:
        first = store.publish(batch(tmp_path / "in", {name: ([f'"{name}"'], lines) for name, lines in spellings.items()}))
        assert first.stats()["statements"]["shared"] == 2
        second = store.withdraw([S + "a"])
        assert len(rows(second, f"SELECT ?o {{ <https://doi.org/10.1/x> <{NAME}> ?o }}")) == 2
        assert store.verify() == []


def test_trig_is_written_as_nquads_and_a_fault_in_it_named_with_its_line(tmp_path):
    trig = tmp_path / "claims.trig"
    trig.write_text(f"<{S}a> {{ <{S}b> <{NAME}> 'x', 'y' }}")
    nquads_of(trig, tmp_path / "claims.nq")
    assert len((tmp_path / "claims.nq").read_text().splitlines()) == 2
    trig.write_text(f"<{S}a> {{\n <not an iri> <{NAME}> 'x' }}")
    with pytest.raises(StoreError, match=r"claims\.trig, line 2"):
        nquads_of(trig, tmp_path / "claims.nq")


def test_claims_may_be_trig_as_well(tmp_path):
    file = tmp_path / "claims.trig"
    file.write_text(f"<{S}a> {{ <https://orcid.org/1> <{NAME}> 'Ada' }} <{S}a> {{ <https://orcid.org/1> <{NAME}> 'Ada' }}")
    with Store.open(tmp_path / "store", create=True) as store:
        assert store.publish(Batch((entry("a"),), claims=(file,))).graphs() == [GRAPH_SHARED]


def test_what_a_group_claims_stands_in_its_own_graph_until_a_public_source_says_it_too(tmp_path):
    who = {"a": "lab-a", "b": "lab-b"}
    with Store.open(tmp_path / "store", create=True) as store:
        first = store.publish(batch(tmp_path / "in", {"a": (['"a"'], persons(1, 2)), "b": (['"b"'], persons(2))}, audience=who))
        assert first.graphs() == [shared_graph(["lab-a"]), shared_graph(["lab-a", "lab-b"]), S + "a", S + "b"]
        second = store.publish(batch(tmp_path / "in", {"c": (['"c"'], persons(1, 2))}))
        assert second.graphs() == [GRAPH_SHARED, S + "a", S + "b", S + "c"]
        third = store.withdraw([S + "c"])
        assert len(quads(third)) == 4
        assert canonical_lines(quads(third)) == canonical_lines(quads(first))
        assert store.verify() == []


def test_the_ontologies_graph_holds_the_terms_in_use_and_no_others(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(choosing(tmp_path / "in", "a", "001", "002"))
        second = store.publish(choosing(tmp_path / "in", "b", "002", "003"))
        labels = f"SELECT ?label {{ GRAPH <{GRAPH_ONTOLOGIES}> {{ ?t <{LABEL}> ?label }} }} ORDER BY ?label"
        assert rows(second, labels) == [("label of 001",), ("label of 002",), ("label of 003",), ("root",)]
        assert rows(store.withdraw([S + "a"], describe), labels) == [("label of 002",), ("label of 003",), ("root",)]
        assert store.current.stats()["statements"]["ontologies"] == 7


def test_without_an_ontology_at_hand_what_is_said_of_terms_still_in_use_stays(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(choosing(tmp_path / "in", "a", "001"))
        store.publish(choosing(tmp_path / "in", "b", "002"))
        labels = f"SELECT ?label {{ ?t <{LABEL}> ?label }} ORDER BY ?label"
        assert rows(store.withdraw([S + "a"]), labels) == [("label of 002",), ("root",)]
        assert rows(store.withdraw([S + "b"]), labels) == []


USED, PART, AGENT = "http://www.w3.org/ns/prov#used", "http://purl.org/dc/terms/hasPart", "http://www.w3.org/ns/prov#agent"


def test_what_is_above_a_term_that_is_only_pointed_to_goes_with_the_source_that_used_it(tmp_path):
    above = f"SELECT ?above {{ GRAPH <{GRAPH_ONTOLOGIES}> {{ <{TERM}000> <{KG}ancestorOrSelf> ?above }} }}"
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(choosing(tmp_path / "in", "a", "000"))
        store.publish(choosing(tmp_path / "in", "b", "002"))
        assert rows(store.current, above) == [(TERM + "000",)]
        assert rows(store.withdraw([S + "a"]), above) == []
        assert rows(store.current, f"SELECT ?label {{ ?t <{LABEL}> ?label }} ORDER BY ?label") == [
            ("label of 000",),
            ("label of 002",),
            ("root",),
        ]


def test_job_records_add_up_and_forget_a_withdrawn_source(tmp_path):
    job = KG + "id/job/"
    records = {
        "a": f'<{job}a> <{USED}> <{S}a/1> ; <{NAME}> "job of a" ; <{AGENT}> <urn:kg> ; <{PART}> <{job}a/step> . <{job}a/step> <{NAME}> "step of a" .',
        "b": f'<{job}b> <{USED}> <{S}b> ; <{NAME}> "job of b" ; <{AGENT}> <urn:kg> . <urn:kg> <{NAME}> "kg" .',
        "ab": f'<{job}ab> <{NAME}> "job of both" ; <{PART}> <{job}ab/a>, <{job}ab/b> . <{job}ab/a> <{USED}> <{S}a> ; <{NAME}> "part of a" . '
        f'<{job}ab/b> <{USED}> <{S}b> ; <{NAME}> "part of b" .',
    }
    with Store.open(tmp_path / "store", create=True) as store:
        for name, text in records.items():
            jobs = tmp_path / f"{name}.nt"
            jobs.write_bytes(ox.serialize(ox.parse(text, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES))
            store.publish(batch(tmp_path / "in", {word: (['"x"'], []) for word in name}, jobs=(jobs,)))
        assert store.current.stats()["statements"]["jobs"] == 16
        names = f"SELECT ?name {{ GRAPH <{GRAPH_JOBS}> {{ ?s <{NAME}> ?name }} }} ORDER BY ?name"
        after = store.withdraw([S + "a"])
        assert not [quad for quad in quads(after) if f"{S}a" in str(quad) or "job/a>" in str(quad) or "ab/a>" in str(quad)]
        assert rows(after, names) == [("job of b",), ("job of both",), ("kg",), ("part of b",)]
        assert store.verify() == []
        assert rows(store.withdraw([S + "b"]), names) == []


def test_a_reader_answers_on_its_generation_while_others_are_published(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(batch(tmp_path / "in", {"a": ([f'"{n}"' for n in range(5000)], [])}))
    with Store.open(tmp_path / "store") as reader, Store.open(tmp_path / "store") as writer:
        held = reader.current
        answer = iter(held.query("SELECT ?o { ?s ?p ?o }"))
        next(answer)
        for n in range(4):
            writer.publish(batch(tmp_path / "in", {"a": ([f'"new {n}"'], [])}))
        assert len(list(answer)) == 4999
        assert held.count() == 5000
        assert held.path.is_dir(), "a generation in use is not removed"
        assert reader.current.count() == 1
        held.close()
        writer.publish(batch(tmp_path / "in", {"a": (['"last"'], [])}))
        assert len(list((tmp_path / "store" / "generations").iterdir())) == 2


def test_a_generation_that_nobody_refers_to_is_let_go(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        for n in range(4):
            store.publish(batch(tmp_path / "in", {"a": ([f'"{n}"'], [])}))
            gc.collect()
        names = sorted(folder.name[:8] for folder in (tmp_path / "store" / "generations").iterdir())
    assert names[-2:] == ["00000003", "00000004"]
    assert "00000001" not in names


def test_a_second_writer_is_refused_with_a_sentence(tmp_path):
    with Store.open(tmp_path / "store", create=True) as one, Store.open(tmp_path / "store") as two:
        with one.writing():
            one.publish(batch(tmp_path / "in", {"a": (['"1"'], [])}))
            with pytest.raises(StoreError, match="another job is writing to this store"):
                two.publish(batch(tmp_path / "in", {"b": (['"2"'], [])}))
        assert two.publish(batch(tmp_path / "in", {"b": (['"2"'], [])})).count() == 2


def test_the_lock_of_a_killed_writer_is_free_again(tmp_path):
    script = "import sys, time\nfrom kg.store import Store\nwith Store.open(sys.argv[1], create=True).writing():\n  print('in', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "store")], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"in\n"
        with Store.open(tmp_path / "store") as store, pytest.raises(StoreError, match="another job"):
            store.publish(Batch())
        child.kill()
    with Store.open(tmp_path / "store") as store:
        assert store.publish(Batch()).count() == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f'<{S}a/1> <{NAME}> "fine" <{S}a> .\n<{S}a/1> <http://bad iri> "x" <{S}a> .\n',
            r"own\.nq, line 2: not loaded, nothing was published",
        ),
        (f'<{S}a/1> <{NAME}> "x" <{S}stranger> .\n', "stranger: a file has statements in this graph"),
        (f'<{S}a/1> <{NAME}> "x" .\n', "outside the graph of a source"),
    ],
)
def test_a_file_that_is_not_valid_leaves_the_generation_before(tmp_path, text, said):
    with Store.open(tmp_path / "store", create=True) as store:
        before = store.publish(batch(tmp_path / "in", {"a": (['"1"'], persons(1))}))
        bad = tmp_path / "own.nq"
        bad.write_text(text)
        with pytest.raises(StoreError, match=said):
            store.publish(Batch((entry("a"),), (bad,)))
        assert store.current is before
        assert len(list((tmp_path / "store" / "generations").iterdir())) == 1
        assert store.verify() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'_:x <{NAME}> "x" <{S}a> .', "found a blank node"),
        (f'<http://x/y> <{NAME}> "x" <{S}b> .', "expected a graph that is a source of this batch"),
        (f'<http://x/y> <{NAME}> "x" .', "expected a graph that is a source of this batch"),
        ("no statement at all", "line 1: not loaded"),
    ],
)
def test_a_claim_that_nobody_could_withdraw_is_refused(tmp_path, line, said):
    made = batch(tmp_path / "in", {"a": (['"1"'], [])})
    made.claims[0].write_text(line + "\n")
    with Store.open(tmp_path / "store", create=True) as store:
        with pytest.raises(StoreError, match=said):
            store.publish(made)
        assert store.current is None


def test_a_batch_that_contradicts_itself_or_the_store_is_refused(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        with pytest.raises(StoreError, match="no such source"):
            store.withdraw([S + "a"])
        with pytest.raises(StoreError, match="in the batch twice"):
            store.publish(Batch((entry("a"), entry("a"))))
        with pytest.raises(StoreError, match=r"found a file of type \.ttl, expected \.trig or \.nq"):
            store.publish(Batch((entry("a"),), (tmp_path / "own.ttl",)))
        with pytest.raises(StoreError, match="there is no such file"):
            store.publish(Batch((entry("a"),), (tmp_path / "absent.nq",)))


def test_a_folder_that_is_no_store_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(StoreError, match="holds other files and is not a store"):
        Store.open(tmp_path, create=True)
    with pytest.raises(StoreError, match="there is no store here"):
        Store.open(tmp_path / "absent")
    with pytest.raises(StoreError, match="is not a folder"):
        Store.open(tmp_path / "thesis.txt", create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_store_of_a_newer_kg_is_refused_with_a_sentence(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        path = store.publish(Batch()).path / "generation.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with Store.open(tmp_path / "store") as store, pytest.raises(StoreError, match="written by a newer kg"):
        _ = store.current


def test_a_damaged_store_is_told_apart_from_an_empty_one(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        path = store.publish(Batch()).path
    (path / "ledger.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with Store.open(tmp_path / "store") as store, pytest.raises(StoreError, match="the ledger cannot be used"):
        _ = store.current


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_store_that_may_not_be_written_says_so(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(Batch())
        (tmp_path / "store" / "generations").chmod(0o500)
        with pytest.raises(StoreError, match="no permission"):
            store.publish(Batch())
        (tmp_path / "store" / "generations").chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("kib", [4, 64, 300])
def test_a_full_disk_leaves_the_generation_before(tmp_path, kib):
    with Store.open(tmp_path / "store", create=True) as store:
        before = store.publish(batch(tmp_path / "in", {"a": (['"1"'], persons(1))})).id
    made = batch(
        tmp_path / "in",
        {"b": ([f'"{n:0500}"' for n in range(2000)], [f'<https://orcid.org/{n}> <{NAME}> "{n:0200}"' for n in range(2000)])},
    )
    script = """
        import resource, sys
        from pathlib import Path
        from kg.errors import StoreError
        from kg.store import Batch, SourceEntry, Store
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]) * 1024,) * 2)
        with Store.open(sys.argv[1]) as store:
            try:
                store.publish(Batch((SourceEntry(sys.argv[5], "b", "", "", ""),), (Path(sys.argv[2]),), (Path(sys.argv[3]),)))
            except StoreError as error:
                print(error)
    """
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(script),
        tmp_path / "store",
        made.own[0],
        made.claims[0],
        str(kib),
        S + "b",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "the writer says what is wrong"
    with Store.open(tmp_path / "store") as store:
        assert store.current.id == before
        assert store.verify() == []
        assert store.publish(made).count() == 4002 - 1 + 1


PUBLISHER = """
    import sys
    from pathlib import Path
    from kg.store import Batch, SourceEntry, Store
    folder, own, claims, iri = sys.argv[1:]
    store = Store.open(folder)
    print("ready", flush=True)
    while True:
        store.publish(Batch((SourceEntry(iri, "b", "", "", ""),), (Path(own),), (Path(claims),)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_writer_killed_at_any_moment_leaves_a_whole_generation(tmp_path):
    made = batch(tmp_path / "in", {"b": ([f'"{n}"' for n in range(400)], persons(*range(200)))})
    whole = {}
    with Store.open(tmp_path / "other", create=True) as store:
        store.publish(batch(tmp_path / "first", {"a": ([f'"{n}"' for n in range(900)], persons(*range(100, 300)))}))
        whole[False] = canonical_lines(quads(store.current))
        whole[True] = canonical_lines(quads(store.publish(made)))
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(batch(tmp_path / "first", {"a": ([f'"{n}"' for n in range(900)], persons(*range(100, 300)))}))
    command = [sys.executable, "-c", textwrap.dedent(PUBLISHER), tmp_path / "store", made.own[0], made.claims[0], S + "b"]
    dice = random.Random(20)  # noqa: S311 moments, not secrets
    for _ in range(12):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            time.sleep(dice.uniform(0, 0.25))
            child.send_signal(signal.SIGKILL)
        with Store.open(tmp_path / "store") as store:
            assert canonical_lines(quads(store.current)) == whole[store.source_by_key("b") is not None]
            assert store.verify() == []
    with Store.open(tmp_path / "store") as store:
        assert canonical_lines(quads(store.publish(made))) == whole[True]
        assert len(list((tmp_path / "store" / "generations").iterdir())) <= 2


def test_verification_finds_a_statement_that_stands_in_two_graphs(tmp_path):
    file = tmp_path / "own.nq"
    file.write_text("".join(f'<{S}a/1> <{NAME}> "x" <{S}{name}> .\n' for name in "ab"))
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(Batch((entry("a"), entry("b", statements=5)), (file,)))
        found = {problem.code for problem in store.verify()}
    assert found == {"statement-twice", "statement-count"}


def test_verification_finds_a_shared_statement_that_nobody_claims(tmp_path):
    made = batch(tmp_path / "in", {"a": (['"1"'], persons(1))})
    made.own[0].write_text(f"<{GRAPH_SHARED}> {{ <https://orcid.org/9> <{NAME}> 'Nobody' }}")
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(made)
        assert [problem.code for problem in store.verify()] == ["statement-count"]
