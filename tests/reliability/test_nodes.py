"""Two servers on one database: what one of them was told, the other knows when it is asked next."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.reliability.conftest import Site
from tests.reliability.nodes import serving_nodes
from tests.reliability.running_server import Caller, Json, Reply, check_catalogue

ROUNDS = 6
ATTRIBUTES = "/pim/manage/attributes"
VIEWS = "/pim/manage/views"

Pair = tuple[Caller, Caller]


@pytest.fixture(scope="module")
def pair(site: Site) -> Iterator[Pair]:
    """A caller of each node."""
    with serving_nodes(site.url, site.key, 2, workers=1) as nodes:
        one, other = nodes.servers
        with one.caller() as here, other.caller() as there:
            yield here, there
    check_catalogue(site.url)


def turns(pair: Pair) -> Iterator[tuple[int, Caller, Caller]]:
    """Yield a number, the caller who writes and the one who asks: they change places each time."""
    for number in range(ROUNDS):
        yield number, pair[number % 2], pair[1 - number % 2]


def done(reply: Reply) -> Json:
    assert reply.status == 200, reply
    return reply.body


def create(caller: Caller, sku: str, **attributes: Any) -> Json:
    return done(caller.post("createProduct", sku=sku, data={"attributes": attributes}))


def skus(caller: Caller, **params: Any) -> list[str]:
    """Return the SKUs of a list, which are as many as it says."""
    pages = {"pagination": {"pageSize": 500}, "order": [{"attribute": "sku"}]}
    reply = done(caller.post("getList", params=pages | params))
    assert reply["sku_count"] == len(reply["products"])
    return [one["sku"] for one in reply["products"]]


def by_sku(brand: str) -> Json:
    return {"filter_values": {"left": brand}, "order": [{"attribute": "sku"}]}


def counters(reply: Reply) -> list[str]:
    return [one["data"]["attributes"]["counter"] for one in done(reply)["products"]]


def ask(caller: Caller, path: str, **body: Any) -> Reply:
    return caller.send_file(path, json.dumps(body).encode(), "application/json")


def define(caller: Caller, action: str, name: str, **definition: Any) -> Json:
    label = {"label": {"en-us": name}}
    return done(caller.post(action, ATTRIBUTES, name=name, definition=label | definition))


def test_an_attribute_is_known_to_the_other_node_at_once(pair, names) -> None:
    sku = names("NODE")
    create(pair[0], sku)
    for number, here, there in turns(pair):
        name = names("added").replace("-", "_")
        assert "warnings" in done(there.edit(sku, **{name: "1"}))
        define(here, "addAttribute", name, type="string", isFilterable="y")
        done(there.edit(sku, **{name: f"{number}"}))
        assert here.shown(sku)[name] == f"{number}"
        assert skus(here, filter_values={name: f"{number}"}) == [sku]


def test_a_changed_attribute_is_changed_at_the_other_node_at_once(pair, names) -> None:
    sku, name = names("NODE"), names("changed").replace("-", "_")
    define(pair[0], "addAttribute", name, type="number", max="0")
    create(pair[0], sku)
    for number, here, there in turns(pair):
        assert there.edit(sku, **{name: f"{number + 1}"}).status == 400
        define(here, "editAttribute", name, max=f"{number + 1}")
        assert done(there.edit(sku, **{name: f"{number + 1}"}))["version"] == number + 2
    done(pair[0].post("deleteAttribute", ATTRIBUTES, name=name))
    assert name not in pair[1].shown(sku)
    assert "warnings" in done(pair[1].edit(sku, **{name: "1"}))


def test_a_changed_view_hides_at_the_other_node_at_once(pair, names) -> None:
    sku, name = names("NODE"), names("View")
    create(pair[0], sku, left="L", right="R")
    shown = {"title": {}, "left": {}, "right": {}}
    done(pair[0].post("addPimView", VIEWS, name=name, attributes=shown))
    wanted = {"permissions": ["pim_user"], "views": [name], "name": "narrow"}
    key = done(ask(pair[0], "/pim/newkey", **wanted))["key"]
    for _, here, there in turns(pair):
        assert there.under(key).shown(sku)["right"] == "R"
        done(here.post("editPimView", VIEWS, name=name, attributes={"title": {}, "left": {}}))
        assert "right" not in there.under(key).shown(sku)
        done(there.post("editPimView", VIEWS, name=name, attributes=shown))


def test_a_withdrawn_key_opens_nothing_at_the_other_node(pair, names) -> None:
    sku = names("NODE")
    create(pair[0], sku)
    for _, here, there in turns(pair):
        wanted = {"permissions": ["pim_user", "pim_editor"], "name": "short"}
        key = done(ask(here, "/pim/newkey", **wanted))["key"]
        there.under(key).shown(sku)
        done(there.under(key).edit(sku, left=key[-6:]))
        done(ask(here, "/pim/keydelete", key=key))
        assert there.under(key).post("listProduct", sku=sku).status == 401
        assert there.under(key).edit(sku, left="gone").status == 401
    assert there.shown(sku)["version"] == 1 + ROUNDS


def test_a_sku_belongs_to_the_node_that_was_first(pair, names) -> None:
    for number, here, there in turns(pair):
        sku = names("NODE")
        assert there.post("listProduct", sku=sku).status == 404
        create(here, sku, left=f"{number}")
        late = there.post("createProduct", sku=sku, data={"attributes": {"left": "late"}})
        assert (late.status, late.body["status_message"]) == (409, "Product already exists!")
        assert there.shown(sku)["left"] == f"{number}"


def test_edits_of_one_product_through_both_nodes_leave_no_gap(pair, names) -> None:
    sku = names("NODE")
    create(pair[0], sku, counter="0")
    for number, here, there in turns(pair):
        before = here.shown(sku)
        assert before == there.shown(sku)
        change = {"data": {"attributes": {"counter": f"{number + 1}"}}}
        wish = {"sku": sku, "if_version": before["version"], **change}
        assert done(here.post("editProduct", **wish))["version"] == number + 2
        assert there.post("editProduct", **wish).status == 412
    for one in pair:
        history = done(one.post("historyProduct", sku=sku))["history"]
        told = [(entry["old"]["counter"], entry["new"]["counter"]) for entry in history[1:]]
        assert told == [(f"{number}", f"{number + 1}") for number in range(ROUNDS)]


def test_lists_show_what_the_other_node_wrote(pair, names) -> None:
    brand, other = names("brand"), names("brand")
    expected: list[str] = []
    for _, here, there in turns(pair):
        sku = names("LISTED")
        create(here, sku, left=brand, ean=names("eanword").replace("-", ""))
        expected = sorted([*expected, sku])
        assert skus(there, filter_values={"left": brand}) == expected
        assert skus(there, condition_query=f"[[sku]] = '{sku}'") == [sku]
        assert skus(there, search=there.shown(sku)["ean"]) == [sku]
    for number, here, there in turns(pair):
        done(here.edit(expected[number], left=other))
        assert skus(there, filter_values={"left": brand}) == expected[number + 1 :]
        assert skus(there, filter_values={"left": other}) == expected[: number + 1]


def test_ranges_and_shown_values_follow_what_the_other_node_wrote(pair, names) -> None:
    brand = names("brand")
    listed = sorted(names("RANGE") for _ in range(ROUNDS))
    for place, sku in enumerate(listed):
        create(pair[0], sku, left=brand, counter=f"{place}")
    wanted = {"left": brand, "counter": f"0;;{ROUNDS - 1}"}
    for number, here, there in turns(pair):
        assert skus(there, filter_values=wanted) == listed[number:]
        done(here.edit(listed[number], counter=f"{1_000 + number}"))
        assert skus(there, filter_values=wanted) == listed[number + 1 :]
        places = [f"{1_000 + place if place <= number else place}" for place in range(ROUNDS)]
        assert counters(there.post("listProductsBySku", skus=listed)) == places
        assert counters(there.post("getList", params=by_sku(brand))) == places


def test_what_one_node_deletes_the_other_lists_no_more(pair, names) -> None:
    brand = names("brand")
    listed = sorted(names("GONE") for _ in range(ROUNDS))
    for sku in listed:
        create(pair[0], sku, left=brand)
    for number, here, there in turns(pair):
        assert skus(there, filter_values={"left": brand}) == listed[number:]
        done(here.edit(listed[number], status="deleted"))
        assert skus(there, filter_values={"left": brand}) == listed[number + 1 :]


def test_a_batch_at_one_node_is_whole_at_the_other(pair, names) -> None:
    brand = names("brand")
    for number, here, there in turns(pair):
        values = {"attributes": {"left": brand, "counter": f"{number}.5"}}
        new = sorted(names("BATCH") for _ in range(80))
        rows = [{"action": "createProduct", "sku": sku, "data": values} for sku in new]
        done(here.post("batch", mode="atomic", actions=rows))
        assert len(skus(there, filter_values={"left": brand})) == 80 * (number + 1)
        assert skus(there, filter_values={"left": brand, "counter": f"{number}.5"}) == new
        rest = skus(there, filter_values={"left": brand, "counter": f"0;;{number}"})
        assert len(rest) == 80 * number
        assert set(rest).isdisjoint(new)
