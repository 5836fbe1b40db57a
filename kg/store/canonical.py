"""Canonical form of a dataset, so that two graphs can be compared line by line."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox


def canonical_lines(quads: Iterable[ox.Quad]) -> list[str]:
    """Return sorted N-Quads lines that are equal for equal datasets, by RDFC-1.0 (https://www.w3.org/TR/rdf-canon/).

    The dataset is held in memory.

    >>> quads = ox.parse(b'_:x <https://schema.org/name> "cell" .', format=ox.RdfFormat.N_TRIPLES)
    >>> canonical_lines(quads)
    ['_:c14n0 <https://schema.org/name> "cell" .']
    """
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{line} ." for line in map(str, dataset))
