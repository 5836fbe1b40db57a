"""Search over HTTP: a real server, from a store without search data to pages, tables, feeds, jobs, and hidden sources."""

from __future__ import annotations

import asyncio
import io
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import requests
from serving import Serving, bearer
from test_store import S, entry

from kg.api.pool import Answered
from kg.api.search_jobs import SearchJobs
from kg.errors import ServiceError
from kg.store import Batch, Store
from kg.store.tokens import Tokens

IMAGE = "http://purl.obolibrary.org/obo/IAO_0000101"
ATOM = "{http://www.w3.org/2005/Atom}"
_PATIENCE = 120.0


def batch(folder: Path, **names: tuple[str, str]) -> Batch:
    """Each source, by its key: its audience, and the name of its one image."""
    folder.mkdir()
    own = folder / "own.trig"
    own.write_text(
        "".join(
            f'<{S}{key}> {{ <{S}{key}/image> a <{IMAGE}> ; <http://schema.org/name> "{name}" }}\n'
            for key, (_, name) in names.items()
        )
    )
    return Batch(sources=tuple(entry(key, audience=audience) for key, (audience, _) in names.items()), own=(own,))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    with Store.open(folder / "store", create=True) as opened:
        opened.publish(batch(folder / "one", open=("public", "cell shown"), hidden=("lab-a", "cell concealed")))
    return folder / "store"


@pytest.fixture(scope="module")
def tokens(store: Path) -> dict[str, str]:
    kept = Tokens(store)
    return {"": "", "lab-a": kept.add("a", "reader", ["lab-a"]), "admin": kept.add("root", "admin")}


@pytest.fixture(scope="module")
def server(store: Path, tokens: dict[str, str]) -> Iterator[Serving]:
    with Serving(store) as serving:
        yield serving


def get(server: Serving, path: str, token: str = "", **said: Any) -> requests.Response:
    """Ask, and again while search data are being made."""
    until = time.monotonic() + _PATIENCE
    while True:
        response = requests.get(f"{server.url}{path}", params=said, headers=bearer(token), timeout=60)
        if response.status_code != 503 or time.monotonic() > until:
            return response
        assert int(response.headers["Retry-After"]) >= 1
        time.sleep(0.3)


def names(server: Serving, token: str = "", **said: Any) -> list[str]:
    response = get(server, "/api/search", token, level="image", **said)
    assert response.status_code == 200, response.text
    return sorted(hit["name"] for hit in response.json()["hits"])


@pytest.mark.parametrize(
    ("who", "seen"),
    [("", ["cell shown"]), ("lab-a", ["cell concealed", "cell shown"]), ("admin", ["cell concealed", "cell shown"])],
)
def test_everybody_finds_what_they_may_see(server: Serving, tokens: dict[str, str], who: str, seen: list[str]) -> None:
    token = tokens[who]
    assert names(server, token) == names(server, token, text="cell") == seen
    assert names(server, token, where="name~conceal") == [name for name in seen if "conceal" in name]
    suggested = get(server, "/api/suggest", token, q="cell", level="image").json()["suggestions"]
    assert sorted(row["label"] for row in suggested) == seen
    assert get(server, "/api/facets", token).json()["levels"][1]["records"] == len(seen)
    facet = get(server, "/api/search", token, level="image", facet="name").json()["facets"]["name"]
    assert sorted(row["label"] for row in facet) == seen
    for form in ("csv", "jsonl"):
        assert ("concealed" in get(server, "/api/search", token, level="image", format=form).text) is (len(seen) > 1)
    assert get(server, "/api/search/feed", token, level="image").text.count("<entry>") == len(seen)


def test_an_answer_says_what_was_asked_and_how_old_it_is(server: Serving) -> None:
    told = get(server, "/api/search", level="image", text="cell", facet="name", limit=1).json()
    assert set(told) == {"generation", "sidecar", "level", "asked", "count", "hits", "facets", "did_you_mean", "next"}
    assert told["sidecar"] == {"generation": told["generation"], "behind": 0}
    assert told["count"] == {"exact": 1, "expanded": 1}


def test_pages_follow_each_other_by_cursor(server: Serving, tokens: dict[str, str]) -> None:
    found, cursor = [], ""
    while True:
        told = get(server, "/api/search", tokens["lab-a"], level="image", limit=1, cursor=cursor).json()
        found += [hit["name"] for hit in told["hits"]]
        cursor = told["next"]
        if not cursor:
            break
    assert sorted(found) == ["cell concealed", "cell shown"]
    for strange in ("00000009-x~1", "../../etc~0", "~", "00000001~" + "9" * 30):
        assert get(server, "/api/search", cursor=strange).status_code == 400


