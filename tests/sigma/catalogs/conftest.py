"""A catalog with two levels, records to put into it, and the checks of the whole catalogue."""

from collections.abc import Callable

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.database import Database
from pims_api.storage.snapshot import snapshot
from tests.sigma.conftest import Json, Sigma, everywhere

SEASONS = {"id": "catalog-seasons", "alias": "seasons", "name": "Seasons"}


@pytest.fixture
def given_category(sigma: Sigma) -> Sigma:
    """`given_category("winter", parentId="cat-year")`: there is such a category; it as shown."""

    def given(alias: str, catalog: str = SEASONS["id"], **more: Json) -> Json:
        body = {"id": f"cat-{alias}", "alias": alias, "name": alias.title()} | more
        return sigma("POST", f"/catalogs/{catalog}/categories", body, status=201)

    return given


@pytest.fixture
def seasons(sigma: Sigma, given_category: Sigma) -> str:
    """The catalog of the seasons: Winter with Snow and Ice below it, and Summer."""
    sigma("POST", "/catalogs", SEASONS, status=201)
    given_category("winter", sortOrder=2)
    given_category("summer", sortOrder=1)
    given_category("snow", parentId="cat-winter")
    given_category("ice", parentId="cat-winter")
    return SEASONS["id"]


@pytest.fixture
def given_record(sigma: Sigma, given_attribute: Sigma, given_schema: Sigma) -> Callable[[str], str]:
    """`given_record("A")`: there is a record with that SKU; its id."""
    schema = given_schema("things", given_attribute("sku"), given_attribute("weight", "number"))

    def given(sku: str) -> str:
        body = {"schemaId": schema, "values": {"sku": everywhere(sku)}}
        return str(sigma("POST", "/records", body, status=201)["id"])

    return given


@pytest.fixture
def in_category(sigma: Sigma) -> Callable[..., list[str]]:
    """`in_category("cat-snow")`: the ids of what is listed there."""

    def listed(category: str, query: str = "") -> list[str]:
        found = sigma("GET", f"/categories/{category}/entities{query}", status=200)
        return [one["id"] for one in found]

    return listed


@pytest.fixture
def faults_of_check(database: Database) -> Callable[[], list[str]]:
    """`faults_of_check()`: what `pims check` finds wrong."""

    def found() -> list[str]:
        with snapshot(database, 1) as seen:
            return [told for check in CHECKS for told in check.find(seen)]

    return found
