"""Applications of their own over one database, as processes have them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from pims_api.storage.database import Database
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of
from views.app import create_app


@pytest.fixture
def opened(keyed_database: KeyedDatabase) -> Iterator[Callable[..., FlaskClient]]:
    """`opened(trusted_proxies="10.0.0.0/8")`: what a process of its own answers."""
    made: list[Database] = []

    def client(**settings: Any) -> FlaskClient:
        app = create_app(replace(settings_of(keyed_database.url), **settings))
        made.append(app.extensions["pims_database"])
        return app.test_client()

    yield client
    for one in made:
        one.close()
