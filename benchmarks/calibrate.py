"""From which score on may a candidate be accepted? Precision and recall over thresholds, per field, by bootstrap over studies.

usage: calibrate.py --gold GOLD.tsv --answers ANSWERS.json [--tiers ngram,embedding] [--precision .95] [--out FOLDER]

ANSWERS.json is what `kg resolve --batch QUESTIONS.tsv --json` says about the questions that
`../shared/bench/terms/score.py GOLD.tsv --make QUESTIONS.tsv` writes. Candidates of the tiers count as answers from the
threshold on, whatever their status; what other tiers have accepted always counts, what they offer for review never does.

Studies are drawn with replacement, not strings: strings of one study resemble one another, and a threshold that fits them
fits nothing else. Two thresholds are printed, each the least one from which on P@1 is at least --precision in nine draws of
ten: among all answers of the field, and `own`, the stricter one, among those alone that the threshold lets in. There is none
for a field with fewer than three studies or ten look-alikes, or where nothing would be let in.
Writes calibration.tsv (one row per field and threshold) and calibration.svg.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("KG_SHARED", HERE.parent.parent / "shared"))
SEED, DRAWS = 20261121, 1000
STEPS = np.round(np.arange(0.30, 1.001, 0.01), 2)
WANTED = frozenset({"ok_lexical", "ok_curated_name", "ok_partial", "obsolete"})
FEWEST_STUDIES, FEWEST_OWN = 3, 10
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """A text in a field, with the studies that use it and what kg says.

    Attributes:
        studies: which studies use the text in the field.
        wanted: right answers; empty where nothing is wanted.
        score: of the first candidate; 2 where it counts at every threshold, -1 where it never does.
        right: whether the first candidate is wanted.
    """

    field: str
    studies: frozenset[str]
    wanted: frozenset[str]
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Figures of one field over the thresholds; ``low`` is the lower decile of P@1 over the draws."""

    field: str
    questions: int
    studies: int
    own: int
    precision: Numbers
    low: Numbers
    recall: Numbers
    rejected: Numbers
    own_precision: Numbers
    let_in: Numbers
    threshold: float | None
    own_threshold: float | None

    def at(self, values: Numbers) -> float:
        """Return a figure at the threshold; at the highest one when there is none."""
        return float(values[-1 if self.threshold is None else _place(self.threshold)])

    def limit(self, threshold: float | None) -> str:
        """Return a threshold and how many answers it lets in, for people."""
        return "none" if threshold is None else f"{threshold:.2f} ({self.let_in[_place(threshold)]:.0f})"


def _place(threshold: float) -> int:
    return int(np.argmin(np.abs(STEPS - threshold)))


def gold(file: Path) -> tuple[dict[tuple[str, str], set[str]], dict[tuple[str, str], set[str]]]:
    """Return right answers and studies of each question, by field and text; score.py says which rows count."""
    wanted: dict[tuple[str, str], set[str]] = {}
    studies: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            asked = (row["field"], row["raw_text"])
            right = {curie for curie in f"{row['accept']}|{row['equiv']}".split("|") if curie}
            if row["status"] == "obsolete":
                right.discard(row["curie"])
            if (row["status"] in WANTED and right) or row["status"] == "no_term":
                wanted.setdefault(asked, set()).update(right if row["status"] in WANTED else ())
                studies[asked].add(row["study"])
    return wanted, studies


def questions(gold_file: Path, answers: Path, tiers: frozenset[str]) -> list[Question]:
    """Return what was asked and said; questions that the answers do not hold are left out."""
    wanted, studies = gold(gold_file)
    found = []
    for answer in json.loads(answers.read_text("utf-8")):
        asked = (answer["field"], answer["text"])
        if asked in wanted:
            score, right = _first(answer, wanted[asked], tiers)
            found.append(Question(answer["field"], frozenset(studies[asked]), frozenset(wanted[asked]), score, right))
    return found


def _first(answer: dict[str, Any], wanted: set[str], tiers: frozenset[str]) -> tuple[float, bool]:
    if not answer["matches"]:
        return -1.0, False
    best = answer["matches"][0]
    otherwise = 2.0 if answer["status"] == "accepted" else -1.0
    return float(best["score"]) if best["tier"] in tiers else otherwise, best["curie"] in wanted


def curve(field: str, asked: list[Question], least: float) -> Curve:
    """Return the figures of one field."""
    names = sorted({study for question in asked for study in question.studies})
    place = {name: number for number, name in enumerate(names)}
    uses = np.zeros((len(names), len(asked)))
    for column, question in enumerate(asked):
        uses[[place[study] for study in question.studies], column] = 1
    term = np.array([bool(question.wanted) for question in asked])
    right = np.array([question.right for question in asked]) & term
    scores = np.array([question.score for question in asked])
    answered = scores[None, :] >= STEPS[:, None]
    own = answered & (scores <= 1)[None, :] & term
    random = np.random.default_rng(SEED)
    draws = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS) @ uses
    low = _decile(_share(draws @ (answered & right).T, draws @ (answered & term).T))
    own_low = _decile(_share(draws @ (own & right).T, draws @ own.T))
    candidates = int(((scores >= 0) & (scores <= 1) & term).sum())
    enough = len(names) >= FEWEST_STUDIES and candidates >= FEWEST_OWN
    let_in = own.sum(1)
    return Curve(
        field, len(asked), len(names), candidates,
        _share((answered & right).sum(1), (answered & term).sum(1)), low,
        _share((answered & right).sum(1), np.full(len(STEPS), term.sum())),
        _share((~answered & ~term).sum(1), np.full(len(STEPS), (~term).sum())),
        _share((own & right).sum(1), let_in), let_in.astype(np.float64),
        _threshold(low, let_in, least) if enough else None, _threshold(own_low, let_in, least) if enough else None,
    )  # fmt: skip


