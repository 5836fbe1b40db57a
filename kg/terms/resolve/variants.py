"""Variants: other ways to read a text, each with what was done to it, from the surest to the boldest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kg.terms.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.terms.resolve.profile import Profile
    from kg.terms.words import Words

# Brackets that touch a word belong to it: (S)-ibuprofen, [3H]thymidine, iron(III).
_BRACKETS = re.compile(r"(?:^|(?<=\s))[(\[]([^()\[\]]*)[)\]](?=$|[\s,;.:])")
_UNCLOSED = re.compile(r"\s*[(\[][^()\[\]]*$")
_INVERTED = re.compile(r"([^,;()]+),\s*([^,;()]+)")
_MOST_WORDS = 12


class Variant(NamedTuple):
    """A way to read a text.

    Attributes:
        loose: loose key of the reading (``kg.terms.words.Words.loose``).
        how: what was done, for people: "apart from spelling ...".
        score: how sure a name with this key is, 0 to 1.
    """

    loose: str
    how: str
    score: float


def variants(text: str, profile: Profile, words: Words) -> Iterator[Variant]:
    """Yield the readings of a text in the order in which they should be tried, no key twice.

    >>> from kg.terms.resolve.profile import load_profiles
    >>> from kg.terms.words import load_words
    >>> found = variants("Microscopes, confocal (live)", load_profiles().of("imaging_method"), load_words())
    >>> [variant.how for variant in found][:3]
    ['spelling apart', 'without the words in brackets', 'without the words in brackets, the part after the comma first']
    """
    seen: set[str] = {""}
    for variant in _all(text, profile, words):
        if variant.loose not in seen and len(variant.loose) > 1:
            seen.add(variant.loose)
            yield variant._replace(score=round(variant.score, 4))


def is_acronym_in_s(text: str) -> bool:
    """Say whether a text is one word in capitals that ends in S, which is no plural: SIMS is not several SIM."""
    return len(text.split()) == 1 and text.strip().isupper() and text.strip().endswith("S")


def brackets(text: str) -> list[str]:
    """Return what stands in brackets.

    >>> brackets("HeLa (human) [CVCL_0030]")
    ['human', 'CVCL_0030']
    """
    return _BRACKETS.findall(text)


def _all(text: str, profile: Profile, words: Words) -> Iterator[Variant]:
    readings = [(text, "", 0.96)]
    bare = _UNCLOSED.sub("", _BRACKETS.sub(" ", text)).strip()
    if is_acronym_in_s(text):
        return
    aside = {stem for inside in brackets(text) for stem in words.stems(inside)}
    # "kidney (left)", "HeLa (resistant)": such words in brackets make another thing.
    if bare != text.strip() and words.stems(bare) and not aside & words.telling:
        readings.append((bare, "without the words in brackets", 0.9))
    for reading, how, score in readings:
        yield Variant(words.loose(reading), how or "spelling apart", score)
        if inverted := _INVERTED.fullmatch(reading.strip()):
            turned = f"{inverted[2]} {inverted[1]}"
            yield Variant(words.loose(turned), _joined(how, "the part after the comma first"), score - 0.04)
    for reading, how, score in readings:
        yield from _heads(words.stems(reading), how, score - 0.06, profile, words.empty)
    for inside in brackets(text):
        # A short word in brackets is an abbreviation or another name of what stands before it.
        if len(words.stems(inside)) > 0 and not inside.strip().isdigit():
            yield Variant(words.loose(inside), "by the words in brackets alone", 0.75)


def _heads(stems: tuple[str, ...], how: str, score: float, profile: Profile, empty: frozenset[str]) -> Iterator[Variant]:
    """Yield readings with a head word dropped or added, and without words that only say where something comes from."""
    if len(stems) > _MOST_WORDS:
        return
    core = list(stems)
    droppable = {head for run in profile.heads for head in run} | profile.after
    while len(core) > 1 and core[-1] in droppable and core[-2] not in empty:
        dropped = core.pop()
        yield Variant(joined(core), _joined(how, f"without the word {dropped!r} at its end"), score)
    while len(core) > 1 and core[0] in droppable:
        dropped = core.pop(0)
        yield Variant(joined(core), _joined(how, f"without the word {dropped!r} before it"), score)
    bases = [list(stems)] if core == list(stems) else [list(stems), core]
    for base in bases:
        yield from _with_heads(base, how, score - 0.02, profile)
    for base in bases:
        rest = list(base)
        while len(rest) > 1 and rest[0] in profile.before:
            rest.pop(0)
        if len(rest) < len(base):
            left_out = " ".join(base[: len(base) - len(rest)])
            said = _joined(how, f"without {left_out!r}, which says where it comes from")
            yield Variant(joined(rest), said, score - 0.1)
            yield from _with_heads(rest, said, score - 0.12, profile)


def _with_heads(stems: list[str], how: str, score: float, profile: Profile) -> Iterator[Variant]:
    if len(stems) == 1 and len(stems[0]) == 1:  # a letter is no name that a word was left out of
        return
    for head in profile.heads:
        yield Variant(joined([*stems, *head]), _joined(how, f"with {' '.join(head)!r} after it"), score)


def _joined(before: str, now: str) -> str:
    return f"{before}, {now}" if before else now
