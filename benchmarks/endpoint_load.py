"""Make the images of the endpoint benchmark and load them, each step a process of its own: CPU seconds, wall, memory, disk.

usage: endpoint_load.py --images N --store DIR [--index FILE] [--seed N] [--bare] [--json FILE]

  --images N    how many images (a study and source for every 50, at most 1,000)
  --store DIR   where the store comes to stand; it must not be there yet
  --index FILE  term index (default: the embedded one); `kg terms add ../shared/data/ontologies --index FILE` makes a large one
  --bare        also bulk_load the same statements into a bare pyoxigraph store, for the ratio
  --json FILE   write the figures there

As `endpoint_load.py STEP ...` it is one of these steps.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from cost import HERE, Cost, cost_of
from endpoint_data import Size, make

from kg.pipeline.closure import describer, versions
from kg.store import Batch, SourceEntry, Store
from kg.terms import TermIndex, default_index

NOTE = "benchmark.json"
"""File beside the generations that says what was made and what loading cost."""


def load(images: int, store: Path, index: Path, seed: int = 20, *, bare: bool = False) -> dict[str, Any]:
    """Make the files, publish them as a generation, and return what it took; the figures stay beside the store."""
    store.parent.mkdir(parents=True, exist_ok=True)
    script = HERE / "endpoint_load.py"
    with tempfile.TemporaryDirectory(prefix="kg-bench-", dir=store.parent) as work:
        made = cost_of([sys.executable, script, "make", work, images, seed, index])
        loaded = cost_of([sys.executable, script, "publish", work, store, index])
        note: dict[str, Any] = {
            "images": images,
            "seed": seed,
            "counts": json.loads(made.said),
            "file_bytes": sum(file.stat().st_size for file in Path(work).iterdir()),
            "make": _figures(made),
            "publish": _figures(loaded),
            "statements": json.loads(loaded.said),
            "store_bytes": size_of(store),
        }
        (store / NOTE).write_text(json.dumps(note, indent=1), "utf-8")
        if bare:
            place = Path(work) / "statements.nq"
            dumped = cost_of([sys.executable, script, "dump", store, place])
            note["dump"] = _figures(dumped)
            note["bare"] = _figures(cost_of([sys.executable, script, "bare", place, Path(work) / "bare"]))
            note["bare_bytes"] = size_of(Path(work) / "bare")
    (store / NOTE).write_text(json.dumps(note, indent=1), "utf-8")
    return note


def note_of(store: Path) -> dict[str, Any]:
    """Return what was written down when the store was made."""
    found: dict[str, Any] = json.loads((store / NOTE).read_text("utf-8"))
    return found


def size_of(folder: Path) -> int:
    """Return the bytes of a folder; a file with several names counts once."""
    stats = {(stat.st_dev, stat.st_ino): stat.st_size for file in folder.rglob("*") if (stat := file.stat()) and file.is_file()}
    return sum(stats.values())


def dump(store: Path, file: Path) -> None:
    """Write all statements of the current generation as N-Quads."""
    generation = Store.open(store).current
    if generation is None:
        sys.exit(f"{store} holds nothing")
    generation.database.dump(str(file), format=ox.RdfFormat.N_QUADS)


def _figures(cost: Cost) -> dict[str, float]:
    return {name: round(value, 2) for name, value in asdict(cost).items() if name != "said"}


def _make(folder: str, images: str, seed: str, index: str) -> None:
    size = Size.of(int(images), int(seed))
    with TermIndex.open(Path(index)) as terms:
        made = make(Path(folder), size, terms)
    entries = [asdict(entry) for entry in made.sources]
    (Path(folder) / "sources.json").write_text(json.dumps({"sources": entries}), "utf-8")
    print(json.dumps({"studies": size.studies, "per_image": made.per_image, "rows": [entry.rows for entry in made.sources]}))


def _publish(folder: str, store: str, index: str) -> None:
    listed = json.loads((Path(folder) / "sources.json").read_text("utf-8"))["sources"]
    entries = tuple(SourceEntry(**one) for one in listed)
    with TermIndex.open(Path(index)) as terms, Store.open(Path(store), create=True) as opened:
        batch = Batch(
            entries,
            (Path(folder) / "own.trig",),
            (Path(folder) / "claims.trig",),
            describe=describer(terms),
            ontologies=versions(terms),
        )
        print(json.dumps(opened.publish(batch).stats()["statements"]))


def _bare(file: str, store: str) -> None:
    ox.Store(store).bulk_load(path=file, format=ox.RdfFormat.N_QUADS)


def main() -> int:
    """Do one step, or all of them."""
    steps = {"make": _make, "publish": _publish, "bare": _bare, "dump": lambda store, file: dump(Path(store), Path(file))}
    if sys.argv[1:] and sys.argv[1] in steps:
        steps[sys.argv[1]](*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.store.exists():
        sys.exit(f"{options.store} is there already; name another folder")
    if shutil.disk_usage(options.store.parent if options.store.parent.exists() else Path()).free < options.images * 8_000:
        sys.exit(f"{options.images:,} images need about {options.images * 8_000:,} bytes of disk")
    note = load(options.images, options.store, default_index(options.index), options.seed, bare=options.bare)
    text = json.dumps({key: value for key, value in note.items() if key != "counts"}, indent=1)
    if options.json:
        options.json.write_text(text, "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
