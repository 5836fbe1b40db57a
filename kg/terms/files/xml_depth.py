"""The depth of an XML stream, counted as it passes: the time of pyoxigraph grows with its square; ontologies are shallow."""

from __future__ import annotations

import re
from typing import IO

from kg.errors import TermError

DEEPEST = 1000
"""How deep elements may nest."""

_LONGEST_TAG = 1 << 20
_MARK = re.compile(rb"<(?:(!--)|(!\[CDATA\[)|(\?)|(/)[^<>]*>|[^\s<>/!?\"'][^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>)")
_ENDS = (b"", b"-->", b"]]>", b"?>")


class Shallow:
    """A stream of XML that stops with a TermError where elements nest deeper than DEEPEST."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """Read from ``stream``; ``name`` is that of the file, for error messages."""
        self._stream, self._name = stream, name
        self._depth, self._rest, self._until = 0, b"", b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises TermError when they lead too deep."""
        block = self._stream.read(size)
        self._count(self._rest + block)
        return block

    def _count(self, data: bytes) -> None:
        at = 0
        while True:
            if self._until:  # inside a comment, CDATA or an instruction, where nothing is a tag
                end = data.find(self._until, at)
                if end < 0:
                    self._rest = data[max(at, len(data) - 2) :]
                    return
                at, self._until = end + len(self._until), b""
            found = _MARK.search(data, at)
            if found is None:
                break
            at = found.end()
            self._until = _ENDS[found.lastindex or 0] if found.lastindex != 4 else b""  # noqa: PLR2004 - an end tag
            if found.lastindex is None:
                self._depth += data[at - 2] != ord("/")
                if self._depth > DEEPEST:
                    raise TermError(self._name, f"nests elements deeper than {DEEPEST} levels; such files are refused")
            elif not self._until:
                self._depth -= 1
        begun = data.rfind(b"<", at)
        self._rest = data[begun:] if begun >= 0 else b""
        if len(self._rest) > _LONGEST_TAG:
            raise TermError(self._name, f"has a tag of more than {_LONGEST_TAG} bytes; such files are refused")
