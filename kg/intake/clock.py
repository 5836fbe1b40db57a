"""Clock: the time and waiting as a value, so that what depends on them can be run with another one."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells seconds that only ever grow, and waits."""

    def now(self) -> float:
        """Return seconds since some moment; only differences mean anything."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of this machine, unmoved by whoever sets its time."""

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; nothing for 0 or less."""
        if seconds > 0:
            time.sleep(seconds)
