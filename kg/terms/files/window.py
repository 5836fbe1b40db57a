"""A window on a text that is too large to hold: it moves forward, and is widened where something does not fit in."""

from __future__ import annotations

import codecs
from typing import IO

from kg.errors import TermError

CHUNK = 1 << 18
"""Bytes read at a time."""


class Window:
    """The part of a file that is held, as text.

    Attributes:
        text: what is held.
        at: up to where it has been taken; moved by whoever reads.
    """

    __slots__ = ("_before", "_bytes", "_ended", "_name", "_stream", "at", "text")

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """Begin at the start of a stream of UTF-8; ``name`` is that of the file, for error messages."""
        self._stream, self._name = stream, name
        self._bytes = codecs.getincrementaldecoder("utf-8-sig")()
        self._before, self._ended = 0, False
        self.text, self.at = "", 0

    def widen(self, most: int, what: str) -> bool:
        """Read on, by as much as is held, so that nothing is begun too often; return False at the end of the file.

        Raises TermError, naming ``what`` is too long, where more than ``most`` characters would have to be held.
        """
        if self._ended:
            return False
        held = len(self.text) - self.at
        if held > most:
            raise self.wrong(f"has {what} of more than {most} characters")
        block = self._stream.read(max(CHUNK, held))
        self._ended = not block
        try:
            decoded = self._bytes.decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            raise TermError(self._name, "is not UTF-8") from error
        if self._ended:
            return False  # and what is held stays where it is
        self._before += self.at
        self.text, self.at = self.text[self.at :] + decoded, 0
        return True

    def wrong(self, what: str) -> TermError:
        """Return the error that says what is wrong at this place."""
        return TermError(self._name, f"{what} (at character {self._before + self.at})")
