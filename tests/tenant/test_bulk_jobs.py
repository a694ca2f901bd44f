"""Bulk jobs: asked for, done by a worker entry by entry, told of with their errors."""

import json

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.jobs.worker import run_pending_jobs
from tests.databases.fresh import on_one_engine
from tests.tenant.conftest import STRANGE


@pytest.fixture
def do(tenant, database):
    """`do("BULK_UPDATE", […])`: ask for a job, have it done, and return what is told of it."""

    def ask(kind, payload, **sent):
        made = tenant("POST", "/bulk-jobs", {"job_type": kind, "payload": payload}, **sent)
        run_pending_jobs(database)
        found = tenant("GET", f"/bulk-jobs?type={kind}")
        return next(one for one in found if one["id"] == made["id"])

    return ask


@pytest.fixture
def product(ids):
    """`product(1)`: the UUID of the first product or variant."""
    return lambda number: ids.of_number(Numbered.PRODUCT, number)


@pytest.fixture
def lamp(tenant, product):
    """A lamp with two variants, products 1 to 3, in the category `lamps`; `desk` is another."""
    for name, slug in (("Lamps", "lamps"), ("Desk", "desk")):
        tenant("POST", "/categories", {"name": name, "slug": slug})
    tenant("POST", "/products", {"title": "Lamp", "category": "lamps"})
    for sku in ("L-RED", "L-BLUE"):
        tenant("POST", f"/products/{product(1)}/variants", {"sku": sku, "price": 10})
    return product(1)


def values(pims, sku):
    return pims("listProduct", sku=sku, status=200)["data"]["attributes"]


