"""A shop in which something is taken back."""

import pytest


@pytest.fixture
def shop(pims, given_attribute, german, filled):
    """Attributes of every kind, and three products."""
    filled(lambda: fill_shop(pims, given_attribute))


def fill_shop(pims, given_attribute):
    given_attribute("price", "number")
    given_attribute("ean", "string", isUnique="y")
    given_attribute("name", "string", isLocalizable="y", isFilterable="y")
    given_attribute("tags", "string", collection="y")
    given_attribute("size", "dropdown", dictionary={"columns": ["value"], "data": [["S"], ["M"]]})
    for sku in ("A", "B", "C"):
        values = {"title": sku, "price": "1", "ean": f"ean-{sku}", "size": "S"}
        pims("createProduct", sku=sku, data={"attributes": values}, status=200)


@pytest.fixture
def wrote(pims):
    """`wrote("A", price="2")`: the number of the transaction that edited the product so."""

    def write(sku, locale=None, **values):
        reply = pims("editProduct", sku=sku, data={"attributes": values}, locale=locale, status=200)
        return reply["transaction"]

    return write


@pytest.fixture
def batch(pims):
    """`batch({"A": {"price": "2"}})`: the number of the transaction that saved these products."""

    def write(products, **more):
        rows = [
            {"action": "saveProduct", "sku": sku, "data": {"attributes": values}}
            for sku, values in products.items()
        ]
        reply = pims("batch", actions=rows, mode="atomic", status=200, **more)
        return reply["transaction"]

    return write


@pytest.fixture
def revert(pims):
    """`revert(transaction=7)`: the reply."""
    return lambda status=200, **body: pims("revert", status=status, **body)


@pytest.fixture
def counts(revert):
    """`counts(transaction=7)`: reverted, unchanged, skipped and conflict_count of the reply."""

    def ask(**body):
        reply = revert(**body)
        names = ("reverted", "unchanged", "skipped", "conflict_count")
        return tuple(reply[name] for name in names)

    return ask


@pytest.fixture
def now(pims):
    """`now("A", "price")`: the values of a product."""

    def values(sku, *names, locale=None):
        shown = pims("listProduct", sku=sku, locale=locale, status=200)["data"]["attributes"]
        found = [shown[name] for name in names]
        return found[0] if len(found) == 1 else found

    return values
