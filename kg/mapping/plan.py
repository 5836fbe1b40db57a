"""A Plan: one mapping bound to the schema and to the header of one table, so that nothing is looked up per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.errors import MappingError, SchemaError
from kg.mapping.columns import Found, beside, fill, find
from kg.mapping.people import says_who
from kg.mapping.spec import Inverse, Join, Mapping, RecordRule, UnitRule, ValueRule
from kg.mapping.template import Template, parse_iri, parse_text
from kg.schema import Class_, Schema, Slot
from kg.table import is_content


@dataclass(frozen=True, slots=True)
class Use:
    """One column (or none) that fills one slot by one rule.

    Attributes:
        slot: the target.
        rule: what the mapping says.
        column: anchor column; None for constants, row templates and records of the same row.
        accession: term slots: column of the accession.
        ontology: term slots: column of the ontology's name.
        unit_column: column of the unit.
        keys: columns that hold keys of another record.
        unless: columns that must be empty for this use to count (``first``).
        template: parsed template of the rule.
    """

    slot: Slot
    rule: ValueRule
    column: str | None = None
    accession: str | None = None
    ontology: str | None = None
    unit_column: str | None = None
    unless: tuple[str, ...] = ()
    template: Template | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that this use takes over."""
        named = [self.column, self.accession, self.ontology, self.unit_column]
        if self.template and self.column is None:
            named.extend(self.template.columns)
        return tuple(dict.fromkeys(name for name in named if name is not None))


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """One record of a mapping, bound; ``context`` is what tells a field of each row, such as its organism."""

    rule: RecordRule
    class_: Class_
    ids: tuple[Template, ...]
    uses: tuple[Use, ...]
    lets: tuple[tuple[str, tuple[Use, ...]], ...]
    joins: tuple[Join, ...]
    inverses: tuple[tuple[Inverse, Slot, str | None], ...]
    context: tuple[tuple[str, tuple[Use, ...]], ...] = ()

    @property
    def joined_columns(self) -> tuple[str, ...]:
        """Return the columns of other tables that are spoken of."""
        uses = [*self.uses, *(use for _, some in (*self.lets, *self.context) for use in some)]
        return self._joined(uses, [key for _, _, key in self.inverses if key])

    @property
    def joined_for_ids(self) -> tuple[str, ...]:
        """Return those of them that decide about the IRIs of the record."""
        return self._joined([use for _, some in self.lets for use in some], [])

    def _joined(self, uses: Sequence[Use], more: Sequence[str]) -> tuple[str, ...]:
        named = [column for template in self.ids for column in template.columns]
        named += [column for use in uses for column in use.columns]
        named += [test.column for tests in (self.rule.when, *(use.rule.when for use in uses)) for test in tests]
        named += [column for join in self.joins for column in join.on]
        prefixes = tuple(f"{join.prefix}." for join in self.joins)
        return tuple(dict.fromkeys(name for name in (*named, *more) if prefixes and name.startswith(prefixes)))


@dataclass(frozen=True, slots=True)
class TablePlan:
    """All records that one table gives.

    Attributes:
        kind: kind of the table.
        headers: its columns, without those that begin with ``_``.
        records: in the mapping's order; the one that carries what is not mapped comes last.
        main: name of that one; None when no record takes rows of this table.
        withheld: columns that are about people or human subjects, by their names or because the mapping says so.
    """

    kind: str
    headers: tuple[str, ...]
    records: tuple[RecordPlan, ...]
    main: str | None
    withheld: frozenset[str] = frozenset()


