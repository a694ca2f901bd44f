"""listProductsBySku: the products of given SKUs, or those that a caller knows otherwise."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice

from pims_api.domain.product import Product
from pims_api.services.lists.as_of import as_of
from pims_api.services.lists.query import products_of_skus
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import PRODUCTS_AT_ONCE
from schemas.pims.products.requests import read_skus
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply

Find = Callable[[Sequence[str]], Sequence[Product]]
"""From SKUs to those of their products that exist for the caller."""


def list_products_by_sku(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with those of the products that exist; unknown SKUs are left out.

    Of products whose checksums the caller knows, with those that have another one.
    """
    request = caller.hear(read_skus(body))
    access = caller.access(seen.definition)
    then = as_of(seen, request.params["as_of"])
    deleted = bool(request.values["includeDeleted"])
    find = partial(products_of_skus, then.seen, access, include_deleted=deleted)
    known = request.values.get("known")
    params = request.params if known is None else request.params | {"checksum": True}
    replies = Replies(then.seen, access, params, then.applied)
    if known is None:
        found = find([sku.strip() for sku in request.values["skus"]])
        return replies.products_asked(found, caller.warnings)
    unlike, told = _compared(replies, find, {sku.strip(): one for sku, one in known.items()})
    return replies.products_compared(unlike, told, caller.warnings)


def _compared(replies: Replies, find: Find, known: Mapping[str, str]) -> tuple[list[Reply], Reply]:
    """Return the products that differ from what is known of them, and what became of the others."""
    unlike: list[Reply] = []
    gone: list[str] = []
    skus = iter(known)
    while part := list(islice(skus, PRODUCTS_AT_ONCE)):  # so that few are in memory
        found = find(part)
        unlike += replies.products_unlike(found, known)
        there = {one.sku for one in found}
        gone += [sku for sku in part if sku not in there]
    return unlike, {"unchanged": len(known) - len(gone) - len(unlike), "gone": gone}
