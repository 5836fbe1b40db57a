"""The project policy: which ontologies, thresholds and decisions one project wants, in a YAML file checked when it is read.

``docs/deciding.md`` explains every key with an example.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from kg.errors import TermError
from kg.schema import Branch

_MOST_BYTES = 2**20


def _as_list(value: Any) -> Any:  # noqa: ANN401 - whatever YAML gives
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_as_list)]
Ties = Literal["review", "first"]


class _Strict(BaseModel):
    """Anything a policy says: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldPolicy(_Strict):
    """What a project wants in one field."""

    ontologies: Words | None = Field(
        None,
        min_length=1,
        description="Prefixes of the ontologies to take terms from, best first; those left out are not used.",
    )
    accept: float | None = Field(
        default=None, ge=0, le=1, description="Least score at which a term is accepted without a person."
    )
    ties: Ties | None = Field(
        default=None,
        description="Where several ontologies have a name: ask a person, or take the first.",
    )

    @model_validator(mode="after")
    def _once(self) -> FieldPolicy:
        doubled = sorted({name for name in self.ontologies or () if (self.ontologies or ()).count(name) > 1})
        if doubled:
            raise ValueError(f"{', '.join(doubled)} is listed twice")
        return self


class Policy(_Strict):
    """What a project wants of the resolver."""

    name: str = Field(min_length=1, description="Name of the project; rows of decisions that name it are used.")
    fields: dict[str, FieldPolicy] = Field(default_factory=dict, description="By resolver field; the others stay as they are.")
    decisions: Words = Field(default=(), description="SSSOM files with the decisions of people, relative to this file.")
    same: Words = Field(
        default=(), description="SSSOM files whose exact matches say that two terms are one, relative to this file."
    )
    repair: Words = Field(default=(), description="Kinds of findings of an audit that may be repaired without asking.")
    _file: Path = PrivateAttr(Path())

    def of(self, field: str) -> FieldPolicy:
        """Return what the project wants in a field; the defaults where it says nothing."""
        return self.fields.get(field) or FieldPolicy.model_validate({})

    def decision_files(self) -> tuple[Path, ...]:
        """Return the files of decisions; a relative name starts from the folder of the policy."""
        return tuple(self._file.parent / name for name in self.decisions)

    def same_files(self) -> tuple[Path, ...]:
        """Return the files that say which terms are one; a relative name starts from the folder of the policy."""
        return tuple(self._file.parent / name for name in self.same)

    def branches(self, fields: Mapping[str, tuple[Branch, ...]]) -> Mapping[str, tuple[Branch, ...]]:
        """Return the branches of the schema's fields in the order, and with the restriction, that the project wants.

        Raises:
            TermError: the policy names a field that the schema does not have, or an ontology that the field does not take.
        """
        for name in self.fields:
            if name not in fields:
                raise TermError(str(self._file), f"fields.{name}: no such field{_near(name, fields)}")
        return MappingProxyType({name: self._ordered(name, branches) for name, branches in fields.items()})

    def _ordered(self, field: str, branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
        wanted = self.of(field).ontologies
        if wanted is None:
            return branches
        taken = list(dict.fromkeys(branch.ontology for branch in branches))
        for prefix in wanted:
            if prefix not in taken:
                what = f"fields.{field}.ontologies: the field takes no terms of {prefix}; it takes {', '.join(taken)}"
                raise TermError(str(self._file), what)
        return tuple(branch for prefix in wanted for branch in branches if branch.ontology == prefix)


def load_policy(path: Path, repairs: Collection[str] | None = None) -> Policy:
    """Read a policy and check it.

    Args:
        path: the YAML file.
        repairs: the kinds of findings that there are, to check ``repair`` against; not checked when None.

    Raises:
        TermError: the file or one that it names cannot be read, or it says something else than a policy may.
    """
    try:
        policy = Policy.model_validate(_yaml(path))
    except ValidationError as error:
        raise TermError(str(path), "; ".join(_said(detail) for detail in error.errors(include_url=False)[:3])) from error
    policy._file = path  # noqa: SLF001 - its own module
    for name in (*policy.decisions, *policy.same):
        if not (path.parent / name).is_file():
            raise TermError(str(path), f"names the file {name}, and there is none beside it")
    for kind in policy.repair:
        if repairs is not None and kind not in repairs:
            raise TermError(str(path), f"repair: no such kind of finding: {kind}{_near(kind, repairs)}")
    return policy


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema of a policy, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "bioimage-kg project policy"} | {
        name: value for name, value in Policy.model_json_schema().items() if name != "title"
    }


def _yaml(path: Path) -> Any:  # noqa: ANN401 - whatever stands there
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TermError(str(path), "is larger than 1 MiB, so it is no policy")
        said = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise TermError(str(path), f"cannot be read: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise TermError(str(path), f"is not YAML: {error}") from error
    if not isinstance(said, dict):
        raise TermError(str(path), "is no policy: it must be keys and values, with at least a name")
    return said


def _said(detail: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = FieldPolicy.model_fields if len(detail["loc"]) > 1 else Policy.model_fields
        return f"{place}: no such key{_near(str(detail['loc'][-1]), known)}"
    return f"{place}: {detail['msg']}, found {detail['input']!r}" if place else detail["msg"]


def _near(name: str, known: Collection[str] | Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else f"; known are {', '.join(sorted(known))}"
