"""What the tenant API is asked, to be put beside what the PIMS API is asked for the same."""

from collections.abc import Iterator

import orjson

from benchmarks.measure.requests import TENANT_PATH, Ask, Call, RequestSource
from pims_api.domain.tenant_ids import Numbered, TenantIds

LISTED = 100


def learn_ids(ask: Ask, source: RequestSource) -> None:
    """Have the source know the UUIDs of the catalogue."""
    told = ask(Call("GET", "/pim/keyinfo"))
    source.tenant = TenantIds(told["tenant_id"], told["org_id"])


def read_products(source: RequestSource) -> Iterator[Call]:
    """Yield reads of single products."""
    while True:
        number = source.rng.randint(1, len(source.skus))
        uuid = _ids(source).of_number(Numbered.PRODUCT, number)
        yield Call("GET", f"{TENANT_PATH}/products/{uuid}", tenant=source.tenant)


def list_products(source: RequestSource) -> Iterator[Call]:
    """Yield reads of the list of products, which has 100 of them."""
    while True:
        yield Call("GET", f"{TENANT_PATH}/products", tenant=source.tenant)


def create_products(source: RequestSource) -> Iterator[Call]:
    """Yield creations of products with the title of one of the catalogue."""
    while True:
        title = source.new().values["title"]
        body = {"title": title, "description": f"{title}, made to be measured"}
        yield Call("POST", f"{TENANT_PATH}/products", orjson.dumps(body), source.tenant)


def _ids(source: RequestSource) -> TenantIds:
    if source.tenant is None:
        raise ValueError("nobody has asked for the UUIDs of the catalogue")
    return source.tenant
