"""Parameters in addresses, taken at their word: one that is not known, or said twice, is told and not passed over."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, get_args, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request

from kg.errors import QueryError

_SHOWN = 40  # characters of a name that an answer repeats


def only_known(request: Request) -> None:
    """Refuse parameters that a route does not declare, and several of which it takes one; a dependency of routes.

    Raises:
        QueryError: there is such a parameter; the nearest of those there are is named.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    lists = dict(_parameters(route.dependant))
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in lists:
            raise QueryError(name[:_SHOWN], _unknown(name, list(lists)))
        if count > 1 and not lists[name]:
            raise QueryError(name, "stands in the address more than once; expected one")


def _parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the parameters that a route and what it depends on declare, and whether each takes several values."""
    yield from ((one.alias, _is_list(one.field_info.annotation)) for one in dependant.query_params)
    for one in dependant.dependencies:
        yield from _parameters(one)


def _unknown(name: str, there: list[str]) -> str:
    if not there:
        return "is no parameter of this address, which takes none"
    near = difflib.get_close_matches(name[:_SHOWN].lower(), there, n=1, cutoff=0.5)
    told = f"did you mean {near[0]}?" if near else f"there are {', '.join(there)}"
    return f"is no parameter of this address; {told}"


def _is_list(annotation: object) -> bool:
    """Say whether a parameter takes several values.

    >>> _is_list(list[str] | None), _is_list(str)
    (True, False)
    """
    if get_origin(annotation) is Annotated:
        return _is_list(get_args(annotation)[0])
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))
