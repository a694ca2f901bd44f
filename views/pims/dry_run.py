"""What replies of many actions have in common: transaction, warnings, changes of a dry run."""

from collections.abc import Mapping, Sequence

from pims_api.domain.product import differences
from pims_api.errors import Fault
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.faults import fault_objects
from views.running import Reply

Shown = Mapping[str, Mapping[str, object]]
"""Things as callers see them, by name or id."""


def with_warnings(reply: Reply, warnings: Sequence[Fault]) -> Reply:
    """Return the reply with the warnings, if there are any."""
    if warnings:
        reply |= {"warnings": fault_objects(warnings)}
    return reply


def with_transaction(work: UnitOfWork, reply: Reply) -> Reply:
    """Return the reply with the number of the transaction, if it stored anything."""
    number = work.transaction
    if number is not None:
        reply["transaction"] = number
    return reply


def as_dry_run(reply: Reply, before: Shown, after: Shown) -> Reply:
    """Return the reply with each thing before and after; null where it does not exist."""
    old: Reply = {}
    new: Reply = {}
    for name in dict.fromkeys([*before, *after]):
        was, becomes = differences(before.get(name, {}), after.get(name, {}))
        if was:
            old[name], new[name] = was, becomes
    return reply | {"dry_run": True, "changes": {"old": old, "new": new}}
