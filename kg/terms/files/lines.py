"""Lines of a text file that nobody vouches for: bounded, UTF-8, counted."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from kg.errors import TermError

if TYPE_CHECKING:
    from collections.abc import Iterator


def utf8_lines(stream: IO[bytes], name: str, called: str = "line", longest: int = 1 << 20, before: int = 0) -> Iterator[str]:
    """Yield the lines with their ends; raises TermError, with the number, for one that is too long or not UTF-8.

    Args:
        stream: where the lines come from.
        name: of the file, for people.
        called: what people call a line of such a file.
        longest: how many bytes a line may have.
        before: how many lines were read before.
    """
    number = before
    while raw := stream.readline(longest):
        number += 1
        if len(raw) == longest:
            raise TermError(name, f"{called} {number} is longer than {longest} bytes")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise TermError(name, f"{called} {number} is not UTF-8") from error
