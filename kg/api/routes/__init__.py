"""Routes, one module for each group of addresses; another group is another line here."""

from __future__ import annotations

from fastapi import APIRouter

from kg.api.routes import (
    graphs,
    jobs,
    linked,
    ols,
    operations,
    pages,
    questions,
    records,
    resolve,
    review,
    search,
    similar,
    sources,
    sparql,
    terms,
    update,
    void,
)

ROUTERS: tuple[APIRouter, ...] = (
    operations.router,
    ols.router,
    sparql.router,
    update.router,
    graphs.router,
    void.router,
    questions.router,
    linked.router,
    records.router,
    terms.router,
    resolve.router,
    review.router,
    jobs.router,
    sources.router,
    search.router,
    similar.router,
    pages.router,
)

__all__ = ["ROUTERS"]
