"""Records and variants in categories of several catalogs at once."""

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from pims_api.cli import main
from pims_api.domain.attributes.attribute import OTHER_CATEGORIES_ATTRIBUTE
from pims_api.storage.tables import category_link, posting
from tests.databases.fresh import on_one_engine
from tests.pims.sent_statements import sent_statements
from tests.sigma.conftest import everywhere


def test_a_record_sits_in_many_categories_and_catalogs(
    sigma, seasons, given_category, given_record, in_category, faults_of_check
) -> None:
    given_category("hats", "cat-default")
    first, second = given_record("A"), given_record("B")
    for category in ("cat-snow", "cat-summer", "cat-hats"):
        told = sigma("POST", f"/categories/{category}/assign", {"entityId": first}, status=200)
        assert told == {"categoryId": category, "entityIds": [first]}
    sigma("POST", "/categories/cat-snow/assign", {"recordId": second}, status=200)

    assert in_category("cat-snow") == [first, second]
    assert in_category("cat-summer") == in_category("cat-hats") == [first]
    assert in_category("cat-winter") == in_category("cat-ice") == []
    shown = sigma("GET", f"/records/{first}", status=200)
    assert sigma("GET", "/categories/cat-hats/entities", status=200) == [shown]

    sigma("POST", "/categories/cat-snow/unassign", {"entityId": first}, status=200)
    sigma("POST", "/categories/cat-hats/unassign", {"entityIds": [first]}, status=200)
    assert in_category("cat-snow") == [second]
    assert in_category("cat-hats") == []
    assert in_category("cat-summer") == [first]
    assert faults_of_check() == []


@pytest.mark.parametrize("category", ["cat-snow", "cat-hats"])
def test_doing_it_twice_is_doing_it_once(
    sigma, send, seasons, given_category, given_record, in_category, category
) -> None:
    given_category("hats", "cat-default")
    record = given_record("A")
    before = sigma("GET", f"/records/{record}", status=200)
    sigma("POST", f"/categories/{category}/unassign", {"entityId": record}, status=200)
    assert sigma("GET", f"/records/{record}", status=200) == before
    sigma("POST", f"/categories/{category}/assign", {"entityId": record}, status=200)
    first = sigma("GET", f"/records/{record}", status=200)
    body = {"entityId": record, "entityIds": [record, record], "recordId": record}
    told = sigma("POST", f"/categories/{category}/assign", body, status=200)
    assert told["entityIds"] == [record]
    assert sigma("GET", f"/records/{record}", status=200) == first
    assert in_category(category) == [record]


@pytest.mark.parametrize("category", ["cat-snow", "cat-hats"])
def test_records_are_windowed_where_somebody_asks(
    sigma, seasons, given_category, given_record, in_category, category
) -> None:
    given_category("hats", "cat-default")
    ids = [given_record(sku) for sku in ("B", "A", "C")]
    sigma("POST", f"/categories/{category}/assign", {"entityIds": ids}, status=200)
    second, first, third = ids
    assert in_category(category) == [first, second, third]
    assert in_category(category, "?limit=2") == [first, second]
    assert in_category(category, "?offset=1&limit=1") == [second]
    assert in_category(category, "?offset=2") == [third]
    assert in_category(category, "?offset=9") == []


@pytest.mark.parametrize("category", ["cat-snow", "cat-hats"])
def test_variants_are_assigned_by_themselves(
    sigma, seasons, given_category, given_record, in_category, faults_of_check, category
) -> None:
    given_category("hats", "cat-default")
    record = given_record("A")
    body = {"values": {"weight": everywhere(5)}}
    variant = sigma("POST", f"/records/{record}/variants", body, status=201)
    body = {"entityIds": [variant["id"], record]}
    sigma("POST", f"/categories/{category}/assign", body, status=200)
    assert in_category(category) == [record]
    listed = sigma("GET", f"/categories/{category}/entities?includeVariants=true", status=200)
    assert listed == [sigma("GET", f"/records/{record}", status=200), variant]

    sigma("DELETE", f"/records/{record}", status=204)
    assert in_category(category, "?includeVariants=true") == []
    sigma("POST", f"/categories/{category}/unassign", {"entityId": record}, status=404)
    assert faults_of_check() == []


def test_values_are_replaced_without_leaving_categories(
    sigma, seasons, given_record, in_category
) -> None:
    record = given_record("A")
    sigma("POST", "/categories/cat-snow/assign", {"entityId": record}, status=200)
    sigma("PUT", f"/records/{record}", {"values": {"weight": everywhere(5)}}, status=200)
    assert in_category("cat-snow") == [record]


