"""pims check finds what disagrees, pims reindex mends what can be mended."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import Text, delete, func, insert, text, type_coerce, update

from pims_api.cli import main
from pims_api.domain.attributes.attribute import Attribute
from pims_api.services.maintenance.check import CHECKS
from pims_api.storage import tables
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work

PRODUCT, CHANGE = tables.product, tables.change
DEFINITION, KEY = tables.definition, tables.api_key


def spoil(database, *statements):
    """Change rows behind the system's back."""
    with database.writing() as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def row(table, **cells):
    statement = update(table)
    return statement.where(*(table.c[name] == cell for name, cell in cells.items()))


def gone(table, **cells):
    return delete(table).where(*(table.c[name] == cell for name, cell in cells.items()))


def reworded(kind, number, old, new):
    """Change something in the body of a thing defined."""
    body = func.replace(type_coerce(DEFINITION.c.body, Text), old, new)
    return row(DEFINITION, kind=kind, id=number).values(body=body)


def surplus_posting(bits):
    place = {"tenant_id": 1, "attribute_id": 102, "scope": "", "term": "=nobody", "block": 0}
    return insert(tables.posting).values(**place, bits=bits, changed=1)


SPOILED = {
    "status in the row": row(PRODUCT, id=1).values(status="inactive"),
    "type in the row": row(PRODUCT, id=1).values(product_type="shoe"),
    "path in the row": row(PRODUCT, id=1).values(path="A"),
    "parent in the row": row(PRODUCT, id=4).values(parent_id=1),
    "version": row(tables.document, product_id=1).values(version=9),
    "made by": row(PRODUCT, id=1).values(created_by="nobody"),
    "changed at": row(tables.document, product_id=1).values(updated_at=1),
    "document": row(tables.document, product_id=1).values(values={"sku": "KP-KETTLE"}),
    "document lost": delete(tables.document).where(tables.document.c.product_id == 1),
    "row lost": delete(PRODUCT).where(PRODUCT.c.id == 1),
    "history lost": delete(CHANGE).where(CHANGE.c.entity == "product", CHANGE.c.entity_id == 1),
    "old value": row(CHANGE, entity="product", entity_id=1, sequence=5).values(old={"price": "7"}),
    "new value": row(CHANGE, entity="product", entity_id=1, sequence=5).values(new={"price": "7"}),
    "history of nobody": row(CHANGE, entity="product", entity_id=1).values(entity_id=999),
    "transaction lost": delete(tables.transaction).where(tables.transaction.c.sequence == 5),
    "index lost": delete(tables.posting),
    "index surplus": surplus_posting(b"\x01\x00"),
    "index damaged": surplus_posting(b"\x01"),
    "unique lost": delete(tables.unique_value).where(tables.unique_value.c.product_id == 1),
    "unique surplus": row(tables.unique_value, product_id=1).values(term="nobody"),
    "link lost": delete(tables.category_link).where(tables.category_link.c.product_id == 1),
    "link surplus": insert(tables.category_link).values(tenant_id=1, category_id=1, product_id=1),
    "last id": update(tables.tenant).values(last_product_id=5),
    "sequence": update(tables.tenant).values(sequence=2),
    "words lost": text("DELETE FROM search"),
    "attribute": reworded("attribute", "1", '"searchable":true', '"searchable":false'),
    "attribute lost": gone(DEFINITION, kind="attribute", id="102"),
    "attribute deleted": row(DEFINITION, kind="attribute", id="102").values(deleted=True),
    "attribute of no history": gone(CHANGE, entity="attribute", entity_id=1),
    "attribute from elsewhere": row(CHANGE, entity="attribute", entity_id=102).values(
        old={"name": "other"}
    ),
    "category": reworded("category", "1", "Uncategorized", "Other"),
    "category of no history": gone(CHANGE, entity="category", entity_id=1),
    "dictionary": reworded("option_list", "1", "true", "false"),
    "option": reworded("option", "1/active", "active", "on"),
    "option lost": gone(DEFINITION, kind="option", id="1/active"),
    "View": reworded("view", "1", '"name":"shop"', '"name":"show"'),
    "View that is seen by nobody": row(DEFINITION, kind="view", id="1").values(changed=0),
    "View of the future": row(DEFINITION, kind="view", id="1").values(changed=10_000),
    "type": reworded("product_type", "1", '"inherits":false', '"inherits":true'),
    "locale": reworded("dimension", "1", "Language", "Locale"),
    "key": row(KEY, id=1).values(permissions=["pim_user", "pim_security"]),
    "key brought back": row(KEY, id=1).values(expires_at=1),
    "key lost": gone(KEY, id=1),
}
MENDED = [one for one in SPOILED if one.split()[0] in ("index", "unique", "link", "words")]


@pytest.fixture
def check(database_url):
    """`check()`: exit status and report of `pims check --json`."""

    def ask():
        result = CliRunner().invoke(main, ["--database", database_url, "check", "--json"])
        return result.exit_code, json.loads(result.stdout)

    return ask


def test_an_empty_catalogue_agrees(run):
    assert run("check") == "OK: 0 products and 0 history entries agree.\n"