def plan_table(mapping: Mapping, schema: Schema, kind: str, headers: Sequence[str]) -> TablePlan:
    """Bind the records of a mapping that read one table.

    Args:
        mapping: the mapping.
        schema: gives the slots.
        kind: kind of the table.
        headers: all its columns, also structural ones (``_id``) and variables (``$study``).

    Raises:
        MappingError: a record names an unknown class or slot, or a rule that its slot cannot take.
    """
    rules = [record for record in mapping.records if record.table == kind]
    plans: list[RecordPlan] = []
    for rule in rules:
        try:
            plans.append(_plan_record(mapping, schema, rule, headers))
        except (SchemaError, MappingError) as error:
            what = str(error) if isinstance(error, SchemaError) else error.what
            raise MappingError(mapping.mapping, f"record {rule.name!r}: {what}") from error
    main = _main_of(plans)
    plans.sort(key=lambda plan: plan.rule.name == main)
    own = tuple(filter(is_content, headers))
    named = {f"{kind}.{name}": name for name in own}
    about = set(filter(says_who, own))
    about |= {found.name for pattern in mapping.withhold for found in find(pattern, own)}
    about |= {named[found.name] for pattern in mapping.withhold for found in find(pattern, list(named))}
    return TablePlan(kind, own, tuple(plans), main, frozenset(about))


def _main_of(plans: Sequence[RecordPlan]) -> str | None:
    """Return the record for what no rule maps: of those marked main, the first whose id this header can fill.

    Where none is marked it is the first that is not about people, who may be left out with their rows.
    """
    marked = [plan for plan in plans if plan.rule.main] or sorted(plans, key=lambda plan: plan.class_.personal)[:1]
    able = [plan for plan in marked if plan.ids] or marked
    return able[0].rule.name if able else None


def _plan_record(mapping: Mapping, schema: Schema, rule: RecordRule, headers: Sequence[str]) -> RecordPlan:
    class_ = schema.class_(rule.class_)
    context = mapping.context if rule.context is None else rule.context
    if strange := sorted(context.keys() - schema.fields.keys()):
        there = ", ".join(schema.fields)
        raise MappingError(mapping.mapping, f"context names {strange[0]!r}, which is no resolver field; there are {there}")
    headers = [*headers, *_spoken_of(rule, context)]
    uses: list[Use] = []
    for name, values in rule.slots.items():
        slot = schema.slot(rule.class_, name)
        for value in values:
            uses.extend(_uses(mapping, slot, value, [*headers, *rule.let], rule))
    text = schema.slot(rule.class_, "name") if "name" in class_.slots else next(iter(class_.slots.values()))
    lets = tuple((name, tuple(_uses(mapping, text, value, headers, rule))) for name, value in rule.let.items())
    told = tuple(
        (name, tuple(use for value in values for use in _uses(mapping, text, value, [*headers, *rule.let], rule)))
        for name, values in context.items()
    )
    # A derived column none of whose columns is here is always empty: no id can be made of it.
    known = [*headers, *(name for name, some in lets if some), *(f"{j.prefix}.*" for j in rule.joins)]
    ids = tuple(t for t in map(parse_iri, rule.id) if _present(t, known))
    inverses = []
    for inverse in rule.inverse:
        other = next(r for r in mapping.records if r.name == inverse.record)
        keys = [f.name for pattern in inverse.key or [] for f in find(pattern, headers)]
        if keys or inverse.key is None:
            inverses.append((inverse, schema.slot(other.class_, inverse.slot), keys[0] if keys else None))
    return RecordPlan(rule, class_, ids, tuple(uses), lets, tuple(rule.joins), tuple(inverses), told)


def _spoken_of(record: RecordRule, context: dict[str, list[ValueRule]]) -> list[str]:
    """Return the columns of other tables that a record's rules name, as if the table had them."""
    prefixes = tuple(f"{join.prefix}." for join in record.joins)
    return [name for name in named_columns(record, context) if prefixes and name.startswith(prefixes)]


def named_columns(record: RecordRule, context: dict[str, list[ValueRule]] | None = None) -> list[str]:
    """Return the column patterns that a record's rules name, each once."""
    told = (rule for some in (*record.slots.values(), *(context or {}).values()) for rule in some)
    rules = [*record.let.values(), *told]
    named = [name for rule in rules for names in (rule.column, rule.first, rule.text, rule.key) for name in names or ()]
    named += [name for rule in rules for name in (rule.accession, rule.ontology) if name]
    named += [rule.unit.column for rule in rules if isinstance(rule.unit, UnitRule) and rule.unit.column]
    named += [key for inverse in record.inverse for key in inverse.key or ()]
    return list(dict.fromkeys(named))


