"""Who asks, may they, in which transaction: for callers that no face of ours knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, Unauthorized
from pims_api.services.access import full_access
from pims_api.services.keys.authentication import Prefetch
from pims_api.services.products.write import ProductWrite, create_product
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from tests.databases.fresh import KeyedDatabase, on_one_engine
from tests.environment import settings_of
from views.running import Body, Reading, Reply, Writing, reading_as, run

pytestmark = on_one_engine

ADA = Actor("ada")
READ, EDIT = Permission.READ_PRODUCTS, Permission.EDIT_PRODUCTS


@dataclass(frozen=True, slots=True)
class User:
    """A caller without a key."""

    permissions: frozenset[Permission]
    tenant_id: int = 1
    actor: Actor = ADA
    warnings: list[Fault] = field(default_factory=list)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def access(self, definition: Definition) -> Access:
        return full_access(definition, definition.default_locale)


@dataclass(slots=True)
class Token:
    """Credentials of a user. asked: in which order they were looked at."""

    now: User | None
    before: User | None = None
    asked: list[str] = field(default_factory=list)

    def remembered(self, _database: Database) -> User | None:
        self.asked.append("remembered")
        return self.before

    @contextmanager
    def snapshot(self, database: Database, _prefetch: Prefetch) -> Iterator[tuple[User, Snapshot]]:
        self.asked.append("snapshot")
        with snapshot(database, 1) as seen:
            yield self.caller_in(database, seen), seen

    def caller_in(self, _database: Database, seen: Snapshot) -> User:
        self.asked.append("writing" if seen.is_writing else "reading")
        if self.now is None:
            raise Unauthorized
        return self.now


@pytest.fixture
def database(keyed_database: KeyedDatabase) -> Iterator[Database]:
    found = Database(settings_of(keyed_database.url))
    yield found
    found.close()


def _create(work: UnitOfWork, user: User, body: Body) -> Reply:
    create_product(work, user.access(work.definition), ProductWrite(body["sku"]))
    return {"made": body["sku"]}


CREATE = Writing(EDIT, _create)


def _stored(database: Database, sku: str) -> bool:
    with snapshot(database, 1) as seen:
        return find_product(seen, sku) is not None


def test_a_write_asks_for_an_unknown_caller_before_the_lock_and_below_it(
    database: Database,
) -> None:
    token = Token(User(frozenset({EDIT})))
    assert run(database, token, CREATE, {"sku": "A"}) == {"made": "A"}
    assert token.asked == ["remembered", "snapshot", "reading", "writing"]
    assert _stored(database, "A")


def test_a_caller_that_was_seen_before_is_asked_for_below_the_lock_only(
    database: Database,
) -> None:
    user = User(frozenset({EDIT}))
    token = Token(user, before=user)
    run(database, token, CREATE, {"sku": "A"})
    assert token.asked == ["remembered", "writing"]


@pytest.mark.parametrize(
    ("now", "refusal"), [(None, Unauthorized), (User(frozenset({READ})), NotPermitted)]
)
def test_who_lost_the_right_while_waiting_for_the_lock_writes_nothing(
    database: Database, now: User | None, refusal: type[Exception]
) -> None:
    token = Token(now, before=User(frozenset({EDIT})))
    with pytest.raises(refusal):
        run(database, token, CREATE, {"sku": "A"})
    assert token.asked == ["remembered", "writing"]
    assert not _stored(database, "A")


def test_who_may_not_write_never_queues_for_the_lock(database: Database) -> None:
    token = Token(User(frozenset({READ})))
    with pytest.raises(NotPermitted) as refused:
        run(database, token, CREATE, {"sku": "A"})
    assert refused.value.permission is EDIT
    assert token.asked == ["remembered", "snapshot", "reading"]


def test_a_read_is_refused_or_answered_in_its_own_transaction(database: Database) -> None:
    told: Reading[User] = Reading(
        READ, lambda seen, user, body: {"tenant": seen.tenant_id} | dict(body)
    )
    token = Token(User(frozenset({READ})))
    assert run(database, token, told, {"a": 1}) == {"tenant": 1, "a": 1}
    with (
        pytest.raises(NotPermitted),
        reading_as(database, Token(User(frozenset())), READ),
    ):
        pytest.fail("the block must not be entered")


def test_an_action_without_a_permission_is_for_every_caller(database: Database) -> None:
    nobody = Token(User(frozenset()))
    assert run(database, nobody, Reading(None, lambda *_: {"ok": True}), {}) == {"ok": True}
