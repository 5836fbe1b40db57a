"""Manners: how often a server is asked, how long it is waited for, and how much it may send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """What is asked of a server at most, and what is borne.

    Attributes:
        pause: least seconds between two requests; they go over one connection, one after the other.
        connect: seconds until a connection must stand.
        silence: seconds without a byte.
        whole: seconds that an answer may take in all.
        attempts: how often a request is made in all.
        backoff: seconds before the second attempt; doubled for each further one.
        longest_pause: most seconds that are waited, also where the server asks for more: then the run ends.
        redirects: most redirects on the way to an answer, all within the host.
        size: most bytes of an answer.
        file_size: most bytes of an archive.
        total: most bytes of a run.
        requests: most requests of a run.
        entries: entries of a page of a list.
        failures: entries in a row that may fail before the run ends.
    """

    pause: float = 0.2
    connect: float = 20.0
    silence: float = 60.0
    whole: float = 900.0
    attempts: int = 5
    backoff: float = 1.0
    longest_pause: float = 120.0
    redirects: int = 5
    size: int = 64 << 20
    file_size: int = 2 << 30
    total: int = 64 << 30
    requests: int = 1_000_000
    entries: int = 100
    failures: int = 5