def test_a_job_has_all_its_keys_and_is_pending_until_a_worker_takes_it(
    tenant, database, ids, lamp
) -> None:
    sent = [{"id": lamp, "price": "19.90", "title": "Lämp"}]
    body = {"job_type": "BULK_UPDATE", "payload": sent}
    made = tenant("POST", "/bulk-jobs", body, ApiUser="Ann")
    assert made == {
        "id": ids.of_number(Numbered.JOB, 1),
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "job_type": "BULK_UPDATE",
        "status": "PENDING",
        "payload_json": made["payload_json"],
        "total_items": 0,
        "processed_items": 0,
        "failed_items": 0,
        "errors": [],
        "file_url": None,
        "created_by": "Ann",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert json.loads(made["payload_json"]) == sent
    assert tenant("GET", "/bulk-jobs") == [made]
    run_pending_jobs(database)
    [done] = tenant("GET", "/bulk-jobs")
    assert list(done) == list(made)
    told = {"status": "COMPLETED", "total_items": 1, "processed_items": 1}
    assert done == made | told | {"updated_at": done["updated_at"]}


def test_an_update_changes_products_and_variants_by_id_or_sku(do, tenant, pims, lamp) -> None:
    job = do("BULK_UPDATE", [
        {"id": lamp.upper(), "title": "Desk lamp", "category": "desk", "brand": "Acme",
         "status": "DRAFT", "description": "Bright", "unknown": 1},
        {"sku": " L-RED ", "price": "19.90", "barcode": "4006381333931", "currency": "EUR"},
        {"sku": "L-BLUE", "title": "", "price": None, "status": "ARCHIVED"},
    ], ApiUser="Ann")  # fmt: skip
    assert (job["status"], job["errors"], job["failed_items"]) == ("COMPLETED", [], 0)
    shown = tenant("GET", f"/products/{lamp}")
    assert [shown[name] for name in ("title", "category", "brand", "status", "description")] == [
        "Desk lamp", "desk", "Acme", "DRAFT", "Bright",
    ]  # fmt: skip
    assert shown["updated_by"] == "Ann"
    red, blue = values(pims, "L-RED"), values(pims, "L-BLUE")
    assert (red["price"], red["barcode"], red["currency"]) == ("19.90", "4006381333931", "EUR")
    assert (blue["price"], blue["status"]) == ("10", "inactive")
    entries = pims("historyProduct", sku="L-RED", status=200)["history"]
    assert [one["user"] for one in entries][1:] == ["Ann"]


def test_each_entry_fails_alone_and_says_why(do, tenant, pims, lamp, product) -> None:
    job = do("BULK_UPDATE", [
        {"id": STRANGE, "title": "A"},
        {"sku": "NONE", "title": "A"},
        {"title": "A"},
        {"id": "7", "title": "A"},
        {"id": lamp, "title": 7},
        {"id": lamp, "category": "cellar"},
        {"id": lamp, "category_id": STRANGE},
        {"id": lamp, "category_id": "x"},
        {"id": lamp, "brand_id": STRANGE},
        {"id": lamp, "status": "active"},
        {"id": lamp, "price": -1},
        {"id": lamp, "price": "a lot"},
        {"id": lamp, "currency": "DEM"},
        {"id": lamp, "title": "Torch", "brand": "New", "currency": "eur"},
        {"id": lamp, "title": "Torch"},
        {"id": lamp},
    ])  # fmt: skip
    told = {one["row"]: one["error"] for one in job["errors"]}
    assert told == {
        0: "There is no such product or variant!",
        1: "There is no such product or variant!",
        2: "id or sku is required!",
        3: "id must be a UUID!",
        4: "title must be text!",
        5: "There is no category with the slug 'cellar'!",
        6: "category_id names no category!",
        7: "category_id must be a UUID!",
        8: "brand_id names no brand!",
        9: "status must be one of ACTIVE, DRAFT, ARCHIVED!",
        10: "price must be a number that is not negative!",
        11: told[11],
        12: told[12],
        13: told[13],
    }
    assert told[11].startswith("price must be ")
    assert told[12].startswith("currency must be the code of a currency in use")
    assert (job["status"], job["processed_items"], job["failed_items"]) == ("COMPLETED", 16, 14)
    assert tenant("GET", f"/products/{lamp}")["title"] == "Torch"
    assert tenant("GET", "/brands") == []


def test_a_job_of_which_no_entry_could_be_applied_has_failed(do, lamp) -> None:
    job = do("BULK_UPDATE", [{"sku": "NONE"}] * 250)
    assert (job["status"], job["processed_items"], job["failed_items"]) == ("FAILED", 250, 250)
    assert [one["row"] for one in job["errors"]] == list(range(100))


def test_a_deletion_takes_the_variants_along(do, tenant, lamp, product, pims) -> None:
    made = tenant("POST", "/products", {"title": "Chair"})["id"]
    job = do("BULK_DELETE", [product(3), lamp.upper(), product(2), STRANGE, made])
    missing = "There is no such product or variant!"
    assert job["errors"] == [{"row": row, "error": missing} for row in (2, 3)]
    assert (job["status"], job["processed_items"], job["failed_items"]) == ("COMPLETED", 5, 2)
    assert tenant("GET", "/products") == []
    shown = [values(pims, sku)["status"] for sku in (lamp, "L-RED", "L-BLUE", made)]
    assert shown == ["deleted"] * 4


def test_an_import_creates_products_and_updates_those_whose_sku_is_there(
    do, tenant, lamp, pims, product
) -> None:
    job = do("BULK_IMPORT", [
        {"title": "Chair", "sku": "CHAIR", "brand": "Bolt", "category": "desk", "price": 5,
         "description": "Soft", "barcode": "1", "status": "ARCHIVED", "currency": "USD"},
        {"title": "No SKU", "brand": "Bolt"},
        {"title": "Armchair", "sku": "CHAIR"},
        {"sku": "NEW"},
        {"title": "  ", "sku": "NEW"},
        {"title": "Red", "sku": "L-RED"},
        {"title": "Bad", "category": "cellar", "brand": "Never"},
        {"title": "Bad", "sku": "x" * 256},
    ])  # fmt: skip
    assert [(one["row"], one["error"]) for one in job["errors"]] == [
        (3, "title is required!"),
        (4, "title is required!"),
        (5, "The SKU L-RED belongs to something that is no product here!"),
        (6, "There is no category with the slug 'cellar'!"),
        (7, "A SKU has at most 255 characters, this one has 256!"),
    ]
    assert (job["status"], job["processed_items"], job["failed_items"]) == ("COMPLETED", 8, 5)
    assert [one["name"] for one in tenant("GET", "/brands")] == ["Bolt"]
    chair, plain = (
        tenant("GET", f"/products/{product(4)}"),
        tenant("GET", f"/products/{product(5)}"),
    )
    assert [chair[name] for name in ("sku", "title", "category", "brand", "status")] == [
        "CHAIR", "Armchair", "desk", "Bolt", "ARCHIVED",
    ]  # fmt: skip
    assert (plain["sku"], plain["title"], plain["brand"]) == (None, "No SKU", "Bolt")
    shown = values(pims, "CHAIR")
    assert [shown[name] for name in ("price", "barcode", "currency")] == ["5", "1", "USD"]
    pims("editProduct", sku="CHAIR", data={"attributes": {"status": "deleted"}}, status=200)
    again = do("BULK_IMPORT", [{"title": "Chair", "sku": "CHAIR"}])
    told = "The SKU CHAIR belongs to something that is no product here!"
    assert (again["status"], again["errors"]) == ("FAILED", [{"row": 0, "error": told}])


def test_jobs_are_listed_by_type_newest_first(tenant, do, lamp) -> None:
    first = do("BULK_UPDATE", [{"id": lamp}])["id"]
    second = do("BULK_UPDATE", [{"id": lamp}])["id"]
    third = do("BULK_DELETE", [lamp])["id"]
    listed = {kind: [one["id"] for one in tenant("GET", f"/bulk-jobs?type={kind}")]
              for kind in ("BULK_UPDATE", "BULK_DELETE", "BULK_IMPORT", "EXPORT")}  # fmt: skip
    assert listed == {
        "BULK_UPDATE": [second, first], "BULK_DELETE": [third], "BULK_IMPORT": [], "EXPORT": [],
    }  # fmt: skip
    assert [one["id"] for one in tenant("GET", "/bulk-jobs")] == [second, first]


def test_numbers_in_a_payload_are_kept_as_they_came(client, send, key, ids, pims, database, lamp):
    body = b'{"job_type": "BULK_UPDATE", "payload": [{"sku": "L-RED", "price": 1.500}]}'
    headers = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    made = client.post("/api/v1/pim/bulk-jobs", data=body, headers=headers,
                       content_type="application/json").get_json()  # fmt: skip
    assert made["payload_json"] == '[{"sku":"L-RED","price":1.500}]'
    run_pending_jobs(database)
    assert values(pims, "L-RED")["price"] == "1.500"


@on_one_engine
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "job_type is required! payload is required!"),
        ({"job_type": "BULK_UPDATE"}, "payload is required!"),
        ({"job_type": "", "payload": [{}]},
         "job_type must be one of BULK_IMPORT, BULK_UPDATE, BULK_DELETE!"),
        ({"job_type": "EXPORT", "payload": [{}]},
         "job_type must be one of BULK_IMPORT, BULK_UPDATE, BULK_DELETE!"),
        ({"job_type": "bulk_update", "payload": [{}]},
         "job_type must be one of BULK_IMPORT, BULK_UPDATE, BULK_DELETE!"),
        ({"job_type": 7, "payload": [{}]}, "job_type must be text!"),
        ({"job_type": "BULK_UPDATE", "payload": []},
         "payload must be a list with at least one entry!"),
        ({"job_type": "BULK_UPDATE", "payload": {"id": "x"}},
         "payload must be a list with at least one entry!"),
        ({"job_type": "BULK_UPDATE", "payload": "W3t9XQ=="},
         "payload must be a list with at least one entry!"),
        ({"job_type": "BULK_UPDATE", "payload": [{}, "x"]},
         "Entry 1 of payload must be an object!"),
        ({"job_type": "BULK_IMPORT", "payload": [[]]}, "Entry 0 of payload must be an object!"),
        ({"job_type": "BULK_DELETE", "payload": [STRANGE, {"id": STRANGE}]},
         "Entry 1 of payload must be a UUID!"),
        ({"job_type": "BULK_DELETE", "payload": ["7"]}, "Entry 0 of payload must be a UUID!"),
        ({"job_type": "BULK_DELETE", "payload": [7]}, "Entry 0 of payload must be a UUID!"),
    ],
)  # fmt: skip
def test_what_is_no_bulk_job_is_refused(refused, unchanged, body, told) -> None:
    with unchanged():
        assert refused(400, "POST", "/bulk-jobs", body) == told


