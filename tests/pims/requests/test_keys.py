"""Keys are made, told, changed and withdrawn; none grants more than its maker holds."""

import re
import time

import pytest
from sqlalchemy import select, update

from pims_api.domain.access.api_key import is_well_formed
from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.storage import tables
from pims_api.storage.history.changes import Actor
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import on_one_engine

VIEWS = "/pim/manage/views"
GONE = "API key does not exist or could not be deleted"


@pytest.fixture
def post(client, key):
    """`post("/pim/newkey", name="shop", ...)`: post and return the reply."""

    def send(path, *, status=None, key=key, **body):
        reply = client.post(path, json=body, headers={"ApiKey": key})
        assert status is None or reply.status_code == status, reply.text
        return reply.get_json()

    return send


@pytest.fixture
def info(client, key):
    """`info(key)`: what a key is told of itself, or of the key that `of` names."""

    def ask(key=key, *, of=None, status=200):
        query = {} if of is None else {"key": of}
        reply = client.get("/pim/keyinfo", query_string=query, headers={"ApiKey": key})
        assert reply.status_code == status, reply.text
        return reply.get_json()

    return ask


@pytest.fixture
def given_view(pims):
    def given(name):
        pims("addPimView", path=VIEWS, name=name, attributes={"title": {}}, status=200)

    return given


def expire(database, public_id):
    with database.writing() as connection:
        of_key = tables.api_key.c.public_id == public_id
        connection.execute(update(tables.api_key).where(of_key).values(expires_at=1))
        connection.commit()


def granted(told):
    return [name for name, flag in told["permissions"].items() if flag]


