"""What is measured: each workload's requests, and which route of the floor does the same work."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import orjson

from benchmarks.catalogues.catalogue import Catalogue, NewProduct
from benchmarks.catalogues.load import LONG_HISTORY_SKU

BY_SKU_COUNT = 100
BATCH_ROWS = 500
PAGE_SIZE = 24
DEEP_PAGE = 400

Body = dict[str, Any]


@dataclass(slots=True)
class Asking:
    """Whom the requests are for. skus: of products that exist. numbers: for what must be new."""

    catalogue: Catalogue
    skus: Sequence[str]
    numbers: Iterator[int] = field(default_factory=count)
    rng: Random = field(default_factory=lambda: Random(4))  # noqa: S311

    def sku(self) -> str:
        return self.rng.choice(self.skus)

    def new(self) -> NewProduct:
        return self.catalogue.more(next(self.numbers))


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of request. floor: its route, if the floor can do it. units: what one stands for."""

    name: str
    about: str
    bodies: Callable[[Asking], Iterator[Body]]
    floor: str | None = None
    units: int = 1

    def requests(self, asking: Asking) -> Iterator[bytes]:
        """Yield bodies as JSON, without an end."""
        return map(orjson.dumps, self.bodies(asking))


def _reads(asking: Asking) -> Iterator[Body]:
    while True:
        yield {"action": "listProduct", "sku": asking.sku()}


def _reads_of_many(asking: Asking) -> Iterator[Body]:
    size = min(BY_SKU_COUNT, len(asking.skus))
    while True:
        yield {"action": "listProductsBySku", "skus": asking.rng.sample(asking.skus, size)}


def _lists(params: Callable[[Asking], Body]) -> Callable[[Asking], Iterator[Body]]:
    def bodies(asking: Asking) -> Iterator[Body]:
        while True:
            yield {"action": "getList", "params": params(asking)}

    return bodies


def _first_page(asking: Asking) -> Body:
    return {"order": [{"attribute": "sku"}], "pagination": {"pageNum": 1}}


def _far_page(asking: Asking) -> Body:
    last = max(1, len(asking.skus) // PAGE_SIZE)
    page = min(DEEP_PAGE, last) - asking.rng.randrange(min(10, last))
    return {"order": [{"attribute": "sku"}], "pagination": {"pageNum": page}}


def _narrow(asking: Asking) -> Body:
    return {"filter_values": asking.catalogue.questions.narrow(asking.rng)}


def _broad(asking: Asking) -> Body:
    return {"filter_values": asking.catalogue.questions.broad(asking.rng)}


def _prefix(asking: Asking) -> Body:
    prefix = asking.rng.choice(asking.catalogue.questions.prefixes)
    return {"condition_query": f"[[sku]] LIKE '{prefix}%'"}


def _unlike(asking: Asking) -> Body:
    name, patterns = asking.catalogue.questions.unlike
    return {"condition_query": f"[[{name}]] NOT LIKE '{asking.rng.choice(patterns)}'"}


def _search(asking: Asking) -> Body:
    return {"search": asking.rng.choice(asking.catalogue.questions.words)}


def _histories(asking: Asking) -> Iterator[Body]:
    while True:
        page = {"pageSize": PAGE_SIZE, "pageNum": asking.rng.randint(1, 5)}
        yield {
            "action": "historyProduct",
            "sku": LONG_HISTORY_SKU,
            "params": {"pagination": page},
        }


def _creates(asking: Asking) -> Iterator[Body]:
    while True:
        yield _create(asking.new())


def _edits(asking: Asking) -> Iterator[Body]:
    name = asking.catalogue.questions.edited
    while True:
        yield _edit(asking.sku(), {name: _amount(asking)})


def _edits_of_ten(asking: Asking) -> Iterator[Body]:
    names = asking.catalogue.questions.edited_ten
    while True:
        values = asking.new().values
        yield _edit(asking.sku(), {name: values[name] for name in names})


def _batch_creates(asking: Asking) -> Iterator[Body]:
    while True:
        yield _batch([_create(asking.new()) for _ in range(BATCH_ROWS)])


def _batch_edits(asking: Asking) -> Iterator[Body]:
    name, size = asking.catalogue.questions.edited, min(BATCH_ROWS, len(asking.skus))
    while True:
        skus = asking.rng.sample(asking.skus, size)
        yield _batch([_edit(sku, {name: _amount(asking)}) for sku in skus])


def _create(product: NewProduct) -> Body:
    return {
        "action": "createProduct",
        "sku": product.sku,
        "data": {"attributes": product.values},
    }


def _edit(sku: str, values: Body) -> Body:
    return {"action": "editProduct", "sku": sku, "data": {"attributes": values}}


def _batch(actions: list[Body]) -> Body:
    return {"action": "batch", "mode": "per_row", "actions": actions}


def _amount(asking: Asking) -> str:
    """Return an amount that no product is likely to have yet."""
    cents = 100 + next(asking.numbers) * 7919 % 99_900
    return f"{cents // 100}.{cents % 100:02d}"


# Reads go first: they are to meet the catalogue as it was made, before writes let it grow.
WORKLOADS: tuple[Workload, ...] = (
    Workload("read", "listProduct", _reads, "read"),
    Workload("by-sku", "listProductsBySku, 100", _reads_of_many, "by-sku"),
    Workload("list", "getList, 24 by SKU", _lists(_first_page), "list"),
    Workload("page-400", "getList, page 400 by SKU", _lists(_far_page), "list"),
    Workload("narrow", "getList, value and range, 0.5 %", _lists(_narrow), "filter"),
    Workload("broad", "getList, value and range, 33 %", _lists(_broad), "filter"),
    Workload("prefix", "getList, sku LIKE, 5 %", _lists(_prefix), "prefix"),
    Workload("not-like", "getList, NOT LIKE, 90 %", _lists(_unlike), "not-like"),
    Workload("search", "getList, search of a word, 3 %", _lists(_search)),
    Workload("history", "historyProduct, a long one", _histories, "history"),
    Workload("edit", "editProduct, one attribute", _edits, "edit"),
    Workload("edit-ten", "editProduct, ten attributes", _edits_of_ten, "edit"),
    Workload("create", "createProduct", _creates, "create"),
    Workload("batch-edit", "batch of 500 editProduct", _batch_edits, "batch", BATCH_ROWS),
    Workload("batch-create", "batch of 500 createProduct", _batch_creates, "batch", BATCH_ROWS),
)
BY_NAME = {one.name: one for one in WORKLOADS}
