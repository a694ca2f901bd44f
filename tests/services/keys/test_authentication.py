"""How long a process trusts a key that it has seen working."""

from collections.abc import Iterator

import pytest

from pims_api.domain.access import api_key
from pims_api.errors import Unauthorized
from pims_api.services.keys.api_keys import create_key, find_key, revoke_key
from pims_api.services.keys.authentication import (
    authenticate,
    authenticated_snapshot,
    look_up_key,
    look_up_key_id,
    remembered_key,
)
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import KeyedDatabase, on_one_engine
from tests.environment import settings_of
from tests.pims.sent_statements import sent_statements

pytestmark = on_one_engine


@pytest.fixture
def database(keyed_database: KeyedDatabase) -> Iterator[Database]:
    found = Database(settings_of(keyed_database.url))
    yield found
    found.close()


def _made(database: Database) -> str:
    with unit_of_work(database, 1, Actor("tests")) as work:
        return create_key(work, None, "another", ["pim_user"])[0]


def _revoke(database: Database, text: str) -> None:
    with unit_of_work(database, 1, Actor("tests")) as work:
        revoke_key(work, find_key(work, text))


def _key_queries(statements: list[str]) -> list[str]:
    return [one for one in statements if "FROM api_key" in one]


def test_a_key_is_looked_up_once_while_no_key_changes(database: Database) -> None:
    text = _made(database)
    with sent_statements(database) as sent:
        for _ in range(3):
            with authenticated_snapshot(database, text, lambda _: ()) as (key, seen):
                assert (key.name, seen.tenant_id) == ("another", 1)
    assert len(_key_queries(sent)) == 1


def test_a_key_is_looked_up_again_when_any_key_of_the_tenant_has_changed(
    database: Database,
) -> None:
    text = _made(database)
    with sent_statements(database) as sent:
        with authenticated_snapshot(database, text, lambda _: ()):
            pass
        _made(database)
        before = len(_key_queries(sent))
        with authenticated_snapshot(database, text, lambda _: ()):
            pass
    assert len(_key_queries(sent)) == before + 1


def test_a_withdrawn_key_is_remembered_but_opens_nothing(database: Database) -> None:
    text = _made(database)
    with authenticated_snapshot(database, text, lambda _: ()) as (key, _):
        assert remembered_key(database, text) == key
    _revoke(database, text)
    assert remembered_key(database, text) == key
    with pytest.raises(Unauthorized), authenticated_snapshot(database, text, lambda _: ()):
        pass
    with snapshot(database, 1) as seen, pytest.raises(Unauthorized):
        authenticate(database, seen, text)


def test_a_key_that_is_not_well_formed_costs_no_query(database: Database) -> None:
    with sent_statements(database) as sent, database.reading() as connection:
        for text in ("", "pims_mistyped"):
            with pytest.raises(Unauthorized):
                look_up_key(connection, text)
    assert _key_queries(sent) == []


def test_a_well_formed_key_that_nobody_made_is_refused(database: Database) -> None:
    with database.reading() as connection, pytest.raises(Unauthorized):
        look_up_key(connection, api_key.new_key())


def test_a_job_finds_its_key_by_id_until_it_is_withdrawn(database: Database) -> None:
    text = _made(database)
    with database.reading() as connection:
        key = look_up_key(connection, text)
        assert look_up_key_id(connection, 1, key.id) == key
    _revoke(database, text)
    with database.reading() as connection:
        for tenant_id, key_id in ((1, key.id), (2, key.id), (1, 999)):
            with pytest.raises(Unauthorized):
                look_up_key_id(connection, tenant_id, key_id)
