"""Measures an import through the REST API, beside `pims import` of the same rows."""

import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.load import make_key
from benchmarks.errors import BenchError
from benchmarks.measure.client import Address, Connection, message_of
from benchmarks.measure.commands import CommandRun, import_rows, new_tenant
from benchmarks.measure.rest import import_call
from benchmarks.server.process import HOST, serving
from pims_api.storage.database import Database

ROWS = 10_000
_ROWS_AT_ONCE = 2_000  # a larger body would need a setting


def measure_rest_import(
    database: Database, catalogue: Catalogue, folder: Path, options: Mapping[str, Any]
) -> CommandRun:
    """Import rows of the catalogue into a new tenant, then by the command into another one."""
    rows = list(islice(catalogue.products(), ROWS))
    _, tenant_id = new_tenant(database, catalogue)
    key = make_key(database, tenant_id)
    parts = range(0, len(rows), _ROWS_AT_ONCE)
    calls = [import_call(catalogue, rows[first : first + _ROWS_AT_ONCE]) for first in parts]
    url = database.url.render_as_string(hide_password=False)
    with serving(url, folder, options) as server:
        address = Address(HOST, server.port, key)
        connection = Connection(address)
        started = time.perf_counter()
        replies = [orjson.loads(connection.ask(message_of(address, call))) for call in calls]
        seconds = time.perf_counter() - started
        connection.close()
    if sum(one["created"] for one in replies) != len(rows):
        raise BenchError(f"The REST API did not import every row: {replies[0]['errors'][:3]}")
    beside = import_rows(database, catalogue, folder, iter(rows))
    return CommandRun("rest-import", len(rows), seconds, None, beside.seconds)
