"""Pairs: what a text and the accession beside it say about one another - obsolete, mistyped, misprefixed or another thing."""

from __future__ import annotations

from collections.abc import Sequence

from kg.term import Term
from kg.terms.audit.finding import Audited, Finding, finding, shown
from kg.terms.audit.names import Names
from kg.terms.audit.numbers import is_slip
from kg.terms.entries import Entry
from kg.terms.resolve import abstain, accession

_MOST_REPLACEMENTS = 5
_NO_NAMES = frozenset({"a number", "a quantity", "a date", "a plate well"})
_SAMPLES = ("1", "C1", "0001", "data_0001")
"""Local parts as some ontology or other has them, to ask what a word for an ontology means."""


def prefix_of(word: str) -> str | None:
    """Return the prefix that a source's word for an ontology means, or None.

    >>> prefix_of("NCBI Taxonomy"), prefix_of("EFO"), prefix_of("my list")
    ('NCBITaxon', 'EFO', None)
    """
    for sample in _SAMPLES:
        curie = accession.normalise(f"{word.strip()}:{sample}").curie
        if curie:
            return curie.partition(":")[0]
    return None


def audit_pair(cell: Audited, names: Names, prefixes: Sequence[str]) -> list[Finding]:
    """Return what is wrong with one pair, apart from its column; empty for an accession that means nothing known.

    Args:
        cell: the pair.
        names: of an open index.
        prefixes: ontologies of the field, best first; empty when the field takes any.
    """
    if cell.curie is None:
        return []
    entry = names.known(cell.curie)
    explained = _explained(cell, entry, names, prefixes)
    chain = _successors(cell.curie, names)
    # The replacement of a term that the text never meant is no answer to the text.
    meant = explained is None or any(names.shares(step, cell.text) for step in chain)
    findings = [_obsolete(cell, entry, names, chain) if meant else None, explained, _named_beside(cell, entry, names)]
    return [found for found in findings if found is not None]


def _obsolete(cell: Audited, entry: Entry | None, names: Names, chain: Sequence[str]) -> Finding | None:
    curie = cell.curie or ""
    if not (entry.obsolete if entry else len(chain) > 1):
        return None
    last = chain[-1]
    live = names.known(last)
    found = f"{shown(entry.term) if entry else curie}, which its ontology gave up or merged"
    if len(chain) > 1 and (live is None or not live.obsolete):
        right = names.term(last)
        return finding("obsolete", (cell,), found, shown(right), right, 0.95)
    others = (*names.index.replaced_by(last), *names.index.consider(last))
    listed = ", ".join(shown(names.term(other)) for other in others[:_MOST_REPLACEMENTS])
    return finding("obsolete", (cell,), found, f"one of {listed}" if others else "a term that is in use", "", 0.9)


def _successors(curie: str, names: Names) -> list[str]:
    """Return an identifier with what replaced it, step by step, as long as the ontology names one replacement only."""
    chain = [curie]
    for _ in range(_MOST_REPLACEMENTS):
        following = names.index.replaced_by(chain[-1])
        if len(following) != 1 or following[0] in chain:
            break
        chain.append(following[0])
        entry = names.known(following[0])
        if entry is None or not entry.obsolete:
            break
    return chain


def _explained(cell: Audited, entry: Entry | None, names: Names, prefixes: Sequence[str]) -> Finding | None:
    """Return the likeliest reason why a text and its accession disagree; None when they agree or nothing can be told."""
    text, curie = cell.text.strip(), cell.curie or ""
    if not text or abstain.nothing(text) or accession.spelt_out(text):
        return None
    if any(names.called(step, text) for step in _successors(curie, names)):
        return None
    return _slip(cell, entry, names) or _misprefixed(cell, names, prefixes) or _another(cell, entry, names, prefixes)


def _slip(cell: Audited, entry: Entry | None, names: Names) -> Finding | None:
    prefix, _, local = (cell.curie or "").partition(":")
    own = names.own_term(cell.text, (prefix,))
    if own is None or not is_slip(local.lstrip("0"), own.curie.partition(":")[2].lstrip("0")):
        return None
    if entry and names.shares(entry.term.curie, cell.text):  # a sibling that somebody chose
        return None
    called = f", which is {entry.term.label!r}" if entry else ""
    found = f"{cell.shown}{called}, beside {cell.text.strip()[:60]!r}"
    return finding("typo", (cell,), found, f"{shown(own)}, whose number differs in one place", own, 0.9)


