"""The layout of the term index: one SQLite file that a builder writes once and readers open unchanged.

Names are filed under their key in a table without row numbers, so that an exact look-up is one walk down one tree.
"""

from __future__ import annotations

import sqlite3
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import TermError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.term import Scope

FORMAT = "2"
"""Version of the layout; an index of another version is built again."""

SCOPES: tuple[Scope, ...] = ("label", "exact", "narrow", "broad", "related")
"""Scopes in the order of how much they say; the position is what the index stores."""

SCOPE_CODES: Mapping[Scope, int] = MappingProxyType({scope: code for code, scope in enumerate(SCOPES)})

IS_A, PART_OF = 0, 1
REPLACED_BY, CONSIDER = 0, 1

NAMES, PARENTS, PRIMARY = 1, 2, 4
"""Bits of ``term.role``: do this file's names, its parents, its label and state count for the term?"""

SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ontology(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, prefix TEXT NOT NULL, version TEXT NOT NULL, iri TEXT NOT NULL,
  licence TEXT NOT NULL, source TEXT NOT NULL, checksum TEXT NOT NULL, embedded INTEGER NOT NULL,
  terms INTEGER NOT NULL DEFAULT 0, synonyms INTEGER NOT NULL DEFAULT 0,
  prefixes TEXT NOT NULL DEFAULT '', UNIQUE(name, embedded));
CREATE TABLE concept(id INTEGER PRIMARY KEY, curie TEXT NOT NULL UNIQUE);
CREATE TABLE term(
  concept INTEGER NOT NULL, ontology INTEGER NOT NULL, role INTEGER NOT NULL, label TEXT NOT NULL, iri TEXT,
  obsolete INTEGER NOT NULL, PRIMARY KEY(concept, ontology)) WITHOUT ROWID;
CREATE TABLE name(
  key TEXT NOT NULL, concept INTEGER NOT NULL, ontology INTEGER NOT NULL, scope INTEGER NOT NULL, text TEXT,
  PRIMARY KEY(key, concept, ontology, scope)) WITHOUT ROWID;
CREATE TABLE parent(
  child INTEGER NOT NULL, relation INTEGER NOT NULL, parent INTEGER NOT NULL, ontology INTEGER NOT NULL,
  PRIMARY KEY(child, relation, parent, ontology)) WITHOUT ROWID;
CREATE TABLE successor(
  concept INTEGER NOT NULL, kind INTEGER NOT NULL, target INTEGER NOT NULL, ontology INTEGER NOT NULL,
  PRIMARY KEY(concept, kind, target, ontology)) WITHOUT ROWID;
CREATE TABLE loose(
  hash INTEGER NOT NULL, concept INTEGER NOT NULL, ontology INTEGER NOT NULL,
  PRIMARY KEY(hash, concept, ontology)) WITHOUT ROWID;
CREATE TABLE segment(
  id INTEGER PRIMARY KEY, ontology INTEGER NOT NULL, names INTEGER NOT NULL, concepts BLOB NOT NULL, norms BLOB NOT NULL);
CREATE TABLE gram(
  segment INTEGER NOT NULL, gram INTEGER NOT NULL, count INTEGER NOT NULL, names BLOB NOT NULL,
  PRIMARY KEY(segment, gram)) WITHOUT ROWID;
CREATE TABLE same(
  concept INTEGER NOT NULL, target INTEGER NOT NULL, ontology INTEGER NOT NULL,
  PRIMARY KEY(concept, target, ontology)) WITHOUT ROWID;
CREATE TABLE definition(
  concept INTEGER NOT NULL, ontology INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY(concept, ontology)) WITHOUT ROWID;
CREATE TABLE xref(
  concept INTEGER NOT NULL, ontology INTEGER NOT NULL, xref TEXT NOT NULL, PRIMARY KEY(concept, ontology, xref)) WITHOUT ROWID;
"""
"""``name.text`` is null where the text equals its key; ``term.iri`` is null where the CURIE gives it.

``loose.hash`` is that of the loose key of a name (``kg.terms.words``); ``segment`` and ``gram`` are explained in
``kg.terms.grams``; ``same`` says that two terms of different ontologies mean one thing, as that file says."""

INDICES: Mapping[str, str] = MappingProxyType({
    "name_concept": "name(concept)", "parent_parent": "parent(parent, relation)", "same_target": "same(target)",
})  # fmt: skip
"""Further ways into the tables; for a large file they are made anew after it, which is faster than to follow it."""

TABLES_OF_ONTOLOGY = ("term", "name", "parent", "successor", "definition", "xref", "same")
"""Tables whose rows go when their ontology goes."""


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Raise TermError unless a database is a term index of this layout."""
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.DatabaseError as error:
        raise TermError(str(path), f"is not a term index of kg: {error}") from error
    if row != (FORMAT,):
        raise TermError(str(path), "was built by another version of kg; please delete it and add the ontology files again")
