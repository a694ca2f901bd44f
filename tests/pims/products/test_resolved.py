"""params.resolved shows what variations of an inheriting type have from their ancestors."""

import pytest

ATTRIBUTES = "/pim/manage/attributes"
VIEWS = "/pim/manage/views"
QUIET = {"definition": False, "resolved": True}


@pytest.fixture
def family(pims, given_attribute):
    """The inheriting type shirt: SHIRT > SHIRT-S > SHIRT-S-RED, and the loose shirt OTHER."""
    pims("addLocale", path=ATTRIBUTES, code="de-de", name="German", status=200)
    given_attribute("color", isFilterable="y")
    given_attribute("size")
    given_attribute("wash", isLocalizable="y")
    given_attribute("tags", collection="y")
    given_attribute("ean")
    given_attribute("friend", "relation")
    given_attribute("filled", "completeness")
    held = ["color", "size", "wash", "tags", "friend", "filled"]
    pims(
        "addProductType", path=ATTRIBUTES, name="shirt", attributes=held,
        required=["color", "size"], inherit="y", status=200,
    )  # fmt: skip
    make(pims, "SHIRT", title="Shirt", color="blue", wash="cold", tags=["a", "b"])
    pims("editProduct", sku="SHIRT", locale="de-de", data={"attributes": {"wash": "kalt"}})
    make(pims, "SHIRT-S", variation_of="SHIRT", size="S")
    make(pims, "SHIRT-S-RED", variation_of="SHIRT-S", color="red", title="Red shirt")
    make(pims, "OTHER", title="Other")


def make(pims, sku, product_type="shirt", **attributes):
    data = {"attributes": attributes}
    return pims("createProduct", sku=sku, product_type=product_type, data=data, status=200)


def shown(pims, sku, *names, locale=None, view=None, key=None, **params):
    """What listProduct shows of some attributes, and which of all are inherited."""
    more = {} if key is None else {"key": key}
    reply = pims(
        "listProduct", sku=sku, params=QUIET | params, locale=locale, view=view, status=200, **more
    )
    attributes = reply["data"]["attributes"]
    return [attributes[name] for name in names], reply["inherited"]


def test_a_variation_shows_what_its_nearest_ancestor_has(family, pims) -> None:
    told = shown(pims, "SHIRT-S", "title", "color", "size", "wash", "tags")
    assert told == (
        ["Shirt", "blue", "S", "cold", ["a", "b"]], ["title", "color", "wash", "tags"],
    )  # fmt: skip
    told = shown(pims, "SHIRT-S-RED", "title", "color", "size", "wash")
    assert told == (["Red shirt", "red", "S", "cold"], ["size", "wash", "tags"])


def test_without_the_flag_it_shows_its_own_values(family, pims) -> None:
    reply = pims("listProduct", sku="SHIRT-S", params={"definition": False}, status=200)
    assert reply["data"]["attributes"]["color"] is None
    assert "inherited" not in reply


def test_products_without_a_parent_inherit_nothing(family, pims) -> None:
    assert shown(pims, "OTHER", "title", "color") == (["Other", None], [])


def test_a_change_above_shows_at_once(family, pims) -> None:
    params = QUIET | {"includeVariants": True}
    assert pims("getList", params=params, status=200)["products"][2]["inherited"]
    pims("editProduct", sku="SHIRT", data={"attributes": {"color": "green"}}, status=200)
    rows = pims("getList", params=params, status=200)["products"]
    assert {row["sku"]: row["data"]["attributes"]["color"] for row in rows} == {
        "OTHER": None, "SHIRT": "green", "SHIRT-S": "green", "SHIRT-S-RED": "red",
    }  # fmt: skip
    pims("editProduct", sku="SHIRT-S-RED", data={"attributes": {"color": None}}, status=200)
    assert shown(pims, "SHIRT-S-RED", "color") == (["green"], ["color", "size", "wash", "tags"])


