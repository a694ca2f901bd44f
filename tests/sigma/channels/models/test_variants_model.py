"""Variants and options of one record and its product: runs against a model of the rules.

Merchants and editors add, change, and remove variants, and rename options and their values.
PIMS_TEST_THOROUGH=1 takes some minutes, on both databases, and finds more.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.shopify.things import Product
from tests.connectors.shopify.things import Variant as VariantThere
from tests.sigma.channels.models.both_sides import BothSides, Sides, attribute, modelled, set_up
from tests.sigma.channels.models.modelled_thing import Thing

NAMES = ["Size", "Width", "Length"]
SIZES = ["S", "M", "L", "XL", "XS", "XXL"]
_NAME, _SIZE, _CODE = map(st.sampled_from, (NAMES, SIZES, ["1", "2", "3"]))
_PLACE = st.integers(0, 3)
_DEEDS = st.one_of(
    st.tuples(st.just("add here"), _SIZE, st.one_of(st.none(), _CODE)),
    st.tuples(st.just("add there"), _SIZE, _CODE),
    st.tuples(st.just("add on both"), _SIZE, st.one_of(st.none(), _CODE), _CODE),
    st.tuples(st.just("drop here"), _PLACE),
    st.tuples(st.just("drop there"), _PLACE),
    st.tuples(st.just("resize here"), _PLACE, _SIZE),
    st.tuples(st.just("resize there"), _PLACE, _SIZE),
    st.tuples(st.just("code here"), _PLACE, _CODE),
    st.tuples(st.just("code there"), _PLACE, _CODE),
    st.tuples(st.just("title here"), _CODE),
    st.tuples(st.just("title there"), _CODE),
    st.tuples(st.just("name here"), _NAME),
    st.tuples(st.just("name there"), _NAME),
    st.tuples(st.just("run"), st.sampled_from(["push", "pull", "sync", "sync"])),
)


@dataclass
class Garment:
    """One record with its product, and the model of both."""

    sides: BothSides
    is_mapped: bool
    whole: Thing = field(default_factory=Thing)
    variants: list[Thing] = field(default_factory=list)
    name: dict[str, str] = field(default_factory=lambda: {"here": "Size", "there": "Size"})
    base: dict[str, str | None] = field(default_factory=dict)  # the same after the last sync
    level: Any = None

    @property
    def product(self) -> Product:
        (found,) = self.sides.server.shop.products.values()
        return found

    def start(self) -> None:
        names = {"product-name": "Name", "size": "Size", "code": "Code"}
        mapped = {"product-name": "title", "code": "variants[].barcode"}
        set_up(self.sides, names, mapped | ({"size": "options[0]"} if self.is_mapped else {}))
        values = {"product-name": [{"scope": {}, "value": "coat"}]}
        made = self.sides.ask("POST", "/records", {"schemaId": "schema-apparel", "values": values})
        self.whole = Thing({"title": "coat"}, number=made["id"])
        self.run("push")

    def do(self, deed: tuple[Any, ...]) -> None:
        name, *more = deed
        getattr(self, name.replace(" ", "_"))(*more)

    # What editors do

    def add_here(self, size: str, code: str | None) -> None:
        if self.is_free(size) and not any(one.own for one in self.variants):
            self.variants.append(self.made_here(Thing(), size, code))

    def made_here(self, one: Thing, size: str, code: str | None) -> Thing:
        one.here = {"size": size, "code": code}
        values = {a: [{"scope": {}, "value": v}] for a, v in one.here.items() if v is not None}
        path = f"/records/{self.whole.number}/variants"
        one.number = self.sides.ask("POST", path, {"values": values})["id"]
        return one

    def drop_here(self, place: int) -> None:
        for one in self.on("here")[place : place + 1]:
            self.sides.ask("DELETE", f"/records/{self.whole.number}/variants/{one.number}")
            one.here, one.number = None, one.number if one.tied else ""

    def resize_here(self, place: int, size: str) -> None:
        for one in self.on("here")[place : place + 1]:
            is_known = one.there is None or one.tied  # or else by its size alone
            if is_known and self.is_free(size):
                self.edit(one, "size", size)

    def code_here(self, place: int, code: str) -> None:
        for one in self.on("here")[place : place + 1]:
            self.edit(one, "code", code)

    def edit(self, one: Thing, name: str, value: str) -> None:
        sent = {"scopedValues": [{"scope": {}, "value": value}]}
        path = f"/records/{self.whole.number}"
        path += "" if one is self.whole else f"/variants/{one.number}"
        alias = "product-name" if name == "title" else name
        self.sides.ask("PATCH", f"{path}/values/{alias}", sent)
        assert one.here is not None
        one.here[name] = value

    def title_here(self, title: str) -> None:
        self.edit(self.whole, "title", title)

    def name_here(self, name: str) -> None:
        if not self.is_readable(name, self.name["there"]) and self.is_resized():
            return
        self.sides.ask("PUT", "/attributes/attr-size", attribute("size", name))
        self.name["here"] = name

    # What merchants do

    def add_there(self, size: str, code: str) -> None:
        there = self.on("there")
        if not self.is_free(size) or (not there and self.on("here")):
            return
        if not there:  # the one variant that there is gets another size
            other = next(one for one in SIZES if self.is_free(one) and one != size)
            only = self.product.all_variants[0]
            first = Thing(there={"size": other, "code": None}, own=True, gid=only.id)
            self.variants.append(first)
        self.variants.append(Thing(there={"size": size, "code": code}))
        self.change_there()

    def add_on_both(self, size: str, ours: str | None, theirs: str) -> None:
        if self.is_free(size) and self.on("there") and not any(one.own for one in self.variants):
            one = Thing(there={"size": size, "code": theirs})
            self.variants.append(self.made_here(one, size, ours))
            self.change_there()

    def drop_there(self, place: int) -> None:
        there = self.on("there")
        for one in there[place : place + 1]:
            left = [each for each in there if each is not one]
            # What the shop's options are is known by a variant that is ours.
            if not any(each.own for each in there) and any(each.tied for each in left):
                one.there = None
                self.change_there()

    def resize_there(self, place: int, size: str) -> None:
        if self.is_readable(self.name["here"], self.name["there"]):
            self.change_one(place, "size", size)

    def code_there(self, place: int, code: str) -> None:
        self.change_one(place, "code", code)

    def change_one(self, place: int, name: str, value: str) -> None:
        for one in self.on("there")[place : place + 1]:
            is_known = one.here is None or one.tied  # or else by its size alone
            if not one.own and is_known and (name != "size" or self.is_free(value)):
                assert one.there is not None
                one.there[name] = value
                self.change_there()

    def title_there(self, title: str) -> None:
        self.sides.server.shop.edit(self.product, title=title)
        assert self.whole.there is not None
        self.whole.there["title"] = title

    def name_there(self, name: str) -> None:
        is_readable = self.is_readable(self.name["here"], name) or not self.is_resized()
        if self.on("there") and is_readable:
            self.name["there"] = name
            self.change_there()

    def change_there(self) -> None:
        """Have the shop hold the variants of the model."""
        (option,), there = self.product.all_options, self.on("there")
        name = self.name["there"]
        sizes = [{"name": str(one.there["size"])} for one in there if one.there]
        sent: list[dict[str, Any]] = [
            {"optionValues": [{"optionName": name} | size], "barcode": (one.there or {})["code"]}
            | ({"id": one.gid} if one.gid else {})
            for one, size in zip(there, sizes, strict=True)
        ]
        options = [{"id": option.id, "name": name, "values": sizes}]
        self.sides.server.shop.change(self.product, productOptions=options, variants=sent)
        for one, made in zip(there, self.product.all_variants, strict=True):
            one.gid = made.id

    # What runs do

    def on(self, side: str) -> list[Thing]:
        return [one for one in self.variants if getattr(one, side) is not None]

    def is_free(self, size: str) -> bool:
        held = [v for one in self.variants for v in (one.here, one.there)]
        bases = [v for one in self.variants for v in (one.base_here, one.base_there)]
        return all((values or {}).get("size") != size for values in [*held, *bases])

    def payload(self) -> Any:
        """Return what the record sends: the same as the last time is not sent again."""
        found = [(one.number, dict(one.here or {})) for one in self.on("here")]
        name = self.name["here"] if found else None
        return (dict(self.whole.here or {}), name, sorted(found, key=lambda one: one[0]))

    def run(self, direction: str) -> None:
        before = len(self.sides.server.shop.mutations)
        log = self.sides.run(direction)
        told = [one["message"] for one in log["errors"]]
        states = self.payload(), self.payload() != self.level
        conflicts = self.push(both=direction == "sync") if direction != "pull" else set()
        failed = direction != "push" and self.is_refused()
        if direction != "push" and not failed:
            self.pull()
        if failed:
            assert "takes the option" in told.pop()
        assert {one for text in told for one in _named(text)} == conflicts
        assert len(told) == bool(conflicts)
        pushed = direction != "pull" and states[1]
        assert (log["failed"], log["pushed"]) == (int(failed), int(pushed)), log
        assert pushed or len(self.sides.server.shop.mutations) == before
        self.compare()

    def push(self, *, both: bool) -> set[str]:
        """Send all if anything differs from what was sent; return the fields in conflict."""
        if self.payload() == self.level:
            return set()
        conflicts = self.merge() if both else set()
        self.whole.send()
        for one in self.variants:
            if one.tied or one.here is not None:
                one.send()
        if self.on("here"):
            self.name |= {"there": self.name["here"]}
        self.base = {side: self.name[side] if self.on(side) else None for side in self.name}
        self.variants = [one for one in self.variants if not one.is_gone]
        self.level = self.payload()
        return conflicts

    def merge(self) -> set[str]:
        found = set[str]().union(*(one.merge() for one in [self.whole, *self.variants]))
        was = self.base
        if self.on("here") and self.on("there") and was["there"] is not None:
            changed = all(self.name[side] != was[side] for side in self.name)
            if changed and self.name["here"] != self.name["there"]:
                found.add("options[0]")
        is_gone = was["here"] is not None and not self.on("here")
        if is_gone and self.on("there") and self.name["there"] != was["there"] is not None:
            found.add("options[0]")
        return found

    def is_refused(self) -> bool:
        """Whether a pull finds a new variant whose option no attribute takes."""
        new = any(not one.tied for one in self.on("there"))
        return new and not self.is_readable(self.name["here"], self.name["there"])

    def is_readable(self, here: str, there: str) -> bool:
        """Whether an attribute takes an option."""
        return self.is_mapped or there.lower() in (here.lower(), "size")

    def is_resized(self) -> bool:
        """Whether a merchant gave another size to a variant since the last sync."""
        return any(
            one.tied and (one.there or {})["size"] != one.base_there.get("size")
            for one in self.on("there")
        )

    def pull(self) -> None:
        came = bool(self.on("there")) and self.name["there"] != self.base["there"]
        if not came and all(not one.is_changed_there for one in [self.whole, *self.variants]):
            return
        for one in [self.whole, *self.variants]:
            one.receive()
        self.find_new()
        self.base["there"] = self.name["there"] if self.on("there") else None
        if self.on("here") and (came or self.base["here"] is None):
            self.base["here"] = self.name["here"]
        if not self.is_pending():
            self.level = self.payload()

    def is_pending(self) -> bool:
        """Whether something that changed here is still to be sent."""
        named = self.name["here"] if self.on("here") else None
        there_too = [self.whole, *(one for one in self.variants if one.here or one.tied)]
        return named != self.base["here"] or any(o.here != o.base_here for o in there_too)

    def find_new(self) -> None:
        """Find the variants that a pull made."""
        made = {size: number for size, (number, _) in self.held_here().items()}
        for one in self.on("here"):
            one.number = one.number or made[str((one.here or {})["size"])]

    def held_here(self) -> dict[str, tuple[str, str | None]]:
        found = self.sides.ask("GET", f"/records/{self.whole.number}/variants")
        plain = [(one["id"], {a: v[0]["value"] for a, v in one["values"].items()}) for one in found]
        return {values["size"]: (number, values.get("code")) for number, values in plain}

    def compare(self) -> None:
        """Hold both sides to the model."""
        record = self.sides.ask("GET", f"/records/{self.whole.number}")
        assert record["values"]["product-name"][0]["value"] == (self.whole.here or {})["title"]
        assert self.product.title == (self.whole.there or {})["title"]
        here = {(v["size"], v["code"]) for one in self.variants if (v := one.here)}
        assert {(size, code) for size, (_, code) in self.held_here().items()} == here
        there = {(v["size"], v["code"]) for one in self.variants if (v := one.there)}
        if not there:
            assert [one.chosen for one in self.product.all_variants] == [
                (("Title", "Default Title"),)
            ]
            return
        held = {one.chosen[0][1]: one for one in self.product.all_variants}
        assert {(size, one.barcode) for size, one in held.items()} == there
        assert {one.chosen[0][0] for one in held.values()} == {self.name["there"]}
        self.compare_ids(held)

    def compare_ids(self, held: dict[str, VariantThere]) -> None:
        """Hold that a variant of the shop is the same one whatever is renamed."""
        for one in self.on("there"):
            found = held[str((one.there or {})["size"])].id
            assert found == (one.gid or found)
            one.gid = found


def _named(message: str) -> list[str]:
    """Return the fields that the message of a conflict names."""
    assert message.startswith("conflict: ")
    return message.removeprefix("conflict: ").partition(" changed ")[0].split(", ")


@modelled(examples=5)
@given(is_mapped=st.booleans(), deeds=st.lists(_DEEDS, min_size=6, max_size=16))
def test_variants_and_options_follow_the_rules(
    sides: Sides, is_mapped: bool, deeds: list[tuple[Any, ...]]
) -> None:
    with sides() as opened:
        garment = Garment(opened, is_mapped)
        garment.start()
        for deed in [*deeds, ("run", "sync"), ("run", "sync")]:
            garment.do(deed)
