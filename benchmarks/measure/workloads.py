"""What is measured: each workload's requests, and which route of the floor does the same work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson

from benchmarks.catalogues.catalogue import NewProduct
from benchmarks.catalogues.load import LONG_HISTORY_SKU
from benchmarks.measure import past, rest, tenant
from benchmarks.measure.requests import OUR_PATH, Body, Call, Prepare, RequestSource

BY_SKU_COUNT = 100
BATCH_ROWS = 500
PAGE_SIZE = 24
DEEP_PAGE = 400


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of request to the PIMS API.

    floor: its route, if the floor can do it. units: what one request stands for.
    """

    name: str
    about: str
    bodies: Callable[[RequestSource], Iterator[Body]]
    floor: str | None = None
    units: int = 1

    def calls(self, source: RequestSource, path: str = OUR_PATH) -> Iterator[Call]:
        """Yield requests, without an end. path: of who is to do the work."""
        return (Call("POST", path, body) for body in self.requests(source))

    def requests(self, source: RequestSource) -> Iterator[bytes]:
        """Yield bodies as JSON, without an end."""
        return map(orjson.dumps, self.bodies(source))


@dataclass(frozen=True, slots=True)
class PairedWorkload:
    """A kind of request that the floor cannot answer: to a REST API, or of the past.

    beside: the workload that takes turns with it. prepare: makes what it asks for.
    """

    name: str
    about: str
    calls: Callable[[RequestSource], Iterator[Call]]
    beside: str | None = None
    prepare: Prepare | None = None
    units: int = 1


def _reads(source: RequestSource) -> Iterator[Body]:
    while True:
        yield {"action": "listProduct", "sku": source.sku()}


def _reads_of_many(source: RequestSource) -> Iterator[Body]:
    size = min(BY_SKU_COUNT, len(source.skus))
    while True:
        yield {"action": "listProductsBySku", "skus": source.rng.sample(source.skus, size)}


def _lists(params: Callable[[RequestSource], Body]) -> Callable[[RequestSource], Iterator[Body]]:
    def bodies(source: RequestSource) -> Iterator[Body]:
        while True:
            yield {"action": "getList", "params": params(source)}

    return bodies


def _first_page(source: RequestSource) -> Body:
    return {"order": [{"attribute": "sku"}], "pagination": {"pageNum": 1}}


def _page_of_records(source: RequestSource) -> Body:
    return {"pagination": {"pageSize": rest.RECORDS_SHOWN}, "definition": False}


def _page_of_a_hundred(source: RequestSource) -> Body:
    return {"pagination": {"pageSize": tenant.LISTED}, "definition": False}


