"""Writes that break off: which of them leave nothing behind, and which may."""

from __future__ import annotations

from kg.errors import KgError, QueryError, UnanswerableError
from kg.store.faults import store_faults, syntax_sentence


class HalfDone(Exception):  # noqa: N818 - not to be seen outside the writer
    """A write broke off and may have left something behind; ``cause`` is what its author is told."""

    def __init__(self, cause: KgError) -> None:
        """Take the cause."""
        super().__init__(str(cause))
        self.cause = cause


class update_faults:  # noqa: N801 - used like a function
    """Turn what goes wrong in an update into a QueryError; Oxigraph does an update whole or not at all."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise what is meant."""
        match error:
            case SyntaxError():
                raise QueryError("update", f"not SPARQL 1.1: {syntax_sentence(error.msg)}") from error
            case RuntimeError() | ValueError():
                raise UnanswerableError("update", f"was not done: {error}") from error
            case OSError():
                raise HalfDone(told(error)) from error


def told(error: BaseException) -> KgError:
    """Return what a person is told of an error."""
    if isinstance(error, KgError):
        return error
    try:
        with store_faults("the store"):
            raise error
    except KgError as found:
        return found
