"""How many statements requests send does not grow with the catalogue."""

import pytest

from tests.databases.fresh import on_one_engine

pytestmark = on_one_engine


@pytest.fixture
def count(send, queries):
    """`count("GET", "/products")`: how many statements the request sends, once all is known."""

    def sent(method, path, body=None) -> int:
        send(method, path, body)
        with queries() as statements:
            assert send(method, path, body).status_code == 200
        return len(statements)

    return sent


def test_a_product_is_read_by_its_key_its_tenant_and_itself(count, hat) -> None:
    assert count("GET", f"/products/{hat['id']}") == 3


def test_lists_send_as_many_for_many_things_as_for_one(count, tenant, given_slug) -> None:
    def fill(number: int) -> None:
        given_slug(f"c{number}")
        tenant("POST", "/brands", {"name": f"B{number}"})
        tenant("POST", "/attributes", {"name": "A", "slug": f"a{number}"})
        for path in ("/attribute-groups", "/templates"):
            tenant("POST", path, {"name": f"N{number}"})
        tenant("POST", "/products", {"title": "Hat", "category": f"c{number}"})

    paths = (
        "/products", "/categories", "/brands", "/attributes", "/attribute-groups", "/templates"
    )  # fmt: skip
    fill(0)
    few = {path: count("GET", path) for path in paths}
    for number in range(1, 6):
        fill(number)
    assert {path: count("GET", path) for path in paths} == few


def test_a_second_look_at_a_list_of_products_reads_none(send, hat, queries) -> None:
    send("GET", "/products")
    with queries() as statements:
        send("GET", "/products")
    assert not [one for one in statements if "document" in one.lower()]
