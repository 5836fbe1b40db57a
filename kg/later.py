"""Later: third-party modules that take long to import, and that most runs do not need."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for a module, which is imported when something of it is first asked for.

    For type checkers the module itself is imported: ``if TYPE_CHECKING: import numpy as np`` and ``else: np = Later("numpy")``.
    """

    def __init__(self, name: str) -> None:
        """Take the full name of a module."""
        self._name = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - whatever the module has
        """Import the module, and keep what was asked for."""
        found = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found
