"""Workbooks made to harm: refused quickly, in little memory, with a sentence."""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from pims_api.errors import BadInput
from tests.transfer.crafted_zip import Entry, crafted, deflated, gigabyte
from tests.transfer.files import SHEET, rows_of, sheet_with, with_part, written

ROOT = Path(__file__).parents[2]
MEMORY_BYTES = 30_000_000
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (n, *[n - 1] * 8)
        for n in range(ord("b"), ord("l"))
    )
    + b"]>"
)


def honest() -> list[Entry]:
    """Return the entries of a good workbook without its sheet."""
    with zipfile.ZipFile(io.BytesIO(written("xlsx", ["sku"], [["A"]]))) as archive:
        return [deflated(name, archive.read(name)) for name in archive.namelist() if name != SHEET]


def refused(content: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        rows_of(content)


def refused_in_little_memory(folder: Path, content: bytes, message: str) -> None:
    """Read the file in a process of its own, whose peak memory is its own too."""
    path = folder / "bomb.xlsx"
    path.write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.transfer.peak", str(path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ran.stdout)
    assert message in told["message"]
    assert told["grown_bytes"] < MEMORY_BYTES
    assert told["seconds"] < 5


def test_a_megabyte_that_unpacks_into_a_gigabyte_is_refused(tmp_path):
    content = crafted([*honest(), Entry(SHEET, gigabyte(), 2**30)])
    assert len(content) < 1_200_000
    refused_in_little_memory(tmp_path, content, "would unpack to more than 200 times its size!")


def test_ten_kilobytes_that_claim_a_gigabyte_are_refused(tmp_path):
    content = crafted([*honest(), Entry(SHEET, gigabyte()[:8_000], 2**30)])
    refused_in_little_memory(tmp_path, content, "would unpack to more than 200 times its size!")


def test_a_gigabyte_that_claims_to_be_a_kilobyte_is_refused(tmp_path):
    content = crafted([*honest(), Entry(SHEET, gigabyte(), 1_000)])
    refused_in_little_memory(tmp_path, content, "The workbook is damaged")


def test_a_gigabyte_within_a_zip_within_a_zip_is_refused(tmp_path):
    inner = crafted([*honest(), Entry(SHEET, gigabyte(), 2**30)])
    content = crafted([deflated("workbook.xlsx", inner)])
    assert len(content) < 20_000
    refused_in_little_memory(tmp_path, content, "The file is a ZIP archive, but no XLSX workbook")


def test_parts_that_share_their_bytes_are_refused():
    entries = honest()
    same = [Entry(f"{number}.xml", entries[0].packed, 10**6) for number in range(500)]
    refused(crafted([*same], overlapping=True), "The workbook's parts overlap")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_other_ways_of_packing_are_refused(method):
    content = crafted([*honest(), deflated(SHEET, b"x", method=method)])
    refused(content, "packed in a way that no XLSX workbook is")


def test_more_than_two_gigabytes_are_refused():
    parts = [Entry(f"{n}.xml", b"x" * 10**6, 150 * 10**6) for n in range(15)]
    refused(crafted([*honest(), *parts]), "would unpack into more than 2 GB")


def images(count: int) -> list[Entry]:
    return [Entry(f"xl/media/image{number}.png", b"", 0) for number in range(count)]


def test_very_many_parts_are_refused(tmp_path):
    refused(crafted(images(10_001)), "more than 10000 parts")
    refused_in_little_memory(tmp_path, crafted(images(120_000)), "more than 10000 parts")


@pytest.mark.parametrize(
    "name",
    ["../evil.xml", "xl/../../evil.xml", "/etc/evil.xml", "..\\evil.xml", "xl\\..\\a", "C:evil"],
)
def test_names_that_lead_out_of_the_archive_are_refused(name):
    refused(crafted([*honest(), deflated(name, b"x")]), "names parts outside of itself")


def test_two_parts_of_one_name_are_refused():
    refused(crafted([*honest(), *honest()]), "two parts of one name")


def test_a_password_is_told():
    refused(crafted([*honest(), deflated(SHEET, b"x", flags=1)]), "protected by a password")


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels"]
)
@pytest.mark.parametrize(
    "bomb", [LAUGHS, b'<!DOCTYPE x [<!ENTITY l SYSTEM "file:///etc/passwd">]>', b"<!DOCTYPE x>"]
)
def test_a_document_type_is_refused_wherever_it_is(part, bomb):
    content = with_part(sheet_with(""), part, b"<?xml version='1.0'?>" + bomb + b"<x>&l;</x>")
    refused(content, r"declares a document type \(DTD\), which XLSX forbids")


def test_a_tag_without_end_is_refused(tmp_path):
    tag = b'<worksheet a="' + b"abcdefghijklmnop" * 500_000
    content = with_part(written("xlsx", ["sku"], []), SHEET, tag)
    refused_in_little_memory(tmp_path, content, "a part of it has a tag without end")


def test_a_text_of_many_megabytes_is_a_fault_in_little_memory():
    name = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    for cell in ('<c t="inlineStr"><is><t>{}</t></is></c>', '<c t="str"><v>{}</v></c>'):
        (read,) = rows_of(sheet_with(f"{name}<row>{cell.format('x' * 7_000_000)}</row>"))
        assert read.faults[0].message == "Column 'a' exceeds 1000000 characters!"
        assert len(read.cells["a"]) < 1_100_000


def test_too_many_shared_strings_are_refused(monkeypatch):
    content = sheet_with("", "<si><t>text</t></si>" * 10)
    monkeypatch.setattr("pims_api.transfer.xlsx.cells.strings.STRINGS_MAX", 5)
    refused(content, "more than 5 different texts: save it as CSV")
    monkeypatch.setattr("pims_api.transfer.xlsx.read.STRINGS_BYTES_MAX", 100)
    refused(content, "A part of the workbook exceeds 0 MB: save the sheet as CSV")


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        (SHEET, b"<worksheet", "a part of it is not XML"),
        (SHEET, None, "lacks its part 'xl/worksheets/sheet1.xml'"),
        ("xl/workbook.xml", None, "lacks its part 'xl/workbook.xml'"),
        ("xl/workbook.xml", b"<workbook/>", "The workbook has no sheet!"),
        ("xl/_rels/workbook.xml.rels", None, "lacks its part 'xl/_rels/workbook.xml.rels'"),
        ("xl/workbook.bin", b"x", r"binary workbook \(.xlsb\)"),
        ("mimetype", b"x", "OpenDocument: save it as .xlsx"),
        ("word/document.xml", b"x", "Word document"),
    ],
)
def test_a_workbook_that_lacks_what_it_needs_is_refused(part, content, message):
    refused(with_part(written("xlsx", ["sku"], []), part, content), message)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"/><row r="5"/>',
        '<row r="1048577"/>',
        '<row r="0"/>',
        '<row r="99999999999999999999"/>',
        '<row><c r="XFE1"/></row>',
        '<row><c r="5"/></row>',
        '<row><c r="ZZZZZZZZ1"/></row>',
    ],
)
def test_places_that_no_sheet_has_are_refused(rows):

    refused(sheet_with(rows), "The sheet is damaged")


def test_a_file_cut_short_is_refused():
    content = written("xlsx", ["sku"], [["A"]])
    for end in (10, len(content) // 2, len(content) - 30):
        refused(content[:end], "The file is no XLSX workbook: it cannot be unpacked!")


def test_bytes_changed_on_the_way_are_noticed():
    packed = zlib.compress(b"x")[2:-4]
    content = crafted([*honest(), Entry(SHEET, packed, 1, crc=5)])
    refused(content, "The workbook is damaged")
