"""Classification: what follows from an ontology's definitions, found by HermiT and written out beside what it says itself."""

from kg.terms.reason.classify import Classified, classified

__all__ = ["Classified", "classified"]
