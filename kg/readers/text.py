"""Which encoding a text of unknown origin is in, decided from its bytes, and whether it is a text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]")
_CP1252_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")
_SAMPLES = 20_000
_UNITS = frozenset("mMlLgGsSAFJNVW")
_OPENING = frozenset("\u2018\u201c\u00ab\u2039")
_SIGNS = frozenset("±\u00d7≤≥≈")
_FREE = frozenset("\u2013\u2014…®©™•")
_CLOSING = frozenset("\u2019\u201d\u00bb\u203a")
_RARE_CONTROLS = bytes(sorted(frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1a\x1b\x08")))
_STRAY_TO_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
STRAY = "utf-8 with stray cp1252"
"""Name for UTF-8 in which single bytes of a Windows text stand, as copy and paste leaves them."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with the encoding it was in.

    Attributes:
        text: without a byte order mark.
        encoding: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``utf-16-le``, ``utf-16-be``, ``utf-32``, ``mac_roman``, ``cp1252``,
            ``latin-1`` or ``STRAY``.
        guessed: True when no mark or rule settles it, so that a person may want to look.
    """

    text: str
    encoding: str
    guessed: bool


def marked_encoding(head: bytes) -> str:
    r"""Return the encoding that a byte order mark, or the zero bytes of UTF-16 without one, gives away; else ``""``.

    >>> marked_encoding(b"\xef\xbb\xbfa,b"), marked_encoding(b"a\x00,\x00b\x00,\x00"), marked_encoding(b"a,b")
    ('utf-8-sig', 'utf-16-le', '')
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    zeros = head.count(0)
    if zeros * 3 >= len(head) and len(head) > 1:  # Latin text in UTF-16: every second byte is zero
        odd = head[1::2].count(0)
        if odd == zeros:
            return "utf-16-le"
        if odd == 0:
            return "utf-16-be"
    return ""


def looks_binary(head: bytes) -> bool:
    r"""Say whether bytes cannot be a text: a zero byte outside UTF-16/32, or many control characters.

    >>> looks_binary(b"\x89PNG\r\n\x1a\n\x00\x00"), looks_binary(b"Plate\tWell\n"), looks_binary("°C".encode("utf-16"))
    (True, False, False)
    """
    if marked_encoding(head):
        return False
    if b"\0" in head[:4096]:
        return True
    sample = head[:4096]
    return (len(sample) - len(sample.translate(None, _RARE_CONTROLS))) * 50 > len(sample)


def decode(data: bytes) -> Decoded:
    """Decode a whole text: by its mark, else as UTF-8, else as the likeliest single-byte encoding.

    Raises:
        UnicodeDecodeError: the byte order mark promises an encoding that the rest breaks.
    """
    marked = marked_encoding(data[: 64 * 1024])
    if marked:
        return Decoded(data.decode(marked), marked, guessed=False)
    if is_utf8([data]):
        return Decoded(data.decode(), "utf-8", guessed=False)
    encoding = guess_encoding([data])
    return Decoded(decode_as(data, encoding), encoding, guessed=True)


def decode_as(data: bytes, encoding: str) -> str:
    r"""Decode with one of the encodings named by this module, ``STRAY`` included.

    >>> decode_as("µm ".encode() + b"\x99", STRAY)
    'µm ™'
    """
    if encoding == STRAY:
        return mended(data.decode("utf-8", "surrogateescape"))
    return data.decode(encoding)


def mended(text: str) -> str:
    """Return a text decoded as UTF-8 with ``surrogateescape``, its stray bytes read as Windows-1252."""
    return text if text.isascii() else text.translate(_STRAY_TO_CP1252)


def is_utf8(chunks: Iterable[bytes]) -> bool:
    """Say whether bytes that come in pieces are UTF-8 as a whole."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    clean = True
    try:
        for chunk in chunks:
            if clean and chunk.isascii():  # far faster than decoding, and nearly always so
                continue
            decoder.decode(chunk)
            clean = not decoder.getstate()[0]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def guess_encoding(chunks: Iterable[bytes]) -> str:
    """Return the likeliest encoding of a text that is not UTF-8.

    Each byte above 127 is read as MacRoman and as Windows-1252; whichever gives more letters within words, units after
    numbers and quotation marks on the right side wins, Windows-1252 at a draw. ``latin-1`` is for bytes that
    Windows-1252 does not define.
    """
    seen: list[tuple[str, int, str]] = []
    high: set[int] = set()
    good = bad = 0
    for chunk in chunks:
        high |= set(chunk)
        room = _SAMPLES - len(seen)
        for match in _HIGH.finditer(chunk) if room > 0 else ():
            at = match.start()
            seen.append((_ascii(chunk[at - 1 : at]), chunk[at], _ascii(chunk[at + 1 : at + 2])))
            room -= 1
            if room == 0:
                break
        good += len(re.findall("[^\x00-\x7f\udc80-\udcff]", text := chunk.decode("utf-8", "surrogateescape")))
        bad += len(re.findall("[\udc80-\udcff]", text))
    if good >= bad > 0:
        return STRAY
    mac, windows = (_plausible(seen, name) for name in ("mac_roman", "cp1252"))
    if mac > windows:
        return "mac_roman"
    return "latin-1" if high & _CP1252_HOLES else "cp1252"


def _ascii(byte: bytes) -> str:
    """Return a neighbour as a character; a space where there is none or where it is itself in doubt."""
    return byte.decode() if byte and byte[0] < 0x80 else " "  # noqa: PLR2004 - the end of ASCII


def _plausible(seen: Sequence[tuple[str, int, str]], encoding: str) -> float:
    return sum(_likely(left, bytes([byte]).decode(encoding, "replace"), right) for left, byte, right in seen)


def _likely(left: str, char: str, right: str) -> float:
    """Return how well a character sits between its neighbours: above zero natural, below zero odd."""
    if char in _OPENING:
        return 2.0 if not left.isalnum() and not right.isspace() else -1.0
    if char in _CLOSING:
        return 2.0 if not left.isspace() else -1.0
    if char in "µ°" or char in _SIGNS:
        at_home = right in _UNITS if char == "µ" else left.isdigit() or left in " (" or right in "CFK "
        return 2.0 if at_home else 0.0
    return _likely_letter(left, char, right)


def _likely_letter(left: str, char: str, right: str) -> float:
    category = unicodedata.category(char)
    if category == "Ll":
        return 1.0 if left.isalpha() or right.isalpha() else -0.5
    if category == "Lu":
        return -2.0 if left.islower() else 0.5 if right.isalpha() else -0.5
    if category == "Zs" or char in _FREE:
        return 1.0
    return -3.0 if category in {"Cc", "Cn"} or char == "\ufffd" else -0.5
