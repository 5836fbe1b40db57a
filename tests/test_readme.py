"""The README: its commands run as they stand, and the demo prints what it shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SHELL = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    for line in block.replace("\\\n", " ").splitlines()
]
KG = [part.strip() for line in SHELL for part in line.split("&&") if part.strip().startswith("kg ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with nothing but the examples, as after a clone."""
    path = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", path / "examples")
    return path


@pytest.fixture(scope="module")
def shell(_own_cache, folder):
    commands = Path(sys.executable).parent
    if not any((commands / name).exists() for name in ("kg", "kg.exe")):
        pytest.skip("kg is not installed in this environment (pip install -e .)")

    def run(line: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False)  # noqa: S602 - our own README

    return run


def assert_serves(line, folder):
    """The command serves the store that the commands before it made, until it is asked to stop."""
    words = shlex.split(line)
    command = [sys.executable, "-m", "kg.cli.main", *words[1:], "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as service:
        try:
            address = next(found[1] for said in service.stderr if (found := re.search(r"on (http://\S+:\d+)", said)))
            assert requests.get(f"{address}/ready", timeout=30).ok
            assert requests.get(f"{address}/sparql", {"query": "ASK { ?s ?p ?o }"}, timeout=30).json()["boolean"]
        finally:
            service.terminate()
            assert service.wait(30) == 0


def test_the_readme_has_commands_and_the_output_of_the_demo():
    assert KG[0] == "kg demo"
    assert len(KG) >= 4
    assert "\nDEMO\n" not in README, "scripts/make_docs.py puts the output in"


def test_the_commands_of_the_readme_run_in_their_order(shell, folder):
    for line in KG[1:]:
        if line.startswith("kg serve"):
            assert_serves(line, folder)
            continue
        done = shell(line)
        told = [said for said in done.stderr.splitlines() if not re.match("making the search data|search data:", said)]
        assert (done.returncode, told) == (0, []), line
        assert done.stdout.strip(), line
        assert "Traceback" not in done.stdout
    assert (folder / "report.html").is_file()


def test_the_demo_prints_what_the_readme_shows_and_leaves_the_users_store_alone(shell, folder):
    [shown, *_] = re.findall(r"^```text\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    done = shell("KG_STORE=mine kg demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == shown
    assert not (folder / "mine").exists()


def test_ci_runs_the_command_by_which_the_readme_installs_and_tests():
    [command] = [line for line in SHELL if "pytest" in line]
    quiet = re.sub(r" (--quiet|-q)\b", "", (ROOT / ".ci/run").read_text("utf-8"))
    assert command in quiet


def test_every_file_that_the_readme_speaks_of_is_there():
    for path in re.findall(r"examples/[\w./-]+", README):
        assert (ROOT / path).exists(), path
