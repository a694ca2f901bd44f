"""A catalogue for writers, ready to be served."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from pims_api.domain.access.api_key import PERMISSIONS
from tests.databases.fresh import ENGINES, FreshDatabase
from tests.pims.conftest import new_key, opened_app, talk

WRITERS = 8
ATTRIBUTES = {f"own{number}": {"type": "string"} for number in range(WRITERS)} | {
    "ean": {"type": "string", "isUnique": "y", "isFilterable": "y", "isSearchable": "y"},
    "left": {"type": "string", "isFilterable": "y"},
    "right": {"type": "string"},
    "counter": {"type": "number", "isFilterable": "y"},
}


@dataclass(frozen=True)
class Site:
    """A database with the attributes above, and a key that may do everything."""

    url: str
    key: str


@pytest.fixture(scope="module", params=ENGINES)
def site(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[Site]:
    with fresh_database(request.param) as url:
        with opened_app(url) as app:
            key = new_key(app, *PERMISSIONS)
            items = [
                {"name": name, "definition": {"label": {"en-us": name}} | definition}
                for name, definition in ATTRIBUTES.items()
            ]
            pims = talk(app.test_client(), key)
            pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
        yield Site(url, key)


@pytest.fixture(scope="session")
def names() -> Callable[[str], str]:
    """`names("SKU")`: a name that no other test of this run has."""
    used: dict[str, int] = {}

    def name(start: str) -> str:
        used[start] = used.get(start, 0) + 1
        return f"{start}-{used[start]}"

    return name
