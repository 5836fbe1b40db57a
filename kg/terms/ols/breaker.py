"""Breaker and pace: a server that fails is left alone for a while, and one that answers is not hurried."""

from __future__ import annotations

import time

from kg.errors import TermError


class Outage(TermError):  # noqa: N818 - an outage is none of kg's errors
    """OLS did not answer, or was not asked: ``what`` says why, for a decision. It never means that there is no such term."""


class Breaker:
    """Counts failures in a row; after some of them the server rests, then one request may try."""

    def __init__(self, failures: int, rest: float, longest: float) -> None:
        """Take how many failures in a row are borne, and for how many seconds the server then rests, first and at most."""
        self._most, self._first, self._longest = failures, rest, longest
        self._rest = rest
        self._failed = 0
        self._until = 0.0
        self._last = ""

    @property
    def resting(self) -> str:
        """Return why nothing may be asked now; an empty text when it may."""
        left = self._until - time.monotonic()
        if left <= 0:
            return ""
        return f"it is left alone for another {max(1, round(left))} s, because {self._last}"

    def succeeded(self) -> None:
        """Note an answer, be it one that nobody likes: the server is there."""
        self._failed, self._until, self._rest = 0, 0.0, self._first

    def failed(self, reason: str) -> None:
        """Note a failed attempt; the first one after a rest begins the next, longer rest."""
        self._failed += 1
        self._last = reason
        if self._failed >= self._most:
            self.leave(self._rest, reason)
            self._rest = min(self._rest * 2, self._longest)
            self._failed = self._most - 1

    def leave(self, seconds: float, reason: str) -> None:
        """Leave the server alone for as long as it asks for, at most for the longest rest."""
        self._until = max(self._until, time.monotonic() + min(seconds, self._longest))
        self._last = reason


class Pace:
    """Keeps a distance between requests."""

    def __init__(self, rate: float) -> None:
        """Take how many requests a second are allowed."""
        self._distance = 1 / rate
        self._next = 0.0

    def wait(self) -> None:
        """Wait until the next request is due."""
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._distance
