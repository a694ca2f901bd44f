"""Stats and validation issues: computed from the catalogue as it is now."""

import pytest

from pims_api.domain.tenant_ids import Numbered

STOCK = {
    "lowStockVariants": 0,
    "outOfStockVariants": 0,
    "totalInventoryValue": 0,
    "topLowStock": [],
}
GOOD = {"title": "Rod", "categories": ["Rods"], "thumbnail": "rod.jpg"}


def totals(products=0, variants=0, brands=0, categories=0):
    return {
        "totalProducts": products,
        "totalVariants": variants,
        "totalBrands": brands,
        "totalCategories": categories,
    } | STOCK


@pytest.fixture
def make(pims):
    """`make("A", title="Rod")`: a product with these PIMS attributes."""

    def create(sku, **attributes):
        pims("createProduct", sku=sku, data={"attributes": attributes}, status=200)

    return create


@pytest.fixture
def edit(pims):
    def change(sku, **attributes):
        pims("editProduct", sku=sku, data={"attributes": attributes}, status=200)

    return change


@pytest.fixture
def good(make, pims):
    """`good("A")`: a product, numbered in the order of making, that lacks nothing."""
    pims("addCategory", path="/pim/manage/categories", items=[{"path": "Rods"}], status=200)

    def create(sku, **attributes):
        make(sku, **(GOOD | attributes))

    return create


@pytest.fixture
def wrong(tenant):
    """`wrong()`: type and message of each issue with the SKU's number of its product, in order."""

    def found(**sent):
        return [
            (one["issue_type"], int(one["product_id"].replace("-", "")[:12], 16))
            for one in tenant("GET", "/validation", **sent)
        ]

    return found


def test_an_empty_catalogue_has_nothing(tenant) -> None:
    assert tenant("GET", "/stats") == totals()
    assert tenant("GET", "/validation") == []


def test_stats_count_products_variants_brands_and_categories(tenant, make, edit, pims) -> None:
    brands = {"type": "dropdown", "label": {"en-us": "Brand"},
              "dictionary": {"columns": ["value"], "data": [["Acme"], ["Bolt"]]}}  # fmt: skip
    pims("addAttribute", path="/pim/manage/attributes", name="brand", definition=brands, status=200)
    paths = [{"path": "Rods > Steel"}, {"path": "Nuts"}]
    pims("addCategory", path="/pim/manage/categories", items=paths, status=200)
    for sku in ("A", "B", "C", "D", "E"):
        make(sku)
    for sku, parent in (("A-1", "A"), ("A-2", "A"), ("A-1-1", "A-1"), ("B-1", "B")):
        make(sku, variation_of=parent)
    assert tenant("GET", "/stats") == totals(5, 3, 2, 3)
    edit("B", status="deleted")  # its variant is active still, and no product's any more
    edit("A-2", status="inactive")
    edit("C", status="inactive")
    assert tenant("GET", "/stats") == totals(4, 2, 2, 3)
    edit("C", variation_of="D")
    assert tenant("GET", "/stats") == totals(3, 3, 2, 3)
    edit("D", variation_of="A")  # so C is a variant of a variant
    assert tenant("GET", "/stats") == totals(2, 3, 2, 3)
    edit("B", status="active")
    assert tenant("GET", "/stats") == totals(3, 4, 2, 3)


