"""Profile: what is particular to the words of a resolver field, read from ``ontologies/fields.yaml``."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import yaml

from kg.paths import data_dir
from kg.terms.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.term import Scope
    from kg.terms.words import Words


Ties = Literal["first", "review"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How texts of a field are read.

    Attributes:
        heads: runs of stems that may be added to a name or left out.
        after: stems that may follow a name and are never part of one.
        light: stems that count for less where names are compared.
        void: stems that say nothing.
        before: stems that may stand before a name and only say where it comes from.
        accept: least likeness, 0 to 1, at which a name that merely looks like the text is taken.
        worth: least likeness at which a name is worth a person's look.
        kinds: whether a text whose last words are a name is offered as a kind of that term.
        least_variant: least score of a variant that is taken without a person.
        scopes: kinds of name by which a term is taken without a person.
        lists: whether commas and "and" make a list of names too.
        ties: what to do where several ontologies hold a name and nothing says that they mean one thing.
        words: a run of stems and the run that stands for it in comparisons.
    """

    heads: tuple[tuple[str, ...], ...]
    after: frozenset[str]
    light: frozenset[str]
    void: frozenset[str]
    before: frozenset[str]
    accept: float
    worth: float
    kinds: bool
    least_variant: float
    scopes: tuple[Scope, ...]
    lists: Literal["all", "sure"]
    ties: Ties
    words: Mapping[tuple[str, ...], tuple[str, ...]]


class Profiles:
    """The profiles of all fields; a field that the file does not name has the default one."""

    def __init__(self, content: Mapping[str, Any], words: Words) -> None:
        """Take the file's content and the rules of words."""
        default = content["default"]
        self._default = _profile(default, {}, words)
        self._fields = {name: _profile(default, own or {}, words) for name, own in content["fields"].items()}

    def of(self, field: str) -> Profile:
        """Return the profile of a field."""
        return self._fields.get(field, self._default)

    def changed(self, wishes: Mapping[str, tuple[float | None, Ties | None]]) -> Profiles:
        """Return the profiles with the least likeness and the treatment of ties that a project wants, field by field."""
        other = copy(self)
        other._fields = dict(self._fields)
        for field, (accept, ties) in wishes.items():
            own = self.of(field)
            least = max(accept, own.least_variant) if accept is not None else own.least_variant
            other._fields[field] = replace(
                own, accept=own.accept if accept is None else accept, least_variant=least, ties=ties or own.ties
            )
        return other


@cache
def load_profiles() -> Profiles:
    """Return the packaged profiles; they are read once."""
    with (data_dir("ontologies") / "fields.yaml").open("rb") as file:
        return Profiles(yaml.load(file, Loader=yaml.CSafeLoader), load_words())


def _profile(default: Mapping[str, Any], own: Mapping[str, Any], words: Words) -> Profile:
    said = {**default, **own}
    heads = tuple(words.stems(word) for word in said["heads"])
    after = frozenset(words.stem(word) for word in said["after"])
    groups = [[words.stems(word) for word in group] for group in said["words"]]
    return Profile(
        heads=heads,
        after=after,
        light=after.union(*heads),
        void=frozenset(words.stem(word) for word in said["void"]),
        before=frozenset(words.stem(word) for word in said["before"]),
        accept=float(said["accept"]),
        worth=float(said["worth"]),
        kinds=bool(said["kinds"]),
        least_variant=float(said["least_variant"]),
        scopes=tuple(said["scopes"]),
        lists=said["lists"],
        ties=said["ties"],
        words=MappingProxyType({word: group[0] for group in groups for word in group}),
    )
