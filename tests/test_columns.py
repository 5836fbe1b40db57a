"""Column patterns over headers that are spelt in many ways."""

from __future__ import annotations

import pytest

from kg.errors import MappingError
from kg.mapping.columns import beside, fill, find

HEADER = [
    "Characteristics [Organism]", "Term Source 1 REF", "Term Source 1 Accession", "Comment[Image File Path]", "Characteristics [Cell Line]",
    "Term Source 2 Accession", "Phenotype 1", "Phenotype 1 Term Accession", "Phenotype 10",
]  # fmt: skip
ACCESSION, REF = r"Term Source( \d+)? Accession", r"Term Source( \d+)? REF"


def names(pattern):
    return [found.name for found in find(pattern, HEADER)]


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [("Characteristics[Organism]", ["Characteristics [Organism]"]), ("comment [image file path]", ["Comment[Image File Path]"]),
     ("Phenotype {n}", ["Phenotype 1", "Phenotype 10"]), (r"~(Characteristics|Comment)\[Cell Line( \d+)?\]", ["Characteristics [Cell Line]"]),
     ("Phenotype", []), ("absent", [])],
)  # fmt: skip
def test_a_pattern_finds_its_columns(pattern, columns):
    assert names(pattern) == columns


def test_companions_take_the_number_of_their_anchor():
    assert [fill("Phenotype {n} Term Accession", found) for found in find("Phenotype {n}", HEADER)] == [
        "Phenotype 1 Term Accession",
        "Phenotype 10 Term Accession",
    ]


def test_a_positional_companion_belongs_to_the_column_before_it():
    stop = [ACCESSION, REF]
    assert beside("Characteristics [Organism]", HEADER, ACCESSION, stop, "after") == "Term Source 1 Accession"
    assert beside("Characteristics [Cell Line]", HEADER, ACCESSION, stop, "after") == "Term Source 2 Accession"
    assert beside("Characteristics [Cell Line]", HEADER, REF, stop, "after") is None
    assert beside("Comment[Image File Path]", HEADER, ACCESSION, stop, "after") is None, "another column stands between"


def test_a_wrong_expression_is_a_mistake_of_the_mapping():
    with pytest.raises(MappingError, match="not a regular expression"):
        find("~(", HEADER)