@on_one_engine
@pytest.mark.parametrize("kind", ["", "bulk_update", "IMPORT", "x" * 5_000])
def test_a_type_that_there_is_not_is_refused(refused, kind) -> None:
    refused(400, "GET", f"/bulk-jobs?type={kind}")


@on_one_engine
@pytest.mark.parametrize(
    ("kind", "group"),
    [("BULK_UPDATE", "pim_editor"), ("BULK_DELETE", "pim_editor"), ("BULK_IMPORT", "pim_import")],
)
def test_each_type_needs_its_permission(refused, tenant, make_key, unchanged, kind, group) -> None:
    body = {"job_type": kind, "payload": [STRANGE] if kind == "BULK_DELETE" else [{}]}
    groups = {"pim_user", "pim_editor", "pim_manager", "pim_import", "pim_export", "pim_security"}
    for other in sorted(groups - {group}):
        key = make_key(other)
        with unchanged():
            refused(403, "POST", "/bulk-jobs", body, key=key)
    tenant("POST", "/bulk-jobs", body, key=make_key(group))


def test_a_payload_may_have_ten_mebibytes(refused, tenant, do, lamp, unchanged) -> None:
    text = "x" * 60_000
    entries = [{"sku": "L-RED", "description": text} for _ in range(174)]
    job = do("BULK_UPDATE", entries)
    assert (job["status"], len(job["payload_json"]) > 10_400_000) == ("COMPLETED", True)
    with unchanged():
        body = {"job_type": "BULK_UPDATE", "payload": [*entries, *entries[:2]]}
        told = refused(413, "POST", "/bulk-jobs", body)
    assert told == "The request body has more than 10485760 bytes!"