class TestMaking:
    def test_a_new_key_works_and_is_shown_with_its_id(self, post, info):
        made = post("/pim/newkey", name="shop", permissions=["pim_user"], status=200)
        assert set(made) == {"status", "key", "key_expiration", "id", "transaction"}
        assert is_well_formed(made["key"])
        assert made["key"].startswith("pims_" + made["id"])
        told = info(made["key"])
        assert (told["id"], told["name"]) == (made["id"], "shop")
        assert granted(told) == ["pim_user"]

    def test_without_a_limit_it_never_expires(self, post):
        assert post("/pim/newkey", name="a", permissions=["pim_user"])["key_expiration"] is None

    def test_the_expiration_is_told_as_text(self, post):
        made = post("/pim/newkey", name="a", permissions=["pim_user"], expires_in_days=30)
        shape = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d \d{4}"
        assert re.fullmatch(shape, made["key_expiration"])

    def test_an_expired_key_is_refused(self, post, info, database):
        made = post("/pim/newkey", name="a", permissions=["pim_user"], expires_in_days=1)
        expire(database, made["id"])
        assert info(made["key"], status=401)["errors"][0]["code"] == "unauthorized"

    def test_views_come_with_it_and_the_first_is_the_default(self, post, info, given_view):
        given_view("shop")
        given_view("office")
        made = post("/pim/newkey", name="a", permissions=["pim_user"], views=["office", "shop"])
        assert {n: v["isDefault"] for n, v in info(made["key"])["views"].items()} == {
            "office": "y",
            "shop": "n",
        }

    def test_the_default_view_may_be_chosen(self, post, info, given_view):
        given_view("shop")
        given_view("office")
        made = post(
            "/pim/newkey",
            name="a",
            permissions=["pim_user"],
            views=["office", "shop"],
            default_view="shop",
        )
        assert info(made["key"])["views"]["shop"]["isDefault"] == "y"

    def test_neither_the_key_nor_its_digest_is_in_history(self, post, database):
        made = post("/pim/newkey", name="shop", permissions=["pim_user"])
        with database.reading() as connection:
            digest = connection.scalar(
                select(tables.api_key.c.digest).where(tables.api_key.c.public_id == made["id"])
            )
            stored = str(connection.execute(select(tables.change)).all())
        assert made["id"] in stored
        assert digest not in stored
        assert made["key"] not in stored

    def test_the_key_is_stored_nowhere(self, post, database):
        made = post("/pim/newkey", name="shop", permissions=["pim_user"])
        with database.reading() as connection:
            stored = str(connection.execute(select(tables.api_key)).all())
        assert made["key"][13:40] not in stored

    def test_only_security_makes_keys(self, post, make_key, unchanged):
        maker = make_key(*[one for one in PERMISSION_GROUPS if one != "pim_security"])
        with unchanged():
            post("/pim/newkey", name="a", permissions=["pim_user"], key=maker, status=403)

    def test_a_key_grants_only_what_its_maker_holds(self, post, make_key, unchanged):
        maker = make_key("pim_security", "pim_user")
        post("/pim/newkey", name="a", permissions=["pim_user"], key=maker, status=200)
        with unchanged():
            wanted = ["pim_user", "pim_editor", "pim_manager"]
            answer = post("/pim/newkey", name="a", permissions=wanted, key=maker, status=403)
        assert len(answer["errors"]) == 2

    def test_a_maker_bound_to_views_cannot_make_a_key_that_sees_everything(
        self, post, make_key, given_view, unchanged
    ):
        given_view("shop")
        given_view("office")
        maker = make_key("pim_security", "pim_user", views=("shop",))
        with unchanged():
            post("/pim/newkey", name="a", permissions=["pim_user"], key=maker, status=403)
        views = ["office"]  # pim_security may name any View, so it may hand on any
        post("/pim/newkey", name="a", permissions=["pim_user"], views=views, key=maker, status=200)

    @on_one_engine
    @pytest.mark.parametrize(
        ("case", "change", "code", "pointer"),
        [
            ("no name", {"name": None}, "required", "/name"),
            ("blank name", {"name": " "}, "required", "/name"),
            ("number as name", {"name": 1}, "type", "/name"),
            ("long name", {"name": "x" * 101}, "limit", "/name"),
            ("control character", {"name": "a\x07"}, "limit", "/name"),
            ("no permissions", {"permissions": None}, "required", "/permissions"),
            ("no permission", {"permissions": []}, "required", "/permissions"),
            ("one text", {"permissions": "pim_user"}, "type", "/permissions"),
            ("unknown one", {"permissions": ["pim_usr"]}, "range", "/permissions"),
            ("number", {"permissions": [1]}, "type", "/permissions/0"),
            ("many", {"permissions": ["pim_user"] * 1_001}, "limit", "/permissions"),
            ("many Views", {"views": ["shop"] * 1_001}, "limit", "/views"),
            ("unknown View", {"views": ["nobody"]}, "range", "/views"),
            ("text as Views", {"views": "shop"}, "type", "/views"),
            ("unknown default", {"default_view": "nobody"}, "range", "/views"),
            ("no days", {"expires_in_days": 0}, "range", "/expires_in_days"),
            ("days as text", {"expires_in_days": "30"}, "range", "/expires_in_days"),
            ("half a day", {"expires_in_days": 0.5}, "range", "/expires_in_days"),
            ("for ever", {"expires_in_days": 36501}, "range", "/expires_in_days"),
        ],
    )
    def test_a_key_that_cannot_be_is_refused(self, post, unchanged, case, change, code, pointer):
        body = {"name": "a", "permissions": ["pim_user"]} | change
        with unchanged():
            answer = post("/pim/newkey", status=400, **body)
        assert (answer["errors"][0]["code"], answer["errors"][0]["pointer"]) == (code, pointer)


