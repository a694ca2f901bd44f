"""A catalogue for writers, ready to be served."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.environment import settings_as_shipped
from tests.pims.conftest import opened_app, talk

WRITERS = 8
ATTRIBUTES = {f"own{number}": {"type": "string"} for number in range(WRITERS)} | {
    "ean": {"type": "string", "isUnique": "y", "isFilterable": "y", "isSearchable": "y"},
    "left": {"type": "string", "isFilterable": "y"},
    "right": {"type": "string"},
    "counter": {"type": "number", "isFilterable": "y"},
}


@pytest.fixture(scope="package", autouse=True)
def as_shipped() -> Iterator[None]:
    """What is killed here has to leave on disk what it acknowledged."""
    with settings_as_shipped():
        yield


@dataclass(frozen=True)
class Site:
    """A database with the attributes above, and a key that may do everything."""

    url: str
    key: str


@pytest.fixture(scope="module", params=ENGINES)
def site(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase
) -> Iterator[Site]:
    with fresh_keyed_database(request.param) as keyed:
        with opened_app(keyed.url) as app:
            items = [
                {"name": name, "definition": {"label": {"en-us": name}} | definition}
                for name, definition in ATTRIBUTES.items()
            ]
            pims = talk(app.test_client(), keyed.key)
            pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
        yield Site(keyed.url, keyed.key)


@pytest.fixture(scope="session")
def names() -> Callable[[str], str]:
    """`names("SKU")`: a name that no other test of this run has."""
    used: dict[str, int] = {}

    def name(start: str) -> str:
        used[start] = used.get(start, 0) + 1
        return f"{start}-{used[start]}"

    return name
