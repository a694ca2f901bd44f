"""--reason and --source-ref are stored with what a command changes."""

import pytest
from sqlalchemy import select

from pims_api.storage.tables import transaction

NOTE = ("--reason", "Price dispute", "--source-ref", "INV-7")


def last_note(database):
    rows = select(transaction.c.reason, transaction.c.source_ref)
    with database.reading() as connection:
        return tuple(connection.execute(rows.order_by(transaction.c.sequence.desc())).first())


@pytest.mark.parametrize(
    "words",
    [
        ("product", "edit", "KP-TOWEL", "--set", "price", "15.00"),
        ("attribute", "add", "inside", "--type", "number", "--label", "Inside"),
        ("category", "add", "Garden"),
        ("key", "create", "--name", "shop", "--permissions", "pim_user"),
    ],
)
def test_a_command_that_changes_something_may_say_why(run, demo, database, words):
    run(*words, *NOTE)
    assert last_note(database) == ("Price dispute", "INV-7")


def test_an_import_says_why_with_every_transaction(run, demo, database, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("sku,title\nNEW-1,Rod\n", encoding="utf-8")
    run("import", str(file), *NOTE)
    assert last_note(database) == ("Price dispute", "INV-7")


def test_without_them_nothing_is_said(run, demo, database):
    run("product", "edit", "KP-TOWEL", "--set", "price", "15.00")
    assert last_note(database) == (None, None)


@pytest.mark.parametrize(
    ("option", "length", "said"),
    [("--reason", 501, "at most 500 characters"), ("--source-ref", 201, "at most 200 characters")],
)
def test_a_note_that_is_too_long_is_refused(run, demo, database, option, length, said):
    printed = run("category", "add", "Garden", option, "x" * length, status=2)
    assert said in printed
    assert "Garden" not in run("category", "list")
