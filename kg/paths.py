"""Where the packaged data lies: schema, mappings, queries and examples, in a checkout and in a wheel alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

DataKind = Literal["ontologies", "mappings", "queries", "examples"]

_PACKAGE = Path(__file__).resolve().parent


def data_dir(kind: DataKind) -> Path:
    """Return the folder of one kind of packaged data.

    In a wheel the folders lie in ``kg/data``; in a checkout they stand beside ``kg``.
    """
    packaged = _PACKAGE / "data" / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind


def user_cache_dir() -> Path:
    """Return the folder for what can be built again, such as the term index (``KG_CACHE`` or the XDG cache)."""
    own = os.environ.get("KG_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "bioimage-kg"
