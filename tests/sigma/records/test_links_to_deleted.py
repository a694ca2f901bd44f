"""A link to a deleted record is no value: not shown, not filled, not found."""

import pytest

from tests.sigma.conftest import everywhere

WORKFLOW = {
    "id": "wf-links", "alias": "links", "name": "Links", "defaultStateId": "draft",
    "states": [
        {"id": "draft", "name": "Draft"},
        {"id": "live", "name": "Live", "required": ["attr-maker", "attr-parts"]},
    ],
    "transitions": [
        {"id": "publish", "name": "Publish", "fromStateId": "draft", "toStateId": "live",
         "requiresCompleteness": 100},
    ],
}  # fmt: skip


@pytest.fixture
def make(sigma, given_attribute, given_schema):
    """`make(maker=…, parts=[…])`: a record that links to these; its id."""
    ids = [
        given_attribute("maker", "relation"),
        given_attribute("parts", "relation", multiple=True),
        given_attribute("label"),
    ]
    sigma("POST", "/workflows", WORKFLOW, status=201)
    schema = given_schema("kits", *ids, workflowId="wf-links")

    def made(**values) -> str:
        sent = {alias: everywhere(value) for alias, value in values.items()}
        return sigma("POST", "/records", {"schemaId": schema, "values": sent}, status=201)["id"]

    return made


def found(sigma, *criteria) -> list[str]:
    keys = ("attribute", "operator", "value")
    body = {"criteria": [dict(zip(keys, one, strict=False)) for one in criteria]}
    return [one["id"] for one in sigma("POST", "/search", body, status=200)["items"]]


@pytest.fixture
def kits(sigma, make) -> tuple[str, str, str]:
    """A maker, a kit whose links lead to a deleted record, one with another link besides."""
    gone, there = make(), make()
    dead, half = make(maker=gone, parts=[gone]), make(maker=there, parts=[gone, there])
    sigma("GET", "/records", status=200)  # lists keep what they showed
    sigma("DELETE", f"/records/{gone}", status=204)
    return there, dead, half


def test_it_is_not_shown(sigma, kits) -> None:
    there, dead, half = kits
    assert sigma("GET", f"/records/{dead}", status=200)["values"] == {}
    assert sigma("GET", f"/records/{half}", status=200)["values"] == {
        "maker": everywhere(there),
        "parts": everywhere([there]),
    }
    listed = sigma("GET", "/records", status=200)["items"]
    assert listed == [sigma("GET", f"/records/{one}", status=200) for one in kits]
    values = {"label": everywhere("S")}
    small = sigma("POST", f"/records/{dead}/variants", {"values": values}, status=201)["id"]
    resolved = sigma("GET", f"/records/{dead}/variants/{small}/resolved", status=200)
    assert resolved["effectiveValues"] == {"label": everywhere("S")}
    assert resolved["inheritedAttributes"] == []


def test_a_variant_inherits_in_place_of_it(sigma, make) -> None:
    """As in place of any value that it has not; in the middle of a chain too, and in lists."""
    gone, there, other = make(), make(), make()
    top = make(maker=there, parts=[there])
    sent = {"maker": everywhere(gone), "parts": everywhere([gone])}
    middle = sigma("POST", f"/records/{top}/variants", {"values": sent}, status=201)["id"]
    sent = {"maker": everywhere(gone), "parts": everywhere([gone, other])}
    body = {"values": sent, "parentId": middle}
    low = sigma("POST", f"/records/{top}/variants", body, status=201)["id"]
    sigma("DELETE", f"/records/{gone}", status=204)

    def resolved(variant: str):
        told = sigma("GET", f"/records/{top}/variants/{variant}/resolved", status=200)
        return [told[f"{one}s"] for one in ("effectiveValue", "overriddenAttribute",
                                            "inheritedAttribute")]  # fmt: skip

    above = {"maker": everywhere(there), "parts": everywhere([there])}
    assert resolved(middle) == [above, [], ["maker", "parts"]]
    assert resolved(low) == [above | {"parts": everywhere([other])}, ["parts"], ["maker"]]
    assert sigma("GET", f"/records/{top}/variants/{middle}", status=200)["values"] == {}


def test_it_is_not_filled_and_does_not_pass_a_gate(sigma, kits) -> None:
    _, dead, half = kits
    live = sigma("GET", f"/records/{dead}/completeness", status=200)["states"][1]
    lacks = {"score": 0, "filled": [], "missing": ["maker", "parts"]}
    assert live == {"stateId": "live"} | lacks
    assert sigma("GET", f"/records/{dead}/transitions", status=200) == []
    told = sigma("POST", f"/records/{dead}/transition", {"toStateId": "live"}, status=422)
    assert told["error"] == "TRANSITION_ERROR"
    assert [one["id"] for one in sigma("GET", f"/records/{half}/transitions", status=200)] == [
        "publish"
    ]
    sigma("POST", f"/records/{half}/transition", {"toStateId": "live"}, status=200)


def test_a_search_finds_it_unset(sigma, kits) -> None:
    there, dead, half = kits
    for alias in ("maker", "parts"):
        assert set(found(sigma, (alias, "isEmpty"))) == {dead, there}
        assert found(sigma, (alias, "isNotEmpty")) == [half]
        assert found(sigma, (alias, "equals", there)) == [half]
        assert set(found(sigma, (alias, "notEquals", there))) == {dead, there}


def test_a_restored_target_is_a_value_again(sigma, pims, kits) -> None:
    _, dead, _ = kits
    attributes = {"status": "active"}
    pims("editProduct", sku="ent-1", data={"attributes": attributes}, status=200)
    assert sigma("GET", f"/records/{dead}", status=200)["values"]["maker"] == everywhere("ent-1")
    sigma("POST", f"/records/{dead}/transition", {"toStateId": "live"}, status=200)
    assert dead not in found(sigma, ("maker", "isEmpty"))
