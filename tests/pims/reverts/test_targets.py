"""What revert takes back: a transaction, a job, a product to a moment; and what it refuses."""

import pytest

from tests.databases.fresh import on_one_engine

pytestmark = pytest.mark.usefixtures("shop")
AHEAD = "2999-01-01"


def test_a_product_goes_back_to_a_moment(wrote, revert, now):
    first = wrote("A", price="2", title="Rod")
    wrote("A", price="3", tags=["x"])
    wrote("A", price="4", title="Bar")
    wrote("A", price="4.0", title="Rod")
    reply = revert(sku="A", as_of=first)
    told = (reply["reverted"], reply["unchanged"], reply["conflict_count"], reply["conflicts"])
    assert told == (2, 1, 0, [])
    assert now("A", "price", "title", "tags") == ["2", "Rod", []]
    assert reply["products"][0]["changes"] == {
        "old": {"price": "4.0", "tags": ["x"]},
        "new": {"price": "2", "tags": None},
    }


def test_a_product_comes_back_as_it_was_before_it_was_deleted(pims, wrote, revert, now):
    number = wrote("A", status="deleted")
    assert revert(sku="A", as_of=number - 1)["reverted"] == 1
    assert now("A", "status") == "active"


def test_a_moment_may_be_a_time(wrote, revert, now, unchanged):
    wrote("A", price="2")
    with unchanged():
        assert revert(sku=" A ", as_of=AHEAD)["reverted"] == 0
    assert revert(sku="A", as_of="2000-01-01T10:00:00+02:00", status=404)


def test_before_it_was_there_is_nothing_to_go_back_to(revert, batch, unchanged):
    number = batch({"N": {"title": "New"}})
    with unchanged():
        for moment in (0, number - 1):
            reply = revert(sku="N", as_of=moment, status=404)
            assert reply["status_message"] == "Product does not exist!"
    assert revert(sku="N", as_of=number)["reverted"] == 0
    assert revert(sku="X", as_of=number, status=404)


@on_one_engine
@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "required", "/transaction"),
        ({"on_conflict": "skip"}, "required", "/transaction"),
        ({"transaction": 3, "job": 1}, "range", "/job"),
        ({"transaction": 3, "sku": "A", "as_of": 1}, "range", "/sku"),
        ({"transaction": 3, "as_of": 1}, "range", "/as_of"),
        ({"sku": "A"}, "required", "/as_of"),
        ({"as_of": 3}, "required", "/transaction"),
        ({"transaction": "3"}, "range", "/transaction"),
        ({"transaction": -1}, "range", "/transaction"),
        ({"transaction": 1.5}, "range", "/transaction"),
        ({"transaction": True}, "range", "/transaction"),
        ({"transaction": [3]}, "range", "/transaction"),
        ({"transaction": 10**30}, "range", "/transaction"),
        ({"job": "x"}, "range", "/job"),
        ({"job": {}}, "range", "/job"),
        ({"sku": 7, "as_of": 1}, "type", "/sku"),
        ({"sku": "  ", "as_of": 1}, "required", "/sku"),
        ({"sku": "A", "as_of": -1}, "range", "/as_of"),
        ({"sku": "A", "as_of": 10**9}, "range", "/as_of"),
        ({"sku": "A", "as_of": "yesterday"}, "range", "/as_of"),
        ({"sku": "A", "as_of": "2026-03-01T10:00:00"}, "range", "/as_of"),
        ({"sku": "A", "as_of": {}}, "range", "/as_of"),
        ({"transaction": 3, "on_conflict": "ask"}, "range", "/on_conflict"),
        ({"transaction": 3, "on_conflict": 7}, "type", "/on_conflict"),
        ({"transaction": 3, "reason": 7}, "type", "/reason"),
        ({"transaction": 3, "source_ref": "x" * 201}, "limit", "/source_ref"),
        ({"transaction": 3, "dry_run": "maybe"}, "type", "/dry_run"),
        ({"transaction": 3, "dryrun": True}, "unknown_attribute", "/dryrun"),
        ({"transaction": 3, "strict": True, "onConflicts": "skip"}, "unknown_attribute",
         "/onConflicts"),
    ],
)  # fmt: skip
def test_refuses(revert, unchanged, body, code, pointer):
    with unchanged():
        reply = revert(status=400, **body)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]


@pytest.mark.parametrize("body", [{"transaction": 0}, {"transaction": 10**9}, {"job": 7},
                                  {"job": 0}, {"job": 2**40}, {"transaction": 2**62}])  # fmt: skip
