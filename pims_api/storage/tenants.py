"""Tenants: their names, and what a new one starts with."""

from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select

from pims_api.clock import now_us
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, STATUS_LIST_ID, SYSTEM_ATTRIBUTES
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.attributes.system_labels import with_labels
from pims_api.domain.category import UNCATEGORIZED, UNCATEGORIZED_ID, Category
from pims_api.domain.definition import LANGUAGE, LANGUAGE_ID, Definition
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.storage.database import Database
from pims_api.storage.definitions.kinds import Defined, OptionEntry
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import tenant
from pims_api.storage.unit_of_work import UnitOfWork

DEFAULT_LOCALE = "en-us"
STATUSES = ("active", "inactive", "deleted")

_FIRST = 1  # the sequence of a tenant's first transaction, which defines what it starts with


def age_and_size(connection: Connection) -> tuple[int | None, int | None]:
    """Return when the first tenant was made, and the highest number of a product.

    In microseconds since 1970; None, None: there is no tenant.
    """
    first, last = func.min(tenant.c.created_at), func.max(tenant.c.last_product_id)
    made_us, last_product_id = connection.execute(select(first, last)).one()
    return made_us, last_product_id


def tenant_names(connection: Connection) -> dict[str, int]:
    """Return the ids of all tenants by name, oldest first."""
    rows = connection.execute(select(tenant.c.name, tenant.c.id).order_by(tenant.c.id))
    return {row.name: row.id for row in rows}


def add_tenant(database: Database, name: str, org: str | None = None, at: int | None = None) -> int:
    """Store a tenant with its system attributes and return its id.

    org: the UUID of the organization that owns it; None: a new one. at: when it is made, in
    microseconds since 1970; None: now.
    """
    made_at = now_us() if at is None else at
    with database.writing() as connection:
        last = connection.scalar(select(func.max(tenant.c.id)))
        number = int(last or 0) + 1
        counters = {"sequence": _FIRST, "definition_version": _FIRST, "facet_sequence": _FIRST}
        row = {"id": number, "name": name, "created_at": made_at}
        uuids = {"uuid": str(uuid4()), "org": org or str(uuid4())}
        products = {"last_product_id": 0, "indexed_id": 0}
        connection.execute(insert(tenant), row | uuids | counters | products)
        nothing = Snapshot(connection, number, _FIRST, 0, 0, Definition(number))
        work = UnitOfWork(nothing, Actor("pims"))
        work.date(made_at)
        for thing in _first_things():
            work.define(thing)
        work.finish()
        connection.commit()
    return number


def _first_things() -> Iterator[Defined]:
    yield Dimension(LANGUAGE_ID, LANGUAGE, "Language", 1, (Segment(1, DEFAULT_LOCALE, ""),))
    yield OptionList(STATUS_LIST_ID, static=True)
    for place, status in enumerate(STATUSES):
        yield OptionEntry(STATUS_LIST_ID, Option(status, status, place))
    yield Category(UNCATEGORIZED_ID, UNCATEGORIZED)
    yield ProductType(1, DEFAULT_TYPE)
    for attribute in SYSTEM_ATTRIBUTES:
        yield with_labels(attribute, DEFAULT_LOCALE)
