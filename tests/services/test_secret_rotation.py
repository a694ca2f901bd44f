"""A new secret: everything is sealed by it, nothing is lost, tokens of the one before hold."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, select

from pims_api.errors import Busy, Conflict, Unauthorized
from pims_api.services.maintenance.secret_rotation import Rotation, rotate_secret
from pims_api.services.users import accounts
from pims_api.services.users.tokens import signed_in_snapshot, token_of
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity import sealing
from pims_api.storage.identity.sealing import CannotOpen, Sealer, place_of
from pims_api.storage.identity.secret import NoSecret, make_secret_file, secret_file
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of

OLD, NEW, NEWER = (urlsafe_b64encode(one * 32).decode().rstrip("=") for one in (b"a", b"b", b"c"))
HOOKS = Table(
    "hooks",
    MetaData(),
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("secret", Text),
)
SECRET = HOOKS.c.secret


@pytest.fixture
def database(keyed_database: KeyedDatabase, monkeypatch) -> Iterator[Database]:
    """A database with a table that holds sealed texts; the secret is in the environment."""
    made = of_secrets(keyed_database.url, OLD)
    with made.writing() as connection:
        HOOKS.create(connection)
        made.commit(connection)
    monkeypatch.setattr(sealing, "SEALED_COLUMNS", (SECRET,))
    yield made
    made.close()


@pytest.fixture
def with_file(database: Database) -> Database:
    """The same with the secret in the file beside it."""
    if not database.is_sqlite:
        pytest.skip("The file is beside a SQLite database.")
    database.settings = replace(database.settings, secret_key="")
    make_secret_file(database.url)
    return database


def of_secrets(url: str, present: str, previous: str = "") -> Database:
    settings = replace(settings_of(url), secret_key=present, secret_key_previous=previous)
    return Database(settings)


def changed(database: Database, present: str, previous: str = "") -> None:
    database.settings = replace(database.settings, secret_key=present, secret_key_previous=previous)


def store(database: Database, text: str | None, number: int = 1) -> None:
    place = place_of(SECRET, [1, number])
    sealed = None if text is None else Sealer(database).seal(text, place)
    with database.writing() as connection:
        row = {"tenant_id": 1, "id": number, "secret": sealed}
        connection.execute(HOOKS.insert(), row)
        database.commit(connection)


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(SECRET).order_by(HOOKS.c.id)))


def opened(database: Database, number: int = 1) -> str:
    return Sealer(database).open(stored(database)[number - 1], place_of(SECRET, [1, number]))


def test_a_sealed_text_shows_nothing_and_opens_at_its_place_alone(database: Database) -> None:
    sealer = Sealer(database)
    sealed = sealer.seal("shpat_42 ü", "hooks.secret 1,1")
    assert "shpat" not in sealed
    assert sealed != sealer.seal("shpat_42 ü", "hooks.secret 1,1")
    assert sealer.open(sealed, "hooks.secret 1,1") == "shpat_42 ü"
    for altered, place in (
        (sealed, "hooks.secret 1,2"),
        (sealed[:-6] + "AAAA" + sealed[-2:], "hooks.secret 1,1"),
        (sealed[:-9], "hooks.secret 1,1"),
        (sealed.rpartition(".")[0] + ".", "hooks.secret 1,1"),
        ("shpat_42", "hooks.secret 1,1"),
        ("", "hooks.secret 1,1"),
        (sealed + "é", "hooks.secret 1,1"),
    ):
        with pytest.raises(CannotOpen):
            sealer.open(altered, place)


def test_the_previous_secret_opens_and_seals_nothing(database: Database) -> None:
    store(database, "one")
    changed(database, NEW, OLD)
    assert opened(database) == "one"
    assert Sealer(database).is_present(Sealer(database).seal("two", "x"))
    assert not Sealer(database).is_present(stored(database)[0])
    changed(database, NEW)
    with pytest.raises(CannotOpen, match=r"hooks\.secret 1,1 was sealed by a secret"):
        opened(database)


def test_rotating_in_the_environment_seals_anew(database: Database) -> None:
    store(database, "one")
    store(database, None, 2)
    changed(database, NEW, OLD)
    assert rotate_secret(database) == Rotation(is_new=False, sealed=1)
    assert rotate_secret(database) == Rotation(is_new=False, sealed=0)
    changed(database, NEW)
    assert opened(database) == "one"


def test_what_no_secret_opens_keeps_everything_as_it_is(database: Database) -> None:
    store(database, "one")
    changed(database, NEW)
    store(database, "two", 2)
    changed(database, NEWER, NEW)
    before = stored(database)
    with pytest.raises(Conflict) as refused:
        rotate_secret(database)
    assert refused.value.faults[0].message.startswith("hooks.secret 1,1 was sealed by a secret")
    assert stored(database) == before


def test_rotating_replaces_the_file(with_file: Database) -> None:
    path = secret_file(with_file.url)
    assert path is not None
    first = path.read_text().split()
    for number, text in enumerate(("one", "two", "three"), 1):
        store(with_file, text, number)
        assert rotate_secret(with_file) == Rotation(is_new=True, sealed=number)
        assert [opened(with_file, one) for one in range(1, number + 1)] == [
            "one", "two", "three",
        ][:number]  # fmt: skip
    lines = path.read_text().split()
    assert len(lines) == len(set(lines) | set(first)) - 1 == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.glob("*.secret*")] == [path.name]


def test_a_crash_after_the_file_was_replaced_loses_nothing(
    with_file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(with_file, "one")

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Database, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            rotate_secret(with_file)
    assert opened(with_file) == "one"
    assert rotate_secret(with_file).is_new
    assert opened(with_file) == "one"


def test_a_crash_before_the_file_was_replaced_changes_nothing(
    with_file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = secret_file(with_file.url)
    assert path is not None
    before = path.read_text()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            rotate_secret(with_file)
    assert path.read_text() == before
    assert rotate_secret(with_file).is_new


@pytest.fixture
def token(database: Database) -> str:
    with unit_of_work(database, 1, Actor("tests")) as work:
        user = accounts.add_user(work, "ann@example.com", "Ann", "role-viewer", "a long password")
    return token_of(database, user)


def holds(database: Database, token: str) -> bool:
    try:
        with signed_in_snapshot(database, token, lambda _: ()):
            return True
    except Unauthorized:
        return False


def test_tokens_of_the_previous_secret_hold(database: Database, token: str) -> None:
    for present, previous, expected in (
        (NEW, OLD, True),
        (OLD, NEW, True),
        (NEW, "", False),
        (NEWER, NEW, False),
    ):
        other = of_secrets(
            str(database.url.render_as_string(hide_password=False)), present, previous
        )
        assert holds(other, token) is expected, (present, previous)
        other.close()


def test_a_second_rotation_ends_tokens_in_running_processes(with_file: Database) -> None:
    with unit_of_work(with_file, 1, Actor("tests")) as work:
        user = accounts.add_user(work, "ann@example.com", "Ann", "role-viewer", "a long password")
    token = token_of(with_file, user)
    assert holds(with_file, token)
    rotate_secret(with_file)
    assert holds(with_file, token)
    newer = token_of(with_file, user)
    rotate_secret(with_file)
    assert not holds(with_file, token)
    assert holds(with_file, newer)


@pytest.mark.parametrize("text", ["short", "é" * 43, "A" * 42, "A" * 44 + "=", "****"])
def test_a_previous_secret_that_is_none_is_named(database: Database, text: str) -> None:
    changed(database, NEW, text)
    with pytest.raises(NoSecret, match="PIMS_SECRET_KEY_PREVIOUS is not 32 bytes in base64"):
        Sealer(database)
    with pytest.raises(Busy, match="PIMS_SECRET_KEY_PREVIOUS is not 32 bytes"):
        holds(database, "a.b.c")
