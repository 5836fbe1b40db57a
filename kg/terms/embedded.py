"""The index that everybody has: the term tables and synonyms that come with kg, kept up to date in the user's index."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import TermError
from kg.paths import data_dir, user_cache_dir
from kg.terms.build import add_one, changing, connect, remove_files
from kg.terms.files.ontology_file import checksum
from kg.terms.layout import FORMAT
from kg.terms.refile import refile
from kg.terms.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable


def default_index(path: Path | None = None, tables: Path | None = None) -> Path:
    """Return the index to use, with the embedded term tables in it: ``path``, else ``KG_INDEX``, else one in the cache.

    It is built when it is absent, and brought up to date when the embedded tables are not those of this version of kg.
    Files that a user added stay. ``tables`` is the folder of the tables; the packaged one by default.

    Raises TermError when there are no tables or the index can be neither used nor written.
    """
    files = _embedded_tables(tables or data_dir("ontologies") / "terms")
    if tables is None:
        files += sorted(data_dir("mappings").glob("*.synonyms.sssom.tsv"))
    wanted = _digest(files, load_words().digest)
    named = path or (Path(given) if (given := os.environ.get("KG_INDEX")) else None)
    index = named or user_cache_dir() / "index.sqlite"
    if named is None:
        _discard_outdated(index)
    if _embedded_digest(index) != wanted:
        with changing(index) as connection:
            _renew_embedded(connection, files, wanted)
    return index


def _discard_outdated(index: Path) -> None:
    """Remove the index of the cache if another version of kg built it and nobody added anything: it can be built again."""
    if not index.exists():
        return
    connection = sqlite3.connect(index.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)
    with contextlib.closing(connection), contextlib.suppress(sqlite3.DatabaseError):
        (form,) = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        (added,) = connection.execute("SELECT count(*) FROM ontology WHERE NOT embedded").fetchone()
        if form != FORMAT and not added:
            index.unlink()


def _embedded_tables(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.tsv"))
    if not files:
        raise TermError(str(folder), "holds no term tables (*.tsv), which every installation of kg comes with")
    return files


def _digest(files: Iterable[Path], words: str) -> str:
    digest = hashlib.sha256(f"{FORMAT} {words}".encode())
    for file in files:
        digest.update(f"{file.name} {checksum(file)}\n".encode())
    return digest.hexdigest()


def _embedded_digest(index: Path) -> str:
    """Return the digest of the embedded tables that an index holds, or an empty text."""
    if not index.exists():
        return ""
    with contextlib.closing(connect(index, read_only=True)) as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = 'embedded'").fetchone()
    return str(row[0]) if row else ""


def _renew_embedded(connection: sqlite3.Connection, files: list[Path], digest: str) -> None:
    present = connection.execute("SELECT value FROM meta WHERE key = 'embedded'").fetchone()
    if present == (digest,):  # somebody else was faster
        return
    remove_files(connection, [ontology for (ontology,) in connection.execute("SELECT id FROM ontology WHERE embedded")])
    words = load_words()
    if connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone() != (words.digest,):
        for (ontology,) in connection.execute("SELECT id FROM ontology").fetchall():
            refile(connection, ontology, words)
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('words', ?)", (words.digest,))
    for file in files:
        add_one(connection, file, None, None, embedded=True)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('embedded', ?)", (digest,))
