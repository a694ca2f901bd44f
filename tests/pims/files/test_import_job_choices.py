"""POST /pim/import: the options that say what it may overwrite or make; causes in the job."""

import pytest

TWICE = b"sku,title,color\nA,Rod,red\nA,Rod,blue\n"


@pytest.fixture(autouse=True)
def color(given_attribute):
    given_attribute("color")
    given_attribute("price", "number")


def messages(job):
    return [one["message"] for one in job.get("warnings", ())]


@pytest.mark.parametrize(
    ("options", "text", "counts", "said"),
    [
        ({}, TWICE, {"created": 1, "updated": 1, "warnings": 1},
         ["A is on line 2 too, whose values of color are replaced."]),
        ({"duplicates": "first"}, TWICE, {"created": 1, "unchanged": 1, "warnings": 1},
         ["A is on line 2 already: this row was passed over."]),
        ({"duplicates": "refuse"}, TWICE, {"created": 1, "rejected": 1}, []),
        ({"only": "update"}, TWICE, {"rejected": 2}, []),
        ({"only": "create"}, b"sku,title\nB,Rod\n", {"created": 1}, []),
        ({"ignoreUnknown": "1"}, b"sku,title,odd\nB,Rod,x\n", {"created": 1, "warnings": 1},
         ["1 columns are no attributes and were ignored: 'odd'."]),
        ({"path_separator": "/", "createMissing": "categories"}, b"sku,title,categories\nB,R,X/Y\n",
         {"created": 1}, []),
        ({"quotes": "lenient"}, b'sku,title\nB,"5" x\n', {"created": 1, "warnings": 1},
         ["Line 2 was read leniently, for its quotes are not those of CSV: column 'title' as "
          "'\"5\" x'."]),
        ({"quotes": "strict"}, b'sku,title\nB,"5" x\n', {"rejected": 1}, []),
    ],
)  # fmt: skip
def test_a_job_takes_the_options_of_the_command(files, options, text, counts, said):
    job = files.import_file(text, **options)
    assert {name: count for name, count in job["totals"].items() if count} == counts
    assert messages(job) == said


@pytest.mark.parametrize("trial", [{}, {"dry_run": "1"}])
def test_a_job_tells_the_warnings_of_rows_with_their_lines(files, given_product, trial):
    given_product("D", title="Rod", status="deleted")
    long = b"x" * 300
    job = files.import_file(b"sku,title,color\nD,Bar,\nA,Rod,red\nA,Rod," + long + b"\n", **trial)
    gone, twice = job["warnings"]
    assert (gone["code"], gone["line"], gone["value"]) == ("deleted", 2, "D")
    assert twice == {
        "code": "exists", "message": "A is on line 3 too, whose values of color are replaced.",
        "attribute": "sku", "value": "A", "line": 4,
    }  # fmt: skip


def test_many_warnings_of_rows_leave_room_for_those_of_the_file(files):
    rows = [b"A,%d,x,1" % number for number in range(150)]
    job = files.import_file(
        b"\n".join([b"sku,title,color,odd", *rows]), duplicates="first", ignoreUnknown="1"
    )
    of_rows = [one["line"] for one in job["warnings"] if "line" in one]
    assert of_rows == list(range(3, 103))
    assert len(job["warnings"]) - len(of_rows) == 1
    assert job["totals"]["warnings"] == 150


@pytest.mark.parametrize("option", [{"only": "both"}, {"duplicates": "none"}, {"quotes": "odd"}])
def test_other_words_are_refused(files, option):
    assert files.send(TWICE, status=400, **option)["errors"][0]["code"] == "range"


def test_a_deleted_product_is_restored(files, given_product, shown):
    given_product("A", title="Rod", status="deleted")
    assert files.import_file(b"sku,color\nA,red\n")["totals"]["warnings"] == 1
    assert files.import_file(b"sku,color\nA,red\n", restore="1")["totals"]["updated"] == 1
    assert shown("A")["status"] == "active"


@pytest.mark.parametrize("trial", [{}, {"dry_run": "1"}])
def test_the_job_counts_its_faults_by_cause(files, trial):
    text = b'sku,title,price\nA,Rod,x\nB,Rod,x\nC,Rod,"1,5"\nD,,1\n'
    job = files.import_file(text, **trial)
    first, second = job["causes"]
    assert first == {
        "code": "type",
        "message": "price must be a number!",
        "attribute": "price",
        "pointer": "/price",
        "rows": 3,
        "values": [{"value": "x", "rows": 2}, {"value": "1,5", "rows": 1}],
    }
    assert (second["code"], second["attribute"], second["rows"]) == ("required", "title", 1)


def test_an_export_job_says_which_deleted_products_it_lacks(files, given_product, edit):
    given_product("P", title="Pipe")
    given_product("A", title="Rod", variation_of="P")
    edit("P", status="deleted")
    job = files.done(files.export()["job"]["id"])
    assert messages(job) == [
        "The export lacks 1 deleted products that others name (A needs P): where they are not "
        "there, an import refuses these others. Export deleted products too."
    ]


OPEN_QUOTE = (
    "The quote that opens on line 3 is never closed: the file ends within it, so nothing of it was "
    "taken! It begins column 'title': '\"5 in\\nC,Rod'. If it is a part of the text, write every "
    "quote within a cell twice, or have the quotes read leniently (--quotes lenient, over HTTP "
    "quotes=lenient). If it holds the text, close it."
)


def test_a_quote_left_open_refuses_the_upload(files):
    text = b'sku,title\nA,Rod\nB,"5 in\nC,Rod\n'
    assert files.send(text, status=400)["errors"] == [{"code": "syntax", "message": OPEN_QUOTE}]
    assert files.send_form(text, status=400)["status_message"] == OPEN_QUOTE
    assert files.import_file(text, quotes="lenient")["totals"]["created"] == 3


def test_in_a_large_file_it_ends_the_job_before_anything_is_stored(files, monkeypatch):
    monkeypatch.setattr("pims_api.jobs.imports.check.LOOKED_AT_BYTES_MAX", 1_000)
    rows = b"".join(b"S%d,Rod\n" % n for n in range(1_200))
    job = files.import_file(b"sku,title\n" + rows + b'B,"5 in\n')
    (fault,) = job["errors"]
    assert fault["message"].startswith("The quote that opens on line 1202 is never closed: ")
    assert (job["state"], job.get("totals")) == ("failed", None)