def _threshold(low: Numbers, let_in: NDArray[Any], least: float) -> float | None:
    """Return the least step from which on the decile stays above, so that a lucky place in the middle does not count."""
    above = np.logical_and.accumulate((np.nan_to_num(low, nan=1.0) >= least)[::-1])[::-1]
    place = int(np.argmax(above))
    return float(STEPS[place]) if above.any() and let_in[place] else None


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Numbers:
    """Return part / whole, and not-a-number where there is nothing."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)


def _decile(draws: Numbers) -> Numbers:
    found = np.full(draws.shape[1], np.nan)
    said = ~np.isnan(draws).all(axis=0)
    found[said] = np.nanquantile(draws[:, said], 0.1, axis=0)
    return found


def write_table(curves: list[Curve], file: Path) -> None:
    """Write one row per field and threshold."""
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write("field\tthreshold\tP@1\tP@1_low_decile\town_P@1\tlet_in\tR@1\trejected\n")
        for c in curves:
            for place, step in enumerate(STEPS):
                cells = (values[place] for values in (c.precision, c.low, c.own_precision, c.let_in, c.recall, c.rejected))
                out.write("\t".join([c.field, f"{step:.2f}", *("" if np.isnan(v) else f"{v:.3g}" for v in cells)]) + "\n")


def drawing(curves: list[Curve]) -> str:
    """Return the curves as one SVG, a small picture per field."""
    across, wide, high = 4, 240, 170
    rows = -(-len(curves) // across)
    parts = [_picture(c, place % across * wide, place // across * high + 24) for place, c in enumerate(curves)]
    legend = "P@1 (blue, dashed: lowest of nine draws in ten), R@1 (orange), threshold (grey); across: score 0.3 to 1"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across * wide} {rows * high + 24}" font-family="sans-serif" '
        f'font-size="11"><title>Thresholds of the resolver</title><rect width="100%" height="100%" fill="white"/>'
        f'<text x="10" y="16">{legend}</text>{"".join(parts)}</svg>\n'
    )


def _picture(c: Curve, left: int, top: int) -> str:
    wide, high, x0, y0 = 190, 110, left + 30, top + 24
    lines = "".join(
        f'<path d="M{x0} {y0 + high * (1 - level):.1f}h{wide}" stroke="#ddd"/>'
        f'<text x="{x0 - 4}" y="{y0 + high * (1 - level) + 4:.1f}" text-anchor="end" fill="#555">{level:g}</text>'
        for level in (0, 0.5, 0.95)
    )

    def path(values: Numbers, look: str) -> str:
        there = (
            (x0 + wide * (s - 0.3) / 0.7, y0 + high * (1 - v)) for s, v in zip(STEPS, values, strict=True) if not np.isnan(v)
        )
        return f'<polyline fill="none" {look} points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in there)}"/>'

    mark = ""
    if c.threshold is not None:
        x = x0 + wide * (c.threshold - 0.3) / 0.7
        mark = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y0}" y2="{y0 + high}" stroke="#888" stroke-width="2"/>'
    title = html.escape(f"{c.field} ({c.questions} texts, {c.studies} studies)")
    return (
        f'<text x="{left + 10}" y="{top + 14}">{title}</text>{lines}{mark}'
        + path(c.precision, 'stroke="#1f5fa8" stroke-width="1.5"')
        + path(c.low, 'stroke="#1f5fa8" stroke-dasharray="3 2"')
        + path(c.recall, 'stroke="#d9822b" stroke-width="1.5"')
    )


def main() -> None:
    """Write table and drawing, and print the threshold of each field."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, default=SHARED / "data" / "gold" / "grounding-dev.tsv")
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--tiers", default="ngram,embedding", help="tiers that the threshold is for")
    parser.add_argument("--precision", type=float, default=0.95)
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    by_field: defaultdict[str, list[Question]] = defaultdict(list)
    for question in questions(options.gold, options.answers, frozenset(options.tiers.split(","))):
        by_field[question.field].append(question)
    curves = [curve(field, asked, options.precision) for field, asked in sorted(by_field.items())]
    write_table(curves, options.out / "calibration.tsv")
    (options.out / "calibration.svg").write_text(drawing(curves), "utf-8")
    heads = ("field", "texts", "studies", "look-alikes", "threshold (let in)", "own threshold (let in)", "P@1", "lower decile")
    print(f"| {' | '.join((*heads, 'R@1', 'rejected'))} |")
    print("|---" * (len(heads) + 2) + "|")
    for c in curves:
        cells = (c.at(values) for values in (c.precision, c.low, c.recall, c.rejected))
        shown = " | ".join("-" if np.isnan(value) else f"{value:.3f}" for value in cells)
        limits = " | ".join(map(c.limit, (c.threshold, c.own_threshold)))
        print(f"| {c.field} | {c.questions} | {c.studies} | {c.own} | {limits} | {shown} |")


if __name__ == "__main__":
    main()
