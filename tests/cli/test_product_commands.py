"""pims product."""

import pytest


def test_show_prints_a_line_per_value(run, demo):
    printed = run("product", "show", "KP-TOWEL").splitlines()
    assert printed[:4] == [
        "sku: KP-TOWEL",
        "categories: Camp kitchen > Table > Linen",
        "status: active",
        "title: Linen tea towel",
    ]
    assert "colour: cream" in printed
    assert "in_stock: true" in printed


def test_show_tells_scripts_the_same(run_json, demo):
    told = run_json("product", "show", "KP-TOWEL")
    assert (told["sku"], told["version"]) == ("KP-TOWEL", 2)
    assert told["attributes"]["material"] == ["linen"]
    assert told["attributes"]["in_stock"] is True


def test_edit_sets_several_attributes_in_one_transaction(run, run_json, demo):
    words = ("--set", "price", "15.00", "--set", "title", "Tea towel")
    assert run("product", "edit", "KP-TOWEL", *words) == "KP-TOWEL: changed, version 3.\n"
    last = run_json("product", "history", "KP-TOWEL")[-1]
    assert last["user"] == "command line"
    assert last["old"] == {"price": "14.00", "title": "Linen tea towel"}
    assert last["new"] == {"price": "15.00", "title": "Tea towel"}


def test_edit_takes_the_values_of_a_collection_one_by_one(run, run_json, demo):
    run("product", "edit", "KP-POT", "--set", "tags", "a", "--set", "tags", "b")
    assert run_json("product", "show", "KP-POT")["attributes"]["tags"] == ["a", "b"]


@pytest.mark.parametrize("name", ["price", "tags"])
def test_an_empty_value_unsets(run, run_json, demo, name):
    run("product", "edit", "KP-POT", "--set", name, "")
    assert name not in run_json("product", "show", "KP-POT")["attributes"]


def test_an_edit_that_changes_nothing_says_so(run, run_json, demo):
    printed = run("product", "edit", "KP-TOWEL", "--set", "price", "14.00")
    assert printed == "KP-TOWEL: nothing to change, version 2.\n"
    told = run_json("product", "edit", "KP-TOWEL", "--set", "price", "14.00")
    assert told == {"sku": "KP-TOWEL", "version": 2, "changed": False}


def test_history_prints_old_and_new(run, demo):
    printed = run("product", "history", "KP-MUG-CREAM").splitlines()
    assert "  in_stock: (unset) -> false" in printed
    assert printed[-2:] == ["  price: 12.50 -> 12.90", "  in_stock: false -> true"]


@pytest.mark.parametrize(
    ("case", "words", "status", "said"),
    [
        ("no such product", ("show", "NOBODY"), 1, "Product does not exist!"),
        ("no such history", ("history", "NOBODY"), 1, "Product does not exist!"),
        ("none to edit", ("edit", "NOBODY", "--set", "price", "1"), 1, "Product does not exist!"),
        ("no number", ("edit", "KP-POT", "--set", "price", "cheap"), 1, "price must be a number"),
        ("below the limit", ("edit", "KP-POT", "--set", "price", "-1"), 1, "must be at least"),
        ("unknown name", ("edit", "KP-POT", "--set", "prise", "1"), 1, "Did you mean price?"),
        ("not in dictionary", ("edit", "KP-POT", "--set", "colour", "x"), 1, "its dictionary"),
        ("taken", ("edit", "KP-POT", "--set", "ean", "4006381333955"), 1, "must be unique"),
        ("computed", ("edit", "KP-POT", "--set", "filled", "1"), 1, "filled is read only!"),
        ("sku", ("edit", "KP-POT", "--set", "sku", "X"), 1, "sku is read only!"),
        ("twice", ("edit", "KP-POT", "--set", "price", "1", "--set", "price", "2"), 2, "only once"),
        ("nothing", ("edit", "KP-POT"), 2, "--set"),
    ],
)  # fmt: skip
def test_refusals_change_nothing(run, run_json, demo, case, words, status, said):
    before = run_json("product", "history", "KP-POT")
    assert said in run("product", *words, status=status)
    assert run_json("product", "history", "KP-POT") == before
