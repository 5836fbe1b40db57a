"""The pages of an open TIFF, and which of their tags have been taken apart already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.problem import Problem
from kg.readers.limits import Limits
from kg.readers.tiff.directory import IMAGE_DESCRIPTION
from kg.readers.tiff.mm import Acquisition
from kg.readers.tiff.tags import DAMAGE, Remarks, Tag, Texts, Tiff, in_plain_words, page_count, raw

MOST_PAGES = 2_000
SOFTWARE = 305


@dataclass(slots=True)
class Pages:
    """An open file: its pages, as far as they are looked at.

    Attributes:
        tiff: the open file.
        name: name of the file, as tables show it.
        where: key of the source, for messages.
        limits: bounds on texts and tables.
        pages: the first pages, with all their tags.
        count: number of pages of the file; None where they cannot be counted.
        texts: turns tags into text.
        problems: what was wrong on the way.
        acquisition: what Micro-Manager says, in whatever tags.
    """

    tiff: Tiff
    name: str
    where: str
    limits: Limits
    texts: Texts
    pages: list[Any] = field(default_factory=list)
    count: int | None = None
    problems: list[Problem] = field(default_factory=list)
    acquisition: Acquisition = field(default_factory=Acquisition)
    _taken: set[int] = field(default_factory=set)

    def tags(self, code: int) -> Iterator[tuple[int, Tag]]:
        """Yield the tags of this code with the number of their page, from 0."""
        for number, page in enumerate(self.pages):
            for tag in page.tags:
                if tag.code == code:
                    yield number, tag

    def first(self, code: int) -> Tag | None:
        """Return the first tag of this code in any page."""
        return next((tag for _, tag in self.tags(code)), None)

    def text(self, tag: Tag | None) -> str:
        """Return a tag as text; empty where there is none."""
        return (self.texts.text(tag) or "") if tag is not None else ""

    def descriptions(self) -> Iterator[tuple[int, Tag, str]]:
        """Yield the ImageDescriptions with the number of their page, from 0."""
        for number, tag in self.tags(IMAGE_DESCRIPTION):
            text = self.text(tag)
            if text.strip():
                yield number, tag, text

    @property
    def software(self) -> str:
        """Return tag Software of the first page."""
        return self.text(next((tag for tag in self.pages[0].tags if tag.code == SOFTWARE), None))

    def bytes_of(self, tag: Tag) -> bytes:
        """Return the bytes of a tag's value."""
        return raw(self.tiff, tag)

    def parsed(self, tag: Tag) -> object:
        """Return what tifffile makes of a tag; None, with a Problem, where it is damaged."""
        try:
            return tag.value
        except DAMAGE as error:
            self.damaged(str(tag.name), error)
            return None

    def damaged(self, name: str, error: Exception) -> None:
        """Say that something could not be taken apart; its text stands as it is."""
        found = f"what cannot be taken apart ({in_plain_words(str(error))[:200] if str(error) else type(error).__name__})"
        self.problems.append(Problem(self.where, "tiff-tag", found, "a sound tag", column=name, repair="the rest is read"))

    def leave_out(self, name: str) -> None:
        """Remember the name of something that is neither text nor a few numbers."""
        if name not in self.texts.left_out:
            self.texts.left_out.append(name)

    def take(self, *tags: Tag | None) -> None:
        """Note that tags have been taken apart, so that they are not told again as they stand."""
        self._taken.update(tag.offset for tag in tags if tag is not None)

    def is_taken(self, tag: Tag) -> bool:
        """Return whether a tag has been taken apart."""
        return tag.offset in self._taken


def pages_of(tiff: Tiff, name: str, where: str, limits: Limits, remarks: Remarks) -> Pages:
    """Return the pages of an open file; raises what a damaged first page does (`kg.readers.tiff.tags.DAMAGE`)."""
    found = Pages(tiff, name, where, limits, Texts(tiff, where))
    found.pages.append(tiff.pages.first)
    count = page_count(tiff, where)
    if isinstance(count, Problem):
        found.problems.append(count)
        return found
    found.count = count
    said = len(remarks.texts)
    for number in range(1, min(count or MOST_PAGES, MOST_PAGES)):
        try:
            found.pages.append(tiff.pages.get(number, validate=False))
        except DAMAGE as error:
            del remarks.texts[said + 2 :]
            why = in_plain_words(str(error))[:200]
            found.problems.append(
                Problem(where, "tiff-pages", f"page {number + 1} that cannot be read ({why})", "a sound page",
                    repair="the metadata of the pages before it is used")
            )  # fmt: skip
            break
    if count is None or count > MOST_PAGES:
        text = f"{count:,}" if count else "more than 10,000"
        found.problems.append(
            Problem(where, "tiff-pages", f"{text} pages", f"at most {MOST_PAGES:,}", severity="info",
                repair="the tags of the pages beyond are not read")
        )  # fmt: skip
    return found
