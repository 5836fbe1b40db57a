"""Build a store from the example sources that come with kg, and print three answers that a flat search could not give.

The examples are two IDR studies, two records of a repository, a lab notebook and two files of microscopes. It needs no network.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kg import __version__
from kg.cli.output import print_json, print_table, progress_bar
from kg.errors import SourceError
from kg.paths import data_dir
from kg.pipeline import Harmonized, Pipeline, Settings
from kg.queries import bound, question_named
from kg.store import Generation, text_of

Rows = list[dict[str, str]]

_WIDTH = 100
_CELL = 25
_KINDS = (("idr-", "IDR table"), ("gide-", "repository"), ("eln", "notebook"), ("ome", "microscope"))
_ASKED = (
    ("confocal", "by-imaging-method", (("method", "FBbi:00000251"),)),
    ("genes", "genes-by-phenotype", (("phenotype", "CMPO:0000304"), ("screens", "2"))),
    ("channels", "channels-by-excitation", (("wavelength", "488"), ("tolerance", "10"), ("target", "tubulin"))),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--store", metavar="DIR", help="keep the store here, to ask it more; otherwise it is thrown away")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0."""
    if options.store:
        return _demo(Path(options.store), options)
    with tempfile.TemporaryDirectory(prefix="kg-demo-") as folder:
        return _demo(Path(folder) / "store", options)


def _demo(store: Path, options: argparse.Namespace) -> int:
    progress, bar = progress_bar()
    with bar:
        result = Pipeline(Settings(version=__version__)).harmonize([data_dir("examples")], store, progress)
    if result.generation is None or any(source.status != "harmonized" for source in result.sources):
        raise SourceError("examples", "the example sources could not be harmonized; is the installation whole?")
    with result.generation as generation:
        answers = {key: _rows(generation, name, dict(given)) for key, name, given in _ASKED}
        statements = generation.stats()["statements"]["all"]
    kinds = {source.iri: _kind(source.mapping) for source in result.sources}
    if options.json:
        sources = [{"source": source.key, "kind": kinds[source.iri], "mapping": source.mapping} for source in result.sources]
        print_json({"sources": sources, "statements": statements, "answers": answers})
        return 0
    _print(result, kinds, statements, answers)
    if options.store:
        print(f"\nThe store is kept. Ask it more:  kg queries;  kg query studies-with-publications --store {options.store}")
    else:
        print("\nkg demo --store DIR keeps the store; kg queries lists what else it can be asked.")
    return 0


def _rows(generation: Generation, name: str, given: Mapping[str, str]) -> Rows:
    answer = generation.query(bound(question_named(name), given))
    return [dict(zip(answer.variables, map(text_of, row), strict=True)) for row in answer]


def _kind(mapping: str) -> str:
    return next((words for start, words in _KINDS if mapping.startswith(start)), mapping)


def _print(result: Harmonized, kinds: Mapping[str, str], statements: int, answers: Mapping[str, Rows]) -> None:
    kinds_said = "IDR tables, records of a repository, a lab notebook, microscope files"
    print(f"{len(result.sources)} files of four kinds - {kinds_said} -")
    print(f"became one graph of {statements:,} statements. Three questions to it:\n")
    _confocal(answers["confocal"], kinds)
    _genes(answers["genes"])
    _channels(answers["channels"])


def _confocal(rows: Rows, kinds: Mapping[str, str]) -> None:
    literal = sum("confocal" in row["words"].lower() for row in rows)
    print("1. What was imaged with a confocal microscope?")
    print(f"   A search for 'confocal' finds {literal} of {len(rows)}. The graph finds each by what its words mean:\n")
    table = [[kinds[row["source"]], _short(row["name"]), _short(row["words"]), row["label"]] for row in rows]
    print_table(["source", "what", "in its words", "which means"], sorted(table), width=_WIDTH)
    why = next((row["why"] for row in rows if row["how"] == "synonym"), "")
    print(f"\n   And says why: {why}.")


def _short(text: str) -> str:
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _genes(rows: Rows) -> None:
    print("\n2. Which genes stop the cell cycle when they are lost, in two screens or more?")
    print("   No table says 'cell cycle arrested'; the ontology knows which phenotypes are kinds of it:\n")
    table = [[row["symbol"], row["name"], row["label"], row["records"]] for row in rows]
    print_table(["gene", "screen", "what it saw", "wells"], table, width=_WIDTH)


def _channels(rows: Rows) -> None:
    print("\n3. Who imaged tubulin at 488 ± 10 nm, and how sharp was the objective?")
    print("   The microscope's file knows the light path, the notebook knows the experiment:\n")
    table = [
        [row["imageName"], row["channelName"], f"{row['excitation']} / {row['emission']} nm", row["na"], row["experiment"]]
        for row in rows
    ]
    print_table(["image", "channel", "excitation / emission", "NA", "notebook entry"], table, width=_WIDTH)
