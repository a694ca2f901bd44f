"""A shop whose past is asked for, and sentences about it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES

VIEWS = "/pim/manage/views"

Json = dict[str, Any]
Pims = Callable[..., Json]


@pytest.fixture
def shop(pims: Pims, filled: Callable[..., Any]) -> Pims:
    """Attributes of each form and two categories."""
    filled(lambda: fill_shop(pims))
    return pims


def fill_shop(pims: Pims) -> None:
    colors = {"data": ["red", "green", "blue"]}
    for name, kind, more in (
        ("price", "number", {"isFilterable": "y"}),
        ("brand", "string", {"isFilterable": "y", "isSearchable": "y"}),
        ("color", "dropdown", {"isFilterable": "y", "dictionary": colors}),
        ("tags", "string", {"isFilterable": "y", "collection": "y"}),
        ("note", "string", {}),
    ):
        define(pims, name, type=kind, **more)
    for name in ("Tools", "Garden"):
        pims("addCategory", path=CATEGORIES, status=200, name=name)


@pytest.fixture
def last(shop: Pims) -> Callable[[], int]:
    """The number of the last transaction."""
    return lambda: shop("listProduct", params={"as_of": "2999-01-01"})["as_of"]["transaction"]


@pytest.fixture
def reds(shop: Pims, make_key: Callable[..., str]) -> str:
    """A key that sees red products, under names of its own, and not their notes."""
    rows, attributes = "[[color]] = 'red'", {"price": {"transform": "cost"}}
    view = {"name": "reds", "condition_query": rows, "attributes": attributes}
    shop("addPimView", path=VIEWS, status=200, **view)
    return make_key("pim_user", views=("reds",), default_view="reds")


def define(pims: Pims, name: str, action: str = "addAttribute", **definition: Any) -> None:
    label = {} if action == "editAttribute" else {"label": {"en-us": name}}
    pims(action, path=ATTRIBUTES, status=200, name=name, definition=label | definition)


def category(pims: Pims, path: str) -> int:
    tree = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    return next(int(one["id"]) for one in tree if one["cat_path"] == path)


def create(pims: Pims, sku: str, **values: Any) -> None:
    pims("createProduct", status=200, sku=sku, data={"attributes": values})


def edit(pims: Pims, sku: str, **values: Any) -> None:
    pims("editProduct", status=200, sku=sku, data={"attributes": values})


def changes(pims: Pims, since: Any = 0, status: int = 200, **params: Any) -> Json:
    """Ask for changes. since: None leaves it out. key, locale: who asks, and in which language."""
    more = {name: params.pop(name) for name in ("key", "locale") if name in params}
    place = {} if since is None else {"since": since}
    return pims("changes", status=status, params=place | params, **more)


def told(pims: Pims, since: Any = 0, **params: Any) -> list[tuple[str, str]]:
    return [(one["sku"], one["kind"]) for one in changes(pims, since, **params)["changes"]]


class Follower:
    """A reader who applies what the feed tells, and has a copy of a selection.

    params: of its requests. knows: SKU → attributes. entries: everything that was told. wrong_olds:
    SKUs with an `old` that is not what the reader knew.
    """

    def __init__(self, pims: Pims, **params: Any) -> None:
        self._pims = pims
        self.params = params
        self.cursor: Any = 0
        self.knows: dict[str, Json] = {}
        self.entries: list[Json] = []
        self.wrong_olds: list[str] = []

    def page(self, **params: Any) -> bool:
        """Apply the next page. Returns whether there is more."""
        reply = changes(self._pims, self.cursor, **self.params, **params)
        if params.get("status", 200) != 200:
            return False
        for entry in reply["changes"]:
            if entry["kind"] == "gone":
                self.knows.pop(entry["sku"], None)
            else:
                self._learn(entry)
        self.entries += reply["changes"]
        self.cursor = reply["next"]
        more: bool = reply["more"]
        return more

    def _learn(self, entry: Json) -> None:
        sku, now = entry["sku"], entry["data"]["attributes"]
        known = self.knows.get(sku)
        if known is not None and "old" in entry:
            differing = {name: was for name, was in known.items() if was != now[name]}
            if entry["old"] != differing:
                self.wrong_olds.append(sku)
        self.knows[sku] = now

    def follow(self, **params: Any) -> list[Json]:
        """Apply all pages, and return what was told."""
        before = len(self.entries)
        while self.page(**params):
            pass
        return self.entries[before:]
