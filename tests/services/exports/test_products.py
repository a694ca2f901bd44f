"""Exports: one state of the catalogue, in flat memory, beside writers."""

import json
from contextlib import closing
from dataclasses import replace
from io import BytesIO

import pytest

from pims_api.errors import BadInput
from pims_api.services.access import full_access
from pims_api.services.exports import products as product_export
from pims_api.services.exports.file import ExportFile
from pims_api.services.exports.products import export_query, plan_export
from pims_api.storage.catalogue_index.order import by_sku
from pims_api.storage.database import Database
from tests.environment import settings_of
from tests.pims.sent_statements import sent_statements
from tests.services.exports.export_shop import TARGETS, ExportShop


@pytest.fixture
def one_at_a_time(monkeypatch):
    """Few products are read at once, so that a small catalogue is large."""
    monkeypatch.setattr(product_export, "PRODUCTS_AT_ONCE", 1)
    monkeypatch.setattr(by_sku, "WALKED_AT_ONCE", 2)


def planned(seen, names=None, view=None):
    access = full_access(seen.definition, "en-us", view)
    return plan_export(seen, access, export_query(access), names)


def exported_skus(shop):
    return [json.loads(line)["sku"] for line in shop.exported("jsonl").splitlines()]


def test_parents_come_before_their_variations(export_shop, one_at_a_time):
    export_shop.create("A", title="Pin")
    export_shop.create("Z", title="Rod")
    export_shop.edit("A", variation_of="Z")
    export_shop.create("A-1", title="Short", variation_of="A")
    assert exported_skus(export_shop) == [TARGETS[1], TARGETS[0], "Z", "A", "A-1"]


def test_what_is_written_meanwhile_is_not_in_it(export_shop, one_at_a_time):
    with export_shop.database.reading(deadline=False), export_shop.seen() as seen:
        stream = BytesIO()
        writing = ExportFile(planned(seen), "csv").write(stream)
        next(writing)  # the walk that finds out the columns has begun
        export_shop.edit(TARGETS[0], title="Later", strings=["a", "b"])
        export_shop.create("Z", title="New")
        assert sum(writing) == 3
    lines = stream.getvalue().decode().splitlines()
    assert len(lines) == 3
    assert "strings.0,text" in lines[0]
    assert "Later" not in stream.getvalue().decode()


def test_the_steps_that_were_told_are_those_that_come(export_shop):
    with export_shop.seen() as seen:
        for kind, separator, steps in (("csv", None, 4), ("csv", "|", 2), ("jsonl", None, 2)):
            file = ExportFile(planned(seen), kind, separator)
            assert (file.steps, sum(file.write(BytesIO()))) == (steps, steps)


@pytest.fixture
def all_entered_shop(database_url):
    """The shop without products that wait for the index, which cost statements of their own."""
    with closing(Database(replace(settings_of(database_url), unindexed_max=0))) as database:
        yield ExportShop(database, "acme")


def statements_of_an_export(shop):
    with shop.seen() as seen, sent_statements(shop.database) as sent:
        list(ExportFile(planned(seen), "csv").write(BytesIO()))
    return len(sent)


def test_twenty_products_cost_as_many_statements_as_two(all_entered_shop):
    all_entered_shop.create("N", title="Rod", relation=TARGETS[0])
    few = statements_of_an_export(all_entered_shop)
    for number in range(18):
        links = {"relation": TARGETS[0], "variation_of": TARGETS[1]}
        all_entered_shop.create(f"N-{number}", title="Rod", **links)
    assert statements_of_an_export(all_entered_shop) == few


def test_too_many_columns_are_refused_with_the_ways_out(export_shop):
    texts = ["x"] * 10_000
    export_shop.create("A", title="Rod", strings=texts, texts=texts)
    with pytest.raises(BadInput) as refused:
        export_shop.exported("csv", names=["strings", "texts", "urls"])
    assert refused.value.faults[0].message == (
        "The file would have 20002 columns, and 20000 are possible: choose attributes, give a "
        "separator for collections, or export JSON lines!"
    )


def test_every_name_that_is_no_attribute_is_told(export_shop):
    with export_shop.seen() as seen, pytest.raises(BadInput) as refused:
        planned(seen, names=["strings", "strinks", "nope"])
    told = [(one.code, one.attribute, one.place, one.nearest) for one in refused.value.faults]
    assert told == [
        ("unknown_attribute", "strinks", "export/attributes/1", "strings"),
        ("unknown_attribute", "nope", "export/attributes/2", None),
    ]
