"""Replies about media, counts, issues, events and jobs are as they are described."""

import pytest

from pims_api.jobs.worker import run_pending_jobs
from tests.databases.fresh import on_one_engine
from tests.tenant.test_described import check, document

__all__ = ["check", "document"]

pytestmark = on_one_engine


@pytest.fixture
def filled(tenant, hat, database):
    """A product with media, after a bulk job of which an entry failed, and an export."""
    tenant("POST", "/media", {"url": "https://example.com/a.jpg", "product_id": hat["id"]})
    tenant("POST", f"/products/{hat['id']}/variants", {})
    payload = [{"id": hat["id"], "brand": "Acme", "status": "DRAFT"}, {"sku": "NONE"}]
    tenant("POST", "/bulk-jobs", {"job_type": "BULK_UPDATE", "payload": payload})
    tenant("POST", "/export", status=202)
    run_pending_jobs(database)


@pytest.mark.parametrize(
    "path",
    ["/media", "/stats", "/validation", "/audit", "/bulk-jobs", "/bulk-jobs?type=EXPORT"],
)
def test_what_is_listed_is_as_described(tenant, filled, check, path) -> None:
    reply = tenant("GET", path)
    assert reply
    assert check("GET", path.partition("?")[0], 200, reply) == []


def test_what_is_made_is_as_described(send, hat, check) -> None:
    media = {"url": "https://example.com/a.jpg", "product_id": hat["id"]}
    job = {"job_type": "BULK_DELETE", "payload": [hat["id"]]}
    for path, body, status in (
        ("/media", media, 200), ("/media", {}, 400), ("/bulk-jobs", job, 200),
        ("/bulk-jobs", {}, 400), ("/export", None, 202),
    ):  # fmt: skip
        answer = send("POST", path, body)
        assert answer.status_code == status
        assert check("POST", path, status, answer.get_json()) == []
