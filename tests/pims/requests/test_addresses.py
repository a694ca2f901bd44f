"""Parameters of addresses that nobody knows: told of, and refused where they may guard a change."""

import pytest

ADDRESSES = ["/pim/status", "/pim/keyinfo", "/pim/jobs", "/pim/jobs/1"]


@pytest.fixture
def job(files):
    return files.import_file(b"sku,title,price\nA,Rod,\nB,,1\n")


@pytest.fixture(autouse=True)
def price(given_attribute):
    given_attribute("price", "number")


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize("path", ADDRESSES)
def test_an_unknown_parameter_is_told_of(files, path):
    told = {"code": "unknown_attribute", "message": "verbos is not known and was ignored.",
            "pointer": "/verbos"}  # fmt: skip
    assert files.get(f"{path}?verbos=1")["warnings"] == [told]
    assert "warnings" not in files.get(path)
    strict = files.get(f"{path}?verbos=1&strict=1", status=400)
    assert strict["errors"] == [told | {"message": "verbos is not known!"}]


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize("path", [*ADDRESSES, "/pim/jobs/1/errors", "/pim/jobs/1/result"])
def test_what_may_guard_a_change_is_refused(files, path):
    assert files.get(f"{path}?dryRun=1", status=400)["errors"][0]["pointer"] == "/dryRun"


def test_the_nearest_one_is_named(files):
    assert files.get("/pim/jobs?pagesize=1")["warnings"][0]["nearest"] == "pageSize"
    assert files.get("/pim/jobs?page_size=1&page=1").get("warnings") is None


def test_the_status_without_a_key_tells_of_it_too(client):
    reply = client.get("/pim/status?verbos=1").get_json()
    assert [one["pointer"] for one in reply["warnings"]] == ["/verbos"]
    assert "warnings" not in client.get("/pim/status").get_json()


def test_files_refuse_what_they_cannot_tell_of(files, job):
    refused = files.get("/pim/jobs/1/errors?fromat=json", status=400)
    assert refused["errors"][0]["nearest"] == "format"
    assert files.get("/pim/jobs/1/result?x=1", status=400)["errors"][0]["pointer"] == "/x"


def test_refused_rows_come_as_json(files):
    job = files.import_file(b"sku,title,Net\nA,Rod,1\nB,,1\nC,Nut,x\nD,Cog,1,2\n", map="Net=price")
    address = job["links"]["errors"]
    assert files.get(f"{address}?format=json") == {
        "status": "OK",
        "rows": [
            {"line": 3, "sku": "B", "cells": {"sku": "B", "title": "", "Net": "1"}, "errors": [
                {"code": "required", "attribute": "title",
                 "message": "title cannot be empty: B is new, and a new product needs it!"}]},
            {"line": 4, "sku": "C", "cells": {"sku": "C", "title": "Nut", "Net": "x"}, "errors": [
                {"code": "type", "attribute": "price", "value": "x", "column": "Net",
                 "pointer": "/Net", "message": "price must be a number: an optional sign, digits "
                 "and at most one point, at most 40 digits, no exponent!"}]},
            {"line": 5, "sku": "D", "cells": {"sku": "D", "title": "Cog", "Net": "1"},
             "rest": ["2"], "errors": [
                {"code": "syntax",
                 "message": "The row has 4 cells, but the header names 3 columns!"}]},
        ],
    }  # fmt: skip
    assert files.download(f"{address}?format=csv") == files.download(address)
    assert files.get(f"{address}?format=xlsx", status=400)["errors"][0] == {
        "code": "range", "pointer": "/format", "value": "xlsx", "allowed": ["json", "csv"],
        "message": "The rows come in the format of their file, csv, or as json!",
    }  # fmt: skip


def test_many_refused_rows_come_as_one_object(files):
    rows = b"".join(b"S%d,\n" % n for n in range(3_000))
    job = files.import_file(b"sku,title\n" + rows)
    found = files.get(job["links"]["errors"] + "?format=json")["rows"]
    assert [one["line"] for one in found] == list(range(2, 3_002))
