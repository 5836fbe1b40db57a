"""What can be set of a service: each by a flag of ``kg serve`` and by ``KG_*``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_LIMITS = MappingProxyType({"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"})
_UNITS = MappingProxyType({"": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40})
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", re.IGNORECASE)
_SPANS = MappingProxyType({"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0})
_DAY = 86_400.0
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|)\s*", re.IGNORECASE)


def size_of(value: object) -> object:
    """Return bytes for a size as people write it; units are powers of 1,024.

    >>> size_of("2GiB"), size_of("512 MB"), size_of("100")
    (2147483648, 536870912, 100)
    """
    if not isinstance(value, str):
        return value
    found = _SIZE.fullmatch(value)
    if found is None:
        raise ValueError(f"{value!r} is no size; write it like 512MiB or 2GiB")
    return int(float(found[1]) * (1 << _UNITS[found[2].lower()]))


def seconds_of(value: object) -> object:
    """Return seconds for a time as people write it.

    >>> seconds_of("1.5"), seconds_of("500ms"), seconds_of("2min")
    (1.5, 0.5, 120.0)
    """
    if not isinstance(value, str):
        return value
    found = _SPAN.fullmatch(value)
    if found is None:
        raise ValueError(f"{value!r} is no time; write it like 30s, 500ms or 2min")
    return float(found[1]) * _SPANS[found[2].lower()]


def words_of(value: object) -> object:
    """Return the words of a list that commas or spaces part; of several such lists one after the other.

    >>> words_of("https://a.example, https://b.example"), words_of(["10.0.0.1", "10.0.0.2,10.0.0.3"])
    (('https://a.example', 'https://b.example'), ('10.0.0.1', '10.0.0.2', '10.0.0.3'))
    """
    if isinstance(value, list):
        value = ",".join(map(str, value))
    return (
        tuple(re.split(r"[,\s]+", value.strip(", \t\n"))) if isinstance(value, str) and value.strip(", \t\n") else value or ()
    )


def _networks(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        try:
            ip_network(word, strict=False)
        except ValueError as error:
            raise ValueError(f"{word!r} is no address and no network like 10.0.0.0/8") from error
    return words


def _prefixes(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not re.fullmatch(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?", word, re.IGNORECASE) or not _has_place(word):
            raise ValueError(f"{word!r} is no address like https://example.org/sparql, without ? and #")
    return words


def _origins(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as browsers send them; raises ValueError for what no browser sends."""
    if "none" in words and len(words) > 1:
        raise ValueError("'none' stands alone, or not at all")
    return tuple(word if word in {"*", "none", "null"} else _origin(word) for word in words)


def _origin(word: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9+.\-]*://[^\s/?#@\\*]+/?", word, re.IGNORECASE) or not _has_place(word):
        raise ValueError(f"{word!r} is no origin like https://page.example, nor * or none")
    origin = word.rstrip("/").lower()
    return origin.removesuffix({"http": ":80", "https": ":443"}.get(origin.partition(":")[0], "/"))


def _has_place(word: str) -> bool:
    """Say whether an address names a host, and a port that can be one where it names any."""
    try:
        parts = urlsplit(word)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _address(word: str) -> str:
    if word and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", word):
        raise ValueError(f"{word!r} is no address like https://kg.example.org")
    return word.rstrip("/")


