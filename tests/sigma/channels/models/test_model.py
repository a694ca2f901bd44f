"""Edits here, edits there, deletions, both at once: syncs against a model of the rules.

PIMS_TEST_THOROUGH=1 takes some minutes, on both databases, and finds more.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.shopify.things import Product
from tests.sigma.channels.models.both_sides import BothSides, Sides, modelled, set_up

FIELDS = {"product-name": "title", "description": "descriptionHtml", "maker": "vendor"}
_WORDS = st.sampled_from(["a", "b", "c", "d"])
_PLACE, _FIELD = st.integers(0, 3), st.sampled_from(sorted(FIELDS))
_DEEDS = st.one_of(
    st.tuples(st.just("new here"), _WORDS),
    st.tuples(st.just("new there"), _WORDS),
    st.tuples(st.just("edit here"), _PLACE, _FIELD, _WORDS),
    st.tuples(st.just("edit there"), _PLACE, _FIELD, _WORDS),
    st.tuples(st.just("delete here"), _PLACE),
    st.tuples(st.just("delete there"), _PLACE),
    st.tuples(st.just("sync")),
)


@dataclass
class Pair:
    """What the model knows of a record and its product. base: both after the last sync."""

    here: dict[str, str] | None
    there: dict[str, str] | None
    base: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    record: str = ""
    product: Product | None = None


@dataclass
class World:
    """Both sides, and the model of them."""

    sides: BothSides
    pairs: list[Pair] = field(default_factory=list)

    def do(self, deed: tuple[Any, ...]) -> None:
        name, *more = deed
        getattr(self, name.replace(" ", "_"))(*more)

    def new_here(self, word: str) -> None:
        values = {"product-name": [{"scope": {}, "value": word}]}
        made = self.sides.ask("POST", "/records", {"schemaId": "schema-apparel", "values": values})
        self.pairs.append(Pair({"product-name": word}, None, record=made["id"]))

    def new_there(self, word: str) -> None:
        chosen = [{"optionName": "Title", "name": "Default Title"}]
        options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
        variants = [{"optionValues": chosen}]
        made = self.sides.server.shop.add(title=word, productOptions=options, variants=variants)
        self.pairs.append(Pair(None, {"product-name": word}, product=made))

    def edit_here(self, place: int, name: str, word: str) -> None:
        for one in self.pairs[place : place + 1]:
            if one.here is not None and one.record:
                sent = {"scopedValues": [{"scope": {}, "value": word}]}
                self.sides.ask("PATCH", f"/records/{one.record}/values/{name}", sent)
                one.here[name] = word

    def edit_there(self, place: int, name: str, word: str) -> None:
        for one in self.pairs[place : place + 1]:
            if one.there is not None and one.product is not None:
                self.sides.server.shop.edit(one.product, **{FIELDS[name]: word})
                one.there[name] = word

    def delete_here(self, place: int) -> None:
        for one in self.pairs[place : place + 1]:
            if one.here is not None and one.record:
                self.sides.ask("DELETE", f"/records/{one.record}")
                one.here = None

    def delete_there(self, place: int) -> None:
        for one in self.pairs[place : place + 1]:
            if one.there is not None and one.product is not None:
                self.sides.server.shop.remove(one.product)
                one.there = None

    def sync(self) -> None:
        """Sync, and have the model do what the rules say."""
        before = {one["id"] for one in self.sides.ask("GET", "/records?limit=500")["items"]}
        log = self.sides.run("sync")
        assert (log["status"], log["failed"]) == ("success", 0) or log["failed"], log
        conflicts = sum(self.agree(one) for one in self.pairs)
        told = [one for one in log["errors"] if one["message"].startswith("conflict")]
        assert len(told) == conflicts
        self.find_new(before)
        self.compare()

    def agree(self, one: Pair) -> bool:
        """Bring a pair to agreement; return whether there is a conflict."""
        if one.here is None and one.record:
            one.archived = one.archived or one.there is not None
            return False
        if one.here is None and one.there is None:
            return False
        if one.here is None or one.there is None:
            left = one.here or one.there or {}
            one.here, one.there, one.base = dict(left), dict(left), dict(left)
            return False
        here, there, conflict = one.here, one.there, False
        for name in FIELDS:
            was, ours, theirs = one.base.get(name), here.get(name), there.get(name)
            conflict |= was not in (ours, theirs) and ours != theirs
            if ours == was and theirs is not None:
                here[name] = theirs
        one.there, one.base = dict(here), dict(here)
        return conflict

    def find_new(self, before: set[str]) -> None:
        """Find what the sync made on each side."""
        mappings = self.sides.ask("GET", "/channels/ch-1/sync-mappings")
        products = {one["entityId"]: one["externalId"] for one in mappings}
        records = {product: record for record, product in products.items()}
        for one in self.pairs:
            if one.here is not None and one.record:
                one.product = self.sides.server.shop.products[products[one.record]]
            elif one.here is not None and one.product is not None:
                one.record = records[one.product.id]
                assert one.record not in before

    def compare(self) -> None:
        """Hold both sides to the model."""
        live = {one["id"]: one for one in self.sides.ask("GET", "/records?limit=500")["items"]}
        assert set(live) == {one.record for one in self.pairs if one.here is not None}
        there = [one for one in self.pairs if one.there is not None]
        products = set(self.sides.server.shop.products)
        assert {one.product.id for one in there if one.product} == products
        for one in self.pairs:
            if one.here is not None and one.product is not None:
                values = live[one.record]["values"]
                held = {alias: values[alias][0]["value"] for alias in values if alias in FIELDS}
                assert held == one.here
                told = {a: getattr(one.product, t) for a, t in FIELDS.items()}
                assert {a: word for a, word in told.items() if word} == one.here
            if one.archived and one.there is not None and one.product is not None:
                assert one.product.status == "ARCHIVED"


@modelled(examples=6)
@given(deeds=st.lists(_DEEDS, min_size=4, max_size=14))
def test_syncs_follow_the_rules(sides: Sides, deeds: list[tuple[Any, ...]]) -> None:
    with sides() as opened:
        set_up(opened, dict(zip(FIELDS, FIELDS, strict=True)), FIELDS)
        world = World(opened)
        for deed in [*deeds, ("sync",), ("sync",)]:
            world.do(deed)
