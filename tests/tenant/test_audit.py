"""The audit: history as events, whichever face made it."""

import re

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.jobs.worker import run_pending_jobs
from tests.databases.fresh import on_one_engine

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
ATTRIBUTES = "/pim/manage/attributes"


@pytest.fixture
def events(tenant):
    """`events()`: action, old and new of each event, newest first."""

    def told(**sent):
        return [
            (one["action"], one["details"]["old"], one["details"]["new"])
            for one in tenant("GET", "/audit", **sent)
        ]

    return told


def test_a_new_tenant_has_no_events(tenant) -> None:
    assert tenant("GET", "/audit") == []


def test_an_event_has_all_its_keys(tenant, ids) -> None:
    product = tenant("POST", "/products", {"title": "Lamp"}, ApiUser="Ann")
    [event] = tenant("GET", "/audit")
    assert MOMENT.match(event["created_at"])
    assert event == {
        "id": event["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "actor_email": "Ann",
        "action": "PRODUCT_CREATED",
        "entity_type": "PRODUCT",
        "entity_id": product["id"],
        "details": {
            "old": {"title": None, "status": None},
            "new": {"title": "Lamp", "status": "ACTIVE"},
        },
        "ip_address": None,
        "created_at": event["created_at"],
    }
    assert tenant("GET", "/audit") == [event]


def test_products_and_variants_tell_their_fields(tenant, events, ids) -> None:
    lamps = tenant("POST", "/categories", {"name": "Lamps", "slug": "lamps"})["id"]
    acme = tenant("POST", "/brands", {"name": "Acme"})["id"]
    product = tenant("POST", "/products", {"title": "Lamp", "category": "lamps"})["id"]
    tenant("PUT", f"/products/{product}", {"brand_id": acme, "description": "Bright"})
    tenant("POST", f"/products/{product}/variants", {"sku": "RED", "price": 5, "currency": "EUR"})
    variant = ids.of_number(Numbered.PRODUCT, 2)
    tenant("DELETE", f"/products/{product}", status=204)
    found = tenant("GET", "/audit")
    assert [(one["action"], one["entity_id"]) for one in found] == [
        ("VARIANT_DELETED", variant),
        ("PRODUCT_DELETED", product),
        ("VARIANT_CREATED", variant),
        ("PRODUCT_UPDATED", product),
        ("PRODUCT_CREATED", product),
        ("BRAND_CREATED", acme),
        ("CATEGORY_CREATED", lamps),
    ]
    assert len({one["id"] for one in found}) == 7
    gone = {"old": {"status": "ACTIVE"}, "new": {"status": None}}
    created = {"title": "Lamp", "status": "ACTIVE", "category": "lamps", "category_id": lamps}
    new = {"description": "Bright", "brand": "Acme", "brand_id": acme}
    variant_new = {"price": "5", "currency": "EUR", "status": "ACTIVE", "sku": "RED",
                   "product_id": product}  # fmt: skip
    assert [one["details"] for one in found] == [
        gone,
        gone,
        {"old": dict.fromkeys(variant_new), "new": variant_new},
        {"old": dict.fromkeys(new), "new": new},
        {"old": dict.fromkeys(created), "new": created},
        {"old": {"name": None}, "new": {"name": "Acme"}},
        {"old": {"name": None, "slug": None}, "new": {"name": "Lamps", "slug": "lamps"}},
    ]


def test_what_pims_changes_is_told_in_the_words_of_this_face(pims, events) -> None:
    color = {"type": "dropdown", "label": {"en-us": "Colour"}, "dictionary":
             {"columns": ["value"], "data": [["red"], ["blue"]]}}  # fmt: skip
    pims("addAttribute", path=ATTRIBUTES, name="color", definition=color, status=200)
    values = {"title": "Rod", "color": "red", "status": "inactive"}
    pims("createProduct", sku="ROD", data={"attributes": values}, status=200)
    edited = {"color": "blue", "status": "active", "thumbnail": "rod.jpg"}
    pims("editProduct", sku="ROD", data={"attributes": edited}, status=200)
    created = {"title": "Rod", "status": "DRAFT", "sku": "ROD", "color": "red"}
    assert events() == [
        ("PRODUCT_UPDATED", {"status": "DRAFT", "thumbnail": None, "color": "red"},
         {"status": "ACTIVE", "thumbnail": "rod.jpg", "color": "blue"}),
        ("PRODUCT_CREATED", dict.fromkeys(created), created),
        ("ATTRIBUTE_CREATED", {"name": None, "slug": None, "type": None},
         {"name": "Colour", "slug": "color", "type": "SELECT"}),
    ]  # fmt: skip


def test_definitions_of_each_kind_are_told(tenant, pims, events) -> None:
    tenant("POST", "/attributes", {"name": "Colour", "slug": "color"})
    tenant("POST", "/attribute-groups", {"name": "Looks", "description": "How it looks"})
    tenant("POST", "/templates", {"name": "Wool & Hats"})
    pims("addCategory", path="/pim/manage/categories", name="Wool Hats", status=200)
    number = 2  # Uncategorized is 1
    pims("editCategory", path="/pim/manage/categories", id=number, name="Hats", status=200)
    pims("editAttribute", path=ATTRIBUTES, name="color", definition={"label": {"en-us": "Color"}},
         status=200)  # fmt: skip
    pims("deleteAttribute", path=ATTRIBUTES, name="color", status=200)
    pims("deleteCategory", path="/pim/manage/categories", id=number, status=200)
    assert events() == [
        ("CATEGORY_DELETED", {}, {}),
        ("ATTRIBUTE_DELETED", {}, {}),
        ("ATTRIBUTE_UPDATED", {"name": "Colour"}, {"name": "Color"}),
        ("CATEGORY_UPDATED", {"name": "Wool Hats"}, {"name": "Hats"}),
        ("CATEGORY_CREATED", {"name": None, "slug": None},
         {"name": "Wool Hats", "slug": "wool-hats"}),
        ("TEMPLATE_CREATED", {"name": None}, {"name": "Wool & Hats"}),
        ("ATTRIBUTE_GROUP_CREATED", {"name": None, "description": None},
         {"name": "Looks", "description": "How it looks"}),
        ("ATTRIBUTE_CREATED", {"name": None, "slug": None, "type": None},
         {"name": "Colour", "slug": "color", "type": "TEXT"}),
    ]  # fmt: skip


def test_what_the_server_makes_by_itself_has_no_event(tenant, pims, events, german) -> None:
    tenant("POST", "/products", {"title": "Lamp", "description": "Bright"})
    assert [action for action, *_ in events()] == ["PRODUCT_CREATED"]
    tenant("POST", "/brands", {"name": "Acme"})
    assert [action for action, *_ in events()] == ["BRAND_CREATED", "PRODUCT_CREATED"]


def test_values_that_join_the_brands_in_pims_are_brands(tenant, pims, events) -> None:
    tenant("POST", "/brands", {"name": "Acme", "logoUrl": "https://example.com/a.png"})
    values = {"attributes": {"brand": "Bolt"}}
    pims("createProduct", sku="ROD", data=values, status=200)
    made = [one for one in events() if one[0].startswith("BRAND")]
    assert made == [
        ("BRAND_CREATED", {"name": None}, {"name": "Bolt"}),
        ("BRAND_CREATED", {"name": None, "logo_url": None},
         {"name": "Acme", "logo_url": "https://example.com/a.png"}),
    ]  # fmt: skip


def test_a_brand_that_is_made_again_has_an_event_like_a_new_one(tenant, pims, events) -> None:
    tenant("POST", "/brands", {"name": "Acme", "logoUrl": "https://example.com/a.png"})
    values = {"dictionary": {"columns": ["value"], "data": [["Bolt"]]}}
    pims("editAttribute", path=ATTRIBUTES, name="brand", definition=values, status=200)
    assert [one["name"] for one in tenant("GET", "/brands")] == ["Bolt"]
    tenant("POST", "/brands", {"name": "Acme", "description": "Old"})
    assert events()[0] == (
        "BRAND_CREATED", {"name": None, "description": None}, {"name": "Acme", "description": "Old"}
    )  # fmt: skip


def test_media_and_the_thumbnail_that_they_make_are_two_events(tenant, pims, ids) -> None:
    product = tenant("POST", "/products", {"title": "Lamp"})["id"]
    body = {"url": "https://example.com/a.png", "product_id": product, "alt_text": "A"}
    media = tenant("POST", "/media", body)["id"]
    found = tenant("GET", "/audit")[:2]
    assert [(one["action"], one["entity_id"]) for one in found] == [
        ("MEDIA_CREATED", media), ("PRODUCT_UPDATED", product),
    ]  # fmt: skip
    assert [one["details"]["new"] for one in found] == [body, {"thumbnail": body["url"]}]


def test_the_status_is_told_as_it_was(pims, tenant, events, database) -> None:
    product = tenant("POST", "/products", {"title": "Lamp"})["id"]
    for status in ("DRAFT", "ARCHIVED", "ACTIVE"):
        entry = {"id": product, "status": status}
        tenant("POST", "/bulk-jobs", {"job_type": "BULK_UPDATE", "payload": [entry]})
        run_pending_jobs(database)
    tenant("DELETE", f"/products/{product}", status=204)
    pims("editProduct", sku=product, data={"attributes": {"status": "inactive"}}, status=200)
    assert [(action, old["status"], new["status"]) for action, old, new in events()] == [
        ("PRODUCT_UPDATED", None, "DRAFT"),
        ("PRODUCT_DELETED", "ACTIVE", None),
        ("PRODUCT_UPDATED", "ARCHIVED", "ACTIVE"),
        ("PRODUCT_UPDATED", "DRAFT", "ARCHIVED"),
        ("PRODUCT_UPDATED", "ACTIVE", "DRAFT"),
        ("PRODUCT_CREATED", None, "ACTIVE"),
    ]


def test_a_hundred_events_are_told_the_newest_ones(pims, tenant) -> None:
    rows = [{"action": "createProduct", "sku": f"P{n:03}"} for n in range(350)]
    pims("batch", actions=rows, status=200)
    pims("editProduct", sku="P007", data={"attributes": {"title": "Rod"}}, status=200)
    found = tenant("GET", "/audit")
    assert [one["action"] for one in found] == ["PRODUCT_UPDATED", *["PRODUCT_CREATED"] * 99]
    assert [one["details"]["new"]["sku"] for one in found[1:]] == [
        f"P{n:03}" for n in range(349, 250, -1)
    ]


def test_events_beyond_many_that_are_no_ones_business_are_found(pims, tenant) -> None:
    tenant("POST", "/products", {"title": "Lamp"})
    pims("createProduct", sku="P", data={"attributes": {"variation_of": None}}, status=200)
    values = {"attributes": {"variation_of": "P"}}
    pims("createProduct", sku="Q", data=values, status=200)
    rows = [{"action": "createProduct", "sku": f"Q{n:03}", "data": {"attributes":
             {"variation_of": "Q"}}} for n in range(350)]  # fmt: skip
    pims("batch", actions=rows, status=200)
    assert [one["action"] for one in tenant("GET", "/audit")] == [
        "VARIANT_CREATED", "PRODUCT_CREATED", "PRODUCT_CREATED",
    ]  # fmt: skip


def test_a_view_hides_products_fields_and_what_nothing_is_left_of(
    pims, tenant, make_key, events
) -> None:
    for name in ("cost", "color"):
        definition = {"type": "string", "label": {"en-us": name.title()}}
        pims("addAttribute", path=ATTRIBUTES, name=name, definition=definition, status=200)
    view = {"attributes": {"title": {"transform": "Name"}, "color": {}},
            "condition_query": "[[title]] LIKE 'V%'"}  # fmt: skip
    pims("addPimView", path="/pim/manage/views", name="partner", **view, status=200)
    partner = make_key("pim_user", views=("partner",), default_view="partner")
    for sku, title in (("A", "Axe"), ("V", "Vase")):
        values = {"title": title, "cost": "1", "color": "red"}
        pims("createProduct", sku=sku, data={"attributes": values}, status=200)
    for values in ({"cost": "2"}, {"cost": "3", "color": "blue"}):
        pims("editProduct", sku="V", data={"attributes": values}, status=200)
    tenant("POST", "/categories", {"name": "Lamps", "slug": "lamps"})
    assert events(key=partner) == [
        ("PRODUCT_UPDATED", {"color": "red"}, {"color": "blue"}),
        ("PRODUCT_CREATED", {"title": None, "sku": None, "color": None},
         {"title": "Vase", "sku": "V", "color": "red"}),
        ("ATTRIBUTE_CREATED", {"name": None, "slug": None, "type": None},
         {"name": "Color", "slug": "color", "type": "TEXT"}),
    ]  # fmt: skip


@on_one_engine
def test_attributes_with_the_names_of_fields_are_told_apart(pims, events, given_attribute) -> None:
    names = ("brand_id", "category", "category_id", "product_id", "product_type_id")
    for name in names:
        given_attribute(name)
    values = {"attributes": {name: f"own {name}" for name in names}}
    pims("addCategory", path="/pim/manage/categories", name="Hats", status=200)
    pims("createProduct", sku="ROD", data=values, status=200)
    more = {"categories": ["Hats"], "category": "another"}
    pims("editProduct", sku="ROD", data={"attributes": more}, status=200)
    (_, edited_old, edited), (_, _, created), *_ = events()
    own = {f"attribute:{name}": f"own {name}" for name in names}
    assert created == {"status": "ACTIVE", "sku": "ROD"} | own
    assert edited == {
        "category": "hats", "category_id": edited["category_id"], "attribute:category": "another",
    }  # fmt: skip
    assert edited_old == {
        "category": None, "category_id": None, "attribute:category": "own category",
    }  # fmt: skip


GROUP = "ATTRIBUTE_GROUP"
MADE = {"name": None, "slug": None, "type": None}


@pytest.fixture
def group_events(tenant):
    """`group_events()`: action, name and id of each event of a group, newest first."""

    def told(**sent):
        return [
            (one["action"].removeprefix(f"{GROUP}_"), one["details"]["new"].get("name"))
            for one in tenant("GET", "/audit", **sent)
            if one["entity_type"] == GROUP
        ]

    return told


def test_a_group_that_comes_with_an_attribute_has_an_event(tenant, events, given_attribute) -> None:
    given_attribute("a", group="Looks")
    given_attribute("b", group="Looks")
    given_attribute("c", group="Basic")
    new = [{"name": name, "slug": name, "type": "TEXT"} for name in "cba"]
    assert events() == [
        ("ATTRIBUTE_CREATED", MADE, new[0]),
        ("ATTRIBUTE_CREATED", MADE, new[1]),
        ("ATTRIBUTE_GROUP_CREATED", {"name": None}, {"name": "Looks"}),
        ("ATTRIBUTE_CREATED", MADE, new[2]),
    ]
    found = tenant("GET", "/audit")
    assert len({one["id"] for one in found}) == 4
    (group,) = tenant("GET", "/attribute-groups")
    assert found[2]["entity_id"] == group["id"]
    assert found[2]["created_at"] == group["created_at"]


@on_one_engine
def test_two_attributes_that_bring_a_group_have_one_event_for_it(pims, group_events) -> None:
    items = [
        {"name": name, "definition": {"type": "string", "label": {"en-us": name}, "group": "G"}}
        for name in "ab"
    ]
    pims("addAttribute", path=ATTRIBUTES, items=items, status=200)
    assert group_events() == [("CREATED", "G")]


def test_groups_go_and_come_back_with_their_attributes(
    tenant, pims, given_attribute, group_events
) -> None:
    given_attribute("a", group="First")
    for group in ("Second", "First"):
        pims("editAttribute", path=ATTRIBUTES, name="a", definition={"group": group}, status=200)
    pims("editAttribute", path=ATTRIBUTES, name="title", definition={"group": "Own"}, status=200)
    pims("deleteAttribute", path=ATTRIBUTES, name="a", status=200)
    assert [one["name"] for one in tenant("GET", "/attribute-groups")] == ["Own"]
    assert group_events() == [
        ("DELETED", None),
        ("CREATED", "Own"),
        *[("DELETED", None), ("CREATED", "First")],
        *[("DELETED", None), ("CREATED", "Second")],
        ("CREATED", "First"),
    ]


@on_one_engine
def test_a_group_that_was_made_on_its_own_has_one_event(
    tenant, pims, given_attribute, group_events
) -> None:
    tenant("POST", "/attribute-groups", {"name": "Sizes"})
    given_attribute("a", group="Sizes")
    pims("deleteAttribute", path=ATTRIBUTES, name="a", status=200)
    assert group_events() == [("CREATED", "Sizes")]


@on_one_engine
def test_a_view_that_hides_an_attribute_hides_the_group_that_it_brought(
    given_attribute, given_view, group_events
) -> None:
    given_attribute("a", group="Seen")
    given_attribute("b", group="Hidden")
    assert group_events(key=given_view(["title", "a"])) == [("CREATED", "Seen")]
