"""What can be set of a service: each by a flag of ``kg serve`` and by ``KG_*``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
DefaultGraph = Literal["auto", "union", "plain"]


class Settings(BaseModel):
    """Settings of a service; every one has a default that is safe on the open internet.

    Attributes:
        store: folder of the store; made where there is none.
        index: term index; None for the one in the cache.
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        default_graph: what a query without FROM and GRAPH sees: ``union`` of all graphs, ``plain`` default graph as SPARQL has
            it, or ``auto``: the union as soon as the store holds a harmonized source.
        deadline: seconds that a query may take.
        wait: seconds that a query may wait for its turn.
        memory: bytes that one query may take.
        workers: queries that are answered at the same time.
        per_client: queries of one client that are answered or wait at the same time.
        waiting: queries that wait at the same time, of all clients.
        rows: most rows or triples of an answer; a longer one is cut, and says so.
        answer_bytes: most bytes of an answer.
        query_bytes: most bytes of a query.
        upload_bytes: most bytes of an upload, after decompression.
        writer_token: token of the role writer beside those made by ``kg token``; empty for none.
        allow_service: prefixes of addresses that SERVICE and LOAD may ask.
        trusted_proxies: addresses whose ``X-Forwarded-For`` is believed.
        cors: origins that may read answers from a browser; ``*`` for all.
        public_url: address under which people reach the service, where a proxy changes it; empty for that of the request.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Path
    index: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7878
    default_graph: DefaultGraph = "auto"
    deadline: Positive = 30.0
    wait: Positive = 10.0
    memory: Annotated[int, Field(ge=256 << 20)] = 2 << 30
    workers: Count = Field(default_factory=lambda: max(2, os.cpu_count() or 2))
    per_client: Count = 16
    waiting: Count = 256
    rows: Count = 100_000
    answer_bytes: Count = 256 << 20
    query_bytes: Count = 256 << 10
    upload_bytes: Count = 1 << 30
    writer_token: str = Field(default="", repr=False)
    allow_service: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    cors: tuple[str, ...] = ("*",)
    public_url: str = ""
