"""People: which records and slots of a mapping are about people, and which of these a run leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from kg.mapping.spec import Mapping, RecordRule, ValueRule
from kg.schema import Schema, Slot

Persons = Literal["none", "authors", "all"]
"""Who is kept: nobody; those whom a slot credits, such as authors; everybody."""
_SAYS_WHO = re.compile(
    r"(?:^|[^a-z])(?:user(?:[ _\-]?(?:id|login|email|full[ _\-]?name))?|login|operators?|experimenter|artist|photographer"
    r"|(?:acquired|created|modified|changed|updated|performed|recorded|measured|imaged|annotated|uploaded)[ _\-]?by"
    r"|e-?mail(?:[ _\-]?address)?|(?:first|last|given|family|middle)[ _\-]?name|surname|orcid(?:[ _\-]?id)?)\]?$"
    r"|(?:user|operators?|computer|host|machine|login|experimenter|owner|author|person|display[ _\-]?user)[ _\-]?name\]?$"
    r"|host[ _\-]?computer$",
    re.IGNORECASE,
)
_PART = re.compile(r"\{\}")


class People:
    """Says of each record and slot of one mapping whether it is left out."""

    def __init__(self, mapping: Mapping, schema: Schema, persons: Persons) -> None:
        """``persons`` says who is kept."""
        self.persons = persons
        self._personal = frozenset(r.name for r in mapping.records if (c := schema.classes.get(r.class_)) and c.personal)
        self._credited = credited(mapping, schema)

    @property
    def withholds(self) -> bool:
        """Say whether anything about people is left out at all."""
        return self.persons != "all"

    def hides(self, record: str) -> bool:
        """Say whether the people of a record are left out, and whatever else stands in their rows."""
        if self.persons == "all" or record not in self._personal:
            return False
        return self.persons == "none" or record not in self._credited

    def credits(self, record: str | None) -> bool:
        """Say whether the rows of a record are about people who are kept because they are credited."""
        return self.persons == "authors" and record in self._personal & self._credited

    def secret(self, record: str, slot: Slot, others: Sequence[str]) -> bool:
        """Say whether the values of a slot are left out.

        Args:
            record: name of the record that has the slot.
            slot: the slot.
            others: names of the records that its values may be.
        """
        if self.persons == "all":
            return False
        if any(map(self.hides, others)):
            return True
        if self.persons == "none":
            return slot.personal
        return slot.personal and not slot.credits and not others and record not in self._credited


def says_who(column: str) -> bool:
    """Return whether a column says by its name that it is about people, in whatever source.

    >>> [says_who(name) for name in ("Info.UserName", "HostComputer", "created_by", "User.Date", "Name")]
    [True, True, True, False, False]
    """
    return _SAYS_WHO.search(column) is not None


def credited(mapping: Mapping, schema: Schema) -> frozenset[str]:
    """Return the records that slots such as ``author`` lead to, by what the rules say; a record may say it of itself.

    A rule leads to a record by its name, or by making the IRI of a record of its table. Records of one table with the same id
    are the same people.
    """
    named: set[str] = set()
    made: set[tuple[str, str]] = set()
    for record in mapping.records:
        for slot, rules in record.slots.items():
            if _credits(schema, record, slot):
                named.update(name for rule in rules for name in rule.record or ())
                made.update((record.table, template) for rule in rules for template in _templates(rule))
        named.update(record.name for other, slot in _inverses(mapping, record) if _credits(schema, other, slot))
    same = {(record.table, tuple(record.id)) for record in mapping.records if record.name in named}
    found = set(named)
    for record in mapping.records:
        if (record.table, tuple(record.id)) in same or any((record.table, template) in made for template in record.id):
            found.add(record.name)
        if record.credited is not None:
            (found.add if record.credited else found.discard)(record.name)
    return frozenset(found)


def _credits(schema: Schema, record: RecordRule, slot: str) -> bool:
    """Return whether a slot credits people; what the schema does not know is told when the record is planned."""
    class_ = schema.classes.get(record.class_)
    return class_ is not None and slot in class_.slots and class_.slots[slot].credits


def _templates(rule: ValueRule) -> Iterator[str]:
    """Yield the IRI templates of a rule with its columns put in, as an id would say it."""
    if rule.template is not None:
        for column in rule.column or rule.first or [""]:
            yield _PART.sub("{" + column.replace("\\", r"\\") + "}", rule.template)


def _inverses(mapping: Mapping, record: RecordRule) -> Iterable[tuple[RecordRule, str]]:
    by_name = {other.name: other for other in mapping.records}
    return ((by_name[inverse.record], inverse.slot) for inverse in record.inverse if inverse.record in by_name)