def _misprefixed(cell: Audited, names: Names, prefixes: Sequence[str]) -> Finding | None:
    """Look for the text's term under the same number in other ontologies: those of the field first, then all."""
    prefix, _, local = (cell.curie or "").partition(":")
    entry = names.known(cell.curie)
    if not local.isdigit() or (entry and names.shares(entry.term.curie, cell.text)):
        return None
    for other in dict.fromkeys((*prefixes, *sorted(names.prefixes))):
        meant = accession.normalise(f"{other}:{local.lstrip('0') or '0'}").curie
        if meant and other != prefix and names.called(meant, cell.text):
            right = names.term(meant)
            called = f", which is {entry.term.label!r}" if entry else ""
            found = f"{cell.shown}{called}, beside {cell.text.strip()[:60]!r}"
            return finding("prefix", (cell,), found, f"the same number of another ontology, {shown(right)}", right, 0.95)
    return None


def _another(cell: Audited, entry: Entry | None, names: Names, prefixes: Sequence[str]) -> Finding | None:
    curie, text = cell.curie or "", cell.text.strip()
    own = names.own_term(text, (cell.prefix,)) or next(
        (term for prefix in prefixes if (term := names.own_term(text, (prefix,)))), None
    )
    if entry is None:
        if own is None or own.curie.partition(":")[0] != cell.prefix:
            return None  # `unknown` tells of it, for all of a column at once
        found = f"{curie}, which is not in the index, beside {text[:60]!r}"
        return finding("label-accession", (cell,), found, shown(own), own, 0.8)
    if abstain.shape(text) in _NO_NAMES:
        return None
    if names.shares(curie, text):
        return None
    found = f"{curie}, which is {entry.term.label!r}, beside {text[:60]!r}"
    wanted = shown(own) if own else "an accession whose term has a name like the text"
    return finding("label-accession", (cell,), found, wanted, own or "", 0.8 if own else 0.6)


def _named_beside(cell: Audited, entry: Entry | None, names: Names) -> Finding | None:
    """Compare the accession's prefix with the ontology that the source names beside it."""
    named = prefix_of(cell.ontology) if cell.ontology.strip() else None
    if named is None or named == cell.prefix:
        return None
    found = f"{cell.shown} beside the ontology {cell.ontology.strip()[:40]!r}"
    right = bool(entry) and names.called(cell.curie, cell.text)
    wanted = f"{cell.prefix} as the ontology" if right else f"an accession of {named}, or {cell.prefix} as the ontology"
    # Where the term is the text's own, only the ontology's name is wrong, and there is no accession to put right.
    return finding("prefix", (cell,), found, wanted, "", 0.9 if right else 0.6)


def unknown(cells: Sequence[Audited], names: Names) -> list[Finding]:
    """Return the accessions of one column that no loaded file holds, one finding for each ontology.

    It is no more than a remark: the files of an ontology that are loaded may be a part of it.
    """
    groups: dict[str, list[Audited]] = {}
    for cell in cells:
        if cell.curie and names.known(cell.curie) is None and not names.index.replaced_by(cell.curie):
            groups.setdefault(cell.prefix, []).append(cell)
    return [
        finding(
            "label-accession",
            tuple(group),
            f"{_counted(group)} {group[0].shown} beside {group[0].text.strip()[:60]!r}, not in the index",
            f"accessions that the loaded files of {prefix} hold" if prefix in names.loaded else f"a loaded file of {prefix}",
            "",
            0.3 if prefix in names.loaded else 0.1,
        )
        for prefix, group in groups.items()
    ]


def _counted(group: Sequence[Audited]) -> str:
    return f"{len(group):,} accessions, such as" if len(group) > 1 else "the accession"


def outside(cells: Sequence[Audited], names: Names, prefixes: Sequence[str]) -> list[Finding]:
    """Return the accessions of one column whose ontologies the field does not take, one finding for each ontology."""
    groups: dict[str, list[Audited]] = {}
    for cell in cells:
        if cell.curie and prefixes and cell.prefix not in prefixes:
            groups.setdefault(cell.prefix, []).append(cell)
    findings = []
    for prefix, group in groups.items():
        found = f"accessions of {prefix}, such as {group[0].shown} beside {group[0].text.strip()[:60]!r}"
        wanted = f"one of the ontologies of {group[0].field}: {', '.join(prefixes)}"
        one = names.own_term(group[0].text, prefixes) if len(group) == 1 else None
        proposal: Term | str = one or ""
        findings.append(finding("prefix", tuple(group), found, wanted, proposal, 0.4))
    return findings
