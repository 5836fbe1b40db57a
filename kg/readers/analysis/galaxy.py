"""Galaxy: workflows (.ga) and invocations as JSON, whose steps are a map from numbers to objects.

https://galaxyproject.org/ ; https://github.com/galaxyproject/gxformat2

The tables are those of any JSON (`kg.readers.tree`), but ``steps``, ``inputs``, ``outputs`` and connections are tables with a
row per member.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.readers.safe_json import loads
from kg.readers.safe_xml import load
from kg.readers.tree import Value, tables_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "galaxy"
RANK = 60
TITLE = "Galaxy workflow (.ga) or invocation (JSON)"

_MARK = re.compile(r'"a_galaxy_workflow"\s*:|"model_class"\s*:\s*"(?:WorkflowInvocation|StoredWorkflow)"')
_MAPS = frozenset(
    {"steps", "inputs", "outputs", "input_connections", "input_step_parameters", "output_values", "output_collections"}
)


def claims(peek: Peek) -> bool:
    """Claim JSON with the mark of a workflow or an invocation."""
    text = peek.text.lstrip()
    return text.startswith("{") and bool(_MARK.search(text))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the document.

    Raises:
        SourceError: not JSON.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    return Reading(NAME, tables_of(document.value, limits, source.key, is_map=_is_map), document.problems)


def _is_map(path: str, members: Mapping[str, Value]) -> bool:
    del members
    return path.rpartition(".")[2] in _MAPS
