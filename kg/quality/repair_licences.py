"""Licences: their names in many spellings, and the one IRI of each.

Names and versions are those of https://creativecommons.org/licenses/ and https://spdx.org/licenses/.
"""

from __future__ import annotations

import re

from kg.curie import is_iri
from kg.quality.repair_text import Repair, placeholder

_CC = "https://creativecommons.org"
_CC_IRI = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses/[a-z-]+/\d\.\d(?:/[a-z]{2})?|publicdomain/(?:zero|mark)/1\.0)"
    r"(?:/(?:legalcode|deed)(?:\.[\w-]+)?)?/?(?:\?\S*)?",
    re.IGNORECASE,
)
_VERSIONS = {"1.0", "2.0", "2.5", "3.0", "4.0"}
_CURRENT = "4.0"
_SPDX = re.compile(r"CC-(BY(?:-NC)?(?:-ND|-SA)?)-(\d\.\d)|CC0-1\.0|CC-PDDC")
_SPOKEN = re.compile(r"CC (BY(?:-NC)?(?:-ND|-SA)?) (\d\.\d)")
_ZERO_FINE = frozenset({"CC0", "CC0 1.0", "CC0-1.0", "CC0 1.0 Universal"})
_ZERO = re.compile(
    r"(?:creativecommons|cc)(?:cc)?(?:zero|0)(?:v?1(?:\.0)?)?(?:universal)?(?:publicdomain(?:dedication)?)?(?:cc0(?:1\.0)?)?"
)
_LINK = re.compile(r"[(<]?https?://[^\s)>]+[)>]?")
_WORDS = (
    ("creativecommons", "cc"),
    ("attribution", "by"),
    ("noncommercial", "nc"),
    ("noderivatives", "nd"),
    ("noderivs", "nd"),
    ("sharealike", "sa"),
    ("international", ""),
    ("unported", ""),
    ("generic", ""),
    ("licence", ""),
    ("license", ""),
    ("version", ""),
    ("public", ""),
)
_PARTS = re.compile(r"cc(by)(nc)?(sa|nd)?v?(\d(?:\.\d)?)?(?:ccby(?:nc)?(?:sa|nd)?\d?(?:\.\d)?)?")
_OTHERS = {
    "mit": "https://spdx.org/licenses/MIT",
    "apache2.0": "https://spdx.org/licenses/Apache-2.0",
    "bsd3clause": "https://spdx.org/licenses/BSD-3-Clause",
    "gpl3.0": "https://spdx.org/licenses/GPL-3.0-only",
    "odcby1.0": "https://spdx.org/licenses/ODC-By-1.0",
    "odbl1.0": "https://spdx.org/licenses/ODbL-1.0",
    "pddl1.0": "https://spdx.org/licenses/PDDL-1.0",
}


def licence(text: str) -> Repair:
    """Look at a licence; its normal form is its IRI.

    The names that Creative Commons and SPDX use are right; a licence without a version is not told apart from its others.

    >>> licence("CC-BY 4.0").value, licence("CC BY 4.0").reason, licence("CC BY").proposal
    ('https://creativecommons.org/licenses/by/4.0/', '', 'https://creativecommons.org/licenses/by/4.0/')
    """
    if found := _CC_IRI.fullmatch(text):
        return Repair(f"{_CC}/{found[1].lower()}/")
    if is_iri(text):
        return Repair(text)
    if text in _ZERO_FINE:
        return Repair(f"{_CC}/publicdomain/zero/1.0/")
    if (named := _SPDX.fullmatch(text) or _SPOKEN.fullmatch(text)) and named[1] and named[2] in _VERSIONS:
        return Repair(f"{_CC}/licenses/{named[1].lower()}/{named[2]}/")
    if nothing := placeholder(text):
        return nothing
    if links := _LINK.findall(text):
        link = links[0].strip("()<>")
        said, linked = (
            _unusual(_LINK.sub(" ", text)),
            licence(link) if is_iri(link) else Repair("", "an address that is no IRI"),
        )
        if said.value and said.value == linked.value:
            return Repair(said.value, "a name and an address in one text")
        return Repair("", "a licence with an address beside it", linked.value)
    return _unusual(text)


def _unusual(text: str) -> Repair:
    bare = re.sub(r"[^a-z0-9.]", "", text.lower().replace("®", ""))
    if _ZERO.fullmatch(bare):
        return Repair(f"{_CC}/publicdomain/zero/1.0/", "another spelling than CC0 1.0")
    if bare in _OTHERS:
        return Repair(_OTHERS[bare])
    for word, short in _WORDS:
        bare = bare.replace(word, short)
    found = _PARTS.fullmatch(bare)
    if found is None:
        return Repair("", "not the name of a licence with an IRI")
    name = "-".join(part for part in found.groups()[:3] if part)
    version = found[4] if found[4] and "." in found[4] else f"{found[4]}.0" if found[4] else ""
    spelt = f"CC {name.upper()}"
    if not version:
        return Repair("", "a licence without its version", f"{_CC}/licenses/{name}/{_CURRENT}/")
    if version not in _VERSIONS:
        return Repair("", f"{spelt} has no version {version}")
    return Repair(f"{_CC}/licenses/{name}/{version}/", f"another spelling than {spelt} {version}")
