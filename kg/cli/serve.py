"""Serve a store over HTTP: SPARQL, search, linked data, an OLS-compatible API. Anonymous clients read public sources only."""

from __future__ import annotations

import argparse
import os
import socket

import uvicorn
from pydantic import ValidationError

from kg.api.app import create_app
from kg.api.settings import Settings
from kg.cli.output import store_path, tell
from kg.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--store", metavar="DIR", help="the store; an absent or empty folder becomes one (or KG_STORE)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=7878, help="port to listen on; 0 for any free one (default: 7878)")


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; return 0."""
    app = create_app(_settings(options))
    settings: Settings = app.state.service.settings
    with _listening(settings.host, settings.port) as sock:
        address = f"http://{settings.host}:{sock.getsockname()[1]}"
        tell(f"serving {settings.store} on {address}")
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[sock])
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    try:
        return Settings(
            store=store_path(options.store),
            host=options.host,
            port=options.port,
            writer_token=os.environ.get("KG_WRITER_TOKEN", ""),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{first['loc'][0]}".replace("_", "-"), first["msg"]) from error


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError("--port", f"cannot listen on {host} port {port} ({error.strerror or error})") from error
