"""Variants that both sides make of the same record, and sizes that clash: nothing is ever lost.

What clashes may fail, as often as a run meets it; what is written on neither side then is there
still. Once somebody gives the sizes of one side other names, both sides come to hold the same.
PIMS_TEST_THOROUGH=1 takes some minutes, on both databases, and finds more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pims_api.jobs.channels.channel_run import FAILED
from tests.connectors.shopify.things import Product
from tests.sigma.channels.models.both_sides import BothSides, Sides, modelled, set_up

SIZES = ["S", "M", "L"]
_SIZE, _PLACE = st.sampled_from(SIZES), st.integers(0, 2)
_DEEDS = st.one_of(
    st.tuples(st.just("add here"), _SIZE),
    st.tuples(st.just("add there"), _SIZE),
    st.tuples(st.just("size here"), _PLACE, _SIZE),
    st.tuples(st.just("size there"), _PLACE, _SIZE),
    st.tuples(st.just("run"), st.sampled_from(["push", "pull", "sync", "sync"])),
)


@dataclass
class Coat:
    """One record with its product. Each variant has a code that tells it from all others."""

    sides: BothSides
    record: str = ""
    codes: Iterator[str] = field(default_factory=lambda: (f"c{n}" for n in count()))
    fresh: Iterator[str] = field(default_factory=lambda: (f"size {n}" for n in count()))

    def start(self) -> None:
        names = {"product-name": "Name", "size": "Size", "code": "Code"}
        set_up(self.sides, names, {"product-name": "title", "code": "variants[].barcode"})
        values = {"product-name": [{"scope": {}, "value": "coat"}]}
        made = self.sides.ask("POST", "/records", {"schemaId": "schema-apparel", "values": values})
        self.record = made["id"]
        assert self.sides.run("push")["status"] == "success"

    @property
    def product(self) -> Product:
        (found,) = self.sides.server.shop.products.values()
        return found

    def here(self) -> dict[str, tuple[str, str | None]]:
        """Return the size and the code of each variant here, by its id."""
        found = self.sides.ask("GET", f"/records/{self.record}/variants")
        plain = {one["id"]: {a: v[0]["value"] for a, v in one["values"].items()} for one in found}
        return {number: (values["size"], values.get("code")) for number, values in plain.items()}

    def there(self) -> dict[str, tuple[str, str | None]]:
        """Return the same of the variants there; none where there is nothing to choose."""
        found = self.product.all_variants
        if found[0].chosen[0][0] == "Title":
            return {}
        return {one.id: (one.chosen[0][1], one.barcode) for one in found}

    def do(self, deed: tuple[Any, ...]) -> None:
        name, *more = deed
        getattr(self, name.replace(" ", "_"))(*more)

    def add_here(self, size: str) -> None:
        if size in [one for one, _ in self.here().values()]:
            return
        given = {"size": size, "code": next(self.codes)}
        values = {alias: [{"scope": {}, "value": value}] for alias, value in given.items()}
        self.sides.ask("POST", f"/records/{self.record}/variants", {"values": values})

    def size_here(self, place: int, size: str) -> None:
        held = self.here()
        for number in list(held)[place : place + 1]:
            if size not in [one for one, _ in held.values()]:
                self.rename_here(number, size)

    def rename_here(self, number: str, size: str) -> None:
        sent = {"scopedValues": [{"scope": {}, "value": size}]}
        self.sides.ask("PATCH", f"/records/{self.record}/variants/{number}/values/size", sent)

    def add_there(self, size: str) -> None:
        held = self.there()
        if size in [one for one, _ in held.values()]:
            return
        code = next(self.codes)
        (first, *_) = self.product.all_variants
        self.change_there(held | {(first.id if not held else ""): (size, code)})

    def size_there(self, place: int, size: str) -> None:
        held = self.there()
        for number in list(held)[place : place + 1]:
            if size not in [one for one, _ in held.values()]:
                self.change_there(held | {number: (size, held[number][1])})

    def change_there(self, wanted: dict[str, tuple[str, str | None]]) -> None:
        sent: list[dict[str, Any]] = [
            {"optionValues": [{"optionName": "Size", "name": size}], "barcode": code}
            | ({"id": number} if number else {})
            for number, (size, code) in wanted.items()
        ]
        options = [{"name": "Size", "values": [{"name": size} for size, _ in wanted.values()]}]
        self.sides.server.shop.change(self.product, productOptions=options, variants=sent)

    def run(self, direction: str) -> dict[str, Any]:
        """Run, and hold that no variant of either side is lost."""
        here, there = self.here(), self.there()
        log = self.sides.run(direction)
        assert FAILED not in [one["message"] for one in log["errors"]], log
        assert set(self.here()) >= set(here), log
        assert set(self.there()) >= set(there), log
        if direction == "push":
            assert self.here() == here
        if direction == "pull":
            assert self.there() == there
        return log

    def mend(self) -> None:
        """Give the variants here sizes that nobody has, until nothing fails any more."""
        for _ in range(3):
            if self.run("sync")["status"] == "success":
                break
            for number in self.here():
                self.rename_here(number, next(self.fresh))
        log = self.run("sync")
        told = (log["status"], log["pushed"], log["pulled"], log["skipped"])
        assert told == ("success", 0, 0, 1), log

    def compare(self) -> None:
        """Hold both sides to each other, and to what was made."""
        here, there = sorted(self.here().values()), sorted(self.there().values())
        assert here == there
        assert len({size for size, _ in here}) == len(here)


@modelled(examples=3)
@given(deeds=st.lists(_DEEDS, min_size=3, max_size=8))
def test_nothing_is_lost_whatever_clashes(sides: Sides, deeds: list[tuple[Any, ...]]) -> None:
    with sides() as opened:
        coat = Coat(opened)
        coat.start()
        for deed in deeds:
            coat.do(deed)
        coat.mend()
        coat.compare()
