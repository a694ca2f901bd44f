"""Media: attached to products and variants, listed in their order, the first as the thumbnail."""

import re

import pytest

from pims_api.domain.tenant_ids import Numbered
from tests.databases.fresh import on_one_engine
from tests.tenant.conftest import STRANGE

URL = "https://cdn.example.com/{}.jpg"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


@pytest.fixture
def shop(pims, tenant, ids):
    """A product M with the variants M-S and M-L, and the product N; their UUIDs by SKU."""
    for sku, parent in (("M", None), ("M-S", "M"), ("M-L", "M"), ("N", None)):
        named = {"title": sku} if parent is None else {"variation_of": parent}
        pims("createProduct", sku=sku, data={"attributes": named}, status=200)
    skus = ("M", "M-S", "M-L", "N")
    return {sku: ids.of_number(Numbered.PRODUCT, n) for n, sku in enumerate(skus, 1)}


@pytest.fixture
def attach(tenant):
    def post(name, **body):
        return tenant("POST", "/media", {"url": URL.format(name)} | body)

    return post


@pytest.fixture
def names(tenant):
    """`names("?product_id=…")`: the files listed, without what their URLs have in common."""

    def listed(query=""):
        return [re.sub(r".*/|\.jpg", "", one["url"]) for one in tenant("GET", f"/media{query}")]

    return listed


def test_media_have_all_their_keys(tenant, attach, shop, ids) -> None:
    made = attach("front", product_id=shop["M"].upper(), alt_text="Front", sort_order=3)
    assert MOMENT.match(made["created_at"])
    assert made == {
        "id": ids.of_number(Numbered.MEDIA, 1),
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "product_id": shop["M"],
        "variant_id": None,
        "url": "https://cdn.example.com/front.jpg",
        "alt_text": "Front",
        "sort_order": 3,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert tenant("GET", "/media") == [made]
    assert list(tenant("GET", "/media")[0]) == list(made)


def test_they_are_listed_by_sort_order_then_the_oldest_first(attach, names, shop) -> None:
    for name, order in (("a", 2), ("b", None), ("c", -1), ("d", 0), ("e", 2)):
        attach(name, product_id=shop["M"], sort_order=order)
    assert names() == ["c", "b", "d", "a", "e"]


def test_filters_find_what_matches_either(attach, names, shop) -> None:
    attach("product", product_id=shop["M"])
    attach("small", variant_id=shop["M-S"])
    attach("both", product_id=shop["M"], variant_id=shop["M-L"])
    attach("other", product_id=shop["N"])
    assert names(f"?product_id={shop['M']}") == ["product", "both"]
    assert names(f"?variant_id={shop['M-L'].upper()}") == ["both"]
    assert names(f"?product_id={shop['N']}&variant_id={shop['M-S']}") == ["small", "other"]
    assert names(f"?product_id={STRANGE}") == []
    assert names(f"?product_id={STRANGE}&variant_id={shop['M-S']}") == ["small"]
    assert names() == ["product", "small", "both", "other"]


def test_media_of_what_is_deleted_are_not_listed(attach, names, shop, pims) -> None:
    attach("m", product_id=shop["M"])
    attach("s", variant_id=shop["M-S"])
    attach("l", variant_id=shop["M-L"])
    pims("editProduct", sku="M-S", data={"attributes": {"status": "deleted"}}, status=200)
    assert names() == ["m", "l"]
    pims("editProduct", sku="M", data={"attributes": {"status": "deleted"}}, status=200)
    assert names() == names(f"?product_id={shop['M']}&variant_id={shop['M-L']}") == []
    pims("editProduct", sku="M", data={"attributes": {"status": "active"}}, status=200)
    assert names() == ["m", "l"]


def thumbnail(pims, sku):
    return pims("listProduct", sku=sku, status=200)["data"]["attributes"]["thumbnail"]


def test_the_first_of_a_product_becomes_its_thumbnail(attach, pims, shop) -> None:
    attach("second", product_id=shop["M"], sort_order=5)
    assert thumbnail(pims, "M") == URL.format("second")
    attach("third", product_id=shop["M"], sort_order=5)
    assert thumbnail(pims, "M") == URL.format("second")
    attach("first", product_id=shop["M"], variant_id=shop["M-S"], sort_order=4)
    assert thumbnail(pims, "M") == thumbnail(pims, "M-S") == URL.format("first")
    assert thumbnail(pims, "M-L") is None


def test_a_later_one_leaves_the_thumbnail_that_pims_chose(attach, pims, shop) -> None:
    attach("first", product_id=shop["M"])
    pims("editProduct", sku="M", data={"attributes": {"thumbnail": "own.png"}}, status=200)
    attach("later", product_id=shop["M"])
    assert thumbnail(pims, "M") == "own.png"


def test_the_name_of_the_user_is_in_the_history_of_the_product(tenant, pims, shop) -> None:
    tenant("POST", "/media", {"url": URL.format("a"), "product_id": shop["N"]}, ApiUser="Ann")
    last = pims("historyProduct", sku="N", status=200)["history"][-1]
    assert (last["user"], last["new"]) == ("Ann", {"thumbnail": URL.format("a")})


def test_nothing_is_fetched_and_the_url_is_kept_as_it_came(tenant, shop) -> None:
    url = "HTTP://[::1]:8080/Ä b?x=%20#y".replace(" ", "%20")
    made = tenant("POST", "/media", {"url": url, "product_id": shop["N"]})
    assert made["url"] == url


@on_one_engine
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "url is required!"),
        ({"url": None}, "url is required!"),
        ({"url": ""}, "url cannot be empty!"),
        ({"url": "ftp://example.com/a"}, "url must be an absolute http or https URL!"),
        ({"url": "//example.com/a"}, "url must be an absolute http or https URL!"),
        ({"url": "https:///a.jpg"}, "url must be an absolute http or https URL!"),
        ({"url": "https://exa mple.com/a"}, "url must be an absolute http or https URL!"),
        ({"url": "https://example.com:x/"}, "url must be an absolute http or https URL!"),
        ({"url": " https://example.com/"}, "url must be an absolute http or https URL!"),
        ({"url": "https://example.com/\n"}, "url must be an absolute http or https URL!"),
        ({"url": "javascript:alert(1)"}, "url must be an absolute http or https URL!"),
        ({"url": 7}, "url must be text!"),
        ({"url": ["https://example.com"]}, "url must be text!"),
        ({"url": "https://example.com/" + "ä" * 33_000}, "url has at most 65536 bytes!"),
        ({"product_id": "7"}, "product_id must be a UUID!"),
        ({"product_id": 7}, "product_id must be text!"),
        ({"variant_id": "x"}, "variant_id must be a UUID!"),
        ({"product_id": STRANGE}, "product_id names no product!"),
        ({"variant_id": STRANGE}, "variant_id names no variant!"),
        ({"product_id": "M-S"}, "product_id names no product!"),
        ({"variant_id": "M"}, "variant_id names no variant!"),
        ({"product_id": "N", "variant_id": "M-S"},
         "variant_id names a variant of another product!"),
        ({"product_id": None, "variant_id": ""},
         "product_id or variant_id is required: say whose media they are!"),
        ({"product_id": "N", "alt_text": 1}, "alt_text must be text!"),
        ({"product_id": "N", "alt_text": "x" * 65_537}, "alt_text has at most 65536 characters!"),
        ({"product_id": "N", "sort_order": "1"},
         "sort_order must be a whole number from -2147483647 to 2147483647!"),
        ({"product_id": "N", "sort_order": 1.5},
         "sort_order must be a whole number from -2147483647 to 2147483647!"),
        ({"product_id": "N", "sort_order": 2**31},
         "sort_order must be a whole number from -2147483647 to 2147483647!"),
        ({"product_id": "N", "sort_order": True},
         "sort_order must be a whole number from -2147483647 to 2147483647!"),
    ],
)  # fmt: skip
def test_what_cannot_be_attached_is_refused(refused, shop, unchanged, body, told) -> None:
    sent = {"url": URL.format("a")} if "url" not in body and body != {} else {}
    named = {key: shop.get(str(value), value) for key, value in body.items()}
    with unchanged():
        assert refused(400, "POST", "/media", sent | named) == told


