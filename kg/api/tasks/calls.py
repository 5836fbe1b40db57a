"""Finding out in a worker what an update asks of other servers: texts of strangers are not taken apart in the web process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.api.tasks.context import Context, Reply
from kg.store.calls import check_syntax
from kg.store.targets import read_update


def found(_: Context, request: Mapping[str, Any]) -> Reply:
    """Find the calls of an update.

    Args:
        request: ``text``, ``base``, ``using`` and ``using_named`` (lists of IRIs) as for ``read_update``.

    Returns:
        head: ``calls``, in their order, each with ``word`` (SERVICE or LOAD), ``address`` (empty where it is not known),
        ``silent`` and ``block``.

    Raises:
        QueryError: it is no update.
    """
    read = read_update(request["text"], request["base"], request["using"], request["using_named"])
    if read.calls:
        check_syntax(read.operations)
    said = [{"word": one.word, "address": one.address, "silent": one.silent, "block": one.block} for one in read.calls]
    return Reply({"calls": said})
