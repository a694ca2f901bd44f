"""Jobs do what their caller may, when they run as much as when they were asked for."""

from dataclasses import replace
from typing import Any

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.jobs.job_run import KEY_IS_GONE, RIGHT_IS_GONE, USER_IS_GONE
from pims_api.jobs.worker import run_pending_jobs
from pims_api.services.keys.api_keys import find_key, revoke_key, store_key
from pims_api.services.users import accounts
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.unit_of_work import unit_of_work
from tests.tenant.test_tokens import token

__all__ = ["token"]

VIEWS = "/pim/manage/views"


@pytest.fixture
def ask(tenant) -> Any:
    """`ask("BULK_UPDATE", […])`: ask for a job; its id."""

    def post(kind, payload, **sent):
        return tenant("POST", "/bulk-jobs", {"job_type": kind, "payload": payload}, **sent)["id"]

    return post


@pytest.fixture
def told(tenant) -> Any:
    """`told("BULK_UPDATE")`: status and errors of the newest job of a type."""

    def newest(kind, **sent):
        job = tenant("GET", f"/bulk-jobs?type={kind}", **sent)[0]
        return job["status"], [one["error"] for one in job["errors"]]

    return newest


@pytest.fixture
def partner(pims, make_key) -> Any:
    """A key that sees and writes titles and prices of products whose title begins with a V."""
    for name in ("price", "description"):
        definition = {"type": "string", "label": {"en-us": name}}
        pims("addAttribute", path="/pim/manage/attributes", name=name, definition=definition,
             status=200)  # fmt: skip
    view = {"attributes": {"title": {}, "status": {"readonly": "y"}},
            "condition_query": "[[title]] LIKE 'V%'"}  # fmt: skip
    pims("addPimView", path=VIEWS, name="partner", **view, status=200)
    groups = ("pim_user", "pim_editor", "pim_import")
    return make_key(*groups, views=("partner",), default_view="partner")


def test_the_view_of_the_key_holds_for_each_entry(
    ask, told, tenant, pims, database, partner, unchanged
) -> None:
    vase = tenant("POST", "/products", {"title": "Vase"})["id"]
    axe = tenant("POST", "/products", {"title": "Axe"})["id"]
    ask("BULK_UPDATE", [
        {"id": axe, "title": "Vaxe"},
        {"id": vase, "description": "x"},
        {"id": vase, "status": "DRAFT"},
        {"id": vase, "title": "Rose"},
        {"id": vase, "title": "Vase 2"},
    ], key=partner)  # fmt: skip
    run_pending_jobs(database)
    outside = "The product would lie outside the rows of your View; nothing was stored!"
    assert told("BULK_UPDATE", key=partner) == ("COMPLETED", [
        "There is no such product or variant!",
        "Access denied! You may not write description.",
        "Access denied! You may not write status.",
        outside,
    ])  # fmt: skip
    ask("BULK_DELETE", [vase, axe], key=partner)
    run_pending_jobs(database)
    assert told("BULK_DELETE", key=partner)[0] == "FAILED"
    ask("BULK_IMPORT", [{"title": "Axe 2"}, {"title": "Vat"}], key=partner)
    run_pending_jobs(database)
    assert told("BULK_IMPORT", key=partner) == ("COMPLETED", [outside])
    titles = {one["title"] for one in tenant("GET", "/products")}
    assert titles == {"Vase 2", "Axe", "Vat"}


def error_of(database, number):
    with database.reading() as connection:
        return find_job(connection, 1, number).errors[0]["message"]


def without_groups(work, key):
    store_key(work, key, replace(key, groups=("pim_user",)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [(without_groups, RIGHT_IS_GONE.format("pim_editor")), (revoke_key, KEY_IS_GONE)],
)
def test_a_key_that_is_withdrawn_meanwhile_changes_nothing_any_more(
    ask, told, tenant, database, make_key, hat, change, reason
) -> None:
    editor = make_key("pim_user", "pim_editor")
    ask("BULK_UPDATE", [{"id": hat["id"], "title": "Cap"}], key=editor)
    with unit_of_work(database, 1, Actor("tests")) as work:
        change(work, find_key(work, editor))
    run_pending_jobs(database)
    assert told("BULK_UPDATE") == ("FAILED", [])
    assert error_of(database, 1) == reason
    assert tenant("GET", f"/products/{hat['id']}")["title"] == "Hat"


def test_a_user_has_jobs_too_and_sees_them_alone(ask, told, tenant, database, token, hat) -> None:
    admin = token("role-admin")
    mine = ask("BULK_UPDATE", [{"id": hat["id"], "title": "Cap"}], key=admin)
    others = ask("BULK_UPDATE", [{"id": hat["id"], "description": "Warm"}])
    run_pending_jobs(database)
    assert told("BULK_UPDATE", key=admin) == ("COMPLETED", [])
    assert [one["id"] for one in tenant("GET", "/bulk-jobs", key=admin)] == [mine]
    assert [one["id"] for one in tenant("GET", "/bulk-jobs")] == [others, mine]
    assert tenant("GET", "/audit")[1]["actor_email"] == "role-admin@example.com"


def test_a_user_who_is_gone_changes_nothing_any_more(ask, database, token, tenant, hat) -> None:
    admin = token("role-admin")
    ask("BULK_UPDATE", [{"id": hat["id"], "title": "Cap"}], key=admin)
    with unit_of_work(database, 1, Actor("tests")) as work:
        user = accounts.find_user(work, "role-admin@example.com")
        accounts.set_disabled(work, user, disabled=True)
    run_pending_jobs(database)
    assert tenant("GET", f"/products/{hat['id']}")["title"] == "Hat"
    assert error_of(database, 1) == USER_IS_GONE


def test_pims_sees_and_cancels_these_jobs(ask, tenant, client, key, database, hat, ids) -> None:
    number = ask("BULK_UPDATE", [{"id": hat["id"], "title": "Cap"}])
    assert number == ids.of_number(Numbered.JOB, 1)
    listed = client.get("/pim/jobs", headers={"ApiKey": key}).get_json()["jobs"]
    assert [(one["id"], one["kind"], one["state"]) for one in listed] == [
        (1, "bulk_update", "queued")
    ]
    client.post("/pim/jobs/1/cancel", json={}, headers={"ApiKey": key})
    run_pending_jobs(database)
    [job] = tenant("GET", "/bulk-jobs")
    assert (job["status"], job["processed_items"]) == ("FAILED", 0)
    assert tenant("GET", f"/products/{hat['id']}")["title"] == "Hat"
