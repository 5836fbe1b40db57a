"""Everything kg raises on purpose; each line says whose fault it is.

KgError
  SourceError     the user's data: a source cannot be read as what it claims to be
    LimitError    the user's data: a source is larger, deeper or more nested than the limits allow
  MappingError    the mapping's author: a mapping file is wrong (never: the data it maps)
  SchemaError     the schema's author: a class or slot is unknown or badly declared
  TermError       the terms: an ontology file or the index cannot be read (never: no match)
  StoreError      the store: it is missing, locked, damaged or the disk is full
  QueryError      the asker: a query, its name or its parameters are wrong
    UnanswerableError  the asker: valid, and cannot be evaluated (a function that is not known)
    RefusedError    the asker: understood, and not done here (SERVICE, LOAD, a write to a graph that harmonizing keeps)
  ConditionError  the asker: a write was to be done only if something holds, which does not
  AccessError     the asker: no token, an unknown one, or one without the right to do this
  ServiceError    the service: a request took more time or memory than allowed, or too many wait
  UsageError      the caller: arguments that do not go together
"""

from __future__ import annotations


class KgError(Exception):
    """Anything raised on purpose; ``where`` says in which thing, ``what`` says what is wrong there."""

    def __init__(self, where: str, what: str) -> None:
        """Keep both parts; the message is ``where: what``."""
        super().__init__(f"{where}: {what}" if where else what)
        self.where = where
        self.what = what


class SourceError(KgError):
    """A source cannot be read as the format that it claims."""


class LimitError(SourceError):
    """A source goes beyond the limits for foreign files."""


class MappingError(KgError):
    """A mapping file is wrong."""


class SchemaError(KgError):
    """The schema does not have the class or slot asked for, or declares it badly."""


class TermError(KgError):
    """An ontology file or the term index cannot be read."""


class StoreError(KgError):
    """The store is missing, locked, damaged, or has no room."""


class QueryError(KgError):
    """A query file, a query's parameters or a SPARQL text is wrong."""


class UnanswerableError(QueryError):
    """A query or update is valid, and cannot be evaluated."""


class RefusedError(QueryError):
    """A query or update is understood, and is not done here."""


class ConditionError(KgError):
    """A write was not done, because what it depends on (``If-Match``, ``If-None-Match``) does not hold."""


class AccessError(KgError):
    """Who asks has not shown a token, or one without the right to do this; ``known`` says whether the token is known."""

    def __init__(self, where: str, what: str, *, known: bool = False) -> None:
        """Keep whether asking with another token could help."""
        super().__init__(where, what)
        self.known = known


class ServiceError(KgError):
    """A request was not answered to its end; ``code`` is a short word for the reason.

    Attributes:
        code: ``deadline``, ``memory``, ``depth``, ``crash``, ``busy``, ``gone`` (the client left) or ``size``.
        retry_after: seconds after which asking again makes sense; None where it makes none.
    """

    def __init__(self, where: str, what: str, code: str, retry_after: float | None = None) -> None:
        """Keep the reason as a word, and when to ask again."""
        super().__init__(where, what)
        self.code = code
        self.retry_after = retry_after


class UsageError(KgError):
    """Arguments that do not go together."""
