"""What two servers in a row may read differently is refused and the connection closed."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from serving import Serving

HEAD = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with Serving(tmp_path_factory.mktemp("framing") / "store") as found:
        yield found


def said(serving, text):
    """Send bytes and return all that comes until the server closes; a socket.timeout where it does not."""
    parts = urlsplit(serving.url)
    found = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as sock:
        sock.sendall(text.encode())
        while piece := sock.recv(65536):
            found += piece
    return found.decode()


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        HEAD + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        HEAD.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        HEAD + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused_and_the_connection_closed(serving, text):
    found = said(serving, text)
    assert found.startswith("HTTP/1.1 400")
    assert found.count("HTTP/1.1") == 1
    assert "RFC 9112" in found


def test_requests_that_are_clear_are_answered_one_after_the_other(serving):
    chunked = HEAD + "Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n"
    counted = HEAD + "Connection: close\r\nContent-Length: 6\r\n\r\nASK {}"
    assert said(serving, chunked + chunked + counted).count("HTTP/1.1 200") == 3