def test_what_a_client_knows_is_not_sent_again(server: Serving) -> None:
    first = get(server, "/api/search", level="image")
    again = requests.get(first.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


def test_a_posted_search_is_the_same_search(server: Serving) -> None:
    said = {"level": "image", "where": ["name~cell"], "facet": ["name"]}
    posted = requests.post(f"{server.url}/api/search", json=said, timeout=60)
    assert posted.json() == get(server, "/api/search", level="image", where="name~cell", facet="name").json()
    assert requests.post(f"{server.url}/api/search", json={"nothing": 1}, timeout=60).status_code in {400, 422}


@pytest.mark.parametrize(
    "said", [{"where": "nax>1"}, {"level": "molecule"}, {"sort": "colour"}, {"facet": "colour"}, {"format": "exe"}]
)
def test_what_cannot_be_asked_is_a_problem_with_a_sentence(server: Serving, said: dict[str, str]) -> None:
    response = get(server, "/api/search", **said)
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("application/problem+json")
    assert len(response.json()["detail"]) > 20


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/api/search?wheer=organism=mouse", "did you mean where?"),
        ("/api/search?text=a&text=b", "text: stands in the address more than once"),
        ("/api/search?where=", "where: is empty"),
        ("/api/search?zzzzzz=1", "there are text, where"),
        ("/api/suggest?query=cell", "query: is no parameter"),
        ("/api/facets?levl=image", "levl: is no parameter"),
        ("/api/search/feed?since=zzz", "since: 'zzz' is no generation"),
    ],
)
def test_a_parameter_that_is_not_understood_is_told(server: Serving, address: str, told: str) -> None:
    response = get(server, address)
    assert response.status_code == 400
    assert told in response.json()["detail"]
    assert get(server, "/api/search?where=name~cell&where=name~shown&level=image").status_code == 200


def test_the_oldest_job_that_is_done_makes_room_for_another(server: Serving) -> None:
    get(server, "/api/search")
    places = []
    for _ in range(6):
        started = requests.post(f"{server.url}/api/search/jobs", json={"level": "image"}, timeout=60)
        assert started.status_code == 202, started.text
        places.append(server.url + started.headers["Location"])
        until = time.monotonic() + _PATIENCE
        while requests.get(places[-1], timeout=60).json()["state"] == "waiting" and time.monotonic() < until:
            time.sleep(0.05)
    assert [requests.get(place, timeout=60).status_code for place in places] == [404, 404, 200, 200, 200, 200]


def test_a_client_takes_its_own_places_for_jobs_and_nobody_elses() -> None:
    async def forever() -> Answered:
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> None:
        jobs = SearchJobs()
        for _ in range(4):
            jobs.start("anonymous", "address:one", forever)
        with pytest.raises(ServiceError, match="4 jobs of yours"):
            jobs.start("anonymous", "address:one", forever)
        name, job = jobs.start("anonymous", "address:two", forever)
        assert jobs.find(name, "anonymous") is job
        jobs.stop()
        await asyncio.sleep(0)

    asyncio.run(run())


def test_a_job_belongs_to_who_started_it(server: Serving, tokens: dict[str, str]) -> None:
    own = bearer(tokens["lab-a"])
    names(server, tokens["lab-a"])
    started = requests.post(f"{server.url}/api/search/jobs", json={"level": "image"}, headers=own, timeout=60)
    assert started.status_code == 202
    place = server.url + started.headers["Location"]
    until = time.monotonic() + _PATIENCE
    while requests.get(place, headers=own, timeout=60).json()["state"] == "waiting" and time.monotonic() < until:
        time.sleep(0.1)
    result = requests.get(f"{place}/result", headers=own, timeout=60)
    assert sorted(pl.read_parquet(io.BytesIO(result.content))["name"]) == ["cell concealed", "cell shown"]
    for other in ({}, bearer(tokens["admin"])):
        assert requests.get(f"{place}/result", headers=other, timeout=60).status_code == 404
        assert requests.delete(place, headers=other, timeout=60).status_code == 404
    assert requests.delete(place, headers=own, timeout=60).status_code == 204
    assert requests.get(place, headers=own, timeout=60).status_code == 404


def test_a_source_that_is_hidden_is_gone_at_once_and_a_new_one_leads_the_feed(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", create=True) as opened:
        opened.publish(batch(tmp_path / "one", first=("public", "cell first"), second=("public", "cell second")))
        with Serving(tmp_path / "store") as server:
            assert names(server) == ["cell first", "cell second"]
            before = get(server, "/api/search").json()["generation"]
            opened.publish(batch(tmp_path / "two", third=("public", "cell third")))
            until = time.monotonic() + _PATIENCE
            while get(server, "/api/search").json()["sidecar"]["generation"] == before and time.monotonic() < until:
                time.sleep(0.2)
            feed = get(server, "/api/search/feed", level="image", since=before)
            entries = ET.fromstring(feed.content).findall(f"{ATOM}entry")  # noqa: S314 - our own server wrote it
            assert [one.findtext(f"{ATOM}title") for one in entries] == ["cell third", "cell first", "cell second"]
            assert [one.find(f"{ATOM}category") is not None for one in entries] == [True, False, False]
            opened.publish(batch(tmp_path / "three", first=("lab-a", "cell first")))
            while True:  # whatever is served from now on, it is not what was hidden
                response = requests.get(f"{server.url}/api/search", params={"level": "image"}, timeout=60)
                assert "cell first" not in response.text
                if response.ok:
                    break
                time.sleep(0.1)
            assert names(server) == ["cell second", "cell third"]


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    with Serving(tmp_path / "empty") as server:
        told = get(server, "/api/search", text="cell", facet="organism").json()
        assert (told["count"], told["hits"], told["facets"]) == ({"exact": 0, "expanded": 0}, [], {"organism": []})
        assert get(server, "/api/suggest", q="c").json()["suggestions"] == []
