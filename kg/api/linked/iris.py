"""IRIs and the addresses under which this service tells of them; an IRI is compared letter by letter, never normalised.

On the wire an IRI stands as a URI (RFC 3987, section 3.1): letters beyond ASCII are percent-encoded there, and only those.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.curie import KG, encode, is_iri

_ESCAPED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?::|%3[Aa])")
_CONTROL = re.compile(r"%[01][0-9A-Fa-f]|%7[Ff]")
_WIRE = "!#$%&'()*+,/:;=?@[]~"
VOCABULARY = "vocab/"
"""Path of the vocabulary on a host; ``kg:Decision`` is told of at ``/vocab/Decision``."""


def on_the_wire(iri: str) -> str:
    """Return an IRI as a URI: ASCII, and nothing that could end a header or a link.

    >>> on_the_wire("https://x/Müller%20<a>")
    'https://x/M%C3%BCller%20%3Ca%3E'
    """
    return quote(iri, safe=_WIRE, errors="surrogatepass")


def spellings(wire: str) -> tuple[str, ...]:
    """Return the IRIs that a text on the wire may stand for, the likelier first.

    IRIs made by kg keep letters beyond ASCII; one that has them percent-encoded looks the same on the wire.

    >>> spellings("M%C3%BCller%2Fa"), spellings("a%20b")
    (('Müller%2Fa', 'M%C3%BCller%2Fa'), ('a%20b',))
    """
    return tuple(dict.fromkeys((_ESCAPED.sub(_letters, wire), wire)))


def _letters(found: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(found[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return found[0]
    return "".join(encode(letter) for letter in text)


def below(raw_path: bytes, query: bytes) -> str:
    """Return what follows the first segment of a path as it came over the wire, a query included.

    >>> below(b"/id/a%2Fb/../c", b"")
    'a%2Fb/../c'
    """
    rest = [*raw_path.split(b"/", 2), b"", b""][2]
    return (rest + b"?" + query if query else rest).decode("ascii", "replace")


def meant(said: str, base: str) -> tuple[str, ...]:
    """Return the IRIs that a program may mean by a path segment: an IRI, percent-encoded or not, or a path below the base.

    >>> meant("https%3A%2F%2Fx%2Fy", "https://b/"), meant("study/1", "https://b/")
    (('https://x/y', 'https://b/https%3A%2F%2Fx%2Fy'), ('https://b/study/1',))
    """
    found: list[str] = []
    if _SCHEME.match(said):
        found += [unquote(said), *spellings(said)]
    found += [base + rest for rest in spellings(said)]
    return valid(*found)


def valid(*iris: str) -> tuple[str, ...]:
    """Return those texts that are IRIs, each once."""
    return tuple(iri for iri in dict.fromkeys(iris) if is_iri(iri) and _is_node(iri))


def _is_node(iri: str) -> bool:
    """Say whether the database takes an IRI: it looks into ports and the like."""
    try:
        ox.NamedNode(iri)
    except (ValueError, UnicodeEncodeError):
        return False
    return True


def data_address(iri: str, base: str) -> str:
    """Return the path of the document about an IRI: below ``/data/`` where that says it exactly, else as a parameter.

    >>> data_address("https://b/study/1", "https://b/"), data_address("https://x/#y", "https://b/")
    ('/data/study/1', '/data?iri=https%3A%2F%2Fx%2F%23y')
    """
    rest = iri.removeprefix(base)
    plain = iri.startswith(base) and rest and not set(rest) & set("?#") and not {".", ".."} & set(rest.split("/"))
    # What looks like another one on the wire, and what no path may hold, is said as a parameter.
    if plain and spellings(on_the_wire(rest))[0] == rest and not _CONTROL.search(rest):
        return "/data/" + on_the_wire(rest)
    return "/data?iri=" + quote(iri, safe="")


def is_ours(iri: str, base: str) -> bool:
    """Say whether an IRI is one that kg makes: below the base of the instances, or in the vocabulary."""
    return iri.startswith((base, KG))
