"""How well kg suggest does what the curators of the Image Data Resource did by hand, one study left out at a time.

usage: suggest.py [--shared DIR] [--index FILE] [--no-values] [--misses N]

For each study, everything that kg suggest knows from IDR is made again without it: the rows of ontologies/column-words.tsv;
and for slots the mappings written by hand for IDR are put away altogether. Then each column that the study's bulkmap-config
shows is asked about.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_column_words import Rule, rows, rules, slots_of  # noqa: E402

from kg.schema import load_schema  # noqa: E402
from kg.suggest.columns import TWINS  # noqa: E402
from kg.suggest.header import header_of  # noqa: E402
from kg.suggest.judge import Judge  # noqa: E402
from kg.suggest.known import Known, Target, Targets, mapping_votes, schema_votes, synonym_votes, word_votes  # noqa: E402
from kg.suggest.lookups import Lookups  # noqa: E402
from kg.suggest.packaged import packaged_columns  # noqa: E402
from kg.suggest.profile import Profile, profile_of  # noqa: E402
from kg.suggest.shown import Showing, plain  # noqa: E402
from kg.terms import Advice, TermIndex, composed, default_index  # noqa: E402

TOP = 3
_ROWS = 20_000
_NOTHING = Profile(0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Asked:
    """One column of one study: what was predicted by each method, best first, and what is right."""

    study: str
    header: str
    seen: bool
    right: frozenset[object]
    answers: dict[str, list[object]]


def main() -> None:
    """Ask, score and print."""
    options = _options()
    folder = options.shared / "data" / "inputs" / "idr"
    some = list(rules(folder))
    studies = sorted({rule.study for rule in some})
    used: dict[str, set[str]] = defaultdict(set)
    for rule in some:
        used[rule.header].add(rule.study)
    columns = sorted({(rule.study, rule.header) for rule in some})
    print(f"{len(studies)} studies, {len(some)} rules, {len(columns)} columns of studies, {len(used)} distinct columns")
    started = time.process_time()
    shown, slots = [], []
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(options.index) if options.index else default_index(Path(scratch) / "index.sqlite")
        with TermIndex.open(path) as index:
            for study in studies:
                others = [rule for rule in some if rule.study != study]
                own = [rule for rule in some if rule.study == study]
                profiles = {} if options.no_values else _profiles(folder / study, {rule.header for rule in own})
                seen = {rule.header for rule in others}
                shown += _asked_shown(study, own, others, seen)
                slots += _asked_slots(study, own, others, seen, profiles, index, Path(scratch))
    print(f"{time.process_time() - started:.0f} CPU s\n")
    _table("group and client name, as the curators chose them", shown, ["kg", "header equality", "own words, no group"])
    _table(
        "slot of the schema, as mappings/idr-annotation.yaml fills it", slots, ["kg", "kg, headers alone", "header equality"]
    )
    if options.misses:
        for one in slots:
            if not _hit(one, "kg", 1) and _hit(one, "kg, headers alone", 1):
                print(
                    "values misled:",
                    one.study,
                    one.header,
                    "| right:",
                    sorted(map(str, one.right)),
                    "| said:",
                    one.answers["kg"][:TOP],
                )
    for name, asked in (("shown", shown), ("slots", slots)):
        for one in [a for a in asked if not set(a.answers["kg"][:TOP]) & a.right][: options.misses]:
            print(name, one.study, one.header, "| right:", sorted(map(str, one.right)), "| said:", one.answers["kg"][:TOP])


def _asked_shown(study: str, own: Sequence[Rule], others: Sequence[Rule], seen: Iterable[str]) -> list[Asked]:
    showing = Showing(rows(others))
    equal: dict[str, Counter[object]] = defaultdict(Counter)
    for rule in {(r.study, r.header, r.group, r.name) for r in others}:
        equal[rule[1]][rule[2], plain(rule[3])] += 1
    right: dict[str, set[object]] = defaultdict(set)
    for rule in own:
        right[rule.header].add((rule.group, plain(rule.name)))
    told = []
    for header, targets in right.items():
        read = header_of(header)
        answers: dict[str, list[object]] = {
            "kg": [(one.group, one.name) for one in showing.rank(read)],
            "header equality": [target for target, _ in equal[header].most_common()],
            "own words, no group": [("", plain(read.own))],
        }
        told.append(Asked(study, header, header in seen, frozenset(targets), answers))
    return told


def _asked_slots(
    study: str,
    own: Sequence[Rule],
    others: Sequence[Rule],
    seen: Iterable[str],
    profiles: dict[str, Profile],
    index: TermIndex,
    scratch: Path,
) -> list[Asked]:
    schema = load_schema()
    targets = Targets(schema)
    votes = [*_base_votes(), *word_votes(targets, rows(others))]
    equal: dict[str, Counter[object]] = defaultdict(Counter)
    for header in {(rule.study, rule.header) for rule in others}:
        equal[header[1]].update(_targets(targets, header[1]))
    told = []
    with composed(index, schema.fields, "benchmark", Advice(), scratch) as whole:
        judges = {
            "kg": (Judge(schema, Known(votes), Lookups(index, whole.resolver, schema.fields)), profiles),
            "kg, headers alone": (Judge(schema, Known(votes)), {}),
        }
        for header in sorted({rule.header for rule in own}):
            right = _targets(targets, header)
            if right:
                answers: dict[str, list[object]] = {
                    name: [c.target for c in judge.candidates(header_of(header), values.get(header, _NOTHING))]
                    for name, (judge, values) in judges.items()
                }
                answers["header equality"] = [target for target, _ in equal[header].most_common()]
                told.append(Asked(study, header, header in seen, frozenset(right), answers))
    return told


_BASE: list[tuple[str, object]] = []


def _base_votes() -> list[tuple[str, object]]:
    """Return what is known without IDR: schema, own synonyms, all other mappings."""
    if not _BASE:
        schema = load_schema()
        targets = Targets(schema)
        columns = [said for said in packaged_columns() if not said[0].startswith("idr-")]
        _BASE.extend([*schema_votes(schema, targets), *synonym_votes(targets), *mapping_votes(targets, columns)])
    return _BASE


def _targets(targets: Targets, header: str) -> set[Target]:
    """Return the slots of a column; one that holds a thing as written stands for that of the term or number, too."""
    pairs = [name.split(".") for name in slots_of(header)]
    pairs += [[class_, TWINS[slot]] for class_, slot in pairs if slot in TWINS]
    return {target for class_, slot in pairs if (target := targets.of(class_, slot))}


def _profiles(folder: Path, wanted: set[str]) -> dict[str, Profile]:
    """Return the profiles of the columns that a study's annotation tables have."""
    found: dict[str, Profile] = {}
    for file in sorted(folder.glob("*annotation.csv*")):
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        text = raw.decode("utf-8-sig", "replace")
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = [name.strip() for name in next(lines)]
        body = [row for _, row in zip(range(_ROWS), lines, strict=False)]
        for place, name in enumerate(header):
            if name in wanted and (name not in found or not found[name].values):
                found[name] = profile_of(pl.Series(name, [row[place] if place < len(row) else "" for row in body], pl.String))
    return found


