"""YOLO labels: a folder of text files, one per image, with a class number and fractions of the image in every line.

The files of one folder are one source; names of classes come from ``classes.txt`` beside them. All files in folders ``labels``
below a ``data.yaml`` with names of classes are one source with it, which it stands for; a folder that was named without it
takes the names from a ``data.yaml`` at most three folders above.
Five numbers are a box, more an outline or keypoints; a sixth that ends the line is a confidence.
https://docs.ultralytics.com/datasets/detect/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.bundle import Bundle, below

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.readers.bundle import Folder
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "yolo"
RANK = 46
TITLE = "YOLO labels: a folder of .txt with classes.txt or data.yaml"

_FRACTION = r"(?:0(?:\.\d+)?|1(?:\.0+)?|\.\d+|\d(?:\.\d+)?e-\d+)"
_LINE = re.compile(rf"\s*(\d{{1,5}})((?:\s+{_FRACTION}){{4,}})\s*")
_CLASSES = "classes.txt"
_DATA = ("data.yaml", "dataset.yaml", "data.yml")
_NAMES = re.compile(r"^names\s*:", re.MULTILINE)
_LABELS, _MOST_BELOW = "labels", 200_000
_LABELLED = frozenset({_LABELS, "train", "val", "valid", "test"})
_HEAD = 4096
_LOOKED_AT = 5
_FOLDERS_UP = 3
_MOST_YAML = 1024 * 1024
_BOX, _BOX_WITH_CONFIDENCE = 4, 5


def claims(peek: Peek) -> bool:
    """Claim a single label file."""
    return peek.suffix == ".txt" and _is_label(peek.text[:_HEAD])


def _is_label(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(text) >= _HEAD and len(lines) > 1:
        lines.pop()  # it may be cut off
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield all label files below a data.yaml behind it; those of a folder behind classes.txt, else behind the first."""
    data = next((name for name in _DATA if name in folder.files), "")
    if data and _LABELLED.intersection(folder.folders) and _NAMES.search(_head(folder.path / data)):
        members = _labels_below(folder)
        if members:
            yield Bundle(data, members)
    texts = [name for name in folder.files if name.lower().endswith(".txt") and name.lower() != _CLASSES]
    named = next((name for name in folder.files if name.lower() == _CLASSES), "")
    if not texts or (len(texts) == 1 and not named):
        return
    seen = [_head(folder.path / name) for name in texts[:_LOOKED_AT]]
    if not any(seen) or not all(_is_label(text) for text in seen if text.strip()):
        return
    yield Bundle(named or texts[0], tuple(texts if named else texts[1:]))


def _labels_below(folder: Folder) -> tuple[str, ...]:
    """Return the label files in folders ``labels`` that have no list of classes of their own."""
    try:
        paths = [path for path in below(folder.path, most=_MOST_BELOW) if path.suffix.lower() == ".txt"]
    except OSError:
        return ()
    named = {path.parent for path in paths if path.name.lower() == _CLASSES}
    some = [path for path in paths if path.parent not in named and _LABELS in path.relative_to(folder.path).parts[:-1]]
    seen = [_head(path) for path in some[:_LOOKED_AT]]
    if not any(seen) or not all(_is_label(text) for text in seen if text.strip()):
        return ()
    return tuple(sorted(path.relative_to(folder.path).as_posix() for path in some))


def _head(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""


def read(source: Source, limits: Limits) -> Reading:
    """Read all label files of a folder.

    Raises:
        SourceError: no line in any of them is a label.
    """
    found = Carrier("YOLO labels", unit="fraction of the image", whole=True)
    files = [path for path in (source.path, *source.parts) if path.name.lower() not in {_CLASSES, *_DATA}]
    named = next((path for path in (source.path, *source.parts) if path.name.lower() == _CLASSES), None)
    names = _classes(named, source.path.parent, found)
    for number, name in names.items():
        found.classes.declare(number, {"index": number, "name": name})
    odd = [path.name for path in files if not _labels(found, path, limits)]
    if not found.count:
        raise SourceError(source.key, "has no line of a class number and four fractions, expected YOLO labels")
    if odd:
        said = (f"lines that are no labels ({', '.join(odd[:3])})", "a class number and fractions")
        found.problems.append(Problem(source.key, "yolo-line", *said, count=len(odd), repair="these lines are skipped"))
    return found.reading(NAME, source, limits)


def _labels(found: Carrier, path: Path, limits: Limits) -> bool:
    """Count the objects of one image; False where some line is no label."""
    with path.open("rb") as stream:
        text = stream.read(limits.cell_bytes).decode("utf-8", "replace")
    image, before, good = path.stem, found.count, True
    if image in found.images.rows:  # of another part of the data
        image = f"{path.parent.name}/{image}"
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            found.count += 1
            found.kinds(carrier.BOXES if len(match[2].split()) in {_BOX, _BOX_WITH_CONFIDENCE} else carrier.SHAPES)
            found.classes.add(match[1], cells={"index": match[1]})
        elif line.strip():
            good = False
    found.images.add(image, found.count - before, {"label_file": path.name})
    return good


def _classes(named: Path | None, folder: Path, found: Carrier) -> dict[str, str]:
    """Return class numbers with their names."""
    if named is not None:
        lines = _head_of(named).splitlines()
        return {str(number): line.strip() for number, line in enumerate(lines) if line.strip()}
    for above in (folder, *folder.parents[:_FOLDERS_UP]):
        for name in _DATA:
            if (above / name).is_file():
                return _of_yaml(_head_of(above / name), found)
    return {}


def _head_of(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(_MOST_YAML).decode("utf-8", "replace")


def _of_yaml(text: str, found: Carrier) -> dict[str, str]:
    if "&" in text and "*" in text:  # aliases can make a small text huge; lists of classes have none
        return {}
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    names = value.get("names")
    found.own = {str(key): item for key, item in value.items() if key != "names"}
    if isinstance(names, dict):
        return {str(number): str(name) for number, name in names.items()}
    return {str(number): str(name) for number, name in enumerate(names)} if isinstance(names, list) else {}
