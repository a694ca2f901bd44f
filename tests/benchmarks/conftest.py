"""A small made catalogue behind a server of the bench, once per engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.made import made_catalogue, made_shape
from benchmarks.measure.client import Address, Connection
from benchmarks.measure.requests import OUR_PATH, Body
from benchmarks.prepare import address_of, make_floor, prepare_database, write_samples
from benchmarks.server.process import HOST, free_port, serving
from pims_api.cli.server.serve_command import server_options
from pims_api.storage.database import open_database
from tests.databases.fresh import ENGINES, FreshDatabase
from tests.environment import settings_as_shipped

ENTRIES = 40


@pytest.fixture(scope="package", autouse=True)
def as_shipped() -> Iterator[None]:
    """What is measured is what an installation runs."""
    with settings_as_shipped():
        yield


@dataclass(frozen=True)
class Measured:
    """A server with ours and the floor."""

    catalogue: Catalogue
    address: Address
    connection: Connection

    def ours(self, body: Body) -> bytes:
        return self._ask(OUR_PATH, body)

    def floor(self, route: str, body: Body) -> bytes:
        return self._ask(f"/bench/floor/{route}", body)

    def _ask(self, path: str, body: Body) -> bytes:
        return self.connection.ask(self.address.message(path, orjson.dumps(body)))


@pytest.fixture(scope="module", params=ENGINES)
def measured(
    request: pytest.FixtureRequest, fresh_database: FreshDatabase, tmp_path_factory
) -> Iterator[Measured]:
    catalogue = made_catalogue(made_shape(600, 22, 0.5, 0))
    folder: Path = tmp_path_factory.mktemp("bench")
    options = server_options(f"{HOST}:{free_port()}", 1)
    with fresh_database(request.param, unused=True) as url:
        database = open_database(url)
        prepared = prepare_database(database, catalogue, ENTRIES, lambda *_: None)
        with serving(url, folder, options) as server:
            address = address_of(server, prepared.key)
            write_samples(address, folder)
            make_floor(database, address, catalogue, lambda *_: None)
            connection = Connection(address)
            yield Measured(catalogue, address, connection)
            connection.close()
        database.close()
