"""Products for shops: one, some, lists of them, searches."""

from pims_api.errors import NotFound
from pims_api.services.lists.facets import (
    category_facets,
    category_set,
    counts_by_category,
    facets_among,
)
from pims_api.services.lists.query import (
    find_members,
    list_found,
    list_products,
    products_of_skus,
)
from pims_api.services.lists.storefront import (
    shop_access,
    shop_category,
    shop_product,
    shop_query,
)
from pims_api.storage.snapshot import Snapshot
from schemas.pims.shop.category import counted_categories, detailed_category, filters_object
from schemas.pims.shop.query import (
    read_category_id,
    read_shop_list,
    read_shop_product,
    read_shop_skus,
)
from views.pims.caller import Caller
from views.pims.shop.replies import ShopReplies
from views.running import Body, Reply
from views.transport import current_facets


def one_product(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the product of a SKU and its categories."""
    request = read_shop_product(body["query"])
    access = caller.access(seen.definition)
    try:
        product = shop_product(seen, access, body["sku"].strip())
    except NotFound:
        if not body["sku"].endswith("/"):  # a slash at the end of an address changes nothing
            raise
        product = shop_product(seen, access, body["sku"][:-1].strip())
    return ShopReplies(seen, access, request.params).one(product, caller.warnings)


def products_by_sku(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with those of the products that a shop sees, by SKU."""
    skus, request = read_shop_skus(body["query"])
    access = caller.access(seen.definition)
    found = products_of_skus(seen, shop_access(access), skus, include_deleted=True)
    return ShopReplies(seen, access, request.params).by_sku(found, caller.warnings)


def product_list(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of the products of a category, or of all, that filters let through."""
    access = caller.access(seen.definition)
    category_id = read_category_id(body.get("category_id", "0"))
    query, request = read_shop_list(body["query"], access, category_id)
    listing = list_products(seen, access, shop_query(access, query))
    replies = ShopReplies(seen, access, request.params)
    reply = replies.listed(listing) | {"count": listing.total}
    return replies.with_warnings(reply, caller.warnings)


def category_list(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer like `product_list`, with the category itself, its filters and what is below it."""
    access = caller.access(seen.definition)
    category_id = read_category_id(body["category_id"])
    query, request = read_shop_list(body["query"], access, category_id)
    listing = list_products(seen, access, shop_query(access, query))
    current = []
    if category_id:
        category = shop_category(access, category_id)
        whole = category_set(seen, access, query)
        facets = category_facets(seen, access, current_facets(), whole)
        current = [detailed_category(seen.definition, category, whole.count, facets)]
    replies = ShopReplies(seen, access, request.params)
    reply = replies.listed(listing) | {"count": listing.total, "currentCategory": current}
    return replies.with_warnings(reply, caller.warnings)


def search(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of the products that have some words, and where they are."""
    access = caller.access(seen.definition)
    category_id = read_category_id(body.get("category_id", "0"))
    word = body["word"].removesuffix("/")
    query, request = read_shop_list(body["query"], access, category_id, word)
    narrowed = shop_query(access, query)
    found = find_members(seen, access, narrowed)
    listing, members = list_found(seen, narrowed, found), found.members
    replies = ShopReplies(seen, access, request.params)
    reply = replies.listed(listing)
    if listing.total:
        blocks = current_facets().blocks
        reply |= {
            "found_in_categories": counted_categories(
                seen.definition, counts_by_category(seen, access, members, blocks)
            ),
            "found_total": listing.total,
            "search_phrase": word,
            "filters": filters_object(facets_among(seen, access, members, blocks)),
        }
    return replies.with_warnings(reply, caller.warnings)
