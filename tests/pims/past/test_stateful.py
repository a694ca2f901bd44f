"""Random work on a catalogue: as-of reads and followers of changes against the model of each write.

PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.databases.fresh import ENGINES
from tests.pims.catalogue_model import Eyes, Model, Values
from tests.pims.conftest import ATTRIBUTES, CATEGORIES, opened_app
from tests.pims.past.conftest import Follower
from tests.pims.requests.test_stateful import (
    EFFORT,
    EYES,
    GERMAN,
    SHOP,
    SHOP_NAMES,
    SKUS,
    THOROUGH,
    Catalogue,
    _products,
    list_params,
    shop_fields,
    wishes,
)

LESS = settings(EFFORT, max_examples=400 if THOROUGH else 12)
OWN = ("price", "color", "title", "tags", "label", "categories", "status")
"""Not what is shown of relatives."""
VIEWS = "/pim/manage/views"
SELECTIONS: list[Values] = [
    {},
    {"includeDeleted": True},
    {"filter_values": {"color": "red"}},
    {"filter_values": {"price": "0;;5"}, "includeDeleted": True},
    {"filter_values": {"label": "Rod|Stab"}},
]
PATHS = {"Tools": 2, "Garden": 3}


class PastModel(Model):
    """What products were, for those who see them today."""

    def __init__(self, then: Model, today: Model) -> None:
        super().__init__(then.products, then.entries)
        self._today = today

    def sees(self, eyes: Eyes, sku: str | None) -> bool:
        return sku in self.products and self._today.sees(eyes, sku)


class Past(Catalogue):
    """One tenant, the model after each of its writes, and readers who follow."""

    def __init__(self, app: Flask, number: int) -> None:
        super().__init__(app, number)
        self.paths = {name: name for name in PATHS}  # first names of categories → those of today
        self.models: dict[int, Model] = {self.last(): Model()}
        self.followers: dict[tuple[str, int], tuple[Follower, Eyes, Values]] = {}

    def last(self) -> int:
        reply = self.pims("listProduct", params={"as_of": "2999-01-01"}, status=200)
        number: int = reply["as_of"]["transaction"]
        return number

    def _write(self, eyes: Eyes, action: str, sku: str, sent: Values, more: Values) -> None:
        if sent.get("categories"):
            sent = sent | {"categories": [self.paths[name] for name in sent["categories"]]}
        super()._write(eyes, action, sku, sent, more)
        self.models[self.last()] = self.model.copy()

    def then(self, data: st.DataObject) -> tuple[int, PastModel]:
        """Choose a write, and return the model after it."""
        number = data.draw(st.sampled_from(sorted(self.models)), label="as of")
        return number, PastModel(self.models[number], self.model)

    @rule(eyes=EYES, data=st.data())
    def write_a_batch(self, eyes: Eyes, data: st.DataObject) -> None:
        rows, model = [], self.model.copy()
        for sku in data.draw(st.lists(SKUS, min_size=1, max_size=3, unique=True)):
            sent = data.draw(wishes(eyes))
            if sent.get("categories"):
                sent["categories"] = [self.paths[name] for name in sent["categories"]]
            rows.append({"action": "saveProduct", "sku": sku, "data": {"attributes": sent}})
        for row in rows:
            attempt = model.copy()
            found = attempt.sees(eyes, row["sku"]) or row["sku"] not in attempt.products
            if not found or attempt.write(eyes, row["sku"], row["data"]["attributes"]) != {200}:
                return
            model = attempt
        self.ask(eyes, "batch", actions=rows, mode="atomic", status=200)
        self.written |= {row["sku"] for row in rows}
        for row in rows:  # one entry of a product for the whole transaction
            entries = model.entries.get(row["sku"], [])
            assert len(entries) <= len(self.model.entries.get(row["sku"], [])) + 1
        self.model = model
        self.models[self.last()] = model.copy()

    @rule(name=st.sampled_from(sorted(PATHS)), below=st.sampled_from([0, *PATHS.values()]))
    def rename_or_move_a_category(self, name: str, below: int) -> None:
        number, old = PATHS[name], self.paths[name]
        fresh = f"{name} {self.last()}"
        if below == number or any(path.startswith(old + " >") for path in self.paths.values()):
            below = 0
        self.pims("editCategory", path=CATEGORIES, id=number, name=fresh, cat_parent_id=below,
                  status=200)  # fmt: skip
        tree = self.pims("listCategories", path=CATEGORIES, status=200)["categories"]
        now = {int(one["id"]): one["cat_path"] for one in tree}
        renamed = {self.paths[one]: now[at] for one, at in PATHS.items()}
        self.paths = {one: now[at] for one, at in PATHS.items()}
        for model in (self.model, *self.models.values()):
            _rename(model, renamed)
        self.models[self.last()] = self.model.copy()

    @rule()
    def define_something(self) -> None:
        """An attribute comes and goes, which nobody had heard of."""
        definition = {"label": {"en-us": "note"}, "type": "string", "isFilterable": "y"}
        self.pims("addAttribute", path=ATTRIBUTES, name="note", definition=definition, status=200)
        self.pims("deleteAttribute", path=ATTRIBUTES, name="note", status=200)
        self.models[self.last()] = self.model.copy()

    @rule(eyes=EYES, data=st.data())
    def list_as_of(self, eyes: Eyes, data: st.DataObject) -> None:
        number, model = self.then(data)
        params = data.draw(list_params(eyes)) | {"as_of": number}
        reply = self.ask(eyes, "getList", params=params, status=200)
        expected = model.listed(eyes, params)
        page = params.get("pagination", {"pageSize": 24, "pageNum": 1})
        start = page["pageSize"] * (page["pageNum"] - 1)
        shown = expected[start : start + page["pageSize"]]
        assert reply["sku_count"] == len(expected)
        assert _products(reply) == [(model.version(s), model.shown(eyes, s)) for s in shown]
        assert reply["as_of"]["transaction"] == number

    @rule(eyes=EYES, size=st.integers(1, 3), data=st.data())
    def walk_as_of(self, eyes: Eyes, size: int, data: st.DataObject) -> None:
        number, model = self.then(data)
        params = data.draw(list_params(eyes)) | {"as_of": number}
        params |= {"pagination": {"pageSize": size}, "includeVariants": True}
        found, after = [], ""
        while after is not None:
            reply = self.ask(eyes, "getList", params=params | {"after": after}, status=200)
            found += [one["sku"] for one in reply["products"]]
            after = reply.get("next")
        assert found == model.listed(eyes, params)

    @rule(eyes=EYES, data=st.data())
    def look_as_of(self, eyes: Eyes, data: st.DataObject) -> None:
        number, model = self.then(data)
        skus = ["A", "B", "C", "D", "a 1"]
        there = [sku for sku in skus if model.sees(eyes, sku)]
        for sku in skus:
            status = 200 if sku in there else 404
            reply = self.ask(eyes, "listProduct", sku=sku, params={"as_of": number}, status=status)
            if sku in there:
                assert reply["data"]["attributes"] == model.shown(eyes, sku)
                assert reply["version"] == model.version(sku)
        found = self.ask(
            eyes, "listProductsBySku", skus=skus, includeDeleted=True, params={"as_of": number}
        )
        assert _products(found) == [(model.version(s), model.shown(eyes, s)) for s in there]

    @rule(eyes=EYES, selection=st.integers(0, len(SELECTIONS) - 1), limit=st.integers(1, 3),
          pages=st.integers(1, 4))  # fmt: skip
    def follow(self, eyes: Eyes, selection: int, limit: int, pages: int) -> None:
        """Read some pages; at the end the copy of the reader is what the model says."""
        if None in map(eyes.outward, SELECTIONS[selection].get("filter_values", {})):
            return  # the View does not show it now
        key = (eyes.label, selection)
        if key not in self.followers:
            self.followers[key] = (self._follower(eyes, SELECTIONS[selection]), eyes,
                                   SELECTIONS[selection])  # fmt: skip
        follower, _, chosen = self.followers[key]
        for _ in range(pages):
            if not follower.page(limit=limit):
                self._compare_copy(follower, eyes, chosen)
                return

    def _follower(self, eyes: Eyes, selection: Values) -> Follower:
        own = {str(eyes.outward(name)) for name in OWN} - {"None"}
        named = {
            str(eyes.outward(name)): wanted
            for name, wanted in selection.get("filter_values", {}).items()
        }
        chosen = selection | ({"filter_values": named} if named else {})
        return Follower(self.pims, attributes=sorted(own), old=True, **chosen, **self.asker(eyes))

    def _compare_copy(self, follower: Follower, eyes: Eyes, selection: Values) -> None:
        own = {eyes.outward(name) for name in OWN} | {"sku"}
        named = {
            str(eyes.outward(name)): wanted
            for name, wanted in selection.get("filter_values", {}).items()
        }
        params = selection | {"includeVariants": True, "filter_values": named}
        expected = {
            sku: {n: v for n, v in self.model.shown(eyes, sku).items() if n in own}
            for sku in self.model.listed(eyes, params)
        }
        assert follower.knows == expected
        assert follower.wrong_olds == []

    @rule(price=st.sampled_from(["Net Price", "Cost"]),
          hidden=st.sampled_from(["", "tags", "label"]),
          readonly=st.sampled_from([set(), {"tags"}, {"label", "title"}]))  # fmt: skip
    def edit_the_view(self, price: str, hidden: str, readonly: set[str]) -> None:
        """What it shows, and under which names, holds for the past too; readers begin anew."""
        seen = {name: own for name, own in SHOP_NAMES.items() if own not in ("price", hidden)}
        SHOP.names.clear()
        SHOP.names.update(seen | {price: "price"})
        SHOP.readonly.clear()
        SHOP.readonly.update(readonly)
        self.pims("editPimView", path=VIEWS, name="shop", comment=f"Of {self.last()}",
                  attributes=shop_fields(), status=200)  # fmt: skip
        self.models[self.last()] = self.model.copy()
        self._have_readers_begin_anew()

    @rule(hidden=st.booleans())
    def show_more_or_less(self, hidden: bool) -> None:
        """The same by the actions that name one attribute."""
        if hidden == ("label" not in SHOP.names.values()):
            return
        if hidden:
            SHOP.names.pop("Name")
            self.pims("removeViewAttributes", path=VIEWS, name="shop", attributes=["label"],
                      status=200)  # fmt: skip
        else:
            SHOP.names["Name"] = "label"
            self.pims("addViewAttributes", path=VIEWS, name="shop", status=200,
                      attributes={"label": shop_fields()["label"]})  # fmt: skip
        self._have_readers_begin_anew()

    def _have_readers_begin_anew(self) -> None:
        for key in [key for key, (_, eyes, _) in self.followers.items() if eyes.hides]:
            follower, _, _ = self.followers.pop(key)
            named = follower.params.get("filter_values", {})
            if follower.cursor:  # a selection may name what has another name now
                follower.page(status=410 if named.keys() <= SHOP.names.keys() else 400)

    @precondition(lambda self: not self.has_locale)
    @rule()
    def add_a_locale(self) -> None:
        """Nobody has to begin anew because of it."""
        self.asker(GERMAN)
        self.models[self.last()] = self.model.copy()

    def teardown(self) -> None:
        for follower, eyes, selection in self.followers.values():
            follower.follow()
            self._compare_copy(follower, eyes, selection)
        super().teardown()


def _rename(model: Model, renamed: dict[str, str]) -> None:
    for product in model.products.values():
        if "categories" in product:
            product["categories"] = [renamed.get(one, one) for one in product["categories"]]
    for entries in model.entries.values():
        for sides in entries:
            for side in sides:
                if side.get("categories"):
                    side["categories"] = [renamed.get(one, one) for one in side["categories"]]


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, fresh_keyed_database: Any) -> Iterator[Flask]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as made:
        yield made


def test_the_past_is_what_the_model_of_each_write_says(app: Flask) -> None:
    numbers = itertools.count()

    run_state_machine_as_test(lambda: Past(app, next(numbers)), settings=LESS)  # type: ignore[no-untyped-call]
