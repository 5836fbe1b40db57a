"""Ask an HTTP service again and again over connections that stay open: rate, waiting times, and what asking itself costs.

usage: endpoint_client.py URL PLAN.json

The plan: `paths` (asked in turn), `accept`, `clients`, `seconds`, `most` (requests at most, 0 for no bound). Prints JSON. Every
client has an address of its own (127.0.0.2 and on), as clients of a service do; each sends the next request when it has the
whole answer to the last.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_WARM = 2


class Load:
    """The requests of all clients."""

    def __init__(self, url: str, plan: dict[str, Any]) -> None:
        place = urlsplit(url)
        self.host, self.port = place.hostname or "127.0.0.1", place.port or 80
        head = f"Host: {self.host}:{self.port}\r\nAccept: {plan['accept']}\r\n\r\n"
        self.requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in plan["paths"]]
        self.most = plan.get("most") or sys.maxsize
        self.clients: int = plan["clients"]
        self.seconds: float = plan["seconds"]
        self.waits: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0
        self.sent = 0
        self.last = b""

    async def run(self) -> None:
        self.until = time.perf_counter() + self.seconds
        await asyncio.gather(*(self._client(number) for number in range(self.clients)))

    async def _client(self, number: int) -> None:
        source = (f"127.0.0.{2 + number}", 0) if self.host.startswith("127.") else None
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=source, limit=1 << 22)
        try:
            while time.perf_counter() < self.until and self.sent < self.most:
                request = self.requests[self.sent % len(self.requests)]
                self.sent += 1
                start = time.perf_counter()
                writer.write(request)
                status, body = await _answer(reader)
                self.waits.append(time.perf_counter() - start)
                self.statuses[status] += 1
                self.bytes += len(body)
                self.last = body
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return status and body of one answer; the length is given or the body comes in chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
    status = int(lines[0].split()[1])
    if b"content-length" in fields:
        return status, await reader.readexactly(int(fields[b"content-length"]))
    if fields.get(b"transfer-encoding") != b"chunked":
        return status, b""
    pieces = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return status, b"".join(pieces)


def main() -> int:
    """Ask as the plan says, and print what it took."""
    load = Load(sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8")))
    start, cpu = time.perf_counter(), time.process_time()
    asyncio.run(load.run())
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    waits = sorted(load.waits)
    print(
        json.dumps(
            {
                "requests": len(waits),
                "rps": len(waits) / wall,
                "p50": statistics.median(waits) * 1e3,
                "p99": waits[int(len(waits) * 0.99)] * 1e3,
                "client_cpu": cpu / len(waits) * 1e3,
                "bytes": load.bytes / len(waits),
                "statuses": dict(load.statuses),
                "last": load.last.decode("utf-8", "replace")[:4_000],
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
