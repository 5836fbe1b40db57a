"""What is refused before Oxigraph sees a query: calls to other servers, and texts that overflow its parser's stack.

Oxigraph's parser needs no space around a keyword (``SERVICEex:x``, ``trueSERVICE<...>``), and tries another reading where an
IRI or an escape is invalid. So a text that speaks of SERVICE and can be read in two ways is refused.
"""

from __future__ import annotations

import re

from kg.errors import QueryError, RefusedError

MAX_CHARACTERS = 100_000
MAX_NESTING = 500
# Chains recurse like brackets do: 3,000 OPTIONALs or 10,000 "||" end the process, a third of that is answered.
MAX_CLAUSES = 1_000
MAX_OPERATORS = 3_000

_COMMENT = r"\#[^\n\r]*"
_IRI = r"<[^<>\"{}|^`\x00-\x20]*>"
_STRING = (
    r'"""(?:"{0,2}(?:[^"\\]|\\.))*+"""|'
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*+'''|"
    r'"(?:[^"\\\n\r]|\\.)*+"|'
    r"'(?:[^'\\\n\r]|\\.)*+'"
)
_LOCAL_START = r"[A-Za-z0-9_:]|[^\x00-\x7f]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
# A dot ends the name here, though names may hold dots: what follows may be a keyword to the parser.
_LOCAL = rf":(?:(?:{_LOCAL_START})(?:{_LOCAL_START}|-)*+)?"
TOKEN = re.compile(
    rf"(?P<comment>{_COMMENT})|(?P<iri>{_IRI})|(?P<string>{_STRING})|(?P<stray>[\"'])"
    rf"|(?P<variable>[?$](?:[A-Za-z0-9_]|[^\x00-\x7f])+)|(?P<local>{_LOCAL})"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<word>[A-Za-z]+)|(?P<operator>\|\||&&|[-!|/^*+])",
    re.DOTALL,
)
_CLAUSES = frozenset(("union", "optional", "minus", "filter", "bind", "as", "graph", "exists", "select", "values"))
_GOOD_ESCAPES = re.compile(
    r"""(?:[^\\]|\\[tbnrf"'\\]|\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U00(?:0[1-9A-Fa-f]|10)[0-9A-Fa-f]{4})*+"""
)
_HAS_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
# All that may stand between the word and its block: more than SPARQL allows there, never less.
_SPACE = rf"(?:\s|{_COMMENT})*+"
_NAMED = r"(?:\\.|[^\s{<#\\])"
# A name of a thousand characters is taken for a call, so that no text makes this search long.
_BLOCK_OF_CALL = rf"{_SPACE}(?:silent)?{_SPACE}(?:<[^<>\s]*+>{_SPACE}\{{|{_NAMED}{{0,999}}+{_SPACE}\{{|{_NAMED}{{1000}})"
_CALL = re.compile(rf"service(?={_BLOCK_OF_CALL})", re.IGNORECASE | re.DOTALL)
_WORD = re.compile("service", re.IGNORECASE)
# Only for the message: what cannot be read so, or is long, is not repeated.
_ADDRESS = re.compile(
    rf"{_SPACE}(?:silent\b)?{_SPACE}(<[^<>\s]{{1,200}}>|[^\s{{}}<>\#\\]{{1,200}})(?=[\s{{;]|$)", re.IGNORECASE
)
_SILENT = re.compile(rf"{_SPACE}silent", re.IGNORECASE)


def check_query(text: str, *, read_only: bool = False) -> None:
    """Refuse a query that is too long, too deep, or that would reach out of this store.

    >>> check_query("SELECT * { ?s ?p 'SERVICE' } # SERVICE")
    >>> check_query("SELECT * { Service<http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.RefusedError: query: SERVICE would ask <http://example.org/sparql>, which is not allowed here

    Args:
        text: query or update.
        read_only: it goes where updates are not understood, so that the word LOAD does nothing.

    Raises:
        RefusedError: it would ask another server.
        QueryError: it is too long or too deep, or can be read in two ways; the message says which.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryError("query", f"{len(text):,} characters long; at most {MAX_CHARACTERS:,} are answered")
    # Keywords cannot be written with escapes, so that a text without these letters before a block has no such call.
    suspicious = _CALL.search(text) is not None
    depth = clauses = operators = 0
    for token in TOKEN.finditer(text):
        match token.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth -= 1
            case "operator":
                operators += 1
            case "word":
                clauses += token.group().lower() in _CLAUSES
        if depth > MAX_NESTING:
            raise QueryError("query", f"brackets nested more than {MAX_NESTING} deep")
        _check_calls(text, token, suspicious, read_only)
    if clauses > MAX_CLAUSES or operators > MAX_OPERATORS:
        raise QueryError("query", f"more than {MAX_CLAUSES:,} clauses or {MAX_OPERATORS:,} operators; VALUES takes long lists")


def calls(text: str) -> list[tuple[int, int]]:
    """Return where a query calls another server: start of the word SERVICE, and end of it and of SILENT."""
    found = []
    for token in TOKEN.finditer(text):
        for start in _calls_in(text, token):
            end = start + len("service")
            silent = _SILENT.match(text, end)
            found.append((start, silent.end() if silent else end))
    return found


def without_calls(text: str) -> str:
    """Return a query in which GRAPH stands for each call to another server: as valid as the query itself, and harmless.

    >>> without_calls("ASK { SERVICE SILENT <http://example.org/> { ?s ?p ?o } }")
    'ASK {  GRAPH  <http://example.org/> { ?s ?p ?o } }'
    """
    pieces, last = [], 0
    for start, end in calls(text):
        pieces += [text[last:start], " GRAPH "]
        last = end
    return "".join([*pieces, text[last:]])


def _calls_in(text: str, token: re.Match[str]) -> list[int]:
    """Return where in a token the word SERVICE begins a call.

    When prefix and name together are no IRI, the parser takes the prefix alone and goes on inside the name.
    """
    if token.lastgroup not in {"word", "local"}:
        return []
    places = (token.start() + found.start() for found in _WORD.finditer(token.group()))
    return [place for place in places if _CALL.match(text, place)]


def _check_calls(text: str, token: re.Match[str], suspicious: bool, read_only: bool) -> None:
    word = token.group()
    if not read_only and token.lastgroup == "word" and word.lower() == "load" and not text.startswith(":", token.end()):
        where = _asked(text, token.end())
        raise RefusedError("query", f"LOAD would fetch from {where}, which is not allowed here")
    if not suspicious:
        return
    if places := _calls_in(text, token):
        where = _asked(text, places[0] + len("service"))
        raise RefusedError("query", f"SERVICE would ask {where}, which is not allowed here")
    if _is_ambiguous(token):
        raise QueryError("query", f"it speaks of SERVICE, and {word[:40]!r} can be read in two ways; write IRIs in full")


def _asked(text: str, place: int) -> str:
    """Return who would be asked, as the text writes it behind SERVICE or LOAD."""
    found = _ADDRESS.match(text, place)
    return found[1] if found else "another server"


def _is_ambiguous(token: re.Match[str]) -> bool:
    match token.lastgroup:
        case "stray":
            return True
        case "string":
            return _GOOD_ESCAPES.fullmatch(token.group()) is None
        case "iri":
            # "<" may be the operator; only what starts with scheme:// cannot be the rest of a comparison.
            return _HAS_SCHEME.match(token.group()) is None and re.search(r"[#')]", token.group()) is not None
        case _:
            return False
