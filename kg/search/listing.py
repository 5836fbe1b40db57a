"""What can be searched here: levels and fields, with how many records and values there are."""

from __future__ import annotations

from typing import Any

from kg.search.opened import Opened


def listed(opened: Opened) -> dict[str, Any]:
    """Return ``levels`` (name, title, records) and ``fields`` (name, title, kind, unit, levels, aliases, values by level)."""
    fields = opened.fields
    levels = [{"name": one.name, "title": one.title, "records": opened.view(one.name).count} for one in fields.levels.values()]
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "kind": one.kind,
            "unit": one.unit,
            "aliases": list(one.aliases),
            "levels": list(one.levels),
            "facet": one.facet,
            "values": {level: opened.view(level).values.get(one.name, 0) for level in one.levels},
        }
        for one in fields.fields.values()
    ]
    return {"levels": levels, "fields": rows, "licence_groups": dict(fields.groups)}
