"""Foreign JSON and zip archives: limits, damage, odd spellings."""

import io
import json
import stat
import zipfile

import pytest

from kg.errors import LimitError, SourceError
from kg.readers import safe_json, safe_zip
from kg.readers.limits import Limits
from kg.readers.safe_json import Number

LIMITS = Limits()
SMALL = Limits(file_bytes=4_000_000, archive_members=3, archive_bytes=6_000_000, archive_ratio=50, json_depth=5, cell_bytes=100)


def loads(data, limits=LIMITS):
    return safe_json.loads(data if isinstance(data, bytes) else data.encode(), limits, "a.json")


def codes(found):
    return [problem.code for problem in found.problems]


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


# JSON


@pytest.mark.parametrize("lexeme", ["85530", "1.50", "-0.0", "6.02E+23", "1" * 5000, "0.1000000000000000055"])
def test_a_number_keeps_the_spelling_of_its_source(lexeme):
    value = loads(f'{{"n": {lexeme}}}').value["n"]
    assert value == lexeme
    assert isinstance(value, Number)


def test_a_text_of_digits_is_told_from_a_number():
    value = loads('["5", 5]').value
    assert [isinstance(item, Number) for item in value] == [False, True]
    assert safe_json.dumps(value) == '["5",5]'


def test_depth_is_counted_outside_of_texts_and_escapes():
    tricky = '{"a\\\\": ["[[[[", "\\"[[", {"b": "]}\\\\\\""}]}'
    json.loads(tricky)
    assert safe_json.depth(tricky.encode()) == 3
    assert safe_json.depth(b"5") == 0


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_deep_nesting_is_refused_before_parsing(data):
    with pytest.raises(LimitError, match="nested 100,000 deep, at most 200"):
        loads(data)


def test_nesting_up_to_the_limit_is_read():
    assert loads("[" * 200 + "]" * 200).problems == ()


def test_size_is_refused_before_anything_else():
    with pytest.raises(LimitError, match="5 bytes, at most 4"):
        loads(b"[[[[[", Limits(file_bytes=4))


def test_a_text_longer_than_a_cell_is_refused():
    with pytest.raises(LimitError, match="101 characters, at most 100"):
        loads(json.dumps({"a": [{"b": "x" * 101}]}), SMALL)
    with pytest.raises(LimitError, match="characters"):
        loads(json.dumps({"k" * 101: 1}), SMALL)
    assert loads(json.dumps(["x" * 100, "y" * 100]), SMALL).value == ["x" * 100, "y" * 100]


@pytest.mark.parametrize("data", [b"", b"  \n\t"])
def test_an_empty_file_is_called_empty(data):
    with pytest.raises(SourceError, match=r"a\.json: is empty, expected JSON"):
        loads(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('{"a": 1,\n// note\n"b": 2}', "line 2, column 1: found a comment '// note', JSON has none"),
        ('{"a": 1} /* x */', "found a comment"),
        ('{"a": ', "it ends there"),
        ("<html>", "line 1, column 1: found '<html>'"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1} {"b": 2}', "line 1, column 10"),
        ("\x89PNG", "is not JSON"),
    ],
)
def test_what_is_not_json_is_told_with_its_place(data, words):
    with pytest.raises(SourceError) as error:
        loads(data)
    assert words in str(error.value)


def test_repeated_keys_keep_all_values_but_an_id_keeps_the_last():
    found = loads('{"@id": "a", "@id": "b", "name": "x", "name": ["y", "z"], "name": null}')
    assert found.value == {"@id": "b", "name": ["x", "y", "z", None]}
    assert codes(found) == ["duplicate-key", "duplicate-key"]
    assert [(problem.column, problem.count) for problem in found.problems] == [("@id", 1), ("name", 2)]


