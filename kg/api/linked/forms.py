"""The forms in which a document is given, and which of them a client wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.api.negotiate import best


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a document.

    Attributes:
        name: short name, the value of ``?format=``.
        media_types: names on the wire; the first is the usual one.
        profile: whether the form is offered as a description in links.
    """

    name: str
    media_types: tuple[str, ...]
    profile: bool = True

    @property
    def media_type(self) -> str:
        """Return the usual media type."""
        return self.media_types[0]


JSON_LD = Form("jsonld", ("application/ld+json", "application/json"))
TURTLE = Form("ttl", ("text/turtle", "application/x-turtle"))
HTML = Form("html", ("text/html", "application/xhtml+xml"), profile=False)
LINKSET = Form("linkset", ("application/linkset+json",), profile=False)
FORMS: tuple[Form, ...] = (
    JSON_LD,
    TURTLE,
    Form("nt", ("application/n-triples", "text/plain")),
    Form("rdf", ("application/rdf+xml", "application/xml", "text/xml")),
    Form("trig", ("application/trig",)),
    Form("nq", ("application/n-quads",)),
    Form("n3", ("text/n3",)),
    HTML,
    LINKSET,
)
"""All forms of a document, the one that is given when a client has no wish first."""


def named(name: str, forms: Sequence[Form] = FORMS) -> Form | None:
    """Return the form with a short name or a media type, or None."""
    return next((form for form in forms if name == form.name or name in form.media_types), None)


def wanted(accept: str | None, forms: Sequence[Form] = FORMS) -> tuple[Form, str] | None:
    """Return the form that an ``Accept`` header prefers, and under which media type; None when it takes none of them.

    >>> wanted("text/html;q=0.5, text/turtle")[1], wanted("*/*")[1], wanted(None)[1], wanted("image/png")
    ('text/turtle', 'application/ld+json', 'application/ld+json', None)
    """
    liked = best(accept, [media_type for form in forms for media_type in form.media_types])
    form = named(liked, forms) if liked else None
    return (form, liked) if form and liked else None
