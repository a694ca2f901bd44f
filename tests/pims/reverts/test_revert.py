"""revert takes a transaction back: value by value, told as one transaction of its own."""

import pytest

pytestmark = pytest.mark.usefixtures("shop")


def test_values_go_back_to_what_they_were(pims, wrote, revert, now):
    number = wrote("A", price="2", tags=["x", "y"], size="M", ean=None)
    reply = revert(transaction=number, reason="Wrong list", source_ref="PO-7")
    assert reply == {
        "status": "OK",
        "reverted": 4,
        "unchanged": 0,
        "skipped": 0,
        "conflict_count": 0,
        "conflicts": [],
        "products": [
            {
                "sku": "A",
                "version": 3,
                "changes": {
                    "old": {"price": "2", "ean": None, "tags": ["x", "y"], "size": "M"},
                    "new": {"price": "1", "ean": "ean-A", "tags": None, "size": "S"},
                },
            }
        ],
        "transaction": number + 1,
    }
    assert now("A", "price", "ean", "tags", "size") == ["1", "ean-A", [], "S"]
    newest = pims("historyProduct", sku="A", status=200)["history"][-1]
    told = (newest["transaction"], newest["reason"], newest["source_ref"])
    assert told == (number + 1, "Wrong list", "PO-7")


def test_a_revert_can_be_reverted_and_so_on(wrote, counts, now):
    number = wrote("A", price="2")
    for expected in ("1", "2", "1", "2"):
        assert counts(transaction=number) == (1, 0, 0, 0)
        assert now("A", "price") == expected
        number += 1


def test_what_is_back_already_stays_without_a_transaction(wrote, revert, counts, unchanged):
    number = wrote("A", price="2")
    wrote("A", price="1")
    with unchanged():
        reply = revert(transaction=number)
    assert "transaction" not in reply
    assert reply["products"] == []
    assert counts(transaction=number) == (0, 1, 0, 0)


def test_a_conflict_refuses_everything(pims, batch, wrote, revert, unchanged):
    number = batch({"A": {"price": "2", "title": "Rod"}, "B": {"price": "2"}})
    later = wrote("A", price="3")
    with unchanged():
        reply = revert(transaction=number, status=409)
    conflict = {"sku": "A", "attribute": "price", "was": "2", "now": "3", "transaction": later}
    assert reply["conflicts"] == [conflict]
    assert reply["conflict_count"] == 1
    assert [one["code"] for one in reply["errors"]] == ["conflict"]
    assert reply["status_message"] == reply["errors"][0]["message"]


def test_conflicts_are_skipped(batch, wrote, revert, now):
    number = batch({"A": {"price": "2", "title": "Rod"}, "B": {"price": "2"}})
    later = wrote("A", price="3")
    reply = revert(transaction=number, on_conflict="skip")
    assert (reply["reverted"], reply["skipped"], reply["conflict_count"]) == (2, 1, 1)
    conflict = {"sku": "A", "attribute": "price", "was": "2", "now": "3", "transaction": later}
    assert reply["conflicts"] == [conflict]
    assert (now("A", "price", "title"), now("B", "price")) == (["3", "A"], "1")


def test_conflicts_are_overwritten(batch, wrote, revert, now):
    number = batch({"A": {"price": "2"}, "B": {"price": "2"}})
    wrote("A", price="3")
    reply = revert(transaction=number, on_conflict="force")
    assert (reply["reverted"], reply["skipped"], reply["conflict_count"]) == (2, 0, 1)
    assert (now("A", "price"), now("B", "price")) == ("1", "1")


@pytest.mark.parametrize("on_conflict", ["skip", "force"])
def test_a_dry_run_tells_the_same_and_stores_nothing(batch, wrote, revert, unchanged, on_conflict):
    number = batch({"A": {"price": "2"}, "B": {"price": "2"}})
    wrote("A", price="3")
    with unchanged():
        tried = revert(transaction=number, on_conflict=on_conflict, dry_run=True)
    done = revert(transaction=number, on_conflict=on_conflict)
    assert done.pop("transaction")
    assert tried.pop("dry_run") is True
    assert tried == done


def test_a_dry_run_with_a_conflict_is_refused_as_well(wrote, revert):
    number = wrote("A", price="2")
    wrote("A", price="3")
    assert revert(transaction=number, dry_run=True, status=409)["conflict_count"] == 1


def test_a_creation_goes_back_by_the_status_alone(batch, wrote, revert, counts, now):
    number = batch({"N": {"title": "New", "price": "5"}, "A": {"price": "2"}})
    wrote("N", price="6")
    assert counts(transaction=number) == (2, 0, 0, 0)
    assert now("N", "status", "price") == ["deleted", "6"]
    assert counts(transaction=number) == (0, 2, 0, 0)
    assert counts(transaction=number + 2) == (2, 0, 0, 0)
    assert now("N", "status") == "active"


