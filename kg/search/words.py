"""Free text: what is asked, split into clauses that must all be found, and the records and terms that each is found in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tantivy

from kg.errors import QueryError
from kg.search.opened import Opened
from kg.search.texts import PARTS, analyzer

_CLAUSE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_BOOSTS = {"name": 4.0, "identifier": 3.0, "text": 1.0}
_MOST = 24


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that must be found, or must not.

    Attributes:
        text: as asked.
        words: as texts are indexed, in order.
        begins: whether the last word may go on.
        without: whether records that have it are left out.
    """

    text: str
    words: tuple[str, ...]
    begins: bool = False
    without: bool = False


def clauses_of(text: str) -> list[Clause]:
    """Return the clauses of a free text; words that hold no letter or digit are left out.

    Raises:
        QueryError: there are too many.

    >>> [clause.words for clause in clauses_of('Spinning "light sheet" H2B-GFP')]
    [('spinning',), ('light', 'sheet'), ('h2b', 'gfp')]
    """
    found = []
    reader = analyzer()
    for minus, phrase, word in _CLAUSE.findall(text):
        words = tuple(reader.analyze(phrase or word))
        if words:
            found.append(Clause(phrase or word, words, word.endswith("*"), bool(minus)))
    if len(found) > _MOST:
        raise QueryError("text", f"has {len(found)} words; at most {_MOST} are looked for at once")
    return found


def query_of(index: tantivy.Index, part: str, clause: Clause) -> tantivy.Query:
    """Return what finds a clause in one part of the texts; words are values, never query language."""
    schema = index.schema
    if clause.begins:
        last = tantivy.Query.regex_query(schema, part, clause.words[-1] + ".*")  # words hold letters and digits alone
        if len(clause.words) == 1:
            return last
        before = [tantivy.Query.term_query(schema, part, word) for word in clause.words[:-1]]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in (*before, last)])
    if len(clause.words) == 1:
        return tantivy.Query.term_query(schema, part, clause.words[0], "freq")
    return tantivy.Query.phrase_query(schema, part, list(clause.words))


def in_texts(index: tantivy.Index, searcher: tantivy.Searcher, clause: Clause) -> list[tantivy.Query]:
    """Return the ways to find a clause in the texts of records, names weighing most; none where no text has its words.

    A part that lacks a word costs as much as one that has it, so that it is left out.
    """
    whole = clause.words[:-1] if clause.begins else clause.words
    parts = [part for part in PARTS if all(searcher.doc_freq(part, word) for word in whole)]
    return [tantivy.Query.boost_query(query_of(index, part, clause), _BOOSTS[part]) for part in parts]


def terms_of_clause(opened: Opened, clause: Clause) -> list[int]:
    """Return the terms one of whose names has a clause, best first."""
    searcher = opened.names.searcher()
    query = query_of(opened.names, "name", clause)
    result = searcher.search(query, limit=max(1, searcher.num_docs))
    return list(dict.fromkeys(_numbers(searcher, result)))


def terms_with(opened: Opened, text: str) -> list[int]:
    """Return the terms one of whose names has all words of a text, best first."""
    return list(dict.fromkeys(_with_all(opened, text)))


def _with_all(opened: Opened, text: str) -> Iterator[int]:
    words = analyzer().analyze(text)[:_MOST]
    if not words:
        return
    schema = opened.names.schema
    must = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, "name", word)) for word in words]
    searcher = opened.names.searcher()
    result = searcher.search(tantivy.Query.boolean_query(must), limit=max(1, searcher.num_docs))
    yield from _numbers(searcher, result)


def _numbers(searcher: tantivy.Searcher, result: tantivy.SearchResult) -> Iterator[int]:
    """Yield the terms of the names that were found."""
    values = searcher.fast_field_values("term", [address for _, address in result.hits])
    return (int(term) for term in values if term is not None)