def test_what_is_not_there_is_not_found(revert, unchanged, body):
    with unchanged():
        reply = revert(status=404, **body)
    name = next(iter(body)).capitalize()
    assert reply["errors"][0]["code"] == "not_found"
    assert reply["status_message"] == f"{name} does not exist!"


@pytest.mark.parametrize("word", ["pim_user", "pim_manager", "pim_security", "pim_import"])
def test_only_editors_take_things_back(wrote, revert, make_key, unchanged, word):
    number, key = wrote("A", price="2"), make_key(word)
    with unchanged():
        reply = revert(transaction=number, key=key, status=403)
    assert reply["errors"][0]["allowed"] == ["pim_editor"]


def test_an_unknown_key_is_told_of(wrote, revert):
    number = wrote("A", price="2")
    reply = revert(transaction=number, onConflicts="skip")
    assert reply["warnings"][0]["nearest"] == "on_conflict"


@pytest.fixture
def imported(files):
    """The number of a job that changed A and B and made N, in three transactions."""
    return lambda content, **options: files.import_file(content, **options)["id"]


CONTENT = b"sku,title,price\nA,Rod,2\nB,Bar,2\nN,New,2\n"


def test_an_import_is_taken_back_by_its_job(files, imported, counts, now, wrote):
    number = imported(CONTENT)
    assert counts(job=number) == (5, 0, 0, 0)
    assert (now("A", "title", "price"), now("N", "status")) == (["A", "1"], "deleted")
    assert counts(job=number) == (0, 5, 0, 0)


def test_an_import_in_many_steps_is_one_thing(
    monkeypatch, files, imported, revert, now, pims, wrote
):
    monkeypatch.setattr("pims_api.jobs.imports.product_import.STEP_ROWS", 1)
    number = imported(b"sku,title,price\nA,Rod,2\nB,Bar,2\nA,Rod,3\nC,Cap,4\n")
    result = pims("listTransactions", params={"pagination": {"pageSize": 4}})["transactions"]
    assert [one.get("job") for one in result] == [number] * 4
    wrote("B", price="7")
    reply = revert(job=number, on_conflict="skip")
    assert (reply["reverted"], reply["conflict_count"]) == (5, 1)
    assert [now(sku, "title", "price") for sku in "ABC"] == [["A", "1"], ["B", "7"], ["C", "1"]]


def test_what_another_wrote_between_two_steps_stays(monkeypatch, database, imported, wrote, revert,
                                                    now, client, key):  # fmt: skip
    from pims_api.jobs.job_run import JobRun

    monkeypatch.setattr("pims_api.jobs.imports.product_import.STEP_ROWS", 1)
    save, steps = JobRun.check_stop, iter(range(10))

    def between(run):
        if next(steps) == 1:
            wrote("A", price="5")
        save(run)

    monkeypatch.setattr(JobRun, "check_stop", between)
    number = imported(b"sku,price\nA,2\nA,3\n")
    assert now("A", "price") == "3"
    assert revert(job=number)["reverted"] == 1
    assert now("A", "price") == "5"


def test_an_import_that_was_only_tried_is_nothing_to_take_back(imported, counts):
    assert counts(job=imported(CONTENT, dry_run="true")) == (0, 0, 0, 0)


def test_an_import_of_before_jobs_kept_their_transactions_is_named(database, imported, revert):
    from sqlalchemy import text

    number = imported(CONTENT)
    with database.writing() as connection:
        connection.execute(text('UPDATE "transaction" SET job_id = NULL'))
        connection.commit()
    message = f"Job {number} ran before jobs kept their transactions: take these back one by one!"
    assert revert(job=number, status=404)["status_message"] == message


def test_a_job_that_changes_no_products_is_none_to_take_back(files, revert, unchanged):
    running = files.export(attributes=["title"])["job"]["id"]
    with unchanged():
        reply = revert(job=running, status=404)
    assert reply["status_message"] == "Job does not exist!"
    files.done(running)
    with unchanged():
        assert revert(job=running, status=404)["errors"][0]["code"] == "not_found"


def test_a_job_that_is_not_over_is_not_taken_back_yet(client, key, revert):
    reply = client.post(
        "/pim/import", data=CONTENT, headers={"ApiKey": key, "Content-Type": "text/csv"}
    ).get_json()
    assert reply["transaction"]
    refused = revert(job=reply["job"]["id"], status=409)
    assert refused["errors"][0]["code"] == "conflict"
