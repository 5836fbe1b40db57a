"""What the repairs of all kinds of text share: the outcome, and the words that stand where nothing is known yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACEHOLDER = re.compile(
    r"(?:-+|\?+|\.+|x{2,}|n\.?/?a\.?|none|null|nil|unknown|tb[acd]|todo|pending|(?:to be|not yet) .*"
    r"|not (?:available|applicable)"
    r"|(?:in|under) (?:press|review|revision|prep(?:aration)?|submission|consideration)|submitted|accepted|forthcoming"
    r"|(?:manuscript|paper|article) .*|unpublished|no \w+)\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Repair:
    """The outcome for one text.

    Attributes:
        value: what may stand in the graph: the text itself, its one normal form, or an exact repair; empty when nothing may.
        reason: what is wrong; empty when nothing is (another spelling that everybody allows is not wrong).
        proposal: what probably should stand there, where that is more than syntax and a person has to look.
    """

    value: str
    reason: str = ""
    proposal: str = ""

    @property
    def is_fine(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.reason


def placeholder(text: str) -> Repair | None:
    """Return the outcome for words that stand for nothing, such as ``TBD`` or ``in revision``; None for any other text.

    >>> placeholder("in revision") is not None, placeholder("10.1234/x") is None
    (True, True)
    """
    return Repair("", "a word that stands for nothing yet") if _PLACEHOLDER.fullmatch(text.strip()) else None
