"""What workers do: one function for each kind of task, each in a module of its own.

A task takes the worker's ``Context`` and the request as JSON, and returns a ``Reply``. A new kind of task is a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kg.api.tasks import sparql
from kg.api.tasks.context import Context, Reply

Task = Callable[[Context, Mapping[str, Any]], Reply]

TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "sparql": sparql.answer,
    }
)

__all__ = ["TASKS", "Context", "Reply", "Task"]
