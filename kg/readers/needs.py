"""Packages that only some readers need: loaded on first use, asked for by name where they are absent."""

from __future__ import annotations

import importlib
from types import ModuleType

from kg.errors import SourceError


def needed(module: str, where: str, extra: str) -> ModuleType:
    """Return a module of another package; heavy ones are loaded only when a file of theirs is read.

    Args:
        module: full name of the module.
        where: key of the source, for the message.
        extra: what to install, such as ``bioimage-kg[em]``.

    Raises:
        SourceError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        reason = f"can be read only with the Python package {error.name}; install it with: pip install '{extra}'"
        raise SourceError(where, reason) from error
