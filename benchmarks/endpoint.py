"""The endpoint at a million images: what requests cost beside bare pyoxigraph and Virtuoso, on the same statements in one run.

usage: endpoint.py --store DIR [--images N] [--index FILE] [--seconds S] [--clients N ...] [--virtuoso DIR] [--text-index]
                   [--json FILE] [--log]

  --store DIR     the store; made first (endpoint_load.py) where it is not there
  --images N      how many images it is made with (default 1,000,000)
  --index FILE    term index (default: the embedded one)
  --seconds S     how long each question is asked in each way (default 3)
  --clients N     clients at once for the rates (default 1 8 32)
  --virtuoso DIR  also ask Virtuoso (Debian: virtuoso-opensource-7-bin), kept in this folder and loaded first where it is empty
  --text-index    load Virtuoso with its index of words
  --json FILE     write every figure there
  --log           append the tables to RESULTS.md

What each side counts stands beside the question. CPU is that of all processes of a service, as the
system counts it; that of the client stands beside the rates.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from cost import HERE
from endpoint_data import Size
from endpoint_load import dump, load, note_of, size_of
from endpoint_peers import LONG, Virtuoso, answered, bare
from endpoint_processes import Measured, Running, started
from endpoint_questions import Asked, Question, Way, questions

from kg.store import Store
from kg.terms import default_index

_ROWS = "application/sparql-results+json"
_SLOW = 3
_PATIENCE = 1_800.0
_WHOLE = 100


class Bench:
    """One run: the store, the questions, and the figures as they come."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.store: Path = options.store
        self.index = default_index(options.index)
        self.seconds: float = options.seconds
        self.clients: list[int] = options.clients
        if not self.store.exists():
            load(options.images, self.store, self.index)
        self.note = note_of(self.store)
        self.generation = Store.open(self.store).current
        if self.generation is None:
            sys.exit(f"{self.store} holds nothing")
        self.path = self.generation.path / "db"
        self.database = ox.Store.read_only(str(self.path))
        size = Size.of(self.note["images"], self.note["seed"])
        self.asked = Asked.drawn(self.database, size, self.note["counts"]["rows"])
        self.questions = list(questions(self.asked))
        self.counts: dict[str, int] = {}
        self.figures: dict[str, Any] = {
            "loading": {key: value for key, value in self.note.items() if key != "counts"},
            "counts": self.counts,
        }

    # --------------------------------------------------------------------------------------------------------- our service

    def ours(self) -> None:
        command = [sys.executable, "-m", "kg.cli.main", "serve", "--store", self.store, "--port", "0"]
        with started(command, environment={"KG_INDEX": str(self.index)}) as service:
            self._search_made(service)
            for question in self.questions:
                found = {way.name: self._our(service, question, way) for way in question.ways}
                self._keep(question, "ours", {name: figures for name, figures in found.items() if figures})
            self.figures["memory"] = {"kg serve": {"resident": service.resident(), "processes": len(service.pids())}}

    def _our(self, service: Running, question: Question, way: Way) -> dict[str, Any] | None:
        """Ask in one way; None where the service does not know it."""
        status, body = service.answer(way.paths[0], way.accept)
        if status != HTTPStatus.OK:
            print(f"{question.name}, {way.name}: {status} {body[:200].decode('utf-8', 'replace')}", file=sys.stderr)
            return None
        figures: dict[str, Any] = {"total": _total(body), "inside": self._inside(way)}
        for clients in self.clients:
            figures[str(clients)] = self._checked(service.asked(way.paths, way.accept, clients, self.seconds))
        return figures

    def _search_made(self, service: Running) -> None:
        """Wait until the data of the search are there, and note what making them took; little where they were there before."""
        start = time.perf_counter()
        peak, spent = 0.0, dict[int, float]()
        while time.perf_counter() - start < _PATIENCE:
            spent |= service.cpu()
            peak = max(peak, service.resident())
            if service.answer("/api/search?level=image&limit=1", "application/json")[0] != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        wall = time.perf_counter() - start
        service.settled()
        size = size_of(self.store / "sidecars") if (self.store / "sidecars").exists() else 0
        self.figures["search data"] = {"wall": wall, "cpu": sum(spent.values()), "resident": peak, "bytes": size}

    def _inside(self, way: Way) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as plan:
            json.dump(
                {"paths": way.paths, "accept": way.accept, "most": 5_000, "seconds": self.seconds, "index": str(self.index)},
                plan,
            )
            plan.flush()
            return _said([sys.executable, HERE / "endpoint_inside.py", self.store, plan.name])

    # --------------------------------------------------------------------------------------------------------------- peers

    def bare(self) -> None:
        self.counts |= {one.name: _number(answered(self.database, one.count)) for one in self.questions}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as plan:
            said = [
                {"requests": one.sparql, "seconds": self.seconds, "most": _SLOW if one.slow else 100_000}
                for one in self.questions
            ]
            json.dump(said, plan)
            plan.flush()
            inside = _said([sys.executable, HERE / "endpoint_peers.py", "inside", self.path, plan.name])
        for question, cpu in zip(self.questions, inside, strict=True):
            self._keep(question, "bare pyoxigraph in process", {"inside": cpu})
        with bare(self.path, _free_port()) as service:
            for question, cpu in zip(self.questions, inside, strict=True):
                if cpu > LONG * 1e3:
                    continue  # HTTP makes no difference to it
                self._keep(question, "bare pyoxigraph over HTTP", self._peer(service, question, question.sparql))
            self.figures.setdefault("memory", {})["bare pyoxigraph"] = {"resident": service.resident()}

    def virtuoso(self, folder: Path, *, text: bool) -> None:
        peer = Virtuoso(folder, _free_port())
        loaded = folder / "loaded.json"
        with peer.running() as service:
            if not loaded.exists():
                file = folder / "statements.nq"
                if not file.exists():
                    dump(self.store, file)
                loaded.write_text(json.dumps({**peer.load(service, file, text=text), "text": text}), "ascii")
                file.unlink()
            self.figures["virtuoso loading"] = json.loads(loaded.read_text("ascii"))
            self.figures["virtuoso loading"]["bytes"] = (folder / "v.db").stat().st_size
            for question in self.questions:
                _, body = service.answer(_peer_path(question.count), _ROWS)
                count = _number(body)
                if count != self.counts[question.name]:
                    print(
                        f"{question.name}: Virtuoso counts {count:,}, Oxigraph {self.counts[question.name]:,}", file=sys.stderr
                    )
                words = question.virtuoso if question.virtuoso and self.figures["virtuoso loading"]["text"] else question.sparql
                self._keep(question, "Virtuoso over HTTP", {"count": count, **self._peer(service, question, words)})
            self.figures.setdefault("memory", {})["Virtuoso"] = {"resident": service.resident()}

    def _peer(self, service: Running, question: Question, requests: Sequence[Sequence[str]]) -> dict[str, Any]:
        """Ask a peer; a question of several queries costs what all of them cost."""
        paths = [_peer_path(query) for request in requests for query in request]
        several = len(requests[0])
        figures: dict[str, Any] = {}
        for clients in self.clients:
            if any(found["p50"] > LONG * 1e3 for found in figures.values()):
                break  # more clients would only wait longer
            most = (_SLOW if figures else 1) * several * clients if question.slow else 0
            found = self._checked(service.asked(paths, _ROWS, clients, _PATIENCE if question.slow else self.seconds, most))
            scaled = {name: found[name] * several for name in ("cpu", "web", "p50", "p99", "client", "bytes")}
            figures[str(clients)] = {**found, **scaled, "rps": found["rps"] / several}
        return figures

    # -------------------------------------------------------------------------------------------------------------- output

    def _keep(self, question: Question, side: str, figures: dict[str, Any]) -> None:
        if figures:
            self.figures.setdefault("questions", {}).setdefault(question.name, {"target": question.target})[side] = figures
            print(f"{question.name}, {side}: {json.dumps(figures)[:300]}", file=sys.stderr)

    def _checked(self, measured: Measured) -> dict[str, Any]:
        if not measured.ok:
            print(f"answers other than 200: {dict(measured.statuses)}: {measured.last[:200]}", file=sys.stderr)
        return {name: value for name, value in asdict(measured).items() if name != "last"}

    def tables(self) -> str:
        """Return the figures as Markdown."""
        return "\n".join([*self._costs(), "", *self._rates()])

    def _costs(self) -> list[str]:
        lines = [
            "| question (matches) | target | kg, way | task | app | HTTP: all / web | p50 ms | bare | bare HTTP | Virtuoso |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]
        for name, sides in self.figures["questions"].items():
            plain = _shown(sides.get("bare pyoxigraph in process", {}).get("inside"))
            peers = [_cpu(sides.get(side, {})) for side in ("bare pyoxigraph over HTTP", "Virtuoso over HTTP")]
            for way, found in (sides.get("ours") or {"not there": {}}).items():
                inside, one = found.get("inside", {}), found.get(str(self.clients[0]), {})
                cells = [
                    f"{name} ({_matches(self.counts.get(name), found.get('total'))})", f"{sides['target']:g}", way,
                    _shown(inside.get("task")), _shown(inside.get("whole")),
                    f"{_shown(one.get('cpu'))} / {_shown(one.get('web'))}", _shown(one.get("p50")), plain, *peers,
                ]  # fmt: skip
                lines.append(f"| {' | '.join(cells)} |")
        return lines

    def _rates(self) -> list[str]:
        head = " | ".join(f"{clients} clients" for clients in self.clients)
        lines = [f"| requests/s, p50 / p99 ms, client's CPU ms | side | {head} |", "|---|---|" + "---|" * len(self.clients)]
        for name, sides in self.figures["questions"].items():
            rows = {f"kg, {way}": found for way, found in sides.get("ours", {}).items()}
            rows |= {side: found for side, found in sides.items() if side.endswith("HTTP")}
            lines += [
                f"| {name} | {side} | {' | '.join(_rate(found, clients) for clients in self.clients)} |"
                for side, found in rows.items()
            ]
        return lines


def _matches(count: int | None, ours: int | None) -> str:
    """Return how many match; ours beside them where it counts others."""
    said = [f"{count:,}"] if count is not None else []
    if ours is not None and ours != count:
        said.append(f"kg {ours:,}")
    return "; ".join(said)


def _rate(found: dict[str, Any], clients: int) -> str:
    one = found.get(str(clients))
    if not one:
        return "-"
    failed = sum(count for status, count in one["statuses"].items() if status != "200")
    more = f", {failed} not answered" if failed else ""
    return f"{_shown(one['rps'])}, {_shown(one['p50'])} / {_shown(one['p99'])}, {_shown(one['client'])}{more}"


def _cpu(found: dict[str, Any]) -> str:
    first = next((value for key, value in found.items() if key.isdecimal()), {})
    return _shown(first.get("cpu"))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if value < _WHOLE else f"{value:,.0f}"


def _number(body: bytes) -> int:
    """Return the only cell of an answer."""
    (row,) = json.loads(body)["results"]["bindings"]
    (cell,) = row.values()
    return int(cell["value"])


def _total(body: bytes) -> int | None:
    """Return how many hits an answer of the search counts; None for other answers."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found.get("count", {}).get("expanded") if isinstance(found, dict) else None


def _said(command: Sequence[object]) -> Any:  # noqa: ANN401 - JSON
    words = [str(word) for word in command]
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return json.loads(done.stdout)


def _peer_path(query: str) -> str:
    return f"/sparql?query={quote(query)}&format={quote(_ROWS)}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--virtuoso", type=Path)
    parser.add_argument("--text-index", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--log", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the services end with it
    bench = Bench(options)
    bench.figures["load average"] = [os.getloadavg()]
    bench.ours()
    print(bench.tables(), file=sys.stderr)
    bench.bare()
    if options.virtuoso:
        bench.virtuoso(options.virtuoso, text=options.text_index)
    bench.figures["load average"].append(os.getloadavg())
    if options.json:
        options.json.write_text(json.dumps(bench.figures, indent=1), "utf-8")
    before, after = (f"{averages[0]:.1f}" for averages in bench.figures["load average"])
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    head = f"## {date}, endpoint, {bench.note['images']:,} images (load average {before} before, {after} after)"
    text = f"{head}\n\n{bench.tables()}\n"
    if options.log:
        with (HERE / "RESULTS.md").open("a", encoding="utf-8") as log:
            log.write(f"\n{text}")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
