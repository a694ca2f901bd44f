"""One tenant in a test's database: what it defines, what it stores, what it reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from pims_api.domain.access.access import Access
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, view_policy
from pims_api.domain.access.scopes import locale_scope
from pims_api.domain.attributes.attribute import STATUS, Attribute, ValueType
from pims_api.domain.product import Product
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.storage.database import Database
from pims_api.storage.definitions.kinds import Defined
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

LOCALES = Dimension(
    1, "language", "Language", 1, (Segment(1, "en-us", "English"), Segment(3, "de-de", "German"))
)
GERMAN = "1=3"
ACTOR = Actor("tests")


def attribute(number: int, name: str, kind: ValueType = ValueType.STRING, **more: Any) -> Attribute:
    return Attribute(number, name, name, kind, **more)


def searchable(
    number: int, name: str, kind: ValueType = ValueType.STRING, **more: Any
) -> Attribute:
    return attribute(number, name, kind, searchable=True, **more)


@dataclass
class Shop:
    """A tenant. Product values are given by slot: `title` or, in German, `title@1=3`."""

    database: Database
    tenant_id: int
    statements: list[str] = field(default_factory=list)

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        with unit_of_work(self.database, self.tenant_id, ACTOR) as work:
            yield work

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        with snapshot(self.database, self.tenant_id) as seen:
            yield seen

    def define(self, *things: Defined) -> None:
        with self.work() as work:
            for thing in things:
                work.define(thing)

    def put(self, products: dict[str, dict[str, Any]]) -> dict[str, int]:
        """Store these values as all that the products have, and return the ids by SKU."""
        with self.work() as work:
            return {sku: put(work, sku, values) for sku, values in products.items()}

    def save(self, sku: str, values: dict[str, Any]) -> int:
        return self.put({sku: values})[sku]

    def access(self, seen: Snapshot, view: str | None = None, locale: str = "en-us") -> Access:
        known = seen.definition
        policy = view_policy(known, known.views[view]) if view else EVERYTHING
        return compile_access(known, policy, locale_scope(known, locale))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Collect the statements that are sent while the block lasts."""
        sent: list[str] = []

        def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", remember)
        try:
            yield sent
        finally:
            event.remove(self.database.engine, "before_cursor_execute", remember)


def put(work: UnitOfWork, sku: str, values: dict[str, Any]) -> int:
    known = work.find_product(sku)
    number = known.id if known else work.new_product_id()
    fixed = {"sku": sku, STATUS: "active", "categories": [1]}
    made = known.created_at if known else 0
    wanted = Product(number, sku, fixed | values, path=sku, version=1, created_at=made)
    work.put_product(wanted)
    return number


def new_shop(database: Database, name: str = "acme") -> Shop:
    shop = Shop(database, add_tenant(database, name))
    shop.define(LOCALES)
    return shop
