"""editProduct."""

import pytest


def test_replies_with_the_whole_product(pims, given_attribute, given_product) -> None:
    given_attribute("price", "number")
    given_product("ROD-1", title="Steel rod", price="100.00")

    reply = pims("editProduct", sku="ROD-1", data={"attributes": {"price": "110.50"}}, status=200)

    assert set(reply) == {"status", "sku", "version", "data", "transaction"}
    assert (reply["status"], reply["sku"], reply["version"]) == ("OK", "ROD-1", 2)
    assert set(reply["data"]) == {"attributes", "definition"}
    attributes = reply["data"]["attributes"]
    assert (attributes["title"], attributes["price"]) == ("Steel rod", "110.50")
    del reply["transaction"]  # a read has none
    assert pims("listProduct", sku="ROD-1") == reply


def test_writes_one_history_entry_of_what_changed(
    given_attribute, given_product, edit, history
) -> None:
    given_attribute("price", "number")
    given_attribute("weight", "number")
    given_product("ROD-1", title="Steel rod", price="100")

    edit("ROD-1", price="110.50", weight="5", title="Steel rod")

    assert history("ROD-1")[1:] == [
        ({"price": "100", "weight": None}, {"price": "110.50", "weight": "5"})
    ]


@pytest.mark.parametrize(
    ("case", "body", "status", "message"),
    [
        ("no sku", {}, 400, "SKU cannot be empty!"),
        ("null sku", {"sku": None}, 400, "SKU cannot be empty!"),
        ("empty sku", {"sku": ""}, 400, "SKU cannot be empty!"),
        ("blank sku", {"sku": "  "}, 400, "SKU cannot be empty!"),
        ("sku nobody has", {"sku": "NONE"}, 404, "Product does not exist!"),
        ("sku in other case", {"sku": "rod-1"}, 404, "Product does not exist!"),
    ],
)
def test_refuses(pims, given_product, unchanged, case, body, status, message) -> None:
    given_product("ROD-1")

    with unchanged():
        reply = pims("editProduct", data={"attributes": {"title": "x"}}, **body, status=status)

    assert (reply["status"], reply["status_message"]) == ("Error", message)
    assert [error["message"] for error in reply["errors"]] == [message]


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("no data", {}),
        ("null data", {"data": None}),
        ("empty data", {"data": {}}),
        ("no attributes", {"data": {"attributes": {}}}),
        ("same values", {"data": {"attributes": {"title": "Rod", "price": "1.0"}}}),
        ("same list", {"data": {"attributes": {"tags": ["b", "a"]}}}),
        ("same category", {"data": {"attributes": {"categories": ["Uncategorized"]}}}),
        ("categories unset again", {"data": {"attributes": {"categories": []}}}),
        ("unset what is unset", {"data": {"attributes": {"thumbnail": None, "weight": ""}}}),
        ("unknown name", {"data": {"attributes": {"nobody": "x"}}}),
        ("own sku", {"data": {"attributes": {"sku": "A"}}}),
        ("paused", {"pauseReIndexing": "Y"}),
    ],
)
def test_an_edit_that_changes_nothing_leaves_no_trace(
    pims, given_attribute, given_product, unchanged, case, body
) -> None:
    given_attribute("price", "number")
    given_attribute("weight", "number")
    given_attribute("tags", collection="y")
    given_product("A", title="Rod", price="1.0", tags=["b", "a"])

    with unchanged():
        reply = pims("editProduct", sku="A", **body, status=200)

    assert (reply["status"], reply["version"]) == ("OK", 1)
    assert pims("historyProduct", sku="A")["total_count"] == 1


def test_leaves_alone_what_is_not_sent(given_product, edit, shown) -> None:
    given_product("A", title="Rod", thumbnail="a.png")
    before = shown("A")

    edit("A", title="Bar")

    assert shown("A") == before | {"title": "Bar"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_empty_text_unset(given_product, edit, shown, history, nothing) -> None:
    given_product("A", title="Rod")

    edit("A", title=nothing)

    assert shown("A")["title"] is None
    assert history("A")[-1] == ({"title": "Rod"}, {"title": None})


def test_counts_versions(given_product, edit) -> None:
    given_product("A")

    assert [edit("A", title=text)["version"] for text in ("x", "y", "y", "z")] == [2, 3, 3, 4]


@pytest.mark.parametrize("sent", ["B", "a", "", None, 5, ["A"]])
def test_a_sku_cannot_be_renamed(pims, given_product, unchanged, sent) -> None:
    given_product("A")

    with unchanged():
        values = {"sku": sent, "title": "x"}
        reply = pims("editProduct", sku="A", data={"attributes": values}, status=400)

    [error] = reply["errors"]
    assert (error["code"], error["attribute"]) == ("read_only", "sku")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("variation_skus", ["B"]),
        ("variation_matrix", {"B": {}}),
        ("version", 99),
        ("tenant_id", 2),
        ("id", 7),
        ("created_by", "me"),
        ("updated_at", 0),
        ("parent_id", 1),
        ("path", "x"),
        ("product_type", "other"),
        ("__proto__", {"status": "deleted"}),
        ("values", {"title": "x"}),
    ],
)
def test_what_is_not_writable_is_ignored_and_told(
    pims, given_product, unchanged, name, value
) -> None:
    given_product("A")
    given_product("B")

    with unchanged():
        reply = pims("editProduct", sku="A", data={"attributes": {name: value}}, status=200)

    [warning] = reply["warnings"]
    code = "read_only" if name.startswith("variation") else "unknown_attribute"
    assert (warning["code"], warning["attribute"]) == (code, name)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("titel", "x", "unknown_attribute"),
        ("variation_skus", ["B"], "read_only"),
        ("variation_matrix", {}, "read_only"),
    ],
)
def test_strict_refuses_what_would_be_ignored(
    pims, given_product, unchanged, name, value, code
) -> None:
    given_product("A")
    values = {"thumbnail": "x.png", name: value}

    with unchanged():
        reply = pims("editProduct", sku="A", data={"attributes": values}, strict=True, status=400)

    assert [(error["code"], error["attribute"]) for error in reply["errors"]] == [(code, name)]


