"""Texts that name no term, told by their shape and by small lists of words: nulls, controls, wells, numbers, codes, prose."""

from __future__ import annotations

import re

from kg.terms.normalise import key

_NULLS = frozenset({
    "", "-", "--", "---", ".", "..", "...", "?", "n/a", "na", "n.a.", "n.a", "n/d", "nd", "n.d.", "none", "null", "nil",
    "nan", "no", "yes",
    "true", "false", "unknown", "unkown", "unspecified", "not specified", "not applicable", "not available", "not provided",
    "not determined", "not given", "not known", "not recorded", "not reported", "not collected", "missing", "empty",
    "blank", "other",
    "others", "various", "mixed", "multiple", "tbd", "to be determined", "to do", "todo", "see description", "see paper",
    "see publication",
    "see comments", "default", "undefined", "unclear", "restricted access", "xxx",
})  # fmt: skip
_CONTROLS = re.compile(
    r"(?:(?:negative|positive|neg|pos|vehicle|untreated|mock|normal|internal|experimental|sham|solvent|no)[ .\-_]*)?"
    r"(?:controls?|ctrl|ctl|cntrl)(?:[ \-_]*\(?\w{0,3}\)?)?"
)
_STATES = frozenset({
    "untreated", "treated", "mock", "vehicle", "wt", "wild type", "wild-type", "wildtype", "scrambled", "scramble",
    "non-targeting",
    "no phenotype", "without phenotype", "lack of phenotype", "absence of phenotype", "no effect", "no change", "no defect",
    "sample", "samples", "my cells", "my sample", "no treatment",
})  # fmt: skip
_SHAPES = (
    ("a plate well", re.compile(r"(?:well[ _\-]*)?[a-p](?:0?[1-9]|1\d|2[0-4])")),
    ("a plate well", re.compile(r"well[ _\-]*(?:\d+|[a-z]{1,2}\d{1,2})")),
    ("a position on a plate or in a file", re.compile(
        r"(?:channel|ch|plate|field|fov|site|position|pos|tile|frame|slide|series|scene|slice|replicate|rep|batch|group|condition|sample"
        r"|image|img|experiment|exp|screen|z|t|c)[ _\-#]*\d+"
    )),
    ("a number", re.compile(r"[+\-\u2212<>~\u2264\u2265\u00b1= ]*\d+(?:[.,]\d+)*(?:e[+\-]?\d+)?\s*%?")),
    ("a coordinate", re.compile(r"[+\-]?\d{1,3}(?:[.,]\d+)?\s*[\u00b0\u00ba](?:\s*\d+(?:[.,]\d+)?\s*['\u2019\u2032])?.*")),
    ("a quantity", re.compile(
        r"[<>~\u2264\u2265]?\s*\d+(?:[.,]\d+)?(?:\s*(?:-|to)\s*\d+(?:[.,]\d+)?)?\s*(?:[munpfkc\u00b5\u03bc]?(?:m|g|l|s|mol|v|w|hz)|[munp\u00b5\u03bc]?g/m?l"
        r"|hours?|hrs?|h|min(?:ute)?s?|sec(?:ond)?s?|days?|d|weeks?|wks?|months?|years?|yrs?|y|hpf|dpf|dpa|hpi|dpi|\u00b0c|x|bp|kb|mb)"
    )),
    ("a date", re.compile(r"\d{4}-\d{2}-\d{2}(?:[t ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")),
    ("an address on the web", re.compile(r"(?:https?|ftp)://\S+|www\.\S+|\S+@\S+\.\w+")),
    ("a file name", re.compile(r"\S+\.(?:tiff?|czi|nd2|lif|lsm|png|jpe?g|csv|txt|xml|xlsx?|zarr|ome)")),
    ("a symbol of expression", re.compile(r"[a-z0-9]+\s*(?:\+/[\-\u2212]|[\-\u2212]/[\-\u2212]|\+/\+)")),
)  # fmt: skip
_CODE = re.compile(r"(?=.*\d.*\d)[^\W_]+(?:[\-_.:+/#][^\W_]+)*")
_HAS_LETTER = re.compile(r"[^\W\d_]")
_MOST_WORDS = 12


def nothing(text: str) -> str | None:
    """Return why a text says that there is nothing to name (a null or a control), else None; no look-up can overrule it.

    >>> nothing("N/A"), nothing("negative control"), nothing("HeLa")
    ("'N/A' says that there is no value", "'negative control' names a control or a state, no thing of the field", None)
    """
    filed = key(text)
    bare = filed.strip(" ?!.,;:()[]\"'*")
    if filed in _NULLS or bare in _NULLS:
        return f"{_short(text)} says that there is no value"
    if bare in _STATES or _CONTROLS.fullmatch(bare):
        return f"{_short(text)} names a control or a state, no thing of the field"
    if not _HAS_LETTER.search(filed) and not any(letter.isdigit() for letter in filed):
        return f"{_short(text)} has neither letter nor digit"
    return None


def shape(text: str) -> str | None:
    """Return what a text looks like if not like a name (a well, a number, a code, prose), else None; a name can look so too.

    >>> shape("B03"), shape("23 years"), shape("HPSI-leeh"), shape("33416")
    ('a plate well', 'a quantity', None, 'a number')
    """
    filed = key(text)
    for name, pattern in _SHAPES:
        if pattern.fullmatch(filed):
            return name
    if len(filed.split()) > _MOST_WORDS:
        return f"prose of more than {_MOST_WORDS} words"
    return "an identifier or code" if " " not in filed and _CODE.fullmatch(filed) else None


def _short(text: str) -> str:
    return repr(text.strip() if len(text.strip()) <= 40 else text.strip()[:39] + "\u2026")  # noqa: PLR2004 - fits a line