def test_an_issue_has_all_its_keys(tenant, make, ids) -> None:
    make("A", title="Rod", thumbnail="a.jpg")
    product = tenant("GET", f"/products/{ids.of_number(Numbered.PRODUCT, 1)}")
    [issue] = tenant("GET", "/validation")
    assert issue == {
        "id": issue["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "product_id": product["id"],
        "issue_type": "NO_CATEGORY",
        "severity": "WARNING",
        "message": "The product is in no category.",
        "resolved": False,
        "created_at": product["updated_at"],
        "updated_at": product["updated_at"],
    }


def test_each_cause_is_an_issue_as_long_as_it_is_there(tenant, good, edit, wrong) -> None:
    good("A")
    assert wrong() == []
    edit("A", categories=[], thumbnail=None, title="")
    found = tenant("GET", "/validation")
    assert [(one["issue_type"], one["severity"], one["message"]) for one in found] == [
        ("NO_CATEGORY", "WARNING", "The product is in no category."),
        ("MISSING_IMAGE", "WARNING", "The product has no image."),
        ("MISSING_REQUIRED_ATTRIBUTE", "ERROR", "The product lacks what it needs: title."),
    ]
    first = {one["issue_type"]: one["id"] for one in found}
    assert len({*first.values()}) == 3
    edit("A", title="Rod")
    assert wrong() == [("NO_CATEGORY", 1), ("MISSING_IMAGE", 1)]
    edit("A", categories=["Rods"], title="")
    assert {one["issue_type"]: one["id"] for one in tenant("GET", "/validation")} == {
        kind: first[kind] for kind in ("MISSING_IMAGE", "MISSING_REQUIRED_ATTRIBUTE")
    }
    edit("A", thumbnail="a.jpg", title="Rod", status="inactive")
    assert wrong() == []
    edit("A", categories=["Uncategorized", "Rods"])  # the first one is the category
    assert wrong() == [("NO_CATEGORY", 1)]
    edit("A", status="deleted")
    assert wrong() == []


def test_media_are_images_also_without_a_thumbnail(tenant, good, edit, wrong, ids) -> None:
    good("A", thumbnail=None)
    good("B", thumbnail=None)
    assert wrong() == [("MISSING_IMAGE", 2), ("MISSING_IMAGE", 1)]
    product = ids.of_number(Numbered.PRODUCT, 1)
    tenant("POST", "/media", {"url": "https://example.com/a", "product_id": product})
    assert wrong() == [("MISSING_IMAGE", 2)]
    edit("A", thumbnail=None)
    assert wrong() == [("MISSING_IMAGE", 2)]


def test_what_the_product_type_requires_is_one_issue(tenant, good, edit, pims, wrong) -> None:
    for name, kind in (("color", "string"), ("size", "text"), ("note", "html")):
        definition = {"type": kind, "label": {"en-us": name}}
        pims("addAttribute", path="/pim/manage/attributes", name=name, definition=definition,
             status=200)  # fmt: skip
    added = {"attributes": ["color", "size", "note"], "required": ["color", "size"]}
    pims("addProductType", path="/pim/manage/attributes", name="shirt", **added, status=200)
    good("A")
    pims("createProduct", sku="B", product_type="shirt", status=200,
         data={"attributes": GOOD | {"title": "", "size": "L"}})  # fmt: skip
    [issue] = tenant("GET", "/validation")
    assert issue["message"] == "The product lacks what it needs: title, color."
    edit("B", color="red", title="Shirt")
    assert wrong() == []
    edit("B", size=None)
    [issue] = tenant("GET", "/validation")
    assert issue["message"] == "The product lacks what it needs: size."


def test_skus_with_white_space_and_variants_without_one(tenant, good, make, wrong, ids) -> None:
    good("A 1")
    made = tenant("GET", "/validation")
    assert [(one["issue_type"], one["severity"], one["message"]) for one in made] == [
        ("INVALID_SKU", "ERROR", "The SKU 'A 1' of the product has white space in it.")
    ]
    good("B")
    make("B\u20031", variation_of="B")
    own = ids.of_number(Numbered.PRODUCT, 4)
    make(own, variation_of="B")
    make("B-5", variation_of="B")
    make("x y", variation_of="B-5")  # no variant of a product
    found = tenant("GET", "/validation")
    assert [one["message"] for one in found] == [
        "The SKU 'B\\u20031' of the variant has white space in it.",
        f"The variant {own} has no SKU.",
        "The SKU 'A 1' of the product has white space in it.",
    ]
    assert wrong() == [("INVALID_SKU", 2), ("INVALID_SKU", 2), ("INVALID_SKU", 1)]
    product = tenant("GET", f"/products/{ids.of_number(Numbered.PRODUCT, 2)}")
    assert {one["updated_at"] for one in found[:2]} == {product["updated_at"]}
    own = ids.of_number(Numbered.PRODUCT, 7)
    make(own, **GOOD)  # a product needs no SKU
    assert len(wrong()) == 3


def test_the_newest_changes_come_first(good, edit, wrong) -> None:
    for sku in ("A", "B", "C", "D"):
        good(sku, thumbnail=None)
    edit("B", title="Bar")
    edit("C", thumbnail="c.jpg")
    edit("A", title="Axe")
    assert wrong() == [("MISSING_IMAGE", 1), ("MISSING_IMAGE", 2), ("MISSING_IMAGE", 4)]


def test_at_most_a_thousand_are_shown(pims, wrong) -> None:
    rows = [{"action": "createProduct", "sku": f"P{n:03}"} for n in range(400)]
    pims("batch", actions=rows, status=200)
    found = wrong()
    assert len(found) == 1_000
    assert len(set(found)) == 1_000
    assert {kind for kind, _ in found} == {
        "NO_CATEGORY", "MISSING_IMAGE", "MISSING_REQUIRED_ATTRIBUTE",
    }  # fmt: skip


@pytest.fixture
def partner(pims, make_key):
    """The key of a partner who sees products whose title begins with a V, without thumbnails."""
    view = {"attributes": {"title": {"transform": "Name"}, "variation_of": {}, "categories": {}},
            "condition_query": "[[title]] LIKE 'V%' OR [[variation_of]] IS NOT NULL"}  # fmt: skip
    pims("addPimView", path="/pim/manage/views", name="partner", **view, status=200)
    return make_key("pim_user", views=("partner",), default_view="partner")


def test_a_view_counts_what_it_shows(tenant, good, make, wrong, partner) -> None:
    good("A", title="Axe", thumbnail=None)
    good("V", title="Vase", thumbnail=None, categories=[])
    make("V 1", variation_of="V")
    make("A 1", variation_of="A")
    assert tenant("GET", "/stats") == totals(2, 2, 0, 1)
    assert tenant("GET", "/stats", key=partner) == totals(1, 1, 0, 1)
    assert wrong(key=partner) == [("NO_CATEGORY", 2), ("INVALID_SKU", 2)]
