"""A Problem: something wrong with a source or a choice, told so that a person can mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, aggregated: the same finding in many rows is one Problem with a count.

    Attributes:
        source: key of the source, as shown to people.
        code: a short fixed word for the kind of finding, such as ``cast`` or ``zip-bomb``.
        found: what stands there, shortened.
        expected: what should stand there.
        column: column, property or path inside the source; empty for the source as a whole.
        rows: the first rows concerned, counted as a spreadsheet does (the header is row 1).
        count: in how many places it was found.
        repair: what was done, or what is proposed; empty when nothing is.
        severity: ``error`` means that something could not be taken over as meant.
    """

    source: str
    code: str
    found: str
    expected: str
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 1
    repair: str = ""
    severity: Severity = "warning"

    def __str__(self) -> str:
        """Return one sentence: where, what was found, what was expected, what was done."""
        place = self.source
        if self.column:
            place += f", {self.column}"
        if self.rows:
            shown = ", ".join(str(row) for row in self.rows[:5])
            more = f" and {self.count - min(len(self.rows), 5)} more" if self.count > min(len(self.rows), 5) else ""
            place += f", row {shown}{more}"
        text = f"{place}: found {self.found}, expected {self.expected}"
        return f"{text}; {self.repair}" if self.repair else text

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return {**asdict(self), "rows": list(self.rows)}
