"""Queries of products: filter, order and page. Counts are exact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from pims_api.deadline import Work, working_on
from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES, STATUS, VARIATION_OF, ValueType
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    In,
    IsNull,
    Not,
    Operand,
    predicates,
)
from pims_api.domain.cursor import ListPlace
from pims_api.domain.page import Page
from pims_api.domain.product import Product
from pims_api.domain.search.tokenizer import query_words
from pims_api.domain.values.scope import GLOBAL
from pims_api.errors import Fault, NotFound, Subject
from pims_api.services.access import visible
from pims_api.services.lists.cursor import ListWalk
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    from_ids,
    ids_up_to,
    is_in,
    size_of,
    to_bytes,
    without,
)
from pims_api.storage.catalogue_index.bitmaps.blocks import members as members_of
from pims_api.storage.catalogue_index.bitmaps.terms import text_term
from pims_api.storage.catalogue_index.filter.evaluate import match, match_in_order
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.variants import below, variants_below
from pims_api.storage.catalogue_index.order.by_sku import BY_SKU, page_in_order, product_page
from pims_api.storage.catalogue_index.order.pages import OrderKey, page_of, until_sku
from pims_api.storage.products.store import (
    parents,
    prefetch_products,
    products_by_id,
    products_by_sku,
)
from pims_api.storage.search.index import search
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A query of products.

    condition: what must hold of each. category_id: 0 for all. order: by priority; without any, the
    default order. search: words that must occur. after: where the page before ended; None: page
    says which one it is. in_families: leaves out what is below a product that the caller does not
    see or that is deleted; without it, such a variation is shown as if it had no parent.
    by_creation: the oldest first, whatever the order. below: with in_families, only variations of
    products without parents of which that condition holds.

    Source: docs/core.md, Lists.
    """

    condition: Condition = field(default_factory=lambda: And(()))
    category_id: int = 0
    include_children: bool = False
    include_deleted: bool = False
    include_variants: bool = False
    search: str = ""
    order: Sequence[OrderKey] = ()
    page: Page = field(default_factory=Page)
    after: ListPlace | None = None
    in_families: bool = False
    by_creation: bool = False
    below: Condition | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Sets of products. members: those that a query finds.

    visible: all that exist for the caller; None: every product. in_title: the members with every
    searched word in the title; None: nothing was searched. by_sku: the members and perhaps others
    in the order of their SKUs, where finding them told it.
    """

    members: int
    visible: int | None = None
    in_title: int | None = None
    by_sku: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of products by their ids, and how many there are before paging.

    next: where the page ended; None when it is the last or was asked for by its number. at_hand:
    products that finding the page took already.
    """

    ids: Sequence[int]
    total: int
    next: ListPlace | None = None
    at_hand: Mapping[int, Product] = field(default_factory=dict)


def list_products(snapshot: Snapshot, access: Access, query: ListQuery) -> Listing:
    """Return a page of the products of a query.

    Raises NotFound for an unknown category, BadInput where the list has no such place as `after`.
    """
    return list_page(snapshot, access, query, find_members(snapshot, access, query))


def list_page(snapshot: Snapshot, access: Access, query: ListQuery, found: Found) -> Listing:
    """Return the page of the products found: by its number, or after a place.

    Raises BadInput where the list has no such place as `after`.
    """
    working_on(Work.ORDER)
    if query.after is None:
        return list_found(snapshot, query, found)
    return _list_after(snapshot, access, query, found, query.after)


def list_found(snapshot: Snapshot, query: ListQuery, found: Found) -> Listing:
    """Return the numbered page of the products found."""
    total = size_of(found.members, snapshot.last_product_id)
    return Listing(_page(snapshot, query, found), total)


def listed_products(
    snapshot: Snapshot, listing: Listing, ids: Sequence[int] | None = None
) -> list[Product]:
    """Return the products of a page in their order. ids: only these of them."""
    wanted = listing.ids if ids is None else ids
    products = listing.at_hand
    if wanted and not products:
        working_on(Work.PRODUCTS)
        prefetch_products(snapshot, wanted)
        products = products_by_id(snapshot, wanted)
    return [products[number] for number in wanted]


