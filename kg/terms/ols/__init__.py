"""OLS: terms that the local index lacks, asked of an Ontology Lookup Service (OLS 4) where the user allows it."""

from kg.terms.ols.breaker import Outage
from kg.terms.ols.client import EBI, OlsClient
from kg.terms.ols.manners import Manners
from kg.terms.ols.resolver import OlsResolver, ols_resolver

__all__ = ["EBI", "Manners", "OlsClient", "OlsResolver", "Outage", "ols_resolver"]
