"""Random work on a catalogue; filters, counts and lists of a shop are those of plain Python.

PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.storage.catalogue_index.facets import counts as facet_counts
from pims_api.storage.history.changes import Actor
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.pims.conftest import CATEGORIES, opened_app, talk
from tests.pims.shop.conftest import look, plain_filters

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
EFFORT = settings(
    max_examples=200 if THOROUGH else 12,
    stateful_step_count=60 if THOROUGH else 30,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),  # shrinking takes minutes
)

ATTRIBUTES = {
    "size": {"type": "dropdown", "dictionary": {"data": ["s", "m", "l"]}},
    "color": {"type": "string"},
    "tags": {"type": "string", "collection": "y"},
    "new": {"type": "boolean"},
    "price": {"type": "number"},
    "since": {"type": "date"},
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "size": st.sampled_from([None, "s", "m", "l"]),
    "color": st.sampled_from([None, "red", "black"]),
    "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True),
    "new": st.sampled_from([None, True, False]),
    "price": st.sampled_from([None, "1", "1.00", "-2.5", "10.00001"]),
    "since": st.sampled_from([None, "2024-02-29", "1999-01-01"]),
    "status": st.sampled_from(["active", "active", "inactive", "deleted"]),
    "categories": st.lists(st.sampled_from([2, 3, 4]), min_size=1, max_size=2, unique=True),
}
WISHES = st.fixed_dictionaries({}, optional=VALUES)
SKUS = st.sampled_from(["A", "B", "C", "D", "E"])
PAUSED = st.sampled_from([False, True])
FLAGS = st.fixed_dictionaries(
    {}, optional={"includeChildren": st.booleans(), "includeVariants": st.booleans()}
)


@dataclass(frozen=True)
class Eyes:
    """How a key sees the catalogue: outward names of attributes, and the color of hidden rows."""

    names: dict[str, str]
    hides: str | None = None

    def sees(self, product: dict[str, Any] | None) -> bool:
        return product is not None and (self.hides is None or product.get("color") != self.hides)


ALL = Eyes({name: name for name in ATTRIBUTES})
VIEW = Eyes({"price": "Net Price", "size": "size", "tags": "tags"}, hides="black")
EYES = st.sampled_from([ALL, VIEW])


@dataclass
class Branch:
    """A category: its name, the number of its parent (0: none), whether it is active by itself."""

    name: str
    parent: int
    open: bool = True


class Shop(RuleBasedStateMachine):
    """One tenant of its own and plain dicts of what is in it."""

    def __init__(self, app: Flask, number: str) -> None:
        super().__init__()
        self.database = app.extensions["pims_database"]
        self.tenant = add_tenant(self.database, f"shop {number}")
        self.pims = talk(app.test_client(), self._key(*PERMISSION_GROUPS))
        self.tree = {2: Branch("Tools", 0), 3: Branch("Saws", 2), 4: Branch("Garden", 0)}
        self.products: dict[str, dict[str, Any]] = {}
        self.counted: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
        self.stamp = 0  # changes whenever filters are to be counted anew
        self.is_changed = True  # since the last look at the same categories
        self._fill()
        self.shops = {
            id(ALL): look(app.test_client(), self._key("pim_user")),
            id(VIEW): look(app.test_client(), self._key("pim_user", views=("shop",))),
        }

    def _fill(self) -> None:
        items = [
            {"name": name, "definition": {"label": {"en-us": name}, "isFilterable": "y", **one}}
            for name, one in ATTRIBUTES.items()
        ]
        self.pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
        items = [{"path": "Tools"}, {"path": "Tools > Saws"}, {"path": "Garden"}]
        self.pims("addCategory", path=CATEGORIES, items=items, status=200)
        fields = {own: {"transform": outward} for own, outward in VIEW.names.items()}
        fields |= {"categories": {}, "variation_of": {}}
        rows = "[[color]] IS NULL OR [[color]] <> 'black'"
        self.pims("addPimView", path="/pim/manage/views", name="shop", attributes=fields,
                  condition_query=rows, status=200)  # fmt: skip

    def _key(self, *permissions: str, views: tuple[str, ...] = ()) -> str:
        with unit_of_work(self.database, self.tenant, Actor("tests")) as work:
            text, _ = create_key(work, None, "a test's key", permissions, views=views)
        return text

    @rule(sku=SKUS, parent=st.none() | SKUS, wishes=WISHES, paused=PAUSED)
    def write(self, sku: str, parent: str | None, wishes: dict[str, Any], paused: bool) -> None:
        """Create or edit a product; where it has no parent yet, it may get one."""
        before = self.products.get(sku)
        action = "createProduct" if before is None else "editProduct"
        after = {"status": "active", "categories": [1]} | (before or {}) | wishes
        if before is None and parent in self.products:
            after["variation_of"] = parent
        kept = {name: value for name, value in after.items() if value not in (None, [])}
        sent = after | {"categories": [self._path(number) for number in after["categories"]]}
        more = {"pauseReIndexing": "Y"} if paused else {}
        self.pims(action, sku=sku, data={"attributes": sent}, status=200, **more)
        if kept != before and not paused:
            self.stamp += 1
        self.products[sku] = kept
        self.is_changed = True

    @rule(number=st.sampled_from([3, 4]), parent=st.sampled_from([0, 2, 3, 4]))
    def move(self, number: int, parent: int) -> None:
        if number in self._above(parent) or parent == self.tree[number].parent:
            return
        self._edit_category(number, cat_parent_id=parent)
        self.tree[number].parent = parent

    @rule(number=st.sampled_from([2, 3, 4]))
    def open_or_close(self, number: int) -> None:
        self.tree[number].open ^= True
        status = "active" if self.tree[number].open else "inactive"
        self._edit_category(number, cat_data={"cat_status": status})

    @invariant()
    def the_same_categories_after_every_change(self) -> None:
        """What was counted before is there, and right for as long as it may be shown."""
        if not self.is_changed:
            return
        self.is_changed = False
        for eyes in (ALL, VIEW):
            self.look_at_a_category(eyes, 2, {"includeChildren": True})
        self.look_at_a_category(ALL, 3, {})

    def teardown(self) -> None:
        for eyes in (ALL, VIEW):
            for number in (1, *self.tree):
                self.look_at_a_category(eyes, number, {"includeChildren": True})
                self.look_at_a_category(eyes, number, {})
            self.look_at_everything(eyes)

    @rule(eyes=EYES, number=st.sampled_from([1, 2, 3, 4]), flags=FLAGS)
    def look_at_a_category(self, eyes: Eyes, number: int, flags: dict[str, bool]) -> None:
        shop, active = self.shops[id(eyes)], self._is_active(number)
        reply = shop(f"/v/cpc/{number}", status=200 if active else 404, **flags)
        if not active:
            return
        members = self._members(eyes, number, flags)
        assert sorted(one["sku"] for one in reply["products"]) == members
        (current,) = reply["currentCategory"]
        assert (reply["count"], current["product_count"]) == (len(members), len(members))
        assert plain_filters(current["cat_filters"]) == self._filters(eyes, number, flags, members)

    @rule(eyes=EYES)
    def look_at_everything(self, eyes: Eyes) -> None:
        shop = self.shops[id(eyes)]
        members = self._members(eyes, 0, {})
        assert sorted(one["sku"] for one in shop("/v/pc")["products"]) == members
        assert _stock(shop("/v/ctn")["categoriesTree"]) == self._stock(members)
        for sku, product in self.products.items():
            there = eyes.sees(product) and self._for_sale(product)
            shop(f"/v/p/{sku}", status=200 if there else 404)

    def _edit_category(self, number: int, **wanted: Any) -> None:
        self.pims("editCategory", path=CATEGORIES, id=number, **wanted, status=200)
        self.stamp += 1
        self.is_changed = True

    def _above(self, number: int) -> list[int]:
        """The numbers from a category up to its root."""
        return [number, *self._above(self.tree[number].parent)] if number in self.tree else []

    def _path(self, number: int) -> str:
        names = [self.tree[one].name for one in reversed(self._above(number))]
        return " > ".join(names) or "Uncategorized"

    def _is_active(self, number: int) -> bool:
        return all(self.tree[one].open for one in self._above(number))

    def _for_sale(self, product: dict[str, Any]) -> bool:
        return product["status"] == "active" and any(map(self._is_active, product["categories"]))

    def _members(self, eyes: Eyes, number: int, flags: dict[str, bool]) -> list[str]:
        """The SKUs that a shop lists in a category; 0: in all."""
        return sorted(
            sku
            for sku, product in self.products.items()
            if eyes.sees(product)
            and self._for_sale(product)
            and (flags.get("includeVariants") or not self._is_variation(eyes, product))
            and any(self._is_in(one, number, flags) for one in product["categories"])
        )

    def _is_variation(self, eyes: Eyes, product: dict[str, Any]) -> bool:
        return eyes.sees(self.products.get(product.get("variation_of", "")))

    def _is_in(self, one: int, number: int, flags: dict[str, bool]) -> bool:
        below = number == 0 or (bool(flags.get("includeChildren")) and number in self._above(one))
        return self._is_active(one) and (one == number or below)

    def _filters(
        self, eyes: Eyes, number: int, flags: dict[str, bool], members: list[str]
    ) -> dict[str, Any]:
        """What was counted when it last had to be."""
        key = (
            id(eyes),
            number,
            *(bool(flags.get(f"include{one}")) for one in ("Children", "Variants")),
        )
        if self.counted.get(key, (-1,))[0] != self.stamp:
            products = [self.products[sku] for sku in members]
            found = {
                outward: _recounted(own, [one[own] for one in products if own in one])
                for own, outward in eyes.names.items()
            }
            self.counted[key] = (self.stamp, {n: told for n, told in found.items() if told})
        return self.counted[key][1]

    def _stock(self, members: list[str]) -> dict[str, int]:
        """How many products each category has, those left out that have none below them either."""
        own = Counter(n for sku in members for n in self.products[sku]["categories"])
        stocked = {one for n in own if self._is_active(n) for one in self._above(n) or [1]}
        return {self._path(one): own[one] for one in stocked}


def _recounted(name: str, values: list[Any]) -> Any:
    if name == "price":
        numbers = sorted(map(Decimal, values))
        return tuple(str(numbers[end].normalize()) for end in (0, -1)) if numbers else None
    if name == "since":
        return (min(values), max(values)) if values else None
    return Counter(one for value in values for one in (value if name == "tags" else [value]))


def _stock(nodes: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in nodes:
        found |= {one["cat_path"]: one["product_count"]} | _stock(one["children"])
    return found


@pytest.fixture(scope="module", params=ENGINES)
def app(request, fresh_keyed_database) -> Iterator[Flask]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as made:
        yield made


@pytest.mark.parametrize("small", [0, 2, 300])
def test_what_a_shop_sees_is_what_plain_python_says(app, small) -> None:
    numbers = itertools.count()
    with patch.object(facet_counts, "SMALL", small):
        run_state_machine_as_test(lambda: Shop(app, f"{small} {next(numbers)}"), settings=EFFORT)
