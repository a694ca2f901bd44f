"""One transaction: everything or nothing, one history entry for each product that changed."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.errors import BadInput
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor, product_history
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tables import change, document, product, tenant, transaction
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.storage.shop import ACTOR as SOMEBODY
from tests.storage.shop import Shop, put

Store = Callable[..., None]


def counts(database: Database) -> list[int]:
    """Return how many rows the tables of products and history hold, and the sequence."""
    with database.reading() as connection:
        tables = (product, document, transaction, change)
        rows = [connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables]
        return [*rows, connection.scalar(select(tenant.c.sequence)) or 0]


def test_leaving_the_block_commits(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    with snapshot(database, 1) as seen:
        found = find_product(seen, "A")
        assert found is not None
        assert (found.values["title"], found.version, found.created_by) == ("Rod", 1, "tests")


def test_an_exception_undoes_everything(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    before = counts(database)
    with pytest.raises(BadInput), unit_of_work(database, 1, SOMEBODY) as work:
        put(work, "A", {"title": "Other"})
        put(work, "B", {})
        work.finish()
        raise BadInput
    assert counts(database) == before


def test_a_change_that_changes_nothing_leaves_no_trace(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    before = counts(database)
    stored("A", title="Rod")
    assert counts(database) == before


def test_many_changes_in_one_transaction_make_one_entry(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    with unit_of_work(database, 1, Actor("ERP", 7)) as work:
        put(work, "A", {"title": "Steel"})
        put(work, "A", {"title": "Steel rod", "thumbnail": "rod.png"})
    with snapshot(database, 1) as seen:
        _, entry = product_history(seen, 1)
        assert (entry.actor, entry.key_id) == ("ERP", 7)
        assert entry.old == {"title": "Rod", "thumbnail": None}
        assert entry.new == {"title": "Steel rod", "thumbnail": "rod.png"}


def test_there_and_back_is_no_change(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    before = counts(database)
    with unit_of_work(database, 1, SOMEBODY) as work:
        put(work, "A", {"title": "Steel"})
        put(work, "A", {"title": "Rod"})
    assert counts(database) == before


def test_a_dry_run_leaves_no_trace(database: Database, stored: Store) -> None:
    stored("A", title="Rod")
    before = counts(database)
    with unit_of_work(database, 1, SOMEBODY) as work:
        work.dry_run = True
        put(work, "A", {"title": "Steel"})
        put(work, "B", {})
        assert work.finish() is True
        assert [one.after.sku for one in work.product_changes()] == ["A", "B"]
    assert counts(database) == before


def test_ids_are_dense_and_never_reused(database: Database, stored: Store) -> None:
    stored("A")
    with pytest.raises(BadInput), unit_of_work(database, 1, SOMEBODY) as work:
        put(work, "B", {})
        work.finish()
        raise BadInput
    stored("C")
    with snapshot(database, 1) as seen:
        found = find_product(seen, "C")
        assert found is not None
        assert (found.id, seen.last_product_id) == (2, 2)


def test_a_definition_is_known_within_and_after_its_transaction(
    shop: Shop, database: Database
) -> None:
    color = Attribute(100, "color", "color", ValueType.STRING)
    with unit_of_work(database, 1, SOMEBODY) as work:
        work.define(color)
        assert work.definition.by_name["color"] == color
        with snapshot(database, 1) as seen:
            assert "color" not in seen.definition.by_name
    with snapshot(database, 1) as seen:
        assert seen.definition.by_name["color"] == color
        assert seen.definition.version == seen.sequence


def test_a_definition_that_was_rolled_back_is_unknown(shop: Shop, database: Database) -> None:
    with pytest.raises(BadInput), unit_of_work(database, 1, SOMEBODY) as work:
        work.define(Attribute(100, "color", "color", ValueType.STRING))
        work.finish()
        raise BadInput
    with snapshot(database, 1) as seen:
        assert "color" not in seen.definition.by_name


def test_a_deleted_definition_is_unknown_to_every_process(shop: Shop, database: Database) -> None:
    color = Attribute(100, "color", "color", ValueType.STRING)
    other = Database(database.settings)
    with unit_of_work(database, 1, SOMEBODY) as work:
        work.define(color)
    with snapshot(other, 1) as seen:
        assert "color" in seen.definition.by_name
    with unit_of_work(database, 1, SOMEBODY) as work:
        work.define(Attribute(100, "color", "color", ValueType.STRING, deleted=True), deleted=True)
    with snapshot(other, 1) as seen:
        assert "color" not in seen.definition.by_name
        assert seen.definition.by_key["color"].deleted
    other.close()


@pytest.mark.parametrize(("paused", "advanced"), [(True, False), (False, True)])
def test_a_paused_write_does_not_advance_the_facets(
    shop: Shop, database: Database, paused: bool, advanced: bool
) -> None:
    with unit_of_work(database, 1, SOMEBODY, pause_facets=paused) as work:
        put(work, "A", {})
    with database.reading() as connection:
        row = connection.execute(select(tenant.c.sequence, tenant.c.facet_sequence)).one()
        assert (row.facet_sequence == row.sequence) is advanced


def test_tenants_do_not_meet(database: Database, stored: Store) -> None:
    add_tenant(database, "other")
    stored("A", title="Rod")
    with snapshot(database, 2) as seen:
        assert find_product(seen, "A") is None
        assert product_history(seen, 1) == []
    with unit_of_work(database, 2, SOMEBODY) as work:
        put(work, "A", {"title": "Theirs"})
    with snapshot(database, 1) as seen:
        found = find_product(seen, "A")
        assert found is not None
        assert found.values["title"] == "Rod"
