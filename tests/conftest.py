"""What all tests share: where ../shared is, a term index of their own, and nothing left open."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg.cli.main import main

# Case folders hold scripts that write their source; they are no tests.
collect_ignore_glob = ["cases/*"]
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser):
    parser.addoption("--update-cases", action="store_true", help="write expected.nq of the case folders again")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared inputs; the test is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("../shared is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """No test writes into the user's cache."""
    before = {name: value for name, value in os.environ.items() if name.startswith("KG_")}
    for name in before:
        del os.environ[name]
    os.environ["KG_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    del os.environ["KG_CACHE"]
    os.environ.update(before)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has run, with its exit code and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Demo:
    """The examples, harmonized once for all tests; nobody writes to this store."""

    store: Path
    ran: Ran
    summary: dict[str, Any]
    html: str


def harmonized(folder: Path, *words: object) -> Demo:
    """Harmonize into ``folder/store``, in this process, with both reports."""
    out, err = io.StringIO(), io.StringIO()
    reports = (folder / "report.json", folder / "report.html")
    with redirect_stdout(out), redirect_stderr(err):
        code = main(
            ["harmonize", *map(str, words), "--store", str(folder / "store"), *(f"--report={path}" for path in reports)]
        )
    assert code in {0, 1}, err.getvalue()
    ran = Ran(code, out.getvalue(), err.getvalue())
    return Demo(folder / "store", ran, json.loads(reports[0].read_text("utf-8")), reports[1].read_text("utf-8"))


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def demo(_own_cache, examples, tmp_path_factory) -> Demo:
    return harmonized(tmp_path_factory.mktemp("demo"), examples)


@pytest.fixture(scope="session")
def process(_own_cache):
    """Run kg in a process of its own, as from a shell."""

    def run(*words: object, stdin: str = "", cwd: Path | None = None, **env: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "kg.cli.main", *map(str, words)],
            input=stdin.encode(), capture_output=True, check=False, cwd=cwd, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
