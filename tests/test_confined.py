"""Foreign files are read in a process of their own, which can neither hang, nor grow, nor reach out."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import ROOT

from kg import readers
from kg.errors import LimitError, SourceError
from kg.readers.confined import Confined
from kg.readers.limits import Limits


def source_of(path):
    [source] = readers.discover([path])
    return source


def test_tables_problems_and_facts_come_through_as_they_were_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"name": "é", "list": [1, 2.50], "name": "again", "deep": [{"x": null, "y": true}]}', encoding="utf-8")
    here = readers.read(source_of(path))
    with Confined(Limits()) as confined:
        there = confined.read(source_of(path))
    assert (there.reader, dict(there.facts), there.problems) == (here.reader, dict(here.facts), here.problems)
    assert there.problems
    assert list(there.tables) == list(here.tables) == ["root", "deep"]
    for kind, table in here.tables.items():
        assert there.tables[kind].frame.collect().equals(table.frame.collect())


def test_one_process_reads_many_sources_and_a_bad_one_does_not_end_it(tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.json").write_text(json.dumps({"n": number}), encoding="utf-8")
    (tmp_path / "3.json").write_text("{", encoding="utf-8")
    seen = []
    with Confined(Limits()) as confined:
        for source in readers.discover([tmp_path]):
            try:
                seen.append(confined.read(source).tables["root"].frame.collect()["n"][0])
            except SourceError as error:
                seen.append(error.what.partition(" ")[0])
    assert [seen[at] for at in (0, 1, 2, 4)] == ["0", "1", "2", "4"]
    assert len(seen) == 5


def test_the_folder_for_temporary_files_is_made_where_the_caller_wants_it(tmp_path):
    with Confined(Limits(), tmp_path):
        [folder] = tmp_path.iterdir()
        assert folder.name.startswith("kg-reading-")
    assert list(tmp_path.iterdir()) == []


def test_a_plain_table_streams_through_the_calling_process(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Well,Gene\nA1,TP53\n", encoding="utf-8")
    with Confined(Limits()) as confined:
        reading = confined.read(source_of(path))
    assert reading.reader == "delimited"
    assert reading.tables["rows"].frame.collect()["Gene"].to_list() == ["TP53"]


def test_no_sentence_says_where_on_this_machine_a_source_lies(tmp_path):
    path = tmp_path / "a.nd2"
    path.write_bytes(b"\xda\xce\xbe\x0a" + bytes(300))
    with Confined(Limits()) as confined, pytest.raises(SourceError) as caught:
        confined.read(source_of(path))
    assert str(tmp_path) not in str(caught.value)
    assert "a.nd2" in caught.value.what


def test_what_no_reader_takes_is_refused_with_the_same_words(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4")
    with Confined(Limits()) as confined, pytest.raises(readers.UnsupportedSource, match="a PDF document"):
        confined.read(source_of(path))


def test_a_source_that_takes_too_long_is_given_up_and_the_next_one_is_read(tmp_path):
    # nothing real hangs for so little text, so the limit is what is made impossible to keep
    slow, quick = tmp_path / "slow.json", tmp_path / "quick.json"
    slow.write_text(json.dumps([{"k": number} for number in range(50_000)]), encoding="utf-8")
    quick.write_text('{"n": 1}', encoding="utf-8")
    with Confined(Limits(seconds=0.01)) as confined:
        with pytest.raises(LimitError, match=r"not read within 0\.01 seconds"):
            confined.read(source_of(slow))
        confined._limits = Limits()
        assert "root" in confined.read(source_of(quick)).tables


def test_a_source_that_needs_too_much_memory_is_given_up_and_the_next_one_is_read(tmp_path):
    large, small = tmp_path / "large.json", tmp_path / "small.json"
    large.write_text("[" + ",".join(["[]"] * 30_000_000) + "]", encoding="utf-8")
    small.write_text('{"n": 1}', encoding="utf-8")
    with Confined(Limits(memory_bytes=1536 * 1024**2)) as confined:
        with pytest.raises(SourceError, match=r"memory|ended the process"):
            confined.read(source_of(large))
        assert "root" in confined.read(source_of(small)).tables


def test_what_belongs_together_is_found_out_in_the_process_too(tmp_path):
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with Confined(Limits()) as confined:
        assert confined.gathered(tmp_path) == readers.gathered_in(tmp_path)
        assert [source.key for source in readers.discover([tmp_path], confined.gathered)] == [f"{tmp_path.name}/a.json"]


def test_heavy_packages_are_loaded_only_when_a_file_of_theirs_is_read():
    heavy = {"dask", "h5py", "liffile", "nd2", "numpy", "oiffile", "olefile", "openpyxl", "pydicom", "requests", "rsciio",
             "tifffile", "zarr"}  # fmt: skip
    code = "import sys; from kg import readers; readers.readers(); print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert heavy & set(done.stdout.split()) == set()
