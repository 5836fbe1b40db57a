"""protocols.io: a protocol as its API gives it (https://apidoc.protocols.io), steps, materials and authors.

Tables are those of any tree (`kg.readers.tree`); texts are draft.js JSON or HTML, and ``_plain.<column>`` has their words.
``_body`` of a step is all its text, ``_position`` its place in the chain of steps, from 1. Answers of the API that hold the
protocol under ``payload`` or ``protocol`` are read from there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kg.readers.notebook.rich import PLAIN, with_plain
from kg.readers.safe_json import dumps, loads
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue

NAME = "protocols_io"
RANK = 60
TITLE = "protocols.io: protocol as JSON of the API"

_OWN = (b'"title_html"', b'"doi_status"', b'"number_of_steps"', b'"version_id"', b'"type_id"', b'"before_start"')
_FEW = 2
_WRAPPERS = ("payload", "protocol")
_STEPS, _PARTS, _TEXT = "steps", "components", "source.description"
_RICH = re.compile(r"^(?:blocks|entityMap)$")


def claims(peek: Peek) -> bool:
    """Claim a JSON object with several keys that only the protocols of this service have."""
    if not peek.text.lstrip().startswith("{"):
        return False
    found = sum(key in peek.head for key in _OWN)
    return found > _FEW or (found >= _FEW and b"protocols.io" in peek.head)


def read(source: Source, limits: Limits) -> Reading:
    """Read a protocol.

    Raises:
        SourceError: not JSON.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    tables = with_plain(tables_of(_texts_whole(_unwrapped(document.value)), limits, source.key), limits)
    if _STEPS in tables:
        parts = tables[_PARTS].frame.collect() if _PARTS in tables else None
        tables[_STEPS] = Table(_STEPS, _steps(tables[_STEPS].frame.collect(), parts).lazy())
    return Reading(NAME, tables, document.problems)


def _steps(steps: pl.DataFrame, parts: pl.DataFrame | None) -> pl.DataFrame:
    """Return the steps with their texts and places."""
    bodies: dict[str, list[str]] = {}
    for part in parts.to_dicts() if parts is not None else ():
        text = part.get(f"{PLAIN}{_TEXT}") or part.get(_TEXT)
        if isinstance(text, str) and text.strip() and isinstance(part["_parent"], str):
            bodies.setdefault(part["_parent"], []).append(text.strip())
    places = _places(steps.to_dicts())
    return steps.with_columns(
        pl.Series("_body", ["\n".join(bodies.get(ident, ())) or None for ident in steps["_id"]], pl.String),
        pl.Series("_position", places, pl.String),
    )


def _places(steps: Sequence[Mapping[str, object]]) -> list[str | None]:
    """Return the place of each step: as it says, as the chain of the step before says, or else as they stand."""
    numbers = [step.get("number") for step in steps]
    if all(isinstance(number, str) and number.isdecimal() for number in numbers):
        return [str(number) for number in numbers]
    after = {_named(step, "previous_id") or _named(step, "previous_guid"): at for at, step in enumerate(steps)}
    chain: list[int] = []
    here = after.get(None)
    while here is not None and len(chain) < len(steps):
        chain.append(here)
        step = steps[here]
        number = _named(step, "id")
        here = after.get(number) if number in after else after.get(_named(step, "guid"))
    if sorted(chain) != list(range(len(steps))):
        chain = list(range(len(steps)))
    found = {at: str(place) for place, at in enumerate(chain, start=1)}
    return [found[at] for at in range(len(steps))]


def _named(step: Mapping[str, object], name: str) -> str | None:
    """Return what names a step; None where something else than a text or number stands there."""
    value = step.get(name)
    return value if isinstance(value, str) and value else None


def _unwrapped(value: JsonValue) -> JsonValue:
    """Return a protocol with what the answer says beside it under ``response``."""
    while isinstance(value, dict) and "title" not in value:
        inner = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), dict)), None)
        if not isinstance(inner, dict):
            break
        rest = {name: item for name, item in value.items() if item is not inner}
        value = {**inner, "response": {**rest, "response": inner.get("response")}} if rest else inner
    return value


def _texts_whole(value: JsonValue) -> JsonValue:
    """Return a tree in which formatted texts that were objects are JSON texts, as they are elsewhere in such files."""
    if isinstance(value, dict):
        if value.keys() and all(_RICH.match(name) for name in value) and isinstance(value.get("blocks"), list):
            return dumps(value)
        return {name: _texts_whole(item) for name, item in value.items()}
    return [_texts_whole(item) for item in value] if isinstance(value, list) else value