def find_members(snapshot: Snapshot, access: Access, query: ListQuery) -> Found:
    """Return the products of a query. Raises NotFound for an unknown category."""
    working_on(Work.CONDITION)
    visible_rows = match(snapshot.for_rows, access.rows) if access.rows is not None else None
    condition = _condition(snapshot, access, query)
    targets = _link_targets(snapshot, access, visible_rows)
    if query.in_families and _asks_for_links(query.condition):
        targets = _without_deleted(snapshot, targets)
    matching = match_in_order(snapshot, condition, visible=targets)
    members = matching.products
    if visible_rows is not None:
        members &= visible_rows
    if query.in_families and members:
        members = _in_families(snapshot, query, members, targets)
    if query.category_id and snapshot.past is not None:
        members &= _linked(snapshot, _category_ids(snapshot, access, query))
    if not query_words(query.search):
        return Found(members, visible_rows, by_sku=matching.by_sku)
    working_on(Work.SEARCH)
    hits = search(snapshot, access, query.search)
    members &= hits.all
    return Found(members, visible_rows, members & hits.in_title)


def _in_families(snapshot: Snapshot, query: ListQuery, members: int, visible: int | None) -> int:
    """Return those members that are below none which is hidden, or deleted where that hides it."""
    by_name = snapshot.definition.by_name
    if query.include_variants:
        there = ids_up_to(snapshot.last_product_id) if visible is None else visible
        if not query.include_deleted:
            there = without(there, match(snapshot, In(Operand(by_name[STATUS]), ("deleted",))))
        if query.below is not None:
            tops = And((query.below, IsNull(Operand(by_name[VARIATION_OF]))))
            members = variants_below(snapshot, members, match(snapshot, tops))
        return without(members, below_hidden(snapshot, there))
    if visible is None:
        return members
    return members & match(snapshot, IsNull(Operand(by_name[VARIATION_OF])))


def below_hidden(snapshot: Snapshot, visible: int) -> int:
    """Return the products with one above them that is not among the visible ones."""
    if snapshot.past is None:
        known = below(snapshot, without(ids_up_to(snapshot.last_product_id), visible))
        if known is not None:
            return known
    seen, found = to_bytes(visible), set[int]()
    for number, parent in parents(snapshot):
        if parent in found or not is_in(seen, parent):
            found.add(number)
    return from_ids(found)


def _link_targets(snapshot: Snapshot, access: Access, visible_rows: int | None) -> int | None:
    """Return the products to which links are seen: those that exist for the caller today."""
    past = snapshot.past
    if visible_rows is None or access.rows is None or past is None or not past.rows_are_of_then:
        return visible_rows
    return match(past.now, access.rows)


def _asks_for_links(condition: Condition) -> bool:
    return any(one.operand.attribute.type is ValueType.RELATION for one in predicates(condition))


def _without_deleted(snapshot: Snapshot, targets: int | None) -> int | None:
    """Return the products to which links are seen that are not deleted; None: all are."""
    status = Operand(snapshot.definition.by_name[STATUS])
    deleted = match(snapshot, In(status, ("deleted",)))
    if not deleted:
        return targets
    return without(ids_up_to(snapshot.last_product_id) if targets is None else targets, deleted)


def _list_after(
    snapshot: Snapshot, access: Access, query: ListQuery, found: Found, place: ListPlace
) -> Listing:
    walk = ListWalk(
        snapshot, access, query.order, found.members, found.visible, in_title=found.in_title
    )
    ids = walk.page(place, query.page.size + 1)
    shown = ids[: query.page.size]
    products = products_by_id(snapshot, shown)
    further = walk.place_of(products[shown[-1]]) if len(ids) > len(shown) else None
    return Listing(shown, found.members.bit_count(), further, products)


