"""Shown: in which group and under which name curators of the Image Data Resource would show a column."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.suggest.header import Header

_OWN, _NUMBERED = "=", "=n"
_NOT_WORD = re.compile(r"[\W_]+")
_SAME_WRAPPER, _OTHER_WRAPPER = 2.0, 1.0
_UNSEEN = 0.9
_MOST = 5
_DOUBT = 15.0
_LEAST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Shown:
    """A group (empty for none) and a name in it, with a score to compare within one column, and the reason."""

    group: str
    name: str
    score: float
    why: str


def name_rule(header: Header, name: str) -> str:
    """Return a shown name as a rule, else as it is.

    ``=`` stands for the column's own words without its number, ``=n`` for all of them, ``= comment`` for these and a word more,
    ``= without compound`` for all but the first.

    >>> from kg.suggest.header import header_of
    >>> own, remark = header_of("Characteristics [Cell Line]"), header_of("Comment [Strain]")
    >>> name_rule(own, "Cell Line"), name_rule(remark, "Strain Comment")
    ('=', '= comment')
    """
    own, said = _unnumbered(header), plain(name)
    if said == own:
        return _OWN
    if said == plain(header.own):
        return _NUMBERED
    if said == f"{own} comment":
        return "= comment"
    first, _, rest = own.partition(" ")
    if rest and said == rest:
        return f"= without {first}"
    return said


def plain(name: str) -> str:
    """Return a name in lower case, with single blanks for all that is no letter or digit."""
    return _NOT_WORD.sub(" ", name).strip().lower()


def _unnumbered(header: Header) -> str:
    words = [word for word in plain(header.own).split() if not (word.isdigit() and len(word) <= len("99"))]
    if header.number and words[-1:] and len(words[-1]) == 1 and len(words) > 1:  # Phenotype 4 Term Name a
        del words[-1]
    return " ".join(words) or plain(header.own)


class Showing:
    """What the rows of ``column-words.tsv`` say about how columns are shown."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Take the rows."""
        self._votes: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
        self._groups: dict[str, Counter[str]] = defaultdict(Counter)
        self._rules: dict[str, Counter[str]] = defaultdict(Counter)
        self._phrases: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()
        for row in rows:
            key, count = row["phrase"].replace(" ", ""), int(row["studies"])
            self._votes[key].append((row["wrapper"], row["group"], row["name"], count))
            self._sizes[row["group"]] += 1
            for word in _marks(row["phrase"].split(), row["wrapper"]):
                self._groups[word][row["group"]] += 1
                self._phrases[word] += 1
            self._rules[row["wrapper"]][row["name"] if row["name"].startswith(_OWN) else _OWN] += 1

    def rank(self, header: Header) -> list[Shown]:
        """Return how a column would be shown, best first: as columns with its words were, else by the group of its words."""
        found: dict[tuple[str, str], Shown] = {}
        for one in (*self._by_words(header), *self._by_group(header)):
            known = found.get((one.group, one.name))
            if known is None or one.score > known.score:
                found[one.group, one.name] = one
        return sorted(found.values(), key=lambda one: (-one.score, one.group, one.name))[:_MOST]

    def _by_words(self, header: Header) -> Iterable[Shown]:
        votes: dict[tuple[str, str], float] = defaultdict(float)
        studies: Counter[tuple[str, str]] = Counter()
        for wrapper, group, rule, count in self._votes.get(header.key) or self._votes.get("".join(header.plain), []):
            target = (group, _named(rule, header))
            votes[target] += count * (_SAME_WRAPPER if wrapper == header.wrapper else _OTHER_WRAPPER)
            studies[target] += count
        total = sum(votes.values())
        for (group, name), weight in votes.items():
            told = f"shown so in {studies[group, name]} stud{'y' if studies[group, name] == 1 else 'ies'}"
            yield Shown(group, name, 1 + weight / total, told)

    def _by_group(self, header: Header) -> Iterable[Shown]:
        """Yield what the single words speak for: the group that columns with them are in, under the column's own name."""
        shares = self._shares(header)
        rules = self._rules.get(header.wrapper) or Counter({_OWN: 1})
        every = sum(rules.values())
        first = header.words[0] if header.words else ""
        for group, share in shares.items():
            if share < _LEAST_SHARE:
                continue
            for rule, count in rules.items():
                if rule.startswith("= without ") and rule != f"= without {first}":
                    continue
                score = _UNSEEN * share * (count / every) ** 0.5
                yield Shown(group, _named(rule, header), score, f"columns with such words are in {group or 'no group'}")

    def _shares(self, header: Header) -> dict[str, float]:
        """Return how likely each group is by the words of the header, each taken on its own."""
        every = sum(self._sizes.values())
        logs = {}
        for group, size in self._sizes.items():
            logs[group] = math.log((size + 1) / (every + len(self._sizes)))
            for word in _marks(header.words, header.wrapper) & set(self._groups):
                base = self._phrases[word] / every
                logs[group] += math.log((self._groups[word][group] + _DOUBT * base) / (size + _DOUBT)) - math.log(base)
        most = max(logs.values(), default=0.0)
        odds = {group: math.exp(value - most) for group, value in logs.items()}
        total = sum(odds.values())
        return {group: value / total for group, value in odds.items()} if total else {"": 1.0}


def _marks(words: Iterable[str], wrapper: str) -> set[str]:
    """Return what tells groups apart: the words, and what stands around them."""
    return {*words, f"[{wrapper}"}


def _named(rule: str, header: Header) -> str:
    own = _unnumbered(header)
    if rule == _OWN:
        return own
    if rule == _NUMBERED:
        return plain(header.own)
    if rule == "= comment":
        return f"{own} comment"
    if rule.startswith("= without "):
        return own.partition(" ")[2] or own
    return rule
