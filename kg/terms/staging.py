"""The staging area: facts of one file, gathered in temporary tables of the index and then taken over set by set.

Nothing but buffers of fixed size is held in Python, so a taxonomy of a million terms needs no more memory than a small file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kg.terms.files.facts import Fact, Kind, iri_of
from kg.terms.layout import CONSIDER, INDICES, IS_A, NAMES, PARENTS, PART_OF, PRIMARY, REPLACED_BY, SCOPE_CODES
from kg.terms.normalise import key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_BATCH = 20_000
_LARGE = 200_000
_TABLES = {
    "s_term": "curie TEXT, iri TEXT, rank INTEGER",
    "s_not": "curie TEXT",
    "s_label": "curie TEXT, rank INTEGER, text TEXT",
    "s_name": "curie TEXT, key TEXT, scope INTEGER, text TEXT",
    "s_edge": "curie TEXT, relation INTEGER, target TEXT",
    "s_succ": "curie TEXT, kind INTEGER, target TEXT",
    "s_text": "curie TEXT, text TEXT",
    "s_xref": "curie TEXT, xref TEXT",
    "s_same": "curie TEXT, target TEXT",
    "s_gone": "curie TEXT",
}
_HEADS = frozenset({Kind.OVERLAY, Kind.ONTOLOGY, Kind.VERSION, Kind.LICENCE, Kind.SOURCE})

# A concept is a term unless the file also calls it a property or an individual; a class of its own right always is.
_LIVE = """
CREATE TEMP TABLE s_live AS
SELECT curie, max(iri) AS iri FROM s_term
WHERE rank = 0 OR curie NOT IN (SELECT curie FROM s_not) GROUP BY curie
UNION SELECT curie, NULL FROM s_edge
WHERE relation = 0 AND curie NOT IN (SELECT curie FROM s_term) AND curie NOT IN (SELECT curie FROM s_not) GROUP BY curie;
"""
_CONCEPTS = """
INSERT OR IGNORE INTO concept(curie)
SELECT curie FROM (
  SELECT curie FROM s_live UNION SELECT target FROM s_edge WHERE curie IN (SELECT curie FROM s_live)
  UNION SELECT target FROM s_succ UNION SELECT curie FROM s_succ
  UNION SELECT target FROM s_same WHERE curie IN (SELECT curie FROM s_live)) ORDER BY curie;
