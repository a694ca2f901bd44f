"""Cursors and explanations tell nothing that the View of a key hides."""

import base64
import json

import pytest

from tests.pims.conftest import talk
from tests.pims.hiding_shop import CANARY, OUTSIDE, fill_hiding_shop

PAGE = {"pageSize": 1}
EVERYTHING = {"includeVariants": True, "includeDeleted": True, "pagination": PAGE}
LISTED = ["INSIDE-CHILD", "INSIDE", "INSIDE-M"]  # the first has a hidden parent, which leads it


@pytest.fixture
def ask(pims, client, make_key, filled):
    """`ask(after="")`: what getList answers to a key of the View."""
    filled(lambda: fill_hiding_shop(pims))
    act = talk(client, make_key("pim_user", "pim_editor", views=("shop",)))

    def listed(status=200, **params):
        return act("getList", params=EVERYTHING | params, status=status)

    return listed


def decoded(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def encoded(content):
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def sku_of(reply):
    [one] = reply["products"]
    return one["sku"]


ORDERS = [
    [], [{"attribute": "sku"}], [{"attribute": "Price"}], [{"attribute": "goes_with"}],
    [{"attribute": "variation_of", "direction": "DESC"}], [{"attribute": "ean"}],
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_no_cursor_holds_anything_hidden(ask, order) -> None:
    after, seen = "", []
    while after is not None:
        reply = ask(after=after, order=order)
        seen.append(sku_of(reply))
        after = reply.get("next")
        if after:
            assert CANARY not in json.dumps(decoded(after)).lower()
            assert decoded(after)[1] == seen[-1]
    assert sorted(seen) == sorted(LISTED)


def test_a_place_below_a_hidden_parent_is_found_again(ask, pims) -> None:
    first = ask(after="")
    assert sku_of(first) == LISTED[0]

    pims("editProduct", sku=LISTED[0], data={"attributes": {"variation_of": "INSIDE"}}, status=200)

    assert sku_of(ask(after=first["next"])) == "INSIDE"


def test_a_product_that_left_the_view_keeps_its_place(ask, pims) -> None:
    second = ask(after=ask(after="")["next"])
    assert sku_of(second) == "INSIDE"

    values = {"canary_region": "canarysouth", "status": "deleted"}
    pims("editProduct", sku="INSIDE", data={"attributes": values}, status=200)

    assert sku_of(ask(after=second["next"])) == "INSIDE-M"


def test_a_forged_place_of_a_hidden_product_is_that_of_none(ask) -> None:
    mark, _, sequence = decoded(ask(after="")["next"])

    hidden = ask(status=400, after=encoded([mark, OUTSIDE, sequence]))
    unknown = ask(status=400, after=encoded([mark, "NOBODY", sequence]))

    assert hidden == unknown
    assert hidden["errors"][0]["pointer"] == "/params/after"


@pytest.mark.parametrize(
    "params",
    [
        {"search": "rod"},
        {"condition_query": "[[goes_with]] IS NULL OR [[variation_of]] = 'INSIDE'"},
        {"order": [{"attribute": "Price"}], "filter_values": {"Price": "1;;9"}},
    ],
)
def test_an_explanation_holds_nothing_hidden(ask, params) -> None:
    for sku in LISTED:
        reply = ask(explain=True, explain_sku=sku, pagination={}, **params)
        assert CANARY not in json.dumps(reply).lower()
        listed = sku in [one["sku"] for one in reply["products"]]
        assert reply["explain_sku"]["included"] == listed


def test_a_hidden_product_is_explained_like_one_that_is_not_there(ask) -> None:
    hidden = ask(explain_sku=OUTSIDE)["explain_sku"]
    unknown = ask(explain_sku="NOBODY")["explain_sku"]

    assert hidden | {"sku": "NOBODY"} == unknown
    assert unknown["because"] == [{"term": {"exists": True}, "holds": False}]


def test_steps_count_what_the_caller_sees(ask) -> None:
    told = ask(explain=True, condition_query="[[title]] LIKE '%od'", pagination={})["explain"]

    assert [one["products"] for one in told["steps"]] == [3, 3]


def test_what_was_read_is_told_to_those_only_who_see_every_product(ask, pims) -> None:
    """It would tell whether a product that is hidden has a value."""
    for title in ("Canary rod", "Nothing"):
        told = ask(explain=True, condition_query=f"[[title]] = '{title}'")["explain"]
        assert {tuple(one) for one in told["steps"]} == {("step", "products", "ms")}
        assert told["order"]["found"] == []
    reply = pims("getList", params={"explain": True}, status=200)
    assert all("rows_read" in one for one in reply["explain"]["steps"])
    assert reply["explain"]["order"]["found"] != []


def test_a_link_to_a_hidden_product_is_unset(ask) -> None:
    """INSIDE goes with a hidden product; INSIDE-CHILD varies one."""
    told = ask(explain_sku="INSIDE", condition_query="[[goes_with]] IS NULL")["explain_sku"]
    assert told["because"][0]["holds"] is True
    told = ask(explain_sku="INSIDE-CHILD", includeVariants=False)["explain_sku"]
    assert told["included"] is True