def test_a_creation_whose_status_changed_since_is_a_conflict(batch, wrote, revert):
    number = batch({"N": {"title": "New"}})
    later = wrote("N", status="inactive")
    reply = revert(transaction=number, status=409)
    assert reply["conflicts"] == [
        {
            "sku": "N",
            "attribute": "status",
            "was": "active",
            "now": "inactive",
            "transaction": later,
        }
    ]
    assert revert(transaction=number, on_conflict="force")["reverted"] == 1


def test_values_of_languages_are_values_of_their_own(wrote, counts, revert, now):
    english = wrote("A", name="Rod")
    german = wrote("A", locale="de-de", name="Stab")
    later = wrote("A", locale="de-de", name="Stange")
    assert counts(transaction=english) == (1, 0, 0, 0)
    assert (now("A", "name"), now("A", "name", locale="de-de")) == (None, "Stange")
    conflict = revert(transaction=german, status=409)["conflicts"][0]
    assert conflict == {"sku": "A", "attribute": "name", "locale": "de-de", "was": "Stab",
                        "now": "Stange", "transaction": later}  # fmt: skip
    assert counts(transaction=later) == (1, 0, 0, 0)
    assert counts(transaction=german) == (1, 0, 0, 0)
    assert now("A", "name", locale="de-de") is None


@pytest.mark.parametrize("locale", [None, "de-de"])
def test_what_changed_is_told_for_each_language(pims, wrote, revert, locale):
    wrote("A", name="Rod", price="2")
    wrote("A", locale="de-de", name="Stab")
    wrote("B", locale="de-de", name="Kappe")
    start = pims("listTransactions")["transactions"][0]["transaction"]
    wrote("A", name="Bar", price="3")
    wrote("A", locale="de-de", name="Stange")
    reply = revert(sku="A", as_of=start, locale=locale)
    assert (reply["reverted"], reply["products"]) == (
        3,
        [
            {"sku": "A", "version": 6,
             "changes": {"old": {"name": "Bar", "price": "3"},
                         "new": {"name": "Rod", "price": "2"}}},
            {"sku": "A", "version": 6, "locale": "de-de",
             "changes": {"old": {"name": "Stange"}, "new": {"name": "Stab"}}},
        ],
    )  # fmt: skip
    reply = revert(transaction=start, locale=locale)
    assert reply["products"] == [
        {"sku": "B", "version": 3, "locale": "de-de",
         "changes": {"old": {"name": "Kappe"}, "new": {"name": None}}}
    ]  # fmt: skip


def test_unique_values_that_were_exchanged_are_exchanged_back(batch, counts, now):
    batch({"A": {"ean": "free"}})
    number = batch({"B": {"ean": "ean-A"}, "A": {"ean": "ean-B"}})
    assert counts(transaction=number) == (2, 0, 0, 0)
    assert (now("A", "ean"), now("B", "ean")) == ("free", "ean-B")


def test_unique_values_that_went_round_go_round(pims, wrote, counts, now):
    rows = [("A", None), ("B", "ean-A"), ("C", "ean-B"), ("A", "ean-C")]
    actions = [
        {"action": "editProduct", "sku": sku, "data": {"attributes": {"ean": ean}}}
        for sku, ean in rows
    ]
    number = pims("batch", actions=actions, mode="atomic", status=200)["transaction"]
    assert (now("A", "ean"), now("B", "ean"), now("C", "ean")) == ("ean-C", "ean-A", "ean-B")
    assert counts(transaction=number) == (3, 0, 0, 0)
    assert (now("A", "ean"), now("B", "ean"), now("C", "ean")) == ("ean-A", "ean-B", "ean-C")


def test_a_family_that_was_turned_over_turns_back(pims, batch, wrote, counts, now):
    wrote("A", variation_of="B")
    actions = [
        {"action": "editProduct", "sku": sku, "data": {"attributes": {"variation_of": parent}}}
        for sku, parent in (("A", None), ("B", "A"), ("C", "B"))
    ]
    number = pims("batch", actions=actions, mode="atomic", status=200)["transaction"]
    assert counts(transaction=number) == (3, 0, 0, 0)
    assert [now(sku, "variation_of") for sku in "ABC"] == ["B", None, None]
    found = pims("getList", params={"includeVariants": True}, status=200)["products"]
    assert [one["sku"] for one in found] == ["B", "A", "C"]


def test_a_taken_unique_value_refuses_or_is_left(wrote, revert, unchanged, now):
    number = wrote("A", ean="other", price="2")
    wrote("B", ean="ean-A")
    for on_conflict in ("refuse", "force"):
        with unchanged():
            reply = revert(transaction=number, on_conflict=on_conflict, status=409)
        assert reply["errors"] == [
            {"code": "not_unique", "attribute": "ean", "value": "ean-A",
             "message": "A: ean must be unique: another product has this value!"}
        ]  # fmt: skip
    reply = revert(transaction=number, on_conflict="skip")
    assert (reply["reverted"], reply["skipped"], reply["conflict_count"]) == (1, 1, 0)
    assert now("A", "ean", "price") == ["other", "1"]