class TestTelling:
    def test_every_key_may_ask_about_itself(self, info, make_key):
        own = make_key("pim_export")
        assert granted(info(own)) == ["pim_export"]
        assert info(own, of=own) == info(own)

    def test_the_key_is_masked(self, info, make_key):
        own = make_key("pim_user")
        assert info(own)["key"] == f"pxxx...xxx{own[-1]}"
        assert own not in str(info(own))

    def test_security_may_ask_about_others(self, info, make_key):
        other = make_key("pim_editor")
        assert granted(info(of=other)) == ["pim_editor"]
        assert info(of=other[5:13])["id"] == other[5:13]

    def test_others_may_not_and_do_not_learn_whether_it_is_there(self, info, make_key):
        own, other = make_key("pim_user", "pim_manager"), make_key("pim_editor")
        assert info(own, of=other, status=403) == info(own, of="nobody00", status=403)

    @pytest.mark.parametrize("of", ["nobody00", "pims_mistyped", "\x00", "é" * 8])
    def test_a_key_that_is_not_there(self, info, of):
        fault = info(of=of, status=404)["errors"][0]
        assert (fault["code"], fault["pointer"]) == ("not_found", "/key")

    def test_counters_are_in_it(self, info, given_product, make_key):
        given_product("A")
        assert info(make_key("pim_user"))["pim_counters"]["totalSKUs"]["value"] == 1


class TestChanging:
    @pytest.fixture
    def setting(self, client, key):
        """`setting(other, pim_user=1)`: permissions of a key are granted or taken away."""

        def change(of, *, maker=key, status=200, **flags):
            body = {"key": of} | flags
            reply = client.post("/pim/keyinfo/set", json=body, headers={"ApiKey": maker})
            assert reply.status_code == status, reply.text
            return reply.get_json()

        return change

    def test_permissions_are_granted_and_taken_away(self, setting, info, make_key):
        other = make_key("pim_user", "pim_export")
        answer = setting(other, pim_editor=1, pim_export=0)
        assert answer.pop("transaction") > 0
        assert answer == {"status": "OK", "status_message": "ApiKey settings were updated."}
        assert granted(info(other)) == ["pim_user", "pim_editor"]

    @pytest.mark.parametrize(("on", "off"), [("1", "0"), (True, False), ("y", "n"), ("Y", "N")])
    def test_flags_are_written_in_many_ways(self, setting, info, make_key, on, off):
        other = make_key("pim_user")
        setting(other[5:13], pim_editor=on, pim_user=off)
        assert granted(info(other)) == ["pim_editor"]

    def test_what_is_as_it_was_leaves_no_trace(self, setting, make_key, unchanged):
        other = make_key("pim_user")
        with unchanged():
            setting(other, pim_user=1, pim_editor=0)

    @pytest.mark.parametrize("flag", [1, 0])
    def test_only_what_the_maker_holds(self, setting, make_key, unchanged, flag):
        maker, other = make_key("pim_security", "pim_user"), make_key("pim_editor")
        with unchanged():
            setting(other, maker=maker, pim_editor=flag, status=403)

    @pytest.mark.parametrize(
        ("case", "of", "flags", "status"),
        [
            ("unknown key", "nobody00", {"pim_user": 1}, 404),
            ("no key", None, {"pim_user": 1}, 400),
            ("nothing to set", "own", {}, 400),
            ("no flag", "own", {"pim_user": 2}, 400),
        ],
    )
    def test_refusals_change_nothing(self, setting, key, unchanged, case, of, flags, status):
        with unchanged():
            setting(key if of == "own" else of, status=status, **flags)

    def test_the_last_key_that_manages_keys_goes_on_doing_so(
        self, setting, key, make_key, database, unchanged
    ):
        make_key("pim_user", "pim_manager")
        expire(database, make_key("pim_security")[5:13])
        with unchanged():
            answer = setting(key, pim_security=0, status=409)
        assert answer["status_message"] == (
            "No other key that works has pim_security: nobody could manage keys any more! "
            "Give it to another key first."
        )
        assert answer["errors"][0]["pointer"] == "/pim_security"

    def test_a_key_may_stop_managing_keys_when_another_one_does(self, setting, info, key, make_key):
        make_key("pim_security")
        setting(key, pim_security=0)
        assert "pim_security" not in granted(info(key))

    def test_only_security_may(self, setting, make_key, unchanged):
        maker, other = make_key("pim_manager", "pim_user"), make_key("pim_export")
        with unchanged():
            setting(other, maker=maker, pim_user=1, status=403)


