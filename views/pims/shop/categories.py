"""Categories for shops: the tree, parts of it, one category with its filters."""

from dataclasses import replace

from pims_api.services.lists.facets import category_facets, category_set, counts_by_category
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.lists.storefront import matching_categories, shop_category, shop_query
from pims_api.storage.snapshot import Snapshot
from schemas.pims.shop.category import detailed_category, stocked_tree, tree_nodes, whole_tree
from schemas.pims.shop.query import read_category_id, read_nothing, read_shop_flags, read_sort
from views.pims.caller import Caller
from views.pims.dry_run import with_warnings
from views.running import Body, Reply
from views.transport import current_facets


def one_category(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a category, its filters, its number of products and what is below it."""
    query = read_shop_flags(body["query"])
    reply: Reply = {"status": "OK", "currentCategory": [_detailed(seen, caller, body, query)]}
    return with_warnings(reply, caller.warnings)


def category_tree(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with all active categories as a tree."""
    sort = read_sort(body["query"])
    access = caller.access(seen.definition)
    reply: Reply = {"status": "OK", "categoriesTree": whole_tree(access, sort)}
    return with_warnings(reply, caller.warnings)


def categories_named(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the active categories that have a text in their names."""
    read_nothing(body["query"])
    found = matching_categories(caller.access(seen.definition), body["word"])
    reply: Reply = {"status": "OK"}
    if found:
        reply["categoriesTree"] = tree_nodes(seen.definition, found)
    return with_warnings(reply, caller.warnings)


def stocked_categories(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the active categories that have active products."""
    query = read_shop_flags(body["query"])
    access = caller.access(seen.definition)
    members = find_members(seen, access, shop_query(access, query)).members
    counts = counts_by_category(seen, access, members, current_facets().blocks)
    reply: Reply = {"status": "OK", "categoriesTree": stocked_tree(seen.definition, counts)}
    if "category_id" in body:
        reply["currentCategory"] = [_detailed(seen, caller, body, query)]
    return with_warnings(reply, caller.warnings)


def _detailed(seen: Snapshot, caller: Caller, body: Body, flags: ListQuery) -> Reply:
    access = caller.access(seen.definition)
    category = shop_category(access, read_category_id(body["category_id"]))
    whole = category_set(seen, access, replace(flags, category_id=category.id))
    facets = category_facets(seen, access, current_facets(), whole)
    return detailed_category(seen.definition, category, whole.count, facets)
