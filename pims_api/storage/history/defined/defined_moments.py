"""When the things that a tenant defines were made and last changed, by their history."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from pims_api.domain.definition import Definition
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

_OF_ENTITY = (change.c.tenant_id == bindparam("tenant_id")) & (
    change.c.entity == bindparam("entity")
)
_first = transaction.alias("first")
_last = transaction.alias("last")


class Moments(NamedTuple):
    """When a thing was made and when it was last changed, in microseconds since 1970.

    0 where history does not tell.
    """

    created: int = 0
    updated: int = 0


def moments_of(seen: Snapshot, entity: str) -> Mapping[int, Moments]:
    """Return the moments of all things of a kind by their ids; cached with the definition.

    Things that the transaction itself makes are not among them.
    """
    known = seen.definition.derive(_known)
    if entity not in known:
        wanted = {"tenant_id": seen.tenant_id, "entity": entity}
        rows = seen.connection.execute(_moments(), wanted)
        known[entity] = defaultdict(Moments, {row[0]: Moments(row[1], row[2]) for row in rows})
    return known[entity]


def option_moments(seen: Snapshot, list_id: int) -> Mapping[str, Moments]:
    """Return the moments of the options of a list by their ids; cached with the definition."""
    known = seen.definition.derive(_known_options)
    if list_id not in known:
        found: defaultdict[str, Moments] = defaultdict(Moments)
        wanted = {"tenant_id": seen.tenant_id, "entity": "option", "entity_id": list_id}
        for at, new in seen.connection.execute(_of_options(), wanted):
            for number in new:
                found[number] = Moments(found[number].created if number in found else at, at)
        known[list_id] = found
    return known[list_id]


def _known(_: Definition) -> dict[str, Mapping[int, Moments]]:
    """Return the cache of `moments_of`, empty."""
    return {}


def _known_options(_: Definition) -> dict[int, Mapping[str, Moments]]:
    """Return the cache of `option_moments`, empty."""
    return {}


def _moments() -> Select[Any]:
    ends = (
        select(
            change.c.entity_id.label("number"),
            func.min(change.c.sequence).label("first"),
            func.max(change.c.sequence).label("last"),
        )
        .where(_OF_ENTITY)
        .group_by(change.c.entity_id)
        .subquery()
    )
    mine: Any = bindparam("tenant_id")
    return (
        select(ends.c.number, _first.c.at, _last.c.at)
        .join_from(ends, _first, (_first.c.tenant_id == mine) & (_first.c.sequence == ends.c.first))
        .join(_last, (_last.c.tenant_id == mine) & (_last.c.sequence == ends.c.last))
    )


def _of_options() -> Select[Any]:
    same = (transaction.c.tenant_id == change.c.tenant_id) & (
        transaction.c.sequence == change.c.sequence
    )
    return (
        select(transaction.c.at, change.c.new)
        .join_from(change, transaction, same)
        .where(_OF_ENTITY, change.c.entity_id == bindparam("entity_id"))
        .order_by(change.c.sequence)
    )
