"""Who sees a part takes nothing back that is not wholly in it, and learns nothing of the rest."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("shop")
CANARY = "c4n4ry"
VIEWS = "/pim/manage/views"


@pytest.fixture
def view_key(pims, make_key):
    """`view_key({"price": {}}, condition)`: an editor's key whose only View shows that."""
    numbers = iter(range(100))

    def make(attributes, condition=""):
        name = f"View{next(numbers)}"
        pims("addPimView", path=VIEWS, name=name, attributes=attributes,
             condition_query=condition, status=200)  # fmt: skip
        return make_key("pim_editor", views=(name,), default_view=name)

    return make


@pytest.fixture
def canary(manage, given_attribute):
    given_attribute(CANARY, "string")


def test_a_view_that_writes_everything_concerned_is_enough(view_key, wrote, revert):
    key = view_key({"price": {"transform": "Preis"}, "title": {"readonly": "y"}})
    number = wrote("A", price="2")
    later = wrote("A", price="3")
    reply = revert(transaction=number, key=key, status=409)
    assert reply["conflicts"] == [
        {"sku": "A", "attribute": "Preis", "was": "2", "now": "3", "transaction": later}
    ]
    reply = revert(transaction=number, on_conflict="force", key=key)
    changes = {"old": {"Preis": "3"}, "new": {"Preis": "1"}}
    assert reply["products"] == [{"sku": "A", "version": 4, "changes": changes}]


@pytest.mark.parametrize("grant", [{}, {CANARY: {"readonly": "y"}}])
def test_what_is_hidden_or_read_only_is_refused_without_its_name(
    canary, view_key, wrote, revert, unchanged, grant
):
    number = wrote("A", price="2", **{CANARY: CANARY})
    key = view_key({"price": {}} | grant)
    for body in ({"transaction": number}, {"sku": "A", "as_of": number - 1}):
        for on_conflict in ("refuse", "skip", "force"):
            with unchanged():
                reply = revert(**body, on_conflict=on_conflict, key=key, status=403)
            assert CANARY not in json.dumps(reply)
            assert reply["errors"][0]["code"] == "forbidden"


def test_a_view_with_rows_takes_nothing_back(view_key, wrote, revert, unchanged):
    number = wrote("A", price="2")
    key = view_key({"price": {}}, "[[title]] = 'A'")
    for body in ({"transaction": number}, {"transaction": 10**6}, {"job": 1}):
        with unchanged():
            reply = revert(**body, key=key, status=403)
        assert reply["errors"][0]["code"] == "forbidden"


def test_a_deleted_attribute_is_left_without_its_name_in_a_view(
    canary, manage, view_key, wrote, revert
):
    number = wrote("A", price="2", **{CANARY: "x"})
    key = view_key({"price": {}})
    manage("deleteAttribute", name=CANARY, status=200)
    reply = revert(transaction=number, key=key)
    assert (reply["reverted"], reply["skipped"]) == (1, 1)
    assert CANARY not in json.dumps(reply)
    assert len(reply["warnings"]) == 1


def test_a_fault_is_told_in_the_names_of_the_view(view_key, wrote, revert):
    number = wrote("A", ean="other")
    wrote("B", ean="ean-A")
    key = view_key({"ean": {"transform": "GTIN"}})
    reply = revert(transaction=number, key=key, status=409)
    assert [(one["attribute"], one["message"]) for one in reply["errors"]] == [
        ("GTIN", "A: GTIN must be unique: another product has this value!")
    ]


def test_names_of_hidden_attributes_go_back_unseen(canary, pims, view_key, wrote, revert, now):
    wrote("A", variation_attributes=["price", CANARY])
    number = wrote("A", variation_attributes=["price"])
    wrote("A", variation_attributes=[CANARY])
    key = view_key({"price": {}, "variation_attributes": {}})
    conflict = revert(transaction=number, key=key, status=409)["conflicts"][0]
    assert (conflict["was"], conflict["now"]) == (["price"], [])
    reply = revert(transaction=number, key=key, on_conflict="force")
    assert CANARY not in json.dumps(reply)
    assert now("A", "variation_attributes") == ["price", CANARY]


def test_transactions_are_listed_without_a_word_of_attributes(canary, pims, make_key, wrote):
    wrote("A", **{CANARY: CANARY})
    reply = pims("listTransactions", key=make_key("pim_manager"), status=200)
    assert CANARY not in json.dumps(reply)
