"""Ontology files: each syntax is one reader that yields Facts; nothing here knows the index."""