def products_of_skus(
    snapshot: Snapshot, access: Access, skus: Sequence[str], *, include_deleted: bool
) -> list[Product]:
    """Return the products of these SKUs that exist for the caller, in the order asked, once."""
    working_on(Work.PRODUCTS)
    found = products_by_sku(snapshot, dict.fromkeys(skus))
    asked = [found[sku] for sku in dict.fromkeys(skus) if sku in found]
    shown = visible(access, asked)
    return [one for one in shown if include_deleted or one.values[STATUS] != "deleted"]


class TermKind(Enum):
    """The origin of a term of a query."""

    ASKED = "asked"
    NOT_DELETED = "not deleted"
    NO_VARIATION = "no variation"
    IN_CATEGORY = "in category"


def list_terms(
    snapshot: Snapshot, access: Access, query: ListQuery
) -> Iterator[tuple[TermKind, Condition]]:
    """Yield the terms of a query besides its words. Raises NotFound as a list does."""
    by_name = snapshot.definition.by_name
    yield TermKind.ASKED, query.condition
    if not query.include_deleted:
        yield TermKind.NOT_DELETED, Not(In(Operand(by_name[STATUS]), ("deleted",)))
    if not query.include_variants:
        yield TermKind.NO_VARIATION, IsNull(Operand(by_name[VARIATION_OF]))
    if query.category_id:
        paths = _category_paths(snapshot, access, query)
        yield TermKind.IN_CATEGORY, In(Operand(by_name[CATEGORIES]), paths)


def _condition(snapshot: Snapshot, access: Access, query: ListQuery) -> Condition:
    return And(tuple(condition for _, condition in list_terms(snapshot, access, query)))


def _category_paths(snapshot: Snapshot, access: Access, query: ListQuery) -> tuple[str, ...]:
    tree = snapshot.definition.categories
    return tuple(tree.path_text(number) for number in _category_ids(snapshot, access, query))


def _linked(snapshot: Snapshot, category_ids: Sequence[int]) -> int:
    """Return the products that name these very categories.

    A product of then may name a deleted category whose path another one has by now.
    """
    attribute = snapshot.definition.by_name[CATEGORIES]
    terms = [text_term(str(number)) for number in category_ids]
    return Postings(snapshot).any_of((attribute.id, GLOBAL, term) for term in terms)


def _category_ids(snapshot: Snapshot, access: Access, query: ListQuery) -> list[int]:
    tree = snapshot.definition.categories
    category = tree.by_id.get(query.category_id)
    hidden = access.of(CATEGORIES) is None  # answered as an unknown category
    if hidden or category is None or category.deleted:
        message = f"There is no category {query.category_id}!"
        fault = Fault("not_found", message, place="filter/category", subject=Subject.CATEGORY)
        raise NotFound(faults=[fault])
    return tree.subtree(category.id) if query.include_children else [category.id]


def _page(snapshot: Snapshot, query: ListQuery, found: Found) -> list[int]:
    page, order, members, in_title = query.page, query.order, found.members, found.in_title
    if query.by_creation:
        return members_of(members)[page.offset : page.offset + page.size]
    if _is_by_sku(query, found):
        window = range(page.offset, page.offset + page.size)
        descending = until_sku(order).sku_descending
        if found.by_sku is not None:
            return page_in_order(found.by_sku, members, window, descending=descending)
        return product_page(snapshot, BY_SKU, members, window, descending=descending)
    if in_title is None or order:
        return page_of(snapshot, members, order, page.offset, page.size, visible=found.visible)
    # A search shows products with every word in the title first, each part by SKU.
    by_sku = [OrderKey(Operand(snapshot.definition.sku), descending=False)]
    ids = page_of(snapshot, in_title, by_sku, page.offset, page.size)
    passed = max(0, page.offset - in_title.bit_count())
    rest = page.size - len(ids)
    return ids + (page_of(snapshot, members & ~in_title, by_sku, passed, rest) if rest else [])


def _is_by_sku(query: ListQuery, found: Found) -> bool:
    """Return whether a list is in the order of SKUs, as products without parents always are.

    Somebody who does not see a parent sees its variations without one, but in their place.
    """
    if query.order:
        return not until_sku(query.order).keys
    is_default = found.in_title is None and not query.include_variants
    return is_default and found.visible is None
