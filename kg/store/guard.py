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
_SPACE = rf"(?:\s|{_COMMENT})*"
_CALL = re.compile(rf"{_SPACE}(?:silent)?{_SPACE}(?:{_IRI}|[?$]\w+|[\w.\-]*{_LOCAL})?{_SPACE}\{{", re.IGNORECASE)


def check_query(text: str) -> None:
    """Refuse a query that is too long, too deep, or that would reach out of this store.

    >>> check_query("SELECT * { ?s ?p 'SERVICE' } # SERVICE")
    >>> check_query("SELECT * { Service<http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.RefusedError: query: SERVICE would ask another server, which is switched off here

    Raises:
        RefusedError: it would ask another server.
        QueryError: it is too long or too deep, or can be read in two ways; the message says which.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryError("query", f"{len(text):,} characters long; at most {MAX_CHARACTERS:,} are answered")
    # Keywords cannot be written with escapes, so that a text without these letters has no such call.
    suspicious = "service" in text.lower()
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
                _check_load(text, token)
        if depth > MAX_NESTING:
            raise QueryError("query", f"brackets nested more than {MAX_NESTING} deep")
        if suspicious:
            _check_call(text, token)
    if clauses > MAX_CLAUSES or operators > MAX_OPERATORS:
        raise QueryError("query", f"more than {MAX_CLAUSES:,} clauses or {MAX_OPERATORS:,} operators; VALUES takes long lists")


def _check_load(text: str, token: re.Match[str]) -> None:
    if token.group().lower() == "load" and not text.startswith(":", token.end()):
        raise RefusedError("query", "LOAD would fetch from another server, which is switched off here")


def _check_call(text: str, token: re.Match[str]) -> None:
    word = token.group()
    match token.lastgroup:
        case "word":
            called = "service" in word.lower()
        case "local":
            # When prefix and name together are no IRI, the parser takes the prefix alone and goes on inside the name.
            called = "service" in word.lower() and _CALL.match(text, token.end()) is not None
        case _:
            called = False
    if called:
        raise RefusedError("query", "SERVICE would ask another server, which is switched off here")
    if _is_ambiguous(token):
        raise QueryError("query", f"it speaks of SERVICE, and {word[:40]!r} can be read in two ways; write IRIs in full")


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