def test_nan_and_infinity_are_kept_and_told():
    found = loads('{"a": NaN, "b": [-Infinity, NaN]}')
    assert found.value == {"a": "NaN", "b": ["-Infinity", "NaN"]}
    assert [(problem.code, problem.found, problem.count) for problem in found.problems] == [
        ("json-number", "NaN", 2),
        ("json-number", "-Infinity", 1),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_read(encoding):
    text = '{"name": "Jülich µm 😀", "and so that the file is long enough": "to be recognised"}'
    assert loads(text.encode(encoding)).value["name"] == "Jülich µm 😀"


def test_a_windows_text_is_read_and_told():
    found = loads('{"name": "5 µm from Jülich"}'.encode("cp1252"))
    assert found.value == {"name": "5 µm from Jülich"}
    assert codes(found) == ["encoding"]
    assert "0xB5" in found.problems[0].found


@pytest.mark.parametrize("data", [b'\xef\xbb\xbf{"a": "\xb5"}', '{"a": 1}'.encode("utf-16") + b"\0"])
def test_a_file_that_breaks_its_own_byte_order_mark_is_refused(data):
    with pytest.raises(SourceError, match="expected JSON in UTF-8"):
        loads(data)


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_not():
    found = loads('{"a": "x\\ud800y", "b\\uDFFF": ["\\ud83d\\ude00"], "n": 1.0}')
    assert found.value == {"a": "x\ufffdy", "b\ufffd": ["😀"], "n": "1.0"}
    assert codes(found) == ["surrogate"]
    assert loads('["\\ud83d\\ude00"]').problems == ()


def test_a_raw_line_break_in_a_text_is_kept_and_told():
    found = loads('{"a": "x\ny", "a": NaN}')
    assert found.value == {"a": ["x\ny", "NaN"]}
    assert codes(found) == ["json-control", "duplicate-key", "json-number"]
    assert found.problems[1].count == 1


# zip


def test_members_are_listed_and_read(tmp_path):
    path = zipped(tmp_path / "a.eln", {"x/": "", "x/a.json": "{}", "x//b.txt": "hello"})
    with safe_zip.members(path, LIMITS, "a.eln") as archive:
        assert [(member.name, member.size, member.row) for member in archive.members] == [
            ("x/a.json", 2, 2),
            ("x//b.txt", 5, 3),
        ]
        assert archive.read_member(archive.members[1]) == b"hello"
        assert archive.members[1].crc == 0x3610A686
        assert archive.problems == []


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "a/../../b", "C:/x.txt", "..\\evil.txt", "a\\..\\b"])
def test_a_name_that_leads_out_of_the_archive_is_skipped_and_told(tmp_path, name):
    path = zipped(tmp_path / "a.zip", {name: "x", "good..txt": "y"})
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert [member.name for member in archive.members] == ["good..txt"]
        assert codes(archive) == ["zip-path"]
        assert repr(name) in archive.problems[0].found
        assert archive.problems[0].rows == (1,)


def test_a_symbolic_link_is_skipped_and_told(tmp_path):
    link = zipfile.ZipInfo("link")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip", {link: "/etc/passwd", "b": "x"})
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert [member.name for member in archive.members] == ["b"]
        assert codes(archive) == ["zip-link"]


def test_a_bomb_is_stopped_and_the_rest_is_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"bomb": b"\0" * 3_000_000, "good": b"fine"})
    assert path.stat().st_size < 10_000
    with safe_zip.members(path, SMALL, "a.zip") as archive:
        bomb, good = archive.members
        with pytest.raises(LimitError, match=r"a\.zip, bomb: unpacks to more than 50 times its 2,\d+ packed bytes"):
            archive.read_member(bomb)
        assert archive.try_read(bomb) is None
        assert archive.try_read(good) == b"fine"
        assert codes(archive) == ["zip-ratio", "zip-bomb"]


def test_a_bomb_whose_directory_lies_about_its_packed_size_is_stopped(tmp_path):
    path = zipped(tmp_path / "a.zip", {"bomb": b"\0" * 3_000_000})
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 20 : entry + 24] = (2**31).to_bytes(4, "little")
    path.write_bytes(data)
    with safe_zip.members(path, SMALL, "a.zip") as archive:
        assert archive.try_read(archive.members[0]) is None


def test_a_member_whose_directory_lies_about_its_size_is_damaged_not_trusted(tmp_path):
    path = zipped(tmp_path / "a.zip", {"big": b"abc" * 1000})
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert archive.try_read(archive.members[0]) is None
        assert codes(archive) == ["zip-member"]