@on_one_engine
def test_media_for_what_is_deleted_are_refused(refused, shop, pims, unchanged) -> None:
    pims("editProduct", sku="M", data={"attributes": {"status": "deleted"}}, status=200)
    for name, sku, noun in (("product_id", "M", "product"), ("variant_id", "M-S", "variant")):
        with unchanged():
            told = refused(400, "POST", "/media", {"url": URL.format("a"), name: shop[sku]})
        assert told == f"{name} names no {noun}!"


@on_one_engine
@pytest.mark.parametrize("query", ["?product_id=7", "?variant_id=x", "?product_id="])
def test_a_filter_that_is_no_uuid_is_refused(refused, query) -> None:
    assert refused(400, "GET", f"/media{query}").endswith("must be a UUID!")


@on_one_engine
@pytest.mark.parametrize("group", ["pim_user", "pim_manager", "pim_import", "pim_export"])
def test_attaching_needs_an_editor(refused, shop, make_key, unchanged, group) -> None:
    key = make_key(group)
    with unchanged():
        refused(403, "POST", "/media", {"url": URL.format("a"), "product_id": shop["M"]}, key=key)


def test_an_empty_alternative_text_is_none(attach, tenant, shop) -> None:
    assert attach("a", product_id=shop["M"], alt_text="")["alt_text"] is None
    assert tenant("GET", "/media")[0]["alt_text"] is None
    last = tenant("GET", "/audit")[0]
    assert (last["entity_type"], "alt_text" in last["details"]["new"]) == ("MEDIA", False)
