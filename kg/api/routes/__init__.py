"""Routes, one module for each group of addresses; another group is another line here."""

from __future__ import annotations

from fastapi import APIRouter

from kg.api.routes import sparql

ROUTERS: tuple[APIRouter, ...] = (sparql.router,)

__all__ = ["ROUTERS"]
