"""Words: how spellings and forms of words vary, so that two spellings of one name are filed together.

The rules are data (``ontologies/words.yaml``) and hold for both sides: the names of the index and the texts of sources.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from kg.paths import data_dir
from kg.terms.normalise import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RULES = b"4 "  # to be counted up when the code below files a name elsewhere than before
_KEPT = 16_384
_SHORTEST_PLURAL = 4
_WORD = re.compile(r"[a-z0-9]+")
_POSITIVE = re.compile(r"(?<=[a-z0-9])\+(?=$|[\s,;:.)/])")
_NEGATIVE = re.compile(r"(?<=[a-z0-9])-(?=$|[\s,;:.)/])")
_SIGNS = (("(+)", " plus "), ("(-)", " minus "), ("+/+", " plusplus "), ("+/-", " plusminus "), ("-/-", " minusminus "))
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
_POSSESSIVE = re.compile(r"(?<=[a-z])['\u2019]s\b")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_ES = re.compile(r"(?:ss|sh|ch|x|zz)es$")


class Words:
    """The rules, ready to use.

    Attributes:
        digest: of the rules; names filed under other rules must be filed again.
        empty: words that say nothing by themselves.
        adjectives: an adjective and its noun.
        opposites: for each word the number of its pair and its side (0 or 1).
        never_alone: words that make another name where only one side has them.
        telling: words that make another thing of what they stand beside.
    """

    def __init__(self, rules: Mapping[str, Any], digest: str) -> None:
        """Take the rules as the YAML file has them."""
        self.digest = digest
        self._greek = {ord(letter): f" {name} " for letter, name in rules["greek"].items()}
        self._spelling = tuple((re.compile(pattern), becomes) for pattern, becomes in rules["spelling"])
        self._invariant = frozenset(rules["invariant"])
        self._plurals: Mapping[str, str] = rules["plurals"]
        self._endings: tuple[tuple[str, str], ...] = tuple(rules["plural_endings"].items())
        self._counted_by = frozenset(rules["counted_by"])
        self._roman: Mapping[str, str] = rules["roman"]
        self.empty = frozenset(rules["empty"])
        self.never_alone = frozenset(self._stem(word) for word in rules["never_alone"])
        adjectives = {self._stem(adjective): self._stem(noun) for adjective, noun in rules["adjectives"].items()}
        self.adjectives: Mapping[str, str] = MappingProxyType(adjectives)
        self.opposites: Mapping[str, tuple[int, int]] = MappingProxyType(
            {
                self._stem(word): (number, side)
                for number, sides in enumerate(rules["opposites"])
                for side, group in enumerate(sides)
                for word in group
            }
        )
        self.telling = frozenset({*self.opposites, *self.never_alone, *self._roman, *self._roman.values()})
        self.stem = lru_cache(maxsize=_KEPT)(self._stem)
        self.stems = lru_cache(maxsize=_KEPT)(self._stems)

    def _stems(self, text: str) -> tuple[str, ...]:
        """Return the words of a text in one spelling, singular, in their order; signs of charge and expression are words.

        >>> load_words().stems("CD4+ Tumour-cells of type II")
        ('cd4', 'positive', 'tumor', 'cell', 'of', 'type', '2')
        """
        folded = key(text)
        if not folded.isascii():
            folded = folded.translate(_DASHES)
            folded = folded.translate(self._greek)
            folded = "".join(map(_latin, unicodedata.normalize("NFKD", folded))) if not folded.isascii() else folded
        for sign, word in _SIGNS:
            folded = folded.replace(sign, word)
        folded = _NEGATIVE.sub(" negative ", _POSITIVE.sub(" positive ", _POSSESSIVE.sub("", folded)))
        words = [self.stem(word) for word in _WORD.findall(folded)]
        for place in range(1, len(words)):
            if words[place] in self._roman and words[place - 1] in self._counted_by:
                words[place] = self._roman[words[place]]
        return tuple(words)

    def loose(self, text: str) -> str:
        """Return the loose key of a text: its stems without what stands between them; empty for a text without such words.

        >>> words = load_words()
        >>> words.loose("Light-sheet microscopies") == words.loose("lightsheet microscopy")
        True
        """
        return joined(self.stems(text))

    def _stem(self, word: str) -> str:
        if word in self._plurals:
            return self._plurals[word]
        if word in self._invariant or word.isdigit():
            return word
        word = self._singular(word)
        if word in self._invariant:
            return word
        for pattern, becomes in self._spelling:
            word = pattern.sub(becomes, word)
        return word

    def _singular(self, word: str) -> str:
        for ending, becomes in self._endings:
            if word.endswith(ending):
                return word.removesuffix(ending) + becomes
        if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is", "os", "as")):
            return word
        if any(letter.isdigit() for letter in word):
            return word
        if word.endswith("ies"):
            return word[:-3] + "y" if len(word) > _SHORTEST_PLURAL else word[:-1]
        if _ES.search(word):
            return word[:-2]
        return self._plurals.get(word[:-1], word[:-1])


def _latin(letter: str) -> str:
    """Return a letter that ASCII can show: itself, nothing for a mark, its number for a letter of another script."""
    if letter.isascii():
        return letter
    return f"u{ord(letter):x}" if letter.isalnum() else ""


def joined(stems: Sequence[str]) -> str:
    """Return stems as a loose key: without what stands between them, but for a point between two numbers.

    >>> joined(("e10", "5")), joined(("hct", "116"))
    ('e10.5', 'hct116')
    """
    return _BETWEEN_DIGITS.sub(".", " ".join(stems)).replace(" ", "")


@cache
def load_words() -> Words:
    """Return the packaged rules; they are read once."""
    content = (data_dir("ontologies") / "words.yaml").read_bytes()
    return Words(yaml.load(content, Loader=yaml.CSafeLoader), hashlib.sha256(_RULES + content).hexdigest()[:16])
