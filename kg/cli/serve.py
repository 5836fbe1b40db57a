"""Serve a store over HTTP: SPARQL, search, linked data, an OLS-compatible API. Anonymous clients read public sources only.

Every option can be set in the environment, too: --per-client by KG_PER_CLIENT. Sizes are written like 512MiB, times like 30s.
"""

from __future__ import annotations

import argparse
import importlib
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pydantic import ValidationError

from kg.api.forking import start_forking
from kg.api.settings import Settings, default_of, flag_of, variable_of, wrong
from kg.cli.output import store_path
from kg.errors import TermError, UsageError

_METAVARS = {"store": "DIR", "index": "FILE", "audit_log": "FILE", "writer_token": "TOKEN", "public_url": "URL", "port": "PORT"}
_SERVING = "kg.cli.serving"  # loaded while the server of workers loads what workers need, which is as much
_LISTS = frozenset(("cors", "trusted_proxies", "allow_service"))
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
        choices: dict[str, Any] = (
            {"choices": _CHOICES[name]} if name in _CHOICES else {"metavar": _METAVARS.get(name) or _metavar(name)}
        )
        more: dict[str, Any] = {"action": _Listed} if name in _LISTS else {}
        parser.add_argument(flag_of(name), dest=name, help=text.replace("%", "%%"), **choices, **more)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; return 0.

    Raises:
        UsageError: a setting has a value that it does not take, or the port is taken.
        TermError: there is no term index where the settings say.
        StoreError: the store cannot be read.
        ServiceError: the service cannot be started.
    """
    settings = _settings(options)
    if settings.index is not None and not settings.index.exists():
        raise TermError("--index", f"there is no index {settings.index}; kg terms add FILE --index {settings.index} makes one")
    try:
        with _stoppable():
            start_forking()
            importlib.import_module(_SERVING).serve(settings)
    except _Stopped:  # before the service answered, or as it had stopped
        return 0
    return 0


class _Stopped(BaseException):
    """The signal to stop came where nobody waits for it."""


class _Listed(argparse.Action):
    """An option that may be given several times: all its words count, and then none of the environment."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - as argparse calls it
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Take one more list of words."""
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, [*(before if isinstance(before, list) else ()), values])


@contextmanager
def _stoppable() -> Iterator[None]:
    """Have signals to stop end what runs here, and leave them as they were."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _Stopped

    before = {sig: signal.signal(sig, stop) for sig in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)


def _metavar(name: str) -> str:
    default = default_of(name)
    if name == "memory" or name.endswith("_bytes"):
        return "SIZE"
    if default.endswith("s") and default[0].isdigit():
        return "TIME"
    return "N" if default.isdigit() or name == "workers" else "LIST" if name in _LISTS else "ADDR"


def _settings(options: argparse.Namespace) -> Settings:
    given: dict[str, Any] = {name: value for name, value in vars(options).items() if name in Settings.model_fields}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**{**given, "store": store_path(options.store)})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        what = wrong(name, str(given.get(name, "")), first["type"], first.get("ctx", {}), first["msg"])
        raise UsageError(f"{flag_of(name)} (or {variable_of(name)})", what) from error
