"""What a process makes ready before its first request."""

from dataclasses import replace
from pathlib import Path

import pytest

from pims_api.settings import Settings
from pims_api.storage.database import Database, open_database
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.tenants import add_tenant
from views import warm_up as warming
from views.pims.face import PIMS
from views.pims.rehearsal import rehearse_lists


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path / 'shop.db'}", sqlite_synchronous="OFF")


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The tenants that a face was asked to rehearse with."""
    tenants: list[int] = []

    def rehearse(seen: Snapshot) -> None:
        tenants.append(seen.tenant_id)

    monkeypatch.setattr(warming, "FACES", (replace(PIMS, rehearse=rehearse),))
    return tenants


def made(settings: Settings) -> Database:
    database = open_database(settings=settings)
    upgrade_database(database)
    return database


def test_every_face_rehearses_with_the_oldest_tenant(
    settings: Settings, rehearsed: list[int]
) -> None:
    database = made(settings)
    first, _second = add_tenant(database, "first"), add_tenant(database, "second")
    database.close()
    warming.warm_up(settings)
    assert rehearsed == [first]


def test_nothing_is_rehearsed_without_a_tenant(settings: Settings, rehearsed: list[int]) -> None:
    made(settings).close()
    warming.warm_up(settings)
    assert rehearsed == []


def test_a_process_starts_also_when_there_are_no_tables(
    settings: Settings, rehearsed: list[int]
) -> None:
    warming.warm_up(settings)
    assert rehearsed == []


def test_lists_of_an_empty_tenant_can_be_rehearsed(settings: Settings) -> None:
    database = made(settings)
    tenant_id = add_tenant(database, "shop")
    with snapshot(database, tenant_id) as seen:
        rehearse_lists(seen)
    database.close()
