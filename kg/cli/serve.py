"""Serve a store over HTTP: SPARQL, search, linked data, an OLS-compatible API. Anonymous clients read public sources only.

Every option can be set in the environment, too: --per-client by KG_PER_CLIENT. Sizes are written like 512MiB, times like 30s.
"""

from __future__ import annotations

import argparse
import logging
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from fastapi import FastAPI
from pydantic import ValidationError

from kg.api.app import create_app
from kg.api.log import Forwarding
from kg.api.server import server_of
from kg.api.settings import Settings, default_of, flag_of, variable_of
from kg.cli.output import store_path
from kg.errors import ServiceError, UsageError

_METAVARS = {"store": "DIR", "index": "FILE", "audit_log": "FILE", "writer_token": "TOKEN", "public_url": "URL", "port": "PORT"}
_CHOICES = {
    "default_graph": ("auto", "union", "plain"),
    "log_format": ("text", "json"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_addresses": ("none", "network", "full"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes: a flag for each setting."""
    for name, field in Settings.model_fields.items():
        default = default_of(name)
        text = f"{field.description}{f' (default: {default})' if default else ''}"
        choices = {"choices": _CHOICES[name]} if name in _CHOICES else {"metavar": _METAVARS.get(name) or _metavar(name)}
        parser.add_argument(flag_of(name), dest=name, help=text.replace("%", "%%"), **choices)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; return 0.

    Raises:
        UsageError: a setting has a value that it does not take, or the port is taken.
        StoreError: the store cannot be read.
        ServiceError: the service cannot be started.
    """
    settings = _settings(options)
    app = create_app(settings)
    with _listening(settings.host, settings.port) as sock:
        logging.getLogger().addHandler(Forwarding(app.state.log))
        try:
            server = server_of(app, app.state.gate, lambda: _tell_start(app, sock))
            server.run(sockets=[sock])
        except SystemExit as leave:  # uvicorn's way to say that the lifespan has failed; its reason stands in the log
            raise ServiceError("", "the service could not be started; the lines above say why", "start") from leave
        finally:
            app.state.log.say("info", "stopped", message="stopped")
            app.state.log.close()
    return 0


def _metavar(name: str) -> str:
    default = default_of(name)
    if name == "memory" or name.endswith("_bytes"):
        return "SIZE"
    if default.endswith("s") and default[0].isdigit():
        return "TIME"
    return (
        "N"
        if default.isdigit() or name == "workers"
        else "LIST"
        if name in {"cors", "trusted_proxies", "allow_service"}
        else "ADDR"
    )


def _settings(options: argparse.Namespace) -> Settings:
    given: dict[str, Any] = {name: value for name, value in vars(options).items() if name in Settings.model_fields}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**{**given, "store": store_path(options.store)})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        what = str(first["msg"]).removeprefix("Value error, ")
        raise UsageError(f"{flag_of(name)} (or {variable_of(name)})", f"{what[:1].lower()}{what[1:]}") from error


def _tell_start(app: FastAPI, sock: socket.socket) -> None:
    settings: Settings = app.state.service.settings
    log, pool, generation = app.state.log, app.state.service.pool, app.state.service.generation
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{sock.getsockname()[1]}"
    for advice in _advice(settings, isolated=pool.isolated):
        log.say("warning", "advice", message=advice)
    log.say(
        "info",
        "limits",
        message=f"{settings.workers} workers of {settings.memory >> 20:,} MiB, {settings.deadline:g} s a query, "
        f"generation {generation.id if generation else 'none yet'}",
    )
    # The last line, and at any level: whoever started the service waits for it.
    log.say("error" if settings.log_level == "error" else "warning" if settings.log_level == "warning" else "info",
            "serving", message=f"serving {settings.store} on {url}")  # fmt: skip


def _advice(settings: Settings, *, isolated: bool) -> Sequence[str]:
    """Return what an administrator should know about these settings."""
    said = []
    if not _is_loopback(settings.host):
        said.append(
            "others on the network reach this service, and without encryption: put a proxy with TLS in front of it, and name "
            "the proxy with --trusted-proxies"
        )
    if not isolated:
        said.append(
            "this system does not let workers be cut off from the network; SERVICE and LOAD are refused by their text alone"
        )
    return said


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("--host, --port", f"cannot listen on {host} port {port} ({why})") from error