def test_bytes_are_bounded_for_one_member_and_for_all(tmp_path):
    noise = bytes(range(256)) * 12_000  # 3 MB, stored
    path = zipped(tmp_path / "a.zip", {"a": noise, "b": noise, "c": noise}, zipfile.ZIP_STORED)
    with safe_zip.members(path, SMALL, "a.zip") as archive:
        assert archive.read_member(archive.members[0]) == noise
        with pytest.raises(LimitError, match="6,000,000 bytes in all"):
            archive.read_member(archive.members[1])
    with (
        safe_zip.members(path, Limits(file_bytes=1000), "a.zip") as archive,
        pytest.raises(LimitError, match="more than 1,000 bytes"),
    ):
        archive.read_member(archive.members[0])


def test_too_many_members_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", dict.fromkeys("abcd", ""))
    with pytest.raises(LimitError, match="has 4 members, at most 3"):
        safe_zip.members(path, SMALL, "a.zip")


def test_a_directory_too_large_to_list_is_refused_before_listing(tmp_path):
    path = zipped(tmp_path / "a.zip", {f"{i:06}" + "x" * 1000: "" for i in range(600)})
    with pytest.raises(LimitError, match="directory of"):
        safe_zip.members(path, SMALL, "a.zip")


@pytest.mark.parametrize("cut", [0, 10, 60, -30, -1])
def test_a_cut_off_archive_is_told_in_a_sentence(tmp_path, cut):
    path = zipped(tmp_path / "a.eln", {"a/ro-crate-metadata.json": "{}" * 100})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SourceError, match=r"a\.eln: is (empty, expected a zip|not a whole zip)"):
        safe_zip.members(path, LIMITS, "a.eln")


def test_what_is_no_zip_and_what_is_not_there_is_told(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK but not really" * 10)
    with pytest.raises(SourceError, match="not a whole zip"):
        safe_zip.members(tmp_path / "a.zip", LIMITS, "a.zip")
    with pytest.raises(SourceError, match="cannot be opened"):
        safe_zip.members(tmp_path / "b.zip", LIMITS, "b.zip")


def test_an_archive_of_a_version_not_known_is_refused_in_a_sentence(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a": "x"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 6] = 190
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"not a whole zip archive .*version"):
        safe_zip.members(path, LIMITS, "a.zip")


def test_an_encrypted_member_is_listed_and_not_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"secret": "x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert [member.name for member in archive.members] == ["secret"]
        with pytest.raises(SourceError, match="is encrypted"):
            archive.read_member(archive.members[0])
        assert codes(archive) == ["zip-encrypted"]


def test_a_damaged_member_is_told_and_the_rest_is_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a": b"hello hello hello" * 20, "b": b"fine"})
    data = bytearray(path.read_bytes())
    data[40:45] = b"\xff\xff\xff\xff\xff"
    path.write_bytes(data)
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert archive.try_read(archive.members[0]) is None
        assert archive.try_read(archive.members[1]) == b"fine"
        assert codes(archive) == ["zip-member"]


def test_an_unknown_packing_method_is_told(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a": b"x"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[8] = 97
    data[data.rfind(b"PK\x01\x02") + 10] = 97
    path.write_bytes(data)
    with safe_zip.members(path, LIMITS, "a.zip") as archive, pytest.raises(SourceError, match="cannot be unpacked"):
        archive.read_member(archive.members[0])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_the_same_name_are_all_listed_and_told_apart(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "one")
        archive.writestr("a", "two")
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert [archive.read_member(member) for member in archive.members] == [b"one", b"two"]
        assert codes(archive) == ["zip-duplicate"]


def test_an_archive_in_zip64_form_is_read(tmp_path):
    path = tmp_path / "a.zip"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as stream:
        stream.write(b"hello")
    data = buffer.getvalue()
    end = data.rfind(b"PK\x05\x06")
    count, size, start = (int.from_bytes(data[end + a : end + b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8)
    record += b"".join(number.to_bytes(8, "little") for number in (count, count, size, start))
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    last = data[end : end + 8] + b"\xff" * 12 + b"\0\0"
    path.write_bytes(data[:end] + record + locator + last)
    with safe_zip.members(path, LIMITS, "a.zip") as archive:
        assert archive.read_member(archive.members[0]) == b"hello"
