"""Searches find nothing by what a role or a state hides, and keep no row for another role."""

import pytest

from tests.sigma.conftest import everywhere
from tests.sigma.roles.test_levels import CANARY, jacket, writer
from tests.sigma.workflows.test_state_sets import poster, printed, variant

__all__ = ["jacket", "poster", "printed", "variant", "writer"]


def found(ask, *criteria: dict) -> int:
    total: int = ask("POST", "/search", {"criteria": criteria}, status=200)["total"]
    return total


def asked(attribute: str, operator: str, value: str | None = None) -> dict:
    return {"attribute": attribute, "operator": operator, "value": value}


def test_what_a_role_hides_of_a_schema_counts_as_unset(sigma, writer, jacket, given_schema) -> None:
    sigma("POST", "/records", {
        "schemaId": given_schema("plain", "attr-description"),
        "values": {"description": everywhere(CANARY)},
    }, status=201)  # fmt: skip
    for criterion in (
        asked("description", "contains", "nobody"),
        asked("description", "isNotEmpty"),
    ):
        assert found(sigma, criterion) == 2
        assert found(writer, criterion) == 1
    assert found(writer, asked("description", "isEmpty")) == 1
    assert found(sigma, asked("description", "isEmpty")) == 0
    assert sigma("GET", "/search/text?q=nobody", status=200)["total"] == 2
    assert writer("GET", "/search/text?q=nobody", status=200)["total"] == 1


@pytest.mark.usefixtures("jacket")
def test_in_a_schema_that_hides_it_an_attribute_is_unknown(writer, apparel) -> None:
    body = {"schemaId": apparel, "criteria": [asked("description", "isEmpty")]}
    told = writer("POST", "/search", body, status=400)
    assert told["message"] == "There is no attribute 'description' in schema-apparel!"


@pytest.mark.usefixtures("jacket")
def test_rows_are_kept_for_each_role(sigma, writer) -> None:
    for _ in range(2):
        assert CANARY in str(sigma("POST", "/search", {}, status=200))
        assert CANARY not in str(writer("POST", "/search", {}, status=200))
        assert CANARY not in str(writer("GET", "/records", status=200))


def test_what_a_state_hides_counts_as_unset(sigma, poster) -> None:
    note = asked("note", "contains", "NOBODY")
    assert found(sigma, note) == 1
    assert sigma("GET", "/search/text?q=nobody", status=200)["total"] == 1
    sigma("POST", f"/records/{poster}/transition", {"toStateId": "state-print"}, status=200)
    assert found(sigma, note) == 0
    assert found(sigma, asked("note", "isEmpty")) == 1
    assert sigma("GET", "/search/text?q=nobody", status=200)["total"] == 0
    assert sigma("GET", "/search/text?q=poster headline", status=200)["total"] == 0
