"""Filing the names of one ontology file under what is found by likeness: loose keys and grams."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from kg.terms.grams import file_grams

if TYPE_CHECKING:
    import sqlite3

    from kg.terms.words import Words


def loose_hash(loose: str) -> int:
    """Return the number under which a loose key is filed; two keys may share one, so what is found is compared again."""
    return int.from_bytes(blake2b(loose.encode(), digest_size=6).digest())


def refile(connection: sqlite3.Connection, ontology: int, words: Words) -> None:
    """File all names of an ontology file anew."""
    remove_filed(connection, ontology)

    def filed(text: str) -> int | None:
        loose = words.loose(text)
        return loose_hash(loose) if loose else None

    connection.create_function("kg_loose", 1, filed, deterministic=True)
    connection.execute(
        "INSERT OR IGNORE INTO loose SELECT hash, concept, ontology FROM"
        " (SELECT kg_loose(key) AS hash, concept, ontology FROM name WHERE ontology = ?) WHERE hash IS NOT NULL ORDER BY 1, 2",
        (ontology,),
    )
    file_grams(connection, ontology, words)


def remove_filed(connection: sqlite3.Connection, ontology: int) -> None:
    """Take out what was filed for an ontology file."""
    connection.execute("DELETE FROM loose WHERE ontology = ?", (ontology,))
    connection.execute("DELETE FROM gram WHERE segment IN (SELECT id FROM segment WHERE ontology = ?)", (ontology,))
    connection.execute("DELETE FROM segment WHERE ontology = ?", (ontology,))
