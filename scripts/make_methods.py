"""Write docs/imaging-methods.md: what kg makes of every imaging method in the PageTab submissions of the shared inputs.

usage: make_methods.py [--shared DIR] [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.errors import KgError, SourceError
from kg.schema import load_schema
from kg.term import Query
from kg.terms import Advice, TermIndex, composed, default_index, resolve_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.term import Decision, Match

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "imaging-methods.md"
FIELD = "imaging_method"

_NAME = re.compile(r"(?:imaging|image acquisition|acquisition|microscopy)[ _-]*(?:methods?|modalit(?:y|ies)|techniques?)")
_VALUE = frozenset({"ontologyvalue", "value", "name", "term"})
_ACCESSION = frozenset({"ontologytermid", "termid", "termaccession", "termaccessionnumber", "accession"})
_ONTOLOGY = frozenset({"ontologyname", "ontology", "termsource", "termsourceref"})
_STATUS = {"accepted": "accepted", "review": "waits for review", "none": "no term"}
_SHOWN = 3
_LONGEST = 150


@dataclass(frozen=True, slots=True)
class Said:
    """An imaging method as a submission gives it: text, accession and ontology; the latter two may be empty."""

    text: str
    accession: str = ""
    ontology: str = ""

    @property
    def query(self) -> Query:
        """What is asked of the resolver, with the accession."""
        return Query(FIELD, self.text, self.accession, self.ontology)


def methods(content: object) -> Iterator[Said]:
    """Yield the imaging methods of a submission: attributes of that name, and sections of that type."""
    if isinstance(content, list):
        for each in content:
            yield from methods(each)
    elif isinstance(content, dict):
        attributes = [each for each in content.get("attributes") or () if isinstance(each, dict)]
        if _NAME.fullmatch(str(content.get("type") or "").strip().lower()):
            yield from _said(_first(attributes, _VALUE), attributes)
        for each in attributes:
            if _NAME.fullmatch(str(each.get("name") or "").strip().lower()):
                yield from _said(str(each.get("value") or ""), each.get("valqual") or ())
        for key, value in content.items():
            if key != "attributes":
                yield from methods(value)


def _said(text: str, beside: Iterable[Mapping[str, Any]]) -> Iterator[Said]:
    if text.strip():
        beside = list(beside)
        yield Said(text.strip(), _first(beside, _ACCESSION), _first(beside, _ONTOLOGY))


def _first(attributes: Iterable[Mapping[str, Any]], names: frozenset[str]) -> str:
    values = (each.get("value") for each in attributes if re.sub(r"[\W_]", "", str(each.get("name")).lower()) in names)
    return next((str(value).strip() for value in values if value), "")


def collected(folder: Path) -> tuple[dict[Said, set[str]], int]:
    """Return the files in which each imaging method stands, and the number of files; one file is one study."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SourceError(str(folder), "holds no PageTab submissions (*.json)")
    used: dict[Said, set[str]] = {}
    for file in files:
        try:
            for said in methods(json.loads(file.read_text("utf-8-sig"))):
                used.setdefault(said, set()).add(file.name)
        except ValueError as error:
            raise SourceError(file.name, f"is no JSON: {error}") from error
    return used, len(files)


def decided(used: Iterable[Said]) -> tuple[dict[Query, Decision], tuple[str, ...]]:
    """Return the decision about each text, with and without the accession beside it, and the ontologies in use.

    The index is made anew from the embedded tables, so that what a user has added changes nothing.
    """
    schema = load_schema()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        with (
            TermIndex.open(default_index(here / "index.sqlite")) as index,
            composed(index, schema.fields, f"kg {__version__}", Advice(), here) as whole,
        ):
            prefixes = {branch.ontology for branch in schema.fields[FIELD]}
            versions = [f"{each.prefix} {each.version}" for each in index.ontologies() if each.prefix in prefixes]
            queries = [query for said in used for query in (Query(FIELD, said.text), said.query)]
            return resolve_all(whole.resolver, queries), tuple(sorted(versions))


def page(folder: Path) -> str:
    """Return the document."""
    used, number = collected(folder)
    decisions, versions = decided(used)
    texts: dict[str, list[Said]] = {}
    for said in used:
        texts.setdefault(said.text, []).append(said)
    studies = {text: len(set().union(*(used[said] for said in own))) for text, own in texts.items()}
    order = sorted(texts, key=lambda text: (-studies[text], text.casefold(), text))
    reached = Counter(decisions[Query(FIELD, text)].status for text in order)
    counts = ", ".join(f"{reached[status]} {word}" for status, word in _STATUS.items() if reached[status])
    lines = [
        "# Imaging methods in the words of submitters",
        "",
        "Written by `scripts/make_methods.py`. Every text that stands as an imaging method in the PageTab submissions of the",
        "BioImage Archive among the shared inputs, and what `kg resolve --field imaging_method` makes of it with nothing but",
        f"the term tables that every installation has ({', '.join(versions)}). Keywords and words of instruments are not read.",
        "",
        f"{number} studies hold {len(order)} distinct texts: {counts}.",
        "",
        "A text that waits for review gets no term before a person has chosen one (`kg review`); its best candidates stand",
        "here. A text without a term is kept as it is. The last column says what becomes of the text where the submission",
        "gives an accession with it; the columns before it leave that accession aside.",
        "",
        "| text | studies | status | term | tier | why | with the accession of the source |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(text, studies[text], texts[text], decisions) for text in order]) + "\n"


def _row(text: str, studies: int, said: Iterable[Said], decisions: Mapping[Query, Decision]) -> str:
    decision = decisions[Query(FIELD, text)]
    own = sorted((each for each in said if each.accession), key=lambda each: (each.accession, each.ontology))
    # A source may spell the name of the ontology in several ways beside one accession.
    beside = dict.fromkeys(f"{_escaped(each.accession)}: {_outcome(decisions[each.query])}" for each in own)
    tiers = dict.fromkeys(match.tier for match in decision.matches[:_SHOWN])
    cells = (
        _escaped(text), str(studies), _STATUS[decision.status], _terms(decision), ", ".join(tiers), _why(decision),
        "<br>".join(beside),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _terms(decision: Decision) -> str:
    accepted = decision.status == "accepted"
    shown = decision.matches if accepted else decision.matches[:_SHOWN]
    return "<br>".join(("" if accepted else "? ") + _term(match) for match in shown)


def _term(match: Match) -> str:
    return f"`{match.term.curie}` {_escaped(match.term.label)}"


def _outcome(decision: Decision) -> str:
    return f"{_STATUS[decision.status]}{', ' if decision.matches else ''}{_terms(decision)}"


def _why(decision: Decision) -> str:
    """Return the reason without the version of the ontology, which the head of the page says."""
    why = decision.why
    for match in decision.matches:
        why = why.replace(f" in {match.ontology}", "")
    return _escaped(why if len(why) <= _LONGEST else why[: _LONGEST - 1] + "\u2026")


def _escaped(text: str) -> str:
    """Return a text that stands in one cell of a table as it is."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", flat)


def main() -> int:
    """Write the page, or with --check say whether it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared inputs; by default ../shared")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if the page differs")
    options = parser.parse_args()
    try:
        text = page(options.shared / "data" / "inputs" / "bia" / "pagetab")
    except KgError as error:
        sys.exit(str(error))
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.relative_to(ROOT)} differs from what scripts/make_methods.py writes")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