@on_one_engine
@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, {"message": "entityId is required, or entityIds with at least one id!"}),
        ({"entityIds": []}, 400,
         {"message": "entityId is required, or entityIds with at least one id!"}),
        ({"entityIds": "ent-1"}, 400, {"message": "entityIds must be a list of texts!"}),
        ({"entityIds": [f"ent-{n}" for n in range(1, 1_002)]}, 400,
         {"message": "A request names at most 1000 records and variants!"}),
        ({"entityId": "ent-9"}, 404, {"message": "Record or variant 'ent-9' does not exist!"}),
        ({"entityId": "var-1"}, 404, {"message": "Record or variant 'var-1' does not exist!"}),
        ({"entityIds": ["ent-1", "x", "ent-01"]}, 404, {
            "message": "Record or variant 'x' does not exist!",
            "details": [{"message": "Record or variant 'x' does not exist!"},
                        {"message": "Record or variant 'ent-01' does not exist!"}],
        }),
    ],
)  # fmt: skip
def test_what_cannot_be_assigned_is_refused_and_nothing_is_stored(
    sigma, seasons, given_record, in_category, body, status, told
) -> None:
    assert given_record("A") == "ent-1"
    code = "NOT_FOUND" if status == 404 else "VALIDATION_ERROR"
    for action in ("assign", "unassign"):
        answer = sigma("POST", f"/categories/cat-snow/{action}", body, status=status)
        assert answer == {"error": code} | told
    assert in_category("cat-snow") == []


def test_many_are_assigned_in_as_many_statements_as_two(
    sigma, seasons, given_record, database
) -> None:
    ids = [given_record(f"S{number}") for number in range(12)]
    counts = []
    for some in (ids[:2], ids[2:]):
        with sent_statements(database) as sent:
            sigma("POST", "/categories/cat-snow/assign", {"entityIds": some}, status=200)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    counts = []
    for query in ("?limit=2", "?limit=12"):
        with sent_statements(database) as sent:
            sigma("GET", f"/categories/cat-snow/entities{query}", status=200)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_rows_of_a_view_hold_here_too(
    sigma, pims, make_key, seasons, given_category, given_record, in_category
) -> None:
    given_category("hats", "cat-default")
    ids = [given_record("A"), given_record("B")]
    for category in ("cat-snow", "cat-hats"):
        sigma("POST", f"/categories/{category}/assign", {"entityIds": ids}, status=200)
    view = {"attributes": {"sku": {}, "categories": {}}, "condition_query": "[[sku]] = 'A'"}
    pims("addPimView", path="/pim/manage/views", name="a", **view, status=200)
    pims("addPimView", path="/pim/manage/views", name="bare", attributes={"sku": {}}, status=200)
    narrow = make_key("pim_editor", views=("a",), default_view="a")
    for category in ("cat-snow", "cat-hats"):
        found = sigma("GET", f"/categories/{category}/entities", key=narrow, status=200)
        assert [one["id"] for one in found] == ids[:1]
        sigma("POST", f"/categories/{category}/unassign", {"entityId": ids[1]}, key=narrow,
              status=404)  # fmt: skip

    without = make_key("pim_editor", views=("bare",), default_view="bare")
    sigma("GET", "/categories/cat-hats/entities", key=without, status=404)
    sigma("POST", "/categories/cat-hats/assign", {"entityId": ids[0]}, key=without, status=404)
    assert in_category("cat-hats") == ids


def test_a_lost_index_is_found_and_built_anew(
    sigma, seasons, given_record, in_category, faults_of_check, database, keyed_database
) -> None:
    ids = [given_record(f"S{number}") for number in range(6)]
    sigma("POST", "/categories/cat-snow/assign", {"entityIds": ids}, status=200)
    assert faults_of_check() == []
    with database.writing() as connection:
        held = posting.c.attribute_id == OTHER_CATEGORIES_ATTRIBUTE.id
        assert (
            connection.execute(delete(posting).where(held)).rowcount == 2
        )  # of the value, and of having any
        connection.execute(delete(category_link).where(category_link.c.category_id == 4))
        connection.commit()
    assert any(
        told.startswith("Index of categories in other catalogs") for told in faults_of_check()
    )
    assert any(told.startswith("Category 4 lacks product id") for told in faults_of_check())

    result = CliRunner().invoke(main, ["--database", keyed_database.url, "reindex"])
    assert (result.exit_code, faults_of_check()) == (0, [])
    assert in_category("cat-snow") == ids
    sigma("DELETE", "/categories/cat-winter", status=204)
    assert faults_of_check() == []
