"""Writing a person's decision: ``kg review`` in a process of its own, so that the web process does not wait."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from kg.api.pool import Bug
from kg.api.service import Service
from kg.errors import QueryError, ServiceError

Verdict = Literal["accept", "reject"]
_PATIENCE = 600.0  # seconds: correcting a large graph reads all its decisions
_AGAIN = 5.0
_BUG = 3  # exit code of a command
# The token is none of its business, and nothing is to be asked over the network.
_WITHHELD = frozenset(("KG_WRITER_TOKEN", "KG_OLS_URL", "KG_OLS", "KG_JSON", "KG_PROJECT"))


async def decided(
    service: Service, verdict: Verdict, id_: str, terms: Sequence[str], said: Mapping[str, str]
) -> dict[str, Any]:
    """Write a decision into the table of decisions and correct the graph: both, or neither.

    Args:
        service: whose store it is about.
        verdict: what a person says.
        id_: of the text, in hexadecimal digits.
        terms: CURIEs or IRIs; none begins with a dash.
        said: ``by`` and ``why``.

    Returns:
        ``rows`` (written), ``decisions`` and ``records`` (changed), ``generation`` (published; None when nothing changes).

    Raises:
        ServiceError: another job writes to the store, or it takes too long.
        QueryError: the decision cannot be taken, for the reason given.
    """
    if await asyncio.to_thread(_is_written, service):
        raise ServiceError("store", "another job writes to it; try again later", "busy", retry_after=_AGAIN)
    index = ["--index", str(service.settings.index)] if service.settings.index else []
    words = [verdict, id_, *terms, "--store", str(service.settings.store), *index]
    words += [f"--by={said['by']}", f"--why={said['why']}", "--offline", "--json"]
    code, out, err = await _run(words)
    if code == 0:
        value: dict[str, Any] = json.loads(out)
        return value
    if await asyncio.to_thread(_is_written, service):
        raise ServiceError("store", "another job writes to it; try again later", "busy", retry_after=_AGAIN)
    if code == _BUG:
        raise Bug(err)
    raise QueryError("review", _reason(err, service))


def _reason(err: str, service: Service) -> str:
    """Return the last line of what a command said, without where things lie on this machine."""
    line = err.strip().rpartition("\n")[2].removeprefix("kg review: ")
    for path, name in ((service.settings.store, "the store"), (service.settings.index, "the index")):
        line = line.replace(str(path), name) if path else line
    return line or "the decision could not be taken"


async def _run(words: Sequence[str]) -> tuple[int, str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _WITHHELD}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kg.cli.main", "review", *words, env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except TimeoutError:
        raise ServiceError("review", f"took longer than {_PATIENCE:g} seconds and was ended", "deadline") from None
    finally:
        if process.returncode is None:  # what it has written so far is set right by the next run
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _is_written(service: Service) -> bool:
    return service.store.is_being_written()
