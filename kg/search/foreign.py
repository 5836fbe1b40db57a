"""An example that is not in the store: a file is read, mapped and resolved as ``kg harmonize`` would, and thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from kg.errors import SourceError
from kg.pipeline import Pipeline, Settings
from kg.search.build import build
from kg.search.example import Example, examples_in
from kg.search.opened import Opened


def examples_of(path: Path, settings: Settings, scratch: Path | None = None) -> Sequence[Example]:
    """Return what a file or folder holds as examples, the richest of each level first; never empty.

    Args:
        path: of the source.
        settings: of the run that reads it.
        scratch: folder for the graph that it becomes for a moment; the system's when None.

    Raises:
        SourceError: it cannot be read, no mapping takes it, or it has no record of any level.
    """
    with tempfile.TemporaryDirectory(prefix="kg-example-", dir=scratch) as folder:
        place = Path(folder)
        run = Pipeline(settings).harmonize([path], place / "store")
        failed = next((outcome for outcome in run.sources if outcome.status not in {"harmonized", "part"}), None)
        if run.generation is None:
            raise SourceError(path.name, failed.reason if failed else "holds nothing that can be read")
        with run.generation as generation:
            build(generation.path / "db", place / "sidecars", generation=generation.id, index=settings.index)
        found = examples_in(Opened(place / "sidecars"))
    if not found:
        raise SourceError(path.name, "has no study, image or annotation set that others could be like")
    return found
