"""Templates: an IRI or a text with ``{column}`` parts, filled for a whole column of rows at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from kg.curie import PREFIXES, TERM_NAMESPACES, base_iri, encode
from kg.errors import MappingError
from kg.table import ROW

_PART = re.compile(r"\{([^{}]*)\}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_ASCII_UNSAFE = [chr(c) for c in range(128) if encode(chr(c)) != chr(c)]
_ASCII_ENCODED = [encode(c) for c in _ASCII_UNSAFE]
_UNSAFE = r"[^A-Za-z0-9\-._~]"
_RARE = r"[\x{80}-\x{9f}\x{e000}-\x{f8ff}\x{fdd0}-\x{fdef}\x{fff0}-\x{ffff}\x{e0000}-\x{e0fff}\x{f0000}-\x{10ffff}]"
# A web address that means the same everywhere; localhost and names without a dot do not.
WEB_IRI = r'^https?://[^\s/<>"{}|\\^`\[\]:@]+\.[^\s/<>"{}|\\^`\[\]:@]+(:\d+)?([/?#]([^\s<>"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})*)?$'


@dataclass(frozen=True, slots=True)
class Template:
    """A template, parsed.

    Attributes:
        parts: literal texts at even places, column names at odd ones.
        scoped: True when the IRI lies under the source's own IRI (nobody else states anything about it).
        whole: True for ``{column|iri}``: the cell is taken as it is, where it is a web IRI.
        text: True for a text, in which nothing is encoded.
    """

    parts: tuple[str, ...]
    scoped: bool
    whole: bool = False
    text: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that must be filled."""
        return self.parts[1::2]

    def bound(self, groups: Mapping[str, str]) -> Template:
        """Return the template with texts, such as what a column pattern matched, in place of the columns of those names.

        >>> parse_text("{key}: {}").bound({"key": "pH {x}"}).parts
        ('pH {x}: ', '', '')
        """
        parts = [self.parts[0]]
        for name, text in zip(self.parts[1::2], self.parts[2::2], strict=True):
            if name in groups:
                parts[-1] += (groups[name] if self.text else encode(groups[name])) + text
            else:
                parts += [name, text]
        return replace(self, parts=tuple(parts))


def parse_iri(text: str) -> Template:
    """Parse an IRI template; without a scheme it lies under the source's IRI.

    Raises:
        MappingError: its prefix is unknown.
    """
    parts = _PART.split(text)
    if len(parts) == 3 and not parts[0] and not parts[2] and parts[1].endswith("|iri"):  # noqa: PLR2004 - one reference
        return Template(("", parts[1].removesuffix("|iri"), ""), scoped=False, whole=True)
    scheme = _SCHEME.match(parts[0])
    if scheme is None:
        return Template(tuple(parts), scoped=True)
    prefix, rest = scheme.group(1), parts[0][scheme.end() :]
    if prefix in {"http", "https", "urn"}:
        return Template(tuple(parts), scoped=False)
    if prefix == "base":
        return Template((base_iri() + rest, *parts[1:]), scoped=False)
    namespace = TERM_NAMESPACES.get(prefix) or PREFIXES.get(prefix)
    if namespace is None:
        raise MappingError("template", f"{text!r} begins with the unknown prefix {prefix!r}")
    return Template((namespace + rest, *parts[1:]), scoped=False)


def parse_text(text: str) -> Template:
    """Parse a template for a literal: the columns are put in as they are."""
    return Template(tuple(_PART.split(text)), scoped=False, text=True)


def encoded(values: pl.Series) -> pl.Series:
    """Percent-encode a String column by the rule of ``kg.curie.encode``; clean columns cost one look.

    >>> encoded(pl.Series(["a b", "[1]", None])).to_list()
    ['a%20b', '%5B1%5D', None]
    """
    if values.dtype != pl.String:  # a row number
        return values.cast(pl.String)
    if not values.str.contains(_UNSAFE).any():
        return values
    done = values.str.replace_many(_ASCII_UNSAFE, _ASCII_ENCODED)
    rare = values.str.contains(_RARE)
    if rare.any():
        frame = pl.DataFrame({"v": values, "d": done, "r": rare})
        odd = values.filter(rare.fill_null(value=False)).unique().to_list()
        exact = pl.col("v").replace_strict(odd, [encode(v) for v in odd], default=None, return_dtype=pl.String)
        done = frame.select(pl.when("r").then(exact).otherwise("d")).to_series()
    return done


def iris(template: Template, frame: pl.DataFrame, source: pl.Expr) -> pl.Series:
    """Fill an IRI template for every row; null where one of its columns is null.

    Args:
        template: parsed by ``parse_iri``.
        frame: has the template's columns as String, and ``_row``.
        source: the IRI of the row's source.
    """
    if template.whole:
        name = template.columns[0]
        cell = pl.col(name).list.drop_nulls().list.first() if isinstance(frame[name].dtype, pl.List) else pl.col(name)
        return frame.select(pl.when(cell.str.contains(WEB_IRI)).then(cell).alias("iri")).to_series()
    own = frame.select(
        ROW, source.alias("_source"), *(encoded(_plain(frame[c])).alias(f"c{i}") for i, c in enumerate(template.columns))
    )
    texts = [pl.lit(part) if i % 2 == 0 else pl.col(f"c{i // 2}") for i, part in enumerate(template.parts) if i % 2 or part]
    if template.scoped:
        texts = [pl.col("_source"), pl.lit("/"), *texts]
    return own.with_columns(pl.concat_str(texts).alias("iri"))["iri"]


def texts(template: Template, frame: pl.DataFrame) -> pl.Series:
    """Fill a text template for every row; null where one of its columns is null."""
    frame = frame.select(pl.first().alias("_n"), *(_plain(frame[c]).alias(f"c{i}") for i, c in enumerate(template.columns)))
    parts = [pl.lit(part) if i % 2 == 0 else pl.col(f"c{i // 2}") for i, part in enumerate(template.parts) if i % 2 or part]
    return frame.with_columns(pl.concat_str(parts).alias("_text"))["_text"]


def _plain(values: pl.Series) -> pl.Series:
    """Return a column as one text per row: the values of a list joined by a comma, null where there is none."""
    if not isinstance(values.dtype, pl.List):
        return values
    joined = pl.col("v").list.join(", ", ignore_nulls=True)
    return pl.DataFrame({"v": values}).select(pl.when(joined != "").then(joined).alias("v"))["v"]
