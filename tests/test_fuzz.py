"""Damaged files of every format: each is read, whole or in part, or refused with a sentence of its reader, and never more."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import Seed, mutated, seeds

from kg import readers
from kg.errors import KgError, LimitError
from kg.readers.confined import Confined
from kg.readers.limits import MIB, Limits

UNFORESEEN = ("of a form that its reader does not know", "ended the process")
UNBOUNDED = ("was not read within", "MiB of memory", "nested too deeply to be read")


@pytest.fixture(scope="module")
def child():
    """Read in the confined process, as kg does: a library that crashes or runs on costs a test, not the run."""
    with Confined(Limits(seconds=30.0, memory_bytes=4096 * MIB)) as confined:
        yield confined


@dataclass(frozen=True, slots=True)
class Made:
    """A whole source, and the files that may be damaged, the first of them most often."""

    source: Path
    files: tuple[Path, ...]

    @contextmanager
    def damaged(self, rng):
        victim = self.files[0] if rng.random() < 0.5 else rng.choice(self.files)
        whole = victim.read_bytes()
        victim.write_bytes(mutated(whole, rng))
        try:
            yield
        finally:
            victim.write_bytes(whole)


@pytest.fixture(scope="module", params=seeds(), ids=lambda seed: seed.name)
def made(request, tmp_path_factory) -> Made:
    seed: Seed = request.param
    source = seed.make(tmp_path_factory.mktemp("seed"))
    files = sorted(
        (path for path in (source.parent if source.is_file() else source).rglob("*") if path.is_file()),
        key=lambda p: (p != source, p),
    )
    return Made(source, tuple(files))


def read(source: Path, child: Confined) -> str:
    """Return what became of a source: ``read``, or the sentence with which it was refused."""
    found = readers.discover([source])
    for each in found:
        if each.path.is_file():
            head = readers.peek(each)
            for reader in readers.readers():  # in the product one that breaks down over a head is passed over
                assert reader.claims(head) in {True, False}
        try:
            reading = child.read(each)
        except KgError as error:
            return error.what
        for table in reading.tables.values():
            table.frame.collect()
    return "read"


@settings(
    max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
@given(rng=st.randoms(use_true_random=False))
def test_a_damaged_file_is_read_or_refused_in_its_readers_words(rng, made, child):
    with made.damaged(rng):
        said = read(made.source, child)
    assert not any(words in said for words in UNFORESEEN + UNBOUNDED), said
    assert said.strip()


def test_every_reader_has_a_file_that_is_damaged(tmp_path):
    known = set()
    for number, seed in enumerate(seeds()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for source in readers.discover([seed.make(folder)]):
            try:
                known.add(readers.reader_for(source).NAME)
            except LimitError:
                continue
    assert known >= {reader.NAME for reader in readers.readers()}
