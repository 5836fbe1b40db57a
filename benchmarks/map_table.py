"""The mapping engine alone on one table. usage: map_table.py IN.csv OUT.trig."""

import sys
from pathlib import Path

import polars as pl

from kg.mapping import Decisions, Loaded, Run, Tally, load_mapping
from kg.schema import load_schema
from kg.table import Reading, Table


class _File:
    """A Sink of one file."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("wb")  # noqa: SIM115 - lives as long as the process

    def own(self, blocks: pl.Series) -> None:
        blocks.to_frame("b").write_csv(self._file, include_header=False, quote_style="never", line_terminator="")

    shared = own


def main() -> None:
    """Map the columns that the shared benchmark maps."""
    mapping = load_mapping(Path(__file__).with_name("mapping.yaml"))
    columns = sorted({part for record in mapping.records for part in _columns(record)})
    frame = pl.scan_csv(sys.argv[1], infer_schema=False, empty_string_is_null=False, row_index_name="_row", row_index_offset=2)
    reading = Reading("delimited", {"rows": Table("rows", frame.select("_row", *columns))})
    schema, tally = load_schema(), Tally()
    run = Run(mapping, schema, Decisions(schema, lambda _: {}, "urn:kg"), tally, _File(sys.argv[2]))
    run.add([Loaded("https://w3id.org/bioimage-kg/id/source/t", "t", reading)])
    print(f"{sum(tally.rows.values()):,} rows", *tally.problems())


def _columns(record: object) -> set[str]:
    import re  # noqa: PLC0415

    found: set[str] = set()
    for rules in record.slots.values():  # type: ignore[attr-defined]
        for rule in rules:
            found.update(rule.column or [])
            found.update(re.findall(r"\{([^}]+)\}", rule.template or ""))
    found.update(re.findall(r"\{([^}]+)\}", " ".join(record.id)))  # type: ignore[attr-defined]
    return found


if __name__ == "__main__":
    main()
