"""bioimage-kg: one knowledge graph from the metadata that microscopy leaves behind.

This name space holds the light values and ``connect``, the client of a service; the steps are modules of their own:
``kg.pipeline``, ``kg.store``, ``kg.terms``.
"""

from kg.client import connect
from kg.errors import KgError
from kg.problem import Problem
from kg.term import Decision, Match, Query, Term

__version__ = "0.1.0"

__all__ = ["Decision", "KgError", "Match", "Problem", "Query", "Term", "__version__", "connect"]
