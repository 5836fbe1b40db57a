"""Manners: how often, how long and how stubbornly a server is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """What is borne, and what is asked of a server at most.

    Attributes:
        rate: most requests a second.
        connect: seconds until a connection must stand.
        silence: seconds without a byte.
        whole: seconds that an answer may take in all.
        attempts: how often a request is made in all.
        pause: seconds before the second attempt, at most; doubled for each further one, and a random part of it is taken.
        longest_pause: most seconds that are waited, also where the server asks for more.
        failures: failed attempts in a row after which the server is left alone.
        rest: seconds for which it is; doubled when it fails again at once.
        longest_rest: most seconds for which it is.
        size: most bytes of an answer.
        redirects: most redirects on the way to an answer.
        pages: most pages of a list.
        rows: entries of a page of a search.
        fresh: seconds until the list of ontologies is asked for anew; it says which answers have to be.
        kept: seconds until any other answer is asked for anew, even if its ontology is as it was.
    """

    rate: float = 5.0
    connect: float = 10.0
    silence: float = 20.0
    whole: float = 60.0
    attempts: int = 3
    pause: float = 1.0
    longest_pause: float = 30.0
    failures: int = 5
    rest: float = 60.0
    longest_rest: float = 900.0
    size: int = 32 << 20
    redirects: int = 3
    pages: int = 50
    rows: int = 100
    fresh: int = 86_400
    kept: int = 180 * 86_400
