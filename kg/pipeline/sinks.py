"""Sinks: where the TriG blocks of a mapping go."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import polars as pl


class Files:
    """A Sink of two files."""

    def __init__(self, folder: Path) -> None:
        """Open both files in an existing folder."""
        self.own_path, self.shared_path = folder / "own.trig", folder / "shared.trig"
        self._own: IO[bytes] = self.own_path.open("wb")
        self._shared: IO[bytes] = self.shared_path.open("wb")

    def own(self, blocks: pl.Series) -> None:
        """Take statements about what lies under a source's IRI."""
        _write(self._own, blocks)

    def shared(self, blocks: pl.Series) -> None:
        """Take claims about what other sources may describe too."""
        _write(self._shared, blocks)

    def close(self) -> None:
        """Finish both files."""
        self._own.close()
        self._shared.close()


def _write(file: IO[bytes], blocks: pl.Series) -> None:
    blocks.to_frame("b").write_csv(file, include_header=False, quote_style="never", line_terminator="")


class Memory:
    """A Sink that keeps everything."""

    def __init__(self) -> None:
        """Start empty."""
        self.blocks: list[str] = []

    def own(self, blocks: pl.Series) -> None:
        """Take statements about what lies under a source's IRI."""
        self.blocks.extend(blocks.to_list())

    def shared(self, blocks: pl.Series) -> None:
        """Take claims about what other sources may describe too."""
        self.blocks.extend(blocks.to_list())
