"""Lists of products: which ones, in which order, which page of them. Counts are exact."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pims_api.domain.access import Access
from pims_api.domain.attribute import CATEGORIES, STATUS, VARIATION_OF
from pims_api.domain.condition import And, Condition, In, IsNull, Not, Operand
from pims_api.domain.page import Page
from pims_api.domain.product import Product
from pims_api.domain.tokens import query_words
from pims_api.errors import Fault, NotFound
from pims_api.services.visibility import visible
from pims_api.storage.catalogue_index.matching import match
from pims_api.storage.catalogue_index.ordering import OrderKey, page_of
from pims_api.storage.products import products_by_id, products_by_sku
from pims_api.storage.search_index import search
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which products to list.

    condition: what must hold of each. category_id: 0 for all. order: by priority; without any, the
    default order. search: words that must occur.

    Source: docs/api/pims.md, getList.
    """

    condition: Condition = field(default_factory=lambda: And(()))
    category_id: int = 0
    include_children: bool = False
    include_deleted: bool = False
    include_variants: bool = False
    search: str = ""
    order: Sequence[OrderKey] = ()
    page: Page = field(default_factory=Page)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of products, and how many there are before paging."""

    products: list[Product]
    total: int


def list_products(snapshot: Snapshot, access: Access, query: ListQuery) -> Listing:
    """Return a page of the products that a query finds. Raises NotFound for an unknown category."""
    visible_rows = match(snapshot, access.rows) if access.rows is not None else None
    members = match(snapshot, _condition(snapshot, access, query), visible=visible_rows)
    if visible_rows is not None:
        members &= visible_rows
    in_title = None
    if query_words(query.search):
        hits = search(snapshot, access, query.search)
        members &= hits.all
        in_title = members & hits.in_title
    ids = _page(snapshot, query, members, in_title, visible_rows)
    found = products_by_id(snapshot, ids)
    return Listing([found[number] for number in ids], members.bit_count())


def products_of_skus(
    snapshot: Snapshot, access: Access, skus: Sequence[str], *, include_deleted: bool
) -> list[Product]:
    """Return the products of these SKUs that exist for the caller, in the order asked, once."""
    found = products_by_sku(snapshot, dict.fromkeys(skus))
    asked = [found[sku] for sku in dict.fromkeys(skus) if sku in found]
    shown = visible(access, asked)
    return [one for one in shown if include_deleted or one.values[STATUS] != "deleted"]


def _condition(snapshot: Snapshot, access: Access, query: ListQuery) -> Condition:
    by_name = snapshot.definition.by_name
    parts: list[Condition] = [query.condition]
    if not query.include_deleted:
        parts.append(Not(In(Operand(by_name[STATUS]), ("deleted",))))
    if not query.include_variants:
        parts.append(IsNull(Operand(by_name[VARIATION_OF])))
    if query.category_id:
        paths = _category_paths(snapshot, access, query)
        parts.append(In(Operand(by_name[CATEGORIES]), paths))
    return And(tuple(parts))


def _category_paths(snapshot: Snapshot, access: Access, query: ListQuery) -> tuple[str, ...]:
    tree = snapshot.definition.categories
    category = tree.by_id.get(query.category_id)
    hidden = access.of(CATEGORIES) is None  # told like a category that is not there
    if hidden or category is None or category.deleted:
        message = f"There is no category {query.category_id}!"
        raise NotFound(faults=[Fault("not_found", message, pointer="/params/cat_id")])
    ids = tree.subtree(category.id) if query.include_children else [category.id]
    return tuple(tree.path_text(number) for number in ids)


def _page(
    snapshot: Snapshot,
    query: ListQuery,
    members: int,
    in_title: int | None,
    visible_rows: int | None,
) -> list[int]:
    page, order = query.page, query.order
    if in_title is None or order:
        return page_of(snapshot, members, order, page.offset, page.size, visible=visible_rows)
    # A search shows products with every word in the title first, each part by SKU.
    by_sku = [OrderKey(Operand(snapshot.definition.sku), descending=False)]
    ids = page_of(snapshot, in_title, by_sku, page.offset, page.size)
    passed = max(0, page.offset - in_title.bit_count())
    rest = page.size - len(ids)
    return ids + (page_of(snapshot, members & ~in_title, by_sku, passed, rest) if rest else [])
