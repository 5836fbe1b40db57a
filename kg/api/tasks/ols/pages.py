"""Pages of lists, as v1 (HAL) and v2 of OLS4 wrap them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.api.tasks.ols.asked import Desk, Page, Params

Json = dict[str, Any]


def hal(desk: Desk, params: Params, page: Page, kind: str, items: Sequence[Json], total: int) -> Json:
    """Return a page of v1: ``_embedded``, ``_links`` to its neighbours, ``page``.

    OLS leaves ``_embedded`` out of an empty page, which breaks clients; here it is there, with an empty list.
    """
    last = max(0, -(-total // page.size) - 1)
    numbers = {"self": page.number}
    if total > page.size:
        numbers = {"first": 0, **numbers, "last": last}
        if 0 < page.number <= last + 1:
            numbers["prev"] = page.number - 1
        if page.number < last:
            numbers["next"] = page.number + 1
    return {
        "_embedded": {kind: list(items)},
        "_links": {rel: {"href": f"{desk.here}?{params.with_page(number, page.size)}"} for rel, number in numbers.items()},
        "page": {
            "size": page.size,
            "totalElements": total,
            "totalPages": -(-total // page.size),
            "number": page.number,
        },
    }


def paged(page: Page, items: Sequence[Json], total: int, *, facets: bool = False) -> Json:
    """Return a page of v2; the lists that OLS counts facets of have an empty object for them."""
    return {
        "page": page.number,
        "numElements": len(items),
        "totalPages": -(-total // page.size),
        "totalElements": total,
        "elements": list(items),
        **({"facetFieldsToCounts": {}} if facets else {}),
    }
