"""Terms: the local index of ontology terms, and the resolver that answers from it.

Reads ontology files, builds and asks the index, and never touches mappings or stores. Only ``release`` and ``ols`` ask a
server, where the user says so. ``docs/terms.md`` is the guide to all of it.

>>> from kg.schema import load_schema
>>> from kg.term import Query
>>> from kg.terms import IndexResolver, TermIndex, default_index
>>> with TermIndex.open(default_index()) as index:
...     resolver = IndexResolver(index, load_schema().fields, "me")
...     decision = resolver.resolve(Query("imaging_method", "spinning-disk microscopes"))
>>> decision.status, decision.terms[0].curie, decision.matches[0].tier
('accepted', 'FBbi:00000253', 'variant')
>>> decision.matches[0].scope, decision.matches[0].matched
('exact', 'spinning disk')
"""

from kg.terms.answered import decision_json
from kg.terms.audit import Audited, Finding, Repaired, audit, repaired
from kg.terms.build import AddReport, add_file, add_files, remove
from kg.terms.changes import Change, Decided, changes
from kg.terms.closure import Closure, closure_of
from kg.terms.composed import Advice, Composed, composed
from kg.terms.embedded import default_index
from kg.terms.entries import Entry, Hit, Ontology
from kg.terms.files.packages import package_files, package_version
from kg.terms.index import TermIndex
from kg.terms.registry import OntologyEntry, load_registry
from kg.terms.release import Pulled, Wish, pull, receipts
from kg.terms.resolve.cascade import IndexResolver
from kg.terms.resolve.resolver import Resolver, resolve_all
from kg.terms.show import TermInfo, show

__all__ = [
    "AddReport",
    "Advice",
    "Audited",
    "Change",
    "Closure",
    "Composed",
    "Decided",
    "Entry",
    "Finding",
    "Hit",
    "IndexResolver",
    "Ontology",
    "OntologyEntry",
    "Pulled",
    "Repaired",
    "Resolver",
    "TermIndex",
    "TermInfo",
    "Wish",
    "add_file",
    "add_files",
    "audit",
    "changes",
    "closure_of",
    "composed",
    "decision_json",
    "default_index",
    "load_registry",
    "package_files",
    "package_version",
    "pull",
    "receipts",
    "remove",
    "repaired",
    "resolve_all",
    "show",
]
