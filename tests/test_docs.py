"""The documents: every command and option is described, every question listed, every link leads somewhere."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from kg.cli.main import COMMANDS, parser_of
from kg.queries import load_questions

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md"), *(ROOT / "tests").rglob("*.md")]
)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def prose(path: Path) -> str:
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text("utf-8")))


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_stands_in_the_documentation(name):
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    section = text.split(f"## kg {name}\n")[1].split("\n## ")[0]
    parser = parser_of(name, importlib.import_module(COMMANDS[name][0]))
    for part in (parser, *parser.parts.values()):
        for action in part._actions:
            for option in action.option_strings:
                assert option in section, f"{part.prog} {option}"
    for part in parser.parts:
        assert f"usage: kg {name} {part}" in section


def test_every_variable_that_the_code_reads_stands_in_the_documentation():
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    read = {
        name for path in (ROOT / "kg").rglob("*.py") for name in re.findall(r'"(KG_[A-Z_]+[A-Z])"', path.read_text("utf-8"))
    }
    assert {"KG_STORE", "KG_INDEX", "KG_BASE_IRI", "KG_CACHE"} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in text] == []


def test_every_question_stands_in_the_documentation():
    text = (ROOT / "docs/questions.md").read_text("utf-8")
    for question in load_questions():
        assert f"## {question.name}\n" in text
        assert question.title in text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(path):
    for target in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        assert ROOT in there.resolve().parents or there.resolve() == ROOT, f"{target} lies outside the project"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), target


def test_no_document_names_a_path_of_a_machine():
    for path in DOCUMENTS:
        assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", path.read_text("utf-8")), path
