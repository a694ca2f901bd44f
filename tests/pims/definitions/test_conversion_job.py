"""editAttribute with another type in a large catalogue: a job, and one change for every reader."""

from dataclasses import replace

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tables import job as table
from tests.pims.stored_rows import stored_rows


@pytest.fixture
def convert(manage):
    """`convert("price", "number")`: the attribute gets the type, and what else is told."""

    def change(name, kind, status=200, dry_run=False, **more):
        definition = {"type": kind} | more
        sent = {"name": name, "definition": definition, "dry_run": dry_run}
        return manage("editAttribute", status=status, **sent)

    return change


@pytest.fixture
def sound(database):
    """`sound()`: history, index, full text and unique values agree with the documents."""

    def check():
        with snapshot(database, 1) as seen:
            assert [one for each in CHECKS for one in each.find(seen)] == []

    return check


def found(pims, condition):
    reply = pims("getList", params={"condition_query": condition}, status=200)
    return [one["sku"] for one in reply["products"]]


@pytest.fixture
def large(database, monkeypatch):
    """As if there were too many products for one request."""
    monkeypatch.setattr(database, "settings", replace(database.settings, reindex_inline_max=0))


@pytest.fixture
def done_in_vain(files, database):
    """`done_in_vain(job)`: the job as it ended; nothing but its row differs from before."""

    def run(job):
        before = stored_rows(database)
        found = files.done(job["id"])
        assert stored_rows(database) | {"job": None} == before | {"job": None}
        return found

    return run


@pytest.fixture
def prices(given_attribute, given_product, filled):
    filled(lambda: fill_prices(given_attribute, given_product))


def fill_prices(given_attribute, given_product):
    given_attribute("price", "string", isFilterable="y")
    for number in range(300):
        given_product(f"S{number}", title="Rod", price=f"{number}.50")


@pytest.mark.usefixtures("large", "prices")
def test_with_very_many_products_a_job_converts(convert, listed, shown, files, pims, sound):
    reply = convert("price", "number")
    assert set(reply) == {"status", "job", "transaction"}
    job = reply["job"]
    assert (job["kind"], job["state"], job["done"]) == ("convert", "queued", 0)
    assert job["links"] == {"self": f"/pim/jobs/{job['id']}"}
    assert (listed()["price"]["type"], found(pims, "[[price]] = '7.50'")) == ("string", ["S7"])
    job = files.done(job["id"])
    assert (job["state"], job["done"], job["total"]) == ("done", 300, 300)
    number = reply["transaction"] + 1
    assert job["result"] == {
        "attribute": "price",
        "converted": 300,
        "first_transaction": number,
        "transaction": number,
    }
    assert (listed()["price"]["type"], found(pims, "[[price]] = 7.5")) == ("number", ["S7"])
    assert shown("S7")["price"] == "7.50"
    sound()


@pytest.mark.usefixtures("large", "prices")
def test_a_value_that_does_not_fit_fails_the_job_and_changes_nothing(
    convert, edit, done_in_vain, sound
):
    edit("S299", price="on request")
    job = convert("price", "number")["job"]
    job = done_in_vain(job)
    assert job["state"] == "failed"
    assert job["errors"] == [
        {
            "code": "type",
            "message": "price cannot be of type number: S299 has 'on request', but it must be a "
            "number: an optional sign, digits and at most one point, at most 40 digits, no "
            "exponent!",
            "attribute": "price",
            "pointer": "/definition/type",
            "value": "on request",
        }
    ]
    sound()


@pytest.mark.usefixtures("large", "prices")
def test_what_only_storing_finds_fails_it_too(convert, edit, done_in_vain, sound):
    edit("S299", price="298.50")
    job = convert("price", "number", isUnique="y")["job"]
    job = done_in_vain(job)
    assert [one["code"] for one in job["errors"]] == ["not_unique"]
    sound()


@pytest.mark.usefixtures("large", "prices")
def test_the_job_of_a_dry_run_stores_nothing(convert, done_in_vain, listed):
    job = convert("price", "number", dry_run=True)["job"]
    job = done_in_vain(job)
    assert job["result"] == {"attribute": "price", "converted": 300, "dry_run": True}
    assert listed()["price"]["type"] == "string"


@pytest.mark.usefixtures("large", "prices")
def test_what_is_wrong_whatever_the_values_are_is_told_at_once(convert, unchanged, pims):
    with unchanged():
        assert convert("title", "text", status=400)["errors"][0]["code"] == "read_only"
        assert convert("price", "number", min="x", status=400)["errors"][0]["code"] == "type"
        assert convert("price", "text", status=400)["errors"]  # its flags are none of text
    view = {"attributes": {"title": {}}, "condition_query": "[[price]] LIKE '2%'"}
    pims("addPimView", path="/pim/manage/views", name="dear", status=200, **view)
    with unchanged():
        reply = convert("price", "number", status=409)
    assert "condition of the View dear" in reply["errors"][0]["message"]


@pytest.mark.usefixtures("large", "prices")
def test_settings_that_were_sent_with_the_type_come_with_it(convert, files, listed, manage):
    job = convert("price", "number", min=0, max="400.5", label="Dear", isIndexable=True)["job"]
    assert files.done(job["id"])["state"] == "done"
    found = listed()["price"]
    assert [found[name] for name in ("type", "min", "max", "isIndexable")] == [
        "number", "0", "400.5", "y"
    ]  # fmt: skip


@pytest.mark.usefixtures("large", "prices")
def test_an_attempt_that_was_over_but_not_told_is_not_done_again(convert, files, database):
    job = convert("price", "number")["job"]
    files.done(job["id"])
    with database.writing() as connection:  # as if the worker had died at the very end
        connection.execute(
            table.update().values(state="queued", finished_at=None, result={}, attempts=1)
        )
        connection.commit()
    job = files.done(job["id"])
    assert (job["state"], job["result"]["converted"]) == ("done", 300)


@pytest.mark.usefixtures("large", "prices")
def test_a_job_does_what_its_key_still_may(pims, make_key, files, listed):
    key = make_key("pim_manager")
    sent = {"name": "price", "definition": {"type": "number"}}
    path = "/pim/manage/attributes"
    job = pims("editAttribute", path=path, key=key, status=200, **sent)["job"]
    files.client.post("/pim/keydelete", json={"key": key}, headers={"ApiKey": files.key})
    assert files.done(job["id"])["errors"][0]["code"] == "forbidden"
    assert listed()["price"]["type"] == "string"


@pytest.mark.usefixtures("large", "prices")
@pytest.mark.parametrize("change", [{"label": "Dear"}, {"type": "string", "isIndexable": "y"}])
def test_other_settings_need_no_job(manage, change):
    reply = manage("editAttribute", name="price", definition=change, status=200)
    assert "job" not in reply
