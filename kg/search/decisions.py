"""Which words of the source stand behind a term, and the decision that chose it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kg.curie import KG
from kg.search.arrays import Ints, Strings, read_arrays, span_of, write_arrays, write_strings
from kg.search.extract import Extract
from kg.search.fields import Step
from kg.search.vocabulary import Vocabulary
from kg.store.batch import CHOSEN_TERM

DECIDED = Step(KG + "decision")
"""The step from a thing to a decision about it."""

_CHUNK = 100_000


def write_decisions(folder: Path, extract: Extract, vocabulary: Vocabulary) -> None:
    """Write, for each thing in the order of their numbers, the decisions about it: term, words, IRI."""
    tables = extract.tables
    words = f"?d <{CHOSEN_TERM}> ?term . OPTIONAL {{ ?d <{KG}sourceText> ?words }}"
    extract.rows("chosen", f"SELECT ?d ?term ?words {{ {words} }}", ("d", "term", "words"))
    about = extract.edge_table(DECIDED)
    numbers = {"iri": np.asarray(vocabulary.iris, dtype=object), "code": np.arange(len(vocabulary.iris), dtype=np.int32)}
    if not vocabulary.iris:
        numbers = {"iri": np.asarray(["-"], dtype=object), "code": np.asarray([-1], dtype=np.int32)}
    tables.register("terms_of_list", numbers)
    tables.execute(
        "CREATE OR REPLACE TEMP TABLE decided AS"
        " SELECT (row_number() OVER (ORDER BY c.d, t.code) - 1)::INTEGER AS number, c.d, t.code,"
        " left(coalesce(c.words, ''), 500) AS words FROM chosen c JOIN terms_of_list t ON t.iri = c.term"
    )
    cursor = tables.execute("SELECT d, words FROM decided ORDER BY number")
    rows = [row for chunk in iter(lambda: cursor.fetchmany(_CHUNK), []) for row in chunk]
    write_strings(folder, "decision.iri", (row[0] for row in rows))
    write_strings(folder, "decision.words", (row[1] for row in rows))
    terms = tables.execute("SELECT code FROM decided ORDER BY number").fetchnumpy()["code"]
    links = tables.execute(
        f"SELECT e.a AS thing, x.number FROM {about} e JOIN node n ON n.id = e.b JOIN decided x ON x.d = n.iri ORDER BY 1, 2"  # noqa: S608
    ).fetchnumpy()
    tables.unregister("terms_of_list")
    columns = {"term": terms, "thing": links["thing"], "number": links["number"]}
    write_arrays(folder, "decision", {name: values.astype(np.int32) for name, values in columns.items()})


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions about things."""

    iris: Strings
    words: Strings
    terms: Ints
    things: Ints
    numbers: Ints

    @classmethod
    def read(cls, folder: Path) -> Decisions:
        """Map what ``write_decisions`` wrote."""
        mapped = read_arrays(folder, "decision")
        texts = Strings(folder, "decision.iri"), Strings(folder, "decision.words")
        return cls(*texts, mapped["term"], mapped["thing"], mapped["number"])

    def of(self, thing: int, term: int) -> Iterator[tuple[str, str]]:
        """Yield words and IRI of the decisions that chose a term for a thing."""
        for number in self.numbers[span_of(self.things, thing)].tolist():
            if self.terms[number] == term:
                yield self.words[number], self.iris[number]
