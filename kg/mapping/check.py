"""Check: looks at a text of a slot that says what kind of text it wants, before it is cast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check makes of one text.

    Attributes:
        value: what is cast in its place: the text, its normal form or an exact repair; empty where nothing may be.
        expected: what should stand there, for a Problem; empty where nothing is wrong.
        repair: what was done, or is proposed; goes with ``expected``.
    """

    value: str
    expected: str = ""
    repair: str = ""


Check = Callable[[str, str], Checked]
"""Looks at a text of a kind (``Slot.check``); asked once per distinct text of a rule."""
