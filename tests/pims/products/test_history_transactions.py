"""Each entry of a history tells its transaction and why it was made; both choose entries."""

import pytest

from tests.databases.fresh import on_one_engine

NOTE = {"reason": "Price dispute", "source_ref": "INV-7"}


@pytest.fixture
def told(pims):
    """`told(source_ref="INV-7")`: transaction, reason and document of the entries of A."""

    def ask(**params):
        reply = pims("historyProduct", sku="A", params=params, status=200)
        assert reply["total_count"] == len(reply["history"])
        names = ("transaction", "reason", "source_ref")
        return [tuple(one.get(name) for name in names) for one in reply["history"]]

    return ask


@pytest.fixture
def numbers(pims, given_product):
    """The transactions of three entries, of which the second and third say why."""
    first = given_product("A", title="Rod")["transaction"]
    edits = [({"title": "Bar"}, NOTE), ({"title": "Cap"}, {"source_ref": "INV-8"})]
    return [first] + [
        pims("editProduct", sku="A", data={"attributes": values}, **note, status=200)["transaction"]
        for values, note in edits
    ]


def test_entries_tell_their_transaction_and_why(told, numbers):
    first, second, third = numbers
    assert told() == [
        (first, None, None),
        (second, "Price dispute", "INV-7"),
        (third, None, "INV-8"),
    ]


def test_they_choose_entries(told, numbers):
    first, second, third = numbers
    assert told(source_ref="INV-8") == [(third, None, "INV-8")]
    assert told(sourceRef="INV-7", transaction=second) == [(second, "Price dispute", "INV-7")]
    assert told(source_ref="INV-7", transaction=third) == []
    assert told(transaction=first) == [(first, None, None)]
    assert told(transaction=2**62) == told(source_ref="inv-7") == []


def test_what_a_view_hides_is_not_found_by_them(pims, make_key, numbers):
    pims("addPimView", path="/pim/manage/views", name="Part", attributes={"status": {}}, status=200)
    key = make_key("pim_user", views=("Part",), default_view="Part")
    for params in ({"source_ref": "INV-7"}, {"transaction": numbers[1]}):
        reply = pims("historyProduct", sku="A", params=params, key=key, status=200)
        assert (reply["total_count"], reply["history"]) == (0, [])


@on_one_engine
@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({"transaction": "7"}, "range", "/params/transaction"),
        ({"transaction": -1}, "range", "/params/transaction"),
        ({"transaction": 1.5}, "range", "/params/transaction"),
        ({"transaction": 10**30}, "range", "/params/transaction"),
        ({"transaction": [7]}, "range", "/params/transaction"),
        ({"source_ref": 7}, "type", "/params/source_ref"),
        ({"source_ref": ["INV-7"]}, "type", "/params/source_ref"),
    ],
)
def test_refuses(pims, given_product, params, code, pointer):
    given_product("A")
    reply = pims("historyProduct", sku="A", params=params, status=400)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]
