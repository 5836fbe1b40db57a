"""Workers: ended at the deadline, when the client leaves, when they take too much; replaced, and never believed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.api.channel import Channel, Lost
from kg.api.frames import LONGEST_BODY, LONGEST_HEAD, Incoming, packed
from kg.api.pool import Pool
from kg.api.scratch import Scratch
from kg.errors import QueryError, ServiceError

MEMORY = 512 << 20
SLACK = 1.0  # seconds beyond the deadline on a busy machine; 0.3 is what a quiet one shows
VALUES = "VALUES ?%s {" + " ".join(map(str, range(1000))) + "}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(VALUES % name for name in "abcd") + "}"
GREEDY = "SELECT * {" + " ".join(VALUES % name for name in "abcd") + "} ORDER BY ?a ?b"


def ask(query: str, **more: object) -> dict[str, object]:
    json_rows = "application/sparql-results+json"
    forms = {"rows": json_rows, "boolean": json_rows, "triples": "text/turtle", "base": "http://localhost/"}
    return {"task": "sparql", "database": "", "query": query, "union": False, "limit": 10**7, "bytes": 1 << 30, **forms, **more}


@asynccontextmanager
async def pooled(places: int = 2, **more: float):
    pool = Pool.sized(places, MEMORY, per_client=100, waiting=100, wait=more.get("wait", 20.0))
    await pool.start()
    try:
        async with asyncio.timeout(60):
            while pool.idle < pool.size:  # noqa: ASYNC110 - the pool has no event for tests
                await asyncio.sleep(0.01)
        yield pool
    finally:
        await pool.stop()


async def settled(pool: Pool) -> None:
    """Wait until all workers are there and idle."""
    async with asyncio.timeout(20):
        while pool.idle < pool.size:  # noqa: ASYNC110 - the pool has no event for tests
            await asyncio.sleep(0.01)


async def refusal(job) -> tuple[str, float]:
    began = time.monotonic()
    with pytest.raises(ServiceError) as caught:
        await job
    return caught.value.code, time.monotonic() - began


def test_workers_end_for_every_reason_and_others_take_their_place():
    async def play():
        async with pooled() as pool:
            for query, code, longest in (
                (ENDLESS, "deadline", 0.5 + SLACK),
                (GREEDY, "memory", 20.0),
            ):
                deadline = 0.5 if code == "deadline" else 20.0
                found, seconds = await refusal(pool.run(ask(query), client="a", deadline=deadline))
                assert (found, seconds < longest) == (code, True)
                answered = await pool.run(ask("ASK {}"), client="a", deadline=5)
                assert b"true" in answered.body
            await settled(pool)
            assert pool.alive == pool.size
            assert pool.ended["deadline"] == 1

    asyncio.run(play())


def test_a_light_request_that_is_not_light_gets_its_full_time_and_no_more():
    async def play():
        async with pooled() as pool:
            code, seconds = await refusal(pool.run(ask(ENDLESS), client="a", deadline=1.5, light=0.5))
            assert code == "deadline"
            assert 1.4 < seconds < 1.5 + SLACK

    asyncio.run(play())


def test_a_client_that_leaves_frees_its_worker_and_its_place_in_the_queue():
    async def play():
        async with pooled(places=1) as pool:
            loop = asyncio.get_running_loop()
            leaving = [loop.create_future() for _ in range(3)]
            jobs = [asyncio.create_task(pool.run(ask(ENDLESS), client="a", deadline=60, gone=gone)) for gone in leaving]
            await asyncio.sleep(0.3)
            assert (pool.turns.running(), pool.turns.depth()) == (1, 2)
            for gone in reversed(leaving):
                gone.set_result(None)
            found = await asyncio.gather(*jobs, return_exceptions=True)
            assert [error.code for error in found] == ["gone"] * 3
            assert (pool.turns.running(), pool.turns.depth()) == (0, 0)
            assert pool.ended["gone"] == 1
            answered = await pool.run(ask("ASK {}"), client="a", deadline=5)
            assert b"true" in answered.body

    asyncio.run(play())


def test_workers_killed_from_outside_are_replaced_before_anybody_meets_them():
    async def play():
        async with pooled() as pool:
            for _ in range(3):
                before = set(pool.pids())
                for pid in before:
                    os.kill(pid, signal.SIGKILL)
                answered = await pool.run(ask("ASK {}"), client="a", deadline=5)
                assert b"true" in answered.body
                await settled(pool)
                assert not before & set(pool.pids())

    asyncio.run(play())


def test_a_task_whose_worker_is_killed_is_done_again_once():
    async def play():
        async with pooled(places=1) as pool:
            job = asyncio.create_task(pool.run(ask(ENDLESS), client="a", deadline=20))
            for _ in range(2):
                await asyncio.sleep(0.3)
                busy = [pid for pid in pool.pids() if psutil.Process(pid).cpu_percent(0.1) > 20]
                for pid in busy:
                    os.kill(pid, signal.SIGKILL)
            assert (await refusal(job))[0] == "crash"
            await settled(pool)

    asyncio.run(play())


def test_the_pool_goes_on_when_the_server_that_forks_is_killed():
    async def play():
        async with pooled() as pool:
            parent = psutil.Process(pool.pids()[0]).parent()
            assert parent.pid != os.getpid()
            parent.kill()
            answered = await pool.run(ask("ASK {}"), client="a", deadline=5)
            assert b"true" in answered.body
            await settled(pool)

    asyncio.run(play())


def test_a_worker_that_ran_long_is_not_used_again_and_steps_back():
    async def play():
        async with pooled(places=1) as pool:
            job = asyncio.create_task(pool.run(ask(ENDLESS), client="a", deadline=2.5))
            await asyncio.sleep(1.8)
            assert 10 in {psutil.Process(pid).nice() for pid in pool.pids()}
            assert (await refusal(job))[0] == "deadline"
            await settled(pool)
            assert {psutil.Process(pid).nice() for pid in pool.pids()} == {psutil.Process().nice()}

    asyncio.run(play())


def test_idle_workers_close_the_files_of_an_old_generation(tmp_path):
    import pyoxigraph as ox  # noqa: PLC0415 - only this test makes a database

    ox.Store(str(tmp_path / "db")).flush()

    def holders(pool):
        return [pid for pid in pool.pids() if any(str(tmp_path) in file.path for file in psutil.Process(pid).open_files())]

    async def play():
        async with pooled() as pool:
            await pool.run(ask("ASK {}", database=str(tmp_path / "db")), client="a", deadline=5)
            assert len(holders(pool)) == 1
            pool.refresh()
            await settled(pool)
            assert holders(pool) == []

    asyncio.run(play())


def test_long_answers_of_the_same_query_lie_in_files_of_their_own_and_none_is_left():
    query = "SELECT * {" + " ".join(VALUES % name for name in "ab") + "} LIMIT 60000"

    async def play():
        async with pooled() as pool:
            answers = await asyncio.gather(*(pool.run(ask(query), client=str(n), deadline=30) for n in range(6)))
            files = {answered.body for answered in answers}
            assert len(files) == 6
            assert len({file.read_bytes() for file in files}) == 1
            await refusal(pool.run(ask(GREEDY), client="a", deadline=0.7))
            await settled(pool)
            for file in files:
                file.unlink()
            assert [file for file in pool.scratch.rglob("*") if file.is_file()] == [pool.scratch / "lock"]
            return pool.scratch

    assert not asyncio.run(play()).exists()


def test_folders_of_killed_services_are_removed_and_those_of_living_ones_stay():
    code = "from kg.api.scratch import Scratch; import time; s = Scratch(); print(s.path, flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    left = Path(child.stdout.readline().strip())
    (left / "answer-1").write_text("x")
    first = Scratch()
    assert left.exists()
    child.kill()
    child.wait()
    child.stdout.close()
    second = Scratch()
    assert not left.exists()
    assert first.path.exists()
    first.remove()
    second.remove()
    assert not first.path.exists()


def test_a_service_goes_on_where_a_worker_names_a_file_that_is_not_its_own():
    scratch = Scratch()
    folder = scratch.folder()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "folder").mkdir()
    for name in ("link", "folder", "..", "", "absent", "../lock", "a\0b"):
        with pytest.raises(ValueError):
            scratch.taken(folder, name)
    scratch.remove()


@pytest.mark.parametrize(
    "said",
    [
        struct.pack(">IQ", LONGEST_HEAD + 1, 0),
        struct.pack(">IQ", 2, LONGEST_BODY + 1) + b"{}",
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 4, 0) + b"\xff\xff\xff\xff",
        struct.pack(">IQ", 200_000, 0) + b"[" * 200_000,
        packed({"head": {}}) * 2,
        b"HTTP/1.1 200 OK\r\n\r\n" * 10,
    ],
    ids=["head too long", "body too long", "no object", "no text", "too deep", "two frames", "another protocol"],
)
def test_a_worker_that_talks_nonsense_is_hung_up_on(said):
    async def play():
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - as socket declares it
        lost = asyncio.Event()
        channel = Channel(lost.set)
        answer = channel.next_frame()
        await asyncio.get_running_loop().create_connection(lambda: channel, sock=ours)
        await asyncio.to_thread(theirs.sendall, said)
        async with asyncio.timeout(5):
            await lost.wait()
        if said != packed({"head": {}}) * 2:
            with pytest.raises(Lost):
                await answer
        elif answer.exception():
            assert isinstance(answer.exception(), Lost)
        theirs.close()

    asyncio.run(play())


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4), st.binary(max_size=300), st.integers(1, 50))
def test_a_frame_comes_out_as_it_went_in_however_it_is_cut(head, body, step):
    data, incoming, found = packed(head, len(body)) + body, Incoming(), []
    for start in range(0, len(data), step):
        frame = incoming.feed(data[start : start + step])
        if frame:
            found.append(frame)
    assert found == [(json.loads(json.dumps(head)), body)]


def test_what_a_query_says_wrong_costs_no_worker():
    async def play():
        async with pooled() as pool:
            before = set(pool.pids())
            for _ in range(5):
                with pytest.raises(QueryError):
                    await pool.run(ask("SELECT nonsense"), client="a", deadline=5)
            assert set(pool.pids()) == before

    asyncio.run(play())


def test_nothing_survives_a_web_process_that_is_killed_while_all_workers_are_busy():
    code = f"""
