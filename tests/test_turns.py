"""Turns: clients take turns whatever each of them sends, nobody is forgotten, and a full queue says so."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.api.turns import Turns
from kg.errors import ServiceError


def turns(places: int = 2, light: int = 1, per_client: int = 100, waiting: int = 100, wait: float = 5.0) -> Turns:
    return Turns(places, light, per_client, waiting, wait)


async def hold(who: Turns, client: str, until: asyncio.Event, order: list[str], *, light: bool = False) -> None:
    async with who.turn(client, light=light):
        order.append(client)
        await until.wait()


def test_a_client_with_one_request_does_not_wait_behind_a_client_with_many():
    async def play():
        who, until, order = turns(places=1), asyncio.Event(), []
        jobs = [asyncio.create_task(hold(who, "greedy", until, order)) for _ in range(20)]
        await asyncio.sleep(0)
        jobs.append(asyncio.create_task(hold(who, "modest", until, order)))
        await asyncio.sleep(0)
        until.set()
        await asyncio.gather(*jobs)
        assert order.index("modest") <= 2
        assert len(order) == 21

    asyncio.run(play())


def test_one_place_stays_for_somebody_else():
    async def play():
        who, until, order = turns(places=3), asyncio.Event(), []
        jobs = [asyncio.create_task(hold(who, "greedy", until, order)) for _ in range(5)]
        await asyncio.sleep(0)
        assert who.running() == 2
        jobs.append(asyncio.create_task(hold(who, "other", until, order)))
        await asyncio.sleep(0)
        assert order[-1] == "other"
        until.set()
        await asyncio.gather(*jobs)
        assert (who.running(), who.depth()) == (0, 0)

    asyncio.run(play())


def test_light_requests_have_places_of_their_own():
    async def play():
        who, until, order = turns(places=1), asyncio.Event(), []
        jobs = [asyncio.create_task(hold(who, "a", until, order)) for _ in range(3)]
        jobs.append(asyncio.create_task(hold(who, "b", until, order, light=True)))
        await asyncio.sleep(0)
        assert order == ["a", "b"]
        until.set()
        await asyncio.gather(*jobs)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("settings_", "clients", "code"),
    [
        ({"per_client": 2}, "aaa", "too-many"),
        ({"waiting": 1, "places": 1}, "abc", "busy"),
        ({"wait": 0.05, "places": 1}, "ab", "busy"),
    ],
    ids=["of one client", "of all", "too long"],
)
def test_whoever_is_turned_away_learns_when_to_come_again(settings_, clients, code):
    async def play():
        who, until = turns(**settings_), asyncio.Event()
        jobs = [asyncio.create_task(hold(who, client, until, [])) for client in clients]
        await asyncio.sleep(0.2)
        until.set()
        found = [error for error in await asyncio.gather(*jobs, return_exceptions=True) if error]
        assert [error.code for error in found] == [code]
        assert found[0].retry_after
        assert (who.running(), who.depth()) == (0, 0)

    asyncio.run(play())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.booleans(), st.integers(0, 3), st.booleans()), max_size=40),
    st.integers(1, 4),
)
def test_whatever_comes_and_leaves_every_place_is_free_at_the_end(events, places):
    async def work(who: Turns, client: str, light: bool, steps: int) -> None:
        with suppress(ServiceError):
            async with who.turn(client, light=light):
                assert who.running() <= places + 2
                for _ in range(steps):
                    await asyncio.sleep(0)

    async def play():
        who, jobs = turns(places=places, light=2, per_client=6, waiting=10), []
        for client, light, steps, leaves in events:
            job = asyncio.create_task(work(who, client, light, steps))
            jobs.append(job)
            await asyncio.sleep(0)
            if leaves:
                job.cancel()
        await asyncio.wait_for(asyncio.gather(*jobs, return_exceptions=True), 10)
        assert (who.running(), who.depth()) == (0, 0)
        async with who.turn("later"):
            assert who.running() == 1

    asyncio.run(play())
