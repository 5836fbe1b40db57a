"""Repairs: what a policy allows to be put right by itself, and the record of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kg.errors import UsageError
from kg.problem import Problem
from kg.term import Term
from kg.terms.audit.finding import KINDS, Finding, Kind, shown

REPAIRABLE: frozenset[Kind] = frozenset({"fill-down", "label-accession", "prefix", "obsolete", "typo"})
"""Kinds whose proposal takes the place of the accession; a contradiction of organisms is always for a person."""

SURE = 0.9
"""Proposals that are less certain than this are never put in place without a person."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a finding.

    Attributes:
        terms: for each pair of text and accession that was repaired, the term that takes the accession's place; empty when
            nothing was repaired.
        problem: the record, which says what was done, or what is only proposed.
    """

    terms: Mapping[tuple[str, str], Term]
    problem: Problem


def repaired(finding: Finding, policy: Collection[str]) -> Repaired:
    """Return what becomes of a finding under a policy: repaired when its kind is allowed and the proposal certain.

    Args:
        finding: what an audit found.
        policy: the kinds that may be repaired; empty for none.

    Raises:
        UsageError: the policy names a kind that there is not.
    """
    if unknown := sorted(set(policy) - set(KINDS)):
        raise UsageError(", ".join(unknown), f"no such kind of finding; known are {', '.join(KINDS)}")
    term = finding.proposal
    allowed = finding.kind in policy and finding.kind in REPAIRABLE and finding.certainty >= SURE
    if not allowed or not isinstance(term, Term):
        return Repaired({}, finding.problem())
    what = f"{shown(term)} was put in place of the accession" + ("s" if len(finding.pairs) > 1 else "")
    return Repaired(dict.fromkeys(finding.pairs, term), finding.done(what))
