"""Judging: header and values of a column together, as candidates for its slot, each with score and reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from kg.mapping.units import convert, unit_code
from kg.schema import Schema, Slot
from kg.suggest.header import Header
from kg.suggest.known import Known, Meaning, Target, Targets
from kg.suggest.lookups import Lookups, Rate
from kg.suggest.profile import Profile
from kg.suggest.shapes import HINTS

_LEAST, _MOST = 0.12, 12
_MOSTLY = 0.8
_TERM_TRUST = 0.85
_PROSE = 80.0
_FEW_WELLS = 6
_WEB = ("http://", "https://", "ftp://")
_WRAPPERS: Mapping[str, tuple[str, str, float]] = MappingProxyType({
    "expe": ("Biosample", "experimental_condition_text", 0.55), "fact": ("Biosample", "experimental_condition_text", 0.55),
    "char": ("Biosample", "intrinsic_variables", 0.52), "attr": ("Biosample", "intrinsic_variables", 0.4),
    "comm": ("Image", "comment", 0.4), "para": ("ImageAcquisition", "acquisition_parameters", 0.4),
})  # fmt: skip
KEYED = frozenset({"experimental_condition_text", "intrinsic_variables"})
"""Slots for whatever was varied or differs: the column's name is part of what they say."""
_TRUTH = frozenset({"yes", "no", "true", "false", "0", "1"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slot that a column may fill.

    Attributes:
        target: the slot; its class is empty where several classes share it.
        score: 0 to 1.
        why: reasons for and against, for people.
        unit: UCUM code of the numbers; empty where the slot has none, or where nothing says it.
        field: resolver field of a term slot; empty for others.
        needs: what a person has to say before the column can be mapped so; empty for nothing.
    """

    target: Target
    score: float
    why: str
    unit: str = ""
    field: str = ""
    needs: str = ""


class Judge:
    """Weighs the evidence about one column after the other."""

    def __init__(self, schema: Schema, known: Known, lookups: Lookups | None = None) -> None:
        """Take the schema, what words mean, and look-ups; without them, values are not looked up."""
        self._known, self._lookups = known, lookups
        self._targets = Targets(schema)
        self._slots: dict[Target, Slot] = {}
        for class_ in schema.classes.values():
            for name, slot in class_.slots.items():
                target = self._targets.of(class_.name, name)
                if target is not None and not class_.abstract:
                    self._slots.setdefault(target, slot)
        self._schema = schema
        self._of_field: dict[str, list[Target]] = {}
        for target, slot in self._slots.items():
            if slot.field and not target.class_:
                self._of_field.setdefault(slot.field, []).append(target)

    def slot_named(self, target: Target) -> Slot:
        """Return the slot of a target whose class is filled in."""
        return self._schema.slot(target.class_, target.slot)

    def candidates(self, header: Header, profile: Profile) -> list[Candidate]:
        """Return what a column may fill, best first; nothing for one without any evidence."""
        meanings = [meaning for meaning in self._known.rank(header) if meaning.target in self._slots][:_MOST]
        likely = {self._slots[m.target].field or "" for m in meanings[:3]} - {""}
        meanings += self._by_wrapper(header, {meaning.target for meaning in meanings})
        rates = self._lookups.rates(profile, likely) if self._lookups and profile.values else {}
        found = {meaning.target: meaning for meaning in meanings}
        for target, trust, why in self._spoken_for(profile, rates):
            known = found.get(target)
            score = 1 - (1 - (known.score if known else 0.0)) * (1 - trust)
            if target not in self._slots:
                continue
            found[target] = Meaning(target, score, f"{known.why}; {why}" if known else why)
        weighed = (self._weighed(meaning, header, profile, rates) for meaning in found.values())
        return sorted((c for c in weighed if c.score >= _LEAST), key=lambda c: (-c.score, c.target))

    def _by_wrapper(self, header: Header, known: Collection[Target]) -> Iterator[Meaning]:
        """Yield what stands around a header speaks for: there ISA says what was varied, is inherent, or is a remark."""
        for start, (class_, slot, score) in _WRAPPERS.items():
            target = self._targets.of(class_, slot)
            if header.wrapper == start and target is not None and target not in known:
                yield Meaning(target, score, f"what stands around it says {slot.replace('_', ' ')}")

    def _spoken_for(self, profile: Profile, rates: Mapping[str, Rate]) -> Iterator[tuple[Target, float, str]]:
        """Yield what the values alone speak for."""
        for name, share in profile.shapes.items():
            if name == "well" and profile.distinct < _FEW_WELLS:
                continue
            for hint in HINTS.get(name, ()):
                target = self._targets.of(hint.class_, hint.slot)
                if target is not None:
                    yield target, hint.trust * share, f"{share:.0%} of values look like {name}"
        if profile.dates >= _MOSTLY:
            yield Target("", "acquisition_date"), 0.35 * profile.dates, f"{profile.dates:.0%} of values are dates"
        for field, rate in rates.items():
            for target in self._of_field.get(field, ()):
                if rate.found:
                    told = f"{rate.found} of {rate.asked} values are terms of {field} ({rate.example})"
                    yield target, _TERM_TRUST * rate.share, told

    def _weighed(self, meaning: Meaning, header: Header, profile: Profile, rates: Mapping[str, Rate]) -> Candidate:
        """Hold a meaning against the unit of the header and the values."""
        slot = self._slots[meaning.target]
        plain = Candidate(meaning.target, meaning.score, meaning.why, field=slot.field or "")
        if slot.unit:
            plain = _with_unit(plain, slot, header, profile)
        elif header.unit and slot.datatype is None and slot.kind == "literal" and not slot.name.endswith("_text"):
            plain = replace(plain, score=plain.score * 0.85)
        if profile.date_orders and slot.datatype and "date" in slot.datatype.lower():
            orders = " or ".join(profile.date_orders)
            plain = replace(plain, needs=f"date_format ({profile.values[0]} may be {orders})")
        if profile.comma and (slot.unit or _is_numeric(slot)):
            plain = replace(plain, needs=f"decimal point (a mapping does not read a decimal comma, as in {profile.values[0]})")
        factor, against = _against(slot, profile, rates)
        why = f"{plain.why}; but {against}" if against else plain.why
        return replace(plain, score=round(min(plain.score * factor, 0.99), 3), why=why)


def _with_unit(candidate: Candidate, slot: Slot, header: Header, profile: Profile) -> Candidate:
    """Say in which unit the numbers stand: the cells, the header; a person where neither says it."""
    wanted = slot.unit or ""
    in_cells = max(profile.units, key=lambda code: profile.units[code], default="")
    for code, where in ((in_cells, "the cells"), (header.unit, "the header")):
        if not code:
            continue
        able = unit_code(code, wanted) or code
        from_text = _convertible(able, wanted)
        if from_text:
            score = 1 - (1 - candidate.score) * 0.6
            return replace(candidate, score=score, unit=able, why=f"{candidate.why}; {able} in {where}")
        return replace(candidate, score=candidate.score * 0.25, why=f"{candidate.why}; but {code} in {where} is no {wanted}")
    return replace(candidate, score=candidate.score * 0.92, needs=f"unit (the slot is in {wanted})")


def _is_numeric(slot: Slot) -> bool:
    return slot.datatype is not None and slot.datatype.rpartition("#")[2] in {"integer", "decimal", "float", "double"}


def _convertible(code: str, wanted: str) -> bool:

    return convert(Decimal(1), code, wanted) is not None


def _against(slot: Slot, profile: Profile, rates: Mapping[str, Rate]) -> tuple[float, str]:
    """Return a factor for the score, and what speaks against the slot."""
    if not profile.values:
        return 1.0, ""
    if _is_numeric(slot):
        return _against_number(slot, profile)
    if slot.datatype and slot.datatype.endswith("boolean"):
        fits = sum(value.lower() in _TRUTH for value in profile.values) / profile.distinct
        return (1.0, "") if fits >= _MOSTLY else (0.3, "values are not yes or no")
    if slot.datatype and slot.datatype.rpartition("#")[2] in {"date", "dateTime"}:
        return (1.0, "") if profile.dates >= _MOSTLY else (0.2, "values are no dates")
    if slot.values is not None:
        words = {word.lower() for word in slot.values}
        fits = sum(value.lower() in words for value in profile.parts) / len(profile.parts)
        return (
            0.4 + 0.6 * fits,
            "" if fits >= _MOSTLY else f"{fits:.0%} of values are among {', '.join(list(slot.values)[:4])}",
        )
    if slot.kind == "iri":
        fits = sum(value.startswith(_WEB) for value in profile.values) / profile.distinct
        return (1.0, "") if fits >= _MOSTLY or "orcid" in profile.shapes else (0.25, "values are no web addresses")
    if slot.kind == "term":
        return _against_term(slot, profile, rates)
    if slot.kind == "literal" and profile.dates >= _MOSTLY and "date" not in slot.name:
        return 0.5, "values are dates"
    return 1.0, ""


def _against_number(slot: Slot, profile: Profile) -> tuple[float, str]:
    multiplied = profile.shapes.get("magnification", 0) >= _MOSTLY and "magnification" in slot.name
    if profile.numbers < _MOSTLY and not multiplied:
        return 0.15 + 0.5 * profile.numbers, f"{profile.numbers:.0%} of values are numbers"
    if slot.datatype and slot.datatype.endswith("integer") and profile.whole < _MOSTLY and not slot.unit:
        return 0.4, "numbers are not whole"
    outside = (slot.minimum is not None and profile.low < slot.minimum) or (
        slot.maximum is not None and profile.high > slot.maximum
    )
    return (0.4, f"{profile.low:g} to {profile.high:g} is out of bounds") if outside and not slot.unit else (1.0, "")


def _against_term(slot: Slot, profile: Profile, rates: Mapping[str, Rate]) -> tuple[float, str]:
    if profile.numbers >= _MOSTLY:
        return 0.3, "values are numbers"
    if profile.length > _PROSE:
        return 0.5, "values are prose"
    rate = rates.get(slot.field or "")
    if rate and rate.asked and not rate.found and profile.distinct > 2:  # noqa: PLR2004 - one odd word says nothing
        return 0.9, f"none of {rate.asked} values is in the term index"
    return 1.0, ""
