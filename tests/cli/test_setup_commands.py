"""pims init and its demo."""

import json
import re
import shlex
from datetime import datetime

import pytest
from click.testing import CliRunner

from pims_api.cli import main

KEY = re.compile(r"^pims_\w{41}$", re.MULTILINE)


def test_init_may_be_repeated(run, run_json):
    first = run("init")
    assert run("init") == first
    (only,) = run_json("tenant", "list")
    assert (only["id"], only["name"]) == (1, "default")


def test_init_does_not_print_the_password(run):
    assert "is ready." in run("init")


def test_the_demo_prints_a_key_alone_on_a_line_and_three_commands(demo):
    key = KEY.findall(demo)[0]
    commands = [line for line in demo.splitlines() if line.startswith("curl ")]
    assert len(commands) == 3
    for command in commands:
        assert f"ApiKey: {key}" in shlex.split(command)


def test_the_demo_is_made_once_and_kept(run, run_json, demo):
    run("product", "edit", "KP-POT", "--set", "price", "35.00")
    assert "stays as it is" in run("init", "--demo")
    assert run_json("product", "show", "KP-POT")["attributes"]["price"] == "35.00"


def test_a_catalogue_with_products_gets_no_demo(run, run_json, demo):
    run("init", "--demo")
    assert run_json("check")["products"] == 11


def test_each_run_has_a_fresh_key_and_withdraws_the_one_before(run, run_json, demo):
    again = run("init", "--demo")
    first, second = KEY.findall(demo)[0], KEY.findall(again)[0]
    assert first != second
    assert [one["id"] for one in run_json("key", "list")] == [second[5:13]]


def test_the_demo_keeps_other_keys(run, run_json, demo):
    run("key", "create", "--name", "mine", "--permissions", "pim_user")
    run("init", "--demo")
    assert sorted(one["name"] for one in run_json("key", "list")) == ["demo", "mine"]


def test_the_demo_agrees_with_itself(run, demo):
    assert run("check").startswith("OK: 11 products")


def test_the_demo_shows_what_there_is(run_json, demo):
    mug = run_json("product", "show", "KP-MUG")["attributes"]
    assert mug["variation_skus"] == ["KP-MUG-BLUE", "KP-MUG-CREAM", "KP-MUG-RED"]
    assert mug["categories"] == ["Camp kitchen > Table > Mugs", "Camp kitchen > Coffee"]
    assert [one["name"] for one in run_json("view", "list")] == ["in_stock", "shop"]
    assert [one["code"] for one in run_json("locale", "list")] == ["en-us", "de-de"]


@pytest.fixture(params=["new", "empty"])
def demo_dates(request, sqlite_url):
    """The dates of the demo's transactions, oldest first, in a new database or an empty catalogue.

    With the entries of a product that was changed in it.
    """

    def run(*words):
        done = CliRunner().invoke(main, ["--database", sqlite_url, *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    if request.param == "empty":
        run("init")
    run("init", "--demo")
    entries = json.loads(run("product", "history", "KP-MUG-RED", "--json"))
    listed = json.loads(run("transaction", "list", "--json"))
    dates = [datetime.fromisoformat(one["date"]) for one in reversed(listed)]
    return request.param, dates, entries


def test_the_demo_has_a_past_in_which_nothing_is_before_what_was_before_it(demo_dates):
    catalogue, dates, entries = demo_dates
    assert len(dates) == 7
    assert dates == sorted(dates)
    assert [one["user"] for one in entries] == ["erp", "erp", "Klara"]
    ages = [(dates[-1] - one).days for one in dates]
    assert ages == ([40, 40, 31, 19, 5, 2, 0] if catalogue == "new" else [0] * 7)