def _table(title: str, asked: Sequence[Asked], methods: Sequence[str]) -> None:
    headers = {one.header for one in asked}
    print(f"## {title}: {len(asked)} columns of studies, {len(headers)} distinct columns\n")
    print("| columns | " + " | ".join(f"{name}: top 1 / top {TOP}" for name in methods) + " |")
    print("|---" * (len(methods) + 1) + "|")
    kinds: list[tuple[str, Callable[[Asked], bool]]] = [
        ("all", lambda _: True),
        ("header in another study", lambda one: one.seen),
        ("header in no other study", lambda one: not one.seen),
    ]
    for name, holds in kinds:
        some = [one for one in asked if holds(one)]
        for how, mean in (("distinct", _by_header), ("each study's", _plain_mean)):
            cells = [f"{mean(some, method, 1):.3f} / {mean(some, method, TOP):.3f}" for method in methods]
            number = len({one.header for one in some}) if how == "distinct" else len(some)
            print(f"| {name}, {how} ({number}) | " + " | ".join(cells) + " |")
    print()


def _hit(one: Asked, method: str, top: int) -> bool:
    return bool(set(one.answers[method][:top]) & one.right)


def _plain_mean(asked: Sequence[Asked], method: str, top: int) -> float:
    return sum(_hit(one, method, top) for one in asked) / len(asked)


def _by_header(asked: Sequence[Asked], method: str, top: int) -> float:
    """Return the mean over distinct columns, each the mean over its studies."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for one in asked:
        hits[one.header].append(_hit(one, method, top))
    return sum(sum(some) / len(some) for some in hits.values()) / len(hits)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared inputs; by default ../shared")
    parser.add_argument("--index", metavar="FILE", help="term index; by default the embedded tables alone")
    parser.add_argument("--no-values", action="store_true", help="give headers only")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print so many of what was missed, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
