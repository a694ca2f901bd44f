"""Whatever comes in, an endpoint does it or refuses it: the server never fails."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.tenant.conftest import STRANGE

pytestmark = on_one_engine

ODD = [
    *(None, "", " ", 0, -1, 1.5, True, False, [], {}, [None], [[]], [{}], {"a": 1}),
    *("x" * 70_000, "ü" * 40_000, "\u2028", "\x7f", "a\nb", "a > b", ">", "/", "..", "%00"),
    *("帽子", "\U0001f3a9", "é", "e\u0301", "default", "Basic", "Uncategorized", "v1", "null"),
    *(STRANGE, STRANGE.upper(), STRANGE.replace("-", ""), "urn:uuid:" + STRANGE, "9" * 41, "1e5"),
    *("-0", "+1", ".5", "5.", "٣", "http://a", "http://[", "HTTP://A/", "//a", "http://a:b/"),
]
BODIES = [
    ("POST", "/products", {"title": "A"}, ("title", "description", "category")),
    ("PUT", "{hat}", {}, ("title", "description", "category", "category_id", "brand_id")),
    ("POST", "{hat}/variants", {}, ("sku", "barcode", "price", "currency")),
    ("POST", "/categories", {"name": "A", "slug": "a"},
     ("name", "slug", "description", "parentId")),
    ("POST", "/brands", {"name": "A"}, ("name", "description", "logoUrl")),
    ("POST", "/attributes", {"name": "A", "slug": "a"}, ("name", "slug", "type")),
    ("POST", "/attribute-groups", {"name": "A"}, ("name", "description")),
    ("POST", "/templates", {"name": "A"}, ("name", "description")),
]  # fmt: skip
CASES = [(*one[:3], key) for one in BODIES for key in one[3]]


@pytest.mark.parametrize(("method", "path", "frame", "name"), CASES)
def test_odd_values_of_a_key(send, hat, method, path, frame, name) -> None:
    address = path.format(hat=f"/products/{hat['id']}")
    for odd in ODD:
        answer = send(method, address, frame | {name: odd})
        assert answer.status_code in (200, 400, 409), (odd, answer.text)
        if answer.status_code != 200:
            assert list(answer.get_json()) == ["error"]
    lists = (
        "/products",
        "/categories",
        "/brands",
        "/attributes",
        "/attribute-groups",
        "/templates",
    )
    for listed in lists:
        assert send("GET", listed).status_code == 200


@pytest.mark.parametrize(
    "odd", ["%00", "%ff", "x" * 5_000, "..", STRANGE + "%0A", "%20" + STRANGE, "é"]
)
def test_odd_ids_in_an_address(send, odd) -> None:
    for method, more in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/variants")):
        answer = send(method, f"/products/{odd}{more}", {})
        assert answer.status_code in (400, 404, 405), (odd, answer.text)
        assert list(answer.get_json()) == ["error"]


def test_odd_headers(send) -> None:
    for text in ("x", "é", "a,b", STRANGE + ",", "x" * 5_000, "\t" + STRANGE):
        for name in ("X_Tenant_ID", "X_Org_ID", "Authorization"):
            answer = send("GET", "/products", **{name: text})
            assert answer.status_code in (400, 401, 403), (name, text)
