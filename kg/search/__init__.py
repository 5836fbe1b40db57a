"""Search: records found by words and fields, expanded over the ontologies, with the reason for each; read from sidecars.

``build`` makes the sidecars of a snapshot, ``Search`` answers from them; the graph itself is not asked.
"""

from kg.search.build import build
from kg.search.engine import Search, SearchResult
from kg.search.fields import Field, Fields, Level, load_fields
from kg.search.places import Sidecar, newest, remove_older, sidecar_path, sidecars
from kg.search.query import Condition, SearchQuery, asked

__all__ = [
    "Condition",
    "Field",
    "Fields",
    "Level",
    "Search",
    "SearchQuery",
    "SearchResult",
    "Sidecar",
    "asked",
    "build",
    "load_fields",
    "newest",
    "remove_older",
    "sidecar_path",
    "sidecars",
]
