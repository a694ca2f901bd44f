"""Step 0020 tells of the products that are indexed already which ones have variants."""

from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.parents import HAS_VARIANTS
from pims_api.storage.migrations.upgrade import upgrade_database
from tests.storage.catalogue_index.filter.test_variants import move
from tests.storage.migrations.earlier_tables import without_parents
from tests.storage.shop import Shop


def test_parents_of_indexed_products_are_told(shop: Shop) -> None:
    shop.put({f"P{number}": {} for number in range(1, 201)})
    move(shop, {2: 1, 3: 1, 150: 2})
    with shop.database.writing() as connection:
        without_parents(connection)
        connection.commit()
    with shop.read() as seen:
        assert list(compare_index(seen)) == ["Index of variation_skus: '*' lacks product id 1, 2."]
    upgrade_database(shop.database)
    with shop.read() as seen:
        assert Postings(seen).any_of([HAS_VARIANTS]) == 0b110
        assert list(compare_index(seen)) == []
