"""The registry of ontologies: where each is released, in which format, under which licence, and about which organisms."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import yaml

from kg.errors import TermError
from kg.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Format = Literal["obo", "owl", "tsv"]


@dataclass(frozen=True, slots=True)
class OntologyEntry:
    """What the registry says about one ontology.

    Attributes:
        prefix: prefix of its CURIEs, spelt as everywhere in kg.
        name: its name, for people.
        namespace: what stands before the local part in the IRIs of its terms.
        homepage: where people read about it.
        file: address of its release, or the path of a table below ``ontologies`` that kg brings along.
        format: form of that file.
        licence: an SPDX identifier, or where to read it.
        table: whether kg brings an extract of it along.
        taxon: CURIE of the species or clade that all its terms are about; empty where it is about no one clade.
        sha256: digest that the file must have; empty where the address always gives the newest release.
    """

    prefix: str
    name: str
    namespace: str
    homepage: str
    file: str
    format: Format
    licence: str
    table: bool
    taxon: str = ""
    sha256: str = ""

    @property
    def is_released(self) -> bool:
        """Say whether there is something to download: tables of kg's own are not."""
        return self.file.startswith(("http://", "https://"))


def load_registry(path: Path | None = None) -> Mapping[str, OntologyEntry]:
    """Return the entries by prefix, in the order of the file (the packaged one by default).

    It is read anew on each call (some milliseconds). Raises TermError when it is not what it should be.
    """
    file = path or data_dir("ontologies") / "registry.yaml"
    try:
        content = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise TermError(str(file), f"cannot be read: {error}") from error
    listed = content.get("ontologies") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise TermError(str(file), "has no list of ontologies")
    entries: dict[str, OntologyEntry] = {}
    for position, raw in enumerate(listed, 1):
        entry = _entry(raw, f"{file.name}, entry {position}")
        if entry.prefix in entries:
            raise TermError(f"{file.name}, entry {position}", f"{entry.prefix} stands there twice")
        entries[entry.prefix] = entry
    return MappingProxyType(entries)


def entry_of(registry: Mapping[str, OntologyEntry], prefix: str) -> OntologyEntry:
    """Return the entry of a prefix, however it is capitalised; raises TermError with the nearest ones when there is none."""
    spelt = {known.casefold(): known for known in registry}
    known = spelt.get(prefix.casefold())
    if known is None:
        near = difflib.get_close_matches(prefix.casefold(), spelt, n=3)
        hint = f"did you mean {' or '.join(spelt[word] for word in near)}?" if near else f"it holds {', '.join(registry)}"
        raise TermError(prefix, f"the registry of ontologies has no such prefix; {hint}")
    return registry[known]


def _entry(raw: object, where: str) -> OntologyEntry:
    if not isinstance(raw, dict):
        raise TermError(where, f"found {raw!r}, expected the facts of an ontology")
    known = {field.name: field.type for field in fields(OntologyEntry)}
    if surplus := sorted(map(str, raw.keys() - known.keys())):
        raise TermError(where, f"has {', '.join(surplus)}, which no entry has; known are {', '.join(known)}")
    if missing := [name for name in list(known)[:8] if name not in raw]:
        raise TermError(where, f"lacks {', '.join(missing)}")
    for name, kind in known.items():
        wanted = bool if kind == "bool" else str
        if name in raw and not isinstance(raw[name], wanted):
            raise TermError(where, f"{name} is {raw[name]!r}, expected {'true or false' if wanted is bool else 'a text'}")
    return OntologyEntry(**cast("dict[str, Any]", raw))
