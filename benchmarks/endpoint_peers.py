"""Peers of the endpoint benchmark on the same statements: bare pyoxigraph, in process and behind little HTTP, and Virtuoso.

usage: endpoint_peers.py inside DATABASE PLAN.json    CPU of each question of the plan, in this process
       endpoint_peers.py serve DATABASE PORT          answer GET /sparql?query=... on loopback
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import uvicorn
from endpoint_processes import Running, started

LONG = 3.0
"""CPU seconds from which on a question is asked once."""
_JSON = b"application/sparql-results+json"
_SETTINGS = """[Database]
DatabaseFile=v.db
ErrorLogFile=v.log
LockFile=v.lck
TransactionFile=v.trx
xa_persistent_file=v.pxa
MaxCheckpointRemap=50000
[TempDatabase]
DatabaseFile=v-temp.db
TransactionFile=v-temp.trx
[Parameters]
ServerPort=127.0.0.1:{sql}
DirsAllowed={folder}
NumberOfBuffers={buffers}
MaxDirtyBuffers={dirty}
DisableUnixSocket=1
ServerThreads=40
[HTTPServer]
ServerPort=127.0.0.1:{http}
ServerThreads=40
[SPARQL]
ResultSetMaxRows=1000000
MaxQueryExecutionTime=600
"""


def answered(database: ox.Store, query: str) -> bytes:
    """Return the answer over the union of all graphs, as JSON."""
    results = database.query(query, use_default_graph_as_union=True)
    if isinstance(results, ox.QueryTriples):
        return ox.serialize(results, format=ox.RdfFormat.N_TRIPLES) or b""
    return results.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _inside(place: str, plan_file: str) -> None:
    database = ox.Store.read_only(place)
    found = []
    for one in json.loads(Path(plan_file).read_text("utf-8")):
        first = _once(database, one["requests"][0])
        times: list[float] = []
        until = time.perf_counter() + one["seconds"]
        # What takes long is asked once: it does not depend on what is warm.
        while first < LONG and len(times) < one["most"] and (not times or time.perf_counter() < until):
            times.append(_once(database, one["requests"][len(times) % len(one["requests"])]))
        found.append(statistics.mean(times or [first]) * 1e3)
    print(json.dumps(found))


def _once(database: ox.Store, queries: Sequence[str]) -> float:
    start = time.process_time()
    for query in queries:
        answered(database, query)
    return time.process_time() - start


def _serve(place: str, port: str) -> None:
    database = ox.Store.read_only(place)

    async def app(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:  # noqa: ANN401 - as ASGI has it
        if scope["type"] != "http":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        query = parse_qs(scope["query_string"].decode())["query"][0]
        body = await asyncio.to_thread(answered, database, query)
        headers = [(b"content-type", _JSON), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


@contextlib.contextmanager
def bare(database: Path, port: int) -> Iterator[Running]:
    """Serve a database as plainly as can be."""
    with started([sys.executable, __file__, "serve", database, port], f"http://127.0.0.1:{port}") as running:
        yield running


class Virtuoso:
    """A Virtuoso of our own in a folder; the same folder opens it again."""

    def __init__(self, folder: Path, port: int, memory: int = 1_500) -> None:
        """Take its folder, a port for HTTP (SQL takes the next one), and MiB for its buffers."""
        self.folder, self._sql, self._url = folder.resolve(), port + 1, f"http://127.0.0.1:{port}"
        self.folder.mkdir(parents=True, exist_ok=True)
        buffers = memory * 1024 // 8
        settings = _SETTINGS.format(folder=self.folder, sql=port + 1, http=port, buffers=buffers, dirty=buffers * 6 // 10)
        (self.folder / "v.ini").write_text(settings, "ascii")

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        """Start it, and stop it so that what it holds is kept."""
        command = ["virtuoso-t", "+configfile", "v.ini", "+foreground"]
        with started(command, self._url, cwd=self.folder) as running:
            try:
                yield running
            finally:
                self.said("shutdown;", check=False)
                running.process.wait(300)

    def load(self, running: Running, file: Path, *, text: bool) -> dict[str, float]:
        """Load N-Quads, with an index of all words if ``text``; return CPU, wall and peak MiB."""
        before, start = running.cpu(), time.perf_counter()
        if text:
            self.said("DB.DBA.RDF_OBJ_FT_RULE_ADD(null, null, 'All');")
        self.said(f"ld_dir('{file.parent.resolve()}', '{file.name}', 'urn:none');")
        self.said("rdf_loader_run();")
        failed = self.said("select ll_error from DB.DBA.load_list where ll_error is not null;")
        if "0 Rows" not in failed:
            raise RuntimeError(failed)
        if text:
            self.said("DB.DBA.VT_INC_INDEX_DB_DBA_RDF_OBJ();")
        self.said("checkpoint;")
        spent = sum(running.cpu().values()) - sum(before.values())
        return {"cpu": round(spent, 1), "wall": round(time.perf_counter() - start, 1), "peak": round(running.peak(), 1)}

    def said(self, command: str, *, check: bool = True) -> str:
        """Return what isql says to a command."""
        words = ["isql-vt", f"127.0.0.1:{self._sql}", "dba", "dba", f"exec={command}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if check and (done.returncode or "*** Error" in done.stdout + done.stderr):
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout


def main(words: Sequence[str]) -> int:
    """Do one of the two."""
    steps = {"inside": _inside, "serve": _serve}
    steps[words[0]](*words[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
