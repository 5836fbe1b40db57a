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
_QUADS = frozenset((ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS))
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
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
    """Refuse JSON nested too deeply and XML with entities that refer to entities; raises QueryError."""
    if form in {ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML} and file.stat().st_size:
        with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if form == ox.RdfFormat.JSON_LD:
                _check_depth(data)
            elif sum(1 for _ in _ENTITY.finditer(data)) != sum(1 for _ in _HARMLESS.finditer(data)):
                raise QueryError("upload", "declares XML entities other than short names for namespaces, which is refused")


def _check_depth(data: mmap.mmap) -> None:
    depth = 0
    for found in _JSON.finditer(data):
        match found.group()[:1]:
            case b"[" | b"{":
                depth += 1
                if depth > MAX_JSON_DEPTH:
                    raise QueryError("upload", f"JSON nested more than {MAX_JSON_DEPTH} deep")
            case b"]" | b"}":
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