def _far_page(source: RequestSource) -> Body:
    last = max(1, len(source.skus) // PAGE_SIZE)
    page = min(DEEP_PAGE, last) - source.rng.randrange(min(10, last))
    return {"order": [{"attribute": "sku"}], "pagination": {"pageNum": page}}


def _narrow(source: RequestSource) -> Body:
    return {"filter_values": source.catalogue.questions.narrow(source.rng)}


def _broad(source: RequestSource) -> Body:
    return {"filter_values": source.catalogue.questions.broad(source.rng)}


def _prefix(source: RequestSource) -> Body:
    prefix = source.rng.choice(source.catalogue.questions.prefixes)
    return {"condition_query": f"[[sku]] LIKE '{prefix}%'"}


def _unlike(source: RequestSource) -> Body:
    name, patterns = source.catalogue.questions.unlike
    return {"condition_query": f"[[{name}]] NOT LIKE '{source.rng.choice(patterns)}'"}


def _search(source: RequestSource) -> Body:
    return {"search": source.rng.choice(source.catalogue.questions.words)}


def _histories(source: RequestSource) -> Iterator[Body]:
    while True:
        page = {"pageSize": PAGE_SIZE, "pageNum": source.rng.randint(1, 5)}
        yield {
            "action": "historyProduct",
            "sku": LONG_HISTORY_SKU,
            "params": {"pagination": page},
        }


def _creates(source: RequestSource) -> Iterator[Body]:
    while True:
        yield _create(source.new())


def _edits(source: RequestSource) -> Iterator[Body]:
    while True:
        yield source.edit(source.sku())


def _edits_of_ten(source: RequestSource) -> Iterator[Body]:
    names = source.catalogue.questions.edited_ten
    while True:
        values = source.new().values
        changed = {name: values[name] for name in names}
        yield {"action": "editProduct", "sku": source.sku(), "data": {"attributes": changed}}


def _batch_creates(source: RequestSource) -> Iterator[Body]:
    while True:
        yield _batch([_create(source.new()) for _ in range(BATCH_ROWS)])


def _batch_edits(source: RequestSource) -> Iterator[Body]:
    size = min(BATCH_ROWS, len(source.skus))
    while True:
        yield _batch([source.edit(sku) for sku in source.rng.sample(source.skus, size)])


def _create(product: NewProduct) -> Body:
    return {
        "action": "createProduct",
        "sku": product.sku,
        "data": {"attributes": product.values},
    }


def _batch(actions: list[Body]) -> Body:
    return {"action": "batch", "mode": "per_row", "actions": actions}


# Reads go first: they are to meet the catalogue as it was made, before writes let it grow. Those of
# the past go last: they have the whole catalogue change.
WORKLOADS: tuple[Workload | PairedWorkload, ...] = (
    Workload("read", "listProduct", _reads, "read"),
    Workload("by-sku", "listProductsBySku, 100", _reads_of_many, "by-sku"),
    Workload("list", "getList, 24 by SKU", _lists(_first_page), "list"),
    Workload("page-400", "getList, page 400 by SKU", _lists(_far_page), "list"),
    Workload("narrow", "getList, value and range, 0.5 %", _lists(_narrow), "filter"),
    Workload("broad", "getList, value and range, 33 %", _lists(_broad), "filter"),
    Workload("prefix", "getList, sku LIKE, 5 %", _lists(_prefix), "prefix"),
    Workload("not-like", "getList, NOT LIKE, 90 %", _lists(_unlike), "not-like"),
    Workload("search", "getList, search of a word, 3 %", _lists(_search)),
    Workload("list-50", "getList, 50", _lists(_page_of_records)),
    PairedWorkload("rest-read", "GET record", rest.read_records, "read"),
    PairedWorkload("rest-resolved", "GET resolved, 4 levels deep", rest.read_resolved,
                 "rest-read", rest.make_chain),
    PairedWorkload("rest-list", "GET records, 50", rest.list_records, "list-50"),
    PairedWorkload("rest-narrow", "POST search, two criteria", rest.searches(rest.two_criteria)),
    PairedWorkload("rest-any-scope", "POST search, in any scope",
                 rest.searches(rest.in_any_scope)),
    PairedWorkload("rest-contains", "POST search, contains, 3 %",
                 rest.searches(rest.part_of_a_title)),
    Workload("list-100", "getList, 100", _lists(_page_of_a_hundred)),
    PairedWorkload("tenant-read", "GET pim/products/:id", tenant.read_products, "read",
                 tenant.learn_ids),
    PairedWorkload("tenant-list", "GET pim/products, 100", tenant.list_products, "list-100",
                 tenant.learn_ids),
    Workload("history", "historyProduct, a long one", _histories, "history"),
    Workload("edit", "editProduct, one attribute", _edits, "edit"),
    Workload("edit-ten", "editProduct, ten attributes", _edits_of_ten, "edit"),
    Workload("create", "createProduct", _creates, "create"),
    PairedWorkload("rest-create", "POST record", rest.create_records, "create"),
    PairedWorkload("tenant-create", "POST pim/products", tenant.create_products, "create",
                 tenant.learn_ids),
    Workload("batch-edit", "batch of 500 editProduct", _batch_edits, "batch", BATCH_ROWS),
    Workload("batch-create", "batch of 500 createProduct", _batch_creates, "batch", BATCH_ROWS),
    PairedWorkload("past-read", "listProduct, as of 1,000 transactions ago", past.reads, "read",
                   past.touch),
    PairedWorkload("past-list", "getList of narrow, 1,000 changed since", past.pages, "narrow",
                   past.change(past.FEW)),
    PairedWorkload("past-list-10k", "getList of narrow, 10,000 changed since", past.pages,
                   "narrow", past.change(past.MANY)),
    PairedWorkload("changes", "changes, 500 a page", past.feed, prepare=past.follow,
                   units=past.FEED_PAGE),
    PairedWorkload("changes-none", "changes, when nothing changed", past.nothing, "read",
                   past.catch_up),
)  # fmt: skip
BY_NAME = {one.name: one for one in WORKLOADS}
