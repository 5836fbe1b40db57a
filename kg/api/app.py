"""The application: routes in front of one service, and what stands around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from kg import __version__
from kg.api import problems
from kg.api.access import Access
from kg.api.log import Log
from kg.api.metrics import Metrics
from kg.api.middleware.body import Bodies
from kg.api.middleware.compress import Compress
from kg.api.middleware.door import Door
from kg.api.middleware.observe import Observe
from kg.api.networks import is_within
from kg.api.protocols import protocol_paths
from kg.api.routes import ROUTERS
from kg.api.server import Gate
from kg.api.service import Service
from kg.api.settings import Settings
from kg.errors import KgError

EXPOSED = ("*", "ETag", "Link", "Location", "Content-Location", "Retry-After", "X-Request-Id", "Kg-Generation", "Kg-Truncated")
"""Headers that pages of other origins may read."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")


class _Application(FastAPI):
    """FastAPI, whose description also tells of the addresses that follow protocols of others."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            described["paths"] = {**protocol_paths(), **described["paths"]}
        return super().openapi()


def create_app(settings: Settings) -> FastAPI:
    """Return the application, not yet started; routes find the service in ``request.app.state.service``.

    Raises:
        StoreError: the folder is no store.
    """
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with service.running():
            yield

    # A redirect to the same address with a slash would lead to whatever host the request says.
    app = _Application(
        title="bioimage-kg",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.metrics = Metrics()
    app.state.log = Log(settings.log_format, settings.log_level)
    app.state.gate = Gate(settings, Counter(), Counter(), partial(is_within, networks=settings.trusted_proxies))
    app.add_middleware(Access, service=service)  # the first, so that those added later go around it
    _surround(app, settings)
    app.add_exception_handler(KgError, problems.told)
    app.add_exception_handler(HTTPException, problems.not_there)
    app.add_exception_handler(RequestValidationError, problems.not_valid)
    app.state.routes = [route for router in ROUTERS for route in router.routes]
    for router in ROUTERS:
        app.include_router(router)
    return app


def _surround(app: FastAPI, settings: Settings) -> None:
    """Put around the routes what every request goes through, from the inside to the outside."""
    app.add_middleware(Bodies, query_bytes=settings.query_bytes, upload_bytes=settings.upload_bytes)
    app.add_middleware(Compress)
    if settings.cors and settings.cors != ("none",):
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors,
            allow_methods=_METHODS,
            allow_headers=("*", "Authorization"),
            expose_headers=EXPOSED,
            max_age=86_400,
        )
    app.add_middleware(Door, header_bytes=settings.header_bytes)
    state = app.state
    app.add_middleware(Observe, metrics=state.metrics, log=state.log, addresses=settings.log_addresses)
