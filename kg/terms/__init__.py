"""Terms: the local index of ontology terms, and the resolver that answers from it.

Reads ontology files, builds and asks the index, and never touches mappings, stores or the network.
"""

from kg.terms.build import AddReport, add_file, default_index
from kg.terms.closure import Closure, closure_of
from kg.terms.entries import Entry, Hit, Ontology
from kg.terms.index import TermIndex
from kg.terms.resolve.cascade import IndexResolver
from kg.terms.resolve.resolver import Resolver, resolve_all
from kg.terms.show import TermInfo, show

__all__ = [
    "AddReport",
    "Closure",
    "Entry",
    "Hit",
    "IndexResolver",
    "Ontology",
    "Resolver",
    "TermIndex",
    "TermInfo",
    "add_file",
    "closure_of",
    "default_index",
    "resolve_all",
    "show",
]
