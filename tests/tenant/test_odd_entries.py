"""Entries of bulk jobs and media with any values at all: refused one by one, never a failure."""

import itertools

import pytest

from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.jobs.queue import find_job
from tests.tenant.conftest import STRANGE

FIELDS = ("id", "sku", "title", "description", "category", "category_id", "brand", "brand_id",
          "status", "price", "barcode", "currency")  # fmt: skip
ODD = (
    None, "", " ", "\t", "x" * 256, "ä" * 40_000, "\u202e\u0001", "=1+1", "7", STRANGE,
    STRANGE.upper(), "null", "ACTIVE", "1e5", "-0", ".5", "00.10", 0, -1, 1.5, 1e300, True, False,
    [], ["A"], {}, {"a": {"b": []}},
)  # fmt: skip


@pytest.mark.parametrize("kind", ["BULK_UPDATE", "BULK_IMPORT"])
def test_any_value_of_any_field_is_taken_or_refused(tenant, database, hat, kind) -> None:
    usual = {"id": hat["id"]} if kind == "BULK_UPDATE" else {"title": "Hat", "sku": "HAT"}
    payload = [usual | {name: value} for name, value in itertools.product(FIELDS, ODD)]
    tenant("POST", "/bulk-jobs", {"job_type": kind, "payload": payload})
    run_pending_jobs(database)
    [job] = tenant("GET", f"/bulk-jobs?type={kind}")
    assert job["status"] == "COMPLETED"
    assert job["processed_items"] == len(payload)
    assert all(one["error"] for one in job["errors"])
    with database.reading() as connection:
        assert find_job(connection, 1, 1).errors == []
    for path in ("/products", "/audit", "/validation", "/stats", "/brands", "/media"):
        tenant("GET", path)


@pytest.mark.parametrize("name", ["url", "product_id", "variant_id", "alt_text", "sort_order"])
def test_any_value_of_media_is_taken_or_refused(send, hat, name) -> None:
    usual = {"url": "https://example.com/a", "product_id": hat["id"]}
    for value in ODD:
        answer = send("POST", "/media", usual | {name: value})
        assert answer.status_code in (200, 400), (value, answer.text)


def test_any_query_is_answered_or_refused(send) -> None:
    texts = [str(one)[:2_000] for one in ODD]
    for path, name in (("/media", "product_id"), ("/media", "variant_id"), ("/bulk-jobs", "type")):
        for text in texts:
            answer = send("GET", f"{path}?{name}={text.replace('+', '%2B')}")
            assert answer.status_code in (200, 400), (path, text, answer.text)
