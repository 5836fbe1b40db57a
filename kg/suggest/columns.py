"""A table's columns together: what each is, which belong to another, and what a row of the table is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from kg.mapping.units import unit_code
from kg.schema import Schema
from kg.suggest.header import Header, header_of
from kg.suggest.judge import Candidate, Judge
from kg.suggest.known import Target
from kg.suggest.profile import Profile
from kg.suggest.shown import Showing, Shown

ACCEPT = 0.5
"""Least score at which a draft takes a candidate."""
SHOWN = 3
_PAIRS = (
    ("compound", "compound_name"), ("fluorophore", "fluorophore_term"), ("phenotype", "phenotype_text"), ("age", "age_text"),
    ("experimental_condition", "experimental_condition_text"), ("acquisition_date", "acquisition_date_text"),
    ("compound_concentration", "compound_concentration_text"),
)  # fmt: skip
TWINS: Mapping[str, str] = MappingProxyType({
    one: other
    for pair in _PAIRS
    for one, other in (pair, pair[::-1])
})  # fmt: skip
"""Slots that hold one thing twice: as written, and as a term or a number."""
NUMBERED = frozenset({"Reagent", "SignalChannel", "Gene", "Detector", "LightSource", "Laser", "Filter"})
"""Classes of which a row may have several, told apart by the numbers in the names of their columns."""
_ACROSS, _DOWN = "pixel_size_x", "pixel_size_y"
_ONE_WAY = frozenset({"x", "y", "z", "width", "height", "depth", "horizontal", "vertical"})
_MOSTLY = 0.7
_ACCESSION = re.compile(
    r"(term )?(source )?(accession( number)?|accession id|ontology( term)? id|term id|curie|ontology iri|term iri)"
)
_ONTOLOGY = re.compile(r"(term )?source (ref|name)|term source|ontology( name)?|source ontology|term ref|vocabulary")
_TAIL = re.compile(
    r"(.+?) (term )?(source )?(accession( number)?|ontology id|ontology term id|term id|curie|ontology|term source ref|unit)"
)
_UNIT = re.compile(r"(.+ )?units?")
_USUAL = (
    "Image", "Well", "Plate", "Biosample", "Specimen", "SignalChannel", "Reagent", "AcquisitionSettings", "ImageAcquisition",
    "Instrument", "Objective", "Study", "StudyComponent", "Person", "PreparationProtocol", "AnnotationSet",
)  # fmt: skip
_OF_CLASSES = (
    "Well", "Image", "ImageAcquisition", "Specimen", "Biosample", "Study", "Person", "AnnotationSet", "Reagent",
    "SignalChannel", "Objective", "Instrument", "Plate",
)  # fmt: skip
_MAKES = {
    "Well": (("well_name", 3.0), ("well_row", 1.5), ("well_number", 1.0), ("plate_name", 0.8)),
    "Image": (("file_path", 3.0), ("field_index", 1.0), ("timepoint_index", 0.8), ("size_x", 1.5), ("pixel_size_x", 2.0),
              ("dataset_name", 1.0), ("acquisition_date", 1.0), ("imaging_method", 1.0)),
    "Person": (("orcid", 2.0), ("email", 2.0), ("family_name", 2.0), ("given_name", 1.0)),
    "Specimen": (("section_thickness", 1.0), ("fixation", 1.0), ("embedding", 1.0)),
    "Study": (("data_doi", 1.0), ("study_type", 1.0), ("license", 0.5), ("keywords", 0.6)),
}  # fmt: skip
_OWN_SLOT, _MOST_OWN = 0.25, 1.5
_NAMED_AFTER = {
    "Image": 3.0, "Specimen": 2.5, "Biosample": 2.2, "Study": 2.5, "Person": 1.5, "Plate": 1.0, "Reagent": 0.8,
    "Instrument": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one column.

    Attributes:
        column: its name.
        header: its name, read.
        profile: its values.
        candidates: slots that it may fill, best first, their class filled in; at most three.
        of: the column that it belongs to, for an accession, an ontology's name or a unit; empty for others.
        role: ``accession``, ``ontology`` or ``unit`` where it belongs to another column.
        unit_column: column that says its unit; empty for none.
        shown: how curators of IDR would show it.
        reason: why nothing is suggested; empty where something is.
    """

    column: str
    header: Header
    profile: Profile
    candidates: tuple[Candidate, ...] = ()
    of: str = ""
    role: str = ""
    unit_column: str = ""
    shown: tuple[Shown, ...] = ()
    reason: str = ""

    @property
    def best(self) -> Candidate | None:
        """Return the candidate that a draft takes, or None."""
        first = self.candidates[0] if self.candidates else None
        return first if first and first.score >= ACCEPT else None

    @property
    def split(self) -> str:
        """Return what stands between several values of a cell; empty for none."""
        return self.profile.separator


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for a table: the class of a row, and each column in the order of the table."""

    kind: str
    rows: int
    class_: str
    columns: tuple[Suggestion, ...]


def suggested(kind: str, columns: Mapping[str, Profile], judge: Judge, showing: Showing, schema: Schema) -> Suggested:
    """Return what is suggested for the columns of a table, given by name in their order."""
    headers = [header_of(name) for name in columns]
    drafts = [_first_look(header, profile, judge, showing) for header, profile in zip(headers, columns.values(), strict=True)]
    drafts = _companions(drafts)
    class_ = _class_of_row(drafts, schema)
    about = {one.best.target.class_ for one in drafts if one.best} - {""}
    drafts = [_placed(one, class_, about, schema) for one in drafts]
    drafts = _in_both_directions(_one_each(drafts, judge))
    rows = max((profile.rows for profile in columns.values()), default=0)
    cut = tuple(replace(one, candidates=one.candidates[:SHOWN], shown=one.shown[:SHOWN], reason=_reason(one)) for one in drafts)
    return Suggested(kind, rows, class_, cut)


def is_in_plane(one: Suggestion) -> bool:
    """Say whether a column is a size of pixels in x and y at once: its header says both, or neither."""
    return bool(one.best and one.best.target.slot == _ACROSS) and _ONE_WAY.isdisjoint(one.header.words)


def _in_both_directions(drafts: Sequence[Suggestion]) -> list[Suggestion]:
    """Let a column of both directions fill both slots, unless another column has the height of pixels."""
    has_height = any(one.best and one.best.target.slot == _DOWN for one in drafts)
    told = []
    for one in drafts:
        if is_in_plane(one):
            first, *others = [c for c in one.candidates if c.target.slot != _DOWN]
            second = replace(
                first, target=Target(first.target.class_, _DOWN), why=f"{first.why}; the header names both, or none"
            )
            told.append(replace(one, candidates=(first, *([] if has_height else [second]), *others)))
        else:
            told.append(one)
    return told


def _reason(one: Suggestion) -> str:
    if one.of:
        return f"belongs to {one.of}"
    if not one.profile.values:
        return "has no values" if not one.profile.filled else "holds only words for no value"
    return "" if one.candidates else "nothing is known of such a column; it is kept as it is"


def _first_look(header: Header, profile: Profile, judge: Judge, showing: Showing) -> Suggestion:
    return Suggestion(header.name, header, profile, tuple(judge.candidates(header, profile)), shown=tuple(showing.rank(header)))


def _companions(drafts: Sequence[Suggestion]) -> list[Suggestion]:
    """Say which columns only belong to another: accessions, names of ontologies, units."""
    by_key = {one.header.key: one.column for one in reversed(drafts)}
    told: list[Suggestion] = []
    anchor = ""
    for one in drafts:
        words = " ".join(one.header.words)
        of, role = _companion(one, words, anchor, by_key)
        if role == "unit" and not any(c.score >= ACCEPT for d in drafts if d.column == of for c in d.candidates):
            of, role = "", ""
        if of:
            told.append(replace(one, of=of, role=role, candidates=()))
            continue
        anchor = one.column if any(c.field for c in one.candidates[:SHOWN]) or one.header.wrapper else ""
        told.append(one)
    units = {one.of: one.column for one in told if one.role == "unit"}
    return [_with_unit_column(one, units[one.column]) if one.column in units else one for one in told]


def _with_unit_column(one: Suggestion, name: str) -> Suggestion:
    told = (replace(c, needs="", why=f"{c.why}; unit in {name}") if c.needs.startswith("unit") else c for c in one.candidates)
    return replace(one, unit_column=name, candidates=tuple(told))


def _companion(one: Suggestion, words: str, anchor: str, by_key: Mapping[str, str]) -> tuple[str, str]:
    tail = _TAIL.fullmatch(words)
    owner = by_key.get(tail[1].replace(" ", ""), "") if tail else ""
    for owned in filter(None, (owner, anchor)):
        if owned == one.column:
            continue
        named = owned == owner
        if _UNIT.fullmatch(words) and _are_units(one.profile):
            return owned, "unit"
        if (
            (named or _ACCESSION.fullmatch(words))
            and (words.endswith(("accession", "id", "curie", "number", "iri")))
            and _are_accessions(one.profile)
        ):
            return owned, "accession"
        if (named and words.endswith(("ontology", "ref"))) or _ONTOLOGY.fullmatch(words):
            return owned, "ontology"
    return "", ""


def _are_units(profile: Profile) -> bool:
    return bool(profile.values) and all(unit_code(value) is not None for value in profile.values[:20])


def _are_accessions(profile: Profile) -> bool:
    if not profile.values:
        return True
    shares = profile.shapes
    return (
        max(shares.get("accession", 0), shares.get("taxon", 0), shares.get("digits", 0), shares.get("web address", 0))
        >= _MOSTLY
    )


def _class_of_row(drafts: Sequence[Suggestion], schema: Schema) -> str:
    """Return what a row of the table describes: the class that its best columns speak for."""
    found: dict[str, float] = {}
    own: dict[str, float] = defaultdict(float)
    points: dict[str, float] = defaultdict(float)
    for one in drafts:
        if one.best is None:
            continue
        class_, slot = one.best.target
        found[slot] = max(found.get(slot, 0), one.best.score)
        own[class_] += _OWN_SLOT * one.best.score
        if slot == "name":
            points[class_] = max(points[class_], (_NAMED_AFTER.get(class_, 0.3) + one.profile.unique) * one.best.score)
        if slot == "file_path" and one.profile.unique:
            points["Image"] = max(points["Image"], 1.0)
    for class_, some in own.items():
        points[class_] += min(some, _MOST_OWN)
    for class_, slots in _MAKES.items():
        points[class_] += sum(weight * found.get(slot, 0) for slot, weight in slots)
    for class_ in _OF_CLASSES:
        points[class_] += 0.1 * sum(score for slot, score in found.items() if slot in schema.class_(class_).slots)
    points["Biosample"] += 0.2
    return max(_OF_CLASSES, key=lambda class_: (points[class_], -_OF_CLASSES.index(class_)))


def _placed(one: Suggestion, class_: str, about: Collection[str], schema: Schema) -> Suggestion:
    """Give each candidate the class of the record that would hold it."""
    placed: dict[Target, Candidate] = {}
    for candidate in one.candidates:
        owner = owner_of(candidate.target, class_, about, schema)
        if owner:
            target = Target(owner, candidate.target.slot)
            if target not in placed:
                placed[target] = replace(candidate, target=target)
    return replace(one, candidates=tuple(placed.values()))


def owner_of(target: Target, class_: str, about: Collection[str], schema: Schema) -> str:
    """Return the class of the record that holds a slot.

    Args:
        target: the slot.
        class_: class of a row, which comes first where it has the slot.
        about: classes that other columns of the table speak of, which come next.
        schema: the schema.
    """
    if target.class_:
        return target.class_
    if target.slot in schema.class_(class_).slots:
        return class_
    ordered = sorted(_USUAL, key=lambda name: name not in about)
    return next((name for name in ordered if target.slot in schema.class_(name).slots), "") or next(
        (c.name for c in schema.classes.values() if target.slot in c.slots and not c.abstract), ""
    )


def _one_each(drafts: Sequence[Suggestion], judge: Judge) -> list[Suggestion]:
    """Let only the best of several columns have a slot that takes one value; the others come to their next candidate."""
    holders: dict[tuple[str, Target], tuple[float, int]] = {}
    told = list(drafts)
    for place in sorted(range(len(told)), key=lambda p: (-told[p].candidates[0].score if told[p].candidates else 0, p)):
        one = told[place]
        able: list[Candidate] = []
        later: list[Candidate] = []
        for candidate in one.candidates:
            slot = judge.slot_named(candidate.target)
            number = one.header.number if candidate.target.class_ in NUMBERED else ""
            taken = holders.get((number, candidate.target))
            if slot.multivalued or taken is None:
                able.append(candidate)
            else:
                other = told[taken[1]].column
                later.append(
                    replace(candidate, score=round(candidate.score * 0.6, 3), why=f"{candidate.why}; but {other} fits better")
                )
        ordered = sorted((*able, *later), key=lambda c: (-c.score, c.target))
        told[place] = replace(one, candidates=tuple(ordered))
        if ordered and ordered[0].score >= ACCEPT:
            number = one.header.number if ordered[0].target.class_ in NUMBERED else ""
            holders.setdefault((number, ordered[0].target), (ordered[0].score, place))
    return told
