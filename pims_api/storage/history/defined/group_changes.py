"""When attribute groups came to be and ceased to be with the attributes that name them.

A group that was made on its own has rows of history; others exist as long as an attribute names
them, which history tells of these attributes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from pims_api.domain.attributes.system_labels import GROUP
from pims_api.domain.definition import Definition
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

ATTRIBUTE_ENTITY, GROUP_ENTITY = "attribute", "attribute_group"

_ROWS = PreparedStatement(
    select(change.c.sequence, change.c.entity, change.c.entity_id, change.c.new)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        or_(change.c.entity == ATTRIBUTE_ENTITY, change.c.entity == GROUP_ENTITY),
    )
    .order_by(change.c.sequence)
)


class GroupChange(NamedTuple):
    """A group that a transaction made, or that none of its attributes was left of."""

    name: str
    is_made: bool


GroupChanges = Mapping[tuple[int, int], list[GroupChange]]
"""Changes of groups by the sequence of the transaction and the id of the attribute that did it.

Several attributes that do the same in one transaction have the same change.
"""


def group_changes(seen: Snapshot) -> GroupChanges:
    """Return what attributes did to groups; cached with the definition."""
    known = seen.definition.derive(_known)
    if not known:
        rows = _ROWS.all(seen.connection, {"tenant_id": seen.tenant_id})
        known.append(_changes(rows))
    return known[0]


def _known(_: Definition) -> list[GroupChanges]:
    """Return the cache of `group_changes`, empty."""
    return []


def _changes(rows: Iterable[Any]) -> GroupChanges:
    found: defaultdict[tuple[int, int], list[GroupChange]] = defaultdict(list)
    group_of: dict[int, str] = {}
    named: dict[int, str] = {}
    present = {"", GROUP}
    for sequence, changed in groupby(rows, itemgetter(0)):
        touched: list[tuple[int, str]] = []
        for _, entity, number, new in changed:
            if entity == ATTRIBUTE_ENTITY:
                touched += _moved(group_of, number, new)
            elif new.get("deleted"):
                present.discard(named.pop(number, ""))
            elif "name" in new:
                named[number] = new["name"]
                present.add(new["name"])
        after = {"", GROUP, *named.values(), *group_of.values()}
        for number, name in touched:
            if (name in after) != (name in present):
                found[sequence, number].append(GroupChange(name, name in after))
        present = after
    return found


def _moved(group_of: dict[int, str], number: int, new: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Note the group that an attribute is in now; return those that it left and came to."""
    before = group_of.get(number, "")
    group_of[number] = after = "" if new.get("deleted") else new.get("group", before) or ""
    return [] if before == after else [(number, before), (number, after)]