def test_lists_show_the_same_as_single_products(family, pims) -> None:
    skus = ["SHIRT-S-RED", "OTHER", "SHIRT-S", "SHIRT"]
    singles = {
        sku: pims("listProduct", sku=sku, params=QUIET, status=200) | {"status": "-"}
        for sku in skus
    }
    asked = pims("listProductsBySku", skus=skus, params=QUIET, status=200)["products"]
    assert [row | {"status": "-"} for row in asked] == [singles[sku] for sku in skus]
    for _ in range(2):
        params = QUIET | {"includeVariants": True}
        listed = pims("getList", params=params, status=200)["products"]
        assert [row | {"status": "-"} for row in listed] == [
            singles[sku] for sku in ("OTHER", "SHIRT", "SHIRT-S", "SHIRT-S-RED")
        ]
        plain = {"definition": False, "includeVariants": True}
        rows = pims("getList", params=plain, status=200)["products"]
        assert [row["data"]["attributes"]["color"] for row in rows] == [None, "blue", None, "red"]
        assert not any("inherited" in row for row in rows)


def test_filters_and_search_go_by_own_values(family, pims) -> None:
    for more in ({"filter_values": {"color": "blue"}}, {"search": "blue"}, {"search": "shirt"}):
        params = QUIET | {"includeVariants": True} | more
        skus = {row["sku"] for row in pims("getList", params=params, status=200)["products"]}
        assert "SHIRT" in skus or more == {"search": "blue"}
        assert ("SHIRT-S-RED" in skus) == (more == {"search": "shirt"})


def test_a_type_that_does_not_inherit_shows_own_values(family, pims) -> None:
    pims("editProductType", path=ATTRIBUTES, name="shirt", inherit="n", status=200)
    assert shown(pims, "SHIRT-S", "title", "color") == ([None, None], [])
    pims("editProductType", path=ATTRIBUTES, name="shirt", inherit="y", status=200)
    assert shown(pims, "SHIRT-S", "color")[0] == ["blue"]
    make(pims, "PLAIN", product_type="default", variation_of="SHIRT")
    assert shown(pims, "PLAIN", "title", "color") == ([None, None], [])


def test_only_what_its_type_has_is_inherited(family, pims) -> None:
    make(pims, "ROOT", product_type="default", color="pink", ean="4006381333931")
    make(pims, "LEAF", variation_of="ROOT")
    assert shown(pims, "LEAF", "color", "ean") == (["pink", None], ["color"])


def test_locales_show_what_is_inherited_in_their_scope(family, pims) -> None:
    assert shown(pims, "SHIRT-S", "wash", locale="de-de")[0] == ["kalt"]
    pims("editProduct", sku="SHIRT-S", data={"attributes": {"wash": "warm"}}, status=200)
    told, inherited = shown(pims, "SHIRT-S", "wash", locale="de-de")
    assert (told, "wash" in inherited) == (["warm"], False)


def test_params_narrow_what_is_shown_and_told(family, pims) -> None:
    told = pims("listProduct", sku="SHIRT-S", params=QUIET | {"attributes": ["color", "size"]})
    assert told["data"]["attributes"] == {"sku": "SHIRT-S", "color": "blue", "size": "S"}
    assert told["inherited"] == ["color"]
    told = pims("listProduct", sku="SHIRT-S", params=QUIET | {"omitEmpty": True})
    assert told["data"]["attributes"]["color"] == "blue"
    assert "ean" not in told["data"]["attributes"]


def test_completeness_and_what_is_missing_go_by_effective_values(family, pims) -> None:
    reply = pims("listProduct", sku="SHIRT-S", params=QUIET | {"missing": True}, status=200)
    assert (reply["data"]["attributes"]["filled"], reply["missing"]) == (100, [])
    own = {"definition": False, "missing": True}
    reply = pims("listProduct", sku="SHIRT-S", params=own, status=200)
    assert (reply["data"]["attributes"]["filled"], reply["missing"]) == (50, ["color"])
    assert "filled" not in shown(pims, "SHIRT-S", "filled")[1]


def test_the_matrix_shows_effective_values(family, pims) -> None:
    data = {"attributes": {"variation_attributes": ["color", "size"]}}
    pims("editProduct", sku="SHIRT", data=data, status=200)
    assert shown(pims, "SHIRT-S", "variation_matrix")[0] == [
        {
            "SHIRT-S-RED": {"color": ["red"], "size": ["S"]},
            "SHIRT-S": {"color": ["blue"], "size": ["S"]},
        }
    ]
    reply = pims("listProduct", sku="SHIRT-S", params={"definition": False}, status=200)
    assert reply["data"]["attributes"]["variation_matrix"] == {
        "SHIRT-S-RED": {"color": ["red"], "size": []},
        "SHIRT-S": {"color": [], "size": ["S"]},
    }


