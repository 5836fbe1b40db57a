"""XML from strangers: what is refused, and with which words."""

import gzip
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import LimitError, SourceError
from kg.readers.limits import Limits
from kg.readers.safe_xml import Name, inner_xml, iterparse, load, parse, root_name

LIMITS = Limits()

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE OME [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<OME>&c;</OME>"""


def refused(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceError) as caught:
        parse(data, limits, "box/a.xml")
    assert caught.value.where == "box/a.xml"
    return caught.value.what


def test_entities_are_refused_where_they_are_declared():
    assert "line 2, column" in refused(BILLION_LAUGHS)
    assert "declares the entity a" in refused(BILLION_LAUGHS)


def test_quadratic_blow_up_is_refused():
    text = b'<!DOCTYPE a [<!ENTITY long "' + b"x" * 50_000 + b'">]><a>' + b"&long;" * 50_000 + b"</a>"
    assert "declares the entity long" in refused(text)


def test_a_file_named_as_entity_is_not_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("never seen", encoding="utf-8")
    what = refused(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())
    assert "declares the entity x" in what
    assert "never seen" not in what


def test_parameter_entities_are_refused():
    assert "declares the entity p" in refused(b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://localhost/x.dtd"> %p;]><a/>')


def test_an_entity_defined_in_an_external_dtd_is_not_dropped_silently():
    assert "not fetched" in refused(b'<!DOCTYPE a SYSTEM "a.dtd"><a>1&x;2</a>')


def test_a_document_type_without_entities_is_read():
    assert parse(b'<!DOCTYPE a SYSTEM "a.dtd"><a b="1"/>', LIMITS, "a").attrib == {"b": "1"}


def test_deep_nesting_is_refused_before_it_hurts():
    data = b"<a>" * 100_000 + b"</a>" * 100_000
    with pytest.raises(LimitError, match="nested deeper than 200"):
        parse(data, LIMITS, "deep.xml")


def test_depth_up_to_the_limit_is_read():
    root = parse(b"<a>" * 5000 + b"</a>" * 5000, Limits(xml_depth=5000), "deep.xml")
    assert inner_xml(root).count("<a") == 4999


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<a>" + b"x" * 101 + b"</a>", "a text is longer than 100"),
        (b'<a b="' + b"x" * 101 + b'"/>', "attribute b is longer than 100"),
    ],
)
def test_long_texts_and_attributes_are_refused(data, words):
    with pytest.raises(LimitError, match=words):
        parse(data, Limits(xml_text_bytes=100), "long.xml")


def test_text_in_many_pieces_counts_as_one():
    with pytest.raises(LimitError, match="a text is longer than 100"):
        parse(b"<a>" + b"x<!-- -->" * 101 + b"</a>", Limits(xml_text_bytes=100), "long.xml")


def test_an_endless_tag_is_refused_without_reading_it_over_and_over():
    with pytest.raises(LimitError, match="a tag or comment is longer"):
        parse(b"<a><!--" + b"x" * (8 * 1024 * 1024), Limits(xml_text_bytes=1024), "comment.xml")


def test_a_large_file_is_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"<a>" + b" " * 100 + b"</a>")
    with pytest.raises(LimitError, match="larger than the 50 bytes"):
        load(path, Limits(file_bytes=50), "a.xml")
    with pytest.raises(LimitError, match="larger than the 50 bytes"):
        parse(path.read_bytes(), Limits(file_bytes=50), "a.xml")


def test_gzip_is_unpacked_and_a_gzip_bomb_is_not(tmp_path):
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(b"<a/>"))
    assert load(path, LIMITS, "a.xml.gz") == b"<a/>"
    path.write_bytes(gzip.compress(b"<a>" + b" " * 20_000_000 + b"</a>"))
    with pytest.raises(LimitError, match="larger than"):
        load(path, LIMITS, "a.xml.gz")
    path.write_bytes(gzip.compress(b"<a>" + bytes(range(256)) * 50 + b"</a>")[:-20])
    with pytest.raises(SourceError, match="cut off"):
        load(path, LIMITS, "a.xml.gz")
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        load(tmp_path / "no.xml", LIMITS, "no.xml")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "there is no XML element in it"),
        (b"<a>\n  <b>", "line 2, column 6: not valid XML: the document ends before its elements are closed"),
        (b"<a></b>", "line 1, column 6: not valid XML: a closing tag that does not match the opening tag"),
        (b"<a>x\n\xb5m</a>", "line 2, column 1: not valid XML: a character or byte that XML does not allow there"),
        (b"<a b='1' b='2'/>", "an attribute that stands twice"),
        (b"<a/><b/>", "something after the end"),
        (b"<a>&nbsp;</a>", "an entity (&name;) that is not defined"),
        (b"<x:a/>", "a namespace prefix that is not declared"),
        (b'<a b="', "ends in the middle of a tag"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "not in the encoding that the XML declaration names"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "the encoding that the XML declaration names cannot be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a/>', "the encoding that the XML declaration names cannot be read"),
        (b"name,age\n", "text that is not XML"),
    ],
)
def test_invalid_xml_gives_line_and_column_in_plain_words(data, words):
    assert words in refused(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252"])
def test_each_encoding_that_xml_declares_is_read(encoding):
    name = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    data = f'<?xml version="1.0" encoding="{name}"?><a b="°">µm</a>'.encode(encoding)
    root = parse(data, LIMITS, "a.xml")
    assert (root.text, root.attrib) == ("µm", {"b": "°"})
    assert root_name(data) == Name("", "a")


def test_the_root_is_named_from_the_head_alone():
    assert root_name(b'<?xml version="1.0"?><!-- c --><o:OME xmlns:o="urn:o" a="1"><cut') == Name("urn:o", "OME")
    assert root_name(BILLION_LAUGHS) == Name("", "OME")
    assert root_name(b"a,b\n1,2") is None
    assert root_name(b"") is None
    assert root_name(b"<!-- only") is None


def test_the_same_tree_as_the_standard_library_builds():
    data = b'<r xmlns="urn:r" xmlns:x="urn:x"> t <x:a x:k="1" l="2">u<!-- c -->v</x:a> w <?p?><b/>\n</r>'
    assert ET.tostring(parse(data, LIMITS, "r.xml")) == ET.tostring(ET.fromstring(data))  # noqa: S314 - the independent walk


def test_cleared_elements_leave_the_rest_whole():
    seen = []
    for event, element in iterparse(b"<r>" + b"<p k='1'>t</p>" * 3 + b"</r>", LIMITS, "r.xml"):
        if event == "end" and element.tag == "p":
            seen.append((element.attrib["k"], element.text))
            element.clear()
    assert seen == [("1", "t")] * 3


NAMES = st.sampled_from(["a", "b", "{urn:x}a", "{urn:y}c"])
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\t\n\r"), max_size=8)


def element(tag, attributes, text, children):
    made = ET.Element(tag, attributes)
    made.text = text
    for child, tail in children:
        child.tail = tail
        made.append(child)
    return made


TREES = st.recursive(
    st.builds(element, NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), TEXTS, st.just([])),
    lambda inner: st.builds(
        element, NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), TEXTS, st.lists(st.tuples(inner, TEXTS), max_size=3)
    ),
    max_leaves=6,
)


@given(TREES)
def test_inner_xml_says_all_that_the_element_holds(tree):
    def content(node):
        return [(child.tag, child.attrib, child.text or "", child.tail or "", content(child)) for child in node]

    again = parse(f"<v>{inner_xml(tree)}</v>".encode("utf-8", "surrogatepass"), LIMITS, "v.xml")
    assert (again.text or "", content(again)) == (tree.text or "", content(tree))
