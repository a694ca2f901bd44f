"""Step 0007 indexes changes by their transaction, and has waiting jobs say until when."""

from sqlalchemy import inspect, text

from pims_api.storage.migrations.upgrade import upgrade_database
from tests.storage.migrations.earlier_tables import without_feed
from tests.storage.shop import Shop

JOB = (
    "INSERT INTO job (tenant_id, id, kind, state, payload, progress, result, errors, created_at,"
    " created_by, lease_until, attempts) VALUES (1, {}, 'count', '{}', '{{}}', '{{}}', '{{}}',"
    " '[]', 1, 'tests', 99, 1)"
)


def test_what_a_waiting_job_waits_for_is_told_by_no_lease_any_more(shop: Shop) -> None:
    with shop.database.writing() as connection:
        without_feed(connection)
        for number, state in ((1, "queued"), (2, "running")):
            connection.execute(text(JOB.format(number, state)))
        connection.commit()
    upgrade_database(shop.database)
    with shop.read() as seen:
        found = seen.connection.execute(text("SELECT lease_until, run_after FROM job ORDER BY id"))
        assert [tuple(row) for row in found] == [(None, 99), (99, None)]
        names = {one["name"] for one in inspect(shop.database.engine).get_indexes("change")}
    assert names == {"ix_change_sequence"}
