"""Writes: done whole or not at all, published before they are acknowledged, and never into what harmonizing keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store import NAME, S, batch, describe, persons, rows

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES, GRAPH_SHARED
from kg.errors import AccessError, KgError, QueryError, RefusedError, StoreError
from kg.store import Generation, Store
from kg.store.audiences import snapshot, snapshots
from kg.store.calls import check_syntax
from kg.store.holds import is_held
from kg.store.lexer import read_operations, written
from kg.store.managed import Managed
from kg.store.targets import read_update
from kg.store.view import build_view
from kg.store.writes import Answer, DeleteGraph, Outcome, PostGraph, PutGraph, Update, Upload, Write

OWN = "http://example.org/own"
TURTLE = "text/turtle"


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", create=True) as opened:
        yield opened


@pytest.fixture
def harmonized(store, tmp_path) -> Store:
    store.publish(batch(tmp_path / "in", {"a": (['"one"', '"two"'], persons(1)), "b": (['"three"'], persons(1, 2))}))
    return store


def done(store: Store, *writes: Write) -> list[Outcome]:
    outcomes, generation = store.apply(writes, [f"w{number}" for number in range(len(writes))])
    assert generation == (store.current.id if store.current else None)
    return outcomes


def one(store: Store, write: Write) -> Outcome:
    [outcome] = done(store, write)
    return outcome


def upload(folder: Path, text: str | bytes, media_type: str = TURTLE) -> Upload:
    folder.mkdir(exist_ok=True)
    file = folder / f"{len(list(folder.iterdir()))}.rdf"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Upload(file, media_type)


def objects(store: Store, graph: str = "") -> set[str]:
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    return {row[0] for row in rows(store.current, f"SELECT ?o {{ {pattern} }}")}


def test_an_update_of_an_empty_store_is_its_first_generation(store):
    outcome = one(store, Update("PREFIX e: <http://e/> INSERT DATA { e:s e:p 'x' . GRAPH e:g { e:s e:p 'y' } }"))
    assert outcome.done
    assert objects(store, "http://e/g") == {"y"}
    assert store.current.stats()["statements"]["written"] == store.current.stats()["statements"]["all"] == 2
    assert store.current.writes == {"w0"}
    assert store.generation_with("w0") == store.current.id
    assert store.generation_with("another") is None
    assert store.verify() == []


def test_writes_of_a_group_are_one_generation_and_fail_each_for_itself(store, tmp_path):
    first, syntax, absent, upload_fails, last = done(
        store,
        Update("INSERT DATA { <urn:s> <urn:p> 1 }"),
        Update("INSERT DATA { <urn:s> <urn:p> 2 "),
        Update("INSERT DATA { <urn:s> <urn:p> 3 } ; DROP GRAPH <urn:absent>"),
        PutGraph(OWN, (upload(tmp_path / "up", "<urn:s> <urn:p> 4 . <urn:s> <urn:p>"),)),
        Update("INSERT DATA { <urn:s> <urn:p> 5 }"),
    )
    assert first.done
    assert last.done
    assert all(isinstance(outcome.error, QueryError) for outcome in (syntax, absent, upload_fails))
    assert objects(store) == {"1", "5"}
    assert store.current.graphs() == []
    assert store.current.writes == {"w0", "w4"}
    assert store.current.parent is None


def test_a_group_in_which_everything_fails_publishes_nothing(harmonized):
    before = harmonized.current.id
    assert not one(harmonized, Update("INSERT DATA {")).done
    assert harmonized.current.id == before


def test_an_upload_that_breaks_off_half_way_leaves_nothing_and_the_others_stay(store, tmp_path):
    line = '<urn:s> <urn:p> "{}" .\n'
    large = upload(tmp_path / "up", "".join(line.format("x" * 90 + str(n)) for n in range(12_000)))
    assert large.file.stat().st_size > 1 << 20
    kept, put = done(store, Update("INSERT DATA { <urn:s> <urn:p> 'kept' }"), PutGraph(OWN, (large,)))
    assert kept.done
    assert put.done
    assert store.current.stats()["statements"]["written"] == 12_001
    bad = upload(tmp_path / "up", large.file.read_bytes() + b"<urn:s> <urn:p> .\n")
    before, broken, after = done(
        store,
        Update("INSERT DATA { <urn:s> <urn:p> 'before' }"),
        PutGraph(OWN, (bad,)),
        PostGraph(OWN, (upload(tmp_path / "up", "<urn:s> <urn:p> 'after' ."),)),
    )
    assert (before.done, after.done) == (True, True)
    assert "line 12001" in str(broken.error)
    assert str(tmp_path) not in str(broken.error)
    assert len(objects(store, OWN)) == 12_001
    assert store.verify() == []


def test_a_graph_is_put_posted_and_deleted(store, tmp_path):
    up = tmp_path / "up"
    assert one(store, PutGraph(OWN, (upload(up, "<#a> <#p> 1, 2 ."),), OWN)) == Outcome(existed=False)
    assert one(store, PutGraph(OWN, (upload(up, "<#a> <#p> 3 ."),), OWN)) == Outcome(existed=True)
    assert one(store, PostGraph(OWN, (upload(up, "<#a> <#p> 4 ."), upload(up, "<#a> <#p> 5 ."))))
    assert {str(quad.subject) for quad in store.current.database} == {f"<{OWN}#a>"}
    assert objects(store, OWN) == {"3"}, "relative IRIs without a base are refused"
    assert one(store, PostGraph(OWN, (upload(up, "<#a> <#p> 4 ."), upload(up, "<#a> <#p> 5 .")), OWN)).done
    assert objects(store, OWN) == {"3", "4", "5"}
    assert one(store, DeleteGraph(OWN)) == Outcome(existed=True)
    assert one(store, DeleteGraph(OWN)) == Outcome(existed=False, changed=False)
    assert store.current.graphs() == []
    assert one(store, PutGraph(OWN, ())).done
    assert store.current.graphs() == [OWN], "an empty graph is a graph"


def test_blank_nodes_of_separate_uploads_never_merge(store, tmp_path):
    up = tmp_path / "up"
    for form, text in (
        (TURTLE, "_:a <urn:p> 1 ."),
        ("application/n-triples", '_:a <urn:p> "1" .'),
        ("text/n3", "_:a <urn:p> 3 ."),
    ):
        for _ in range(2):
            assert one(store, PostGraph(OWN, (upload(up, text, form), upload(up, text, form)))).done
    assert store.current.count() == 12
    assert len({quad.subject for quad in store.current.database}) == 12


@pytest.mark.parametrize(
    ("media_type", "text", "said"),
    [
        ("application/ld+json", "[" * 201 + "]" * 201, "nested more than 200 deep"),
        ("application/ld+json", '{"@id":"http://e/g","@graph":[{"@id":"http://e/s","http://e/p":1}]}', "[Nn]amed graphs"),
        ("application/ld+json", '{"@context":"http://127.0.0.1:1/c","@id":"http://e/s"}', "remote contexts"),
        ("application/rdf+xml", '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>', "declares XML entities"),
        ("application/rdf+xml", "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>", "declares XML entities"),
        ("application/rdf+xml", "<!DOCTYPE r [<!ENTITY % a 'x'>]><r/>", "declares XML entities"),
        ("application/trig", "<urn:g> { <urn:s> <urn:p> 1 }", "no format of a graph"),
        ("image/png", "", "no format of a graph"),
        (TURTLE, b"\xff\xfe<\x00", "not valid Turtle"),
    ],
)  # fmt: skip
def test_what_would_grow_or_is_no_graph_is_refused(store, tmp_path, media_type, text, said):
    outcome = one(store, PutGraph(OWN, (upload(tmp_path / "up", text, media_type),)))
    with pytest.raises(QueryError, match=said):
        raise outcome.error
    assert store.current is None


def test_namespaces_as_entities_are_taken_as_ontologies_write_them(store, tmp_path):
    text = """<?xml version="1.0"?><!DOCTYPE rdf:RDF [ <!ENTITY e "http://e/" > <!ENTITY x "http://x/"> ]>
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="&e;s"><p xmlns="&x;">1</p>
      </rdf:Description></rdf:RDF>"""
    assert one(store, PutGraph(OWN, (upload(tmp_path / "up", text, "application/rdf+xml"),))).done
    assert str(next(iter(store.current.database)).subject) == "<http://e/s>"


MANAGED = (S + "a", S + "new", GRAPH_SHARED, GRAPH_SHARED + "+x", GRAPH_JOBS, GRAPH_ONTOLOGIES)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA {{ GRAPH <{0}> {{ <urn:s> <urn:p> 1 }} }}",
        "DELETE DATA {{ GRAPH <{0}> {{ <urn:s> <urn:p> 1 }} }}",
        "DELETE WHERE {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
        "DELETE {{ GRAPH <{0}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
        "INSERT {{ GRAPH <urn:g> {{ ?s ?p true }} GRAPH <{0}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
        "WITH <{0}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        "BASE <{0}> CLEAR GRAPH <>",
        "PREFIX m: <{0}> DROP SILENT GRAPH m:",
        "CREATE SILENT GRAPH <{0}>",
        "MOVE <{0}> TO <urn:g>",
        "COPY <urn:g> TO <{0}>",
        "ADD DEFAULT TO GRAPH <{0}>",
        "CLEAR DEFAULT ; CLEAR GRAPH <urn:g> ; DROP GRAPH <{0}>",
    ],
)
def test_graphs_that_harmonizing_keeps_are_not_written_by_hand(text):
    managed = Managed(frozenset({S + "a", S + "new"}), hidden=False, present=True)
    for graph in MANAGED[:3] + MANAGED[4:]:
        with pytest.raises(RefusedError, match="cannot be written by hand"):
            managed.check_targets(read_update(text.format(graph)).targets, sees_everything=True)


@pytest.mark.parametrize(
    "text",
    [
        "DROP ALL",
        "CLEAR NAMED",
        "INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_what_could_be_any_graph_is_refused_once_there_are_sources(harmonized, text):
    assert isinstance(one(harmonized, Update(text)).error, RefusedError)
    with pytest.raises(RefusedError):
        raise one(harmonized, DeleteGraph(S + "a")).error
    assert objects(harmonized, S + "a") == {"one", "two"}


def test_a_store_without_sources_refuses_no_graph_but_the_names_that_harmonizing_uses(store):
    assert one(store, Update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } ; DROP ALL")).done
    assert one(store, Update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } ; COPY <urn:g> TO <urn:h>")).done
    into = f"INSERT {{ GRAPH ?g {{ <urn:s> <urn:p> 2 }} }} WHERE {{ BIND(IRI('{GRAPH_JOBS}') AS ?g) }}"
    kept, refused = done(store, Update("INSERT DATA { <urn:s> <urn:p> 'kept' }"), Update(into))
    assert kept.done
    assert isinstance(refused.error, RefusedError)
    assert store.current.graphs() == ["urn:g", "urn:h"]
    assert "kept" in objects(store)


def test_an_update_that_reads_needs_to_see_everything_where_a_source_is_hidden(store, tmp_path):
    store.publish(batch(tmp_path / "in", {"a": (['"secret"'], []), "b": (['"x"'], [])}, audience={"a": "lab"}))
    copy = f"COPY <{S}a> TO <{OWN}>"
    reading = f"INSERT {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{S}a> {{ ?s ?p ?o }} }}"
    for text in (copy, reading):
        assert isinstance(one(store, Update(text)).error, AccessError)
    assert one(store, Update(f"INSERT DATA {{ GRAPH <{OWN}> {{ <urn:s> <urn:p> 'open' }} }}")).done
    assert objects(store, OWN) == {"open"}
    assert one(store, Update(reading, sees_everything=True)).done
    assert objects(store, OWN) == {"open", "secret"}


def test_other_servers_are_asked_only_where_that_is_allowed(store):
    for text in (
        "LOAD <http://127.0.0.1:1/x>",
        "LOAD SILENT <http://127.0.0.1:1/x> INTO GRAPH <urn:g>",
        "LOAD <file:///etc/passwd>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <http://127.0.0.1:1/x> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { BIND(<http://127.0.0.1:1/x> AS ?e) SERVICE ?e { ?s ?p ?o } }",
        "PREFIX x: <http://127.0.0.1:1/> INSERT { ?s ?p ?o } WHERE { FILTER(true)SERVICE x:y{ ?s ?p ?o } }",
    ):
        assert isinstance(one(store, Update(text)).error, RefusedError), text
        assert isinstance(one(store, Update(text, answers=(Answer("http://127.0.0.1:2/"),))).error, RefusedError), text


A, B = "http://a.example/x", "http://b.example/sparql"


def test_what_was_loaded_goes_in_where_the_update_says(store, tmp_path):
    text = f"""
        INSERT DATA {{ <urn:s> <urn:p> 'before' }} ; LOAD <{A}> ; CLEAR DEFAULT ; LOAD <{A}> INTO GRAPH <{OWN}> ;
        LOAD SILENT <{B}> ; INSERT {{ ?s <urn:q> ?o }} WHERE {{ GRAPH <{OWN}> {{ ?s <urn:p> ?o }} }}
    """
    file = upload(tmp_path / "up", "<#s> <urn:p> 'loaded' .")
    assert one(store, Update(text, answers=(Answer(A, upload=file), Answer(A, upload=file), Answer(B)))).done
    assert rows(store.current, "SELECT ?s ?o { ?s <urn:q> ?o }") == [(f"{A}#s", "loaded")]
    assert objects(store, OWN) == {"loaded"}
    assert store.current.stats()["statements"]["written"] == 2
    assert store.verify() == []


def test_an_update_that_fails_after_it_has_loaded_leaves_nothing_and_the_others_stay(store, tmp_path):
    good = upload(tmp_path / "up", "<urn:s> <urn:p> 'loaded' .")
    bad = upload(tmp_path / "up", "<urn:s> <urn:p>")
    kept, absent, broken, silent, last = done(
        store,
        Update("INSERT DATA { <urn:s> <urn:p> 'kept' }"),
        Update(f"LOAD <{A}> ; DROP GRAPH <urn:absent>", answers=(Answer(A, upload=good),)),
        Update(f"INSERT DATA {{ <urn:s> <urn:p> 'x' }} ; LOAD <{A}>", answers=(Answer(A, upload=bad),)),
        Update(f"LOAD SILENT <{A}> ; INSERT DATA {{ <urn:s> <urn:p> 'silent' }}", answers=(Answer(A, upload=bad),)),
        Update("INSERT DATA { <urn:s> <urn:p> 'last' }"),
    )
    assert [outcome.done for outcome in (kept, absent, broken, silent, last)] == [True, False, False, True, True]
    assert "absent" in str(absent.error)
    assert f"LOAD <{A}>" in str(broken.error)
    assert objects(store) == {"kept", "silent", "last"}
    assert store.verify() == []


def test_a_service_is_what_was_answered(store):
    text = """PREFIX b: <http://b.example/> INSERT DATA { <urn:s> <urn:p> 1, 2 } ;
        INSERT { ?s <urn:q> ?x } WHERE { ?s <urn:p> ?o SERVICE SILENT b:sparql { ?o <urn:is> ?x } }"""
    answer = Answer(B, ' VALUES (?o ?x) { (1 "SERVICE") (3 "LOAD") } ')
    assert one(store, Update(text, answers=(answer,))).done
    assert rows(store.current, "SELECT ?x { ?s <urn:q> ?x }") == [("SERVICE",)]


def test_calls_are_told_as_they_are_to_be_asked():
    text = f"""PREFIX b: <http://b.example/> BASE <http://a.example/> LOAD SILENT <x> INTO GRAPH <g> ;
        INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE b:sparql {{ ?s b:p ?o SERVICE <{A}> {{ }} }} SERVICE ?v {{ }} }}"""
    load, outer, inner, unnamed = read_update(text).calls
    assert (load.word, load.address, load.silent, load.graph) == ("LOAD", A, True, "http://a.example/g")
    assert (outer.word, outer.address, outer.silent) == ("SERVICE", B, False)
    assert outer.block == f"{{ ?s <http://b.example/p> ?o SERVICE <{A}> {{ }} }}"
    assert (inner.address, unnamed.address) == ("", ""), "nobody is asked to ask another one"


@pytest.mark.parametrize(
    "text", ["LOAD", "LOAD SILENT", "LOAD <urn:a> INTO <urn:b>", "LOAD <urn:a> TO GRAPH <urn:b>", "LOAD 'a'"]
)
def test_a_load_that_is_none_is_refused(text):
    with pytest.raises(QueryError, match="expected LOAD"):
        read_update(text)


def test_nobody_is_asked_for_a_text_that_is_no_update():
    fine = f"LOAD <{A}> ; INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{B}> {{ ?s ?p ?o }} }} ; DROP GRAPH <urn:absent>"
    check_syntax(read_update(fine).operations)
    for wrong in (fine.replace("?o } }", "?o ?o } }"), fine.replace("SILENT", "SILENT SILENT"), fine + " ; ADD TO <urn:a>"):
        with pytest.raises(QueryError, match=r"not SPARQL 1\.1"):
            check_syntax(read_update(wrong).operations)


def test_loading_is_no_way_into_what_harmonizing_keeps(harmonized, tmp_path):
    file = upload(tmp_path / "up", "<urn:s> <urn:p> 1 .")
    for graph in (S + "a", GRAPH_JOBS):
        assert isinstance(
            one(harmonized, Update(f"LOAD <{A}> INTO GRAPH <{graph}>", answers=(Answer(A, upload=file),))).error, RefusedError
        )
    assert one(harmonized, Update(f"LOAD <{S}a> INTO GRAPH <{OWN}>", answers=(Answer(S + "a", upload=file),))).done
    assert objects(harmonized, OWN) == {"1"}


def test_a_writer_is_not_told_which_hidden_sources_there_are(store, tmp_path):
    store.publish(batch(tmp_path / "in", {"a": (['"secret"'], []), "b": (['"x"'], [])}, audience={"a": "lab"}))
    up = upload(tmp_path / "up", "<urn:s> <urn:p> 1 .")

    def answers(graph: str) -> list[str]:
        texts = (
            "INSERT DATA {{ GRAPH <{0}> {{ <urn:s> <urn:p> 1 }} }}",
            "DROP GRAPH <{0}>",
            "CREATE SILENT GRAPH <{0}>",
            "COPY <{0}> TO <urn:g>",
        )
        writes = [
            PutGraph(graph, (up,)),
            PostGraph(graph, (up,)),
            DeleteGraph(graph),
            *(Update(text.format(graph)) for text in texts),
        ]
        return [f"{type(outcome.error)} {outcome.error}".replace(graph, "GRAPH") for outcome in done(store, *writes)]

    hidden = answers(S + "a")
    for other in (S + "b", S + "none", S + "a/image/1", S + "none/image/1", S + "deep/er"):
        assert answers(other) == hidden
    assert store.current.graphs() == [S + "a", S + "b"]


def test_a_graph_with_the_name_of_a_source_that_was_there_first_can_go(store, tmp_path):
    assert one(
        store, Update(f"INSERT DATA {{ GRAPH <{S}c> {{ <urn:s> <urn:p> 1 }} GRAPH <{S}d> {{ <urn:s> <urn:p> 1 }} }}")
    ).done
    store.publish(batch(tmp_path / "in", {"a": (['"x"'], [])}))
    with pytest.raises(StoreError, match="written by hand; delete it first"):
        store.publish(batch(tmp_path / "c", {"c": (['"x"'], [])}))
    assert one(store, DeleteGraph(S + "c")).done
    assert objects(store, S + "d") == {"1"}
    store.publish(batch(tmp_path / "c", {"c": (['"x"'], [])}))
    assert isinstance(one(store, DeleteGraph(S + "c")).error, RefusedError)
    assert store.verify() == []


def test_what_was_written_by_hand_stays_when_sources_come_and_go(harmonized, tmp_path):
    done(
        harmonized,
        Update(f"INSERT DATA {{ <urn:s> <urn:p> 'default' . GRAPH <{OWN}> {{ <urn:s> <urn:p> 'own' }} }}"),
        Update("CREATE GRAPH <urn:empty>"),
    )
    assert harmonized.verify() == []
    for change in (
        lambda: harmonized.publish(batch(tmp_path / "c", {"c": (['"four"'], persons(3))}, describe=describe)),
        lambda: harmonized.publish(batch(tmp_path / "d", {name: ([f'"{name}{n}"' for n in range(9)], []) for name in "abc"})),
        lambda: harmonized.withdraw([S + name for name in "abc"]),
    ):
        generation = change()
        assert harmonized.verify() == []
        assert objects(harmonized, OWN) == {"own"}
        assert "default" in objects(harmonized)
        assert "urn:empty" in generation.graphs()
        assert generation.stats()["statements"]["written"] == 2
        assert generation.count() == generation.stats()["statements"]["all"]
    assert one(harmonized, Update("INSERT DATA { <urn:s> <urn:p> 'again' }")).done
    assert harmonized.verify() == []


def test_files_of_a_batch_may_still_not_touch_what_was_written_by_hand(harmonized, tmp_path):
    assert one(harmonized, Update(f"INSERT DATA {{ <urn:s> <urn:p> 1 . GRAPH <{OWN}> {{ <urn:s> <urn:p> 1 }} }}")).done
    for number, line in enumerate((f"<{OWN}> {{ <urn:s> <urn:p> 2 }}", "<urn:s> <urn:p> 2 .")):
        made = batch(tmp_path / f"x{number}", {"c": (['"x"'], [])})
        made.own[0].write_text(made.own[0].read_text() + line)
        with pytest.raises(StoreError, match="nothing was published"):
            harmonized.publish(made)


def test_another_store_object_sees_what_is_written_and_may_publish_between_two_writes(store, tmp_path):
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 1 }")).done
    with Store.open(store.path) as other:
        assert rows(other.current, "SELECT ?o { ?s ?p ?o }") == [("1",)]
        other.publish(batch(tmp_path / "in", {"a": (['"x"'], [])}))
        assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 2 }")).done
        assert {row[0] for row in rows(other.current, "SELECT ?o { ?s ?p ?o }")} == {"1", "2", "x"}
        with other.writing(), pytest.raises(StoreError, match="another job is writing"):
            one(store, Update("INSERT DATA { <urn:s> <urn:p> 3 }"))
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 3 }")).done
    assert store.verify() == []


def test_generations_that_nobody_reads_go_and_those_that_somebody_reads_stay(store):
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 0 }")).done
    with Store.open(store.path) as reader:
        held = reader.current
        for number in range(1, 6):
            assert one(store, Update(f"INSERT DATA {{ <urn:s> <urn:p> {number} }}")).done
        assert is_held(held.path)
        assert rows(held, "SELECT ?o { ?s ?p ?o }") == [("0",)]
        assert len(list((store.path / "generations").iterdir())) == 3
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 6 }")).done
    assert len(list((store.path / "generations").iterdir())) == 2
    about = json.loads((store.current.path / "generation.json").read_text())
    assert about["writes"] == ["w0"]


def test_the_working_folder_of_a_writer_that_died_goes_with_the_next_write(store):
    dead = store.path / "work-writer-dead"
    (dead / "db-1").mkdir(parents=True)
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 0 }")).done
    assert not dead.exists()
    store.close()
    assert not list(store.path.glob("work-*"))
    Store.open(store.path).close()


@pytest.mark.parametrize(
    "text",
    [
        "INSERTDATA { <urn:s> <urn:p> 1 }",
        "INSERT { ?s ?p trueGRAPH <urn:g> { ?s ?p 1 } } WHERE { ?s ?p ?o }",
        "INSERT DATA { x:s x:p 1 }",
        "INSERT DATA { <s> <p> 1 }",
        'INSERT DATA { <urn:s> <urn:p> "\\q" }',
        "INSERT DATA { <urn:s> <urn:p> '''x }",
        "INSERT DATA { <urn:s> <urn:p> 1 } ; ; CLEAR DEFAULT",
        "SELECT * { ?s ?p ?o }",
        "PREFIX x <urn:> INSERT DATA { x:s x:p 1 }",
        "INSERT DATA { <urn:s> <urn:p> 1 } \u00a0",
        "INSERT DATA { " + "(" * 501 + ")" * 501 + " }",
        "INSERT { ?s ?p 1 } WHERE { ?s " + "/".join(["<urn:p>"] * 3_002) + " ?o }",
    ],
)
def test_texts_that_are_no_update_or_can_be_read_in_two_ways_are_refused(text):
    with pytest.raises(QueryError):
        read_update(text)


def test_graphs_of_the_protocol_are_put_into_each_operation_that_looks():
    text = "INSERT DATA { <urn:s> <urn:p> 1 } ; DELETE WHERE { ?s ?p ?o } ; INSERT { ?s ?p 2 } WHERE { ?s ?p ?o }"
    assert read_update(text, "", ["urn:g"], ["urn:n"]).text == (
        "INSERT DATA { <urn:s> <urn:p> 1 } ;\n"
        "DELETE { ?s ?p ?o } USING <urn:g> USING NAMED <urn:n> WHERE { ?s ?p ?o } ;\n"
        "INSERT { ?s ?p 2 } USING <urn:g> USING NAMED <urn:n> WHERE { ?s ?p ?o }"
    )
    for own in ("USING <urn:x>", "USING NAMED <urn:x>"):
        with pytest.raises(QueryError, match="USING or WITH"):
            read_update(f"INSERT {{ ?s ?p 2 }} {own} WHERE {{ ?s ?p ?o }}", "", ["urn:g"])
    with pytest.raises(QueryError, match="absolute IRI"):
        read_update(text, "", ["urn:g> WHERE { } ; DROP ALL #"])


# What follows is one language of updates, some of which are refused and many of which are wrong.
_PROLOGUE = "PREFIX m: <https://w3id.org/bioimage-kg/id/source/> PREFIX o: <http://o/> BASE <https://w3id.org/bioimage-kg/id/source/x>\n"
graphs = st.sampled_from(
    [
        "o:own",
        "<http://o/own>",
        "m:a",
        "<a>",
        f"<{S}a>",
        "<\\u0061>",
        "m:\\a",
        f"<{GRAPH_SHARED}>",
        "o:a.b",
        "?g",
        "<x/../a>",
        "m:%61",
    ]
)
terms = st.sampled_from(
    ["<urn:s>", "o:s", "?s", "true", "1", "-1", "1.5e3", '"x"@en-GB', "'''a\n} ;'''", '"\\u007D"', "_:b", "a"]
)
triples = st.tuples(st.sampled_from(["?s", "o:s", "<urn:s>", "_:b"]), st.sampled_from(["a", "?p", "o:p"]), terms).map(" ".join)
blocks = st.tuples(st.sampled_from(["GRAPH ", "graph", ""]), graphs, triples).map(
    lambda part: f"{part[0]}{part[1]} {{ {part[2]} }}" if part[0] else part[2] + " ."
)
templates = st.lists(blocks, min_size=1, max_size=3).map(" ".join)
filters = st.sampled_from(
    ["", "FILTER(?s<?o&&?o>?s)", "FILTER(?s<?o#> ) \n)", "BIND(m:a AS ?g)", "SERVICE<http://o/>{}", "VALUES ?g { m:a }"]
)
operations = st.one_of(
    st.tuples(st.sampled_from(["INSERT DATA", "DELETE DATA", "insert#c\ndata", "DELETE WHERE"]), templates).map(lambda p: f"{p[0]}{{{p[1]}}}"),
    st.tuples(st.sampled_from(["", "WITH m:a ", "WITH o:own"]), st.sampled_from(["DELETE", "INSERT"]), templates, blocks, filters).map(
        lambda p: f"{p[0]} {p[1]}{{{p[2]}}} WHERE {{ {p[3]} {p[4]} }}"
    ),
    st.tuples(st.sampled_from(["CLEAR", "DROP", "CREATE", "drop silent"]), st.sampled_from(["GRAPH", ""]), graphs).map(" ".join),
    st.tuples(st.sampled_from(["ADD", "MOVE", "COPY SILENT"]), graphs, st.just("TO"), st.one_of(graphs, st.just("DEFAULT"))).map(" ".join),
    st.sampled_from(["DROP ALL", "CLEAR NAMED", "CLEAR DEFAULT", "DELETE{?s ?p ?o}WHERE{?s ?p ?o}"]),
)  # fmt: skip
texts = st.lists(operations, min_size=1, max_size=3).map(lambda some: _PROLOGUE + " ;\n".join(some))
cuts = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["", " ", "}", "{", "<", ">", "#", '"', ";", "GRAPH", "m:a", "\n"])),
    max_size=2,
)


def managed_store() -> ox.Store:
    db = ox.Store()
    for graph in (S + "a", GRAPH_SHARED, "http://o/own", "http://o/a.b"):
        db.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("http://o/p"), ox.Literal("x"), ox.NamedNode(graph)))
    db.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("http://o/p"), ox.Literal("x")))
    return db


def kept(db: ox.Store, managed: Managed) -> list[str]:
    """All that harmonizing keeps: statements, and the names of graphs."""
    names = sorted(str(graph) for graph in db.named_graphs() if graph.value in managed)
    return names + sorted(str(q) for q in db if isinstance(q.graph_name, ox.NamedNode) and q.graph_name.value in managed)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts, cuts)
def test_whatever_update_is_accepted_the_graphs_that_harmonizing_keeps_are_as_before(text, cuts):
    for place, put in cuts:
        text = text[: len(_PROLOGUE) + place] + put + text[len(_PROLOGUE) + place + 1 :]
    managed, db = Managed(frozenset({S + "a"}), hidden=False, present=True), managed_store()
    before = kept(db, managed)
    try:
        read = read_update(text, "http://base/")
        managed.check_targets(read.targets, sees_everything=True)
        for step in read.steps():
            db.update(step)
    except (KgError, SyntaxError, RuntimeError):
        pass
    assert kept(db, managed) == before


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
def test_what_is_written_anew_does_what_the_text_says(text):
    def result(updated: str, **more: str) -> list[str] | None:
        db = managed_store()
        try:
            db.update(updated, **more)
        except SyntaxError:
            return None
        except RuntimeError as error:
            return [str(error)]
        dataset = ox.Dataset(db)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return sorted(map(str, dataset)) + sorted(str(graph) for graph in db.named_graphs())

    if "SERVICE" in text:
        return
    try:
        again = read_update(text, "http://base/").text
    except QueryError:
        return
    meant = result(text, base_iri="http://base/")
    # Where Oxigraph reads "<?o&&?o>" as two comparisons, SPARQL says it is an IRI.
    assert result(again) == meant or "<?o" in text


def test_tokens_are_told_apart_as_sparql_says():
    text = 'PREFIX e:<urn:> INSERT{?s e:a.b"x"@en,5.GRAPH e:g{<<(e:s e:p 1)>>e:p"1"^^e:d,-5,1.e3}}WHERE{?s e:p*/^e:q?x}'
    [operation] = read_operations(text)
    assert [token.text for token in operation if token.kind not in {"mark", "word"}] == [
        "?s", "<urn:a.b>", '"x"', "@en", "5", "<urn:g>", "<urn:s>", "<urn:p>", "1", "<urn:p>", '"1"', "<urn:d>", "-5", "1.e3",
        "?s", "<urn:p>", "<urn:q>", "?x",
    ]  # fmt: skip


def test_names_of_own_things_are_not_changed_by_reading():
    assert NAME in read_update(f"INSERT DATA {{ <urn:s> <{NAME}> 1 }}").text


def seen(generation: Generation, *groups: str) -> tuple[list[str], dict[str, int]]:
    """What members of groups see: all statements and names of graphs, and what the description counts."""
    there = snapshot(generation, groups)
    db = ox.Store.read_only(str(there.database))
    return sorted(map(str, db)) + sorted(str(graph) for graph in db.named_graphs()), there.about()["statements"]


def test_what_each_audience_sees_goes_on_with_every_write(store, tmp_path):
    hidden = {"a": "lab-a", "b": "lab-b"}
    store.publish(batch(tmp_path / "in", {name: ([f'"{name}"'], persons(1)) for name in "abc"}, audience=hidden))
    groups = ((), ("lab-a",), ("lab-b",))
    for some in groups:
        snapshot(store.current, some)
    for write in (
        Update(f"INSERT DATA {{ <urn:s> <urn:p> 1, 2 . GRAPH <{OWN}> {{ <urn:s> <urn:p> 3 }} }}"),
        Update(
            f"DELETE DATA {{ <urn:s> <urn:p> 1 }} ; CREATE GRAPH <urn:empty> ; COPY <{OWN}> TO <urn:copy>", sees_everything=True
        ),
        PutGraph(OWN, (upload(tmp_path / "up", "_:a <urn:p> _:b . _:b <urn:p> 'é' ."),)),
        DeleteGraph(OWN),
        Update("CLEAR DEFAULT"),
    ):
        assert one(store, write).done
        current = store.current
        carried = {there.audience for there in snapshots(current)}
        assert carried == {"public", "lab-a", "lab-b"}, "made before the write is acknowledged"
        for some in groups:
            folder = tmp_path / f"anew-{current.id}-{'-'.join(some)}"
            folder.mkdir()
            build_view(current, folder, {"public", *some}, "anew")
            anew = ox.Store.read_only(str(folder / "db"))
            found, counted = seen(current, *some)
            assert found == sorted(map(str, anew)) + sorted(str(graph) for graph in anew.named_graphs())
            assert counted == json.loads((folder / "generation.json").read_text())["statements"]
            assert counted["all"] == len(anew)


def test_a_view_goes_on_after_another_job_has_published_between_two_writes(store, tmp_path):
    store.publish(batch(tmp_path / "in", {"a": (['"a"'], []), "b": (['"b"'], [])}, audience={"a": "lab"}))
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 'first' }")).done
    with Store.open(store.path) as other:
        other.publish(batch(tmp_path / "c", {"c": (['"c"'], [])}))
    half = PutGraph(OWN, (upload(tmp_path / "up", "<urn:s> <urn:p> 'own' ."),))
    assert all(outcome.done for outcome in done(store, half, Update("INSERT DATA { <urn:s> <urn:p> 'last' }")))
    texts = [line.split(" ", 2)[2] for line in seen(store.current)[0] if line.count(" ") > 1]
    assert sorted(text.split('"')[1] for text in texts) == ["b", "c", "first", "last", "own"]


@pytest.mark.parametrize("call", ["CONCAT(STR(?s), '-x')", "COALESCE(?s, 1)", "CONCAT ('a', 'b')", "BNODE()", "IF(true, 1, 2)"])
def test_functions_are_evaluated_whatever_blanks_stand_before_their_brackets(call):
    text = "INSERT { <urn:x> <urn:p> ?x } WHERE { VALUES ?s { 1 } BIND(CALL AS ?x) }".replace("CALL", call)
    (operation,) = read_operations(text, "http://x/")
    store = ox.Store()
    store.update(written(operation))
    assert len(store) == 1


IDLE = (
    "",
    "INSERT DATA { <urn:s> <urn:p> 1 }",
    "DELETE DATA { <urn:s> <urn:p> 77 }",
    "DELETE WHERE { <urn:none> ?p ?o }",
    "DROP SILENT GRAPH <urn:none>",
    "INSERT DATA { <urn:s> <urn:p> 2 } ; DELETE DATA { <urn:s> <urn:p> 2 }",
)


@pytest.mark.parametrize("text", IDLE)
def test_an_update_without_effect_publishes_nothing(store, text):
    one(store, Update("INSERT DATA { <urn:s> <urn:p> 1 }"))
    before = store.current.id
    assert one(store, Update(text)) == Outcome(changed=False)
    assert store.current.id == before
    # In a group one change is enough for a generation, which holds all of them.
    done(store, Update(text), Update("INSERT DATA { <urn:s> <urn:p> 9 }"), Update(text))
    assert store.current.id > before
    assert store.current.writes == {"w0", "w1", "w2"}
    assert objects(store) == {"1", "9"}


def test_clearing_what_is_empty_publishes_nothing_and_making_an_empty_graph_does(store):
    one(store, Update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"))
    assert not one(store, Update("DROP DEFAULT")).changed
    assert one(store, Update("CREATE GRAPH <urn:new>")).changed
    assert store.current.graphs() == ["urn:g", "urn:new"]
    assert one(store, Update("DROP GRAPH <urn:new>")).changed
    assert store.current.graphs() == ["urn:g"]


def test_in_a_large_graph_statements_named_one_by_one_are_looked_up(store):
    one(store, Update(f"INSERT DATA {{ <urn:s> <urn:p> {','.join(map(str, range(2_500)))} }}"))
    before = store.current.id
    assert not one(store, Update("INSERT DATA { <urn:s> <urn:p> 7 }")).changed
    assert not one(store, Update("DELETE DATA { <urn:s> <urn:p> 7000 }")).changed
    assert store.current.id == before
    assert one(store, Update("INSERT DATA { <urn:s> <urn:p> 7, 7000 }")).changed
    assert "7000" in objects(store)


STEPS = st.sampled_from(
    (
        "INSERT DATA { <urn:a> <urn:p> 1 }",
        "DELETE DATA { <urn:a> <urn:p> 1 }",
        "INSERT { GRAPH <urn:g> { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        "DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }",
        "COPY SILENT <urn:g> TO DEFAULT",
        "MOVE SILENT <urn:g> TO <urn:h>",
        "WITH <urn:h> DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } WHERE { ?s ?p ?o }",
        "CREATE SILENT GRAPH <urn:g>",
        "DROP SILENT GRAPH <urn:h>",
        "CLEAR DEFAULT",
        "DROP ALL",
    )
)


@settings(deadline=None, max_examples=6)
@given(groups=st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=5))
def test_whatever_is_published_or_not_the_store_holds_what_the_updates_say(tmp_path_factory, groups):
    alone = ox.Store()
    with Store.open(tmp_path_factory.mktemp("s") / "store", create=True) as store:
        for group in groups:
            for text in group:
                alone.update(text)
            done(store, *(Update(text) for text in group))
            assert set(store.current.database) == set(alone)
            assert set(store.current.database.named_graphs()) == set(alone.named_graphs())