def test_warns_of_an_unknown_name_with_the_nearest_one(pims, given_product, shown) -> None:
    given_product("A")

    values = {"titel": "x", "thumbnail": "a.png"}
    reply = pims("editProduct", sku="A", data={"attributes": values}, status=200)

    [warning] = reply["warnings"]
    assert (warning["attribute"], warning["nearest"]) == ("titel", "title")
    assert (shown("A")["title"], shown("A")["thumbnail"]) == (None, "a.png")


def test_stores_when_the_version_is_the_one_read(pims, given_product) -> None:
    given_product("A")

    values = {"attributes": {"title": "x"}}
    reply = pims("editProduct", sku="A", if_version=1, data=values, status=200)

    assert reply["version"] == 2


@pytest.mark.parametrize("read", [1, 3, 4711])
def test_refuses_a_stale_version_and_tells_the_present_one(
    pims, given_product, edit, unchanged, read
) -> None:
    given_product("A")
    edit("A", title="x")

    with unchanged():
        values = {"attributes": {"title": "y"}}
        reply = pims("editProduct", sku="A", if_version=read, data=values, status=412)

    [error] = reply["errors"]
    assert (error["code"], error["value"]) == ("stale_version", 2)


@pytest.mark.parametrize("wrong", ["1", 1.5, True, [1], -1, 10**30])
def test_refuses_a_version_that_is_none(pims, given_product, unchanged, wrong) -> None:
    given_product("A")

    with unchanged():
        reply = pims("editProduct", sku="A", if_version=wrong, status=400)

    assert [error["pointer"] for error in reply["errors"]] == ["/if_version"]


def test_a_dry_run_shows_the_result_and_stores_nothing(pims, given_product, unchanged) -> None:
    given_product("A", title="Rod")

    with unchanged():
        values = {"attributes": {"title": "Bar", "thumbnail": "a.png"}}
        reply = pims("editProduct", sku="A", data=values, dry_run="true", status=200)

    assert (reply["dry_run"], reply["version"]) == (True, 2)
    assert reply["data"]["attributes"]["title"] == "Bar"
    assert reply["changes"] == {
        "old": {"title": "Rod", "thumbnail": None},
        "new": {"title": "Bar", "thumbnail": "a.png"},
    }


def test_a_dry_run_that_changes_nothing_says_so(pims, given_product, unchanged) -> None:
    given_product("A", title="Rod")

    with unchanged():
        values = {"attributes": {"title": "Rod"}}
        reply = pims("editProduct", sku="A", data=values, dry_run=True, status=200)

    assert (reply["version"], reply["changes"]) == (1, {"old": {}, "new": {}})


def test_faults_of_one_kind_have_its_status_and_mixed_ones_400(
    pims, given_attribute, given_product, unchanged
) -> None:
    given_attribute("ean", isUnique="y")
    given_attribute("price", "number")
    given_product("A", ean="1")
    given_product("B")

    def refused(values, status):
        with unchanged():
            reply = pims("editProduct", sku="B", data={"attributes": values}, status=status)
        return {(error["code"], error["attribute"]) for error in reply["errors"]}

    assert refused({"ean": "1"}, 409) == {("not_unique", "ean")}
    assert refused({"ean": "1", "price": "x"}, 400) == {("not_unique", "ean"), ("type", "price")}


def test_a_clash_never_tells_whose_value_it_is(pims, given_attribute, given_product) -> None:
    given_attribute("ean", isUnique="y")
    given_product("CANARY", ean="1", title="CANARY")
    given_product("B")

    reply = pims("editProduct", sku="B", data={"attributes": {"ean": "1"}}, status=409)

    assert "CANARY" not in str(reply)


def test_a_stale_version_and_a_bad_value_are_told_together(pims, given_attribute, given_product):
    given_attribute("price", "number")
    given_product("ROD-1", title="Rod")
    pims("editProduct", sku="ROD-1", data={"attributes": {"title": "Bar"}}, status=200)
    values = {"price": "cheap"}
    answer = pims("editProduct", sku="ROD-1", if_version=1, data={"attributes": values}, status=400)
    assert [one["code"] for one in answer["errors"]] == ["stale_version", "type"]


def test_the_product_type_that_it_has_changes_nothing(pims, given_product, unchanged):
    given_product("ROD-1")
    with unchanged():
        answer = pims("editProduct", sku="ROD-1", product_type="default", status=200)
    assert (answer["version"], "warnings" in answer) == (1, False)
