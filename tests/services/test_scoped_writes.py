"""Writes to several scopes of one attribute, and what a change of its dimensions means."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pims_api.domain.access.access import Access
from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Scope, Segment
from pims_api.errors import Conflict, Forbidden
from pims_api.services.access import full_access
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import edit_attribute
from pims_api.services.products.batch import BatchRow, RowStatus, Verb, write_rows
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, create_product
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.database import Database
from pims_api.storage.search.index import compare_search, search
from tests.environment import settings_of
from tests.storage.shop import Shop, attribute, new_shop

CHANNELS = Dimension(2, "channel", "Channel", 5, (Segment(5, "web", ""), Segment(6, "print", "")))
NAME = attribute(
    100, "name", dimensions=(1, 2), filterable=True, searchable=True, labels={"en-us": "Name"}
)
CODE = attribute(101, "code", dimensions=(1, 2), unique=True)
SCOPED = {"name": "rod", "name@2=6": "printed rod", "name@1=3,2=6": "Stange"}
RODS = AttributeView(
    1, "rods", (ViewField(100, "name"),), condition_query="[[name]] = 'rod' OR [[name]] = 'bar'"
)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    database = Database(settings_of(database_url))
    made = new_shop(database)
    made.define(*SYSTEM_ATTRIBUTES, CHANNELS, NAME, CODE, RODS)
    yield made
    database.close()


def write(access: Access, sku: str, values: dict[str, str | None]) -> ProductWrite:
    """Return the wish for values by slot."""
    named = {slot: access.by_name[slot.partition("@")[0]] for slot in values}
    sent = [Assignment(named[slot], value, f"/{slot}", slot) for slot, value in values.items()]
    return ProductWrite(sku, sent)


def everything(definition: Definition) -> Access:
    return full_access(definition, "en-us")


def edit_dimensions(shop: Shop, *dimensions: int) -> None:
    with shop.work() as work:
        wanted = AttributeWrite("name", {"dimensions": dimensions})
        edit_attribute(work, wanted, inline_max=100)


def test_a_write_sets_several_scopes_of_an_attribute_and_records_them(shop: Shop) -> None:
    with shop.work() as work:
        access = everything(work.definition)
        made = create_product(work, access, write(access, "A", SCOPED))
        assert {s: v for s, v in made.product.values.items() if s in SCOPED} == SCOPED
    with shop.read() as seen:
        assert seen.definition.by_name["name"].scoped_by == ((2,), (1, 2))
        wanted = {Scope(): "rod", Scope({2: 6}): "printed rod", Scope({1: 3, 2: 6}): "Stange"}
        columns = (
            compile_access(seen.definition, EVERYTHING, one).by_name["name"] for one in wanted
        )
        assert [one.stored(SCOPED) for one in columns] == list(wanted.values())


def test_values_are_unique_scope_by_scope(shop: Shop) -> None:
    with shop.work() as work:
        access = everything(work.definition)
        rows = [
            BatchRow(Verb.SAVE, write(access, sku, values))
            for sku, values in {
                "A": {"code": "1", "code@2=6": "2"},
                "B": {"code": "2", "code@2=6": "1"},
                "C": {"code": "3", "code@2=6": "1"},
            }.items()
        ]
        outcomes = write_rows(work, access, rows)
    assert [one.status for one in outcomes] == [RowStatus.CREATED] * 2 + [RowStatus.REJECTED]
    assert [(f.code, f.pointer, f.value) for f in outcomes[2].faults] == [
        ("not_unique", "/code@2=6", "1")
    ]


def test_rows_are_chosen_by_values_in_scopes_that_the_same_transaction_brings(shop: Shop) -> None:
    with shop.work() as work:
        access = full_access(work.definition, "en-us", "rods")
        rows = [
            BatchRow(Verb.CREATE, write(access, "A", {"name": "x", "name@2=5": "rod"})),
            BatchRow(Verb.EDIT, write(access, "A", {"name": "y", "name@2=5": "bar"})),
            BatchRow(Verb.CREATE, write(access, "B", {"name": "rod", "name@2=5": "x"})),
        ]
        outcomes = write_rows(work, access, rows)
    assert [one.status for one in outcomes] == [
        RowStatus.CREATED, RowStatus.UPDATED, RowStatus.REJECTED
    ]  # fmt: skip
    with shop.work() as work, pytest.raises(Forbidden):
        access = full_access(work.definition, "en-us", "rods")
        create_product(work, access, write(access, "B", {"name": "rod", "name@2=5": "x"}))


def test_a_refused_row_records_no_scope(shop: Shop) -> None:
    with shop.work() as work:
        access = full_access(work.definition, "en-us", "rods")
        rows = [BatchRow(Verb.CREATE, write(access, "B", {"name": "rod", "name@2=5": "x"}))]
        assert write_rows(work, access, rows)[0].status is RowStatus.REJECTED
    with shop.read() as seen:
        assert seen.definition.by_name["name"].scoped_by == ()


@pytest.mark.parametrize(
    ("case", "dimensions", "refused"),
    [
        ("the one that is named", (1,), True),
        ("both", (), True),
        ("the one that is not", (2,), False),
        ("their order alone", (2, 1), False),
    ],
)
def test_an_attribute_keeps_a_dimension_that_values_name(
    shop: Shop, case: str, dimensions: tuple[int, ...], refused: bool
) -> None:
    with shop.work() as work:
        access = everything(work.definition)
        create_product(work, access, write(access, "A", {"name": "rod", "name@2=6": "printed"}))
    if refused:
        with pytest.raises(Conflict, match="name keeps its dimensions"):
            edit_dimensions(shop, *dimensions)
    else:
        edit_dimensions(shop, *dimensions)
    with shop.read() as seen:
        left = seen.definition.by_name["name"].dimensions
    assert left == ((1, 2) if refused else dimensions)


def test_values_of_a_locale_are_found_when_a_second_dimension_comes(shop: Shop) -> None:
    # arrange
    shop.define(replace(NAME, dimensions=(1,)))
    shop.put({"A": {"name": "rod", "name@1=3": "Stange"}, "B": {"name": "rod"}})

    # act
    edit_dimensions(shop, 1, 2)
    with shop.work() as work:
        access = everything(work.definition)
        rows = [BatchRow(Verb.EDIT, write(access, "B", {"name@1=1,2=5": "tube"}))]
        assert write_rows(work, access, rows)[0].status is RowStatus.UPDATED

    # assert
    with shop.read() as seen:
        in_print = compile_access(seen.definition, EVERYTHING, Scope({1: 3, 2: 6}))
        found = {word: members(search(seen, in_print, word).all) for word in ("stange", "tube")}
        assert found == {"stange": [1], "tube": []}  # the global rod hides the default segments
        assert list(compare_search(seen)) == []
