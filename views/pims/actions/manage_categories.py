"""The actions of /pim/manage/categories: categories are listed, added, changed and deleted."""

from collections.abc import Iterable
from typing import Any

import orjson

from pims_api.domain.category import CategoryTree
from pims_api.services.categories import write as categories
from pims_api.services.categories.delete import delete_category as remove_category
from pims_api.services.imports.near_duplicates import made_beside
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import READING, read_request
from schemas.pims.definitions.category_requests import (
    category_list_bytes,
    category_object,
    read_additions,
    read_deletion,
    read_edit,
)
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply


def list_categories(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every category in one flat list, parents before what is below them."""
    caller.hear(read_request(READING, body))
    found = orjson.Fragment(category_list_bytes(seen.definition))
    return with_warnings({"status": "OK", "categories": found}, caller.warnings)


def add_category(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add one category or all of `items`, and answer with them."""
    request, before = read_additions(body, work.definition), work.definition.categories
    caller.warnings += request.warnings
    added = categories.add_categories(work, request.wanted)
    caller.warnings += made_beside(work, caller.access(work.definition))
    work.dry_run = request.dry_run
    tree = work.definition.categories
    shown = [category_object(tree, one) for one in added]
    reply: Reply = {"status": "OK"}
    reply |= {"categories": shown} if request.is_batch else {"category": shown[0]}
    return _told(work, caller, reply, before, range(before.last_id + 1, tree.last_id + 1))


def edit_category(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Rename, move or describe a category, and answer with it."""
    request, before = read_edit(body, work.definition), work.definition.categories
    caller.warnings += request.warnings
    edited = categories.edit_category(work, request.id, request.wanted)
    caller.warnings += made_beside(work, caller.access(work.definition))
    work.dry_run = request.dry_run
    tree = work.definition.categories
    reply: Reply = {"status": "OK", "category": category_object(tree, edited)}
    touched = [*range(before.last_id + 1, tree.last_id + 1), *tree.subtree(edited.id)]
    return _told(work, caller, reply, before, touched)


def delete_category(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Delete a category; answer with the ids that are gone and how many products left them."""
    request, before = read_deletion(body), work.definition.categories
    caller.warnings += request.warnings
    removal = remove_category(work, request.id, force=request.force)
    work.dry_run = request.dry_run
    reply: Reply = {"status": "OK", "id": request.id, "deleted": removal.category_ids}
    reply |= {"moved_products": removal.products}
    return _told(work, caller, reply, before, removal.category_ids)


def _told(
    work: UnitOfWork, caller: Caller, reply: Reply, before: CategoryTree, ids: Iterable[int]
) -> Reply:
    if work.dry_run:
        touched = list(ids)
        old, new = _shown(before, touched), _shown(work.definition.categories, touched)
        reply = as_dry_run(reply, old, new)
    return with_warnings(reply, caller.warnings)


def _shown(tree: CategoryTree, ids: Iterable[int]) -> dict[str, Any]:
    known = (tree.by_id.get(number) for number in ids)
    return {str(one.id): category_object(tree, one) for one in known if one and not one.deleted}
