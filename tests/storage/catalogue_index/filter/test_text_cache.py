"""Texts that hold a part are found in what a process keeps as they are in the documents."""

import itertools
import random

import pytest

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute
from pims_api.domain.conditions.condition import Contains, Operand
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, members
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.texts import text_cache
from pims_api.storage.catalogue_index.filter.texts.text_cache import TextCache
from pims_api.storage.database import Database
from tests.storage.shop import GERMAN, Shop, attribute, new_shop

NUMBERS = itertools.count(1)
PARTS = ["rod", "RED", "Straße", "ΣΊΣΥΦΟΣ", "x" * 130, "Lamp", "ı", "%_\\", "a\nb", " "]
NEEDLES = ["rod", "e", "STRASSE", "σίσυφος", "xx", "X" * 125, "İ", "%_", "A\nB", "d R", "none"]
NAME = attribute(100, "name", filterable=True)
TAGS = attribute(101, "tags", filterable=True, collection=True)


@pytest.fixture
def shop(database: Database) -> Shop:
    made = new_shop(database, f"texts-{next(NUMBERS)}")
    made.define(*SYSTEM_ATTRIBUTES, NAME, TAGS)
    return made


def found(shop: Shop, one: Attribute, part: str, scope: str = GLOBAL) -> set[int]:
    with shop.read() as seen:
        return set(members(match(seen, Contains(Operand(one, (scope,)), part))))


def holding(values: dict[int, list[str]], part: str) -> set[int]:
    folded = part.casefold()
    return {n for n, texts in values.items() if any(folded in t.casefold() for t in texts)}


@pytest.mark.parametrize("changes_max", [0, 500])
def test_after_any_changes_they_are_those_of_the_documents(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, changes_max: int
) -> None:
    monkeypatch.setattr(text_cache, "CHANGES_MAX", changes_max)
    chance = random.Random(3)
    texts: dict[str, dict[int, list[str]]] = {"name": {}, f"name@{GERMAN}": {}, "tags": {}}
    for _ in range(40):
        for _ in range(chance.randrange(4)):
            number = chance.randrange(1, 30)
            values = {}
            for slot in texts:
                words = [" ".join(chance.sample(PARTS, 2)) for _ in range(chance.randrange(3))]
                words = words if slot == "tags" else words[:1]
                if words:
                    values[slot] = words if slot == "tags" else words[0]
            number = shop.save(f"P{number}", values)
            for slot in texts:
                value = values.get(slot, [])
                texts[slot][number] = [value] if isinstance(value, str) else value
        for part in chance.sample(NEEDLES, 3):
            assert found(shop, NAME, part) == holding(texts["name"], part), part
            german = found(shop, NAME, part, GERMAN)
            assert german == holding(texts[f"name@{GERMAN}"], part), part
            assert found(shop, TAGS, part) == holding(texts["tags"], part), part
    assert shop.database.caches.of(TextCache).size > 0


def test_they_are_kept_from_the_second_time_on_and_not_read_again(shop: Shop) -> None:
    shop.put({f"P{number}": {"name": f"Rod {number}"} for number in range(1, 5)})

    def scans() -> int:
        with shop.counted() as sent:
            found(shop, NAME, "rod 1")
        return len([one for one in sent if "length(posting.bits)" in one])

    assert [scans() for _ in range(4)] == [1, 1, 0, 0]
    shop.save("P1", {"name": "Bar"})
    assert scans() == 0
    assert found(shop, NAME, "rod") == {2, 3, 4}


def test_a_reader_of_an_earlier_state_sees_that_state(shop: Shop) -> None:
    shop.put({"A": {"name": "Rod"}, "B": {"name": "Bar"}})
    with shop.read() as earlier:
        earlier.connection.exec_driver_sql("SELECT 1")
        members(match(earlier, Contains(Operand(NAME, (GLOBAL,)), "rod")))
        shop.put({"A": {"name": "Bar"}, "B": {"name": "Rod"}})
        for _ in range(3):
            assert found(shop, NAME, "rod") == {2}
        assert members(match(earlier, Contains(Operand(NAME, (GLOBAL,)), "rod"))) == [1]


def test_more_texts_than_there_is_room_for_are_found_all_the_same(shop: Shop) -> None:
    shop.database.caches.put(TextCache(2_000))
    shop.put({f"P{number}": {"name": f"Rod {number}"} for number in range(1, 200)})
    for _ in range(3):
        assert len(found(shop, NAME, "ROD")) == 199
    assert shop.database.caches.of(TextCache).size == 0


def test_parts_of_very_many_texts_are_scanned_for(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_cache, "HITS_MAX", 100)
    shop.put({f"P{number}": {"name": f"Rod {number}"} for number in range(1, 200)})
    for _ in range(3):
        assert len(found(shop, NAME, "rod")) == 199
        assert found(shop, NAME, "rod 199") == {199}


def test_one_text_of_many_products_over_blocks(shop: Shop) -> None:
    last = BLOCK_BITS + 10
    shop.put({f"P{number}": {"name": "Red Rod" if number % 2 else "B"} for number in range(last)})
    for _ in range(3):
        assert found(shop, NAME, "d r") == set(range(2, last + 1, 2))
