"""The log: one line for each event, for people or as JSON, written by a thread so that a full pipe never stops the service."""

from __future__ import annotations

import json
import logging
import queue
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any, Literal, TextIO

_Level = Literal["debug", "info", "warning", "error"]
_RANKS: Mapping[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_ROOM = 10_000  # lines that may wait; then they are counted and not written
_CLOSING = 2.0


class Log:
    """Takes events from any thread; a context manager that ends with everything written that can be."""

    def __init__(self, form: str = "text", level: str = "info", stream: TextIO | None = None) -> None:
        """Take the form (``text`` or ``json``), the least level, and where to write; standard error by default."""
        self._json = form == "json"
        self._least = _RANKS[level]
        self._stream = stream or sys.stderr
        self._lines: queue.Queue[str | None] = queue.Queue(_ROOM)
        self._thread = threading.Thread(target=self._write, name="kg-log", daemon=True)
        self._thread.start()
        self.dropped = 0
        """Lines that were not written because nobody took them from the pipe."""

    def wants(self, level: _Level) -> bool:
        """Say whether events of a level are written."""
        return _RANKS[level] >= self._least

    def say(self, level: _Level, event: str, **fields: object) -> None:
        """Write an event: a short name, and what belongs to it; ``message`` is the sentence for people."""
        if not self.wants(level):
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = _json_line(now, level, event, fields) if self._json else _text_line(now, level, event, fields)
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, and end."""
        try:
            self._lines.put(None, timeout=_CLOSING)
        except queue.Full:
            return
        self._thread.join(_CLOSING)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line)
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # whoever read the log has gone: the service goes on
                self.dropped += 1


class Forwarding(logging.Handler):
    """Hands what libraries log to the log of the service."""

    def __init__(self, log: Log) -> None:
        """Take the log."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, with its trace where it has one."""
        level: _Level = "error" if record.levelno >= logging.ERROR else "warning"
        trace = {"trace": logging.Formatter().formatException(record.exc_info)} if record.exc_info else {}
        self._log.say(level, "library", message=record.getMessage(), logger=record.name, **trace)


def address_said(address: str, mode: str) -> str:
    """Return what the log says of an address.

    >>> address_said("192.0.2.77", "network"), address_said("2001:db8:1:2::5", "network"), address_said("192.0.2.77", "none")
    ('192.0.2.0/24', '2001:db8:1::/48', '')
    """
    if mode == "full":
        return address
    if mode == "none":
        return ""
    try:
        bits = 24 if ip_address(address).version == 4 else 48  # noqa: PLR2004 - versions of IP
        return str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        return ""


def _json_line(now: str, level: str, event: str, fields: Mapping[str, object]) -> str:
    return json.dumps({"time": now, "level": level, "event": event, **fields}, ensure_ascii=False, default=str) + "\n"


def _text_line(now: str, level: str, event: str, fields: Mapping[str, Any]) -> str:
    rest = dict(fields)
    message, trace = rest.pop("message", ""), rest.pop("trace", "")
    words = [now, level, _plain(message) if message else event]
    words += [f"{name}={_plain(value)}" for name, value in rest.items() if value not in {"", None}]
    return (
        " ".join(words) + ("\n" + "\n".join(f"    {_plain(line)}" for line in str(trace).splitlines()) if trace else "") + "\n"
    )


def _plain(value: object) -> str:
    """Return a value as text that stays on its line and does nothing to a terminal."""
    text = str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