@on_one_engine
@pytest.mark.parametrize("blank", [" ", "\t\n", "\u3000"])
def test_an_update_with_a_blank_title_is_refused(do, tenant, lamp, blank) -> None:
    job = do("BULK_UPDATE", [{"id": lamp, "title": blank}, {"sku": "L-RED", "title": blank}])
    told = "title cannot be empty!"
    assert job["errors"] == [{"row": 0, "error": told}, {"row": 1, "error": told}]
    assert tenant("GET", f"/products/{lamp}")["title"] == "Lamp"


@on_one_engine
def test_the_names_of_an_entry_are_read_in_camel_case_too(do, tenant, lamp) -> None:
    desk = next(one["id"] for one in tenant("GET", "/categories") if one["slug"] == "desk")
    acme = tenant("POST", "/brands", {"name": "Acme"})["id"]
    job = do("BULK_UPDATE", [
        {"id": lamp, "categoryId": desk, "brandId": acme},
        {"id": lamp, "category_id": desk, "categoryId": desk.upper()},
        {"id": lamp, "brandId": "7"},
    ])  # fmt: skip
    found = tenant("GET", f"/products/{lamp}")
    assert (found["category_id"], found["brand_id"]) == (desk, acme)
    twice = "category_id and categoryId are one key and have two values: send one of them!"
    assert [(one["row"], one["error"]) for one in job["errors"]] == [
        (1, twice), (2, "brand_id must be a UUID!"),
    ]  # fmt: skip
    made = do("BULK_IMPORT", [{"title": "Chair", "categoryId": desk, "brandId": acme}])
    assert made["errors"] == []
    chair = tenant("GET", f"/products/{tenant('GET', '/products')[0]['id']}")
    assert (chair["category"], chair["brand"]) == ("desk", "Acme")