CREATE TEMP TABLE s_id AS SELECT s_live.curie, concept.id, s_live.iri FROM s_live JOIN concept USING (curie) ORDER BY 1;
CREATE UNIQUE INDEX s_id_curie ON s_id(curie);
CREATE INDEX s_label_curie ON s_label(curie, rank);
"""
_TAKE_OVER = (
    """INSERT INTO term SELECT id, :o, :role,
         coalesce((SELECT text FROM s_label WHERE s_label.curie = s_id.curie ORDER BY rank, rowid LIMIT 1), ''),
         nullif(s_id.iri, ''), s_id.curie IN (SELECT curie FROM s_gone)
       FROM s_id ORDER BY id""",
    """INSERT OR IGNORE INTO name SELECT key, id, :o, scope, text FROM (
         SELECT n.key, i.id, n.scope, n.text FROM s_name n JOIN s_id i USING (curie) WHERE n.key <> '')
       ORDER BY 1, 2, 4""",
    """INSERT OR IGNORE INTO parent SELECT i.id, e.relation, p.id, :o FROM s_edge e JOIN s_id i ON i.curie = e.curie
       JOIN concept p ON p.curie = e.target WHERE p.id <> i.id ORDER BY 1, 2, 3""",
    """INSERT OR IGNORE INTO successor SELECT a.id, s.kind, b.id, :o FROM s_succ s JOIN concept a ON a.curie = s.curie
       JOIN concept b ON b.curie = s.target WHERE a.id <> b.id ORDER BY 1, 2, 3""",
    """INSERT OR IGNORE INTO same SELECT i.id, t.id, :o FROM s_same s JOIN s_id i ON i.curie = s.curie
       JOIN concept t ON t.curie = s.target WHERE t.id <> i.id ORDER BY 1, 2""",
    "INSERT OR IGNORE INTO definition SELECT i.id, :o, t.text FROM s_text t JOIN s_id i USING (curie) ORDER BY 1",
    "INSERT OR IGNORE INTO xref SELECT i.id, :o, x.xref FROM s_xref x JOIN s_id i USING (curie) ORDER BY 1, 3",
)


class Staging:
    """Gathers the facts of one file.

    Attributes:
        heads: what the file says about itself; per kind the texts with the subject they were said of.
        prefixes: how many terms each prefix has.
        skipped: the first lines that could not be understood.
        skipped_count: how many there were.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Make the temporary tables."""
        self._connection = connection
        self._buffers: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._size = 0
        self.heads: defaultdict[Kind, list[tuple[str, str]]] = defaultdict(list)
        self.prefixes: Counter[str] = Counter()
        self.skipped: list[str] = []
        self.skipped_count = 0
        for table, columns in _TABLES.items():
            connection.execute(f"CREATE TEMP TABLE {table}({columns})")

    def gather(self, facts: Iterable[Fact]) -> None:
        """Take in all facts."""
        for fact in facts:
            self._take(fact)
            if self._size >= _BATCH:
                self._flush()
        self._flush()

    def settle(self) -> int:
        """Decide which of the subjects are terms, when all facts are in; return how many."""
        self._connection.executescript(_LIVE)
        return self.count("SELECT count(*) FROM s_live")

    def take_over(self, ontology: int) -> tuple[int, int]:
        """Write what was gathered into the index; return the numbers of terms and of synonyms."""
        run = self._connection.execute
        # Facts of subjects that turn out to be no terms are dropped by the joins.
        self._connection.executescript(_CONCEPTS)
        if self.count("SELECT count(*) FROM s_name") > _LARGE:
            for index in INDICES:
                run(f"DROP INDEX IF EXISTS {index}")
        for statement in _TAKE_OVER:
            run(statement, {"o": ontology, "role": NAMES | PARENTS | PRIMARY} if ":role" in statement else {"o": ontology})
        # Of several labels one is the label; the others are names like exact synonyms.
        run(
            "INSERT OR IGNORE INTO name SELECT n.key, n.concept, n.ontology, 1, n.text"
            " FROM s_id i JOIN name n ON n.concept = i.id"
            " JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology WHERE n.ontology = ? AND n.scope = 0"
            " AND coalesce(n.text, n.key) <> t.label",
            (ontology,),
        )
        run(
            "DELETE FROM name WHERE concept IN (SELECT id FROM s_id) AND ontology = ? AND scope = 0 AND coalesce(text, key) <>"
            " (SELECT label FROM term t WHERE t.concept = name.concept AND t.ontology = name.ontology)",
            (ontology,),
        )
        for index, columns in INDICES.items():
            run(f"CREATE INDEX IF NOT EXISTS {index} ON {columns}")
        (terms,) = run("SELECT count(*) FROM s_id").fetchone()
        (synonyms,) = run("SELECT count(*) FROM s_name n JOIN s_id USING (curie) WHERE scope > 0").fetchone()
        return terms, synonyms

    def count(self, question: str) -> int:
        """Return the single number that a question about the staged tables gives."""
        (number,) = self._connection.execute(question).fetchone()
        return int(number)

    def drop(self) -> None:
        """Drop the temporary tables."""
        for table in (*_TABLES, "s_live", "s_id"):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{table}")

    def _take(self, fact: Fact) -> None:
        kind, subject, value, scope = fact
        if kind in _HEADS:
            self.heads[kind].append((subject, value))
        elif kind is Kind.TERM:
            self.prefixes[subject.partition(":")[0]] += 1
            self._put("s_term", subject, "" if not value or iri_of(subject) == value else value, SCOPE_CODES[scope])
        elif kind is Kind.LABEL:
            self._put("s_label", subject, SCOPE_CODES[scope], value)
            self._name(subject, value, 0)
        elif kind is Kind.NAME:
            self._name(subject, value, SCOPE_CODES[scope])
        elif kind is Kind.IS_A or kind is Kind.PART_OF:
            self._put("s_edge", subject, IS_A if kind is Kind.IS_A else PART_OF, value)
        elif kind is Kind.ALT:
            self._put("s_succ", value, REPLACED_BY, subject)
        elif kind is Kind.REPLACED_BY or kind is Kind.CONSIDER:
            self._put("s_succ", subject, REPLACED_BY if kind is Kind.REPLACED_BY else CONSIDER, value)
        else:
            self._take_rest(kind, subject, value)

    def _take_rest(self, kind: Kind, subject: str, value: str) -> None:
        if kind is Kind.DEFINITION:
            self._put("s_text", subject, value)
        elif kind is Kind.XREF:
            self._put("s_xref", subject, value)
        elif kind is Kind.SAME:
            self._put("s_same", subject, value)
            self._put("s_xref", subject, value)
        elif kind is Kind.OBSOLETE:
            self._put("s_gone", subject)
        elif kind is Kind.NOT_TERM:
            self._put("s_not", subject)
        elif kind is Kind.SKIPPED:
            self.skipped_count += 1
            if len(self.skipped) < 5:  # noqa: PLR2004 - enough to see what is wrong
                self.skipped.append(value)

    def _name(self, subject: str, text: str, scope: int) -> None:
        filed = key(text)
        self._put("s_name", subject, filed, scope, None if filed == text else text)

    def _put(self, table: str, *row: object) -> None:
        self._buffers[table].append(row)
        self._size += 1

    def _flush(self) -> None:
        for table, rows in self._buffers.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT INTO temp.{table} VALUES ({marks})", rows)  # noqa: S608 - own names
                rows.clear()
        self._size = 0