import asyncio, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_pool import ENDLESS, ask, pooled
async def play():
    async with pooled(places=2) as pool:
        jobs = [asyncio.create_task(pool.run(ask(ENDLESS), client=str(n), deadline=60)) for n in range(2)]
        await asyncio.sleep(0.3)
        print(*pool.pids(), flush=True)
        await asyncio.gather(*jobs)
asyncio.run(play())
"""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    workers = [psutil.Process(int(pid)) for pid in child.stdout.readline().split()]
    family = psutil.Process(child.pid).children(recursive=True)
    assert len(workers) >= 4
    child.kill()
    child.wait()
    child.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_the_system_ends_a_worker_that_the_web_process_does_not_end(tmp_path):
    code = f"""
import socket, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import threading
from test_pool import ENDLESS, ask
from kg.api.frames import packed, received
from kg.api import worker
ours, theirs = socket.socketpair()
threading.Thread(target=lambda: (received(ours), ours.sendall(packed(ask(ENDLESS, deadline=0.01)))), daemon=True).start()
worker.main(theirs, {str(tmp_path)!r}, {1 << 30})
"""
    ended = subprocess.run([sys.executable, "-c", code], timeout=40, check=False)
    assert ended.returncode == -signal.SIGXCPU


def test_scratch_lies_where_temporary_files_lie():
    scratch = Scratch()
    assert scratch.path.parent == Path(tempfile.gettempdir())
    assert scratch.path.stat().st_mode & 0o077 == 0
    scratch.remove()
