"""Step 0022 gives keys of before limits that they do not have, and they work on."""

from pims_api.services.keys.authentication import authenticated_snapshot
from pims_api.storage.checks.definitions import compare_keys
from pims_api.storage.database import Database
from pims_api.storage.identity.key_uses import last_refusals
from pims_api.storage.migrations.upgrade import upgrade
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of
from tests.storage.migrations.earlier_tables import without_limits


def test_keys_of_before_have_no_limits(keyed_database: KeyedDatabase) -> None:
    database = Database(settings_of(keyed_database.url))
    with database.writing() as connection:
        without_limits(connection)
        database.commit(connection)
    database.close()
    upgrade(keyed_database.url)
    with authenticated_snapshot(database, keyed_database.key, lambda _: ()) as (key, seen):
        assert (key.rate, key.allow_from, key.previous_until) == (None, (), None)
        assert list(compare_keys(seen)) == []
        assert last_refusals(seen, key) == []
    database.close()