Size = Annotated[int, BeforeValidator(size_of), Field(ge=1, le=1 << 50)]
Seconds = Annotated[float, BeforeValidator(seconds_of), Field(gt=0, le=86_400 * 30, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Words = Annotated[tuple[str, ...], BeforeValidator(words_of)]
DefaultGraph = Literal["auto", "union", "plain"]


class Settings(BaseModel):
    """Settings of a service; every one has a default that is safe on the open internet.

    What a field is for stands in its description: flags, their help and the page of settings are made from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Path = Field(description="folder of the store; an absent or empty one becomes a store")
    index: Path | None = Field(None, description="term index; the one in the cache where none is given")
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 or :: for all of this machine")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(7878, description="port to listen on; 0 for any free one")
    default_graph: DefaultGraph = Field(
        "auto",
        description="what a query without FROM and GRAPH sees: the union of all graphs, the plain default graph, or (auto) the "
        "union as soon as the store holds a harmonized source",
    )
    deadline: Seconds = Field(30.0, description="time that a query may take; it is ended then")
    wait: Seconds = Field(10.0, description="time that a query may wait for its turn")
    memory: Annotated[Size, Field(ge=256 << 20)] = Field(2 << 30, description="memory that one query may take, at least 256MiB")
    workers: Annotated[int, Field(ge=1, le=1024)] = Field(
        default_factory=lambda: max(2, os.cpu_count() or 2),
        description="queries answered at the same time; by default one for each processor, and at least 2",
    )
    per_client: Count = Field(16, description="queries of one client that are answered or wait at the same time")
    waiting: Count = Field(256, description="queries that wait at the same time, of all clients")
    rows: Count = Field(100_000, description="most rows or triples of an answer; a longer one is cut, and says so")
    answer_bytes: Size = Field(256 << 20, description="most bytes of an answer")
    query_bytes: Size = Field(256 << 10, description="most bytes of a query, and of any request that uploads nothing")
    upload_bytes: Size = Field(1 << 30, description="most bytes of an upload, after decompression")
    header_bytes: Annotated[Size, Field(ge=4096)] = Field(
        64 << 10, description="most bytes of the request line and headers; a query in the address counts here"
    )
    connections: Count = Field(1_000, description="connections open at the same time; half of them may be of one address")
    header_time: Seconds = Field(10.0, description="time within which the headers of a request must be there")
    body_time: Seconds = Field(20.0, description="time without progress after which a body that comes slowly is given up")
    send_time: Seconds = Field(30.0, description="time without progress after which a client that does not read is let go")
    keep_alive: Seconds = Field(15.0, description="time that a connection may be idle between two requests")
    grace: Seconds = Field(20.0, description="time that running requests have to end when the service is stopped")
    writer_token: str = Field(
        "", repr=False, description="token of the role writer beside those made by kg token; better set in the environment"
    )
    allow_service: Annotated[Words, AfterValidator(_prefixes)] = Field(
        (), description="prefixes of addresses that SERVICE and LOAD may ask, parted by commas"
    )
    trusted_proxies: Annotated[Words, AfterValidator(_networks)] = Field(
        (), description="addresses or networks of proxies whose X-Forwarded-For is believed, parted by commas"
    )
    cors: Annotated[Words, AfterValidator(_origins)] = Field(
        ("*",), description="origins whose pages may read answers, parted by commas; * for all, none for no page"
    )
    public_url: Annotated[str, AfterValidator(_address)] = Field(
        "", description="address under which people reach the service, where a proxy changes it"
    )
    audit_log: Path | None = Field(None, description="file that gets a line for each request that used a token or wrote")
    log_format: Literal["text", "json"] = Field("text", description="how the log is written: lines for people or JSON lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least that is logged; requests are info"
    )
    log_addresses: Literal["none", "network", "full"] = Field(
        "none", description="what the log says of a client's address: nothing, its network, or all"
    )


def flag_of(field: str) -> str:
    """Return the flag that sets a field.

    >>> flag_of("per_client")
    '--per-client'
    """
    return "--" + field.replace("_", "-")


def variable_of(field: str) -> str:
    """Return the environment variable that sets a field.

    >>> variable_of("per_client")
    'KG_PER_CLIENT'
    """
    return "KG_" + field.upper()


def default_of(field: str) -> str:
    """Return a field's default as people write it; empty where it has none.

    >>> default_of("memory"), default_of("deadline"), default_of("cors"), default_of("store")
    ('2GiB', '30s', '*', '')
    """
    about = Settings.model_fields[field]
    if about.is_required() or about.default_factory is not None or about.default in {None, "", ()}:
        return ""
    return _written(field, about.default)


def wrong(field: str, found: str, kind: str, limits: Mapping[str, Any], message: str) -> str:
    """Return in words what is wrong with a value.

    Args:
        field: which setting.
        found: the value as it was given.
        kind: of the error, as pydantic names it.
        limits: what pydantic knows beside it, such as ``ge``.
        message: what a check of our own said, or pydantic.

    >>> wrong("memory", "1MiB", "greater_than_equal", {"ge": 256 << 20}, "")
    "found '1MiB', expected at least 256MiB"
    """
    for limit, words in _LIMITS.items():
        if limit in limits:
            bound = limits[limit]
            is_time = Settings.model_fields[field].annotation is float
            return f"found {found!r}, expected {words} {_written(field, float(bound) if is_time else bound)}"
    if kind.startswith("int_"):
        return f"found {found!r}, expected a whole number"
    if kind == "literal_error":
        return f"found {found!r}, expected {limits['expected']}"
    what = message.removeprefix("Value error, ")
    return f"{what[:1].lower()}{what[1:]}"


def _written(field: str, value: Any) -> str:  # noqa: ANN401 - whatever a setting holds
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, float):
        return f"{value / _DAY:g}d" if value and value % _DAY == 0 else f"{value:g}s"
    if field == "memory" or field.endswith("_bytes"):
        shift = max(bits for bits in (0, 10, 20, 30, 40) if value % (1 << bits) == 0)
        return f"{value >> shift}{('', 'KiB', 'MiB', 'GiB', 'TiB')[shift // 10]}"
    return str(value)
