"""The rows that an import over HTTP refused come back as a file."""

import csv
import io
import json

import openpyxl

TITLES = b"sku,title\nA,Rod\nB,Bar\n"
TOTALS = {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

REFUSED = b"sku,title,note\nA,Rod,x\nB,,\xc3\xa4\nC,,\n"


def test_refused_rows_come_back_to_be_corrected(files, shown, given_attribute):
    given_attribute("note")
    job = files.import_file(REFUSED)
    assert (job["totals"]["created"], job["totals"]["rejected"]) == (1, 2)
    assert job["links"]["errors"] == f"/pim/jobs/{job['id']}/errors"
    rows = list(csv.DictReader(io.StringIO(files.download(job["links"]["errors"]).decode())))
    assert [(row["error_line"], row["sku"], row["note"]) for row in rows] == [
        ("3", "B", "ä"), ("4", "C", ""),
    ]  # fmt: skip
    assert all("title cannot be empty" in row["error_message"] for row in rows)


def test_corrected_rows_are_imported_as_they_came_back(files, shown, given_attribute):
    given_attribute("note")
    errors = files.download(files.import_file(REFUSED)["links"]["errors"])
    fixed = errors.replace(b",B,,", b",B,Bar,").replace(b",C,,", b",C,Cog,")
    assert files.import_file(fixed)["totals"]["created"] == 2
    assert (shown("B")["title"], shown("B")["note"]) == ("Bar", "ä")


def test_refused_json_lines_come_back_as_such(files, given_attribute):
    given_attribute("size", "number")
    lines = b'{"sku": "A", "size": 10.50, "title": ["x", {"a": 1.0}]}\n{"broken"\n'
    job = files.import_file(lines, "application/jsonl")
    found = files.download(job["links"]["errors"]).decode().splitlines()
    first, second = (json.loads(line, parse_float=str) for line in found)
    assert (first["error_line"], first["size"]) == (1, "10.50")
    assert first["title"] == ["x", {"a": "1.0"}]
    assert second["error_text"] == '{"broken"'


def test_refused_rows_of_a_workbook_come_back_as_one(files):
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["sku", "title"])
    book.active.append(["A", None])
    book.save(content)
    job = files.import_file(content.getvalue(), XLSX)
    found = openpyxl.load_workbook(io.BytesIO(files.download(job["links"]["errors"])))
    rows = list(found.active.values)
    assert (rows[0][2:], rows[1][2]) == (("sku", "title"), "A")


def test_without_refused_rows_there_is_no_file_of_them(files):
    job = files.import_file(TITLES)
    reply = files.get(f"/pim/jobs/{job['id']}/errors", status=404)
    assert reply["errors"] == [{"code": "not_found", "message": "No row was refused."}]
