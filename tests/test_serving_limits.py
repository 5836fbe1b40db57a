"""Limits of the HTTP server: each has a status, a sentence, and does not touch the next request."""

from __future__ import annotations

import gzip
import json
import socket
import time
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from serving import Serving

OPTIONS = (
    "--query-bytes",
    "64KiB",
    "--header-bytes",
    "16KiB",
    "--header-time",
    "1s",
    "--body-time",
    "1s",
    "--keep-alive",
    "1s",
)
SPARQL = {"Content-Type": "application/sparql-query"}


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with Serving(tmp_path_factory.mktemp("limits") / "store", options=(*OPTIONS, "--connections", "40")) as found:
        yield found


def connected(serving: Serving) -> socket.socket:
    parts = urlsplit(serving.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=15)


def read(sock: socket.socket) -> bytes:
    found = b""
    try:
        while piece := sock.recv(65536):
            found += piece
    except ConnectionError:
        pass
    return found


def problem(response: requests.Response, status: int) -> str:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert response.headers["X-Request-Id"]
    return told["detail"]


def test_an_address_that_is_not_there_is_a_problem(serving):
    assert problem(requests.get(f"{serving.url}/no/such/thing", timeout=5), 404) == "there is nothing at this address"


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "BREW", "TRACE", "OPTIONS"])
def test_a_method_that_an_address_does_not_take_is_told_which_it_takes(serving, method):
    response = requests.request(method, f"{serving.url}/sparql", timeout=5)
    assert "GET, HEAD, POST" in problem(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, POST"


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(serving):
    body = b"ASK {} #" + b"x" * (300 << 10)
    assert "65,536" in problem(requests.post(f"{serving.url}/sparql", data=body, headers=SPARQL, timeout=10), 413)
    pieces = (body[n : n + 1000] for n in range(0, len(body), 1000))
    assert "65,536" in problem(requests.post(f"{serving.url}/sparql", data=pieces, headers=SPARQL, timeout=10), 413)
    packed = {**SPARQL, "Content-Encoding": "gzip"}
    assert "65,536" in problem(
        requests.post(f"{serving.url}/sparql", data=gzip.compress(body), headers=packed, timeout=10), 413
    )


def test_a_packed_body_is_unpacked(serving):
    headers = {**SPARQL, "Content-Encoding": "gzip", "Accept": "application/sparql-results+json"}
    for body in (gzip.compress(b"ASK {}"), gzip.compress(b"ASK {} #" + b"x" * 60_000)):
        response = requests.post(f"{serving.url}/sparql", data=body, headers=headers, timeout=5)
        assert response.json()["boolean"] is True


def test_a_body_of_exactly_the_most_bytes_is_taken(serving):
    body = b"ASK {} #".ljust(64 << 10, b"x")
    assert requests.post(f"{serving.url}/sparql", data=body, headers=SPARQL, timeout=5).status_code == 200
    assert requests.post(f"{serving.url}/sparql", data=body + b"x", headers=SPARQL, timeout=5).status_code == 413


def test_a_request_whose_head_is_too_long_is_refused(serving):
    response = requests.get(f"{serving.url}/sparql?query=" + "a" * 17_000, timeout=5)
    assert response.status_code in {414, 431}
    assert "POST" in response.json()["detail"]
    assert requests.get(f"{serving.url}/health", headers={"X-Long": "a" * 17_000}, timeout=5).status_code == 431


@pytest.mark.parametrize("sent", [b"", b"GET /health HTTP/1.1\r\nHost:", b"POST /sparql HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_come_is_answered_with_408(serving, sent):
    with connected(serving) as sock:
        sock.sendall(sent)
        began = time.monotonic()
        found = read(sock)
        assert time.monotonic() - began < 6
    assert found.startswith(b"HTTP/1.1 408")
    assert json.loads(found.split(b"\r\n\r\n")[1])["status"] == 408


def test_a_body_that_stops_coming_ends_the_connection(serving):
    with connected(serving) as sock:
        sock.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\nASK"
        )
        began = time.monotonic()
        read(sock)
        assert time.monotonic() - began < 8


def test_a_slow_body_that_moves_is_waited_for(serving):
    body = b"ASK {} #".ljust(40_000, b"x")

    def slowly():
        for start in range(0, len(body), 5_000):
            yield body[start : start + 5_000]
            time.sleep(0.3)

    assert requests.post(f"{serving.url}/sparql", data=slowly(), headers=SPARQL, timeout=15).status_code == 200


def test_a_connection_without_requests_is_closed(serving):
    with connected(serving) as sock:
        sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()
        assert read(sock).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 6


def test_too_many_connections_of_one_address_are_turned_away_and_others_stay_open(serving):
    crowd = [connected(serving) for _ in range(20)]
    try:
        with connected(serving) as late:
            found = read(late)
        assert found.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 1" in found.lower()
    finally:
        for sock in crowd:
            sock.close()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if requests.get(f"{serving.url}/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    pytest.fail("places are not free again")


def test_head_is_get_without_the_bytes(serving):
    for path in ("/health", "/ready", "/sparql?query=ASK%20%7B%7D", "/nothing"):
        got = requests.get(serving.url + path, headers={"Accept-Encoding": "identity"}, timeout=5)
        head = requests.head(serving.url + path, headers={"Accept-Encoding": "identity"}, timeout=5)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_a_range_is_answered_with_the_whole(serving):
    response = requests.get(f"{serving.url}/health", headers={"Range": "bytes=0-1"}, timeout=5)
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


@pytest.mark.parametrize("path", ["/id/a%00b", "/id/a%0d%0aX-Injected:%20yes", "/%1b%5b2J"])
def test_control_characters_in_a_path_are_refused(serving, path):
    response = requests.get(serving.url + path, timeout=5)
    assert "control" in problem(response, 400)
    assert "X-Injected" not in response.headers


def test_parameters_that_are_not_utf8_are_refused_and_not_mended_silently(serving):
    assert "UTF-8" in problem(requests.get(f"{serving.url}/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20'%ff'%20%7D", timeout=5), 400)


def test_a_thousand_parameters_are_too_many(serving):
    assert "1,000" in problem(requests.get(f"{serving.url}/health?" + "&".join(["a=b"] * 1_001), timeout=5), 400)


def test_answers_are_packed_for_clients_that_take_it_and_only_where_it_pays(serving):
    long = f"{serving.url}/metrics"
    plain = requests.get(long, headers={"Accept-Encoding": "identity"}, timeout=5)
    packed = requests.get(long, headers={"Accept-Encoding": "gzip"}, timeout=5)
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert "accept-encoding" in plain.headers["Vary"].lower()
    assert "kg_workers" in packed.text
    assert "Content-Encoding" not in requests.get(long, headers={"Accept-Encoding": "gzip;q=0"}, timeout=5).headers
    assert (
        "Content-Encoding" not in requests.get(f"{serving.url}/health", headers={"Accept-Encoding": "gzip"}, timeout=5).headers
    )


def test_browsers_of_any_page_may_read_answers_and_their_headers(serving):
    origin = {"Origin": "https://page.example"}
    response = requests.get(f"{serving.url}/sparql?query=ASK%20%7B%7D", headers=origin, timeout=5)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    exposed = response.headers["Access-Control-Expose-Headers"].lower()
    assert {"etag", "link", "retry-after", "kg-truncated"} <= {name.strip() for name in exposed.split(",")}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    before = requests.options(f"{serving.url}/sparql", headers=asked, timeout=5)
    assert before.status_code == 200
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert "PATCH" not in before.headers["Access-Control-Allow-Methods"]
    assert "authorization" in before.headers["Access-Control-Allow-Headers"].lower()


def test_browsers_run_nothing_that_stands_in_an_answer(serving):
    response = requests.get(
        f"{serving.url}/sparql?query=ASK%20%7B%7D", headers={"Accept": "application/sparql-results+xml"}, timeout=5
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_request_id_is_given_back_and_an_odd_one_is_not(serving):
    assert (
        requests.get(f"{serving.url}/health", headers={"X-Request-Id": "trace-1.a:b"}, timeout=5).headers["X-Request-Id"]
        == "trace-1.a:b"
    )
    for odd in ("a b", "x" * 65, '"', "a;b"):
        assert requests.get(f"{serving.url}/health", headers={"X-Request-Id": odd}, timeout=5).headers["X-Request-Id"] != odd


def test_a_client_that_sends_far_too_much_still_gets_its_answer_and_is_not_read_to_the_end(serving):
    with connected(serving) as sock:
        sock.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        sent = 0
        try:
            while sent < 400 << 20:
                sock.sendall(piece)
                sent += len(piece)
        except ConnectionError:
            pass
        assert sent < 200 << 20
    web = psutil.Process(serving.process.pid)
    assert web.memory_info().rss < 300 << 20
