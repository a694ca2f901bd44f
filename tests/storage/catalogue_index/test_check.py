"""Every way in which the index may differ from the documents is told."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.rebuild import block_count, rebuild_block
from pims_api.storage.tables import long_term, posting
from tests.storage.catalogue_index.catalogue import GERMAN, Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue


@pytest.fixture(scope="module")
def unindexed_max() -> int:
    """What is tested here are the rows of the index: no product waits for it."""
    return 0


CHANGED = "Index of updated: the numbers of product id {} are not those of their documents."


def differences(catalogue: Catalogue) -> list[str]:
    with catalogue.reading() as snapshot:
        return list(compare_index(snapshot))


def test_a_true_index_has_no_differences(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "x" * 200, "price": "1.00001"}, {"color": "o1"}, first_id=4_095)
    assert differences(made) == []
    assert differences(catalogue()) == []


def test_what_the_index_has_not_heard_of_is_told(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1", f"name@{GERMAN}": "Stange"}, {"color": "o1"})
    made.change({1: {"color": "o2"}, 2: {"color": "o1"}}, index=False)
    assert sorted(differences(made)) == [
        "Index of color: '=o1' has product id 1, whose documents differ.",
        "Index of color: '=o2' lacks product id 1.",
        f"Index of name in scope {GERMAN}: '*' has product id 1, whose documents differ.",
        f"Index of name in scope {GERMAN}: '=Stange' has product id 1, whose documents differ.",
        CHANGED.format("1, 2"),
    ]


def test_many_products_are_told_by_the_first(catalogue: MakeCatalogue) -> None:
    made = catalogue(*({} for _ in range(9)), first_id=4_090)
    made.change({number: {"new": True} for number in made.products}, index=False)
    assert sorted(differences(made)) == [
        "Index of new: '*' lacks product id 4090, 4091, 4092, 4093, 4094 and 1 more.",
        "Index of new: '*' lacks product id 4096, 4097, 4098.",
        "Index of new: '=true' lacks product id 4090, 4091, 4092, 4093, 4094 and 1 more.",
        "Index of new: '=true' lacks product id 4096, 4097, 4098.",
        CHANGED.format("4090, 4091, 4092, 4093, 4094 and 1 more"),
        CHANGED.format("4096, 4097, 4098"),
    ]


def test_a_missing_product_type_and_a_missing_long_text_are_told(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "x" * 200})
    with made.writing() as work:
        mine = posting.c.tenant_id == made.tenant_id
        work.connection.execute(delete(posting).where(mine, posting.c.attribute_id == 10))
        work.connection.execute(
            update(long_term).where(long_term.c.tenant_id == made.tenant_id).values(value="y")
        )
    told = sorted(differences(made))
    assert told[:2] == [
        "Index of product_type: '*' lacks product id 1.",
        "Index of product_type: '=default' lacks product id 1.",
    ]
    assert len(told) == 3
    assert told[2].startswith("Index: the whole text of '=xxx")


def test_differing_numbers_are_told(catalogue: MakeCatalogue) -> None:
    made = catalogue({"price": "1"}, {"price": "2"}, {"price": "2"})
    made.change({1: {"price": "3"}, 2: {"price": "-4"}}, index=False)
    assert differences(made) == [
        CHANGED.format("1, 2"),
        "Index of price: the numbers of product id 1, 2 are not those of their documents.",
    ]


def test_who_has_a_value_is_told_of_what_is_not_indexed_too(catalogue: MakeCatalogue) -> None:
    made = catalogue({"story": "long"}, {"story": "long", "weight": "1"})
    with made.writing() as work:
        mine = (posting.c.tenant_id == made.tenant_id) & (posting.c.term == "*")
        story = mine & (posting.c.attribute_id == made.attribute("story").id)
        work.connection.execute(delete(posting).where(story))
    assert differences(made) == ["Index of story: '*' lacks product id 1, 2."]


def test_what_nobody_asks_for_is_left_out(catalogue: MakeCatalogue) -> None:
    bare = {"product_type": "bare"}
    made = catalogue({"name": "rod", "page": "p", "tags": ["t"], "price": "1"} | bare)
    name, page, tags, price = (made.attribute(one) for one in ("name", "page", "tags", "price"))
    made.change({1: bare}, index=False)
    made.definition.put_attribute(replace(name, filterable=False, indexable=False))
    made.definition.put_attribute(replace(page, deleted=True))
    made.definition.put_attribute(replace(tags, pending=frozenset({"filterable", "indexable"})))
    made.definition.put_attribute(replace(price, pending=frozenset({"filterable"})))
    assert sorted(differences(made)) == [
        "Index of name: '*' has product id 1, whose documents differ.",
        "Index of price: '*' has product id 1, whose documents differ.",
        "Index of price: the numbers of product id 1 are not those of their documents.",
        "Index of tags: '*' has product id 1, whose documents differ.",
        CHANGED.format("1"),
    ]


def test_making_it_anew_mends_everything(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1", "name": "x" * 200}, {"price": "1"}, first_id=4_095)
    made.change({4_095: {"price": "3"}, 4_096: {"name": "y" * 200}}, index=False)
    assert differences(made)
    with made.writing() as work:
        for block in range(block_count(work)):
            rebuild_block(work, block)
    assert differences(made) == []
