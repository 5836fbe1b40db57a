r"""Persons: paths of users, e-mail addresses and identifiers of human subjects in columns of texts.

All functions look at whole columns. A column, and before that all columns of a table together, is asked first whether there is
anything at all to look at, in one search; that is what nearly every table costs. Columns hold texts or lists of texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

MASK = "..."
"""What stands in place of a name."""

_B = r"(?-u:\b)"
_START = r"""(?:^|[\s"'=(\[,;>|])"""
_HOME = (
    rf"(?:{_START}(?:/[A-Za-z0-9_.\-]+){{0,4}}/(?:home|users)/"
    rf"|file:/+(?:home|users)/"
    rf"|{_B}[a-z]:[\\/]+(?:users|documents and settings|dokumente und einstellungen)[\\/]+"
    r"|\\\\[^\\/\s]+\\+(?:[^\\/\r\n]+\\+){0,4}?(?:users|home)\\+)"
)
_USER = r"""(?:[^\\/\r\n"'<>|:;,*?]{1,40}([\\/])|[^\\/\s"'<>|:;,*?]+)"""
_USER_PATH = rf"(?im)({_HOME}){_USER}"
_PATHS_AT_ALL = r"(?i)(?:home|users|settings|einstellungen)[\\/]"

_FOLDERS = rf"(?:{_B}[a-zA-Z]:[\\/]+|\\\\|{_START}/)(?:[^\\/\r\n\"<>|:*?]+[\\/]+)*?"
_WORD = r"\p{Lu}['\x{2019}\-]?\p{L}*\p{Ll}[\p{L}'\x{2019}\-]*"
_SURNAME_FIRST = (
    rf"(?m)({_FOLDERS})(?:\p{{Ll}}+ )*{_WORD}(?: {_WORD})?"
    r", ?\p{Lu}[\p{L}'\x{2019}\-]*\.?(?: \p{Lu}[\p{L}.]*)?([\\/]|$)"
)
_OF_SOMEBODY = (
    rf"(?m)({_FOLDERS}(?:(?i:users?)[^\\/\r\n]*|(?i:home|people|staff)(?:[ _\-][^\\/\r\n]*)?)[\\/]+)"
    r"(?:[^\\/\r\n\"<>|:*?]{1,40}([\\/])|[^\\/.\s\"<>|:*?]{1,40}$)"
)
_FOLDERS_AT_ALL = r"(?i)[\\/](?:users?|home|people|staff)[^\\/\r\n]*[\\/]|[\\/][^\\/\r\n]*\p{L}, ?\p{L}"

_MAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9][A-Za-z0-9\-]*(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
_NO_MAIL = r"(?i)@\dx\.(?:png|jpe?g|svg|tiff?|gif)\b|\bgit@"

_DAY = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? \p{L}{3,9}\.?,? \d{4}|\d{8})"
_NAME = r"(?-i:\p{Lu}[\p{L}'\x{2019}\-]+(?:[ ,^]+\p{Lu}[\p{L}.'\x{2019}\-]*)+)"
_SUBJECTS_AT_ALL = (
    rf"(?im)patient|{_B}mrn{_B}|medical.record|hospital.n|{_B}nhs{_B}|{_B}ssn{_B}|social.security|birth|{_B}d\.?o\.?b{_B}"
    rf"|{_B}born{_B}|geburt|{_B}geb\.|{_B}[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}{_B}|^\s*[0-9]{{3}} [0-9]{{3}} [0-9]{{4}}\s*$"
)
_PATIENT = (
    rf"(?i)(?:{_B}patient(?:in|en)?(?:['\x{{2019}}]?s)?(?:[ _]*(?:full|first|last)?[ _]*name)?|name des patienten)\s*[:=]\s*"
    rf"(?:(?:mrs?|ms|dr|herr|frau)\.?\s+)?{_NAME}"
)
_RECORD = (
    rf"(?i){_B}(?:mrn|medical record(?: number| no\.?)?|hospital (?:number|no\.?))\s*[:#=.]?\s*#?\s*"
    r"[a-z]{0,3}-?[0-9](?:-?[0-9]){3,}"
)
_BIRTH = (
    rf"(?i){_B}(?:d\.?o\.?b\.?|date of birth|birth[ -]?(?:date|day)|born(?: on)?|geburtsdatum|geb\.(?: am)?)\s*[:=]?\s*{_DAY}"
)
_ANIMAL = (
    r"(?i)\b(?:mouse|mice|murine|rats?|animals?|litters?|pups?|zebrafish|fish|larvae?|embryos?|fly|flies|drosophila|strain)\b"
)
_SECURITY = r"(?:^|[^\w\-])(?:ssn[^0-9]{0,12})?([0-9]{3})-([0-9]{2})-([0-9]{4})(?:$|[^\w\-])"
_SECURITY_WORDS = (
    rf"(?i){_B}(?:ssn|social security(?: number| no\.?)?)[^0-9]{{0,12}}[0-9]{{3}}[- ]?[0-9]{{2}}[- ]?[0-9]{{4}}{_B}"
)
_NHS = rf"(?i)(?:{_B}nhs{_B}[^0-9]{{0,20}}|^\s*)([0-9]{{3}})([ \-]?)([0-9]{{3}})[ \-]?([0-9]{{4}})(?:$|[^0-9])"
_NHS_ALONE = r"^\s*[0-9]{3} [0-9]{3} [0-9]{4}\s*$"

_HEADER = re.compile(
    r"(?:^|[^a-z])(?:"
    r"(?:other)?patient'?s?[ _.\-]*(?:names?|(?:first|last|family|full)[ _\-]?name|surname"
    r"|birth[ _\-]?(?:date|day|name|time)\w*"
    r"|date[ _\-]of[ _\-]birth|dob|address|telephone\w*|phone\w*|mother\w*|initials|insurance\w*|religious\w*)"
    r"|(?:other)?patient'?s?[ _.\-]*ids?|medicalrecordlocator|patientcomments?|additionalpatienthistory"
    r"|currentpatientlocation|patientinstitutionresidence|patienttelecominformation|responsibleperson"
    r"|(?:donor|participant)'?s?[ _.\-]*(?:(?:full|first|last|family)[ _\-]?name|surname|birth[ _\-]?date"
    r"|date[ _\-]of[ _\-]birth|dob|address|phone\w*)"
    r"|mrn|medical[ _\-]?record[ _\-]?(?:number|no|id)|nhs[ _\-]?(?:number|no)|ssn|social[ _\-]?security[ _\-]?(?:number|no)"
    r"|hospital[ _\-]?(?:number|no|id)|labeltext|barcodevalue|(?:slide|specimen)[ _\-]?label[ _\-]?(?:text|barcode)"
    r")\.?\]?$",
    re.IGNORECASE,
)
_BIRTH_HEADER = re.compile(
    r"(?:^|[^a-z])(?:d\.?o\.?b\.?|date[ _\-]?of[ _\-]?birth|birth[ _\-]?(?:date|day)|geburtsdatum)\]?$", re.IGNORECASE
)
_ANIMAL_HEADER = re.compile(
    r"strain|genotype|mouse|mice|(?:^|[^a-z])rats?(?:$|[^a-z])|animal|litter|cage|zebrafish|breed", re.IGNORECASE
)
_NOBODY = (
    r"(?i)^\W*(?:anon\w*(?:\W.*)?|de-?identified.*|removed|redacted|masked|x+|0+|unknown|none|n/?a|null|not applicable"
    r"|not available|true|false|yes|no)?\W*$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Cells of one column that name people.

    Attributes:
        column: the column.
        what: what it is, in words that hold nothing of it.
        values: the column with names taken out, or with null in place of cells that identify a human subject.
        rows: True where a cell was changed.
        count: how many values were; a cell may be a list of several.
    """

    column: str
    what: str
    values: pl.Series
    rows: pl.Series
    count: int


def found_user_paths(frame: pl.DataFrame) -> list[Found]:
    r"""Return the columns with paths below the folder of a user, without the name of the user.

    >>> frame = pl.DataFrame({"Path": [r"D:\\Users\\jane\\a.czi", "/home/jane/a.tif", "https://x.org/home/a"]})
    >>> found_user_paths(frame)[0].values.to_list()
    ['D:\\\\Users\\\\...\\\\a.czi', '/home/.../a.tif', 'https://x.org/home/a']
    """
    return _found(frame, _names(frame), _PATHS_AT_ALL, _without_user)


def found_folders(frame: pl.DataFrame) -> list[Found]:
    r"""Return the columns with paths that have a folder named like a person, without that name.

    That is a part like ``Surname, Given``, or whatever follows a part that begins with ``user`` or is ``people``, ``staff`` or
    ``home``. It may hit folders that are of nobody, so it is for texts that no rule takes, or where nobody at all is kept.

    >>> frame = pl.DataFrame({"Path": [r"W:\Andrews, Laura\a.czi", r"D:\User data\Julia\b.czi"]})
    >>> found_folders(frame)[0].values.to_list()
    ['W:\\...\\a.czi', 'D:\\User data\\...\\b.czi']
    """
    return _found(frame, _names(frame), _FOLDERS_AT_ALL, _without_folders)


def without_mails(values: pl.Series) -> Found | None:
    """Return texts without e-mail addresses, or None where there are none.

    >>> without_mails(pl.Series("c", ["ask jane@lab.org", "icon@2x.png"])).values.to_list()
    ['ask ...', 'icon@2x.png']
    """
    if not values.str.contains("@", literal=True).any():
        return None
    has = values.str.contains(_MAIL) & ~values.str.contains(_NO_MAIL)
    if not has.any():
        return None
    masked = _where(has, values.str.replace_all(_MAIL, MASK), values)
    return Found(values.name, "an e-mail address", masked, has.fill_null(value=False), int(has.sum()))


def found_subjects(frame: pl.DataFrame) -> list[Found]:
    """Return the columns with identifiers of human subjects, null where a cell has one.

    These are names of patients, numbers of medical records, NHS numbers, social security numbers and dates of birth, said by
    the header of the column, or by words or a check digit inside a text. Dates of birth of animals are none.
    """
    names = [name for name in _names(frame) if not name.startswith("_") or "." in name or name == "_text"]
    is_animal = any(_is_animal(name) for name in names)
    spoken = {name: what for name in names if (what := _by_header(name, is_animal=is_animal))}
    found = [done for name, what in spoken.items() if (done := _emptied(frame[name], _somebody, what)) is not None]
    others = [name for name in names if name not in spoken]
    return found + _found(frame, others, _SUBJECTS_AT_ALL, _without_subjects)


def says_subject(name: str) -> bool:
    """Return whether a column, or a key, says by its name that it is about a human subject.

    >>> says_subject("Patient ID"), says_subject("Sample ID")
    (True, False)
    """
    return _HEADER.search(name) is not None


def is_nhs_number(digits: str) -> bool:
    """Return whether ten digits have the check digit of an NHS number (https://www.datadictionary.nhs.uk, modulus 11).

    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    rest = 11 - sum(int(d) * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return len(set(digits)) > 1 and rest % 11 == int(digits[9]) and rest != 10  # noqa: PLR2004 - ten is no digit


def _names(frame: pl.DataFrame) -> list[str]:
    return [name for name, kind in frame.schema.items() if _is_text(kind) and name != "_source"]


def _is_text(kind: pl.DataType) -> bool:
    return kind == pl.String or (isinstance(kind, pl.List) and kind.inner == pl.String)


def _found(frame: pl.DataFrame, names: Sequence[str], at_all: str, look: Callable[[pl.Series], Found | None]) -> list[Found]:
    """Return what is found in the columns that an expression fits somewhere."""
    if not names or not _fits(frame, names, at_all):
        return []
    some = (name for name in names if _fits(frame, [name], at_all))
    return [found for name in some if (found := look(frame[name])) is not None]


def _fits(frame: pl.DataFrame, names: Iterable[str], expression: str) -> bool:
    """Return whether an expression fits anywhere in some columns, by one search of all their texts put together."""
    schema = frame.schema
    texts = (
        pl.col(name).list.join("\n", ignore_nulls=True) if isinstance(schema[name], pl.List) else pl.col(name) for name in names
    )
    whole = pl.concat_str([text.str.join("\n") for text in texts], separator="\n")
    return bool(frame.select(whole.str.contains(expression).alias("fits"))["fits"][0])


def _without_user(values: pl.Series) -> Found | None:
    return _each(values, _mask_user, "the name of a user in a path")


def _mask_user(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    masked = values.str.replace_all(_USER_PATH, f"${{1}}{MASK}${{2}}")
    return masked, (masked != values).fill_null(value=False)


def _without_folders(values: pl.Series) -> Found | None:
    return _each(values, _mask_folders, "a folder of a person in a path")


def _mask_folders(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    masked = values
    for path in (_SURNAME_FIRST, _OF_SOMEBODY):
        masked = masked.str.replace_all(path, f"${{1}}{MASK}${{2}}")
    return masked, (masked != values).fill_null(value=False)


def _without_subjects(values: pl.Series) -> Found | None:
    return _emptied(values, _identifies, "an identifier of a human subject")


def _emptied(values: pl.Series, test: Callable[[pl.Series], pl.Series], what: str) -> Found | None:
    def empty(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        changed = test(texts).fill_null(value=False)
        return _where(~changed, texts, pl.Series(texts.name, [None], pl.String).new_from_index(0, texts.len())), changed

    return _each(values, empty, what)


def _each(values: pl.Series, change: Callable[[pl.Series], tuple[pl.Series, pl.Series]], what: str) -> Found | None:
    """Change a column, or the values of a column of lists, and say where it was changed."""
    if values.dtype == pl.String:
        made, changed = change(values)
        return Found(values.name, what, made.alias(values.name), changed, int(changed.sum())) if changed.any() else None
    cells = pl.DataFrame({"v": values}).with_row_index("i")
    apart = cells.explode("v")
    made, changed = change(apart["v"])
    if not changed.any():
        return None
    apart = apart.with_columns(made.alias("v"), changed.alias("c"))
    whole = apart.group_by("i", maintain_order=True).agg("v", pl.col("c").any())
    empty = values.is_null() | (values.list.len() == 0)
    return Found(values.name, what, _where(~empty, whole["v"], values).alias(values.name), whole["c"], int(changed.sum()))


def _where(mask: pl.Series, yes: pl.Series, no: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"m": mask, "y": yes, "n": no})
    return frame.select(pl.when("m").then("y").otherwise("n").alias(no.name or "v")).to_series()


@lru_cache(maxsize=16384)
def _by_header(name: str, *, is_animal: bool) -> str:
    if says_subject(name):
        return "a column about a human subject"
    return "dates of birth" if _BIRTH_HEADER.search(name) and not is_animal else ""


@lru_cache(maxsize=16384)
def _is_animal(name: str) -> bool:
    return _ANIMAL_HEADER.search(name) is not None


def _somebody(values: pl.Series) -> pl.Series:
    return ~values.str.contains(_NOBODY)


def _identifies(values: pl.Series) -> pl.Series:
    """Return which texts say who a human subject is."""
    frame = pl.DataFrame({"v": values})
    cell = pl.col("v")
    area = cell.str.extract(_SECURITY, 1)
    security = area.is_not_null() & ~area.str.contains("^(?:000|666|9..)$") & ~cell.str.contains(r"-00-[0-9]{4}|-[0-9]{2}-0000")
    birth = cell.str.contains(_BIRTH) & ~cell.str.contains(_ANIMAL)
    sure = cell.str.contains(_PATIENT) | cell.str.contains(_RECORD) | cell.str.contains(_SECURITY_WORDS)
    nhs = pl.concat_str(cell.str.extract(_NHS, 1), cell.str.extract(_NHS, 3), cell.str.extract(_NHS, 4))
    named = cell.str.contains(rf"(?i){_B}nhs{_B}") | cell.str.contains(_NHS_ALONE)
    made = frame.select((sure | birth | security).alias("is"), pl.when(named).then(nhs).alias("nhs"))
    digits = made["nhs"].drop_nulls().unique().to_list()
    checked = [text for text in digits if is_nhs_number(text)]
    return made["is"] | made["nhs"].is_in(checked).fill_null(value=False) if checked else made["is"]
