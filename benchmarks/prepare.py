"""From a database to one that can be measured: catalogue, long history, floor, samples."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert, inspect, select

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.load import LONG_HISTORY_SKU, make_catalogue, make_key, make_long_history
from benchmarks.errors import BenchError
from benchmarks.floor import tables
from benchmarks.floor.fill import fill_floor, fill_history
from benchmarks.floor.samples import DEFINITION_FILE, PRODUCT_FILE
from benchmarks.measure.client import Address, Connection
from benchmarks.measure.requests import OUR_PATH
from benchmarks.server.process import HOST, Server
from pims_api.storage.database import Database
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tables import tenant
from pims_api.storage.tenants import tenant_names

_SKUS_PER_REQUEST = 500
_ENTRIES_PER_REQUEST = 500
_NEW_PER_SECOND = 20_000  # more products than any machine makes, so that runs never meet

OnProgress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much
Fact = dict[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database that holds the catalogue. facts: what making it took, and its size.

    narrow_key: of the narrow catalogue that is measured beside, if there is one.
    """

    tenant_id: int
    key: str
    facts: Fact
    first_number: int  # of products that are not there yet
    narrow_key: str | None = None


def prepare_database(
    database: Database, catalogue: Catalogue, entries: int, on_progress: OnProgress
) -> Prepared:
    """Make the catalogue, or find it as an earlier run left it. Raises BenchError."""
    database.make_file()
    known = _tenants(database)
    if catalogue.name not in known:
        _require_own(known)
    upgrade_database(database)  # an earlier version may have left it
    if catalogue.name not in known:
        _make(database, catalogue, entries, on_progress)
    with database.reading() as connection:
        tenant_id = tenant_names(connection)[catalogue.name]
        facts = {row.name: row.value for row in connection.execute(select(tables.made))}
    # An earlier run skipped numbers, so the count of products does not tell which are free.
    first = int(time.time()) * _NEW_PER_SECOND
    key = make_key(database, tenant_id, catalogue.view)
    return Prepared(tenant_id, key, facts, first, _narrow_key(database, catalogue, on_progress))


def write_samples(address: Address, folder: Path) -> None:
    """Keep what the floor repeats of our replies: the definition, and a product without values."""
    connection = Connection(address)
    try:
        reply = connection.ask(_message(address, action="listProduct"))
        start = reply.index(b'"definition":') + len(b'"definition":')
        (folder / DEFINITION_FILE).write_bytes(reply[start:-2])
        empty = connection.ask(
            _message(address, action="createProduct", sku="NEW", data={}, dry_run=True)
        )
        shown = orjson.loads(empty)["data"]["attributes"]
        (folder / PRODUCT_FILE).write_bytes(orjson.dumps(shown))
    finally:
        connection.close()


def make_floor(
    database: Database, address: Address, catalogue: Catalogue, on_progress: OnProgress
) -> None:
    """Fill the floor's tables, unless an earlier run did."""
    with database.reading() as connection:
        if connection.execute(select(tables.counter.c.id)).first():
            return
    connected = Connection(address)
    try:
        total = catalogue.count + 1
        pages = _shown(connected, address, catalogue)
        asked = catalogue.questions.asked_attributes()
        fill_floor(database, pages, asked, lambda done: on_progress("floor", done, total))
        fill_history(database, LONG_HISTORY_SKU, _entries(connected, address))
    finally:
        connected.close()


def address_of(server: Server, key: str) -> Address:
    """Return where and with which key a catalogue is asked."""
    return Address(HOST, server.port, key)


def _narrow_key(database: Database, catalogue: Catalogue, on_progress: OnProgress) -> str | None:
    """Make the narrow catalogue, or find it; return a key of it."""
    narrow = catalogue.narrow
    if narrow is None:
        return None
    tenant_id = _tenants(database).get(narrow.name)
    if tenant_id is None:
        tenant_id = make_catalogue(
            database, narrow, lambda done: on_progress("narrow products", done, narrow.count)
        )
    return make_key(database, tenant_id)


def _tenants(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return tenant_names(connection) if inspect(connection).has_table(tenant.name) else {}


def _require_own(known: dict[str, int]) -> None:
    if known:
        raise BenchError(
            f"This database holds other catalogues already ({', '.join(known)}): "
            "give the bench an empty database of its own."
        )


def _make(database: Database, catalogue: Catalogue, entries: int, on_progress: OnProgress) -> None:
    started = time.monotonic()
    tenant_id = make_catalogue(
        database, catalogue, lambda done: on_progress("products", done, catalogue.count)
    )
    seconds = time.monotonic() - started
    on_progress("history", 0, entries)
    make_long_history(database, tenant_id, catalogue, entries)
    on_progress("history", entries, entries)
    facts = {
        "seconds": f"{seconds:.3f}",
        "bytes": str(database_bytes(database)),
        "history_entries": str(entries),
    }
    with database.writing() as connection:
        tables.metadata.create_all(connection)
        rows = [{"name": name, "value": value} for name, value in facts.items()]
        connection.execute(insert(tables.made), rows)
        connection.commit()


def database_bytes(database: Database) -> int:
    """Return what the database takes on disk."""
    with database.writing() as connection:
        if not database.is_sqlite:
            size = connection.exec_driver_sql("select pg_database_size(current_database())")
        else:
            size = connection.exec_driver_sql(
                "select page_count * page_size from pragma_page_count(), pragma_page_size()"
            )
        return int(size.scalar_one())


def _shown(
    connected: Connection, address: Address, catalogue: Catalogue
) -> Iterator[list[dict[str, Any]]]:
    """Yield all products as callers see them."""
    skus = iter([LONG_HISTORY_SKU])
    every = iter(catalogue.skus())
    while page := list(islice(skus, _SKUS_PER_REQUEST)) or list(islice(every, _SKUS_PER_REQUEST)):
        reply = connected.ask(_message(address, action="listProductsBySku", skus=page))
        yield orjson.loads(reply)["products"]


def _entries(connected: Connection, address: Address) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    total = 1
    while len(found) < total:
        page = {"pageSize": _ENTRIES_PER_REQUEST, "pageNum": len(found) // _ENTRIES_PER_REQUEST + 1}
        body = {"sku": LONG_HISTORY_SKU, "params": {"pagination": page}}
        reply = orjson.loads(connected.ask(_message(address, action="historyProduct", **body)))
        total = reply["total_count"]
        found += reply["history"]
    return found


def _message(address: Address, **body: Any) -> bytes:
    return address.message(OUR_PATH, orjson.dumps(body))
