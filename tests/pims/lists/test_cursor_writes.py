"""Pages by cursor while others write: what nobody touches comes exactly once."""

from random import Random

import pytest

VIEW = "shop"
PRODUCTS = 24  # at first
ORDERS = [
    [],
    [{"attribute": "sku", "direction": "DESC"}],
    [{"attribute": "price"}],
    [{"attribute": "price", "direction": "DESC"}, {"attribute": "title"}],
    [{"attribute": "title"}],
    [{"attribute": "goes_with", "direction": "DESC"}, {"attribute": "price"}],
]


class Shop:
    """Products that change at random, and what is known of them."""

    def __init__(self, pims, seed) -> None:
        self.pims, self.random = pims, Random(seed)
        self.known = {}
        self.touched = set()

    def values(self):
        pick = self.random.choice
        return {
            "region": pick(["north", "north", "south"]),
            "price": pick([None, "1", "2", "2.0", "10", "-1"]),
            "title": pick(["Rod", "Rod, long", "Bar", "", "Rod " * 40]),
            "goes_with": pick([None, *sorted(self.known)]),
            "variation_of": pick([None, *sorted(self.known)]),
            "status": pick(["active", "active", "inactive", "deleted"]),
        }

    def add(self) -> None:
        sku = f"P{self.random.randrange(1_000):03}"
        action = "editProduct" if sku in self.known else "createProduct"
        self.save(action, sku, self.values())

    def edit(self) -> None:
        values = self.values()
        some = self.random.sample(sorted(values), 2)
        self.save(
            "editProduct", self.random.choice(sorted(self.known)), {n: values[n] for n in some}
        )

    def save(self, action, sku, values) -> None:
        reply = self.pims(
            action, sku=sku, data={"attributes": values}, params={"definition": False}
        )
        if reply["status"] == "OK":  # a product below itself is refused
            self.known.setdefault(sku, {}).update(values)
            self.touched.add(sku)

    def depends(self, sku) -> bool:
        """Whether something changed that says where the product stands."""
        if sku in self.touched:
            return True
        values = self.known[sku]
        above = values["variation_of"]
        return values["goes_with"] in self.touched or (above is not None and self.depends(above))


@pytest.fixture
def shop(pims, given_attribute):
    def made(seed):
        given_attribute("region", isFilterable="y")
        given_attribute("price", "number", isFilterable="y")
        given_attribute("goes_with", "relation", isFilterable="y")
        shown = {one: {} for one in ("title", "price", "goes_with")}
        pims("addPimView", path="/pim/manage/views", name=VIEW, attributes=shown,
             condition_query="[[region]] = 'north'", status=200)  # fmt: skip
        shop = Shop(pims, seed)
        while len(shop.known) < PRODUCTS:
            shop.add()
        return shop

    return made


def walked(shop, params, size):
    """Return what a walk shows, while others write between its pages."""
    found, after = [], ""
    while after is not None:
        asked = params | {"after": after, "pagination": {"pageSize": size}, "definition": False}
        reply = shop.pims("getList", params=asked, view=VIEW, status=200)
        found += [one["sku"] for one in reply["products"]]
        after = reply.get("next")
        for _ in range(shop.random.randrange(3)):
            shop.random.choice([shop.edit, shop.edit, shop.add])()
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_nobody_touches_comes_exactly_once_and_in_order(shop, seed) -> None:
    shop = shop(seed)
    for number, order in enumerate(ORDERS * 2):
        params = {"order": order, "includeVariants": True, "attributes": []}
        if number >= len(ORDERS):
            params["search"] = "rod"
        everything = params | {"pagination": {"pageSize": 500}, "definition": False}
        before = shop.pims("getList", params=everything, view=VIEW, status=200)
        listed = [one["sku"] for one in before["products"]]
        shop.touched.clear()

        found = walked(shop, params, shop.random.randint(1, 5))

        untouched = [sku for sku in listed if not shop.depends(sku)]
        assert [sku for sku in found if not shop.depends(sku)] == untouched
