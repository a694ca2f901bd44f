"""The index follows every change, and only where something changed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE
from pims_api.domain.product import Product, ProductChange
from pims_api.storage.catalogue_index import waiting_updates
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, decode, from_ids, members
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PART_BITS, numbers_of
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter import update_times
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.long_terms import drop_long_texts
from pims_api.storage.catalogue_index.rebuild import block_count, rebuild_block
from pims_api.storage.catalogue_index.update import maintain_index
from pims_api.storage.catalogue_index.waiting_updates import updates_since
from pims_api.storage.database import Database
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import long_term, number_part, posting
from tests.storage.catalogue_index.catalogue import GERMAN, Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.filter.test_evaluate import statements
from tests.storage.catalogue_index.strategies import FILTERABLE, UNINDEXED, cases


@pytest.fixture(scope="module")
def unindexed_max() -> int:
    """What is tested here are the rows of the index: no product waits for it."""
    return 0


def rows(catalogue: Catalogue) -> dict[tuple[int, str, str, int], int]:
    """Every row of the index, with its bits."""
    with catalogue.reading() as snapshot:
        mine = select(posting).where(posting.c.tenant_id == catalogue.tenant_id)
        return {tuple(row[1:5]): decode(row.bits) for row in snapshot.connection.execute(mine)}


def terms(catalogue: Catalogue, name: str, scope: str = "") -> dict[str, int]:
    """The terms of an attribute in a scope, with their products."""
    number = catalogue.attribute(name).id
    found: dict[str, int] = {}
    for (attribute_id, place, term, block), bits in rows(catalogue).items():
        if (attribute_id, place) == (number, scope):
            found[term] = found.get(term, 0) | bits << block * BLOCK_BITS
    return found


def numbers(catalogue: Catalogue, name: str) -> dict[int, int]:
    """The numbers of an attribute outside any scope, by product."""
    place = (catalogue.attribute(name).id, "")
    return {
        part * PART_BITS + offset: number
        for (attribute_id, scope, part), here in parts(catalogue).items()
        for offset, number in here.items()
        if (attribute_id, scope) == place
    }


def parts(catalogue: Catalogue) -> dict[tuple[int, str, int], dict[int, int]]:
    """Every row of numbers, by offset."""
    with catalogue.reading() as snapshot:
        mine = select(number_part).where(number_part.c.tenant_id == catalogue.tenant_id)
        found = snapshot.connection.execute(mine)
        return {tuple(row[1:4]): numbers_of(row.bits) for row in found}


def edit(product: Product, values: dict[str, Any]) -> ProductChange:
    return ProductChange(product, product._replace(values=product.values | values))


def rebuild(catalogue: Catalogue, *names: str) -> None:
    numbers = {catalogue.attribute(name).id for name in names} or None
    with catalogue.writing() as work:
        for block in range(block_count(work)):
            rebuild_block(work, block, numbers)


@given(
    case=cases([*FILTERABLE, *UNINDEXED]),
    later=cases([*FILTERABLE, *UNINDEXED]),
    kept=st.integers(0, 9),
)
def test_following_changes_equals_starting_anew(database: Database, case, later, kept) -> None:
    catalogue = Catalogue(database, case.documents, case.first_id)
    changes = dict(enumerate(later.documents, case.first_id + kept % len(case.documents)))
    catalogue.change(changes)
    followed, numbered, times = rows(catalogue), parts(catalogue), times_found(catalogue)
    rebuild(catalogue)
    assert followed == rows(catalogue)
    assert times == updated(catalogue) == times_found(catalogue)
    assert without_times(numbered) == without_times(parts(catalogue))
    assert 0 not in followed.values()
    assert {} not in numbered.values()


def test_a_value_moves_from_one_term_to_another(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1"}, {"color": "o1"})
    made.change({1: {"color": "o2"}})
    assert terms(made, "color") == {"*": 0b110, "=o1": 0b100, "=o2": 0b010}
    made.change({2: {}})
    assert terms(made, "color") == {"*": 0b010, "=o2": 0b010}


def test_each_scope_has_its_own_terms(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "rod", f"name@{GERMAN}": "Stange"})
    assert terms(made, "name") == {"*": 2, "=rod": 2}
    assert terms(made, "name", GERMAN) == {"*": 2, "=Stange": 2}


def test_products_beyond_a_block_have_their_own_rows(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1"}, {"color": "o1"}, {"color": "o1"}, first_id=4_095)
    number = made.attribute("color").id
    assert {key[3]: bits for key, bits in rows(made).items() if key[:3] == (number, "", "=o1")} == {
        0: 1 << 4_095,
        1: 0b11,
    }


def test_every_product_has_its_type_and_completeness(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {"product_type": "bare"}, {"title": "T"})
    kinds = {key[2]: bits for key, bits in rows(made).items() if key[0] == 10}
    assert kinds == {"*": 0b1110, "=default": 0b1010, "=bare": 0b100}
    before = numbers(made, "done")
    assert before.keys() == {1, 2, 3}
    made.change({3: {"title": "T", "name": "N", "price": "1"}})
    assert numbers(made, "done") == before | {3: 100}


def test_skus_and_what_nobody_can_ask_for_stay_out(catalogue: MakeCatalogue) -> None:
    made = catalogue({"variation_attributes": ["color"], "unknown": "x"})
    kept = {key[0] for key in rows(made)}
    assert kept == {made.attribute(name).id for name in ("status", "categories", "done")} | {10}
    assert {key[0] for key in parts(made)} == {made.attribute("done").id, 11, 12}


def test_of_what_is_not_indexed_is_kept_who_has_it(catalogue: MakeCatalogue) -> None:
    long = {"story": "x" * 500, f"story@{GERMAN}": "y", "notes": ["a", "b"]}
    made = catalogue(long, {"thumbnail": "a.png", "weight": "1.00001"}, {"notes": []})
    assert terms(made, "story") == terms(made, "story", GERMAN) == {"*": 0b10}
    assert terms(made, "notes") == {"*": 0b10}
    assert terms(made, "thumbnail") == terms(made, "weight") == {"*": 0b100}
    assert numbers(made, "weight") == {}
    made.change({1: {"story": "z"}, 3: {"notes": ["c"]}})
    assert (terms(made, "story"), terms(made, "story", GERMAN)) == ({"*": 0b10}, {})
    assert terms(made, "notes") == {"*": 0b1000}


def updated(catalogue: Catalogue) -> dict[int, int]:
    return {number: one.updated_at for number, one in catalogue.products.items()}


def times_found(catalogue: Catalogue) -> dict[int, int]:
    """When a reader finds that each product was changed, by the slices that it adds up."""
    with catalogue.reading() as snapshot:
        return times_in(snapshot)


def times_in(snapshot: Snapshot) -> dict[int, int]:
    found = Postings(snapshot).numbers(UPDATED_ATTRIBUTE.id, "")
    return {
        number: sum((one >> number & 1) << bit for bit, one in enumerate(found.slices))
        for number in members(found.has)
    }


def test_when_products_were_made_and_changed_are_numbers(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {})
    created = {number: one.created_at for number, one in made.products.items()}
    assert parts(made)[11, "", 0] == created
    assert parts(made)[12, "", 0] == updated(made)
    made.change({2: {"new": True}})
    assert parts(made)[11, "", 0] == created
    assert times_found(made) == updated(made)


def without_times(found: dict[tuple[int, str, int], Any]) -> dict[tuple[int, str, int], Any]:
    """The rows of numbers without those of the times of changes, which wait."""
    return {key: here for key, here in found.items() if key[0] != UPDATED_ATTRIBUTE.id}


def test_times_of_changes_enter_the_index_when_some_thousand_wait(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = catalogue({}, {}, {})
    first = updated(made)
    monkeypatch.setattr(waiting_updates, "WAITING_MAX", 7)
    while made.sequence % 7 != 6:
        made.change({2: {"price": str(made.sequence)}})
        assert parts(made)[12, "", 0] == first
        assert times_found(made) == updated(made)
    before = updated(made)
    made.change({1: {"price": "1"}})
    assert parts(made)[12, "", 0] == before != first
    assert times_found(made) == updated(made) != before
    assert list(compare_index_of(made)) == []


def test_of_waiting_times_only_those_of_new_changes_are_read(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = catalogue({}, {}, {}, {})
    for number in made.products:
        made.change({number: {"price": "1"}})
    assert times_found(made) == updated(made)
    read: list[dict[int, int]] = []

    def noted(snapshot: Snapshot, sequence: int) -> dict[int, int]:
        read.append(updates_since(snapshot, sequence))
        return read[-1]

    monkeypatch.setattr(update_times, "updates_since", noted)
    made.change({2: {"price": "2"}})
    made.change({2: {"price": "3"}, 4: {"price": "3"}})
    assert times_found(made) == times_found(made) == updated(made)
    assert [list(one) for one in read] == [[2, 4]]


def test_a_reader_that_is_older_finds_the_times_of_its_moment(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {})
    made.change({1: {"price": "1"}})
    before = updated(made)
    with made.reading() as older:
        assert times_in(older) == before
        made.change({2: {"price": "2"}})
        assert times_found(made) == updated(made) != before
        assert times_in(older) == before
        assert times_found(made) == updated(made)


def test_the_more_a_transaction_changes_the_sooner_waiting_times_enter(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = catalogue({}, {}, {})
    monkeypatch.setattr(waiting_updates, "WAITING_MAX", 3)
    for number in range(4):
        before = updated(made)
        made.change({place: {"price": str(number)} for place in (1, 2, 3)})
        assert parts(made)[12, "", 0] == before
        assert times_found(made) == updated(made)
    rebuild(made)
    assert parts(made)[12, "", 0] == times_found(made) == updated(made)
    assert list(compare_index_of(made)) == []


def test_a_change_of_what_is_not_indexed_writes_no_row(catalogue: MakeCatalogue) -> None:
    made = catalogue({"thumbnail": "a.png"})
    with statements(made) as sent:
        made.change({1: {"thumbnail": "b.png"}})
    assert [one for one in sent if "posting" in one or "number_part" in one] == []


def compare_index_of(catalogue: Catalogue) -> list[str]:
    with catalogue.reading() as snapshot:
        return list(compare_index(snapshot))


def test_nothing_is_sent_when_nothing_indexed_changed(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1", "thumbnail": "a.png"})
    product = made.products[1]
    with made.writing() as work, statements(made) as sent:
        maintain_index(work, [])
        maintain_index(work, [edit(product, {"thumbnail": "b.png"})])
        maintain_index(work, [edit(product, {})])
    assert sent == []


def test_many_changes_take_as_many_statements_as_one(catalogue: MakeCatalogue) -> None:
    made = catalogue()
    with statements(made) as sent:
        made.add(*({"color": f"o{number % 5 + 1}", "price": str(number)} for number in range(500)))
    index = [one for one in sent if "posting" in one or "number_part" in one]
    assert len(index) == 3  # one reads, one writes in each table
    assert sum(bits.bit_count() for key, bits in rows(made).items() if key[2] == "=o1") == 100


def test_rows_tell_who_changed_them_last(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1"}, {"color": "o2"})
    made.change({1: {"color": "o3"}})
    with made.reading() as snapshot:
        mine = posting.c.tenant_id == made.tenant_id
        newer = select(posting.c.term).where(mine, posting.c.changed == made.sequence)
        assert set(snapshot.connection.scalars(newer)) == {
            "=o3",
            "*",
        }  # "*": the version of the block


def test_a_long_text_is_kept_once(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "x" * 200, "page": "x" * 200}, {"name": "x" * 200}, {"name": "y"})
    with made.reading() as snapshot:
        mine = select(long_term.c.value).where(long_term.c.tenant_id == made.tenant_id)
        assert list(snapshot.connection.scalars(mine)) == ["x" * 200]
        total = select(func.count()).where(long_term.c.tenant_id == made.tenant_id)
        assert snapshot.connection.scalar(total) == 1


def test_long_texts_that_nobody_has_are_forgotten(catalogue: MakeCatalogue) -> None:
    others = catalogue({"name": "z" * 200})
    made = catalogue({"name": "x" * 200, "page": "y" * 200}, {"name": "x" * 200})
    made.change({1: {"name": "x" * 200}, 2: {"name": "short"}})
    assert long_texts_kept(made) == ["x" * 200, "y" * 200]
    with made.writing() as work:
        drop_long_texts(work)
    assert long_texts_kept(made) == ["x" * 200]
    assert long_texts_kept(others) == ["z" * 200]


def long_texts_kept(made: Catalogue) -> list[str]:
    with made.reading() as snapshot:
        mine = select(long_term.c.value).where(long_term.c.tenant_id == made.tenant_id)
        return sorted(snapshot.connection.scalars(mine))


def test_an_index_is_built_for_chosen_attributes(catalogue: MakeCatalogue) -> None:
    made = catalogue({"color": "o1", "price": "1"}, first_id=4_095)
    made.change({4_095: {"color": "o2", "price": "2"}, 4_096: {"color": "o2"}}, index=False)
    rebuild(made, "color")
    assert terms(made, "color") == {"*": from_ids([4_095, 4_096]), "=o2": from_ids([4_095, 4_096])}
    assert numbers(made, "price") == {4_095: 10_000}
    rebuild(made)
    assert numbers(made, "price") == {4_095: 20_000}
