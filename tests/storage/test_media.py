"""Media in the database: the set of products that have some, and the check of their history."""

from collections.abc import Iterator

from sqlalchemy import update

from pims_api.domain.flat.media import Media
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.checks.definitions import compare_media
from pims_api.storage.media import insert_media, last_media_id, media_of, products_with_media
from pims_api.storage.tables import media as table
from tests.storage.shop import Shop


def attach(shop: Shop, *owners: tuple[int | None, int | None]) -> None:
    with shop.work() as work:
        for product, variant in owners:
            number = last_media_id(work) + 1
            made = Media(number, f"https://example.com/{number}", product, variant)
            work.record(insert_media(work, made))


def found(shop: Shop) -> list[int]:
    with shop.read() as seen:
        return members(products_with_media(seen))


def test_the_products_with_media_are_known_after_each_write(shop: Shop) -> None:
    assert found(shop) == []
    attach(shop, (7, None), (None, 8), (7, 9))
    assert found(shop) == found(shop) == [7]
    attach(shop, (5_000, None))
    assert found(shop) == [7, 5_000]


def test_only_new_media_are_read_again(shop: Shop) -> None:
    attach(shop, (7, None))
    assert found(shop) == [7]
    with shop.read() as seen, shop.counted() as sent:
        products_with_media(seen)
    assert len([one for one in sent if "DISTINCT" in one]) == 0


def test_an_older_snapshot_does_not_see_what_came_after_it(shop: Shop) -> None:
    attach(shop, (1, None))
    with shop.read() as seen:
        last_media_id(seen)  # the snapshot begins with its first statement
        attach(shop, (2, None))
        assert found(shop) == [1, 2]
        assert members(products_with_media(seen)) == [1]
    assert found(shop) == [1, 2]


def test_what_is_rolled_back_is_not_kept(shop: Shop) -> None:
    with shop.work() as work:
        work.record(insert_media(work, Media(1, "https://example.com/", 3)))
        assert members(products_with_media(work)) == [3]
        work.dry_run = True
    assert found(shop) == []
    attach(shop, (4, None))
    assert found(shop) == [4]


def test_media_are_of_a_product_or_of_a_variant(shop: Shop) -> None:
    attach(shop, (1, None), (1, 2), (None, 2), (None, 1))
    with shop.read() as seen:
        assert [one.id for one in media_of(seen, product_id=1)] == [1, 2]
        assert [one.id for one in media_of(seen, variant_id=2)] == [2, 3]
        assert [one.id for one in media_of(seen, product_id=1, variant_id=1)] == [1, 2, 4]


def sentences(shop: Shop) -> Iterator[str]:
    with shop.read() as seen:
        yield from compare_media(seen)


def test_the_check_tells_what_differs_from_history(shop: Shop) -> None:
    attach(shop, (1, None), (2, None))
    assert list(sentences(shop)) == []
    with shop.database.writing() as connection:
        connection.execute(update(table).where(table.c.id == 1).values(url="https://other"))
        connection.execute(table.delete().where(table.c.id == 2))
        connection.commit()
    assert list(sentences(shop)) == [
        "History of media 1: it leads to other values of url than are kept.",
        "History of media 2: there is no such thing.",
    ]
