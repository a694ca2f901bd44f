"""A new token for an old one, which comes in the header or in the body."""

import pytest

from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.unit_of_work import unit_of_work

PATH = "/api/v1/auth/refresh"


@pytest.fixture
def token(database) -> str:
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)
    with unit_of_work(database, 1, Actor("tests")) as work:
        user = accounts.add_user(work, "ann@example.com", "Ann", "role-viewer", "a long password")
    return token_of(database, user)


def test_a_token_in_the_body_is_renewed(client, token) -> None:
    reply = client.post(PATH, json={"token": token})
    assert reply.status_code == 200
    assert reply.get_json()["user"]["email"] == "ann@example.com"
    bearer = {"Authorization": f"Bearer {reply.get_json()['token']}"}
    assert client.get("/api/v1/schemas", headers=bearer).status_code == 200


def test_the_header_comes_first(client, token) -> None:
    bad = {"Authorization": "Bearer a.b.c"}
    assert client.post(PATH, json={"token": token}, headers=bad).status_code == 401
    good = {"Authorization": f"Bearer {token}"}
    assert client.post(PATH, json={"token": "a.b.c"}, headers=good).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 401), ({"token": None}, 401), ({"token": "x"}, 401), ({"token": 5}, 400), ([], 400)],
)
def test_what_is_no_token_is_refused(client, body, status) -> None:
    assert client.post(PATH, json=body).status_code == status
    assert client.post(PATH).status_code == 401
