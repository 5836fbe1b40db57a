"""What commands print: tables for people, JSON for programs, progress on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:  # commands that only ask should not load what harmonizes
    from kg.pipeline import Progress

_LEAST = 8


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Print a value as JSON, indented."""
    sys.stdout.write(json_text(value))


def json_text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return a value as indented JSON, with a line end."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None = None) -> None:
    """Print rows under their headers, cells shortened so that a row fits into the terminal (or into ``width``)."""
    room = width or (shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 10_000)
    cells = [[plain(cell) for cell in row] for row in [headers, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headers))]
    while sum(widths) + 2 * len(widths) > room and max(widths) > _LEAST:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    for place, row in enumerate(cells):
        print("  ".join(_cut(cell, w).ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
        if place == 0:
            print("  ".join("-" * w for w in widths))


def plain(text: str) -> str:
    """Return a foreign text as one line that does nothing to a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"


def tell(text: str) -> None:
    """Say something about the run, on standard error."""
    sys.stderr.write(f"{plain(text)}\n")


def written_to(path: Path, text: str) -> None:
    """Write a file that an option named.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(str(path), f"cannot be written ({error.strerror or error})") from error


def store_path(given: str | None) -> Path:
    """Return the store that a command works on: ``--store``, or ``KG_STORE``.

    Raises:
        UsageError: neither is given.
    """
    path = given or os.environ.get("KG_STORE")
    if not path:
        raise UsageError("--store", "say which store: --store DIR, or KG_STORE in the environment")
    return Path(path)


def progress_bar() -> tuple[Progress, Any]:
    """Return a progress callback and the bar behind it (to be closed); silent where standard error is no terminal."""
    from tqdm import tqdm  # noqa: PLC0415 - only commands that run long pay for it

    bar = tqdm(total=0, unit="source", leave=False, file=sys.stderr, disable=None, dynamic_ncols=True)

    def show(done: int, total: int, name: str) -> None:
        bar.total = total
        bar.n = done
        bar.set_postfix_str(name[-50:], refresh=False)
        bar.refresh() if done in {0, total} else bar.update(0)

    return show, bar
