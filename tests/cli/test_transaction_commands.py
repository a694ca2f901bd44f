"""pims transaction lists what was written; pims check proves that nothing of it was altered."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from pims_api.cli import main
from tests.storage.migrations.earlier_tables import without_chain

EDIT = ("product", "edit", "KP-TOWEL", "--set", "price")
NOTE = ("--reason", "Sale", "--source-ref", "PO-7")


@pytest.fixture
def edited(run, demo, filled):
    """A product edited twice, once with a note."""
    filled(lambda: (run(*EDIT, "15.00", *NOTE), run(*EDIT, "16.00")))


def test_transactions_are_listed_with_why(run_json, edited):
    newest, noted = run_json("transaction", "list", "--limit", "2")
    assert (noted["reason"], noted["source_ref"], noted["user"]) == ("Sale", "PO-7", "command line")
    assert (newest["products"], newest["definitions"]) == (1, 0)
    assert newest["transaction"] == noted["transaction"] + 1
    assert [one["transaction"] for one in run_json("transaction", "list", "--source-ref", "PO-7")] \
        == [noted["transaction"]]  # fmt: skip
    assert run_json("transaction", "list", "--by", "nobody") == []
    assert run_json("transaction", "list", "--from", "9999-01-01") == []
    number = str(noted["transaction"])
    assert run_json("transaction", "list", "--from", number, "--to", number) == [noted]
    assert run_json("transaction", "show", number) == noted


def test_a_person_reads_one_on_a_line(run, run_json, edited):
    noted = run_json("transaction", "list")[1]
    line = run("transaction", "list").splitlines()[1]
    assert line == (
        f"{noted['transaction']}  {noted['date']}  command line  1 products, 0 definitions  "
        "Sale, PO-7"
    )
    shown = run("transaction", "show", str(noted["transaction"])).splitlines()
    assert f"digest: {noted['digest']}" in shown
    assert "reason: Sale" in shown


def test_history_tells_the_transaction_and_why(run, run_json, edited):
    entries = run_json("product", "history", "KP-TOWEL")
    noted = run_json("transaction", "list")[1]
    assert (entries[-2]["transaction"], entries[-2]["reason"], entries[-2]["source_ref"]) == (
        noted["transaction"],
        "Sale",
        "PO-7",
    )
    lines = run("product", "history", "KP-TOWEL").splitlines()
    assert any(
        one.endswith(f"command line  transaction {noted['transaction']}  Sale, PO-7")
        for one in lines
    )


@pytest.mark.parametrize(
    "words",
    [
        ("transaction", "show", "999999"),
        ("transaction", "list", "--from", "999999"),
    ],
)
def test_what_is_not_there_is_refused(run, demo, words):
    assert "Error: " in run(*words, status=1)


@pytest.mark.parametrize("when", ["2026-03-01T10:00", "yesterday", "-1", "2026-02-30", "1.5", ""])
def test_what_is_no_moment_is_refused(run, demo, when):
    assert "a time such as" in run("transaction", "list", "--to", when, status=2)


@pytest.fixture
def noted(run_json, edited):
    """Number and digest of the transaction before the last, noted down."""
    one = run_json("transaction", "list")[1]
    return str(one["transaction"]), one["digest"]


def test_a_noted_digest_proves_that_nothing_was_altered(run, noted):
    printed = run("check", "--since", noted[0], "--digest", noted[1].upper())
    assert printed.splitlines()[-1] == (
        f"Nothing up to transaction {noted[0]} was altered since its digest was noted."
    )


def test_a_chain_that_was_made_anew_differs_from_the_noted_digest(
    run, run_json, noted, database, database_url
):
    run("reindex")  # so that no time of a change waits for the index
    with database.writing() as connection:
        connection.execute(text('UPDATE "transaction" SET reason = NULL'))
        without_chain(connection)
        connection.commit()
    database.close()
    run("init")
    assert run_json("check")["ok"]
    words = ["--database", database_url, "check", "--json", "--since", noted[0]]
    told = CliRunner().invoke(main, [*words, "--digest", noted[1]])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["differences"] == [
        f"Transaction {noted[0]} has another digest than {noted[1]}, which was noted: something up "
        "to it was altered."
    ]


def test_what_was_altered_is_named(run, database, database_url, noted):
    with database.writing() as connection:
        changed = text(
            "UPDATE change SET old = replace(old, '14.00', '14.01') WHERE sequence = :number"
        )
        connection.execute(changed, {"number": int(noted[0])})
        connection.commit()
    told = CliRunner().invoke(main, ["--database", database_url, "check"])
    assert told.exit_code == 1
    *_, named, summed = told.stdout.splitlines()
    assert named == (
        f"Transaction {noted[0]} does not fit: who made it, when or why, or what it changed is not "
        "as it was stored."
    )
    assert "`pims restore` a backup of before that" in summed
    assert "reindex" not in summed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "1"), "--since and --digest belong together"),
        (("--digest", "a" * 64), "--since and --digest belong together"),
        (("--since", "1", "--digest", "abc"), "64 hexadecimal digits"),
        (("--since", "999999", "--digest", "a" * 64), "at most "),
        (("--since", "0", "--digest", "a" * 64), "--since"),
    ],
)
def test_check_refuses_what_means_nothing(run, demo, words, told):
    assert told in run("check", *words, status=2)
