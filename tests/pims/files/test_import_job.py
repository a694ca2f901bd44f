"""POST /pim/import: a file comes in, a worker imports it, the job tells what became of it."""

import io
from dataclasses import replace

import openpyxl
import pytest

from pims_api.jobs import job_run, worker
from pims_api.jobs.imports import product_import
from pims_api.jobs.job_run import KEY_IS_GONE, VIEW_IS_GONE
from pims_api.services import jobs as job_services

TITLES = b"sku,title\nA,Rod\nB,Bar\n"
TOTALS = {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_file_in_the_body_is_imported(files, shown, history):
    job = files.import_file(TITLES, headers={"ApiUser": "Ada"})
    assert (job["kind"], job["state"], job["totals"], job["user"]) == (
        "import", "done", TOTALS, "Ada",
    )  # fmt: skip
    assert job["done"] == job["total"] == len(TITLES)
    assert job["links"] == {"self": f"/pim/jobs/{job['id']}"}
    assert (shown("A")["title"], shown("B")["title"]) == ("Rod", "Bar")
    assert len(history("A")) == 1


def test_history_names_who_sent_the_file(files, pims):
    files.import_file(TITLES, headers={"ApiUser": "Ada"})
    assert pims("historyProduct", sku="A")["history"][0]["user"] == "Ada"


def test_the_reply_to_the_file_is_a_job_that_waits(files):
    job = files.send(TITLES)["job"]
    assert (job["id"], job["state"], job["done"], job["total"]) == (1, "queued", 0, None)
    assert job["started"] is job["finished"] is None


@pytest.mark.parametrize(
    ("case", "content", "kind"),
    [
        ("csv", b"sku;title\nA;Rod\n", "text/csv; charset=utf-8"),
        ("tabs", b"sku\ttitle\nA\tRod\n", "text/tab-separated-values"),
        ("json lines", b'{"sku": "A", "title": "Rod"}\n', "application/x-ndjson"),
        ("json lines", b'{"sku": "A", "title": "Rod"}\n', "application/jsonl"),
        ("anything", b'{"sku": "A", "title": "Rod"}\n', "application/octet-stream"),
    ],
)
def test_every_format_is_taken(files, shown, case, content, kind):
    assert files.import_file(content, kind)["totals"]["created"] == 1, case
    assert shown("A")["title"] == "Rod"


def test_a_workbook_is_taken(files, shown):
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["sku", "title"])
    book.active.append(["A", "Rod"])
    book.save(content)
    assert files.import_file(content.getvalue(), XLSX)["totals"]["created"] == 1
    assert shown("A")["title"] == "Rod"


def test_a_form_brings_a_file_with_its_name_and_options(files, shown, given_attribute):
    given_attribute("tags", collection="y")
    job = files.send_form(
        b"sku;Name;tags;junk\nA;Rod;x|y;1\n",
        "files/new.csv",
        map=["Name=title"],
        ignore="junk",
        separator="|",
        delimiter=";",
    )["job"]
    assert job["file"] == "new.csv"
    assert files.done(job["id"])["totals"]["created"] == 1
    assert (shown("A")["title"], shown("A")["tags"]) == ("Rod", ["x", "y"])


@pytest.mark.parametrize("name", ["emptyUnsets", "empty_unsets", "empty-unsets"])
def test_an_option_may_be_spelled_as_the_command_spells_it(files, shown, given_product, name):
    given_product("A", title="Rod", thumbnail="a.png")
    files.import_file(b"sku,thumbnail\nA,\n", **{name: "y"})
    assert shown("A")["thumbnail"] is None


def test_missing_things_are_made_when_asked_for(files, shown):
    content = b"sku,title,brand,categories\nA,Rod,Bosch,Tools > Rods\n"
    job = files.import_file(content, createMissing="categories,attributes")
    assert job["totals"]["created"] == 1
    assert (shown("A")["brand"], shown("A")["categories"]) == ("Bosch", ["Tools > Rods"])


def test_a_locale_in_the_address_is_that_of_the_values(files, german, shown, given_attribute):
    given_attribute("name", isLocalizable="y")
    files.import_file(b"sku,title,name\nA,Rod,Stab\n", path="/api/de-de/pim/import")
    assert (shown("A")["name"], shown("A", locale="de-de")["name"]) == (None, "Stab")


