"""A value of any type is the same in both faces, with one history, wherever it was written."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.pims.conftest import ATTRIBUTES
from tests.sigma.conftest import everywhere

Json = Any
LABEL = {"en-us": "X"}


@dataclass(frozen=True)
class Kind:
    """A type of values. here, there: two values as Sigma and as PIMS say them.

    sigma, pims: how either face defines an attribute of the type; None: it cannot.
    """

    here: list[Json]
    there: list[Json]
    sigma: Json = None
    pims: Json = None


MEDIA = {"url": "https://example.com/a.png", "alt": "An a"}
MEDIA_TEXT = '{"alt":"An a","url":"https://example.com/a.png"}'
OPTIONS = [{"id": "val-r", "alias": "red", "label": "Red"}, {"id": "val-b", "alias": "blue",
            "label": "Blue"}]  # fmt: skip
DICTIONARY = {"columns": ["value"], "data": ["red", "blue"]}
ONE, TWO = "2024-02-29T10:00:00Z", "1999-12-31T23:59:59.500+02:00"
KINDS = {
    "string": Kind(["Rod", "Śtrąż 𝄞"], ["Rod", "Śtrąż 𝄞"], pims={"type": "string"},
                   sigma={"type": "text", "validation": {"maxLength": 255}}),
    "text": Kind(["a\nb", "x" * 3_000], ["a\nb", "x" * 3_000], {"type": "text"}, {"type": "text"}),
    "html": Kind(["<b>a</b>", "<i>ü</i>"], ["<b>a</b>", "<i>ü</i>"], pims={"type": "html"}),
    "url": Kind(["https://a.example.com/x?y=1", "http://b.example.com"],
                ["https://a.example.com/x?y=1", "http://b.example.com"], pims={"type": "url"}),
    "option": Kind(["val-r", "val-b"], ["red", "blue"],
                   {"type": "option", "optionListId": "ol-x"}),
    "dropdown": Kind(["val-red", "val-blue"], ["red", "blue"],
                     pims={"type": "dropdown", "dictionary": DICTIONARY}),
    "date": Kind(["2024-02-29", "1999-12-31"], ["2024-02-29", "1999-12-31"],
                 pims={"type": "date"}),
    "datetime": Kind([ONE, TWO], [ONE, TWO], {"type": "datetime"}, {"type": "datetime"}),
    "number": Kind([129.99, -12345678901234567], ["129.99", "-12345678901234567"],
                   {"type": "number"}, {"type": "number"}),
    "boolean": Kind([True, False], [True, False], {"type": "boolean"}, {"type": "boolean"}),
    "media": Kind(["https://example.com/a.png", "b.png"], ["https://example.com/a.png", "b.png"],
                  {"type": "media"}, {"type": "media"}),
    "media with more": Kind([MEDIA, {"url": "b.png"}], [MEDIA_TEXT, '{"url":"b.png"}'],
                            {"type": "media"}, {"type": "media"}),
    "relation": Kind(["ent-1", "ent-2"], ["TARGET-1", "TARGET-2"],
                     {"type": "relation"}, {"type": "relation"}),
    "several texts": Kind([["a", "b"], ["b"]], [["a", "b"], ["b"]], pims={
        "type": "string", "collection": "y"},
        sigma={"type": "text", "multiple": True, "validation": {"maxLength": 255}}),
    "several numbers": Kind([[1, 2.50], [3]], [["1", "2.5"], ["3"]],
                            {"type": "number", "multiple": True},
                            {"type": "number", "collection": "y"}),
    "several options": Kind([["val-b", "val-r"], ["val-r"]], [["blue", "red"], ["red"]],
                            {"type": "option", "multiple": True, "optionListId": "ol-x"}),
    "several relations": Kind([["ent-2", "ent-1"], ["ent-1"]],
                              [["TARGET-2", "TARGET-1"], ["TARGET-1"]],
                              {"type": "relation", "multiple": True},
                              {"type": "relation", "collection": "y"}),
}  # fmt: skip
CASES = [
    (name, face)
    for name, kind in KINDS.items()
    for face in ("sigma", "pims")
    if getattr(kind, face)
]


@pytest.fixture
def kind(request, sigma, pims) -> Kind:
    """A type, with its attribute `x` made in one of the faces."""
    name, face = request.param
    found = KINDS[name]
    for number in (1, 2):
        pims("createProduct", sku=f"TARGET-{number}", status=200)
    if face == "pims":
        definition = found.pims | {"label": LABEL}
        pims("addAttribute", path=ATTRIBUTES, name="x", definition=definition, status=200)
    else:
        sigma("POST", "/option-lists", {"id": "ol-x", "alias": "l", "name": "L", "values": OPTIONS},
              status=201)  # fmt: skip
        body = {"alias": "x", "name": "X"} | found.sigma
        sigma("POST", "/attributes", body, status=201)
    return found


def audit_of(sigma, number: str) -> list[tuple]:
    """Return what each change did to the attribute, oldest first."""
    found = sigma("GET", f"/records/{number}/audit", status=200)
    sides = []
    for entry in reversed(found):
        (change,) = [one for one in entry["changes"] if one["attribute"] == "x"]
        sides.append(tuple(change[side] and change[side][0]["value"] for side in
                           ("oldValue", "newValue")))  # fmt: skip
    return sides


@pytest.mark.parametrize("kind", CASES, indirect=True, ids=lambda case: f"{case[0]}, {case[1]}")
class TestAValue:
    """Of any type, whose attribute was made in either face."""

    def test_is_read_there_as_it_was_written_here(self, sigma, pims, edit, kind) -> None:
        here, there = kind.here, kind.there
        made = record(sigma, here[0])
        told = pims("listProduct", sku="A", status=200)
        assert (told["data"]["attributes"]["x"], told["version"]) == (there[0], 1)

        edit("A", x=there[1])
        assert sigma("GET", f"/records/{made}", status=200)["values"]["x"] == everywhere(here[1])

        sent = {"scopedValues": everywhere(here[0])}
        answer = sigma("PATCH", f"/records/{made}/values/x", sent, status=200)
        assert answer["values"]["x"] == everywhere(here[0])
        told = pims("listProduct", sku="A", status=200)
        assert (told["data"]["attributes"]["x"], told["version"]) == (there[0], 3)

    def test_is_read_here_as_it_was_written_there(self, sigma, pims, kind) -> None:
        pims("createProduct", sku="B", data={"attributes": {"x": kind.there[1]}}, status=200)
        found = sigma("GET", "/records", status=200)["items"]
        (made,) = [one for one in found if one["values"]["sku"] == everywhere("B")]
        assert made["values"]["x"] == everywhere(kind.here[1])

    def test_has_one_history(self, sigma, edit, history, shown, kind) -> None:
        made = record(sigma, kind.here[0])
        edit("A", x=kind.there[1])
        sent = {"scopedValues": everywhere(kind.here[0])}
        sigma("PATCH", f"/records/{made}/values/x", sent, status=200)
        edit("A", x=None)
        assert "x" not in sigma("GET", f"/records/{made}", status=200)["values"]
        assert not shown("A")["x"]

        steps = list(pairwise([None, 0, 1, 0, None]))
        assert audit_of(sigma, made) == [in_steps(kind.here, one) for one in steps]
        changes = [(old["x"], new["x"]) for old, new in history("A")]
        if isinstance(kind.there[0], list):
            changes = [(old or None, new or None) for old, new in changes]
        assert changes == [in_steps(kind.there, one) for one in steps]


def record(sigma, value: Json) -> str:
    """Make the record A with a value of the attribute; its id."""
    values = {"sku": everywhere("A"), "x": everywhere(value)}
    made = sigma("POST", "/records", {"schemaId": "schema-default", "values": values}, status=201)
    assert made["values"]["x"] == everywhere(value)
    return str(made["id"])


def in_steps(values: list, step: tuple) -> tuple:
    """Return the values before and after a change."""
    return tuple(None if at is None else values[at] for at in step)


def test_a_number_keeps_its_digits(sigma, send, pims, given_attribute, edit, shown) -> None:
    given_attribute("x", "number")
    body = {"schemaId": "schema-default", "values": {"sku": everywhere("A")}}
    made = sigma("POST", "/records", body, status=201)["id"]
    for text in ("0.10000000000000000000000000000001", "1.50", "12345678901234567890123"):
        edit("A", x=text)
        assert f'"value":{shown("A")["x"]}}}' in send("GET", f"/records/{made}").text


def test_what_is_complex_is_read_there_and_not_written(
    sigma, pims, given_attribute, history
) -> None:
    given_attribute("x", "complex")
    for value in ({"b": [1, {"a": None}], "a": "é"}, [1, "2"], {}):
        body = {"schemaId": "schema-default", "values": {"x": everywhere(value)}}
        made = sigma("POST", "/records", body, status=201)
        assert made["values"]["x"] == everywhere(value)
        told = pims("listProduct", sku=made["id"], status=200)["data"]["attributes"]["x"]
        assert json.loads(told) == value
        assert history(made["id"])[0][1]["x"] == told
        reply = pims("editProduct", sku=made["id"], data={"attributes": {"x": '{"c": 1}'}})
        assert [one["code"] for one in reply["warnings"]] == ["read_only"]
        assert sigma("GET", f"/records/{made['id']}", status=200)["values"]["x"] == everywhere(
            value
        )


@pytest.mark.parametrize("text", ["{", "{oops", '{"url": 1}', '{"a": "b"}', '{"url":"a"} x', "[1]"])
def test_a_media_text_of_pims_that_is_no_object_stays_a_text(sigma, pims, text) -> None:
    definition = {"type": "media", "label": LABEL}
    pims("addAttribute", path=ATTRIBUTES, name="x", definition=definition, status=200)
    reply = pims("createProduct", sku="A", data={"attributes": {"x": text}})
    if reply["status"] == "OK":
        (made,) = sigma("GET", "/records", status=200)["items"]
        values = sigma("GET", f"/records/{made['id']}", status=200)["values"]
        assert values["x"] == everywhere(text)
        sigma("PUT", f"/records/{made['id']}", {"values": values}, status=200)
