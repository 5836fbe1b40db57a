"""Keys under which names are filed: equal keys mean that two texts are the same words.

Only what is no matter of opinion is evened out here; spelling variants are a tier of their own.
"""

from __future__ import annotations

import re
import unicodedata

_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201e": "\u201c", "\u2018": "\u2019", "\u00ab": "\u00bb", "`": "`"}
_NOT_WORD = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """Return the key of a text: NFKC, case folded, runs of blanks made one, one pair of surrounding quotes dropped.

    >>> key('  "Confocal\u00a0 Microscopy" ')
    'confocal microscopy'
    >>> key("4',6-diamidino-2-phenylindole (DAPI)")
    "4',6-diamidino-2-phenylindole (dapi)"
    """
    if text.isascii():
        folded = " ".join(text.lower().split())
    else:
        # Folding can undo the normal form (U+0345), so the form is taken again after it (Unicode 3.13, D145).
        folded = " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
    if len(folded) > 2 and _QUOTES.get(folded[0]) == folded[-1]:  # noqa: PLR2004 - two quotes and something between
        return folded[1:-1].strip()
    return folded


def squash(text: str) -> str:
    """Return the letters and digits of a text alone: good for "do these two say the same?", too coarse for a look-up.

    >>> squash("Light-sheet microscopy") == squash("light sheet  Microscopy")
    True
    """
    return _NOT_WORD.sub("", key(text))
