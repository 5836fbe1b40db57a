"""One peer of the resolver, in a process of its own; terms.py runs it with the interpreter that has the peer.

usage: terms_peers.py METHOD NAMES.tsv QUESTIONS.tsv FIELDS.json FOLDER

Writes FOLDER/METHOD.tsv with the columns of score.py, and prints as JSON how the CPU seconds split into loading and answering.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

SCOPES = ("label", "exact", "narrow", "broad", "related")
MOST = 5
Answer = tuple[list[str], str]
Questions = list[tuple[str, str]]
Fields = dict[str, list[str]]


def names(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield CURIE, scope and words."""
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            curie, scope, text = line.rstrip("\n").split("\t")
            yield curie, scope, text


def folded(text: str) -> str:
    """Return a text as the plain dictionary files it."""
    return " ".join(text.lower().split())


def exact(file: Path, fields: Fields) -> Callable[[Questions], dict[str, list[Answer]]]:
    """Look up the whole text, case apart."""
    book: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for curie, scope, text in names(file):
        book[folded(text)].append((SCOPES.index(scope), curie))

    def answer(field: str, text: str) -> Answer:
        order = {prefix: rank for rank, prefix in enumerate(fields[field])}
        ranked = ((order.get(curie.partition(":")[0]), scope, curie) for scope, curie in book.get(folded(text), ()))
        found: dict[str, tuple[int, int]] = {}
        for rank, scope, curie in sorted(hit for hit in ranked if hit[0] is not None):
            found.setdefault(curie, (rank, scope))
        best = list(found)[:MOST]
        tie = len(best) > 1 and found[best[0]] == found[best[1]]
        return best, "none" if not best else "review" if tie else "accepted"

    return lambda questions: {"exact": [answer(field, text) for field, text in questions]}


def gilda(file: Path, fields: Fields) -> Callable[[Questions], dict[str, list[Answer]]]:
    """Ground with Gilda's own normalisation, spelling variants and scores."""
    from gilda.grounder import Grounder  # noqa: PLC0415 - only in the environment of the peers
    from gilda.process import normalize  # noqa: PLC0415
    from gilda.term import Term  # noqa: PLC0415

    labels: dict[str, str] = {}
    rows = list(names(file))
    for curie, scope, text in rows:
        if scope == "label":
            labels.setdefault(curie, text)
    terms = []
    for curie, scope, text in rows:
        filed, (prefix, _, number) = normalize(text), curie.partition(":")
        if filed.strip():
            status = "name" if scope == "label" else "synonym"
            terms.append(Term(filed, text, prefix, number, labels.get(curie, text), status, prefix.lower()))
    grounder = Grounder(terms)

    def answer(field: str, text: str) -> Answer:
        grounder.namespace_priority = fields[field]
        matches = grounder.ground(text, namespaces=fields[field]) if text.strip() else []
        best = list(dict.fromkeys(f"{match.term.db}:{match.term.id}" for match in matches))[:MOST]
        return best, "accepted" if best else "none"

    return lambda questions: {"gilda": [answer(field, text) for field, text in questions]}


def text2term(file: Path, fields: Fields) -> Callable[[Questions], dict[str, list[Answer]]]:
    """Map with text2term's TF-IDF of three letters; one call per field, which vectorises the field's names anew."""
    from text2term.term import OntologyTerm  # noqa: PLC0415 - only in the environment of the peers
    from text2term.tfidf_mapper import TFIDFMapper  # noqa: PLC0415

    logging.disable(logging.INFO)
    said: defaultdict[str, dict[str, tuple[list[str], list[str]]]] = defaultdict(dict)
    for curie, scope, text in names(file):
        said[curie.partition(":")[0]].setdefault(curie, ([], []))[scope != "label"].append(text)

    def field_answers(field: str, texts: list[str]) -> dict[str, list[tuple[str, float]]]:
        curies, terms = {}, {}
        for curie, (labels, synonyms) in ((curie, parts) for prefix in fields[field] for curie, parts in said[prefix].items()):
            iri = f"http://purl.obolibrary.org/obo/{curie.replace(':', '_')}"
            curies[iri], terms[iri] = curie, OntologyTerm(iri, labels, synonyms=synonyms)
        found: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        if terms:
            numbers = [str(number) for number in range(len(texts))]
            frame = TFIDFMapper(terms).map(texts, numbers, max_mappings=MOST, min_score=0.3)
            columns = ("Source Term", "Mapped Term IRI", "Mapping Score")
            for text, iri, score in frame[list(columns)].itertuples(index=False):
                found[text].append((curies[iri], float(score)))
        return found

    def answers(questions: Questions) -> dict[str, list[Answer]]:
        asked: defaultdict[str, list[str]] = defaultdict(list)
        for field, text in questions:
            asked[field].append(text)
        found = {field: field_answers(field, texts) for field, texts in asked.items()}
        # The higher threshold only leaves out what the lower one has found, so one run serves both.
        return {f"text2term-{least}": [_above(found[field][text], least) for field, text in questions] for least in (0.3, 0.8)}

    return answers


def _above(found: list[tuple[str, float]], least: float) -> Answer:
    best = [curie for curie, score in sorted(found, key=lambda pair: -pair[1]) if score >= least]
    return best[:MOST], "accepted" if best else "none"


def main() -> None:
    """Load, answer, write."""
    method, *paths = sys.argv[1:]
    file, asked, known, folder = map(Path, paths)
    with asked.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        questions = [(row["field"], row["text"]) for row in reader]
    ask = {"exact": exact, "gilda": gilda, "text2term": text2term}[method](file, json.loads(known.read_text("utf-8")))
    loaded = time.process_time()
    for name, answers in ask(questions).items():
        with (folder / f"{name}.tsv").open("w", encoding="utf-8", newline="") as out:
            out.write("field\ttext\tcurie\tstatus\n")
            for (field, text), (curies, status) in zip(questions, answers, strict=True):
                out.write(f"{field}\t{text}\t{'|'.join(curies)}\t{status}\n")
    print(json.dumps({"loading": round(loaded, 2), "answering": round(time.process_time() - loaded, 2)}))


if __name__ == "__main__":
    main()
