"""Damaged files, without end: what does each reader make of them, in the confined process in which kg reads?

    python benchmarks/fuzz.py --seconds 5                  every reader that a case folder of tests/cases has a file for
    python benchmarks/fuzz.py --seconds 60 --only lif,czi  some of them, by the names of the cases
    python benchmarks/fuzz.py --seconds 5 --files ../shared/data/inputs/vendor   real files instead
    python benchmarks/fuzz.py --seconds 5 --keep found     write each file that broke a reader

Counted per case: files read whole or in part, files refused with a sentence of the reader, and what should not be: exceptions
that the reader did not foresee (by kind and line), processes that ended, files over time or memory. A seed names every file.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from mutations import Seed, mutated, seeds

from kg import readers
from kg.errors import KgError, LimitError
from kg.readers.confined import Confined
from kg.readers.limits import MIB, Limits
from kg.table import Source

LIMITS = Limits(seconds=20.0, memory_bytes=4096 * MIB)
UNFORESEEN = re.compile(r"is damaged, or of a form that its reader does not know \((.*)\)$", re.DOTALL)


@dataclass
class Tally:
    """What became of the damaged files of one case."""

    read: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    defects: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def asked_by_all(source: Source) -> None:
    """Ask each reader by itself whether it claims a source: in the product one that breaks down is passed over."""
    if source.path.is_file():
        head = readers.peek(source)
        for reader in readers.readers():
            reader.claims(head)


def one(path: Path, child: Confined) -> str:
    """Return what became of one source: ``read``, ``refused``, or a defect in words."""
    try:
        for source in readers.discover([path]):
            asked_by_all(source)
            for table in child.read(source).tables.values():
                table.frame.collect()
    except LimitError as error:
        words = ("not read within", "MiB of memory", "nested too deeply to be read")
        return f"limit: {error.what}" if any(word in error.what for word in words) else "refused"
    except KgError as error:
        if unforeseen := UNFORESEEN.search(error.what):
            said, _, place = unforeseen.group(1).rpartition("; ")
            return f"unforeseen: {place}: {said}"
        return f"crash: {error.what}" if "ended the process" in error.what else "refused"
    except Exception as error:  # noqa: BLE001 - what this script is about
        return f"outside: {_place(error)}: {type(error).__name__}: {error}"
    return "read"


def _place(error: Exception) -> str:
    """Return the last line of ours that an exception came through."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/kg/" in frame.filename]
    return f"{Path(ours[-1].filename).stem}, line {ours[-1].lineno}" if ours else "elsewhere"


def fuzz(seed: Seed | RealSeed, seconds: float, start: int, keep: Path | None) -> Tally:
    """Damage the files of one case for so many seconds."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch, Confined(LIMITS) as child:
        good = Path(scratch) / "good"
        good.mkdir()
        source = seed.make(good)
        files = sorted(path for path in ([source] if source.is_file() else source.rglob("*")) if path.is_file())
        if source.is_file():
            files += [path for path in sorted(good.rglob("*")) if path.is_file() and path != source]
        one(source, child)  # the process has started and loaded its libraries before the clock does
        until, number = time.monotonic() + seconds, start
        while time.monotonic() < until:
            rng = Random(f"{seed.name} {number}")  # noqa: S311 - no secret
            bad = Path(scratch) / "bad"
            shutil.copytree(good, bad)
            victim = bad / (files[0] if source.is_file() and rng.random() < 0.7 else rng.choice(files)).relative_to(good)  # noqa: PLR2004
            victim.write_bytes(mutated(victim.read_bytes(), rng))
            began = time.monotonic()
            result = one(bad / source.relative_to(good), child)
            took = time.monotonic() - began
            tally.seconds += took
            tally.slowest = max(tally.slowest, took)
            if result in {"read", "refused"}:
                setattr(tally, result, getattr(tally, result) + 1)
            else:
                kind = (
                    re.sub(r"0x[0-9a-f]+|\d+(?=\D*$)", "#", result)[:160]
                    if not result.startswith("unforeseen")
                    else result[:160]
                )
                key = re.sub(r"(line \d+: \w+).*", r"\1", kind, flags=re.DOTALL)
                tally.defects[key] += 1
                tally.examples.setdefault(key, f"seed {number}: {result[:200]}")
                if keep is not None and tally.defects[key] == 1:
                    shutil.copytree(bad, keep / f"{seed.name.replace('/', '_')}-{number}", dirs_exist_ok=True)
            shutil.rmtree(bad)
            number += 1
    return tally


@dataclass(frozen=True, slots=True)
class RealSeed:
    """A real source, which is copied before it is damaged."""

    source: Source
    name: str

    def make(self, into: Path) -> Path:
        """Copy the source with its parts."""
        path = self.source.path
        if path.is_dir():
            return Path(shutil.copytree(path, into / path.name))
        for part in self.source.parts:
            copy = into / part.relative_to(path.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(part, copy)
        return Path(shutil.copy(path, into / path.name))


def seeds_of(folder: Path, most: int) -> Iterator[RealSeed]:
    """Yield the sources below a folder that are not too large."""
    for source in readers.discover([folder]):
        if source.path.is_dir() or source.path.stat().st_size <= most:
            yield RealSeed(source, source.key)


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="per case (default: 5)")
    parser.add_argument("--only", default="", help="names of cases, or parts of them, with commas between")
    parser.add_argument("--start", type=int, default=0, help="number of the first file (default: 0)")
    parser.add_argument("--keep", type=Path, help="folder for the files that broke a reader")
    parser.add_argument("--files", type=Path, help="folder of real files to damage, instead of the cases")
    parser.add_argument("--most-bytes", type=int, default=2 * MIB, help="larger real files are left out (default: 2 MiB)")
    asked = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    wanted = [word for word in asked.only.split(",") if word]
    total: Counter[str] = Counter()
    print(f"{'case':<40} {'files':>6} {'read':>6} {'refused':>8} {'defects':>8} {'mean ms':>8} {'worst ms':>9}")
    for seed in seeds_of(asked.files, asked.most_bytes) if asked.files else seeds():
        if wanted and not any(word in seed.name for word in wanted):
            continue
        tally = fuzz(seed, asked.seconds, asked.start, asked.keep)
        bad, files = sum(tally.defects.values()), tally.read + tally.refused + sum(tally.defects.values())
        mean = 1000 * tally.seconds / max(files, 1)
        print(
            f"{seed.name:<40} {files:>6} {tally.read:>6} {tally.refused:>8} {bad:>8} {mean:>8.1f} {1000 * tally.slowest:>9.0f}",
            flush=True,
        )
        for key, count in tally.defects.most_common():
            print(f"    {count:>5} x {tally.examples[key]}", flush=True)
        total += tally.defects
        total["files"] += files
    print(f"{total.pop('files', 0)} files, {sum(total.values())} defects of {len(total)} kinds")


if __name__ == "__main__":
    main()
