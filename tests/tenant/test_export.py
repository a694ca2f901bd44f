"""Exports: asked for, told of among the jobs, and the file, fetched with the same headers."""

import csv
import io

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.jobs.worker import run_pending_jobs
from tests.databases.fresh import on_one_engine
from tests.tenant.conftest import BASE, STRANGE

COLUMNS = ["Product Title", "Description", "Category", "Brand", "Status", "SKU", "Barcode",
           "Retail Price", "Cost Price"]  # fmt: skip


@pytest.fixture
def exported(tenant, send, database):
    """`exported()`: ask for an export, have it done, and return the rows of its file."""

    def rows(**sent):
        asked = tenant("POST", "/export", status=202, **sent)
        run_pending_jobs(database)
        [job] = [one for one in tenant("GET", "/bulk-jobs?type=EXPORT", **sent)
                 if one["id"] == asked["job_id"]]  # fmt: skip
        assert job["status"] == "COMPLETED"
        response = send("GET", job["file_url"].removeprefix(BASE), **sent)
        assert (response.status_code, response.content_type) == (200, "text/csv; charset=utf-8")
        return list(csv.reader(io.StringIO(response.data.decode(), newline="")))

    return rows


def test_an_export_is_a_job_that_ends_with_a_file(tenant, database, send, ids) -> None:
    asked = tenant("POST", "/export", status=202, ApiUser="Ann")
    assert (asked["status"], asked["job_id"]) == ("success", ids.of_number(Numbered.JOB, 1))
    assert list(asked) == ["status", "message", "job_id"]
    path = f"/export/{asked['job_id']}/file"
    [job] = tenant("GET", "/bulk-jobs?type=EXPORT")
    assert (job["status"], job["file_url"], job["payload_json"]) == ("PENDING", None, None)
    assert (job["created_by"], job["errors"]) == ("Ann", [])
    told = tenant("GET", path, status=404)
    assert told == {"error": "There is no such file: the export is not done, or its file is kept "
                    "no longer!"}  # fmt: skip
    run_pending_jobs(database)
    [job] = tenant("GET", "/bulk-jobs?type=EXPORT")
    assert (job["status"], job["file_url"]) == ("COMPLETED", BASE + path)
    assert send("GET", path).data == (",".join(COLUMNS) + "\r\n").encode()
    assert tenant("GET", "/bulk-jobs") == []


def test_a_line_for_each_variant_or_product_without_variants(tenant, pims, exported, ids) -> None:
    tenant("POST", "/categories", {"name": "Lamps", "slug": "lamps"})
    tenant("POST", "/brands", {"name": "Ac,me"})
    lamp = tenant("POST", "/products", {"title": "Lamp", "description": "=1+1", "category":
                                        "lamps"})["id"]  # fmt: skip
    tenant("PUT", f"/products/{lamp}", {"brand_id": tenant("GET", "/brands")[0]["id"]})
    for variant in ({"sku": "RED", "price": "19.90", "barcode": "0401"}, {"price": 5}):
        tenant("POST", f"/products/{lamp}/variants", variant)
    values = {"title": "Rod", "status": "inactive", "price": "7", "barcode": "9"}
    pims("createProduct", sku="ROD", data={"attributes": values}, status=200)
    tenant("POST", "/products", {"title": "Plain"})
    gone = tenant("POST", "/products", {"title": "Gone"})["id"]
    tenant("DELETE", f"/products/{gone}", status=204)
    lonely = tenant("POST", "/products", {"title": "Lonely"})["id"]
    tenant("POST", f"/products/{lonely}/variants", {"sku": "LONE"})
    pims("editProduct", sku="LONE", data={"attributes": {"status": "deleted"}}, status=200)
    shared = ["Lamp", "'=1+1", "lamps", "Ac,me", "ACTIVE"]
    header, *rows = exported()
    assert header == COLUMNS
    assert rows == [
        [*shared, "", "", "5", ""],
        [*shared, "RED", "0401", "19.90", ""],
        ["Rod", "", "", "", "DRAFT", "ROD", "9", "7", ""],
        ["Plain", "", "", "", "ACTIVE", "", "", "", ""],
        ["Lonely", "", "", "", "ACTIVE", "", "", "", ""],
    ]


def test_the_default_view_of_the_key_holds_for_the_file(tenant, pims, exported, make_key) -> None:
    view = {"attributes": {"title": {"transform": "Name"}, "price": {}},
            "condition_query": "[[title]] LIKE 'V%'"}  # fmt: skip
    tenant("POST", "/categories", {"name": "Lamps", "slug": "lamps"})
    for title in ("Axe", "Vase"):
        tenant("POST", "/products", {"title": title, "description": "x", "category": "lamps"})
    pims("addAttribute", path="/pim/manage/attributes", name="price", status=200,
         definition={"type": "number", "label": {"en-us": "Price"}})  # fmt: skip
    pims("addPimView", path="/pim/manage/views", name="partner", **view, status=200)
    partner = make_key("pim_user", "pim_export", views=("partner",), default_view="partner")
    assert exported(key=partner)[1:] == [["Vase", "", "", "", "", "", "", "", ""]]


def test_a_key_with_views_sees_its_own_jobs_alone(tenant, pims, refused, make_key, database):
    pims("addPimView", path="/pim/manage/views", name="partner", attributes={"title": {}},
         status=200)  # fmt: skip
    partner = make_key("pim_user", "pim_export", views=("partner",), default_view="partner")
    mine = tenant("POST", "/export", status=202, key=partner)["job_id"]
    others = tenant("POST", "/export", status=202)["job_id"]
    run_pending_jobs(database)
    listed = tenant("GET", "/bulk-jobs?type=EXPORT", key=partner)
    assert [one["id"] for one in listed] == [mine]
    assert refused(404, "GET", f"/export/{others}/file", key=partner) == refused(
        404, "GET", f"/export/{STRANGE}/file", key=partner
    )
    assert {one["id"] for one in tenant("GET", "/bulk-jobs?type=EXPORT")} == {mine, others}


@on_one_engine
def test_a_file_of_no_export_is_not_there(refused, tenant, database) -> None:
    body = {"job_type": "BULK_DELETE", "payload": [STRANGE]}
    job = tenant("POST", "/bulk-jobs", body)["id"]
    run_pending_jobs(database)
    assert refused(404, "GET", f"/export/{job}/file") == "There is no such export!"
    assert refused(404, "GET", f"/export/{STRANGE}/file") == "There is no such export!"
    assert refused(400, "GET", "/export/7/file") == "The id of a job must be a UUID!"


@on_one_engine
def test_exports_need_the_permission_for_files(refused, tenant, make_key, unchanged) -> None:
    made = tenant("POST", "/export", status=202)["job_id"]
    for group in ("pim_user", "pim_editor", "pim_manager", "pim_import"):
        key = make_key(group)
        with unchanged():
            refused(403, "POST", "/export", key=key)
            refused(403, "GET", f"/export/{made}/file", key=key)
    key = make_key("pim_export")
    tenant("POST", "/export", status=202, key=key)
    refused(403, "GET", "/bulk-jobs?type=EXPORT", key=key)
