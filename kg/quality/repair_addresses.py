"""DOIs, web addresses and e-mail addresses: what is wrong with one, and what should stand there.

DOI: https://www.doi.org/doi-handbook/; IRIs: RFC 3987; e-mail: RFC 5322, as far as anybody uses it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kg.curie import is_iri
from kg.quality.repair_text import Repair, placeholder

_DOI_FINE = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s?|info:doi/)?(10\.\d{4,9}(?:\.\d+)*/[^\s\"]*[\w)/>;#+-])", re.IGNORECASE
)
_DOI_START = re.compile(r"10\.\d{4,9}(?:\.\d+)*(?:/|%2F)", re.IGNORECASE)
_DOI_LABEL = re.compile(r"(?:[\s:/.,;=\"'(<\[-]|https?|dx|www|doi(?:\s?\.\s?org)?|digital object identifier)*", re.IGNORECASE)
_DOI_HALVED = re.compile(r"(?:[\s:/]|https?|dx\.|www\.|doi(?:\.org)?)*?0?\.(\d{4,9}/\S+)", re.IGNORECASE)
_PREPRINT = re.compile(r"(?:(?:bio|med)rxiv[\s:]*)?((?:19|20)\d\d\.[01]\d\.[0-3]\d\.\d{5,9})(?:v\d+)?", re.IGNORECASE)
_PREPRINT_TAIL = re.compile(r"(?:v\d+)?(?:\.(?:full|abstract|article-info).*)?$")
_PAGE = re.compile(r"/(?:full|abstract|pdf|epdf|html|meta|download)(?:[/?].*)?$", re.IGNORECASE)
_END = ".,;:'\"*\u201d\u2019"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_NO_IRI = re.compile(r"[<>\"{}|\\^`]")
_WORDS = re.compile(r"[^\W\d_][^\d]*")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?#]\S*)?")
_WEB = re.compile(r"(?:h{0,2}t{1,4}p{1,2}s{0,2})\s*[:;]?\s*[/\\]{1,3}\s*(?=\S)", re.IGNORECASE)
_SPACED_FILE = re.compile(r"(?:https?|ftp|s3)://(?:[\w-]+\.)+[\w-]+(?::\d+)?/\S[^<>\"{}|\\^`\t\r\n]*\.\w{1,8}")
_MISSPELT_WEB = re.compile(r"(?!https?:)(?:h{1,2}t{1,4}p{1,2}s{0,2}|htps?|ttps?):", re.IGNORECASE)
_TWICE = re.compile(r"(?:https?:/{0,2}){2,}", re.IGNORECASE)
_BARE_ACCESSION = re.compile(r"[A-Za-z]{1,10}[-_]?\d[\w.-]*")

_LOCAL, _LABEL = r"[\w.!#$%&'*+/=?^`{|}~-]+", r"(?!-)[\w-]+(?<!-)"
_EMAIL = re.compile(rf"(?!\.){_LOCAL}(?<!\.)@(?:{_LABEL}\.)+[^\W\d_]{{2,}}")
_DRESSED = re.compile(
    r"(?:mailto:|e-?mail\s*:)?[^<>@]*<\s*([^<>\s]+@[^<>\s]+)\s*>|(?:mailto:|e-?mail\s*:)\s*(\S+)", re.IGNORECASE
)
_AT = re.compile(r"\s*[\[({<]\s*at\s*[\])}>]\s*|\s+at\s+(?=\S+\.\w+$)", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({<]\s*dot\s*[\])}>]\s*", re.IGNORECASE)
_MISSPELT = {"con": "com", "cmo": "com", "comm": "com", "ocm": "com", "eud": "edu", "ogr": "org"}


def doi(text: str) -> Repair:
    """Look at a DOI; its normal form is the IRI under https://doi.org/ in lower case.

    >>> doi("0.1101/2025.01.01.123456").value, doi("TBD").value
    ('https://doi.org/10.1101/2025.01.01.123456', '')
    """
    if found := _DOI_FINE.fullmatch(text):
        body, tail = _trimmed(found[1])
        if not tail and not _PAGE.search(body):
            return Repair(_as_doi(body))
    if nothing := placeholder(text):
        return nothing
    starts = list(_DOI_START.finditer(text))
    if len(starts) > 1 and len({text[s.start() :].split(maxsplit=1)[0].rstrip(_END).lower() for s in starts}) > 1:
        return Repair("", f"{len(starts)} DOIs in one text")
    if starts:
        return _unwrapped(text[: starts[0].start()], text[starts[0].start() :])
    if half := _DOI_HALVED.fullmatch(text):
        return Repair(_as_doi(_trimmed("10." + half[1])[0]), "the first digit of the DOI is missing")
    if number := _PREPRINT.fullmatch(text):
        proposal = _as_doi("10.1101/" + number[1])
        return Repair("", "only the second half of the DOI of a preprint (bioRxiv or medRxiv)", proposal)
    return Repair("", "not a DOI, which begins with 10. and has a slash")


def _unwrapped(before: str, rest: str) -> Repair:
    """Look at a text with one DOI in it and something before or after it."""
    head, *words = rest.split()
    body, tail = _trimmed(re.sub("%2f", "/", head, flags=re.IGNORECASE))
    after = " ".join(words)
    labelled = _DOI_LABEL.fullmatch(before) is not None
    if labelled and before.strip() and not tail and not after and body == head:
        reason = "more than the DOI or its address before it"
    elif tail or after:
        reason = f"{(tail + ' ' + after).strip()!r} after the DOI"
    else:
        reason = "white space inside or a spelling that resolvers refuse" if labelled else "the address of a page, not the DOI"
    if page := _PAGE.search(body):
        return Repair("", "the address of a page, not the DOI", _as_doi(body[: page.start()]))
    if not labelled:
        return Repair("", "the address of a page or a sentence, not the DOI", _as_doi(_PREPRINT_TAIL.sub("", body)))
    if after and not _WORDS.fullmatch(after):
        whole = body if after[0] in "([{" else _trimmed(head + "".join(words))[0]
        return Repair("", reason, _as_doi(whole))
    return Repair(_as_doi(body), reason)


def _trimmed(body: str) -> tuple[str, str]:
    """Return a text without the punctuation and unpaired brackets at its end, and what was taken off."""
    size = len(body)
    while size:
        last = body[size - 1]
        unpaired = last in _BRACKETS and body[:size].count(last) > body[:size].count(_BRACKETS[last])
        if last not in _END and not unpaired:
            break
        size -= 1
    return body[:size], body[size:]


def _as_doi(body: str) -> str:
    encoded = _NO_IRI.sub(lambda m: f"%{ord(m[0]):02X}", body.lower())
    return "https://doi.org/" + re.sub(r"%[0-9a-f]{2}", lambda m: m[0].upper(), encoded)


def url(text: str) -> Repair:
    """Look at a web address; an absolute IRI of any scheme is right as it is.

    >>> url("https:// example.org/a").value, url("10.1234/x").value
    ('https://example.org/a', 'https://doi.org/10.1234/x')
    """
    broken = _TWICE.match(text) or _MISSPELT_WEB.match(text) or re.match(r"https?:(?!//[\w\[])", text, re.IGNORECASE)
    if is_iri(text) and not broken:
        body, tail = _trimmed(text)
        web = text.lower().startswith(("http://", "https://"))
        return Repair(body, f"{tail!r} after the address") if web and tail.strip("*'") else Repair(text)
    if nothing := placeholder(text):
        return nothing
    if _SPACED_FILE.fullmatch(text):
        return Repair(re.sub(r"\s", "%20", text))
    inner = text.strip("<>\"' \t")
    if _DOI_FINE.fullmatch(inner):
        return replace(doi(inner), reason="a DOI, not an address")
    compact = _trimmed(re.sub(r"\s+", "", _TWICE.sub(lambda m: m[0][m[0].lower().rindex("http") :], inner)))[0]
    scheme = re.match(r"[a-z]*", compact, re.IGNORECASE)
    secure = "http" if scheme and not scheme[0].lower().endswith("s") else "https"
    repaired = re.sub(rf"^{_WEB.pattern}", f"{secure}://", compact, flags=re.IGNORECASE)
    if repaired.startswith(("http://", "https://")) and is_iri(repaired) and _HOST.fullmatch(repaired.partition("//")[2]):
        spaced = len(inner.split()) > 1
        if spaced and not re.match(r"\S*[:/]\s+\S+$", inner):
            first = _trimmed(inner.split()[0])[0]
            return Repair("", "white space inside the address, or words beside it", first if is_iri(first) else repaired)
        return Repair(repaired, "a spelling that no browser follows")
    if _HOST.fullmatch(compact) and len(inner.split()) == 1 and (compact.lower().startswith("www.") or "/" in compact):
        return Repair(f"https://{compact}", "an address without https://")
    if _BARE_ACCESSION.fullmatch(inner):
        return Repair("", "an accession, not an address; its repository has to be told")
    return Repair("", "not an address")


def email(text: str) -> Repair:
    """Look at an e-mail address.

    >>> email("a@b.orga@b.org").value, email("x y <a@b.org>").value
    ('a@b.org', 'a@b.org')
    """
    if _EMAIL.fullmatch(text) and ".." not in text:
        ending = text.rpartition(".")[2].lower()
        if ending in _MISSPELT:
            proposal = text[: -len(ending)] + _MISSPELT[ending]
            return Repair("", f"no address ends in .{ending}", proposal)
        return Repair(text)
    if nothing := placeholder(text):
        return nothing
    half = len(text) // 2
    if len(text) % 2 == 0 and text[:half] == text[half:] and _is_email(text[:half]):
        return Repair(text[:half], "the same address twice")
    if dressed := _DRESSED.fullmatch(text):
        inner = (dressed[1] or dressed[2]).strip(".,;")
        if _is_email(inner):
            return Repair(inner, "more than the address")
    parts = [part for part in re.split(r"[\s,;/]+|\band\b", text) if part]
    if len(parts) > 1 and all(_is_email(part) for part in parts):
        same = len({part.lower() for part in parts}) == 1
        return Repair(parts[0] if same else "", "the same address twice" if same else f"{len(parts)} addresses in one text")
    return _one_email(text)


def _one_email(text: str) -> Repair:
    plain = _trimmed(text.strip("<>()[]\"'"))[0]
    if plain != text and _is_email(plain):
        return Repair(plain, "punctuation around the address")
    spelt = _DOT.sub(".", _AT.sub("@", text))
    if spelt != text and _is_email(spelt):
        return Repair(spelt, "the address in words, as against robots")
    compact = re.sub(r"\s+", "", text)
    if compact != text and _is_email(compact):
        return Repair(compact, "white space inside the address")
    if ".." in text:
        return Repair("", "two dots in a row: a letter or a word is missing")
    pieces = text.split("@")
    if len(pieces) == 1:
        return Repair("", "not an e-mail address: it has no @")
    if len(pieces) > 2:  # noqa: PLR2004 - one @ makes two pieces
        shorter = f"{pieces[0]}@{pieces[-1]}"
        said_twice = all(part and part in pieces[0] for part in pieces[1:-1])
        return Repair("", "more than one @", shorter if said_twice and _is_email(shorter) else "")
    if "," in text and _is_email(text.replace(",", ".")):
        return Repair("", "a comma in the address", text.replace(",", "."))
    if pieces[1] and "." not in pieces[1]:
        return Repair("", "the domain is cut off or has no ending")
    return Repair("", "not an e-mail address")


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None and ".." not in text
