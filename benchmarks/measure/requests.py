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

    chain: the address of a variant several levels below its record, once there is one. tenant: the
    UUIDs of the catalogue, once they are known.
    """

    catalogue: Catalogue
    skus: Sequence[str]
    numbers: Iterator[int] = field(default_factory=count)
    rng: Random = field(default_factory=lambda: Random(4))  # noqa: S311
    chain: str = ""
    tenant: TenantIds | None = None

    def sku(self) -> str:
        return self.rng.choice(self.skus)

    def new(self) -> NewProduct:
        return self.catalogue.more(next(self.numbers))

    def record(self) -> str:
        """Return the address of a record: products have their ids in the order of the catalogue."""
        return f"{REST_PATH}/records/ent-{self.rng.randint(1, len(self.skus))}"
