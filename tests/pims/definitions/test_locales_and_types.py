"""Locales and product types are listed and made over HTTP, by the services of the commands."""

import pytest

PATH = "/pim/manage/attributes"
BULB = {"name": "bulb", "attributes": ["watts"], "required": ["watts"], "inherit": "n"}


@pytest.fixture
def act(pims):
    """`act("listLocales")`: the reply of an action that must succeed."""
    return lambda action, **body: pims(action, path=PATH, **({"status": 200} | body))


def test_locales_are_listed_default_first(act) -> None:
    assert act("listLocales")["data"] == [{"code": "en-us", "name": "", "default": "y"}]


def test_a_locale_is_added_and_served_at_once(act, pims, given_product) -> None:
    reply = act("addLocale", code=" de-DE ", name="German")
    german = {"code": "de-de", "name": "German", "default": "n"}
    assert reply.pop("transaction") > 0
    assert reply == {"status": "OK", "locale": german}
    assert act("listLocales")["data"][1] == german
    given_product("A")
    pims("listProduct", sku="A", locale="de-de", status=200)


def test_a_dry_run_adds_no_locale(act, unchanged) -> None:
    with unchanged():
        reply = act("addLocale", code="de-de", dry_run=True)
    assert reply["dry_run"] is True
    assert reply["changes"]["new"] == {"de-de": {"code": "de-de", "name": "", "default": "n"}}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "required"),
        ({"code": None}, 400, "required"),
        ({"code": 5}, 400, "type"),
        ({"code": "no locale"}, 400, "mask"),
        ({"code": "de-de", "name": "x" * 101}, 400, "mask"),
        ({"code": "EN-us"}, 409, "exists"),
        ({"code": "de-de", "dry_run": "maybe"}, 400, "type"),
    ],
)
def test_a_bad_locale_is_refused(act, unchanged, body, status, code) -> None:
    with unchanged():
        assert act("addLocale", status=status, **body)["errors"][0]["code"] == code


def test_a_type_is_added_listed_and_changed(act, given_attribute) -> None:
    given_attribute("watts", "number")
    assert act("listProductTypes")["data"] == [
        {"name": "default", "attributes": None, "required": [], "inherit": "n"}
    ]
    sent = {"attributes": ["watts"], "required": ["watts"]}
    assert act("addProductType", name="bulb", **sent)["product_type"] == BULB
    assert act("listProductTypes")["data"][1] == BULB
    changed = act("editProductType", name="bulb", required=["watts", "title"], inherit="y")
    assert changed["product_type"] == BULB | {"required": ["title", "watts"], "inherit": "y"}
    emptied = act("editProductType", name="bulb", required=[], inherit=False)
    assert emptied["product_type"] == BULB | {"required": []}
    needed = act("editProductType", name="default", required=["title"])
    assert needed["product_type"]["required"] == ["title"]


def test_a_dry_run_changes_no_type(act, given_attribute, unchanged) -> None:
    given_attribute("watts", "number")
    with unchanged():
        reply = act("addProductType", name="bulb", attributes=["watts"], dry_run=True)
    assert reply["changes"] == {
        "old": {"bulb": dict.fromkeys(("name", "attributes", "required", "inherit"))},
        "new": {"bulb": BULB | {"required": []}},
    }
    act("addProductType", name="bulb", attributes=["watts"])
    with unchanged():
        reply = act("editProductType", name="bulb", required=["watts"], dry_run="y")
    assert reply["changes"] == {
        "old": {"bulb": {"required": []}},
        "new": {"bulb": {"required": ["watts"]}},
    }


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("addProductType", {}, 400, "required"),
        ("addProductType", {"name": "no name"}, 400, "mask"),
        ("addProductType", {"name": "default"}, 409, "exists"),
        ("addProductType", {"name": "a", "attributes": ["wats"]}, 400, "unknown_attribute"),
        ("addProductType", {"name": "a", "attributes": "watts", "required": {}}, 400, "type"),
        ("addProductType", {"name": "a", "required": ["watts"]}, 400, "required"),
        ("editProductType", {"name": "bulb"}, 404, "not_found"),
        ("editProductType", {"name": "default", "attributes": ["watts"]}, 400, "read_only"),
        ("editProductType", {"name": "default", "inherit": "y"}, 400, "read_only"),
    ],
)
def test_a_bad_type_is_refused(act, given_attribute, unchanged, action, body, status, code) -> None:
    given_attribute("watts", "number")
    with unchanged():
        assert act(action, status=status, **body)["errors"][0]["code"] == code


def test_who_may_do_it(act, make_key, pims, given_attribute) -> None:
    given_attribute("watts", "number")
    act("addProductType", name="bulb", attributes=["watts"], required=["watts", "title"][:1])
    user, editor = make_key("pim_user"), make_key("pim_editor")
    act("listLocales", key=user)
    act("listProductTypes", key=editor)
    act("listProductTypes", key=user, status=403)
    for action in ("addLocale", "addProductType", "editProductType"):
        for key in (user, editor):
            act(action, key=key, code="de-de", name="default", status=403)


def test_a_view_sees_the_attributes_of_types_by_its_names(act, make_key, pims, given_attribute):
    for name in ("watts", "color"):
        given_attribute(name)
    act("addProductType", name="bulb", attributes=["watts", "color"], required=["color"])
    shown = {"watts": {"transform": "Power"}}
    pims("addPimView", path="/pim/manage/views", name="shop", attributes=shown, status=200)
    data = act("listProductTypes", key=make_key("pim_editor", views=("shop",)))["data"]
    assert data[1] == {"name": "bulb", "attributes": ["Power"], "required": [], "inherit": "n"}


def test_completeness_follows_what_a_type_requires(act, given_attribute, given_product, pims):
    given_attribute("complete", "completeness", isFilterable="y")
    given_product("A")
    act("editProductType", name="default", required=["title"])
    params = {"filter_values": {"complete": "0"}}
    assert pims("getList", params=params, status=200)["sku_count"] == 1


def test_what_is_fixed_of_the_default_type_is_told_by_the_keys_of_a_body(act) -> None:
    reply = act("editProductType", name="default", inherit="y", status=400)
    assert reply["status_message"] == (
        "default holds every attribute and does not inherit: only required can change!"
    )
