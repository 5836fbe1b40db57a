"""Refusal: the sentence that says why no reader takes a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.readers import safe_zip
from kg.readers.limits import Limits
from kg.readers.peek import ZIP, Peek, looks_like

if TYPE_CHECKING:
    from kg.problem import Problem

_EXPECTED = "expected one crate, one table or one export in it; unpack it and name the folder"
_SPREADSHEETS = (".xlsx", ".ods")
_ARCHIVES = (".zip", ".7z", ".tar", ".tgz", ".tar.gz", ".rar")


def reason_of(peek: Peek) -> str:
    """Return why nothing reads what a source holds; of a zip archive, what is in it."""
    if peek.head.startswith(ZIP) and peek.suffix not in _SPREADSHEETS:
        return _of_archive(peek)
    return f"looks like {looks_like(peek)}, for which there is no reader"


def _of_archive(peek: Peek) -> str:
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            names = [member.name for member in archive.members]
            problems = archive.problems
    except SourceError as error:  # beyond the limits, or cut off
        return f"is a zip archive that {error.what}" if error.what.startswith("has ") else error.what
    except OSError as error:
        return f"is a zip archive that cannot be read ({error.strerror or error})"
    remarks = [f"it also holds {_said(problem)}" for problem in problems if problem.code != "zip-duplicate"]
    nested = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if nested:
        others = f" and {len(nested) - 1:,} more" if len(nested) > 1 else ""
        remarks.append(f"it also holds archives of its own ({nested[0][:200]}{others})")
    files = "1 file" if len(names) == 1 else f"{len(names):,} files"
    return "; ".join([f"is a zip archive with {files if names else 'no file'}, {_EXPECTED}", *remarks])


def _said(problem: Problem) -> str:
    """Return what is wrong with some members, with examples."""
    found, _, names = problem.found.partition(": ")
    several = f", {problem.count:,} in all" if problem.count > 1 else ""
    return f"{found} ({names[:300]}{several})"
