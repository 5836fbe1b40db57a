"""Which texts of the gold set stand in our own synonyms and in no public ontology: listed, each with its citation.

usage: gold_overlap.py --index FILE [--shared DIR]     the index with the ontologies of ../shared (benchmarks/README.md)
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from kg.terms import TermIndex
from kg.terms.normalise import key

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print one line for each text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", required=True)
    parser.add_argument("--shared", default=ROOT.parent / "shared")
    options = parser.parse_args()
    with (Path(options.shared) / "data/gold/grounding-dev.tsv").open(encoding="utf-8", newline="") as rows:
        gold = {key(row["raw_text"]) for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)}
    print("| text | term | citation |\n|---|---|---|")
    with TermIndex.open(Path(options.index)) as index:
        for path in sorted((ROOT / "mappings").glob("*.synonyms.sssom.tsv")):
            lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
            for row in csv.DictReader(lines, delimiter="\t"):
                text = key(row["subject_label"])
                public = any("of kg" not in hit.ontology for hit in index.lookup(text))
                if text in gold and not public:
                    print(f"| {row['subject_label']} | {row['object_id']} {row['object_label']} | {row['see_also']} |")


if __name__ == "__main__":
    main()
