"""Users sign in with a password and are recognised by a token."""

import jwt
import pytest

from pims_api.clock import now_us
from pims_api.services.users import accounts
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import derived_key, make_secret_file
from pims_api.storage.unit_of_work import unit_of_work
from tests.sigma.conftest import everywhere

PASSWORD = "correct horse battery"
ANN = {"id": "user-1", "email": "ann@example.com", "name": "Ann", "roleId": "role-admin"}
WRONG = {"error": "UNAUTHORIZED", "message": "The e-mail address or password is wrong!"}
NO_TOKEN = {
    "error": "UNAUTHORIZED",
    "message": "The token or API key is missing, expired or not valid!",
}


@pytest.fixture
def secret(database, monkeypatch) -> None:
    if make_secret_file(database.url) is None:
        settings = database.settings
        object.__setattr__(settings, "secret_key", "A" * 43)


@pytest.fixture
def change_users(database):
    """`change_users(accounts.set_role, "role-viewer")`: done to Ann in a transaction."""

    def change(do, *args, **more):
        with unit_of_work(database, 1, Actor("tests")) as work:
            do(work, accounts.find_user(work, ANN["email"]), *args, **more)

    return change


@pytest.fixture
def ann(database, secret) -> None:
    with unit_of_work(database, 1, Actor("tests")) as work:
        accounts.add_user(work, "Ann@Example.com", "Ann", "role-admin", PASSWORD)


@pytest.fixture
def log_in(client):
    def log(email: str = "ann@example.com", password: str = PASSWORD):
        body = {"email": email, "password": password}
        return client.post("/api/v1/auth/login", json=body)

    return log


@pytest.fixture
def token(ann, log_in) -> str:
    return log_in().get_json()["token"]


@pytest.fixture
def ask(client):
    """`ask(token, "GET", "/schemas")`: the response to a bearer of the token."""

    def send(token: str, method: str = "GET", path: str = "/schemas", body=None):
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    return send


def test_a_login_answers_with_a_token_of_a_day(database, ann, log_in) -> None:
    reply = log_in("ANN@example.com")

    assert reply.status_code == 200
    told = reply.get_json()
    assert list(told) == ["token", "user"]
    assert told["user"] == ANN
    key = derived_key(database.settings, database.url, "tokens")
    claims = jwt.decode(told["token"], key, ["HS256"])
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert abs(claims["iat"] - now_us() // 1_000_000) < 60
    del claims["exp"], claims["iat"]
    assert claims == {
        "userId": "user-1",
        "workspaceId": "ws-1",
        "roleId": "role-admin",
        "rev": 1,
    }
    assert jwt.get_unverified_header(told["token"]) == {"alg": "HS256", "typ": "JWT"}


def test_what_is_no_login_is_refused_alike(ann, log_in, client) -> None:
    for email, password in (("ann@example.com", "wrong"), ("bob@example.com", PASSWORD)):
        reply = log_in(email, password)
        assert (reply.status_code, reply.get_json()) == (401, WRONG)
    reply = client.post("/api/v1/auth/login", json={"email": "ann@example.com"})
    assert reply.status_code == 400
    assert reply.get_json() == {"error": "VALIDATION_ERROR", "message": "password is required!"}


def test_logins_that_fail_too_often_are_held_up(ann, log_in) -> None:
    for _ in range(5):
        assert log_in(password="wrong").status_code == 401

    reply = log_in()

    assert reply.status_code == 429
    assert reply.get_json()["error"] == "LIMIT_EXCEEDED"
    assert 1 <= int(reply.headers["Retry-After"]) <= 60


def test_a_token_is_renewed_and_a_key_is_not(token, client, key) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    told = client.post("/api/v1/auth/refresh", headers=headers).get_json()
    assert told["user"] == ANN

    headers = {"Authorization": f"Bearer {told['token']}"}
    assert client.get("/api/v1/schemas", headers=headers).status_code == 200
    for refused in ({}, {"Authorization": f"Bearer {key}"}, {"Authorization": "Bearer a.b.c"}):
        reply = client.post("/api/v1/auth/refresh", headers=refused)
        assert (reply.status_code, reply.get_json()) == (401, NO_TOKEN)


@pytest.mark.parametrize(
    ("do", "args", "more"),
    [
        (accounts.set_role, ("role-viewer",), {}),
        (accounts.set_password, ("another password",), {}),
        (accounts.set_disabled, (), {"disabled": True}),
    ],
)
def test_a_change_of_the_user_ends_its_tokens(token, ask, change_users, do, args, more) -> None:
    assert ask(token).status_code == 200
    change_users(do, *args, **more)
    reply = ask(token)
    assert (reply.status_code, reply.get_json()) == (401, NO_TOKEN)


def test_a_viewer_reads_and_writes_nothing(database, ann, change_users, log_in, ask) -> None:
    change_users(accounts.set_role, "role-viewer")
    token = log_in().get_json()["token"]

    assert ask(token).status_code == 200
    body = {"schemaId": "schema-default", "values": {"title": everywhere("A")}}
    reply = ask(token, "POST", "/records", body)
    assert reply.status_code == 403
    assert reply.get_json() == {
        "error": "PERMISSION_DENIED",
        "message": "You may not edit records!",
    }


def test_history_and_records_name_the_user(token, ask, pims) -> None:
    body = {"schemaId": "schema-default", "values": {"title": everywhere("A")}}
    made = ask(token, "POST", "/records", body).get_json()

    told = pims("historyProduct", sku=made["id"], params={"definition": False}, status=200)
    assert [entry["user"] for entry in told["history"]] == ["ann@example.com"]


def test_tenants_list_users_for_quick_logins_alone(database, ann, client) -> None:
    assert client.get("/api/v1/auth/tenants").get_json() == []
    with unit_of_work(database, 1, Actor("tests")) as work:
        accounts.add_user(
            work, "demo@example.com", "Demo", "role-viewer", PASSWORD, quick_login=True
        )
    assert client.get("/api/v1/auth/tenants").get_json() == [
        {
            "id": "ws-1",
            "name": "default",
            "users": [
                {
                    "id": "user-2",
                    "email": "demo@example.com",
                    "name": "Demo",
                    "roleId": "role-viewer",
                }
            ],
        }
    ]
