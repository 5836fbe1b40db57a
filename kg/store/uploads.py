"""Uploads: what is refused before it is parsed, and reading what is not."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryError, StoreError

MAX_JSON_DEPTH = 200
MAX_DEPTH = 5_000
"""Of brackets in Turtle and elements in RDF/XML: some programs write each item of a list within the one before."""

_QUADS = frozenset((ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS))
_NESTED = frozenset((ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML, ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3))
_OPENS = 1
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
# In the patterns below all that nests nothing is skipped within a match, not match by match. What is not valid may be
# misread: the parser ends there. They match everywhere, so that no byte is looked at again and again.
_TURTLE = re.compile(
    rb"""(?:[^"'<>#\\\[\](){}]++
    | <[^<>"{}|^`\\\s]*+>                                                       # an IRI
    | "{3}(?:[^"\\]++|\\.|"(?!""))*+(?:"{3}|\Z) | '{3}(?:[^'\\]++|\\.|'(?!''))*+(?:'{3}|\Z)
    | "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+'
    | \#[^\r\n]*+ | \\. | <(?!<) | >(?!>) | ["'\\]
    )*+ (?: ([\[({]|<<) | ([\])}]|>>) | \Z )""",
    re.DOTALL | re.VERBOSE,
)
_XML = re.compile(
    rb"""(?:[^<]++
    | <!--.*?(?:-->|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <\?.*?(?:\?>|\Z) | <!
    | <(?![/!?])(?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*+/>                        # an element without content
    | <(?![/!?])(?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*+>[^<]*+</[^<>]*+>        # one with text alone
    )*+ (?: (<(?![/!?])) | (</) | \Z )""",
    re.DOTALL | re.VERBOSE,
)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
# What ontologies write: a short name for a namespace. Nothing that grows: no reference to another entity.
_HARMLESS = re.compile(rb"<!ENTITY\s+[^\s%&\"'<>]+\s+(?:\"[^\"&%<]{0,500}\"|'[^'&%<]{0,500}')\s*>")


def graph_format(media_type: str) -> ox.RdfFormat | None:
    """Return the format of a media type that holds one graph; None for any other, TriG and N-Quads among them.

    >>> graph_format("text/turtle").name, graph_format("application/trig"), graph_format("image/png")
    ('Turtle', None, None)
    """
    found = ox.RdfFormat.from_media_type(media_type)
    return None if found in _QUADS else found


def read_upload(file: Path, form: ox.RdfFormat, base_iri: str) -> Iterator[ox.Quad]:
    """Yield the statements of a file, all in the default graph, with blank nodes of its own.

    Raises:
        QueryError: it is not valid, has statements in a named graph, or would grow beyond all bounds while it is parsed.
        StoreError: it cannot be read.
    """
    with upload_faults(form):
        check_upload(file, form)
        yield from ox.parse(
            path=file, format=form, base_iri=base_iri or None, without_named_graphs=True, rename_blank_nodes=True
        )


def check_upload(file: Path, form: ox.RdfFormat) -> None:
    """Refuse what is nested too deeply, and XML with entities that refer to entities; raises QueryError.

    Depth costs a parser far more than length does, and no file that anybody means has much of it.
    """
    if form not in _NESTED or not file.stat().st_size:
        return
    with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if form == ox.RdfFormat.JSON_LD:
            _check_depth(_JSON, data, "JSON", MAX_JSON_DEPTH)
        elif form == ox.RdfFormat.RDF_XML:
            if sum(1 for _ in _ENTITY.finditer(data)) != sum(1 for _ in _HARMLESS.finditer(data)):
                raise QueryError("upload", "declares XML entities other than short names for namespaces, which is refused")
            _check_depth(_XML, data, "XML", MAX_DEPTH)
        else:
            _check_depth(_TURTLE, data, form.name, MAX_DEPTH)


def _check_depth(tokens: re.Pattern[bytes], data: mmap.mmap, name: str, most: int) -> None:
    """Count what opens (group 1) and closes (group 2); all else is skipped by the pattern."""
    depth = 0
    for found in tokens.finditer(data):
        if found.lastindex == _OPENS:
            depth += 1
            if depth > most:
                raise QueryError("upload", f"{name} nested more than {most:,} deep")
        elif found.lastindex and depth:
            depth -= 1


@contextmanager
def upload_faults(form: ox.RdfFormat) -> Iterator[None]:
    """Turn what goes wrong in reading an upload into an error that speaks of it, not of our files."""
    try:
        yield
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise QueryError(f"upload{line}", f"not valid {form.name}: {error.msg}") from error
    except ValueError as error:
        raise QueryError("upload", f"cannot be read as {form.name}: {error}") from error
    except OSError as error:
        raise StoreError("upload", f"could not be read again ({error.strerror or 'the disk refused'})") from error