def _present(template: Template, known: Sequence[str]) -> bool:
    prefixes = tuple(name[:-1] for name in known if name.endswith(".*"))
    return all(name in known or (prefixes and name.startswith(prefixes)) for name in template.columns)


def _uses(mapping: Mapping, slot: Slot, rule: ValueRule, headers: Sequence[str], record: RecordRule) -> Iterable[Use]:
    if slot.kind == "literal" and slot.unit and not rule.unit and rule.constant is None:
        raise MappingError(mapping.mapping, f"slot {slot.name!r} is a quantity in {slot.unit}: say in which unit the column is")
    if rule.record is not None:
        return _record_uses(slot, rule, headers)
    if slot.kind == "term":
        return _term_uses(mapping, slot, rule, headers)
    if rule.constant is not None:
        return [Use(slot, rule)]
    template = None
    if rule.template is not None:
        template = _parsed(slot, rule)
        if "{}" not in rule.template:
            prefixes = tuple(f"{j.prefix}." for j in record.joins)
            found = all(c in headers or (prefixes and c.startswith(prefixes)) for c in template.columns)
            return [Use(slot, rule, template=template)] if found else []
    unit_column = None
    if rule.unit is not None and not isinstance(rule.unit, str) and rule.unit.column:
        unit_column = rule.unit.column
    uses: list[Use] = []
    for pattern in rule.first or rule.column or rule.text or []:
        for anchor in find(pattern, headers):
            units = find(fill(unit_column, anchor), headers) if unit_column else []
            earlier = tuple(u.column for u in uses if u.column) if rule.first else ()
            unit_name = units[0].name if units else None
            # The groups of the column's pattern go into the template, too.
            own = template.bound(dict(anchor.groups)) if template else None
            uses.append(Use(slot, rule, anchor.name, unit_column=unit_name, unless=earlier, template=own))
    return uses


def _parsed(slot: Slot, rule: ValueRule) -> Template:
    is_text = slot.kind == "literal" or slot.values is not None
    return parse_text(rule.template or "") if is_text else parse_iri(rule.template or "")


def _record_uses(slot: Slot, rule: ValueRule, headers: Sequence[str]) -> list[Use]:
    if slot.kind == "literal":
        raise MappingError("", f"slot {slot.name!r} holds text, not a record")
    if rule.key is None:
        return [Use(slot, rule)]
    return [Use(slot, rule, found.name) for pattern in rule.key for found in find(pattern, headers)]


def _term_uses(mapping: Mapping, slot: Slot, rule: ValueRule, headers: Sequence[str]) -> list[Use]:
    if rule.constant is not None:
        return [Use(slot, rule)]
    uses: list[Use] = []
    taken: set[str] = set()
    for pattern in rule.text or rule.column or rule.first or []:
        for anchor in find(pattern, headers):
            accession, ontology = _companions(mapping, rule, anchor, headers)
            taken.update(name for name in (accession, ontology) if name)
            earlier = tuple(u.column for u in uses if u.column) if rule.first else ()
            uses.append(Use(slot, rule, anchor.name, accession, ontology, unless=earlier))
    for anchor in find(rule.accession, headers) if rule.accession else []:
        if anchor.name not in taken:
            ontology = next((f.name for f in find(fill(rule.ontology, anchor), headers)), None) if rule.ontology else None
            uses.append(Use(slot, rule, None, anchor.name, ontology))
    return uses


def _companions(mapping: Mapping, rule: ValueRule, anchor: Found, headers: Sequence[str]) -> tuple[str | None, str | None]:
    named = [
        next((f.name for f in find(fill(pattern, anchor), headers)), None) if pattern else None
        for pattern in (rule.accession, rule.ontology)
    ]
    sides = mapping.companions
    if sides is None or rule.accession or rule.ontology or anchor.name not in headers:
        return named[0], named[1]
    stop = [expression for expression in (sides.accession, sides.ontology) if expression]
    found = [beside(anchor.name, headers, e, stop, sides.side) if e else None for e in (sides.accession, sides.ontology)]
    return found[0], found[1]
