"""The house: what may import what, what the package carries, and that generated files are as their scripts write them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "kg").rglob("*.py"))


def trees():
    return ((path, ast.parse(path.read_text("utf-8"))) for path in MODULES)


def is_of_kg(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").partition(".")[0] == "kg"
    return isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == "kg" for alias in node.names)


def test_a_module_imports_only_from_lines_below_it():
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_function_imports_from_kg():
    found = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path, tree in trees()
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom) and is_of_kg(inner)
    ]
    assert found == []


def test_modules_are_loaded_by_name_only_for_commands_and_readers():
    users = {
        path.relative_to(ROOT).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and getattr(node, "attr", getattr(node, "id", "")) in {"import_module", "__import__"}
    }
    optional = {
        "kg/terms/files/packed.py",
        "kg/terms/reason/classify.py",
    }  # packages of an extra, with a sentence where they are absent
    # The service is loaded while its workers' own server starts beside it: half a second less until the first answer.
    doors = {"kg/cli/main.py", "kg/cli/serve.py"}
    assert users == doors | {"kg/readers/__init__.py", "kg/readers/needs.py", "kg/later.py"} | optional


def test_whatever_is_raised_is_caught_by_name():
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    doors = ["kg/api/middleware/observe.py", "kg/api/worker.py", "kg/api/writer_process.py", "kg/cli/main.py"]
    assert [place.partition(":")[0] for place in bare] == [*doors, "kg/readers/__init__.py", "kg/readers/child.py"], (
        "only doors catch everything, to say that it is a bug, and what asks foreign files"
    )


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "kg/py.typed").is_file()


@pytest.mark.parametrize("script", ["make_docs.py", "make_examples.py"])
def test_generated_files_are_as_their_script_writes_them(script, demo):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / script, "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.slow
def test_the_wheel_carries_code_types_and_data(tmp_path):
    if find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not installed here; .ci/run builds it all the same")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, capture_output=True, check=True)
    [wheel] = tmp_path.glob("bioimage_kg-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for kind in ("ontologies", "mappings", "queries", "examples"):
        there = {
            p.relative_to(ROOT).as_posix() for p in (ROOT / kind).rglob("*") if p.is_file() and "__pycache__" not in p.parts
        }
        assert {f"kg/data/{name}" for name in there} <= names, kind
    code = {path.relative_to(ROOT).as_posix() for path in MODULES}
    assert code | {"kg/py.typed"} <= names
    assert not {name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))}
    assert not {name for name in names if "__pycache__" in name}
    with zipfile.ZipFile(wheel) as archive:
        [entry] = [name for name in names if name.endswith("entry_points.txt")]
        assert "kg = kg.cli.main:main" in archive.read(entry).decode()
        [metadata] = [name for name in names if name.endswith("METADATA")]
        assert "License-Expression: Apache-2.0" in archive.read(metadata).decode()
