"""The actions of /pim/manage/attributes: attributes are listed, added, changed and deleted."""

from collections.abc import Iterable
from typing import Any

import orjson

from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import Permission
from pims_api.domain.definition import Definition
from pims_api.jobs.conversion_job import CONVERSION_KIND, ConversionTerms
from pims_api.services.access import full_access
from pims_api.services.attributes import groups
from pims_api.services.attributes import write as attributes
from pims_api.services.attributes.option_changes import (
    OptionChange,
    merge_options,
    rename_option,
)
from pims_api.services.attributes.usage import attribute_usage
from pims_api.services.attributes.write import SavedAttributes
from pims_api.services.imports.near_duplicates import made_beside
from pims_api.services.jobs import add_job
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import READING, read_request
from schemas.pims.definitions.attribute_requests import (
    AttributesRequest,
    attribute_object,
    read_additions,
    read_edit,
    read_named,
)
from schemas.pims.definitions.definition import attribute_list_bytes
from schemas.pims.definitions.option_requests import ValuesRequest, read_merging, read_renaming
from schemas.pims.job import job_object
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply
from views.transport import current_database


def list_attributes(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every attribute; without pim_manager, with those of the key's View."""
    caller.hear(read_request(READING, body))
    data = orjson.Fragment(attribute_list_bytes(_access(seen, caller)))
    return with_warnings({"status": "OK", "data": data}, caller.warnings)


def list_attribute_groups(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the groups of these attributes, in the order of first appearance."""
    caller.hear(read_request(READING, body))
    shown = groups.attribute_groups(_access(seen, caller))
    return with_warnings({"status": "OK", "data": shown}, caller.warnings)


def add_attribute(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add one attribute or all of `items`, and answer with them as they are stored."""
    request, before = read_additions(body, work.definition), work.definition
    caller.warnings += request.warnings
    saved = attributes.add_attributes(work, request.wanted, _inline_max())
    return _reply(work, caller, request, saved, before)


def edit_attribute(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Change what was sent of an attribute and answer with all of it, or with a job.

    A job it is for another type, when there are many products.
    """
    request, before = read_edit(body, work.definition), work.definition
    caller.warnings += request.warnings
    with work.attempt() as attempt:
        saved = attributes.edit_attribute(work, request.wanted[0], _inline_max())
        if saved.is_large:
            attempt.rollback()
    if saved.is_large:
        return _queue_conversion(work, caller, request)
    return _reply(work, caller, request, saved, before)


def _queue_conversion(work: UnitOfWork, caller: Caller, request: AttributesRequest) -> Reply:
    terms = ConversionTerms(request.wanted[0].name, request.sent, request.dry_run, work.actor.note)
    job = add_job(work, CONVERSION_KIND, terms.to_payload())
    return with_warnings({"status": "OK", "job": job_object(job, ())}, caller.warnings)


def delete_attribute(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Delete an attribute and answer with its name."""
    request, before = read_named(body), work.definition
    caller.warnings += request.warnings
    work.dry_run = request.dry_run
    known = before.by_name.get(request.wanted[0].name)
    usage = attribute_usage(work, known) if known and work.dry_run else None
    saved = attributes.delete_attribute(work, request.wanted[0], _inline_max())
    reply: Reply = {"status": "OK", "name": saved.attributes[0].name}
    if usage is not None:
        reply |= {"products": usage.products, "views": usage.views}
        reply = as_dry_run(reply, _shown(before, saved), {})
    return with_warnings(reply, [*caller.warnings, *saved.warnings])


def rename_value(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Rename a value of a dictionary; answer with the attribute and how many products have it."""
    request, before = read_renaming(body), work.definition
    change = rename_option(work, request.wanted, request.values[0], request.name, _inline_max())
    return _value_reply(work, caller, request, change, before)


def merge_values(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Merge values into another one; answer with the attribute and how many products changed."""
    request, before = read_merging(body), work.definition
    change = merge_options(work, request.wanted, request.values, request.name)
    return _value_reply(work, caller, request, change, before)


def _value_reply(
    work: UnitOfWork,
    caller: Caller,
    request: ValuesRequest,
    change: OptionChange,
    before: Definition,
) -> Reply:
    caller.hear(request.request)
    work.dry_run = request.request.dry_run
    reply: Reply = {"status": "OK", **attribute_object(work.definition, change.attribute)}
    reply |= {"products": change.products, "views": change.views}
    if work.dry_run:
        saved = SavedAttributes([change.attribute])
        reply = as_dry_run(reply, _shown(before, saved), _shown(work.definition, saved))
    beside = made_beside(work, caller.access(work.definition))
    return with_warnings(reply, [*caller.warnings, *change.warnings, *beside])


def _reply(
    work: UnitOfWork,
    caller: Caller,
    request: AttributesRequest,
    saved: SavedAttributes,
    before: Definition,
) -> Reply:
    work.dry_run = request.dry_run
    shown = [attribute_object(work.definition, one) for one in saved.attributes]
    reply: Reply = {"status": "OK"} | ({"data": shown} if request.is_batch else shown[0])
    if saved.converted:
        reply |= {"converted": sum(saved.converted.values())}
    if work.dry_run:
        reply = as_dry_run(reply, _shown(before, saved), _shown(work.definition, saved))
    beside = made_beside(work, caller.access(work.definition))
    return with_warnings(reply, [*caller.warnings, *saved.warnings, *beside])


def _shown(definition: Definition, saved: SavedAttributes) -> dict[str, Any]:
    """Return the definition objects, by name, of those of the attributes that are there."""
    names: Iterable[str] = (one.name for one in saved.attributes)
    known = [definition.by_name[name] for name in names if name in definition.by_name]
    return {one.name: attribute_object(definition, one)["definition"] for one in known}


def _access(seen: Snapshot, caller: Caller) -> Access:
    if caller.may(Permission.MANAGE_DEFINITIONS):
        return full_access(seen.definition, seen.definition.default_locale)
    return caller.access(seen.definition)


def _inline_max() -> int:
    return current_database().settings.reindex_inline_max
