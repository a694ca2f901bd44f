"""pims revert and pims product restore take things back."""

import pytest

EDIT = ("product", "edit", "KP-TOWEL", "--json")


@pytest.fixture
def wrote(run_json, demo):
    """`wrote("15.00")`: the number of the transaction that gave the towel this price."""
    return lambda price: run_json(*EDIT[:-1], "--set", "price", price)["transaction"]


@pytest.fixture
def price(run_json):
    return lambda: run_json("product", "show", "KP-TOWEL")["attributes"]["price"]


def test_a_transaction_is_taken_back(run, run_json, wrote, price):
    number = wrote("15.00")
    tried = run_json("revert", "--transaction", str(number), "--dry-run")
    assert tried == {"dry_run": True, "reverted": 1, "unchanged": 0, "skipped": 0,
                     "conflict_count": 0, "conflicts": []}  # fmt: skip
    assert price() == "15.00"
    printed = run("revert", "--transaction", str(number), "--reason", "Oops")
    assert printed == (
        f"1 reverted, 0 unchanged, 0 skipped, 0 conflicts. Transaction {number + 1}.\n"
    )
    assert price() == "14.00"
    assert run_json("transaction", "show", str(number + 1))["reason"] == "Oops"


def test_conflicts_are_shown(run, run_json, wrote, price):
    number, later = wrote("15.00"), wrote("16.00")
    line = f'KP-TOWEL  price: was "15.00", is "16.00", changed by transaction {later}'
    refused = run("revert", "--transaction", str(number), status=1)
    assert line in refused.splitlines()
    assert "See --on-conflict." in refused
    skipped = run("revert", "--transaction", str(number), "--on-conflict", "skip")
    assert skipped.splitlines() == [line, "0 reverted, 0 unchanged, 1 skipped, 1 conflicts."]
    assert run_json("revert", "--transaction", str(number), "--on-conflict", "force")["reverted"]
    assert price() == "14.00"


def test_a_product_is_restored(run, run_json, wrote, price):
    number = wrote("15.00")
    wrote("16.00")
    assert run_json("product", "restore", "KP-TOWEL", "--as-of", str(number))["reverted"] == 1
    assert price() == "15.00"
    told = run("product", "restore", "KP-TOWEL", "--as-of", str(number - 1), "--dry-run")
    assert told == "Would come to: 1 reverted, 0 unchanged, 0 skipped, 0 conflicts.\n"
    assert "Product does not exist!" in run(
        "product", "restore", "KP-TOWEL", "--as-of", "2000-01-01", status=1
    )
    assert "Product does not exist!" in run("product", "restore", "X", "--as-of", "1", status=1)


@pytest.mark.parametrize("words", [(), ("--transaction", "1", "--job", "1")])
def test_one_thing_is_taken_back_at_a_time(run, demo, words):
    assert "--transaction or --job" in run("revert", *words, status=2)


@pytest.mark.parametrize("words", [("--transaction", "999999"), ("--job", "7")])
def test_what_is_not_there_is_refused(run, demo, words):
    assert "does not exist!" in run("revert", *words, status=1)


def test_very_many_products_are_taken_back_in_steps(run, run_json, demo, monkeypatch, tmp_path):
    monkeypatch.setattr("pims_api.cli.history.revert_command.PRODUCTS_MAX", 2)
    listed = run_json("product", "show", "KP-TOWEL")["attributes"]["title"]
    file = tmp_path / "titles.csv"
    file.write_text("sku,title\n" + "".join(f"{sku},Same\n" for sku in
                    ("KP-TOWEL", "KP-KETTLE", "KP-MUG-RED")))  # fmt: skip
    run("import", str(file))
    number = run_json("transaction", "list")[0]["transaction"]
    told = run_json("revert", "--transaction", str(number))
    assert (told["reverted"], told["transaction"]) == (3, number + 2)
    assert run_json("product", "show", "KP-TOWEL")["attributes"]["title"] == listed
