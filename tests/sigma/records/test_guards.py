"""Guards show an attribute by the values of others."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere


@pytest.fixture
def device(sigma, given_attribute, given_schema):
    """`device(guards, power=5)`: a record whose `voltage` has these guards, and a value."""
    colors = {"alias": "color", "name": "Color"}
    colors["values"] = [{"id": "val-1", "alias": "red"}, {"id": "val-2", "alias": "blue"}]
    sigma("POST", "/option-lists", colors | {"id": "ol-color"}, status=201)
    ids = [
        given_attribute("kind"),
        given_attribute("power", "number"),
        given_attribute("wired", "boolean"),
        given_attribute("shade", "option", optionListId="ol-color"),
        given_attribute("tags", "text", multiple=True),
        given_attribute("built", "datetime"),
        given_attribute("voltage", "number"),
    ]
    given_schema("device", *ids)

    def made(guards: list[dict], **values: object) -> str:
        guard(sigma, guards)
        sent = {alias: everywhere(value) for alias, value in (values | {"voltage": 230}).items()}
        body = {"schemaId": "schema-device", "values": sent}
        return sigma("POST", "/records", body, status=201)["id"]

    return made


def guard(sigma, guards: list[dict]) -> dict:
    body = sigma("GET", "/attributes/attr-voltage", status=200)
    return sigma("PUT", "/attributes/attr-voltage", body | {"guards": guards}, status=200)


def when(attribute: str, operator: str, *value: object) -> dict:
    asked = {"attributeId": f"attr-{attribute}", "operator": operator}
    return asked | {"value": value[0]} if value else asked


SHOWN = [
    (when("kind", "equals", "lamp"), {"kind": "lamp"}, True),
    (when("kind", "equals", "lamp"), {"kind": "Lamp"}, False),
    (when("kind", "equals", "lamp"), {}, False),
    (when("kind", "notEquals", "lamp"), {"kind": "tap"}, True),
    (when("kind", "notEquals", "lamp"), {"kind": "lamp"}, False),
    (when("kind", "notEquals", "lamp"), {}, True),
    (when("kind", "isEmpty"), {}, True),
    (when("kind", "isEmpty"), {"kind": "lamp"}, False),
    (when("kind", "isNotEmpty"), {"kind": "lamp"}, True),
    (when("kind", "isNotEmpty"), {}, False),
    (when("kind", "in", ["lamp", "fan"]), {"kind": "fan"}, True),
    (when("kind", "in", ["lamp", "fan"]), {"kind": "tap"}, False),
    (when("power", "equals", 5), {"power": 5.00}, True),
    (when("power", "equals", 5), {"power": 50}, False),
    (when("power", "in", [5, 6.5]), {"power": 6.50}, True),
    (when("wired", "equals", False), {"wired": False}, True),
    (when("wired", "equals", False), {}, False),
    (when("wired", "notEquals", True), {"wired": True}, False),
    (when("shade", "equals", "val-1"), {"shade": "red"}, True),
    (when("shade", "equals", "val-1"), {"shade": "val-2"}, False),
    (when("shade", "in", ["val-1", "val-2"]), {"shade": "val-2"}, True),
    (when("tags", "equals", "a"), {"tags": ["b", "a"]}, True),
    (when("tags", "notEquals", "a"), {"tags": ["b", "a"]}, False),
    (when("tags", "in", ["c", "b"]), {"tags": ["b", "a"]}, True),
    (when("tags", "isEmpty"), {"tags": []}, True),
    (when("built", "equals", "2024-02-13"), {"built": "2024-02-13"}, True),
]


@on_one_engine
@pytest.mark.parametrize(("one", "values", "shows"), SHOWN)
def test_an_operator_shows_the_attribute_or_hides_it(sigma, device, one, values, shows) -> None:
    made = device([one], **values)
    record = sigma("GET", f"/records/{made}", status=200)
    assert ("voltage" in record["values"]) is shows
    assert sigma("GET", "/attributes/attr-voltage", status=200)["guards"] == [one]


def test_all_guards_have_to_hold(sigma, device) -> None:
    guards = [when("kind", "equals", "lamp"), when("wired", "equals", True)]
    made = device(guards, kind="lamp")
    address = f"/records/{made}"
    assert "voltage" not in sigma("GET", address, status=200)["values"]
    sent = {"scopedValues": everywhere(True)}
    shown = sigma("PATCH", f"{address}/values/wired", sent, status=200)
    assert shown["values"]["voltage"] == everywhere(230)


def test_a_value_that_is_guarded_out_stays(sigma, device) -> None:
    made = device([when("kind", "equals", "lamp")], kind="tap")
    address = f"/records/{made}"
    shown = sigma("PUT", address, {"values": {"kind": everywhere("lamp")}}, status=200)
    assert shown["values"] == {"kind": everywhere("lamp"), "voltage": everywhere(230)}
    shown = sigma("PUT", address, {"values": {"kind": everywhere("lamp")}}, status=200)
    assert shown["values"] == {"kind": everywhere("lamp")}


def test_guards_of_variants_ask_for_effective_values(sigma, device) -> None:
    made = device([when("kind", "equals", "lamp")], kind="lamp")
    body = {"values": {"voltage": everywhere(110)}}
    address = f"/records/{made}/variants"
    one = sigma("POST", address, body, status=201)
    assert one["values"] == body["values"]
    body = {"values": {"voltage": everywhere(110), "kind": everywhere("tap")}}
    two = sigma("POST", address, body, status=201)
    assert two["values"] == {"kind": everywhere("tap")}
    resolved = sigma("GET", f"{address}/{two['id']}/resolved", status=200)
    assert resolved["effectiveValues"] == {"kind": everywhere("tap")}
    listed = [one["values"] for one in sigma("GET", address, status=200)]
    assert listed == [{"voltage": everywhere(110)}, {"kind": everywhere("tap")}]

    sigma("PATCH", f"/records/{made}/values/kind", {"scopedValues": []}, status=200)
    assert sigma("GET", f"{address}/{one['id']}", status=200)["values"] == {}
    assert sigma("GET", f"{address}/{one['id']}/resolved", status=200)["effectiveValues"] == {}


def test_guards_hold_in_the_audit_trail(sigma, device) -> None:
    made = device([when("kind", "equals", "lamp")], kind="tap")
    (entry,) = sigma("GET", f"/records/{made}/audit", status=200)
    assert [one["attribute"] for one in entry["changes"]] == ["kind"]


@on_one_engine
@pytest.mark.parametrize(
    ("one", "message"),
    [
        (when("none", "isEmpty"), "There is no attribute 'attr-none'!"),
        (when("power", "equals", "5"), "A guard on power takes a number!"),
        (when("kind", "equals", 5), "A guard on kind takes a text!"),
        (when("kind", "equals"), "A guard on kind takes a text!"),
        (when("kind", "in", "a"), "A guard on kind takes a list of 1 to 1000 values!"),
        (when("kind", "in", []), "A guard on kind takes a list of 1 to 1000 values!"),
        (when("kind", "in", ["a", None]), "A guard on kind takes a text!"),
        (when("wired", "equals", "true"), "A guard on wired takes true or false!"),
        (
            when("shade", "equals", "green"),
            "A guard on shade takes the id or alias of a value of its option list!",
        ),
    ],
)
def test_a_guard_that_can_never_be_asked_is_refused(sigma, device, one, message) -> None:
    device([])
    body = sigma("GET", "/attributes/attr-voltage", status=200) | {"guards": [one]}
    told = sigma("PUT", "/attributes/attr-voltage", body, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": message}


@on_one_engine
def test_an_attribute_that_guards_ask_about_stays(sigma, device, given_attribute) -> None:
    asked = given_attribute("extra")
    device([when("extra", "isEmpty")])
    assert sigma("DELETE", f"/attributes/{asked}", status=409) == {
        "error": "CONFLICT",
        "message": "Guards of voltage ask about the attribute: change them first!",
    }
