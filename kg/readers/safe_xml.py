"""XML from strangers: no entity is expanded, nothing outside is opened, and size, depth and length are bound.

It knows nothing of any vocabulary; it works with a loop and a stack, so that deep nesting cannot exhaust the interpreter.
"""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from kg.errors import LimitError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.readers.limits import Limits

MIB = 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

_CHUNK = 64 * 1024

_PLAIN_WORDS = {
    expat.errors.XML_ERROR_INVALID_TOKEN: "a character or byte that XML does not allow there (wrong encoding, or a bare &)",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the document ends in the middle of a tag",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "the document ends in the middle of a character",
    expat.errors.XML_ERROR_TAG_MISMATCH: "a closing tag that does not match the opening tag",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute that stands twice in one tag",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "something after the end of the document",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "an entity (&name;) that is not defined",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "a namespace prefix that is not declared",
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "the bytes are not in the encoding that the XML declaration names",
    expat.errors.XML_ERROR_UNKNOWN_ENCODING: "the XML declaration names an encoding that is not known",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "a CDATA section that is not closed",
    expat.errors.XML_ERROR_SYNTAX: "text that is not XML",
}

Event = tuple[Literal["start", "end"], Element]


class Name(NamedTuple):
    """An expanded XML name; ``namespace`` is empty where there is none."""

    namespace: str
    local: str


def split_name(tag: str) -> Name:
    """Return the parts of a name in ElementTree's notation.

    >>> split_name("{http://www.w3.org/2000/svg}path")
    Name(namespace='http://www.w3.org/2000/svg', local='path')
    >>> split_name("path")
    Name(namespace='', local='path')
    """
    if tag[:1] != "{":
        return Name("", tag)
    namespace, _, local = tag[1:].rpartition("}")
    return Name(namespace, local)


def load(path: Path, limits: Limits, where: str) -> bytes:
    """Return the bytes of a file, unpacked if it is gzip.

    Raises:
        LimitError: larger than ``limits.file_bytes``, or packed beyond ``limits.archive_ratio``.
        SourceError: it cannot be opened, or the gzip stream is damaged.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(GZIP_MAGIC))
            file.seek(0)
            if head == GZIP_MAGIC:
                most = min(limits.file_bytes, max(MIB, int(path.stat().st_size * limits.archive_ratio)))
                data = gzip.GzipFile(fileobj=file).read(most + 1)
            else:
                most = limits.file_bytes
                data = file.read(most + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(where, f"the gzip stream is damaged or cut off ({error})") from error
    except OSError as error:
        raise SourceError(where, f"cannot be read: {error.strerror or error}") from error
    if len(data) > most:
        raise LimitError(where, f"larger than the {most} bytes that are read of one such file")
    return data


class _RootFoundError(Exception):
    """Carries the root element's name out of expat."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@lru_cache(maxsize=8)