FAULTY = [
    ("unknown column", TITLES.replace(b"title", b"titel"), {}, "unknown_attribute", "/titel"),
    ("no sku", b"code,title\nA,Rod\n", {"ignore": "code"}, "required", "/sku"),
    ("two names", b"sku,sku\nA,B\n", {}, None, None),
    ("empty", b"", {}, "required", None),
    ("gzip", b"\x1f\x8b\x08\x00abc", {"kind": "application/octet-stream"}, "type", None),
    ("unknown option", TITLES, {"emptyUnset": "y"}, "range", "/emptyUnset"),
    ("no flag", TITLES, {"dry_run": "maybe"}, "type", "/dry_run"),
    ("no mapping", TITLES, {"map": "title"}, "syntax", "/map"),
    ("mapped twice", TITLES, {"map": ["title=title", "title=sku"]}, "syntax", "/map"),
    ("no column to ignore", TITLES, {"ignore": "Title"}, "unknown_attribute", "/Title"),
    ("cannot be made", TITLES, {"createMissing": "views"}, "range", "/createMissing"),
    ("unknown format", TITLES, {"format": "pdf"}, "range", "/format"),
    ("unknown encoding", TITLES, {"encoding": "klingon"}, "type", None),
    ("long delimiter", TITLES, {"delimiter": ";;"}, "type", None),
    ("NUL in a reason", TITLES, {"reason": "May\0"}, "syntax", "/reason"),
    ("NUL in a source", TITLES, {"source-ref": "\0"}, "syntax", "/sourceRef"),
    ("NUL in a list", TITLES, {"ignore": ["code", "\0"]}, "syntax", "/ignore"),
    ("NUL in a name", TITLES, {"sheet": "May\0"}, "syntax", "/sheet"),
]


@pytest.mark.parametrize(("case", "content", "options", "code", "pointer"), FAULTY)
def test_what_is_wrong_with_the_whole_file_is_told_at_once(
    files, unchanged, case, content, options, code, pointer
):
    with unchanged():
        reply = files.send(content, status=400, **options)
    fault = reply["errors"][0]
    assert reply["status_message"] == fault["message"]
    if code is not None:
        assert (fault["code"], fault.get("pointer")) == (code, pointer)


def test_an_option_of_a_form_holds_no_nul(files, unchanged):
    with unchanged():
        reply = files.send_form(TITLES, status=400, reason="May\0")
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [("syntax", "/reason")]