class TestWithdrawing:
    @pytest.fixture
    def withdraw(self, client, key):
        def delete(of, *, maker=key, status=200):
            reply = client.post("/pim/keydelete", json={"key": of}, headers={"ApiKey": maker})
            assert reply.status_code == status, reply.text
            return reply.get_json()

        return delete

    def test_a_withdrawn_key_is_refused_at_once(self, withdraw, pims, make_key):
        other = make_key("pim_user")
        pims("getList", key=other, status=200)
        assert withdraw(other)["status_message"] == "API key has been deleted."
        pims("getList", key=other, status=401)

    def test_its_public_id_is_enough(self, withdraw, info, make_key):
        other = make_key("pim_user")
        withdraw(other[5:13])
        info(other, status=401)

    def test_it_stays_stored_without_being_told_again(self, withdraw, info, make_key, database):
        other = make_key("pim_user")
        withdraw(other)
        info(of=other, status=404)
        with database.reading() as connection:
            stored = connection.scalars(select(tables.api_key.c.public_id)).all()
        assert other[5:13] in stored

    def test_not_twice(self, withdraw, make_key, unchanged):
        other = make_key("pim_user")
        withdraw(other)
        with unchanged():
            assert withdraw(other, status=404)["status_message"] == GONE

    def test_not_one_that_is_not_there(self, withdraw, unchanged):
        with unchanged():
            assert withdraw("nobody00", status=404)["status_message"] == GONE

    def test_not_ones_own(self, withdraw, key, unchanged):
        with unchanged():
            answer = withdraw(key, status=403)
        assert answer["status_message"] == "Cannot delete your own API key."

    def test_only_by_security(self, withdraw, make_key, unchanged):
        maker, other = make_key("pim_manager", "pim_editor"), make_key("pim_user")
        with unchanged():
            withdraw(other, maker=maker, status=403)

    def test_a_new_key_never_gets_the_number_of_an_old_one(self, withdraw, make_key, database):
        withdraw(make_key("pim_user"))
        make_key("pim_user")
        with database.reading() as connection:
            assert sorted(connection.scalars(select(tables.api_key.c.id))) == [1, 2, 3]


@pytest.mark.parametrize("path", ["/pim/newkey", "/pim/keyinfo/set", "/pim/keydelete"])
def test_nothing_changes_by_get(client, key, unchanged, path):
    with unchanged():
        reply = client.get(path, query_string={"key": key}, headers={"ApiKey": key})
    assert reply.status_code == 405
    assert reply.get_json()["status"] == "Error"


@pytest.mark.parametrize("path", ["/pim/newkey", "/pim/keyinfo/set", "/pim/keydelete"])
def test_without_a_key_nobody_gets_in(client, unchanged, path):
    with unchanged():
        assert client.post(path, json={}).status_code == 401
        assert client.post(f"/api/en-us{path}/", json={}).status_code == 401


def test_keys_of_one_tenant_are_unknown_to_another(client, key, database, make_key):
    number = add_tenant(database, "other")
    with unit_of_work(database, number, Actor("tests")) as work:
        theirs, stored = create_key(work, None, "theirs", ["pim_user"])
    for of in (theirs, stored.public_id):
        body, headers = {"key": of}, {"ApiKey": key}
        assert client.post("/pim/keydelete", json=body, headers=headers).status_code == 404
        assert client.get("/pim/keyinfo", query_string=body, headers=headers).status_code == 404
    assert client.get("/pim/keyinfo", headers={"ApiKey": theirs}).status_code == 200


def test_keyinfo_tells_when_a_key_was_used_last(info, pims, make_key):
    other = make_key("pim_user")
    assert info(of=other)["last_used"] is None
    before = int(time.time())
    pims("listProduct", key=other, status=200)
    assert before <= info(of=other)["last_used"] <= time.time()
    assert info(other)["last_used"] >= before
