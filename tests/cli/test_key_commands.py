"""pims key and pims tenant."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from pims_api.cli import main
from pims_api.domain.access.api_key import is_well_formed
from pims_api.storage import tables


def test_create_prints_the_key_alone_on_a_line(run):
    printed = run("key", "create", "--name", "erp", "--permissions", "pim_user, pim_editor")
    assert printed.endswith("\n")
    assert is_well_formed(printed.strip("\n"))


def test_list_shows_what_the_key_may_do_and_never_the_key(run, run_json):
    run("view", "add", "shop", "--attribute", "title")
    words = ("--permissions", "pim_user", "--view", "shop", "--expires-in-days", "3")
    key = run("key", "create", "--name", "web", *words).strip()
    (told,) = run_json("key", "list")
    assert told["expires"] > told["created"]
    shown = {name: told[name] for name in ("id", "name", "permissions", "views", "default_view")}
    assert shown == {
        "id": key[5:13],
        "name": "web",
        "permissions": ["pim_user"],
        "views": ["shop"],
        "default_view": "shop",
    }
    assert run("key", "list") == f"{key[5:13]}  web  pim_user  Views: shop\n"


def test_the_default_view_may_be_named_alone(run, run_json):
    run("view", "add", "a", "--attribute", "title")
    run("view", "add", "b", "--attribute", "title")
    words = ("--permissions", "pim_user", "--view", "a", "--default-view", "b")
    run("key", "create", "--name", "web", *words)
    (told,) = run_json("key", "list")
    assert (told["views"], told["default_view"]) == (["a", "b"], "b")


@pytest.mark.parametrize("named_by", ["key", "id"])
def test_a_withdrawn_key_is_listed_only_on_demand(run, run_json, named_by):
    key = run("key", "create", "--name", "erp", "--permissions", "pim_user").strip()
    run("key", "revoke", key if named_by == "key" else key[5:13])
    assert run_json("key", "list") == []
    assert run_json("key", "list", "--all")[0]["revoked"] is not None


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unknown permission", ("--permissions", "pim_usr")),
        ("no permission", ("--permissions", ",")),
        ("unknown View", ("--permissions", "pim_user", "--view", "nobody")),
        ("no days", ("--permissions", "pim_user", "--expires-in-days", "0")),
    ],
)
def test_a_key_that_cannot_be_is_refused(run, run_json, case, words):
    assert run("key", "create", "--name", "x", *words, status=1).startswith("Error: ")
    assert run_json("key", "list", "--all") == []


def test_a_key_that_is_not_there_cannot_be_withdrawn(run):
    said = run("key", "revoke", "nobody00", status=1)
    assert said == "Error: API key does not exist or could not be deleted\n"


def test_tenants_are_added_and_know_nothing_of_each_other(run, run_json):
    run("tenant", "add", "outlet")
    assert [one["name"] for one in run_json("tenant", "list")] == ["default", "outlet"]
    run("key", "create", "--name", "a", "--permissions", "pim_user", tenant="outlet")
    assert run_json("key", "list") == []
    assert len(run_json("key", "list", tenant="outlet")) == 1


@pytest.mark.parametrize("name", ["default", "", "a b", "-x", "x" * 65, "ümlaut"])
def test_a_tenant_that_cannot_be_is_refused(run, database, name):
    assert run("tenant", "add", "--", name, status=1).startswith("Error: ")
    with database.reading() as connection:
        assert connection.scalars(select(tables.tenant.c.name)).all() == ["default"]


def test_a_tenant_may_be_named_after_the_command(run):
    run("tenant", "add", "second")
    run("key", "create", "--name", "theirs", "--permissions", "pim_user", "--tenant", "second")
    assert "theirs" in run("key", "list", "--tenant", "second")
    assert "theirs" not in run("key", "list")


def test_rotate_prints_another_secret_of_the_same_key(database_url, run, run_json):
    key = run("key", "create", "--name", "erp", "--permissions", "pim_user").strip()
    (before,) = run_json("key", "list")
    words = ["--database", database_url, "key", "rotate", key[5:13]]
    made = CliRunner().invoke(main, [*words, "--overlap", "24h"])
    assert is_well_formed(made.stdout.strip("\n"))
    assert (made.stdout[:13], made.stdout.strip() != key) == (key[:13], True)
    assert re.fullmatch(r"The secret before works until 20\S+\+00:00\.\n", made.stderr)
    made = CliRunner().invoke(main, [*words[:-1], made.stdout.strip()])
    assert made.stderr == "The secret before works no longer.\n"
    assert run_json("key", "list") == [before]
    assert run("key", "rotate", key, status=1) == "Error: API key does not exist!\n"


def test_a_key_may_have_a_rate_and_networks(run, run_json):
    words = ("--rate", "50/s", "--allow-from", "10.20.0.0/16", "--allow-from", "2001:db8::1")
    run("key", "create", "--name", "erp", "--permissions", "pim_user", *words)
    run("key", "create", "--name", "web", "--permissions", "pim_user")
    told = [(one["rate"], one["allow_from"]) for one in run_json("key", "list")]
    assert told == [("50/s", ["10.20.0.0/16", "2001:db8::1/128"]), (None, [])]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "--name", "x", "--permissions", "pim_user", "--rate", "5/d"), "A rate is "),
        (
            ("create", "--name", "x", "--permissions", "pim_user", "--allow-from", "10.0.0.1/8"),
            "'10.0.0.1/8' is no network",
        ),
        (("rotate", "3f9aK2xQ", "--overlap", "1w"), "An overlap is "),
        (("rotate", "3f9aK2xQ"), "API key does not exist!"),
    ],
)
def test_limits_that_cannot_be_are_refused(run, run_json, words, message):
    assert run("key", *words, status=1).startswith(f"Error: {message}")
    assert run_json("key", "list") == []
