"""Browsing the term index as a terminology server does: by ontology, page by page, up and down, and by words."""

from kg.terms.browse.browser import Browser
from kg.terms.browse.card import Card
from kg.terms.browse.search import Found, Search, Wish
from kg.terms.browse.shelf import Shelf

__all__ = ["Browser", "Card", "Found", "Search", "Shelf", "Wish"]
