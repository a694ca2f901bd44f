"""What the server itself answers: whether it lives, whether it can work, and what it is."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pims_api.storage.database import Database
from pims_api.storage.migrations.upgrade import upgrade
from tests.environment import settings_of
from views.app import create_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def client_of(request):
    def client(url):
        app = create_app(settings_of(url))
        request.addfinalizer(app.extensions["pims_database"].close)
        return app.test_client()

    return client


def set_revision(url, revision):
    statement = text("UPDATE alembic_version SET version_num = :revision")
    with closing(Database(settings_of(url))) as database, database.writing() as connection:
        connection.execute(statement, {"revision": revision})
        connection.commit()


def asked(client):
    alive, ready = client.get("/healthz"), client.get("/readyz")
    assert (alive.status_code, alive.get_json()) == (200, {"status": "ok"})
    return ready.status_code, ready.get_json()


def unready(reason):
    return 503, {"status": "unavailable", "reason": reason}


def test_a_server_with_its_database_is_ready(database_url, client_of):
    assert asked(client_of(database_url)) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        ("0001", "The database has no tables of this program: run pims init."),
        ("9999", "The database was made by a newer PIMS (revision 9999); this one knows up to "),
    ],
)
def test_tables_of_another_program_are_not_ready(database_url, client_of, revision, reason):
    set_revision(database_url, revision)
    status, body = asked(client_of(database_url))
    assert (status, body["status"]) == (503, "unavailable")
    assert body["reason"].startswith(reason)


def test_a_database_without_tables_is_not_ready(bare_database_url, client_of):
    if bare_database_url.startswith("sqlite"):
        Path(bare_database_url.removeprefix("sqlite:///")).touch()
    reason = "The database has no tables of this program: run pims init."
    assert asked(client_of(bare_database_url)) == unready(reason)


def test_a_file_that_is_moved_away_is_told_and_not_made_anew(sqlite_url, client_of):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    client = client_of(sqlite_url)
    assert asked(client)[0] == 200
    path.rename(f"{path}-moved")
    assert asked(client) == unready("The file of the database is not there.")
    assert not path.exists()
    assert asked(client_of(sqlite_url)) == unready("The file of the database is not there.")
    assert client_of(sqlite_url).get("/pim/keyinfo", headers={"ApiKey": "x"}).status_code != 500
    assert not path.exists()


def test_a_file_that_is_replaced_is_told(sqlite_url, client_of):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    client = client_of(sqlite_url)
    assert asked(client)[0] == 200
    path.rename(f"{path}-moved")
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    upgrade(sqlite_url)
    reason = "The file of the database was moved or replaced while it was in use: start anew."
    assert asked(client) == unready(reason)


def test_a_server_that_does_not_answer_is_not_ready(client_of):
    client = client_of("postgresql://nobody:hush@127.0.0.1:1/pims")
    assert asked(client) == unready("The database could not be read.")


def test_a_browser_is_told_what_this_is_and_where_the_documents_are(sqlite_url, client_of):
    reply = client_of(sqlite_url).get("/", headers={"Accept": BROWSER})
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    page = reply.get_data(as_text=True)
    for named in ("<h1>PIMS", "docs/api/pims.md", "docs/operating.md", "README.md", "/readyz"):
        assert named in page
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert reply.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html;q=0", "text/*"])
def test_programs_find_nothing_at_the_root(sqlite_url, client_of, accept):
    reply = client_of(sqlite_url).get("/", headers={"Accept": accept} if accept else {})
    assert (reply.status_code, reply.get_json()["status"]) == (404, "Error")
