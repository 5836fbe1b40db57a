"""Whatever is published, replaced and withdrawn, the store holds the merge of what the present sources say, and nothing else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store import NAME, TERM, S, describe, entry

from kg.store import CHOSEN_TERM, Batch, Store, canonical_lines

XSD = "http://www.w3.org/2001/XMLSchema#"
SPELLINGS = ('"Ada"', '"\\u0041da"', f'"1"^^<{XSD}integer>', f'"01"^^<{XSD}integer>', '"x"@en', '"a <b> ."')
Claim = tuple[int, int]
Said = tuple[frozenset[int], frozenset[Claim], frozenset[int]]
said = st.tuples(
    st.frozensets(st.integers(0, 4), max_size=4),
    st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, len(SPELLINGS) - 1)), max_size=6),
    st.frozensets(st.integers(1, 3), max_size=2),
)
steps = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abcd"), said, max_size=3), st.sets(st.sampled_from("abcd"), max_size=2)),
    min_size=1, max_size=6,
)  # fmt: skip


def lines(name: str, what: Said) -> tuple[str, str]:
    words, claims, terms = what
    own = [f'<{S}{name}/{n}> <{NAME}> "{n}"' for n in words] + [
        f"<{S}{name}/d{n}> <{CHOSEN_TERM}> <{TERM}00{n}>" for n in terms
    ]
    shared = [f"<https://orcid.org/{who}> <{NAME}> {SPELLINGS[n]}" for who, n in claims]
    return "".join(f"{line} <{S}{name}> .\n" for line in own), "".join(f"{line} <{S}{name}> .\n" for line in shared)


def batch_of(folder: Path, sources: dict[str, Said], withdrawn: tuple[str, ...] = ()) -> Batch:
    own, claims = folder / "own.nq", folder / "claims.nq"
    texts = [lines(name, what) for name, what in sources.items()]
    own.write_text("".join(text for text, _ in texts))
    claims.write_text("".join(text for _, text in texts))
    return Batch(tuple(entry(name) for name in sources), (own,), (claims,), withdrawn=withdrawn, describe=describe)


def check(store: Store, fresh: Store, folder: Path, present: dict[str, Said]) -> None:
    quads = list(store.current.database)
    triples = {(quad.subject, quad.predicate, quad.object) for quad in quads}
    assert len(quads) == len(triples), "a statement stands twice"
    [(count,)] = store.current.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(count.value) == len(triples) == store.current.stats()["statements"]["all"]
    expected = fresh.publish(batch_of(folder, present))
    assert canonical_lines(quads) == canonical_lines(expected.database)
    assert store.verify() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_any_history_leaves_what_a_fresh_store_of_the_present_sources_holds(history):
    present: dict[str, Said] = {}
    with TemporaryDirectory() as name, Store.open(Path(name) / "store", create=True) as store:
        for coming, going in history:
            withdrawn = tuple(sorted(S + source for source in going if source in present and source not in coming))
            present = {source: what for source, what in present.items() if S + source not in withdrawn} | coming
            store.publish(batch_of(Path(name), coming, withdrawn))
        with Store.open(Path(name) / "fresh", create=True) as fresh:
            check(store, fresh, Path(name), present)
