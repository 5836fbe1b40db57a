"""A part of an address that is an IRI: everything up to the end, slashes, dots and line ends included."""

from __future__ import annotations

from starlette.convertors import StringConvertor, register_url_convertor

REST = "rest"
"""Name of the kind of part, as in ``/id/{local:rest}``."""


class _Rest(StringConvertor):
    regex = "(?s:.*)"


register_url_convertor(REST, _Rest())