def root_name(head: bytes) -> Name | None:
    """Return the name of the root element, read from the first bytes of a document; None if they are not XML.

    A document type declaration already answers, with no namespace: what follows it may be hostile.
    """
    # byte order marks and the zero bytes of UTF-16 may stand before the first "<"
    if not head[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return None
    parser = expat.ParserCreate(namespace_separator="}")

    def found(name: str, *_rest: object) -> None:
        raise _RootFoundError(name)

    parser.StartElementHandler = found
    parser.StartDoctypeDeclHandler = found
    try:
        parser.Parse(head)
    except _RootFoundError as root:
        namespace, _, local = root.name.rpartition("}")
        return Name(namespace, local)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return None


class _Watch:
    """Handlers of one expat parser: they build elements and stop at whatever is hostile."""

    def __init__(self, limits: Limits, where: str) -> None:
        self.limits = limits
        self.where = where
        self.events: list[Event] = []
        self.depth = 0
        self.text_length = 0
        self.names: dict[str, str] = {}
        self.tree = TreeBuilder()
        self.parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.EntityDeclHandler = self.entity
        parser.SkippedEntityHandler = self.skipped
        parser.ExternalEntityRefHandler = self.external

    def place(self) -> str:
        """Return the present line and column as an editor counts them."""
        return f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self.depth += 1
        self.text_length = 0
        if self.depth > self.limits.xml_depth:
            raise LimitError(self.where, f"{self.place()}: elements are nested deeper than {self.limits.xml_depth}")
        most = self.limits.xml_text_bytes
        foreign = False
        for key, value in attributes.items():
            foreign = foreign or "}" in key
            if len(value) > most:
                raise LimitError(self.where, f"{self.place()}: attribute {key[:80]} is longer than {most} characters")
        if foreign:
            attributes = {self.tag(key): value for key, value in attributes.items()}
        self.events.append(("start", self.tree.start(self.tag(name), attributes)))

    def end(self, name: str) -> None:
        """Close an element."""
        self.depth -= 1
        self.text_length = 0
        self.events.append(("end", self.tree.end(self.tag(name))))

    def text(self, text: str) -> None:
        """Take over a piece of text."""
        self.text_length += len(text)
        if self.text_length > self.limits.xml_text_bytes:
            raise LimitError(self.where, f"{self.place()}: a text is longer than {self.limits.xml_text_bytes} characters")
        self.tree.data(text)

    def tag(self, name: str) -> str:
        """Return expat's ``uri}local`` in ElementTree's notation."""
        fixed = self.names.get(name)
        if fixed is None:
            fixed = self.names[name] = "{" + name if "}" in name else name
        return fixed

    def entity(self, name: str, *_rest: object) -> None:
        """Refuse a document that declares entities: they are how small files grow without bound or read other files."""
        raise SourceError(
            self.where, f"{self.place()}: the document declares the entity {name[:80]}; entities are not expanded"
        )

    def skipped(self, name: str, *_rest: object) -> None:
        """Refuse a reference whose declaration lies outside the document."""
        raise SourceError(
            self.where, f"{self.place()}: the entity {name[:80]} is defined outside the document; it is not fetched"
        )

    def external(self, *_rest: object) -> int:
        """Refuse to open anything outside the document."""
        raise SourceError(self.where, f"{self.place()}: the document refers to something outside itself; it is not fetched")

    def feed(self, chunk: bytes, final: bool, fed: int) -> None:
        """Hand a chunk to expat and say in plain words what is wrong with it."""
        try:
            self.parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise SourceError(self.where, self.sentence(error)) from error
        except (ValueError, LookupError) as error:
            raise SourceError(self.where, f"the encoding that the XML declaration names cannot be read ({error})") from error
        if fed - self.parser.CurrentByteIndex > self.limits.xml_text_bytes + _CHUNK:
            raise LimitError(self.where, f"{self.place()}: a tag or comment is longer than {self.limits.xml_text_bytes} bytes")

    def sentence(self, error: expat.ExpatError) -> str:
        """Return line, column and kind of an XML error."""
        message = expat.ErrorString(error.code)
        if message == expat.errors.XML_ERROR_NO_ELEMENTS:
            words = "the document ends before its elements are closed" if self.depth else "there is no XML element in it"
        else:
            words = _PLAIN_WORDS.get(message, message)
        return f"line {error.lineno}, column {error.offset + 1}: not valid XML: {words}"


def iterparse(data: bytes, limits: Limits, where: str) -> Iterator[Event]:
    """Yield the start and the end of each element, in document order; at its end an element is complete but for its tail.

    A caller with many elements frees memory by clearing those that have ended (their ``tail`` may already be set). The root
    keeps what is not cleared. Comments and processing instructions are dropped.

    Args:
        data: a whole document in any encoding that XML declares itself.
        limits: ``file_bytes``, ``xml_depth`` and ``xml_text_bytes`` count.
        where: name of the source, for messages.

    Raises:
        SourceError: not valid XML (with line and column), or it declares entities.
        LimitError: too large, too deep, or with too long a text, attribute or tag.
    """
    if len(data) > limits.file_bytes:
        raise LimitError(where, f"larger than the {limits.file_bytes} bytes that are read of one such file")
    watch = _Watch(limits, where)
    begin, size = 0, _CHUNK
    while begin == 0 or begin < len(data):
        chunk = data[begin : begin + size]
        watch.feed(chunk, begin + size >= len(data), begin + len(chunk))
        events, watch.events = watch.events, []
        yield from events
        # expat reads an unfinished tag again with each chunk; growing chunks keep that linear
        size = size * 2 if watch.parser.CurrentByteIndex <= begin else _CHUNK
        begin += len(chunk) or 1


def parse(data: bytes, limits: Limits, where: str) -> Element:
    """Return the root element of a document; arguments and errors as for `iterparse`."""
    root: Element | None = None
    for _, element in iterparse(data, limits, where):
        if root is None:
            root = element
    if root is None:
        raise SourceError(where, "there is no XML element in it")
    return root


def inner_xml(element: Element) -> str:
    r"""Return the content of an element as XML: text and children, without the element's own tags.

    Each namespace is declared where it begins, so that the pieces can be read alone; prefixes are not those of the source.

    >>> from kg.readers.limits import Limits
    >>> inner_xml(parse(b'<v>1 &lt; 2<k xmlns="urn:k" b="&#10;"><c/></k>\n</v>', Limits(), "v.xml"))
    '1 &lt; 2<k xmlns="urn:k" b="&#10;"><c/></k>\n'
    """
    out = [_escaped(element.text or "")]
    todo: list[str | tuple[Element, str]] = [(child, "") for child in reversed(element)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
            continue
        node, outer = item
        namespace, local = split_name(node.tag)
        declared = "" if namespace == outer else f' xmlns="{_escaped(namespace, quoted=True)}"'
        start = f"<{local}{declared}{''.join(_attributes(node))}"
        tail = _escaped(node.tail or "")
        if len(node) == 0 and not node.text:
            out.append(f"{start}/>{tail}")
            continue
        out.append(f"{start}>{_escaped(node.text or '')}")
        todo.append(f"</{local}>{tail}")
        todo.extend((child, namespace) for child in reversed(node))
    return "".join(out)


def _attributes(node: Element) -> Iterator[str]:
    """Yield each attribute as it stands in a tag, with a prefix of its own if it has a namespace."""
    for number, (key, value) in enumerate(node.attrib.items()):
        namespace, local = split_name(key)
        text = _escaped(value, quoted=True)
        if not namespace:
            yield f' {local}="{text}"'
        elif namespace == XML_NAMESPACE:
            yield f' xml:{local}="{text}"'
        else:
            yield f' xmlns:n{number}="{_escaped(namespace, quoted=True)}" n{number}:{local}="{text}"'


def _escaped(text: str, *, quoted: bool = False) -> str:
    """Return text as XML writes it; in quotes also line breaks, which a parser would turn into spaces."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    if quoted:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text
