"""Headers: the words of a column's name, without the wrappers, numbers and units that sources put around them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kg.mapping.units import unit_code

_WRAPPED = re.compile(
    r"(?P<wrapper>char[acteris]{4,12}|comments?|experimental condition|factor value|parameter value|property|attribute|factor)"
    r"\s*\[\s*(?P<inside>.+?)\s*\](?P<after>[\w .]*)",
    re.IGNORECASE,
)
_LEFT = re.compile(r"(?P<wrapper>characteristics|factor|parameter|char)\s*[:.]\s*(?P<inside>\S.*)", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_HUMPS = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[a-z]{3})(?=\d)")
_NUMBER = re.compile(r"(?<![A-Za-z\d.])#?\d{1,2}(?![A-Za-z\d.])|\.\d{1,2}$")
_LETTER = re.compile(r"(?<=\w\w\w) [a-d]$")
_CHANNEL_NUMBER = re.compile(r"(?i)(?<![a-z])ch(?:annel)?[ _-]?(\d{1,2})(?!\d)")
_CHANNEL = re.compile(r"(?<=ch)\d+$|(?<=channel)\d+$")
_NOT_WORD = re.compile(r"[^\w%]+|_+")
_LAST = re.compile(r"^(?P<words>.+?)(?:(?P<in>\s+in\s+)|[_\s,/-]+)(?P<unit>[^\s_,]+)$")
_SHORT = frozenset({"s", "h", "m", "V", "C", "K", "A", "d"})
_KEEP = ("ss", "us", "is", "as", "os")
_SMALL = frozenset({"the", "of", "a", "an", "for", "in", "on", "used"})
_SAME = frozenset({"species", "series", "lens"})
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Header:
    """A column's name, read.

    Attributes:
        name: the name as it stands.
        wrapper: what stood around it, such as ``characteristics``; empty for none.
        own: the name without wrapper, as the source spells it.
        words: folded words in their order, without numbers and units.
        number: the number that tells repeated columns apart; empty for none.
        unit: UCUM code of the unit written in it; empty for none.
        unit_text: the unit as written.
        plain: the words without what stands in brackets; the same where nothing does.
    """

    name: str
    wrapper: str
    own: str
    words: tuple[str, ...]
    number: str = ""
    unit: str = ""
    unit_text: str = ""
    plain: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the key under which the words are filed: equal keys are the same words, however they are spaced."""
        return "".join(self.words)


@lru_cache(maxsize=65_536)
def header_of(name: str) -> Header:
    """Read a column's name.

    >>> header_of("Characteristics [Cell Line] 2").words, header_of("exposure_time_ms").unit
    (('cell', 'line'), 'ms')
    >>> header_of("Pixel size X (µm)").unit, header_of("numericalAperture").words
    ('um', ('numerical', 'aperture'))
    """
    text = unicodedata.normalize("NFKC", name).strip()
    match = _WRAPPED.fullmatch(text) or _LEFT.fullmatch(text)
    wrapper = match["wrapper"].lower() if match else ""
    own = f"{match['inside']} {match.groupdict().get('after') or ''}".strip() if match else text
    rest, unit_text = _unit_taken(own)
    unit = unit_code(unit_text) or "" if unit_text else ""
    numbers = _CHANNEL_NUMBER.findall(rest) or _NUMBER.findall(rest)
    if numbers:  # Phenotype 4 Term Name a
        rest = _LETTER.sub("", rest)
    outside = _BRACKETS.sub(" ", rest)
    return Header(
        name, wrapper[:4], own, folded(rest), numbers[-1].strip("#.") if numbers else "", unit, unit_text, folded(outside)
    )


@lru_cache(maxsize=65_536)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a name: lower case, humps split, numbers and small words left out, plurals made singular.

    >>> folded("Gene Symbols 3"), folded("siRNA_pool-ID"), folded("Number of cells")
    (('gene', 'symbol'), ('si', 'rna', 'pool', 'id'), ('number', 'cell'))
    """
    spaced = _NOT_WORD.sub(" ", _NUMBER.sub(" ", _HUMPS.sub(" ", _NOT_WORD.sub(" ", text))))
    words = [_CHANNEL.sub("", _singular(word)) for word in spaced.lower().split()]
    kept = tuple(word for word in words if word not in _SMALL and not word.isdigit())
    return kept or tuple(words)


def _singular(word: str) -> str:
    if word in _SAME or len(word) <= _SHORTEST or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word if word.endswith(_KEEP) else word[:-1]


def _unit_taken(text: str) -> tuple[str, str]:
    """Return a name without the unit at its end, and that unit as written; a quotient of pixels is a length."""
    inside = _BRACKETS.findall(text)
    for content in reversed(inside):
        code = unit_code(content)
        if code is not None and not content.strip().isdigit():
            return text.replace(content, " "), content.strip()
    match = _LAST.match(text)
    if match and unit_code(match["unit"]) is not None and not match["unit"].isdigit():
        joined = "_" in text[len(match["words"]) : -len(match["unit"])] or match["in"]
        if len(match["unit"]) > 1 or (joined and match["unit"] in _SHORT):
            return match["words"], match["unit"]
    return text, ""
