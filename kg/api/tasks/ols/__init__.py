"""The OLS4-compatible API over the term index: what is asked by path and query is answered as JSON in the shapes of OLS4."""

from kg.api.tasks.ols.task import answer

__all__ = ["answer"]
