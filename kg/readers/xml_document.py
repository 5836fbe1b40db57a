"""Any XML document that no other reader knows, as tables of its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.readers.elements import tables_of
from kg.readers.safe_xml import load, root_name
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "xml_document"
RANK = 80
TITLE = "XML (.xml) of any kind"

_WEB_PAGE = "html"


def claims(peek: Peek) -> bool:
    """Claim whatever begins as XML, but no web page."""
    root = root_name(peek.head)
    return root is not None and root.local.lower() != _WEB_PAGE


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a document (`kg.readers.elements`); facts are the root element and its namespace.

    Raises:
        SourceError: not valid XML.
        LimitError: beyond the limits.
    """
    data = load(source.path, limits, source.key)
    frames = tables_of(data, limits, source.key)
    root = root_name(data[:65536])
    facts = {"root": root.local, "namespace": root.namespace} if root else {}
    return Reading(NAME, {kind: Table(kind, frame.lazy()) for kind, frame in frames.items()}, (), facts)
