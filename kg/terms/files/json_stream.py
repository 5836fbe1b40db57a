"""JSON read piece by piece: a document of any size passes through a window of a few megabytes.

Objects and arrays that may be large are walked; what is small by nature, such as one term, is decoded whole and bounded.
"""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any

from kg.terms.files.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_VALUE = 4 << 20
"""Most characters that a value decoded whole may have; a term of a real ontology has some thousands."""

_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONG = "a value that is not valid JSON, or one"


class JsonStream:
    """A place in a JSON document that moves forward only.

    Whoever walks an object or an array takes each value (``value``, ``members``, ``items`` or ``skip``) before going on.
    Every method raises TermError, with the place, where the document is not JSON, is cut off or nests too deep.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """Begin at the start of a stream; ``name`` is that of the file, for error messages."""
        self._window = Window(stream, name)
        self._json = json.JSONDecoder()

    def next(self) -> str:
        """Return the next character that is no blank without taking it; empty at the end of the document."""
        window = self._window
        while True:
            found = _BLANK.match(window.text, window.at)
            window.at = found.end() if found else window.at
            if window.at < len(window.text):
                return window.text[window.at]
            if not window.widen(LONGEST_VALUE, _LONG):
                return ""

    def value(self) -> Any:  # noqa: ANN401 - whatever the document holds
        """Take a whole value; raises TermError when it has more than LONGEST_VALUE characters."""
        self.next()
        window = self._window
        while True:
            try:
                value, end = self._json.raw_decode(window.text, window.at)
            except json.JSONDecodeError as error:
                if not window.widen(LONGEST_VALUE, _LONG):
                    raise window.wrong("is not valid JSON or is cut off") from error
                continue
            except RecursionError as error:
                raise window.wrong("nests too deep") from error
            except ValueError as error:  # a number with thousands of digits
                raise window.wrong(f"cannot be read as JSON: {error}") from error
            # A number that touches the end of the window may go on behind it.
            if end == len(window.text) and isinstance(value, int | float) and window.widen(LONGEST_VALUE, _LONG):
                continue
            if _SURROGATE.search(window.text, window.at, end):
                self._check_characters(value)
            window.at = end
            return value

    def members(self) -> Iterator[str]:
        """Walk an object: yield each key; its value is next."""
        for _ in self._parts("{", "}", "an object"):
            key = self.value()
            if not isinstance(key, str):
                raise self._window.wrong(f"has the key {key!r:.40}, expected a text")
            self._take(":", "a colon")
            yield key

    def items(self) -> Iterator[None]:
        """Walk an array: yield before each item."""
        return self._parts("[", "]", "an array")

    def skip(self) -> None:
        """Pass over a value, however long; what it holds may be as large as a value decoded whole."""
        if self.next() == "[":
            for _ in self.items():
                self.value()
        elif self.next() == "{":
            for _ in self.members():
                self.value()
        else:
            self.value()

    def end(self) -> None:
        """Make sure that the document ends here."""
        if self.next():
            raise self._window.wrong("goes on after its end")

    def _parts(self, opening: str, closing: str, what: str) -> Iterator[None]:
        self._take(opening, what)
        if self.next() != closing:
            yield
            while self.next() == ",":
                self._window.at += 1
                yield
        self._take(closing, f"a comma or {closing}")

    def _take(self, character: str, what: str) -> None:
        found = self.next()
        if found != character:
            raise self._window.wrong(f"has {found!r}, expected {what}" if found else f"is cut off, expected {what}")
        self._window.at += 1

    def _check_characters(self, value: object) -> None:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise self._window.wrong("holds half of a surrogate pair, which is no character") from error
