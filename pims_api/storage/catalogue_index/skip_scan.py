"""Skip scan: the distinct terms of attributes, by one index look-up per term."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Integer, Select, Text, bindparam, func, literal, select

from pims_api.storage.engine.dialect import parameter_rows
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

Place = tuple[int, str]
"""Attribute id and scope."""

_columns = posting.c


def terms_at(snapshot: Snapshot, wanted: Iterable[tuple[int, str, int]]) -> dict[Place, list[str]]:
    """Return the terms of attributes, in one statement.

    wanted: attribute id, scope, and the maximum number of terms.
    """
    places = list(wanted)
    found: dict[Place, list[str]] = {(number, scope): [] for number, scope, _ in places}
    parameters = {"tenant_id": snapshot.tenant_id, "places": places}
    for attribute_id, scope, term in _SKIP_SCAN.each(snapshot.connection, parameters):
        found[attribute_id, scope].append(term)
    return found


def scopes_at(snapshot: Snapshot, attribute_id: int) -> list[str]:
    """Return the scopes in which products have values of an attribute, in one statement."""
    wanted = {"tenant_id": snapshot.tenant_id, "attribute_id": attribute_id}
    return [scope for (scope,) in _SCOPES.each(snapshot.connection, wanted)]


def _next_scope(after: Any = None) -> Any:
    least = select(func.min(_columns.scope)).where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.attribute_id == bindparam("attribute_id"),
    )
    return (least if after is None else least.where(_columns.scope > after)).scalar_subquery()


def _walk_of_scopes() -> Select[Any]:
    walk = select(_next_scope().label("scope")).cte("scopes", recursive=True)
    walk = walk.union_all(select(_next_scope(walk.c.scope)).where(walk.c.scope.is_not(None)))
    return select(walk.c.scope).where(walk.c.scope.is_not(None))


_SCOPES = PreparedStatement(_walk_of_scopes())


def _skip_scan(connection: Connection) -> Select[Any]:
    source, (attribute_id, scope, most) = parameter_rows(
        connection.dialect.name, "places", (Integer(), Text(), Integer())
    )
    first = _next(attribute_id, scope, literal(""))
    start = select(
        attribute_id.label("attribute_id"),
        scope.label("scope"),
        most.label("most"),
        literal(1, Integer()).label("number"),
        first.label("term"),
    ).select_from(source)
    walk = start.cte("walk", recursive=True)
    here = walk.c
    further = select(
        here.attribute_id,
        here.scope,
        here.most,
        here.number + 1,
        _next(here.attribute_id, here.scope, here.term),
    ).where(here.term.is_not(None), here.number < here.most)
    walk = walk.union_all(further)
    return select(walk.c.attribute_id, walk.c.scope, walk.c.term).where(walk.c.term.is_not(None))


def _next(attribute_id: Any, scope: Any, term: Any) -> Any:
    return (
        select(func.min(_columns.term))
        .where(
            _columns.tenant_id == bindparam("tenant_id"),
            _columns.attribute_id == attribute_id,
            _columns.scope == scope,
            _columns.term > term,
        )
        .scalar_subquery()
    )


_SKIP_SCAN = PreparedStatement(_skip_scan)
