"""Write what follows from the code: docs/commands.md, docs/questions.md, mappings/mapping.schema.json, the demo in README.md.

usage: make_docs.py [--check]
"""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

from kg.cli.main import COMMANDS, parser_of, summary
from kg.cli.main import main as main_of_kg
from kg.mapping import Mapping
from kg.queries import load_questions

ROOT = Path(__file__).resolve().parent.parent


def commands() -> str:
    """Every command with its help text."""
    parts = ["# Commands\n\nWritten by scripts/make_docs.py from the commands' own help.\n"]
    parts.append(f"```text\n{summary()}```\n")
    for name, (module, line) in COMMANDS.items():
        parser = parser_of(name, importlib.import_module(module))
        helps = [each.format_help() for each in (parser, *parser.parts.values())]
        blocks = "\n".join(f"```text\n{text}```\n" for text in helps)
        parts.append(f"## kg {name}\n\n{line[0].upper()}{line[1:]}.\n\n{blocks}")
    parts.append(
        "## Environment\n\n"
        "Every option can be set in the environment, too: `--no-persons` by `KG_NO_PERSONS=1`, `--format csv` by\n"
        "`KG_FORMAT=csv`. An option on the command line wins. A switch is on unless its variable is empty, `0`, `no`,\n"
        "`false` or `off`.\n\n"
        "| variable | means |\n|---|---|\n"
        "| `KG_STORE` | store that commands work on when `--store` is not given |\n"
        "| `KG_INDEX` | term index; otherwise one in the cache, built from the embedded tables when it is first needed |\n"
        "| `KG_MAPPING` | mapping for `kg harmonize`, instead of recognising one |\n"
        "| `KG_NO_PERSONS` | on: `kg harmonize` leaves out everything about people |\n"
        "| `KG_BASE_IRI` | namespace of instances, by default `https://w3id.org/bioimage-kg/id/` |\n"
        "| `KG_DECISIONS` | what people decided, where `--decisions` is not given; else `decisions.sssom.tsv` in the store |\n"
        "| `KG_OLS_URL` | Ontology Lookup Service to ask where `--ols` is not given; `--offline` overrides it |\n"
        "| `KG_TERMS_MIRROR` | address that stands for the hosts of ontology releases in `kg terms pull` and `update` |\n"
        "| `KG_HOST`, `KG_PORT` | where `kg serve` listens |\n"
        "| `KG_WRITER_TOKEN` | a token with which `kg serve` lets write; others are made by `kg token` |\n"
        "| `KG_PROJECT`, `KG_OLS`, `KG_JSON` | `--project`, `--ols` and `--json` of the commands that have them |\n"
        "| `KG_CACHE` | folder for what can be built again, by default `$XDG_CACHE_HOME/bioimage-kg` |\n"
    )
    return "\n".join(parts)


def questions() -> str:
    """Every question with its parameters."""
    lines = ["# Questions\n"]
    lines.append("Written by scripts/make_docs.py from `queries/*.rq`. Run one with `kg query NAME --store DIR`.\n")
    for question in load_questions():
        lines.append(f"## {question.name}\n\n{question.title}.")
        if question.note:
            lines.append(f"{question.note}")
        if question.parameters:
            lines.append("\n| parameter | kind | default | means |\n|---|---|---|---|")
            lines += [f"| `{p.name}` | {p.kind} | `{p.default or ''}` | {p.about} |" for p in question.parameters]
        lines.append("")
    return "\n".join(lines)


def readme() -> str:
    """The README, with what `kg demo` prints in its first block of text."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = main_of_kg(["demo"])
    if code:
        sys.exit("kg demo failed")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.sub(r"```text\n.*?```", lambda _: f"```text\n{said.getvalue()}```", text, count=1, flags=re.DOTALL)


def mapping_schema() -> str:
    """The JSON Schema of the mapping language, for editors."""
    schema = Mapping.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "https://w3id.org/bioimage-kg/mapping.schema.json"
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


FILES = {
    "docs/commands.md": commands,
    "docs/questions.md": questions,
    "mappings/mapping.schema.json": mapping_schema,
    "README.md": readme,
}


def main() -> int:
    """Write the files, or with --check say which differ."""
    for name in [name for name in os.environ if name.startswith("KG_") and name != "KG_CACHE"]:
        del os.environ[name]
    os.environ["COLUMNS"] = "100"  # argparse folds its lines to the terminal
    stale = []
    for name, make in FILES.items():
        path, text = ROOT / name, make()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} differs from what scripts/make_docs.py writes")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