def add_view(pims, name, *shown_names, condition="", **renamed):
    attributes = {one: {} for one in shown_names} | {
        one: {"transform": new} for one, new in renamed.items()
    }
    pims(
        "addPimView", path=VIEWS, name=name, attributes=attributes, condition_query=condition,
        status=200,
    )  # fmt: skip


def test_a_view_renames_and_hides_what_is_inherited(family, pims) -> None:
    add_view(pims, "shop", "title", color="Farbe")
    told = shown(pims, "SHIRT-S", "Farbe", view="shop")
    assert told == (["blue"], ["title", "Farbe"])
    reply = pims("listProduct", sku="SHIRT-S", params=QUIET, view="shop", status=200)
    assert set(reply["data"]["attributes"]) == {"sku", "title", "Farbe"}


def test_a_parent_outside_the_rows_passes_nothing_on(family, pims) -> None:
    add_view(pims, "short", "title", "color", "wash", condition="[[sku]] <> 'SHIRT-S'")
    told = shown(pims, "SHIRT-S-RED", "title", "color", "wash", view="short")
    assert told == (["Red shirt", "red", None], [])
    add_view(pims, "low", "title", "color", "wash", condition="[[sku]] <> 'SHIRT'")
    told = shown(pims, "SHIRT-S-RED", "color", "wash", view="low")
    assert told == (["red", None], [])
    params = QUIET | {"includeVariants": True}
    rows = pims("getList", params=params, view="low", status=200)["products"]
    assert "cold" not in str(rows)
    assert "blue" not in str(rows)


def test_an_inherited_link_to_a_hidden_product_is_not_told(family, pims) -> None:
    pims("editProduct", sku="SHIRT", data={"attributes": {"friend": "OTHER"}}, status=200)
    assert shown(pims, "SHIRT-S", "friend")[0] == ["OTHER"]
    add_view(pims, "lonely", "friend", "color", condition="[[sku]] <> 'OTHER'")
    assert shown(pims, "SHIRT-S", "friend", view="lonely") == ([None], ["color"])


def test_a_deleted_parent_still_passes_on(family, pims) -> None:
    pims("editProduct", sku="SHIRT", data={"attributes": {"status": "deleted"}}, status=200)
    assert shown(pims, "SHIRT-S", "color") == (["blue"], ["title", "color", "wash", "tags"])


def test_a_page_asks_no_more_for_many_families(family, pims, queries) -> None:
    def statements(skus):
        with queries() as sent:
            reply = pims("listProductsBySku", skus=skus, params=QUIET, status=200)
        assert len(reply["products"]) == len(skus)
        return len(sent)

    many = []
    for number in range(12):
        make(pims, f"P{number}", title=f"Parent {number}", color="blue")
        make(pims, f"P{number}-A", variation_of=f"P{number}", size="S")
        make(pims, f"P{number}-A-1", variation_of=f"P{number}-A")
        many.append(f"P{number}-A-1")
    few = statements(many[:2])
    assert statements(many) == few

    with queries() as plain:
        pims("listProductsBySku", skus=many, params={"definition": False}, status=200)
    assert few <= len(plain) + 1


def test_writes_do_not_know_it(family, pims) -> None:
    reply = pims("editProduct", sku="SHIRT-S", data={"attributes": {}}, params={"resolved": True})
    assert [one["code"] for one in reply["warnings"]]
    assert "inherited" not in reply


@pytest.mark.parametrize("value", ["perhaps", 3, []])
def test_it_is_a_flag(family, pims, value) -> None:
    reply = pims("listProduct", sku="SHIRT-S", params={"resolved": value}, status=400)
    assert reply["errors"][0]["pointer"] == "/params/resolved"


def test_pages_of_both_faces_agree(family, pims, client, key) -> None:
    data = {"attributes": {"wash": None}}
    pims("editProduct", sku="SHIRT", data=data, status=200)
    sent = {"X-Sigma-ApiKey": key}
    variants = client.get("/api/v1/variants", headers=sent).get_json()["items"]
    for sku, one in zip(("SHIRT-S", "SHIRT-S-RED"), variants, strict=True):
        path = f"/api/v1/records/{one['entityId']}/variants/{one['id']}/resolved"
        resolved = client.get(path, headers=sent).get_json()
        names = resolved["inheritedAttributes"]
        told, inherited = shown(pims, sku, *names, locale="de-de")
        # The title is no attribute of the schema, so the other face does not show it.
        assert set(inherited) - {"title"} == set(names)
        assert len(told) == len(names) > 0
