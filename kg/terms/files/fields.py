"""The fields of a JSON object that a foreign file holds, each checked for its type where it is asked for."""

from __future__ import annotations

from typing import Any

from kg.errors import TermError


class Fields:
    """An object of a JSON document; every method raises TermError, saying where, when a field is not of its type."""

    __slots__ = ("_name", "_of", "_values")

    def __init__(self, values: object, of: str, name: str) -> None:
        """Take ``values``, which must be an object; ``of`` says what it describes, and ``name`` in which file it stands."""
        self._of, self._name = of, name
        if not isinstance(values, dict):
            raise TermError(name, f"has {_shown(values)} as {of}, expected an object")
        self._values: dict[str, Any] = values

    def text(self, field: str) -> str:
        """Return a text, without blanks around it; empty where there is none."""
        value = self._values.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(field, value, "a text")
        return value.strip()

    def texts(self, field: str) -> list[str]:
        """Return the texts of an array, or one that stands alone; none where there is no such field."""
        value = self._values.get(field)
        several = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not all(isinstance(text, str) for text in several):
            raise self._wrong(field, value, "a text or an array of texts")
        return [text for raw in several if (text := raw.strip())]

    def flag(self, field: str) -> bool:
        """Return whether something is said to be so."""
        value = self._values.get(field)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(field, value, "true or false")
        return value is True

    def part(self, field: str) -> Fields:
        """Return the object of a field; an empty one where there is none."""
        value = self._values.get(field)
        return Fields({} if value is None else value, f"{field} of {self._of}", self._name)

    def parts(self, field: str) -> list[Fields]:
        """Return the objects of an array; none where there is no such field."""
        value = self._values.get(field)
        if value is not None and not isinstance(value, list):
            raise self._wrong(field, value, "an array of objects")
        return [Fields(part, f"{field} of {self._of}", self._name) for part in value or ()]

    def scalar(self, field: str) -> str:
        """Return a text, number or truth value as text; empty for anything else."""
        value = self._values.get(field)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value).strip() if isinstance(value, str | int | float) else ""

    def keyed(self, field: str) -> dict[str, Any]:
        """Return an object as it is; empty where there is none."""
        value = self._values.get(field)
        if value is not None and not isinstance(value, dict):
            raise self._wrong(field, value, "an object")
        return value or {}

    def _wrong(self, field: str, value: object, expected: str) -> TermError:
        return TermError(self._name, f"has {_shown(value)} as {field} of {self._of}, expected {expected}")


def _shown(value: object) -> str:
    """Return a value as people may see it: what is large is named by its type alone."""
    return f"{value!r:.60}" if isinstance(value, str | int | float | bool | None) else f"a {type(value).__name__}"
