"""A parser whose every option can also be set in the environment: ``--no-persons`` by ``KG_NO_PERSONS``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from kg.errors import UsageError

_OFF = frozenset(("", "0", "no", "false", "off"))


class Parser(argparse.ArgumentParser):
    """An argument parser that takes the defaults of its options from ``KG_*``.

    A switch is on unless its variable is empty, ``0``, ``no``, ``false`` or ``off``.

    Attributes:
        parts: the parsers of its own commands, such as ``kg terms add``.
    """

    parts: Mapping[str, argparse.ArgumentParser] = MappingProxyType({})

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:  # noqa: ANN401 - as argparse declares it
        """Add an argument; raises UsageError when the environment gives a value that the option does not take."""
        action = super().add_argument(*names, **settings)
        option = next((name for name in action.option_strings if name.startswith("--")), None)
        if option and action.dest != "help":
            self._from_environment(action, "KG_" + option[2:].replace("-", "_").upper())
        return action

    def add_subparsers(self, **settings: Any) -> Any:  # noqa: ANN401 - argparse has no public name for it
        """Add commands of its own, and keep them in ``parts``."""
        action = super().add_subparsers(**settings)
        self.parts = action.choices
        return action

    def _from_environment(self, action: argparse.Action, variable: str) -> None:
        word = os.environ.get(variable)
        if word is None:
            return
        if action.nargs == 0:
            if word.strip().lower() not in _OFF:
                self.set_defaults(**{action.dest: action.const})
        elif word:
            if action.choices is not None and word not in action.choices:
                raise UsageError(variable, f"{word!r} is not one of {', '.join(map(str, action.choices))}")
            self.set_defaults(**{action.dest: [word] if isinstance(action.default, list) else word})
