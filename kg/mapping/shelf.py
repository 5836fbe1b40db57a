"""The Shelf: the mappings that there are, each a YAML file that is read when a source needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kg.errors import MappingError
from kg.mapping.spec import Head, RecordRule, ValueRule
from kg.mapping.spec import Mapping as MappingSpec
from kg.paths import data_dir

_RECORDS = re.compile(rb"^records\s*:", re.MULTILINE)
_SUFFIXES = (".yaml", ".yml")


class Shelf:
    """Mappings by name; the whole of one is read when it is asked for, of all others at most which sources they take."""

    def __init__(self, files: Mapping[str, Path], whole: Iterable[MappingSpec] = ()) -> None:
        """Take files by the name of their mapping, and mappings that are read already."""
        self._whole = {mapping.mapping: mapping for mapping in whole}
        self._files = dict(files)
        self._heads: dict[str, Head] = dict(self._whole)
        self._texts: dict[str, bytes] = {}

    @classmethod
    def packaged(cls, folder: Path | None = None) -> Shelf:
        """Return the mappings of a folder (the packaged ones by default)."""
        return cls({path.stem: path for path in sorted((folder or data_dir("mappings")).glob("*.yaml"))})

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all mappings."""
        return tuple(sorted({*self._files, *self._whole}))

    def heads(self, reader: str) -> list[Head]:
        """Return which sources each mapping takes, of those that may take what a reader found.

        Raises:
            MappingError: one that names the reader is wrong.
        """
        return [self._head(name) for name in self.names if self._speaks_of(name, reader)]

    def whole(self, name: str) -> MappingSpec:
        """Return a mapping.

        Raises:
            MappingError: it is wrong, or there is none of this name.
        """
        if name not in self._whole:
            if name not in self._files:
                raise MappingError(name, f"no mapping has this name; there are {', '.join(self.names)}")
            self._whole[name] = load_named(self._files[name])
        return self._whole[name]

    def chosen(self, name: str) -> MappingSpec:
        """Return the mapping that a user chose by its name, or by the path of a file that is not on the shelf.

        Raises:
            MappingError: it is wrong, there is none of this name, or no such file.
        """
        if name in self.names or not (name.endswith(_SUFFIXES) or "/" in name or "\\" in name):
            return self.whole(name)
        return load_mapping(Path(name))

    def _speaks_of(self, name: str, reader: str) -> bool:
        if name in self._whole:
            return any(rule.reader == reader for rule in self._whole[name].recognise)
        return reader.encode() in self._text(name)

    def _text(self, name: str) -> bytes:
        if name not in self._texts:
            try:
                self._texts[name] = _before_records(self._files[name].read_bytes())
            except OSError as error:
                raise _unreadable(self._files[name], error) from error
        return self._texts[name]

    def _head(self, name: str) -> Head:
        if name not in self._heads:
            try:
                data = _parsed(self._text(name))
                self._heads[name] = Head.model_validate({key: data[key] for key in Head.model_fields})
            except (yaml.YAMLError, ValidationError, KeyError, TypeError):
                self._heads[name] = self.whole(name)  # or what is wrong with it
        return self._heads[name]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader in which only true and false are booleans, as in YAML 1.2: ``yes``, ``no`` and ``on`` are words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), ["t", "f"])


def load_mapping(path: Path) -> MappingSpec:
    """Read one mapping file.

    Raises:
        MappingError: it is not YAML, or says something that the language does not know; the message names the key.
    """
    try:
        return _with_included(MappingSpec.model_validate(_parsed(path.read_bytes())), path)
    except OSError as error:
        raise _unreadable(path, error) from error
    except yaml.YAMLError as error:
        raise MappingError(path.name, f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MappingError(path.name, f"{place}: {first['msg']}") from error


def _with_included(mapping: MappingSpec, path: Path) -> MappingSpec:
    """Return a mapping with the records of those that it includes; these keep their context, and refer to one another."""
    records, withheld = list(mapping.records), list(mapping.withhold)
    for name in mapping.include:
        other = load_named(path.with_name(f"{name}.yaml"))
        records += [_renamed(record, f"{name}.", other) for record in other.records]
        withheld += other.withhold
    return mapping.model_copy(update={"records": records, "withhold": withheld})


def _renamed(record: RecordRule, prefix: str, other: MappingSpec) -> RecordRule:
    def named(rule: ValueRule) -> ValueRule:
        return rule if rule.record is None else rule.model_copy(update={"record": [prefix + name for name in rule.record]})

    return record.model_copy(
        update={
            "name": prefix + record.name,
            "slots": {slot: [named(rule) for rule in rules] for slot, rules in record.slots.items()},
            "inverse": [rule.model_copy(update={"record": prefix + rule.record}) for rule in record.inverse],
            "context": other.context if record.context is None else record.context,
        }
    )


def load_mappings(folder: Path | None = None) -> tuple[MappingSpec, ...]:
    """Read all mappings of a folder (the packaged ones by default), sorted by name.

    Raises:
        MappingError: one is wrong, or has another name than its file.
    """
    return tuple(load_named(path) for path in sorted((folder or data_dir("mappings")).glob("*.yaml")))


def load_named(path: Path) -> MappingSpec:
    """Read one mapping of a folder in which each file is named after its mapping; errors as for `load_mappings`."""
    mapping = load_mapping(path)
    if mapping.mapping != path.stem:
        raise MappingError(path.name, f"is named {mapping.mapping!r} inside; the file should be {mapping.mapping}.yaml")
    return mapping


def _parsed(text: bytes) -> Any:  # noqa: ANN401 - whatever the file says
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _before_records(text: bytes) -> bytes:
    """Return what stands before the records, which are most of a mapping."""
    return _RECORDS.split(text, maxsplit=1)[0]


def _unreadable(path: Path, error: OSError) -> MappingError:
    return MappingError(str(path), f"cannot be read ({error.strerror or error})")
