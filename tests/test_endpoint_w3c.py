"""The W3C's own tests of the protocol, of graph stores, of descriptions and of results, over HTTP against an empty store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from serving import WRITER_TOKEN, Serving

SHARED = Path(__file__).resolve().parents[2] / "shared"
RUNNER, DATA = SHARED / "bench" / "w3c_runner.py", SHARED / "data" / "w3c-sparql"
# A literal is written as the engine keeps it: see docs/sparql.md.
FAILURES = ["sparql11/csv-tsv-res#tsv03"]
PASSED = {
    "CSVResultFormatTest": 3,
    "GraphStoreProtocolTest": 9,
    "ProtocolTest": 34,
    "QueryEvaluationTest": 6,
    "ServiceDescriptionTest": 3,
}

pytestmark = pytest.mark.skipif(not (RUNNER.is_file() and DATA.is_dir()), reason="the W3C's tests are not beside the project")


def test_the_tests_of_the_w3c_fail_where_we_know_it_and_nowhere_else(tmp_path):
    with Serving(tmp_path / "store") as serving:
        command = [
            *(sys.executable, str(RUNNER), "--root", str(DATA), "--suites", "sparql11", "--json", str(tmp_path / "out.json")),
            *(
                "--query",
                f"{serving.url}/sparql",
                "--update",
                f"{serving.url}/update",
                "--gsp",
                f"{serving.url}/rdf-graph-store",
            ),
            *("--update-header", f"Authorization: Bearer {WRITER_TOKEN}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    results = json.loads((tmp_path / "out.json").read_text("utf-8")) if (tmp_path / "out.json").exists() else []
    failed = [one["test"] for one in results if one["result"] in {"fail", "error"}]
    assert failed == FAILURES, done.stdout[-2000:] + done.stderr[-2000:]
    passed = {kind: sum(one["result"] == "pass" and one["type"] == kind for one in results) for kind in PASSED}
    assert passed == PASSED
