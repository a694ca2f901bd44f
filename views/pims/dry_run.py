"""Replies of managing actions: warnings, and the changes of a dry run."""

from collections.abc import Mapping, Sequence

from pims_api.domain.product import differences
from pims_api.errors import Fault
from schemas.pims.faults import fault_objects
from views.running import Reply

Shown = Mapping[str, Mapping[str, object]]
"""Things as callers see them, by name or id."""


def with_warnings(reply: Reply, warnings: Sequence[Fault]) -> Reply:
    """Return the reply with the warnings, if there are any."""
    if warnings:
        reply |= {"warnings": fault_objects(warnings)}
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
