"""``kg``: the table of commands, and the border where errors become exit codes."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import MappingProxyType, ModuleType

from kg import __version__
from kg.cli.parser import Parser
from kg.errors import KgError, UsageError

# Command -> (module with ``arguments(parser)`` and ``run(options)``, one line). Modules load on use, so that help is quick.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("kg.cli.demo", "build a store from embedded example sources and print three answers"),
        "harmonize": ("kg.cli.harmonize", "read, map, resolve and load sources; publish a generation"),
        "pull": ("kg.cli.pull", "copy what a repository or notebook on the web says into a folder"),
        "watch": ("kg.cli.watch", "harmonize files of a folder as they come, and say what is missing"),
        "inspect": ("kg.cli.inspect", "what a source says, which mapping takes it, what stays unmapped"),
        "suggest": ("kg.cli.suggest", "a draft mapping for a table that no mapping knows, with scores and reasons"),
        "resolve": ("kg.cli.resolve", "which ontology term a text means, and why"),
        "terms": ("kg.cli.terms", "the local term index: add, pull, update, list, show, remove"),
        "review": ("kg.cli.review", "texts that wait for a person: list, accept, reject, export"),
        "store": ("kg.cli.store", "the care of a store: verify, compact, backup, restore, sources, withdraw, audience"),
        "token": ("kg.cli.token", "tokens for kg serve: who may read sources of groups, and who may write"),
        "serve": ("kg.cli.serve", "serve a store over HTTP: SPARQL, search, linked data"),
        "mcp": ("kg.cli.mcp", "let language models ask: a server of the Model Context Protocol"),
        "search": ("kg.cli.search", "search by words and fields, expanded over the ontologies, with reasons"),
        "query": ("kg.cli.query", "run a named question, a query file or SPARQL from standard input"),
        "queries": ("kg.cli.queries", "list the questions that come with kg"),
        "stats": ("kg.cli.stats", "what a store holds"),
    }
)
_DONE, _YOURS, _USAGE, _BUG, _STOPPED = 0, 1, 2, 3, 130


def summary() -> str:
    """Return what ``kg --help`` prints."""
    lines = [f"  {name:<11}{line}" for name, (_, line) in COMMANDS.items()]
    return (
        "usage: kg COMMAND ...\n\n"
        "One knowledge graph from the metadata that microscopy leaves behind.\n\n"
        "commands:\n" + "\n".join(lines) + "\n\n"
        "kg COMMAND --help explains a command. Exit: 0 done, 1 your data or query, 2 usage, 3 a bug, 130 interrupted.\n"
    )


def parser_of(name: str, module: ModuleType) -> Parser:
    """Return the parser of one command."""
    parser = Parser(prog=f"kg {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    module.arguments(parser)
    if name == "demo":  # its examples never go into the store that KG_STORE names
        parser.set_defaults(store=None)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 the user's data or query is wrong, 2 usage, 3 a bug, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    told = f"kg {words[0]}" if words and words[0] in COMMANDS else "kg"
    _speak_unicode()
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except UsageError as error:
        sys.stderr.write(f"{told}: {error}\n")
        return _USAGE
    except KgError as error:
        sys.stderr.write(f"{told}: {error}\n")
        return _YOURS
    except BrokenPipeError:
        # The reader of our output has gone; keep the interpreter from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _DONE
    except KeyboardInterrupt:
        sys.stderr.write(f"{told}: interrupted\n")
        return _STOPPED
    except Exception:  # noqa: BLE001 - the door: whatever comes here is a bug, and is told as one
        traceback.print_exc()
        sys.stderr.write(f"{told}: this is a bug in kg {__version__}; please report it with the lines above\n")
        return _BUG
    return code


def _dispatch(words: list[str]) -> int:
    if not words:
        sys.stderr.write(summary())
        return _USAGE
    if words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(summary())
        return _DONE
    if words[0] in {"-V", "--version"}:
        sys.stdout.write(f"kg {__version__}\n")
        return _DONE
    if words[0] not in COMMANDS:
        raise UsageError("", f"there is no command {words[0]!r}; kg --help lists them")
    module = importlib.import_module(COMMANDS[words[0]][0])
    try:
        options = parser_of(words[0], module).parse_args(words[1:])
    except SystemExit as leave:  # argparse: help is 0, usage 2
        return leave.code if isinstance(leave.code, int) else _USAGE
    code: int = module.run(options)
    return code


def _speak_unicode() -> None:
    """Write UTF-8 into files and pipes whatever the locale says; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
