"""The store: published generations of an embedded Oxigraph database, a graph per source, every statement in one graph."""

from kg.store.answer import Answer, Term
from kg.store.audiences import may_hear
from kg.store.batch import CHOSEN_TERM, PRIVATE, PUBLIC, Amendment, Batch, Describe, SourceEntry, shared_graph
from kg.store.canonical import canonical_lines
from kg.store.convert import nquads_of, text_of
from kg.store.generation import Generation
from kg.store.store import DECISIONS, FETCHED, Store
from kg.store.tokens import check_audience

__all__ = [
    "CHOSEN_TERM",
    "DECISIONS",
    "FETCHED",
    "PRIVATE",
    "PUBLIC",
    "Amendment",
    "Answer",
    "Batch",
    "Describe",
    "Generation",
    "SourceEntry",
    "Store",
    "Term",
    "canonical_lines",
    "check_audience",
    "may_hear",
    "nquads_of",
    "shared_graph",
    "text_of",
]
