"""Who may do what through each address: no credentials, keys, users, roles, states."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from tests.databases.fresh import FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.pims.stored_rows import stored_rows
from tests.sigma.conftest import BASE
from tests.sigma.routes.matrix import EVERYBODY, FLAGS, KEYS, MATRIX, USERS, Row
from tests.sigma.routes.shop import Copied, Headers, Shop, address, copier, filled

STRANGERS = EVERYBODY - KEYS - USERS
EVERYTHING = dict.fromkeys(FLAGS.values(), True)


@pytest.fixture(scope="module")
def shop(fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    with fresh_keyed_database("sqlite") as keyed, opened_app(keyed.url) as app:
        yield filled(app, keyed)


@pytest.fixture(scope="module")
def callers(shop: Shop) -> dict[str, Headers]:
    """What each caller sends to say who it is."""
    made = {name: shop.key_of(name) for name in sorted(KEYS)}
    made |= {"admin": shop.user_of("role-admin"), "viewer": shop.user_of("role-viewer")}
    made |= {"plain": shop.role("plain")}
    made |= {name: shop.role(name, **{flag: True}) for name, flag in FLAGS.items()}
    withdrawn = shop.ask("POST", "/api-keys", {"name": "old", "permissions": ["read"]})
    shop.ask("POST", f"/api-keys/{withdrawn['id']}/deactivate")
    made["nobody"] = {}
    made["strange key"] = {"X-Sigma-ApiKey": "sigma_sk_live_" + "x" * 40}
    made["withdrawn key"] = {"X-Sigma-ApiKey": withdrawn["key"]}
    token = made["admin"]["Authorization"]
    made["strange token"] = {"Authorization": token[:-4] + "AAAA"}
    return made


@pytest.fixture(scope="module")
def limited(shop: Shop) -> dict[str, Headers]:
    """Users who have every flag, but a role that denies something in the schema or catalog."""

    def levels(default: str, **attributes: str) -> dict:
        given = {f"attr-{name}": level for name, level in attributes.items()}
        one = {"schemaId": "schema-jacket", "attributePermissions": given}
        return {"schemaPermissions": [one | {"defaultPermission": default}]}

    def rights(**flags: bool) -> dict:
        return {"catalogPermissions": [{"catalogId": "catalog-web"} | flags]}

    denials = {
        "price-hidden": levels("write", price="hidden"),
        "price-read": levels("write", price="read"),
        "schema-hidden": levels("hidden"),
        "schema-read": levels("read"),
        "catalog-hidden": rights(canView=False),
        "catalog-seen": rights(canView=True, canAssign=False),
    }
    return {name: shop.role(name, **EVERYTHING, **one) for name, one in denials.items()}


@pytest.fixture(scope="module")
def copied(shop: Shop, callers: dict, limited: dict, tmp_path_factory) -> Copied:
    """`with copied():` the shop is a copy of its own, to be changed."""
    return copier(shop, tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="module")
def status_of(shop: Shop, copied: Copied) -> Callable[..., int]:
    """`status_of(row, headers)`: the status of the answer, given over an untouched shop."""

    def ask(row: Row, headers: Headers, *before: tuple[str, str, dict]) -> int:
        path = address(row.path)
        if row.path == "/search/text":
            path += "?q=anorak"
        changes = before or row.method != "GET"
        with copied() if changes else nullcontext():
            for one in before:
                shop.ask(*one)
            reply = shop.send(row.method, path, row.body, headers)
        if reply.status_code >= 400:
            assert set(reply.get_json()) <= {"error", "message", "details"}
        return int(reply.status_code)

    return ask


def every_row(wanted: Callable[[Row], bool] = lambda _: True):
    rows = [one for one in MATRIX if wanted(one)]
    return pytest.mark.parametrize("row", rows, ids=lambda row: f"{row.method} {row.path}")


def test_every_address_of_the_face_has_a_row(shop) -> None:
    served = {
        (method, rule.rule.removeprefix(BASE))
        for rule in shop.app.url_map.iter_rules()
        if rule.endpoint.startswith("sigma.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {row.name for row in MATRIX}
    assert len({row.name for row in MATRIX}) == len(MATRIX)


@every_row()
def test_who_may_not_is_refused_and_nothing_changes(shop, callers, row) -> None:
    strangers = STRANGERS | (KEYS if row.path == "/auth/refresh" else set())
    before = stored_rows(shop.database)
    for name in sorted(EVERYBODY - row.may):
        reply = shop.send(row.method, address(row.path), row.body, callers[name])
        expected = (401, "UNAUTHORIZED") if name in strangers else (403, "PERMISSION_DENIED")
        assert (reply.status_code, reply.get_json()["error"]) == expected, name
    assert stored_rows(shop.database) == before


@every_row()
def test_who_may_is_answered(callers, status_of, row) -> None:
    may = {"nobody"} if row.path == "/auth/login" else row.may
    assert {name: status_of(row, callers[name]) for name in may} == dict.fromkeys(may, row.status)


_RECORD = "/records/<record_id>"
_VARIANT = f"{_RECORD}/variants/<variant_id>"
OF_VALUES = {
    ("POST", "/records"),
    ("PUT", _RECORD),
    ("PATCH", f"{_RECORD}/values/<alias>"),
    ("POST", f"{_RECORD}/variants"),
    ("PUT", _VARIANT),
    ("PATCH", f"{_VARIANT}/values/<alias>"),
}
"""The rows that write a price."""
OF_CATALOG = {
    row.name: 404 for row in MATRIX if "<catalog_id>" in row.path or "<category_id>" in row.path
}
WRITES_DENIED = dict.fromkeys(OF_VALUES, 403)
HIDES_PRICE = {("POST", "/import/preview"): 403, ("POST", "/import/execute"): 403}
"""Searches may still name the price, which other schemas have as well."""
DENIED = {
    "price-hidden": WRITES_DENIED | HIDES_PRICE,
    "schema-hidden": WRITES_DENIED | HIDES_PRICE,
    "price-read": WRITES_DENIED,
    "schema-read": WRITES_DENIED,
    "catalog-hidden": OF_CATALOG,
    "catalog-seen": {
        ("POST", f"/categories/<category_id>/{verb}"): 403 for verb in ("assign", "unassign")
    },
}


@every_row(lambda row: "admin" in row.may and not row.path.startswith("/auth"))
def test_what_a_role_denies_of_a_schema_or_catalog(limited, status_of, row) -> None:
    expected = {name: denied.get(row.name, row.status) for name, denied in DENIED.items()}
    assert {name: status_of(row, limited[name]) for name in DENIED} == expected


IN_STATE = dict.fromkeys(OF_VALUES - {("POST", "/records")}, 400)


@every_row(lambda row: "admin" in row.may and "<record_id>" in row.path)
@pytest.mark.parametrize("state", ["locked", "secret"])
def test_what_a_state_denies_of_a_record(callers, status_of, row, state) -> None:
    moved = ("POST", "/records/ent-1/transition", {"toStateId": state})
    expected = IN_STATE.get(row.name, row.status)
    if row.path.endswith("/transition") and state == "locked":
        expected = 422
    for name in ("admin", "pim_editor"):
        if name in row.may:
            assert status_of(row, callers[name], moved) == expected
