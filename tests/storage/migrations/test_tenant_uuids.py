"""Step 0013 gives every tenant a UUID and an organization."""

from uuid import UUID

from pims_api.storage.identity.tenants import tenants
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tenants import add_tenant
from tests.storage.migrations.earlier_tables import without_uuids
from tests.storage.shop import Shop


def test_older_tenants_get_uuids_of_their_own(shop: Shop) -> None:
    add_tenant(shop.database, "other")
    with shop.database.writing() as connection:
        without_uuids(connection)
        connection.commit()
    upgrade_database(shop.database)
    with shop.database.reading() as connection:
        found = [uuid for one in tenants(connection) for uuid in (one.uuid, one.org)]
    assert len(set(found)) == 4
    assert [str(UUID(one)) for one in found] == found
