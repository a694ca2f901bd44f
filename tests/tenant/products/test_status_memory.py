"""DRAFT and ARCHIVED are both inactive: the one that was said last is kept, until PIMS speaks."""

import pytest

from pims_api.domain.flat.flat_product import Lifecycle
from pims_api.domain.tenant_ids import Numbered
from pims_api.services.access import full_access, sight_of
from pims_api.services.flat_products.fields import FlatWrite
from pims_api.services.flat_products.write import edit_flat
from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work


@pytest.fixture
def say(database, hat, ids):
    """`say("DRAFT")`: the product gets that status."""

    def see(definition):
        return sight_of(full_access(definition, definition.default_locale))

    def write(word):
        number = ids.number(Numbered.PRODUCT, hat["id"])
        with unit_of_work(database, 1, Actor("tests")) as work:
            one = products_by_id(work, [number])[number]
            edit_flat(work, see, one, FlatWrite(lifecycle=Lifecycle(word)))

    return write


@pytest.fixture
def status(tenant, hat):
    return lambda: tenant("GET", f"/products/{hat['id']}")["status"]


def test_what_was_said_last_is_kept(say, status, shown, hat) -> None:
    for word in ("DRAFT", "ARCHIVED", "DRAFT", "ARCHIVED", "ARCHIVED", "ACTIVE", "ARCHIVED"):
        say(word)
        assert status() == word
        assert shown(hat["id"])["status"] == ("active" if word == "ACTIVE" else "inactive")


def test_other_changes_leave_it(say, status, edit, hat, tenant) -> None:
    say("ARCHIVED")
    edit(hat["id"], title="Cap", status="inactive")
    tenant("PUT", f"/products/{hat['id']}", {"title": "Top hat"})
    assert status() == "ARCHIVED"


def test_inactive_set_by_pims_is_a_draft(say, status, edit, hat) -> None:
    say("ARCHIVED")
    edit(hat["id"], status="active")
    assert status() == "ACTIVE"
    edit(hat["id"], status="inactive")
    assert status() == "DRAFT"


def test_one_restored_as_inactive_is_a_draft(say, status, edit, hat, tenant) -> None:
    say("ARCHIVED")
    tenant("DELETE", f"/products/{hat['id']}", status=204)
    edit(hat["id"], status="inactive")
    assert status() == "DRAFT"


def test_the_memory_shows_nowhere_else_and_holds_together(
    say, history, hat, pims, database
) -> None:
    before = history(hat["id"])
    say("ARCHIVED")
    say("DRAFT")
    say("ARCHIVED")
    told = pims("historyProduct", sku=hat["id"], status=200)
    assert told["total_count"] == len(history(hat["id"])) == len(before) + 1
    assert history(hat["id"])[-1] == ({"status": "active"}, {"status": "inactive"})
    with snapshot(database, 1) as seen:
        assert [told for check in CHECKS for told in check.find(seen)] == []
