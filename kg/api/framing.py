"""HTTP/1.1 taken strictly: what two servers in a row may read differently is refused, so that no request hides in another.

h11 lets pass, as older clients wrote it: a length beside chunks, lines that end without a carriage return, headers that go on
in the next line, and versions that it does not speak.
"""

from __future__ import annotations

import h11

_VERSIONS = frozenset((b"1.0", b"1.1"))
_LARGEST_CHUNK = 1 << 50  # bytes; whoever announces more would only hold the connection


class StrictConnection(h11.Connection):
    """The server's side of a connection, as h11 has it, with what else is refused."""

    def next_event(self) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        """Return what came next; raises h11.RemoteProtocolError for what is not wholly clear, too."""
        beginning = self.their_state is h11.IDLE
        before = self.trailing_data[0] if beginning else b""
        event = super().next_event()
        if isinstance(event, h11.Request):
            _check(event, before[: len(before) - len(self.trailing_data[0])])
        elif event is h11.NEED_DATA and getattr(self._reader, "_bytes_in_chunk", 0) > _LARGEST_CHUNK:
            raise _refused("a chunk is larger than any body may be")
        return event


def _check(request: h11.Request, head: bytes) -> None:
    names = {name for name, _ in request.headers}
    if request.http_version not in _VERSIONS:
        raise _refused("expected HTTP/1.1 or HTTP/1.0")
    if b"transfer-encoding" in names and (b"content-length" in names or request.http_version == b"1.0"):
        raise _refused("a length beside chunks, or chunks in HTTP/1.0")
    lines = head.split(b"\r\n")
    if any(b"\n" in line or b"\r" in line or line[:1] in {b" ", b"\t"} for line in lines):
        raise _refused("a line ends without a carriage return, or goes on in the next one")


def _refused(what: str) -> h11.RemoteProtocolError:
    return h11.RemoteProtocolError(what, error_status_hint=400)
