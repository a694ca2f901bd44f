"""Cursors of changes: what they belong to, when to begin anew, what is refused."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.pims.conftest import ATTRIBUTES
from tests.pims.past.conftest import (
    VIEWS,
    Json,
    Pims,
    changes,
    create,
    define,
)


def outdated(pims: Pims, since: Any, **params: Any) -> bool:
    reply = pims("changes", params={"since": since}, **params)
    if reply["status"] == "OK":
        return False
    assert [one["code"] for one in reply["errors"]] == ["resync"], reply
    pims("changes", status=410, params={"since": since}, **params)
    pims("changes", status=200, params={"since": 0}, **params)
    return True


def test_an_edited_view_asks_to_begin_anew(shop: Pims, reds: str, last: Callable[[], int]) -> None:
    create(shop, "A", color="red")
    cursor, number = changes(shop, key=reds)["next"], last()
    define(shop, "size", type="string")
    assert not outdated(shop, cursor, key=reds)
    shop("addViewAttributes", path=VIEWS, status=200, name="reds", attributes={"brand": {}})
    assert outdated(shop, cursor, key=reds)
    assert outdated(shop, number, key=reds)
    assert not outdated(shop, number)
    assert not outdated(shop, changes(shop, key=reds)["next"], key=reds)


def test_a_deleted_attribute_asks_those_who_saw_it_to_begin_anew(
    shop: Pims, reds: str, last: Callable[[], int]
) -> None:
    create(shop, "A", color="red")
    mine, theirs, number = changes(shop)["next"], changes(shop, key=reds)["next"], last()
    define(shop, "size", type="string")
    shop("deleteAttribute", path=ATTRIBUTES, status=200, name="size")
    assert not outdated(shop, mine)
    shop("deleteAttribute", path=ATTRIBUTES, status=200, name="note")
    assert outdated(shop, mine)
    assert outdated(shop, number)
    assert not outdated(shop, theirs, key=reds)


def test_a_page_of_a_reading_from_the_beginning_is_outdated_too(shop: Pims) -> None:
    create(shop, "A")
    create(shop, "B")
    cursor = changes(shop, limit=1)["next"]
    shop("deleteAttribute", path=ATTRIBUTES, status=200, name="note")
    assert outdated(shop, cursor)


def test_new_locales_and_attributes_are_no_reason_to_begin_anew(shop: Pims) -> None:
    create(shop, "A")
    cursor = changes(shop)["next"]
    shop("addLocale", path=ATTRIBUTES, status=200, code="de-de", name="German")
    define(shop, "size", type="string")
    assert not outdated(shop, cursor)


def test_a_cursor_belongs_to_its_selection(
    shop: Pims, reds: str, make_key: Callable[..., str]
) -> None:
    shop("addLocale", path=ATTRIBUTES, status=200, code="de-de", name="German")
    create(shop, "A", price="1")
    cursor = changes(shop, condition_query="[[price]] > 0")["next"]
    for params in (
        {},
        {"condition_query": "[[price]] > 1"},
        {"condition_query": "[[price]] > 0", "includeDeleted": True},
        {"condition_query": "[[price]] > 0", "cat_id": 2},
        {"condition_query": "[[price]] > 0", "includeChildren": True},
        {"condition_query": "[[price]] > 0", "filter_values": {"price": "1"}},
    ):
        assert refusal(shop, {"since": cursor, **params}) == [("range", "/params/since")]
    params = {"condition_query": "[[price]] > 0", "since": cursor}
    assert refusal(shop, params, locale="de-de") == [("range", "/params/since")]
    other = make_key("pim_user")
    assert refusal(shop, params, key=other) == [("range", "/params/since")]
    cursor = changes(shop)["next"]
    assert refusal(shop, {"since": cursor}, key=reds) == [("range", "/params/since")]
    for params in ({"limit": 3}, {"old": True}, {"attributes": ["price"]}, {"wait": 0}):
        changes(shop, cursor, **params)


def refusal(pims: Pims, params: Json, **more: Any) -> list[tuple[str, str]]:
    reply = pims("changes", status=400, params=params, **more)
    return [(one["code"], one["pointer"]) for one in reply["errors"]]


def forged(cursor: str, *numbers: Any) -> str:
    mark, *_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    text = json.dumps([mark, *numbers], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "numbers",
    [
        (-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, -1, 1), (1, 1, 1, -1), (10**6, 10**6, 1, 10**6),
        (1, 10**6, 1, 1), (5, 2, 1, 5), (1, 1, 1, 10**6), (2**62, 2**62, 2**62, 2**62),
        (2**63, 1, 1, 1), (1.5, 1, 1, 1), ("1", 1, 1, 1), (True, 1, 1, 1), (None, 1, 1, 1),
        ([], 1, 1, 1), (1, 1, 1), (1, 1, 1, 1, 1), (),
    ],
)  # fmt: skip
def test_made_up_cursors_are_refused(shop: Pims, numbers: tuple[Any, ...]) -> None:
    [(code, pointer)] = refusal(shop, {"since": forged(changes(shop)["next"], *numbers)})
    assert code in ("range", "syntax")
    assert pointer == "/params/since"


@pytest.mark.parametrize(
    "since",
    [-1, 10**6, 10**39, 1.5, "", "x", "12", "AAAA", "\u00e9", True, [], {}, "W10", "bnVsbA",
     "x" * 10_000],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(pims: Pims, since: Any) -> None:
    [(code, pointer)] = refusal(pims, {"since": since})
    assert (code in ("range", "syntax"), pointer) == (True, "/params/since")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 0), ("limit", 501), ("limit", -1), ("limit", "many"), ("limit", 1.5),
        ("limit", 10**39), ("limit", []), ("wait", -1), ("wait", 31), ("wait", 1.5),
        ("wait", "x"), ("wait", 10**39), ("old", "perhaps"), ("old", []), ("attributes", "price"),
        ("attributes", [1]), ("condition_query", 5), ("condition_query", "[[nope]] = 1"),
        ("condition_query", "[[price"), ("filter_values", []), ("filter_values", {"nope": 1}),
        ("cat_id", -1), ("cat_id", "x"), ("includeChildren", 7), ("includeDeleted", {}),
    ],
)  # fmt: skip
def test_wrong_params_are_refused(shop: Pims, name: str, value: Any) -> None:
    pointers = [pointer for _, pointer in refusal(shop, {"since": 0, name: value})]
    assert all(one.startswith(f"/params/{name}") for one in pointers)


def test_an_unknown_category_is_not_found(shop: Pims) -> None:
    changes(shop, status=404, cat_id=99)


def test_who_may_not_read_is_not_told(shop: Pims, make_key: Callable[..., str]) -> None:
    changes(shop, status=403, key=make_key("pim_manager"))
    for permission in ("pim_user", "pim_editor"):
        changes(shop, status=200, key=make_key(permission))
