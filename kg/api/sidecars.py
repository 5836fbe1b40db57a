"""What routes that search share: who asks, which sidecars answer, and how far these are behind."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from kg.api.caller import Caller
from kg.api.service import Seen, Service
from kg.search.keeper import Keeper, Wanted
from kg.search.places import Sidecar, known_index, number_of
from kg.store.audiences import EVERYTHING, groups_of


def who(request: Request) -> tuple[Service, Caller, Seen]:
    """Return the service, who asks, and what that one sees."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    return service, caller, service.seen(caller)


def keeper_of(request: Request) -> Keeper:
    """Return what keeps the sidecars of the service up with the store."""
    keeper: Keeper = request.app.state.search
    return keeper


def wanted_by(keeper: Keeper, seen: Seen) -> Wanted | None:
    """Return what sidecars should be made from for who asks; None while the store is empty."""
    return keeper.known(seen.generation, seen.audience) or _remembered(keeper, seen)


def _remembered(keeper: Keeper, seen: Seen) -> Wanted | None:
    if seen.held is None:
        return None
    shown = None if seen.audience == EVERYTHING else groups_of(seen.audience)
    sources = frozenset(one.iri for one in seen.held.ledger.sources() if shown is None or one.audience in shown)
    return keeper.remember(Wanted(seen.generation, seen.audience, seen.database, sources))


def place_of(service: Service, sidecar: Sidecar) -> dict[str, str]:
    """Return where a worker finds the sidecars and the term index, for a task."""
    return {"sidecar": str(sidecar.path), "index": str(known_index(str(service.settings.index or "")) or "")}


def state_of(seen: Seen, sidecar: Sidecar) -> dict[str, Any]:
    """Return what every answer says of the generation that it rests on."""
    behind = number_of(seen.generation) - number_of(sidecar.generation)
    return {"generation": seen.generation, "sidecar": {"generation": sidecar.generation, "behind": behind}}
