"""Two tenants: media, events, issues and jobs of the one are not there for the other."""

import pytest

from pims_api.jobs.worker import run_pending_jobs
from pims_api.services.keys.api_keys import create_key
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.tenant.conftest import STRANGE
from tests.tenant.test_isolation import neighbour

__all__ = ["neighbour"]

URL = "https://example.com/a.jpg"


@pytest.fixture
def theirs(tenant, hat, database):
    """What the first tenant has: a product, a variant, media, a bulk job and an export."""
    variant = tenant("POST", f"/products/{hat['id']}/variants", {})["id"]
    media = tenant("POST", "/media", {"url": URL, "product_id": hat["id"]})["id"]
    body = {"job_type": "BULK_UPDATE", "payload": [{"id": hat["id"], "title": "Cap"}]}
    job = tenant("POST", "/bulk-jobs", body)["id"]
    export = tenant("POST", "/export", status=202)["job_id"]
    run_pending_jobs(database)
    return {"product": hat["id"], "variant": variant, "media": media, "job": job, "export": export}


def test_lists_hold_the_own_things_alone(neighbour, tenant, theirs) -> None:
    for path in ("/media", "/validation", "/audit", "/bulk-jobs", "/bulk-jobs?type=EXPORT"):
        assert tenant("GET", path) != []
        assert neighbour("GET", path).get_json() == []
    assert neighbour("GET", "/stats").get_json()["totalProducts"] == 0


def test_every_id_of_one_is_for_the_other_as_one_that_never_was(
    neighbour, theirs, unchanged
) -> None:
    with unchanged():
        for uuid in theirs.values():
            for name in ("product_id", "variant_id"):
                assert neighbour("GET", f"/media?{name}={uuid}").get_json() == []
                foreign, never = (
                    neighbour("POST", "/media", {"url": URL, name: one}) for one in (uuid, STRANGE)
                )
                assert (foreign.status_code, foreign.data) == (400, never.data)


@pytest.fixture
def exporter(database):
    """A key of the second tenant that may fetch files."""
    with unit_of_work(database, 2, Actor("tests")) as work:
        text, _ = create_key(work, None, "exporter", ("pim_export",))
    return text


def test_files_of_the_other_are_not_there(neighbour, theirs, exporter) -> None:
    for uuid in theirs.values():
        foreign, never = (
            neighbour("GET", f"/export/{one}/file", Authorization=f"Bearer {exporter}")
            for one in (uuid, STRANGE)
        )
        assert (foreign.status_code, foreign.data) == (404, never.data)


def test_entries_that_name_things_of_the_other_fail(neighbour, theirs, database, tenant) -> None:
    own = neighbour("POST", "/products", {"title": "Mine"}).get_json()["id"]
    entries = [{"id": one, "title": "Mine"} for one in theirs.values()]
    entries += [{"id": own, "category_id": theirs["product"]}, {"id": own, "brand_id": STRANGE}]
    for kind, payload in (("UPDATE", entries), ("DELETE", [*theirs.values()])):
        body = {"job_type": f"BULK_{kind}", "payload": payload}
        assert neighbour("POST", "/bulk-jobs", body).status_code == 200
        run_pending_jobs(database)
        [job] = neighbour("GET", f"/bulk-jobs?type=BULK_{kind}").get_json()
        assert (job["status"], job["failed_items"]) == ("FAILED", len(payload))
    assert [one["title"] for one in tenant("GET", "/products")] == ["Cap"]
