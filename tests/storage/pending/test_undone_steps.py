"""What a refused wish among many defined is taken back, and nothing else."""

import pytest

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.errors import BadInput
from pims_api.storage.database import Database
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.storage.shop import ACTOR, Shop, put

COLORS = 50
RED = Option("red", "red", 0)
OLD = Option("old", "old", 1, removed=True)


@pytest.fixture
def work(database: Database, stored):
    """A transaction of a tenant that has an option list with a value and one that was removed."""
    with unit_of_work(database, 1, ACTOR) as work:
        for thing in (OptionList(COLORS), OptionEntry(COLORS, RED), OptionEntry(COLORS, OLD)):
            work.define(thing)
    with unit_of_work(database, 1, ACTOR) as work:
        yield work


def shown(definition: Definition) -> tuple:
    colors, tree = definition.option_lists[COLORS], definition.categories
    known = [(one, colors.find(one.alias)) for one in colors.in_order()]
    paths = [(one.id, tree.path_text(one.id)) for one in tree]
    return known, colors.find("old"), colors.next_position(), paths, tree.last_id


def define(work: UnitOfWork, name: str) -> None:
    """Make a category below another new one, and an option; have one back that was removed."""
    tree, colors = work.definition.categories, work.definition.option_lists[COLORS]
    above = Category(tree.last_id + 1, name)
    work.define(above)
    work.define(Category(above.id + 1, "below", above.id))
    work.define(OptionEntry(COLORS, Option(name, name, colors.next_position())))
    work.define(OptionEntry(COLORS, Option("old", "old", 1)))


def refuse(work: UnitOfWork, name: str) -> None:
    with pytest.raises(BadInput), work.step():
        define(work, name)
        raise BadInput


@pytest.mark.parametrize("earlier", [False, True])
def test_a_refused_step_takes_back_what_it_defined(work: UnitOfWork, earlier: bool) -> None:
    if earlier:
        with work.step():
            define(work, "first")
    before = shown(work.definition)
    refuse(work, "second")
    assert shown(work.definition) == before


def test_the_same_is_stored_as_without_it(work: UnitOfWork, database: Database) -> None:
    define(work, "first")
    refuse(work, "second")
    with work.step():
        define(work, "third")
    work.finish()
    work.connection.commit()
    expected = shown(work.definition)
    fresh = Database(database.settings)
    with snapshot(fresh, 1) as seen:
        assert shown(seen.definition) == expected
    fresh.close()


def test_many_refused_steps_copy_nothing(work: UnitOfWork, monkeypatch) -> None:
    define(work, "first")
    copied = []
    monkeypatch.setattr(Definition, "copy", lambda self: copied.append(self))
    for number in range(20):
        refuse(work, f"refused {number}")
    assert copied == []


def test_what_cannot_be_taken_back_alone_is_undone_too(work: UnitOfWork) -> None:
    define(work, "first")
    before = shown(work.definition)
    with pytest.raises(BadInput), work.step():
        work.define(Attribute(900, "size", "size", ValueType.STRING))
        define(work, "second")
        raise BadInput
    assert shown(work.definition) == before
    assert 900 not in work.definition.attributes


@pytest.fixture
def trying(database: Database, stored):
    stored("A", title="Rod")
    with unit_of_work(database, 1, ACTOR) as work:
        yield work


def attempt(work: UnitOfWork, *, stays: bool) -> None:
    with work.attempt() as savepoint:
        put(work, "A", {"title": "Steel rod"})
        put(work, "B", {"title": "Nut"})
        work.settle()
        work.define(Category(work.definition.categories.last_id + 1, "Odd"))
        if not stays:
            savepoint.rollback()


@pytest.mark.parametrize("by_error", [False, True])
def test_an_attempt_leaves_nothing(trying: UnitOfWork, database: Database, by_error) -> None:
    if by_error:
        with pytest.raises(BadInput), trying.attempt():
            attempt(trying, stays=True)
            raise BadInput
    else:
        attempt(trying, stays=False)
    product = find_product(trying, "A")
    assert product is not None
    assert (product.values["title"], trying.find_product("B")) == ("Rod", None)
    assert not trying.finish()
    assert "Odd" not in {one.name for one in trying.definition.categories}


def test_what_is_settled_has_one_entry_in_the_transaction(
    trying: UnitOfWork, shop: Shop, database: Database
) -> None:
    attempt(trying, stays=False)
    attempt(trying, stays=True)
    put(trying, "C", {"title": "Cap"})
    assert trying.finish()
    trying.connection.commit()
    with snapshot(database, 1) as seen:
        found = [find_product(seen, sku) for sku in "ABC"]
    assert [one.version for one in found if one] == [2, 1, 1]
    assert [one.values["title"] for one in found if one] == ["Steel rod", "Nut", "Cap"]
