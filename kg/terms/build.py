"""Building the term index: ontology files in, one SQLite file out, exchanged in one step or not at all."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import TermError
from kg.problem import Problem
from kg.terms.files.facts import Kind
from kg.terms.files.head import head_of
from kg.terms.files.ontology_file import checksum, facts_of
from kg.terms.layout import FORMAT, NAMES, PARENTS, PRIMARY, SCHEMA, TABLES_OF_ONTOLOGY, check_format
from kg.terms.refile import refile, remove_filed
from kg.terms.staging import Staging
from kg.terms.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class AddReport:
    """What one ontology file gave to the index.

    Attributes:
        ontology: name under which it is listed; adding another file of that name replaces it.
        prefix: prefix of the terms that it defines.
        version: version that the file states; a part of its checksum when it states none.
        terms: number of terms.
        synonyms: number of synonyms.
        replaced: whether an earlier file of the same name went.
        problems: what was not understood or looks wrong; the rest was taken.
    """

    ontology: str
    prefix: str
    version: str
    terms: int
    synonyms: int
    replaced: bool
    problems: tuple[Problem, ...] = ()


def add_file(index: Path, file: Path, *, name: str | None = None, version: str | None = None) -> AddReport:
    """Add an ontology file to an index, or put it in the place of an earlier file of the same name.

    The index is made when it does not exist. It changes in one step: whoever reads it keeps the old one, and a crash leaves
    the old one. Raises TermError when the file cannot be read or the index cannot be written.
    """
    with changing(index) as connection:
        return add_one(connection, file, name, version, embedded=False)


def add_files(
    index: Path,
    files: Iterable[Path],
    name: str | None = None,
    each: Callable[[Path, AddReport | TermError], None] | None = None,
) -> tuple[AddReport | TermError, ...]:
    """Add several ontology files in one change of the index; return for each what it gave, or why it could not be added.

    A file that cannot be read leaves nothing behind; the index changes once, when all have been tried.

    Args:
        index: made when it does not exist.
        files: in the order in which they are added.
        name: name to list a file under; with several files the last one would remain.
        each: told of each file when it is done.
    """
    done: list[AddReport | TermError] = []
    with changing(index) as connection:
        for file in files:
            try:
                done.append(add_one(connection, file, name, None, embedded=False))
            except TermError as error:
                done.append(error)
            if each:
                each(file, done[-1])
    return tuple(done)


def connect(index: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open an index of this layout; raises TermError for anything else."""
    mode = "?mode=ro&immutable=1" if read_only else ""
    connection = sqlite3.connect(index.resolve().as_uri() + mode, uri=True)
    try:
        check_format(connection, index)
    except TermError:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def changing(index: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to a copy of the index, which takes the index's place when all went well."""
    try:
        index.parent.mkdir(parents=True, exist_ok=True)
        with _locked(index), _workshop(index) as folder:
            copy = folder / "index.sqlite"
            if index.exists():
                shutil.copyfile(index, copy)
            else:
                _create(copy)
            with contextlib.closing(connect(copy)) as connection:
                # The copy is private until it is complete, so it needs neither a journal nor waiting for the disk.
                connection.executescript(
                    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;"
                )
                yield connection
                _assign_roles(connection)
                connection.commit()
            _settle(copy)
            copy.replace(index)
    except (OSError, sqlite3.Error) as error:
        raise TermError(str(index), f"cannot be written: {error}") from error


@contextlib.contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Let one builder at a time change an index; a lock inside SQLite goes away with its process on every system."""
    lock = sqlite3.connect(index.with_name(index.name + ".lock"), timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


@contextlib.contextmanager
def _workshop(index: Path) -> Iterator[Path]:
    """Give a folder of its own beside the index, without what a builder that was killed left behind."""
    prefix = f".{index.name}.build-"
    for left in index.parent.iterdir():
        if left.name.startswith(prefix):
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=index.parent, prefix=prefix) as folder:
        yield Path(folder)


def _create(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
        connection.commit()


def _settle(copy: Path) -> None:
    """Wait until the copy is on the disk, so that the exchange cannot outlive its content."""
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def remove(index: Path, name: str) -> None:
    """Take an added ontology out of an index; raises TermError when none of that name was added."""
    with changing(index) as connection:
        found = connection.execute("SELECT id FROM ontology WHERE name = ? AND NOT embedded", (name,)).fetchone()
        if found is None:
            known = [row[0] for row in connection.execute("SELECT name FROM ontology WHERE NOT embedded")]
            near = difflib.get_close_matches(name, known, n=1) or [other for other in known if other.lower() == name.lower()]
            hint = f"did you mean {near[0]}?" if near else "what comes with kg stays, and `kg terms list` shows what was added"
            raise TermError(name, f"no ontology of this name was added; {hint}")
        remove_files(connection, found)


def add_one(connection: sqlite3.Connection, file: Path, name: str | None, version: str | None, *, embedded: bool) -> AddReport:
    """Add one file in a change that is under way; raises TermError before anything has changed when it cannot be read."""
    digest = checksum(file)
    staging = Staging(connection)
    try:
        staging.gather(facts_of(file))
        # Up to here nothing of the index has changed, so a file that fails leaves no trace.
        if not staging.settle():
            raise TermError(file.name, "holds no term: no class, concept or row was found in it")
        head = head_of(staging.heads, staging.prefixes, file.name, digest)
        head = replace(head, name=name or head.name, version=version or head.version)
        if Kind.OVERLAY in staging.heads:
            head = replace(head, prefix="", name=name or _overlay_name(head.name))
        old = connection.execute("SELECT id FROM ontology WHERE name = ? AND embedded = ?", (head.name, embedded)).fetchone()
        if old:
            remove_files(connection, old)
        ontology = connection.execute(
            "INSERT INTO ontology(name, prefix, version, iri, licence, source, checksum, embedded) VALUES (?,?,?,?,?,?,?,?)",
            (head.name, head.prefix, head.version, head.iri, head.licence, head.source, digest, embedded),
        ).lastrowid
        terms, synonyms = staging.take_over(ontology or 0)
        connection.execute(
            "UPDATE ontology SET terms = ?, synonyms = ?, prefixes = ? WHERE id = ?",
            (terms, synonyms, " ".join(sorted(staging.prefixes)), ontology),
        )
        refile(connection, ontology or 0, load_words())
        problems = tuple(_problems(staging, file))
    finally:
        staging.drop()
    return AddReport(head.name, head.prefix, head.version, terms, synonyms, old is not None, problems)


def _overlay_name(identifier: str) -> str:
    """Return the short name of an overlay: the last part of its IRI."""
    return identifier.rstrip("/#").rpartition("/")[2]


def remove_files(connection: sqlite3.Connection, ontologies: Sequence[int]) -> None:
    """Take files out; all at once, because the large tables are looked through from end to end."""
    for ontology in ontologies:
        remove_filed(connection, ontology)
    marks = ",".join("?" * len(ontologies))
    for table in TABLES_OF_ONTOLOGY:
        connection.execute(f"DELETE FROM {table} WHERE ontology IN ({marks})", ontologies)  # noqa: S608 - own names
    connection.execute(f"DELETE FROM ontology WHERE id IN ({marks})", ontologies)  # noqa: S608 - marks only


def _assign_roles(connection: sqlite3.Connection) -> None:
    """Decide, for terms that several files hold, whose label, names and parents count.

    Files of the ontology that defines the term, if they give its label, come before all others; among them added files before
    the embedded table, a whole release before a subset, a later file before an earlier one. All of them give names; all added
    ones give parents, the embedded table where they give none. Files that merely import the term, or leave it without a label,
    give something only where no defining file is there. Overlays always give names, and nothing else.
    """
    everything = NAMES | PARENTS | PRIMARY
    several = "SELECT concept FROM term GROUP BY concept HAVING count(*) > 1"
    connection.execute(  # a term that has become the only one of its CURIE again
        f"UPDATE term SET role = {everything} WHERE role <> {everything} AND concept NOT IN ({several})"  # noqa: S608 - own words
    )
    connection.executescript(f"""
        CREATE TEMP TABLE s_rank AS
        SELECT t.concept, t.ontology,
          o.prefix = substr(c.curie, 1, instr(c.curie, ':') - 1) AND t.label <> '' AS defining,
          t.label <> '' AS labelled, o.embedded,
          EXISTS (SELECT 1 FROM parent p WHERE p.child = t.concept AND p.ontology = t.ontology) AS has_parents,
          o.name = o.prefix AS whole, o.prefix = '' AS overlay
        FROM term t JOIN concept c ON c.id = t.concept JOIN ontology o ON o.id = t.ontology WHERE t.concept IN ({several});
        CREATE TEMP TABLE s_role AS
        SELECT concept, ontology, CASE
          WHEN overlay AND min(overlay) OVER same = 0 THEN {NAMES}
          WHEN max(defining) OVER same > defining THEN 0
          ELSE {NAMES}
            | CASE WHEN embedded AND min(embedded) OVER givers = 0 THEN 0 ELSE {PARENTS} END
            | CASE WHEN row_number() OVER best = 1 THEN {PRIMARY} ELSE 0 END
          END AS role
        FROM s_rank
        WINDOW same AS (PARTITION BY concept),
          givers AS (PARTITION BY concept, defining, has_parents),
          best AS (PARTITION BY concept ORDER BY defining DESC, overlay, labelled DESC, embedded, whole DESC, ontology DESC);
        CREATE UNIQUE INDEX s_role_key ON s_role(concept, ontology);
        UPDATE term SET role = r.role FROM s_role r
          WHERE r.concept = term.concept AND r.ontology = term.ontology AND term.role <> r.role;
        DROP TABLE s_rank; DROP TABLE s_role;
    """)  # noqa: S608 - own words


def _problems(staging: Staging, file: Path) -> Iterator[Problem]:
    if staging.skipped_count:
        found = "; ".join(staging.skipped)
        yield Problem(file.name, "ontology-line", found, "a clause of the OBO format", count=staging.skipped_count)
    unnamed = staging.count("SELECT count(*) FROM s_id WHERE curie NOT IN (SELECT curie FROM s_label)")
    if unnamed:
        yield Problem(
            file.name,
            "term-without-label",
            f"{unnamed} terms without a label",
            "a label for each",
            count=unnamed,
            severity="info",
        )
