"""What a column pattern of a mapping spells out: ``~(Sex|Gender)`` is the headers Sex and Gender."""

from __future__ import annotations

from collections.abc import Iterator

_MOST = 300
_WILD = None
Texts = set[str] | None
_QUANTIFIERS = "?*+"


def spelt_out(pattern: str) -> frozenset[str]:
    r"""Return the headers that a pattern stands for, numbers left out; nothing for what takes any word, or too many.

    >>> sorted(spelt_out("~(.+\\[)?(Donor )?(Sex|Gender)\\]?"))
    ['Donor Gender', 'Donor Sex', 'Gender', 'Sex']
    >>> spelt_out("Phenotype {n} Term Name")
    frozenset({'Phenotype  Term Name'})
    """
    if not pattern.startswith("~"):
        text, depth = "", 0
        for character in pattern:
            depth += {"{": 1, "}": -1}.get(character, 0)
            text += character if depth == 0 and character != "}" else ""
        return frozenset({text}) if text.strip() else frozenset()
    found = _Reader(pattern[1:]).read()
    return frozenset(text.strip(" []") for text in found or () if text.strip(" []"))


class _Reader:
    """Reads the part of regular expressions that column patterns use; what it does not know is wild."""

    def __init__(self, text: str) -> None:
        self._characters = list(text)
        self._at = 0

    def read(self) -> Texts:
        return self._either()

    def _either(self) -> Texts:
        texts: set[str] = set()
        any_read = False
        while True:
            part = self._sequence()
            if part is not _WILD:
                any_read = True
                texts |= part
            if not self._takes("|"):
                return texts if any_read else _WILD

    def _sequence(self) -> Texts:
        found: Texts = {""}
        while self._at < len(self._characters) and self._characters[self._at] not in "|)":
            part = self._repeated(self._atom())
            found = None if found is None or part is None else {one + two for one in found for two in part}
            if found is not None and len(found) > _MOST:
                found = _WILD
        return found

    def _repeated(self, part: Texts) -> Texts:
        if self._at < len(self._characters) and self._characters[self._at] in _QUANTIFIERS:
            quantifier = self._characters[self._at]
            self._at += 1
            self._takes("?")
            return part if quantifier == "+" else {"", *(part or ())}
        if self._takes("{"):
            while self._at < len(self._characters) and not self._takes("}"):
                self._at += 1
        return part

    def _atom(self) -> Texts:
        character = self._next()
        if character == "(":
            wild = self._group_head()
            inner = self._either()
            self._takes(")")
            return _WILD if wild else inner
        if character == "[":
            return self._class()
        if character == "\\":
            escaped = self._next()
            return {"": {""}, "d": {""}, "b": {""}, "s": {" "}}.get(escaped, _WILD if escaped in "wWDS" else {escaped})
        if character in "^$":
            return {""}
        return _WILD if character == "." else {character}

    def _group_head(self) -> bool:
        """Pass over what follows the opening of a group; say whether it only looks around."""
        if not self._takes("?"):
            return False
        if self._takes(":"):
            return False
        if self._takes("P"):
            while self._at < len(self._characters) and self._next() != ">":
                pass
            return False
        return True

    def _class(self) -> Texts:
        members = "".join(self._until("]"))
        if members.startswith("^") or "-" in members[1:-1] or "\\" in members:
            return _WILD
        return set(members)

    def _until(self, end: str) -> Iterator[str]:
        while self._at < len(self._characters) and not self._takes(end):
            yield self._next()

    def _takes(self, character: str) -> bool:
        if self._at < len(self._characters) and self._characters[self._at] == character:
            self._at += 1
            return True
        return False

    def _next(self) -> str:
        self._at += 1
        return self._characters[self._at - 1] if self._at <= len(self._characters) else ""
