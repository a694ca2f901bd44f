"""Access tokens of users are taken as keys are; what their role hides is hidden."""

from typing import Any

import pytest

from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.unit_of_work import unit_of_work


@pytest.fixture
def token(database) -> Any:
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)

    def of(role: str) -> str:
        with unit_of_work(database, 1, Actor("tests")) as work:
            email = f"{role}@example.com"
            user = accounts.add_user(work, email, role, role, "a long password")
        return token_of(database, user)

    return of


def test_a_user_is_named_by_the_e_mail_address(tenant, token) -> None:
    admin = token("role-admin")
    made = tenant("POST", "/products", {"title": "Hat"}, key=admin, ApiUser="Somebody")
    assert made["created_by"] == "role-admin@example.com"
    assert tenant("GET", f"/products/{made['id']}", key=admin) == made


def test_a_viewer_reads(tenant, refused, token, hat) -> None:
    viewer = token("role-viewer")
    assert tenant("GET", "/products", key=viewer)[0]["id"] == hat["id"]
    refused(403, "PUT", f"/products/{hat['id']}", {"title": "Cap"}, key=viewer)
    refused(403, "POST", "/categories", {"name": "A", "slug": "a"}, key=viewer)


def test_tokens_that_do_not_hold_are_refused(refused, token) -> None:
    good = token("role-admin")
    for bad in ("a.b.c", good[:-2], good + "x", "..", good.replace(".", "..", 1)):
        refused(401, "GET", "/products", key=bad)
