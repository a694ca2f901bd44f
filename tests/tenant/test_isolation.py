"""Two tenants and two organizations: what is the one's is not there for the other."""

from typing import Any

import pytest

from pims_api.services.keys.api_keys import create_key
from pims_api.services.tenants import add_tenant
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.tenants import tenants
from pims_api.storage.unit_of_work import unit_of_work
from tests.tenant.conftest import STRANGE


@pytest.fixture
def neighbour(database, send) -> Any:
    """`neighbour("GET", "/products")`: as `send`, for a second tenant of the same organization."""
    with database.reading() as connection:
        first = tenants(connection)[0]
    number = add_tenant(database, "neighbour", first.org)
    with unit_of_work(database, number, Actor("tests")) as work:
        groups = ("pim_user", "pim_editor", "pim_manager")
        text, _ = create_key(work, None, "theirs", groups)
    with database.reading() as connection:
        uuid = tenants(connection)[1].uuid
    theirs = {"X_Tenant_ID": uuid}

    def ask(method: str, path: str, body: Any = None, **more: Any) -> Any:
        return send(method, path, body, key=text, **(theirs | more))

    return ask


def test_every_id_of_one_is_for_the_other_as_one_that_never_was(
    neighbour, send, tenant, given_slug, hat, unchanged
) -> None:
    category, brand = given_slug("hats"), tenant("POST", "/brands", {"name": "Acme"})
    variant = tenant("POST", f"/products/{hat['id']}/variants", {})
    own = neighbour("POST", "/products", {"title": "Mine"}).get_json()
    mine = f"/products/{own['id']}"
    assert neighbour("POST", "/brands", {"name": "Acme"}).get_json()["id"] != brand["id"]
    with unchanged():
        for foreign in (hat["id"], variant["id"], category["id"], brand["id"]):
            for call in (
                lambda uuid: neighbour("GET", f"/products/{uuid}"),
                lambda uuid: neighbour("PUT", f"/products/{uuid}", {"title": "X"}),
                lambda uuid: neighbour("DELETE", f"/products/{uuid}"),
                lambda uuid: neighbour("POST", f"/products/{uuid}/variants", {}),
            ):
                answer, never = call(foreign), call(STRANGE)
                assert answer.status_code == 404
                assert answer.data == never.data
            for key in ("category_id", "brand_id"):
                answer = neighbour("PUT", mine, {key: foreign})
                assert (answer.status_code, answer.data) == (
                    400, neighbour("PUT", mine, {key: STRANGE}).data
                )  # fmt: skip
            body = {"name": "X", "slug": "x", "parentId": foreign}
            assert neighbour("POST", "/categories", body).status_code == 400
    assert [one["title"] for one in tenant("GET", "/products")] == ["Hat"]


def test_lists_hold_the_own_things_alone(neighbour, tenant, given_slug, hat) -> None:
    given_slug("hats")
    tenant("POST", "/brands", {"name": "Acme"})
    tenant("POST", "/attributes", {"name": "Size", "slug": "size"})
    for path in ("/attribute-groups", "/templates"):
        tenant("POST", path, {"name": "One"})
    for path in (
        "/products", "/categories", "/brands", "/attributes", "/attribute-groups", "/templates"
    ):  # fmt: skip
        assert len(tenant("GET", path)) == 1
        assert neighbour("GET", path).get_json() == []


def test_numbers_are_no_ids_of_the_neighbour(neighbour, hat) -> None:
    own = neighbour("POST", "/products", {"title": "Mine"}).get_json()
    assert own["id"] != hat["id"]  # although both are the first of their tenants
    assert neighbour("GET", f"/products/{own['id']}").status_code == 200


def test_a_key_is_of_one_tenant_whatever_the_headers_say(neighbour, send, ids) -> None:
    for named in ({"X_Tenant_ID": ids.uuid}, {"X_Org_ID": STRANGE}, {"X_Org_ID": ids.uuid}):
        assert neighbour("GET", "/products", **named).status_code == 403
    assert neighbour("GET", "/products", X_Org_ID=ids.org).status_code == 200
