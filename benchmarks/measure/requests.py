"""What requests are made from, and what is sent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, NamedTuple

from benchmarks.catalogues.catalogue import Catalogue, NewProduct
from pims_api.domain.tenant_ids import TenantIds

OUR_PATH = "/pim/manage/products"
REST_PATH = "/api/v1"
TENANT_PATH = f"{REST_PATH}/pim"

Body = dict[str, Any]


class Call(NamedTuple):
    """A request, without what all requests have. tenant: its ids, where headers name them."""

    method: str
    path: str
    body: bytes = b""
    tenant: TenantIds | None = None


Ask = Callable[[Call], Any]
"""Sends a request and returns the object that is answered."""


@dataclass(slots=True)
class RequestSource:
    """What requests are made from. skus: of products that exist. numbers: for what must be new.

    What preparations note: chain, the address of a variant several levels below its record; tenant,
    the UUIDs of the catalogue; moment, a transaction; touched, products that changed since;
    cursors, of the pages of a feed.
    """

    catalogue: Catalogue
    skus: Sequence[str]
    numbers: Iterator[int] = field(default_factory=count)
    rng: Random = field(default_factory=lambda: Random(4))  # noqa: S311
    chain: str = ""
    tenant: TenantIds | None = None
    moment: int = 0
    touched: Sequence[str] = ()
    cursors: Sequence[str | int] = ()

    def sku(self) -> str:
        return self.rng.choice(self.skus)

    def new(self) -> NewProduct:
        return self.catalogue.more(next(self.numbers))

    def amount(self) -> str:
        """Return an amount that no product is likely to have yet."""
        cents = 100 + next(self.numbers) * 7919 % 99_900
        return f"{cents // 100}.{cents % 100:02d}"

    def edit(self, sku: str) -> Body:
        """Return an edit of one value."""
        values = {self.catalogue.questions.edited: self.amount()}
        return {"action": "editProduct", "sku": sku, "data": {"attributes": values}}

    def record(self) -> str:
        """Return the address of a record: products have their ids in the order of the catalogue."""
        return f"{REST_PATH}/records/ent-{self.rng.randint(1, len(self.skus))}"


Prepare = Callable[[Ask, RequestSource], None]
"""Makes what a workload asks for, and notes it in the source."""
