"""Ontologies that come as PyPI packages: their newest data files, found without running any code of the package."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import TermError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PACKAGES = ("cellxgene-ontology-guide", "edam-ontology")
"""The packages whose tables kg reads; the extra ``ontologies`` installs them."""

_TABLES = re.compile(r"(?P<ontology>[A-Za-z][A-Za-z0-9]*)(?:-ontology-(?P<version>[^/]+)\.json\.zst|\.tsv)")


def package_files(package: str, ontologies: Collection[str] = ()) -> Iterator[Path]:
    """Yield the newest file of each ontology in an installed package, sorted by the ontology's name.

    ``ontologies`` are the names wanted, such as ``CL`` and ``UBERON`` (capitals do not matter); all of them when empty.
    Raises TermError when the package is unknown or not installed, or does not hold an ontology asked for.
    """
    newest = _newest(package)
    known = {ontology.lower(): ontology for ontology in newest}
    if absent := [ontology for ontology in ontologies if ontology.lower() not in known]:
        raise TermError(package, f"does not hold {', '.join(absent)}; it has {', '.join(sorted(newest, key=str.lower))}")
    wanted = {known[ontology.lower()] for ontology in ontologies} or set(newest)
    return (newest[ontology] for ontology in sorted(wanted, key=str.lower))


def package_version(package: str) -> str:
    """Return the version of an installed package; raises TermError as ``package_files`` does."""
    return _distribution(package).version


def _newest(package: str) -> dict[str, Path]:
    newest: dict[str, tuple[list[int], Path]] = {}
    for file in _distribution(package).files or ():
        if named := _TABLES.fullmatch(file.name):
            age = [int(number) for number in re.findall(r"\d+", named["version"] or "")]
            if named["ontology"] not in newest or age > newest[named["ontology"]][0]:
                newest[named["ontology"]] = (age, Path(str(file.locate())))
    if not newest:
        raise TermError(package, "is installed, but holds no ontology tables that kg knows")
    return {ontology: path for ontology, (_, path) in newest.items()}


def _distribution(package: str) -> metadata.Distribution:
    if re.sub(r"[-_.]+", "-", package).lower() not in PACKAGES:
        raise TermError(package, f"is no package of ontology tables; kg reads {' and '.join(PACKAGES)}")
    try:
        return metadata.distribution(package)
    except metadata.PackageNotFoundError as error:
        raise TermError(package, 'is not installed; please run pip install "bioimage-kg[ontologies]"') from error
