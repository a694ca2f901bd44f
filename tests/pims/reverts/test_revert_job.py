"""A revert of very many products is a job: step by step, resumable, told like an import."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.jobs.job_run import Interrupted, JobRun
from pims_api.jobs.shutdown import Stop
from pims_api.jobs.worker import run_pending_jobs

pytestmark = pytest.mark.usefixtures("shop", "few")
SKUS = [f"P{place}" for place in range(7)]


@pytest.fixture
def few(monkeypatch):
    """More than three products are very many, and a step takes two."""
    monkeypatch.setattr("views.pims.actions.history.revert.PRODUCTS_MAX", 3)
    monkeypatch.setattr("pims_api.jobs.reverts.job.STEP_PRODUCTS", 2)


@pytest.fixture
def many(batch):
    """The number of a transaction that edited seven products."""
    batch({sku: {"title": sku, "price": "1", "ean": f"ean-{sku}"} for sku in SKUS})
    return batch({sku: {"price": "2", "title": "Rod"} for sku in SKUS})


@pytest.fixture
def job_of(files, revert):
    """`job_of(transaction=7)`: the job of a revert, when it is over."""
    return lambda **body: files.done(revert(**body)["job"]["id"])


def prices(now):
    return [now(sku, "price") for sku in SKUS]


def test_it_is_done_in_steps(many, pims, job_of, revert, now, client, key):
    job = job_of(transaction=many, reason="Wrong", source_ref="PO-1")
    counted = {"reverted": 14, "unchanged": 0, "skipped": 0, "conflict_count": 0}
    assert (job["kind"], job["state"], job["done"], job["total"]) == ("revert", "done", 7, 7)
    assert job["totals"] == counted
    last = job["result"]["transaction"]
    told = {"conflicts": [], "first_transaction": last - 3, "transaction": last}
    assert job["result"] == counted | told
    assert prices(now) == ["1"] * 7
    newest = pims("listTransactions", status=200)["transactions"][:5]
    assert [(one["products"], one.get("job"), one.get("source_ref")) for one in newest] == [
        (1, job["id"], "PO-1"), (2, job["id"], "PO-1"), (2, job["id"], "PO-1"),
        (2, job["id"], "PO-1"), (0, None, "PO-1"),
    ]  # fmt: skip


def test_the_answer_is_a_job_as_of_imports(many, revert):
    reply = revert(transaction=many)
    assert set(reply) == {"status", "job", "transaction"}
    assert reply["job"]["state"] == "queued"


def test_it_can_be_taken_back_by_its_own_number(many, job_of, now):
    first = job_of(transaction=many)
    assert job_of(job=first["id"])["totals"]["reverted"] == 14
    assert prices(now) == ["2"] * 7


def test_a_conflict_anywhere_refuses_before_the_first_step(
    keyed_database, many, wrote, job_of, now
):
    later = wrote("P6", price="9")
    job = job_of(transaction=many)
    assert job["state"] == "failed"
    assert [one["code"] for one in job["errors"]] == ["conflict"]
    conflict = {"sku": "P6", "attribute": "price", "was": "2", "now": "9", "transaction": later}
    assert job["result"] == {"conflicts": [conflict], "conflict_count": 1}
    words = ["--database", keyed_database.url, "job", "show", str(job["id"])]
    told = CliRunner().invoke(main, words).stdout.splitlines()
    assert told[-1] == f'  P6  price: was "2", is "9", changed by transaction {later}'
    assert prices(now) == ["2"] * 6 + ["9"]


@pytest.mark.parametrize(("on_conflict", "left"), [("skip", "9"), ("force", "1")])
def test_conflicts_are_skipped_or_overwritten(many, wrote, job_of, now, on_conflict, left):
    later = wrote("P6", price="9")
    job = job_of(transaction=many, on_conflict=on_conflict)
    assert job["totals"]["conflict_count"] == 1
    assert job["totals"]["skipped"] == (on_conflict == "skip")
    assert job["result"]["conflicts"] == [
        {"sku": "P6", "attribute": "price", "was": "2", "now": "9", "transaction": later}
    ]
    assert prices(now) == ["1"] * 6 + [left]


def test_a_dry_run_tells_the_same_and_stores_nothing(many, wrote, files, revert, now, pims):
    wrote("P6", price="9")
    before = pims("listProductsBySku", skus=SKUS, status=200)["products"]
    body = {"transaction": many, "on_conflict": "skip"}
    tried = files.done(revert(**body, dry_run=True)["job"]["id"])
    assert pims("listProductsBySku", skus=SKUS, status=200)["products"] == before
    done = files.done(revert(**body)["job"]["id"])
    result = {k: v for k, v in done["result"].items() if "transaction" not in k}
    assert tried["result"] == {"dry_run": True} | result
    assert tried["totals"] == done["totals"]


def test_unique_values_that_went_through_many_steps_go_back(pims, many, job_of, now):
    moved = [("P0", None)]
    moved += [(SKUS[place], f"ean-{SKUS[place - 1]}") for place in range(1, 7)]
    actions = [
        {"action": "editProduct", "sku": sku, "data": {"attributes": {"ean": ean}}}
        for sku, ean in moved
    ]
    number = pims("batch", actions=actions, mode="atomic", status=200)["transaction"]
    assert job_of(transaction=number)["totals"]["reverted"] == 7
    assert [now(sku, "ean") for sku in SKUS] == [f"ean-{sku}" for sku in SKUS]


def test_what_rules_refuse_at_the_end_fails_or_is_left(many, batch, wrote, job_of, now):
    number = batch({sku: {"ean": None} for sku in SKUS})
    wrote("A", ean="ean-P1")
    job = job_of(transaction=number)
    assert (job["state"], job["errors"][0]["code"]) == ("failed", "not_unique")
    assert job["errors"][0]["message"].startswith("P1: ean must be unique")
    job = job_of(transaction=number, on_conflict="skip")
    assert (job["totals"]["skipped"], now("P1", "ean")) == (1, None)
    assert [now(sku, "ean") for sku in SKUS if sku != "P1"] == [
        f"ean-{sku}" for sku in SKUS if sku != "P1"
    ]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_an_interrupted_one_goes_on_where_it_was(
    monkeypatch, many, wrote, files, revert, database, now, steps
):
    number = revert(transaction=many)["job"]["id"]
    check, left = JobRun.check_stop, iter(range(steps - 1))

    def stop(run):
        if next(left, None) is None:
            raise Interrupted
        check(run)

    monkeypatch.setattr(JobRun, "check_stop", stop)
    asked = Stop()
    run_pending_jobs(database, asked, lambda _: asked.ask())
    assert files.job(number)["done"] == 2 * steps
    monkeypatch.setattr(JobRun, "check_stop", check)
    wrote("P0", price="7")  # is back already, so this is no conflict
    job = files.done(number)
    assert (job["state"], job["totals"]["reverted"], job["done"]) == ("done", 14, 7)
    assert prices(now) == ["7"] + ["1"] * 6


def test_a_key_that_lost_its_right_ends_it(many, revert, files, make_key, client, key, now):
    editor = make_key("pim_editor")
    number = revert(transaction=many, key=editor)["job"]["id"]
    client.post("/pim/keydelete", json={"key": editor}, headers={"ApiKey": key})
    assert (files.done(number)["state"], prices(now)) == ("failed", ["2"] * 7)


def test_a_view_that_hides_something_is_refused_at_once(pims, many, revert, make_key, unchanged):
    pims("addPimView", path="/pim/manage/views", name="Part", attributes={"price": {}}, status=200)
    key = make_key("pim_editor", views=("Part",), default_view="Part")
    with unchanged():
        reply = revert(transaction=many, key=key, status=403)
    assert "title" not in json.dumps(reply)