def test_a_value_that_left_the_dictionary_refuses_or_is_left(manage, wrote, revert, now):
    number = wrote("A", size="M", price="2")
    definition = {"dictionary": {"columns": ["value"], "data": [["M"]]}}
    wrote("B", size=None), wrote("C", size=None)
    manage("editAttribute", name="size", definition=definition, status=200)
    reply = revert(transaction=number, status=400)
    assert [one["code"] for one in reply["errors"]] == ["dictionary"]
    reply = revert(transaction=number, on_conflict="skip")
    assert (reply["reverted"], reply["skipped"]) == (1, 1)
    assert now("A", "size", "price") == ["M", "1"]


def test_a_mask_of_today_holds(manage, wrote, revert):
    number = wrote("A", title="x")
    manage("editAttribute", name="title", definition={"validation": "[a-z]+"}, status=200)
    reply = revert(transaction=number, status=400)
    assert [(one["code"], one["value"]) for one in reply["errors"]] == [("mask", "A")]
    assert revert(transaction=number, on_conflict="skip")["skipped"] == 1


def test_a_parent_that_became_a_child_refuses_or_is_left(wrote, revert):
    wrote("B", variation_of="A")
    number = wrote("B", variation_of=None)
    wrote("A", variation_of="B")
    reply = revert(transaction=number, status=400)
    assert [one["code"] for one in reply["errors"]] == ["cycle"]
    assert revert(transaction=number, on_conflict="skip")["skipped"] == 1


def test_categories_and_options_that_were_made_stay(pims, wrote, counts, now, listed):
    body = {"attributes": {"categories": ["New > Deep"], "size": "XL"}}
    reply = pims("editProduct", sku="A", data=body, createMissing=["categories", "dictionary"])
    assert counts(transaction=reply["transaction"]) == (2, 0, 0, 0)
    assert now("A", "categories", "size") == [["Uncategorized"], "S"]
    assert "XL" in str(listed()["size"]["dictionary"])


def test_a_deleted_category_refuses_or_is_left(pims, given_category, wrote, revert, now):
    category = given_category("Old")
    wrote("A", categories=["Old"])
    number = wrote("A", categories=["Uncategorized"])
    pims("deleteCategory", path="/pim/manage/categories", id=category, status=200)
    for on_conflict in ("refuse", "force"):
        reply = revert(transaction=number, on_conflict=on_conflict, status=400)
        assert reply["errors"] == [
            {"code": "unknown_category", "attribute": "categories", "value": "Old",
             "message": "A: categories held a category that was deleted since! Add it again, or "
                        "have on_conflict: skip leave it alone."}
        ]  # fmt: skip
    assert revert(transaction=number, on_conflict="skip")["skipped"] == 1
    given_category("Old")
    assert revert(transaction=number)["reverted"] == 1
    assert now("A", "categories") == ["Old"]


def test_attributes_deleted_since_are_left_with_a_warning(manage, wrote, revert, now):
    number = wrote("A", tags=["x"], price="2")
    manage("deleteAttribute", name="tags", status=200)
    reply = revert(transaction=number)
    assert (reply["reverted"], reply["skipped"]) == (1, 1)
    assert [one["attribute"] for one in reply["warnings"]] == ["tags"]


def test_a_product_type_goes_back_too(database, pims, wrote, counts, run_types):
    reply = pims("editProduct", sku="A", product_type="shoe", status=200)
    assert counts(transaction=reply["transaction"]) == (1, 0, 0, 0)
    params = {"system": True}
    assert pims("listProduct", sku="A", params=params)["product_type"] == "default"


@pytest.fixture
def run_types(manage):
    manage("addProductType", name="shoe", attributes=["price"], status=200)


def test_definitions_alone_are_nothing_to_take_back(manage, revert):
    reply = manage("editAttribute", name="size", definition={"comment": {"en-us": "S to M"}})
    assert revert(transaction=reply["transaction"]) == {
        "status": "OK", "reverted": 0, "unchanged": 0, "skipped": 0, "conflict_count": 0,
        "conflicts": [], "products": [],
    }  # fmt: skip


def test_at_most_a_hundred_conflicts_are_told(batch, revert):
    number = batch({f"P{place:03}": {"price": "1"} for place in range(130)})
    batch({f"P{place:03}": {"status": "inactive"} for place in range(130)})
    reply = revert(transaction=number, status=409)
    assert (len(reply["conflicts"]), reply["conflict_count"]) == (100, 130)
