"""The status: for everybody whether the server is well, for a key how much there is."""

import pytest

from pims_api import __version__

STATUS = {"status": "OK", "pim_status": "Active", "version": __version__}
VIEWS = "/pim/manage/views"


@pytest.fixture
def counters(client):
    """`counters(key)`: what is counted for the holder of a key."""

    def ask(key):
        reply = client.get("/pim/status", headers={"ApiKey": key})
        assert reply.status_code == 200
        told = reply.get_json()["pim_counters"]
        return {name: counter["value"] for name, counter in told.items()}

    return ask


@pytest.mark.parametrize("path", ["/pim/status", "/pim/status/", "/api/en-us/pim/status"])
def test_without_a_key_it_tells_that_the_server_is_well_and_nothing_else(client, path):
    assert client.get(path).get_json() == STATUS


def test_a_wrong_key_is_refused(client):
    assert client.get("/pim/status", headers={"ApiKey": "nonsense"}).status_code == 401


def test_a_key_gets_counters_with_what_they_count(client, make_key):
    answer = client.get("/pim/status", headers={"ApiKey": make_key("pim_export")}).get_json()
    assert {name: answer[name] for name in STATUS} == STATUS
    names = ["totalViews", "totalAttributes", "totalStorageSize", "totalSKUs"]
    assert list(answer["pim_counters"]) == names
    for counter in answer["pim_counters"].values():
        assert set(counter) == {"value", "description"}


def test_products_attributes_and_views_are_counted(
    counters, key, pims, given_product, given_attribute
):
    before = counters(key)
    given_attribute("price", "number")
    given_product("A")
    given_product("B", variation_of="A")
    given_product("C", status="deleted")
    pims("addPimView", path=VIEWS, name="shop", attributes={}, status=200)
    after = counters(key)
    assert after["totalSKUs"] - before["totalSKUs"] == 2
    assert after["totalAttributes"] - before["totalAttributes"] == 1
    assert after["totalViews"] - before["totalViews"] == 1


def test_a_key_with_a_view_counts_only_what_it_sees(counters, pims, given_product, make_key):
    given_product("A", title="seen")
    given_product("B", title="hidden")
    body = {"attributes": {"title": {}}, "condition_query": "[[title]] = 'seen'"}
    for name in ("shop", "other"):
        pims("addPimView", path=VIEWS, name=name, **body, status=200)
    assert counters(make_key("pim_user", views=("shop",))) == {
        "totalViews": 1,
        "totalAttributes": 2,
        "totalStorageSize": 0,
        "totalSKUs": 1,
    }


def test_the_status_cannot_be_posted(client):
    assert client.post("/pim/status", json={}).status_code == 405
