"""The application: routes in front of one service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kg import __version__
from kg.api import problems
from kg.api.routes import ROUTERS
from kg.api.service import Service
from kg.api.settings import Settings
from kg.errors import KgError


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

    app = FastAPI(title="bioimage-kg", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    app.add_exception_handler(KgError, problems.told)
    for router in ROUTERS:
        app.include_router(router)
    return app