@pytest.mark.parametrize(
    ("case", "content", "code"),
    [
        ("no file", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--", "required"),
        ("cut off", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nsku,ti", "syntax"),
        ("no form", b"sku,title\nA,Rod\n", "syntax"),
        ("no name", b"--x\r\nContent-Type: text/csv\r\n\r\nb\r\n--x--", "syntax"),
        (
            "no text",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x--",
            "syntax",
        ),
    ],
)
def test_a_broken_form_is_refused(files, unchanged, case, content, code):
    with unchanged():
        reply = files.send(content, "multipart/form-data; boundary=x", status=400)
    assert reply["errors"][0]["code"] == code, case


def test_a_form_with_two_files_is_refused(files):
    part = b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nsku\r\n"
    reply = files.send(part * 2 + b"--x--", "multipart/form-data; boundary=x", status=400)
    assert "one file" in reply["status_message"]


@pytest.mark.parametrize(
    ("case", "kind", "headers"),
    [
        ("json", "application/json", {}),
        ("what curl says unless told", "application/x-www-form-urlencoded", {}),
        ("packed", "text/csv", {"Content-Encoding": "gzip"}),
    ],
)
def test_a_body_that_is_no_declared_file_is_refused(files, unchanged, case, kind, headers):
    with unchanged():
        reply = files.send(TITLES, kind, status=415, headers=headers)
    assert reply["status"] == "Error", case


def test_a_file_larger_than_the_limit_is_refused_and_leaves_nothing(files, app, unchanged):
    database = app.extensions["pims_database"]
    database.settings = replace(database.settings, import_bytes_max=1_000)
    large = TITLES + b"x" * 2_000
    with unchanged():
        files.send(large, status=413)
        reply = files.send(large[:1_001], status=413)
        assert reply["errors"][0]["code"] == "limit"
        files.send_form(large, status=413)
    assert files.send(TITLES.ljust(1_000, b"\n"))["job"]["state"] == "queued"


def test_other_bodies_keep_their_limit(app, files, client, key):
    assert app.config["MAX_CONTENT_LENGTH"] == 5 * 1024 * 1024 + 1
    long = b"sku,title\n" + b"A,Rod\n" * 1_000_000
    assert len(long) > app.config["MAX_CONTENT_LENGTH"]
    files.send(long, "application/octet-stream", format="jsonl")
    sent = {"headers": {"ApiKey": key}, "content_type": "application/json"}
    assert client.post("/pim/manage/products", data=long, **sent).status_code == 413


def test_a_key_without_the_permission_is_refused(files, make_key, unchanged):
    editor = make_key("pim_user", "pim_editor", "pim_manager", "pim_export")
    with unchanged():
        assert files.send(TITLES, status=403, key=editor)["errors"][0]["code"] == "forbidden"
        files.send(TITLES, status=401, key="")


@pytest.mark.parametrize(
    ("permissions", "missing", "status"),
    [
        (("pim_import",), "categories", 200),
        (("pim_import",), "attributes", 403),
        (("pim_import", "pim_editor"), "attributes", 403),
        (("pim_import", "pim_manager"), "attributes,categories", 200),
        (("pim_import",), "dictionary", 403),
        (("pim_import", "pim_editor"), "dictionary", 200),
    ],
)
def test_making_what_is_missing_needs_a_permission(files, make_key, permissions, missing, status):
    files.send(TITLES, status=status, key=make_key(*permissions), createMissing=missing)


def test_who_may_not_make_attributes_is_told_who_may(files, make_key, unchanged):
    key, content = make_key("pim_import"), b"sku,title,new\nA,Rod,x\n"
    with unchanged():
        reply = files.send(content, status=403, key=key, createMissing="attributes")
    [fault] = reply["errors"]
    assert (fault["code"], fault["pointer"], fault["allowed"]) == (
        "forbidden", "/createMissing", ["pim_manager"],
    )  # fmt: skip
    assert fault["message"] == "Access denied! createMissing of attributes needs pim_manager."


def test_the_right_to_make_attributes_is_asked_for_again_by_the_worker(files, pims, make_key):
    key = make_key("pim_import", "pim_manager")
    content = b"sku,title,new\nA,Rod,x\n"
    number = files.send(content, key=key, createMissing="attributes")["job"]["id"]
    sent = {"key": key, "pim_manager": 0}
    assert files.client.post(
        "/pim/keyinfo/set", json=sent, headers={"ApiKey": files.key}
    ).status_code == 200  # fmt: skip
    job = files.done(number)
    assert (job["state"], job["errors"][0]["allowed"]) == ("failed", ["pim_manager"])
    assert pims("listProduct", sku="A")["status"] == "Error"


def test_a_job_ends_when_its_key_was_withdrawn_meanwhile(files, pims, make_key):
    other = make_key("pim_import")
    number = files.send(TITLES, key=other)["job"]["id"]
    pims("", path="/pim/keydelete", key=files.key)
    files.client.post("/pim/keydelete", json={"key": other}, headers={"ApiKey": files.key})
    job = files.done(number)
    assert (job["state"], job["error"]) == ("failed", KEY_IS_GONE)
    assert job["errors"] == [{"code": "forbidden", "message": KEY_IS_GONE}]
    assert pims("listProduct", sku="A")["status"] == "Error"


def test_faults_that_only_show_in_the_whole_file_are_those_of_the_job(files, pims):
    job = files.import_file(b'{"sku": "A", "titel": "Rod"}\n', "application/jsonl")
    assert job["state"] == "failed"
    [fault] = job["errors"]
    assert (fault["code"], fault["attribute"], fault["nearest"]) == (
        "unknown_attribute", "titel", "title",
    )  # fmt: skip
    assert job["error"] == fault["message"]
    assert pims("listProduct", sku="A")["status"] == "Error"


def give_view(pims, name="shop", **attributes):
    path = "/pim/manage/views"
    pims("addPimView", path=path, name=name, attributes=attributes, status=200)


def test_a_file_is_understood_through_the_view_of_its_key(files, pims, make_key, shown):
    give_view(pims, title={"transform": "name"}, status={})
    bound = make_key("pim_import", views=("shop",))
    job = files.send(b"sku,name\nA,Rod\n", key=bound)["job"]
    assert files.done(job["id"])["totals"]["created"] == 1
    assert shown("A")["title"] == "Rod"
    reply = files.send(TITLES, key=bound, status=400)
    assert reply["errors"][0]["code"] == "unknown_attribute"


def test_hidden_attributes_show_nowhere_in_a_refused_file(files, pims, given_attribute, make_key):
    given_attribute("secret")
    give_view(pims, title={}, status={})
    bound = make_key("pim_import", views=("shop",))
    reply = files.send(b"sku,secret\nA,x\n", key=bound, status=400)
    other = files.send(b"sku,nobody\nA,x\n", key=bound, status=400)
    told = [one["status_message"].replace("secret", "nobody") for one in (reply, other)]
    assert told[0] == told[1]


def test_a_job_ends_when_its_view_is_no_longer_for_its_key(files, pims, make_key, database):
    give_view(pims, title={}, status={})
    manager = make_key("pim_import", "pim_manager")
    number = files.send(TITLES, key=manager, headers={"ApiView": "shop"})["job"]["id"]
    pims("deletePimView", path="/pim/manage/views", name="shop", status=200)
    assert files.done(number)["error"] == VIEW_IS_GONE


def test_a_view_that_is_not_for_the_key_is_warned_of(files, pims, make_key):
    give_view(pims, title={}, status={})
    reply = files.send(TITLES, key=make_key("pim_import"), headers={"ApiView": "shop"})
    assert [one["code"] for one in reply["warnings"]] == ["forbidden"]


def test_columns_that_are_passed_over_are_warned_of_in_the_job(files, given_product):
    given_product("A", title="Rod")
    job = files.import_file(b"sku,variation_skus\nA,B\n")
    assert [one["code"] for one in job["warnings"]] == ["read_only"]
    assert job["totals"]["warnings"] == 1


def test_a_worker_that_dies_loses_and_repeats_nothing(files, monkeypatch, history, shown):
    class Killed(BaseException):
        pass

    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    saved, steps = job_run.JobRun.save_step, []

    def save_or_die(self, *arguments):
        steps.append(1)
        if len(steps) == 3:
            raise Killed
        saved(self, *arguments)

    monkeypatch.setattr(job_run.JobRun, "save_step", save_or_die)
    rows = b"".join(b"P%d,%s\n" % (n, b"" if n % 4 == 3 else b"Rod") for n in range(10))
    number = files.send(b"sku,title\n" + rows)["job"]["id"]
    with pytest.raises(Killed):
        files.done(number)
    assert files.job(number)["totals"]["created"] == 3
    monkeypatch.setattr(worker, "now_us", lambda: 2**60)
    job = files.done(number)
    assert (job["state"], job["totals"]) == ("done", TOTALS | {"created": 8, "rejected": 2})
    assert [len(history(f"P{n}")) for n in (0, 4, 5, 9)] == [1, 1, 1, 1]
    refused = files.download(job["links"]["errors"]).splitlines()
    assert [line.split(b",")[0] for line in refused] == [b"error_line", b"5", b"9"]


def test_when_very_many_jobs_wait_no_more_are_taken(files, monkeypatch, unchanged):
    monkeypatch.setattr(job_services, "JOBS_WAITING_MAX", 1)
    files.send(TITLES)
    with unchanged():
        assert files.send(TITLES, status=503)["errors"][0]["code"] == "busy"


def test_the_charset_of_the_content_type_is_the_encoding(files, shown):
    content = "sku;title\nA;Größe\n".encode("mac-roman")
    job = files.import_file(content, "text/csv; charset=mac-roman")
    assert (job["totals"]["created"], shown("A")["title"]) == (1, "Größe")


def test_a_guessed_encoding_is_a_warning_of_the_job(files):
    job = files.import_file("sku;title\nA;Größe\n".encode("cp1252"), "text/csv")
    assert job["totals"]["warnings"] == 1
    assert [one["message"] for one in job["warnings"]] == [
        "The file was read as cp1252, for it is not UTF-8: the option encoding says otherwise."
    ]


def test_refused_rows_come_back_with_the_delimiter_of_the_file(files):
    job = files.import_file("sku;title\nÖ;\n".encode("cp1252"), "text/csv")
    found = files.download(job["links"]["errors"])
    assert found.startswith(b"\xef\xbb\xbferror_line;error_message;sku;title\r\n2;")


def test_what_is_told_once_of_a_column_is_in_the_job(files, given_attribute):
    given_attribute("price", "number")
    job = files.import_file(b"sku,title,price\nA,Rod,1.234\nB,Nut,2.500\n")
    [warning] = job["warnings"]
    assert (warning["attribute"], job["totals"]["warnings"]) == ("price", 1)
    assert "such as 1.234 on line 2" in warning["message"]


def test_a_column_of_another_systems_types_is_refused_at_once(files):
    reply = files.send(b"sku,title,product_type\nA,Rod,simple\n", status=400)
    assert reply["status_message"].startswith("The column 'product_type' names no product type")
    assert [(one["code"], one["allowed"]) for one in reply["errors"]] == [("type", ["default"])]


def test_products_that_name_each_other_come_together(files, shown, history, given_attribute):
    given_attribute("partner", "relation")
    job = files.import_file(b"sku,title,partner\nA,Rod,B\nB,Nut,A\n")
    assert job["totals"] == TOTALS
    assert (shown("A")["partner"], shown("B")["partner"]) == ("B", "A")
    assert (len(history("A")), len(history("B"))) == (1, 1)