def test_a_catalogue_agrees_and_the_exit_status_says_so(check, demo):
    assert check() == (
        0,
        {
            "ok": True,
            "products": 11,
            "history_entries": 29,
            "differences_count": 0,
            "differences": [],
        },
    )


@pytest.mark.parametrize("case", SPOILED)
def test_what_disagrees_is_told(check, demo, database, case):
    spoil(database, SPOILED[case])
    status, report = check()
    assert (status, report["ok"]) == (1, False)
    assert report["differences_count"] == len(report["differences"]) >= 1


@pytest.mark.parametrize("case", MENDED)
def test_reindexing_mends_what_follows_from_documents(run, check, demo, database, case):
    spoil(database, SPOILED[case])
    run("reindex")
    assert check()[0] == 0


def test_what_is_deleted_agrees(run, check, demo):
    run("attribute", "delete", "slogan", "--yes")
    run("category", "delete", "Camp kitchen", "--force", "--yes")
    run("view", "add", "short", "--attribute", "title")
    run("view", "delete", "short")
    run("locale", "add", "fr-fr")
    assert check()[0] == 0


UNREADABLE = {
    "no JSON": (
        "UPDATE change SET new = replace(new, '{', '[') WHERE entity = 'product' AND sequence = 5",
        5,
    ),
    "JSON of another kind": (
        "UPDATE change SET new = '[1]' WHERE entity = 'product' AND sequence = 5",
        5,
    ),
    "no JSON of an attribute": (
        "UPDATE change SET old = '' WHERE entity = 'attribute' AND sequence = 1",
        1,
    ),
}
BYTES = {
    "a value": (
        "UPDATE change SET new = CAST(new || x'ff' AS TEXT) WHERE entity = 'product' "
        "AND sequence = 5",
        5,
    ),
    "a name": ("UPDATE \"transaction\" SET actor = CAST(x'ff' AS TEXT) WHERE sequence = 4", 4),
    "a reason": ("UPDATE \"transaction\" SET reason = x'00ff' WHERE sequence = 4", 4),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_the_transaction_that_holds_what_cannot_be_read_is_named(check, demo, database, case):
    statement, number = UNREADABLE[case]
    spoil(database, text(statement))
    status, report = check()
    named = [one for one in report["differences"] if one.startswith("Transaction")]
    assert (status, [one[:26] for one in named]) == (1, [f"Transaction {number} does not fit"])


@pytest.mark.parametrize("case", BYTES)
def test_sqlite_may_hold_bytes_that_are_no_text(check, demo, database, case):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL refuses them.")
    statement, number = BYTES[case]
    spoil(database, text(statement))
    status, report = check()
    named = [one for one in report["differences"] if one.startswith("Transaction")]
    assert (status, [one[:26] for one in named]) == (1, [f"Transaction {number} does not fit"])


def test_differences_are_sentences(run, demo, database, database_url):
    spoil(database, SPOILED["version"])
    result = CliRunner().invoke(main, ["--database", database_url, "check"])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "History of 'KP-KETTLE': it has 4 entries, the product is at version 9."
    )


def test_one_attribute_can_be_indexed_alone(run, check, demo, database):
    spoil(database, delete(tables.posting))
    run("reindex", "--attribute", "price")
    assert not [one for one in check()[1]["differences"] if "price" in one]
    assert [one for one in check()[1]["differences"] if "colour" in one]


def test_reindexing_forgets_the_long_texts_that_nobody_has(run, check, demo, database):
    text_of_nobody = {"tenant_id": 1, "term": "=x\x02digest", "value": "x" * 200}
    spoil(database, insert(tables.long_term).values(text_of_nobody))
    assert check()[0] == 0
    run("reindex")
    with database.reading() as connection:
        assert connection.execute(tables.long_term.select()).all() == []


def test_an_unknown_attribute_cannot_be_indexed(run):
    assert "There is no attribute 'prise'!" in run("reindex", "--attribute", "prise", status=1)


@pytest.mark.parametrize("attribute", [None, "slogan"])
def test_what_waited_for_its_index_is_there_afterwards(run, demo, database, monkeypatch, attribute):
    monkeypatch.setenv("PIMS_REINDEX_INLINE_MAX", "5")
    run("attribute", "edit", "slogan", "--filterable", "--indexable")
    assert not _attribute(database, "slogan").can_filter
    run("reindex", *(["--attribute", attribute] if attribute else []))
    assert _attribute(database, "slogan").can_filter
    run("check")


def test_reindexing_is_a_sequence_of_short_transactions_that_count_facets_anew(run, demo, database):
    before = _facets(database)
    run("reindex")
    assert _facets(database) > before


def test_every_check_has_a_name_of_its_own():
    assert len({one.about for one in CHECKS}) == len(CHECKS)


def _attribute(database, name) -> Attribute:
    with unit_of_work(database, 1, Actor("tests")) as work:
        return work.definition.by_name[name]


def _facets(database):
    with database.reading() as connection:
        return connection.scalar(tables.tenant.select().with_only_columns(
            tables.tenant.c.facet_sequence))  # fmt: skip
