"""The keys of bodies: their spellings, those that nobody knows, and those never to be ignored."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.databases.fresh import on_one_engine
from tests.pims.conftest import ATTRIBUTES, CATEGORIES, PRODUCTS
from tests.pims.requests.every_action import KEY, READS, VIEWS, WRITES, every
from tests.pims.stored_rows import stored_rows

pytestmark = on_one_engine

Json = dict[str, Any]
Act = Callable[..., Json]
Unchanged = Callable[[], AbstractContextManager[None]]
Send = Callable[..., tuple[int, Json]]

LABEL = {"en-us": "Colour"}
DEFINITION = {"type": "string", "label": LABEL}


def told(faults: list[Json]) -> list[tuple[str, str, str | None]]:
    return [(one["code"], one["pointer"], one.get("nearest")) for one in faults]


@every([*READS, *WRITES])
@pytest.mark.parametrize("flag", [False, True])
def test_an_unknown_key_is_told_and_refused_when_strict(
    send: Send, unchanged: Unchanged, path: str, body: Json, flag: bool
) -> None:
    with unchanged():
        status, reply = send(path, body, stricct=1, zzz=flag, strict=True)
    assert (status, told(reply["errors"])) == (400, [
        ("unknown_attribute", "/stricct", "strict"), ("unknown_attribute", "/zzz", None),
    ])  # fmt: skip
    status, reply = send(path, body, stricct=1)
    assert (status, told(reply["warnings"])) == (
        200, [("unknown_attribute", "/stricct", "strict")],
    )  # fmt: skip
    assert reply["warnings"][0]["message"] == "stricct is not known and was ignored."


@every([*READS, *WRITES])
def test_a_key_that_may_mean_a_dry_run_is_never_ignored(
    send: Send, unchanged: Unchanged, path: str, body: Json
) -> None:
    with unchanged():
        for key, meant in [
            ("dryrun", "dry_run"), ("dry-run", "dry_run"), ("DRY_RUN", "dry_run"),
            ("dryRn", "dry_run"), ("dry", "dry_run"), ("isDryRun", "dry_run"),
            ("run_dry", "dry_run"), ("dryMode", "dry_run"), ("expected_version", "if_version"),
            ("ifversion", "if_version"), ("if_versoin", "if_version"), ("version", "if_version"),
            ("IdempotencyKey", "idempotency_key"), ("idempotency", "idempotency_key"),
        ]:  # fmt: skip
            for value in (True, False):
                status, reply = send(path, body, **{key: value})
                assert (status, told(reply["errors"])) == (
                    400, [("unknown_attribute", f"/{key}", meant)],
                ), reply  # fmt: skip


@every(READS)
def test_a_read_has_no_dry_run(send: Send, path: str, body: Json) -> None:
    for key in ("dry_run", "dryRun"):
        status, reply = send(path, body, **{key: True})
        assert (status, told(reply["errors"])) == (400, [("unknown_attribute", f"/{key}", None)])
        assert reply["status_message"] == (
            f"{key} means nothing here, so nothing was done: leave it out!"
        )


@every([case for case in WRITES if case[1].get("action") not in
        ("createProduct", "editProduct", "saveProduct")])  # fmt: skip
def test_a_version_is_not_ignored_where_nobody_looks_at_it(
    send: Send, unchanged: Unchanged, path: str, body: Json
) -> None:
    with unchanged():
        status, reply = send(path, body, if_version=1)
    assert (status, told(reply["errors"])) == (400, [("unknown_attribute", "/if_version", None)])


@every([*READS, *WRITES])
def test_the_name_of_a_request_is_known_everywhere(send: Send, path: str, body: Json) -> None:
    for key in ("idempotency_key", "idempotencyKey"):
        status, reply = send(path, body | {"dry_run": True} if (path, body) in WRITES else body,
                             **{key: "a"})  # fmt: skip
        assert (status, reply.get("warnings")) == (200, None), reply


@every(WRITES)
def test_two_spellings_of_a_key_must_agree(
    send: Send, unchanged: Unchanged, path: str, body: Json
) -> None:
    with unchanged():
        status, reply = send(path, body, dry_run=True, dryRun=False)
        assert (status, told(reply["errors"])) == (400, [("syntax", "/dry_run", None)])
        assert reply["status_message"] == (
            "dry_run and dryRun are one key and have two values: send one of them!"
        )
        assert send(path, body, dry_run=True, dryRun=True)[0] == 200


@every(WRITES)
def test_a_dry_run_in_the_address_is_not_ignored(
    send: Send, unchanged: Unchanged, path: str, body: Json
) -> None:
    with unchanged():
        for key in ("dry_run", "dryRun", "dryrun"):
            status, reply = send(f"{path}?{key}=1", body)
            assert (status, reply["errors"][0]["pointer"]) == (400, f"/{key}")
            assert "send it in the body" in reply["status_message"]
    assert send(f"{path}?v=1", body, dry_run=True)[0] == 200


EDIT = {"action": "editProduct", "sku": "A"}
LIST = {"action": "getList"}


@pytest.mark.parametrize(
    ("body", "pointer", "nearest"),
    [
        (EDIT | {"attributes": {"color": "x"}}, "/attributes", "data.attributes"),
        (EDIT | {"data": {"color": "x"}}, "/data/color", "data.attributes.color"),
        (EDIT | {"color": "x"}, "/color", "data.attributes.color"),
        (EDIT | {"data": {"atributes": {}}}, "/data/atributes", "attributes"),
        (EDIT | {"createMising": []}, "/createMising", "createMissing"),
        (EDIT | {"params": {"omitEmtpy": True}}, "/params/omitEmtpy", "omitEmpty"),
        (EDIT | {"params": {"strict": True}}, "/params/strict", "strict"),
        (LIST | {"condition_query": "x"}, "/condition_query", "params.condition_query"),
        (LIST | {"pageSize": 1}, "/pageSize", "params.pagination.pageSize"),
        (LIST | {"params": {"page_size": 1}}, "/params/page_size", "params.pagination.pageSize"),
        (LIST | {"params": {"pagination": {"pageSzie": 1}}}, "/params/pagination/pageSzie",
         "pageSize"),
        (LIST | {"params": {"order": [{"attribute": "sku", "directoin": "DESC"}]}},
         "/params/order/0/directoin", "direction"),
    ],
)  # fmt: skip
def test_a_key_at_the_wrong_place_says_where_it_belongs(
    send: Send, unchanged: Unchanged, body: Json, pointer: str, nearest: str
) -> None:
    status, reply = send(PRODUCTS, body)
    assert (status, told(reply["warnings"])) == (200, [("unknown_attribute", pointer, nearest)])
    with unchanged():
        status, reply = send(PRODUCTS, body, strict="Y")
    assert (status, told(reply["errors"])) == (400, [("unknown_attribute", pointer, nearest)])
    assert reply["status_message"].endswith(" is not known!")


@pytest.mark.parametrize("place", ["params", "data"])
def test_a_dry_run_at_the_wrong_place_is_refused(
    send: Send, unchanged: Unchanged, place: str
) -> None:
    body = {"action": "editProduct", "sku": "A", "data": {"attributes": {"color": "blue"}}}
    with unchanged():
        for key in ("dry_run", "dryRun", "dryrun", "if_version"):
            within = {place: body.get(place, {}) | {key: True}}
            status, reply = send(PRODUCTS, body | within)
            meant = "if_version" if key == "if_version" else "dry_run"
            assert (status, told(reply["errors"])) == (
                400, [("unknown_attribute", f"/{place}/{key}", meant)],
            )  # fmt: skip


def test_definitions_have_both_spellings(send: Send) -> None:
    sent = {
        "type": "dropdown", "label": LABEL, "is_filterable": "y", "dictionary_is_static": "n",
        "dictionary": {"columns": ["value"], "data": ["a"], "sorting_method": "asc"},
    }  # fmt: skip
    _, reply = send(ATTRIBUTES, {"action": "addAttribute", "attribute": "kind", "definition": sent})
    assert "warnings" not in reply
    found = reply["definition"]
    assert (found["isFilterable"], found["dictionaryIsStatic"]) == ("y", "n")
    assert found["dictionary"]["sortingMethod"] == "asc"


@pytest.mark.parametrize("in_items", [False, True])
def test_unknown_keys_of_definitions(send: Send, unchanged: Unchanged, in_items: bool) -> None:
    def body(definition: Json, **more: Any) -> Json:
        one = {"name": "kind", "definition": DEFINITION | definition}
        return {"action": "addAttribute"} | ({"items": [one]} if in_items else one) | more

    place, row = ("/items/0", {"row": 0}) if in_items else ("", {})
    sent = {"isFiltrable": "y", "dictionary": {"colums": []}}
    near = [
        ("unknown_attribute", f"{place}/definition/isFiltrable", "isFilterable"),
        ("unknown_attribute", f"{place}/definition/dictionary/colums", "columns"),
    ]
    with unchanged():
        status, reply = send(ATTRIBUTES, body(sent, strict=True))
        assert (status, told(reply["errors"])) == (400, near)
        assert all(one.items() >= row.items() for one in reply["errors"])
        for key in ("dry_run", "dryrun"):
            status, reply = send(ATTRIBUTES, body({key: True}))
            assert (status, reply["errors"][0]["pointer"]) == (400, f"{place}/definition/{key}")
        status, reply = send(ATTRIBUTES, body({"is_unique": "y", "isUnique": "n"}))
        assert (status, reply["errors"][0]["code"]) == (400, "syntax")
    status, reply = send(ATTRIBUTES, body(sent))
    assert (status, told(reply["warnings"])) == (200, near)


def test_parts_of_a_list_are_looked_at_too(send: Send, unchanged: Unchanged) -> None:
    items = [{"path": "Lamps"}, {"path": "Bars", "cat_lable": "x"}]
    status, reply = send(CATEGORIES, {"action": "addCategory", "items": items, "dryRun": True})
    assert (status, told(reply["warnings"])) == (
        200, [("unknown_attribute", "/items/1/cat_lable", "cat_label")],
    )  # fmt: skip
    with unchanged():
        items[0]["dry_run"] = True
        status, reply = send(CATEGORIES, {"action": "addCategory", "items": items})
    assert (status, reply["errors"][0]["pointer"]) == (400, "/items/0/dry_run")
    assert told(reply["warnings"]) == [("unknown_attribute", "/items/1/cat_lable", "cat_label")]


def test_warnings_come_with_refusals(send: Send, unchanged: Unchanged) -> None:
    attributes = {"color": ["x"], "colour": "red"}
    body = EDIT | {"data": {"attributes": attributes, "more": 1}, "parms": {}}
    with unchanged():
        status, reply = send(PRODUCTS, body)
    assert (status, told(reply["errors"])) == (400, [("type", "/data/attributes/color", None)])
    assert told(reply["warnings"]) == [
        ("unknown_attribute", "/parms", "params"),
        ("unknown_attribute", "/data/more", None),
        ("unknown_attribute", "/data/attributes/colour", "color"),
    ]
    status, reply = send(PRODUCTS, {"action": "listProduct", "sku": "NONE", "parms": {}})
    assert (status, told(reply["warnings"])) == (404, [("unknown_attribute", "/parms", "params")])


def test_rows_of_a_batch_are_looked_at(send: Send, unchanged: Unchanged) -> None:
    rows = [
        {"action": "editProduct", "sku": "A", "attributes": {"color": "x"}},
        {"action": "editProduct", "sku": "A", "data": {"color": "x"}, "strict": True},
        {"action": "saveProduct", "sku": "A", "dry_run": True},
        {"action": "saveProduct", "sku": "A", "dryrun": False},
        {"action": "saveProduct", "sku": "A", "ifVersion": 9},
        {"action": "createProduct", "sku": "B", "data": {"attributes": {"color": []}}, "x": 1},
    ]
    with unchanged():
        status, reply = send(PRODUCTS, {"action": "batch", "actions": rows})
    assert status == 207
    unknown = "unknown_attribute"
    assert [(told(row.get("errors", [])), told(row.get("warnings", []))) for row in reply["rows"]
            if row["row"] != 4] == [
        ([], [(unknown, "/attributes", "data.attributes")]),
        ([(unknown, "/data/color", "data.attributes.color")], []),
        ([(unknown, "/dry_run", None)], []),
        ([(unknown, "/dryrun", "dry_run")], []),
        ([("type", "/data/attributes/color", None)], [(unknown, "/x", None)]),
    ]  # fmt: skip
    assert reply["rows"][4]["errors"][0]["code"] == "stale_version"


def test_strict_of_a_batch_holds_for_its_rows(send: Send, unchanged: Unchanged) -> None:
    rows = [{"action": "editProduct", "sku": "A", "attributes": {"color": "x"}}]
    with unchanged():
        status, reply = send(PRODUCTS, {"action": "batch", "actions": rows, "strict": True})
    assert (status, reply["rows"][0]["status"]) == (207, "rejected")


def test_every_row_says_what_was_meant(send: Send) -> None:
    rows = [{"action": "editProduct", "sku": "A", "atributes": {}, "dat": {}}] * 200
    _, reply = send(PRODUCTS, {"action": "batch", "actions": rows})
    near = [
        ("unknown_attribute", "/atributes", "data.attributes"),
        ("unknown_attribute", "/dat", "data"),
    ]
    assert {json.dumps(told(row["warnings"])) for row in reply["rows"]} == {json.dumps(near)}


def test_of_very_many_unknown_keys_a_dry_run_is_not_ignored(
    send: Send, unchanged: Unchanged
) -> None:
    many = EDIT | {f"key{n}": 1 for n in range(5_000)}
    status, reply = send(PRODUCTS, many)
    assert (status, reply["warnings"][-1]["message"]) == (200, "… and 4900 more.")
    with unchanged():
        status, reply = send(PRODUCTS, many | {"dryrun": True})
    assert (status, told(reply["errors"])) == (400, [("unknown_attribute", "/dryrun", "dry_run")])


@pytest.mark.parametrize(
    "head",
    [
        '{"action": "batch", "dryrun": true}',
        '{"action": "batch", "params": {"dry_run": true}}',
        '{"action": "Batch", "dry_run": true}',
        '{"dryRun": true}',
        '{"mode": "stop_on_error"}',
        '{"action": "batch", "dry_run": true,}',
        '{"action": "batch", "dry_run": true, "dryRun": false}',
        '{"action": "batch", "strict": true, "mod": "per_row"}',
    ],
)
def test_a_stream_whose_head_cannot_be_read_is_refused_whole(
    client: FlaskClient, key: str, unchanged: Unchanged, head: str
) -> None:
    row = json.dumps({"action": "createProduct", "sku": "A"})
    headers = {"ApiKey": key, "Content-Type": "application/x-ndjson"}
    with unchanged():
        reply = client.post(PRODUCTS, data=f"{head}\n{row}", headers=headers)
    assert reply.status_code == 400, reply.text


def test_a_stream_can_be_tried_in_both_spellings(
    client: FlaskClient, key: str, unchanged: Unchanged
) -> None:
    row = json.dumps({"action": "createProduct", "sku": "A", "atributes": {}})
    headers = {"ApiKey": key, "Content-Type": "application/x-ndjson"}
    with unchanged():
        for flag in ("dry_run", "dryRun"):
            head = json.dumps({"action": "batch", flag: "Y", "actions": []})
            reply = client.post(PRODUCTS, data=f"{head}\n{row}", headers=headers)
            first, last = map(json.loads, reply.text.splitlines())
            assert (first["status"], last["status"]) == ("created", "OK")
            near = [("unknown_attribute", "/atributes", "data.attributes")]
            assert told(first["warnings"]) == near
            assert told(last["warnings"]) == [("unknown_attribute", "/actions", "action")]


@pytest.mark.parametrize("spelling", ["pause_re_indexing", "pauseReindexing", "pauseReIndexing"])
def test_indexing_pauses_in_every_spelling(send: Send, database: Any, spelling: str) -> None:
    def facet_sequence() -> list[str]:
        return stored_rows(database)["tenant"]

    body = EDIT | {"data": {"attributes": {"color": "blue"}}, "if_version": 1}
    assert send(PRODUCTS, body, **{spelling: "Y"})[0] == 200
    paused = facet_sequence()
    assert send(PRODUCTS, EDIT | {"data": {"attributes": {"color": "green"}}})[0] == 200
    assert facet_sequence() != paused


def test_views_have_both_spellings(send: Send) -> None:
    condition = "[[color]] = 'red'"
    body = {"action": "editPimView", "name": "shop", "conditionQuery": condition,
            "attributes": {"color": {"readOnly": "y"}}}  # fmt: skip
    status, reply = send(VIEWS, body)
    assert (status, reply["data"]["condition_query"]) == (200, condition)
    assert reply["data"]["attributes"]["color"]["readonly"] == "y"


def test_a_key_that_is_tried_is_not_shown(send: Send) -> None:
    status, reply = send("/pim/newkey", KEY | {"expiresInDays": 1}, dryRun=True)
    assert (status, reply["key"], reply["id"]) == (200, None, None)
    assert reply["key_expiration"] is not None
    assert reply["changes"]["new"]["shop"]["permissions"]["pim_user"] == 1


def test_options_of_an_import_must_agree(client: FlaskClient, key: str) -> None:
    headers = {"ApiKey": key, "Content-Type": "text/csv"}
    reply = client.post("/pim/import?dry_run=1&dryRun=0", data=b"sku\nA\n", headers=headers)
    assert (reply.status_code, told(reply.get_json()["errors"])) == (
        400, [("syntax", "/dry_run", None)],
    )  # fmt: skip
