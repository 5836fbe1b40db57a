"""The run of ``kg serve``: the application, the socket that it listens on, and what it tells at its start."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from ipaddress import ip_address

from fastapi import FastAPI

from kg.api.app import create_app
from kg.api.log import Forwarding
from kg.api.server import server_of
from kg.api.settings import Settings
from kg.errors import ServiceError, UsageError


def serve(settings: Settings) -> None:
    """Serve until stopped.

    Raises:
        UsageError: the port is taken.
        StoreError: the store cannot be read.
        ServiceError: the service cannot be started.
    """
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
