"""Views follow several renamings in one transaction."""

from pims_api.domain.access.attribute_view import AttributeView
from pims_api.services.categories.write import CategoryWrite, edit_category, make_category
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.environment import settings_of


def test_each_renaming_of_a_transaction_is_followed(database_url):
    database = Database(settings_of(database_url))
    tenant_id = add_tenant(database, "shop")
    with unit_of_work(database, tenant_id, Actor("tests")) as work:
        lamps = make_category(work, ("Lamps",))
        make_category(work, ("Lamps", "Desk"))
        condition = "[[categories]] IN ('Lamps', 'Lamps > Desk')"
        work.define(AttributeView(1, "partner", condition_query=condition))
        for name in ("Lights", "Luminaires"):
            edit_category(work, lamps.id, CategoryWrite(name=name))
        followed = work.definition.views["partner"].condition_query
    database.close()
    assert followed == "[[categories]] IN ('Luminaires', 'Luminaires > Desk')"
