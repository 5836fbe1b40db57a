from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.readers import UnsupportedSource, chosen, discover, peek, read, reader_of, readers
from kg.readers.text import STRAY, decode, guess_encoding, is_utf8, looks_binary

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def put(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return put


def keys(*paths: Path) -> list[str]:
    return [source.key for source in discover(paths)]


def test_a_named_file_is_known_by_its_name_and_marked_as_named(write):
    (source,) = discover([write("a/b/plate.csv", b"x,y\n")])
    assert (source.key, source.named) == ("plate.csv", True)


def test_a_folder_gives_sorted_keys_that_begin_with_its_own_name(write, tmp_path):
    write("idr/idr0012/b.csv", b"x")
    write("idr/idr0012/a.csv", b"x")
    write("idr/idr0002/z.csv", b"x")
    assert keys(tmp_path / "idr") == ["idr/idr0002/z.csv", "idr/idr0012/a.csv", "idr/idr0012/b.csv"]
    assert not any(source.named for source in discover([tmp_path / "idr"]))


def test_hidden_files_and_caches_inside_a_folder_are_left_out(write, tmp_path):
    for name in ("d/.hidden.csv", "d/.git/a.csv", "d/__pycache__/a.csv", "d/seen.csv"):
        write(name, b"x")
    assert keys(tmp_path / "d") == ["d/seen.csv"]


def test_a_folder_linked_into_itself_is_walked_once(write, tmp_path):
    write("d/a.csv", b"x")
    (tmp_path / "d" / "again").symlink_to(tmp_path / "d")
    assert keys(tmp_path / "d") == ["d/a.csv"]


def test_the_same_file_named_twice_is_one_source_and_stays_named(write, tmp_path):
    file = write("d/a.csv", b"x")
    (source,) = discover([tmp_path / "d", file])
    assert (source.key, source.named) == ("d/a.csv", True)


def test_two_files_that_come_to_one_key_are_told_apart_in_the_same_way_in_any_order(write):
    one, two = write("p/a.csv", b"1"), write("q/a.csv", b"2")
    first = {source.path: source.key for source in discover([one, two])}
    assert first == {source.path: source.key for source in discover([two, one])}
    assert len(set(first.values())) == 2
    assert all(key.startswith("a.csv~") and len(key) == len("a.csv~") + 6 for key in first.values())


def test_a_key_is_composed_unicode_whatever_the_file_system_holds(write):
    assert keys(write("Mu\u0308ller.csv", b"x")) == ["M\u00fcller.csv"]


def test_a_path_that_is_not_there_is_a_sentence():
    with pytest.raises(SourceError, match=r"no/such/place: does not exist, expected a file or a folder"):
        discover([Path("no/such/place")])


def test_a_link_to_nowhere_is_listed_and_says_so_when_it_is_read(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "gone.csv").symlink_to(tmp_path / "nowhere")
    (source,) = discover([tmp_path / "d"])
    with pytest.raises(SourceError, match=r"d/gone\.csv: cannot be read \(No such file"):
        read(source)


def test_a_link_that_leads_out_of_the_folder_is_listed_and_refused_and_one_inside_is_followed(write, tmp_path):
    write("secret/a.csv", b"Well\nA1\n")
    write("d/x/b.csv", b"Well\nA1\n")
    (tmp_path / "d" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "d" / "file.csv").symlink_to(tmp_path / "secret" / "a.csv")
    (tmp_path / "d" / "y.csv").symlink_to(tmp_path / "d" / "x" / "b.csv")
    sources = discover([tmp_path / "d"])
    assert [source.key for source in sources] == ["d/folder", "d/file.csv", "d/y.csv"]
    for source in sources[:2]:
        with pytest.raises(SourceError, match=f"{source.key}: is a link that leads out of the folder"):
            read(source)
    assert read(sources[2]).tables


def test_a_link_that_is_named_itself_and_one_into_another_folder_that_is_named_are_followed(write, tmp_path):
    write("other/a.csv", b"Well\nA1\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "file.csv").symlink_to(tmp_path / "other" / "a.csv")
    assert all(read(source).tables for source in discover([tmp_path / "d" / "file.csv"]))
    assert all(read(source).tables for source in discover([tmp_path / "d", tmp_path / "other"]))


def test_a_source_of_several_files_is_refused_when_one_of_them_leads_out(write, tmp_path):
    write("secret/zattrs", b"{}")
    write("d/a.zarr/.zgroup", b'{"zarr_format": 2}')
    (tmp_path / "d" / "a.zarr" / ".zattrs").symlink_to(tmp_path / "secret" / "zattrs")
    sources = discover([tmp_path / "d"])
    assert sources
    for source in sources:
        with pytest.raises(SourceError, match="one of which is a link that leads out of the folder"):
            read(source)


def refusal(path, names, data=b"x"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data)
    (source,) = discover([path])
    with pytest.raises(UnsupportedSource) as caught:
        read(source)
    return caught.value.what


def test_an_archive_that_nothing_reads_is_refused_with_what_it_holds(tmp_path):
    usual = "expected one crate, one table or one export in it; unpack it and name the folder"
    said = refusal(tmp_path / "a.zip", [f"{number}.bin" for number in range(1200)])
    assert said.startswith(f"is a zip archive with 1,200 files, {usual}")
    said = refusal(tmp_path / "b.zip", ["../evil.csv", "a.bin", "inner.zip"])
    assert f"is a zip archive with 2 files, {usual}" in said
    assert "it also holds a name that leads out of the archive ('../evil.csv')" in said
    assert "it also holds archives of its own (inner.zip)" in said
    said = refusal(tmp_path / "c.zip", ["zeros.bin"], bytes(3_000_000))
    assert "it also holds a member packed so tightly that it may be a bomb ('zeros.bin')" in said


def test_a_pipe_inside_a_folder_is_not_opened(write, tmp_path):
    write("d/a.csv", b"x")
    os.mkfifo(tmp_path / "d" / "pipe.csv")
    assert keys(tmp_path / "d") == ["d/a.csv"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.csv", b"", r"is empty \(0 bytes\)"),
        ("a.csv", b" \n\n", "white space only"),
        ("a.csv", b"%PDF-1.7\n\x00", "a PDF document"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        ("a.csv", b"a\x01\x02\x00,b", "binary data"),
        ("a.tsv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git-lfs pointer"),
        ("a.csv", b"<!DOCTYPE html><html><body>404", "an HTML page"),
        (
            "README.txt",
            b"This is prose, with a comma.\nAnd it goes on, as prose does, for long.\nThe end.\n",
            "a text of an unknown kind",
        ),
        ("notes.txt", b"one\ntwo\nthree\n", "a text of an unknown kind"),
    ],
)
def test_what_no_reader_takes_is_said_with_what_it_looks_like(write, name, data, reason):
    (source,) = discover([write(name, data)])
    with pytest.raises(UnsupportedSource, match=reason) as caught:
        read(source)
    assert caught.value.where == name


def test_readers_are_found_by_themselves_and_the_specific_are_asked_first():
    found = readers()
    ranks = [reader.RANK for reader in found]
    assert ranks == sorted(ranks)
    assert {"delimited", "idr_study"} <= {reader.NAME for reader in found}
    assert all(reader.TITLE for reader in found)


def test_the_head_of_a_gzip_file_is_seen_decompressed_and_without_its_suffix(write):
    (source,) = discover([write("Plates.CSV.gz", gzip.compress(b"a,b\n1,2\n"))])
    seen = peek(source)
    assert (seen.name, seen.head, reader_of(seen).NAME) == ("plates.csv", b"a,b\n1,2\n", "delimited")


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("20 °C, 5 µm".encode("cp1252"), "cp1252", "20 °C, 5 µm"),
        ("H-8057 Zürich".encode("mac_roman"), "mac_roman", "H-8057 Zürich"),
        ("the cells’ “fate” – 16 °C".encode("mac_roman"), "mac_roman", "the cells’ “fate” – 16 °C"),
        ("S100A4+\xa0and PDPN+\xa0CAFs".encode("mac_roman"), "mac_roman", "S100A4+\xa0and PDPN+\xa0CAFs"),
        ("Hériché, the cells’ fate".encode("cp1252"), "cp1252", "Hériché, the cells’ fate"),
        (b"na\xc3\xafve \xc2\xb5m \x92", STRAY, "naïve µm ’"),
        ("é".encode(), "utf-8", "é"),
        ("é".encode("utf-8-sig"), "utf-8-sig", "é"),
        ("é,b".encode("utf-16"), "utf-16", "é,b"),
        ("Plate,Well\n".encode("utf-16-be"), "utf-16-be", "Plate,Well\n"),
        (b"caf\xe9 \x81", "latin-1", "café \x81"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(data, encoding, text):
    found = decode(data)
    assert (found.encoding, found.text) == (encoding, text)


@given(st.text(), st.integers(min_value=1, max_value=7))
def test_utf8_is_known_as_such_however_it_is_cut_into_pieces(text, size):
    data = text.encode("utf-8", "replace")
    assert is_utf8(data[at : at + size] for at in range(0, len(data), size))


@given(st.binary(max_size=200))
def test_any_bytes_without_a_mark_decode_to_something(data):
    if not is_utf8([data]):
        assert guess_encoding([data]) in {"mac_roman", "cp1252", "latin-1", STRAY}
    looks_binary(data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample is not here")
def test_every_file_of_the_shared_sample_is_read_or_refused_with_a_reason():
    for source in discover([SHARED / "data" / "inputs" / "eln", SHARED / "data" / "inputs" / "hubmap"]):
        try:
            reader_of(peek(source))
        except UnsupportedSource as error:
            assert "looks like" in error.what or "is empty" in error.what  # noqa: PT017


def test_a_reader_that_breaks_down_over_a_head_is_told_and_keeps_no_other_from_the_file(write):
    class Broken:
        NAME, RANK, TITLE = "broken", 0, "breaks down"

        def claims(self, peek):
            raise ValueError(f"an odd head of {len(peek.head)} bytes")

    (source,) = discover([write("a.csv", b"Well,Gene\nA1,TP53\n")])
    reader, remarks = chosen(source, (Broken(), *readers()))
    assert reader.NAME == "delimited"
    assert [str(remark) for remark in remarks] == [
        "a.csv: found reader broken broke down over its head (ValueError: an odd head of 18 bytes), expected a reader that takes the file or leaves it"
    ]
