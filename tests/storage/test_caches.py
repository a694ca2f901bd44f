"""One place knows every cache of a process: it makes, measures and empties them."""

from dataclasses import replace

from pims_api.settings import Settings
from pims_api.storage.api_key_cache import ApiKeyCache
from pims_api.storage.caches import Caches
from pims_api.storage.catalogue_index.facets.cache import FacetCache
from pims_api.storage.catalogue_index.filter.number_cache import NumberCache
from pims_api.storage.database import Database
from pims_api.storage.definitions.cache import DefinitionCache
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant


def test_there_is_one_cache_of_each_class_until_all_are_emptied() -> None:
    caches = Caches()
    first = caches.of(NumberCache)
    assert caches.of(NumberCache) is first
    assert caches.of(FacetCache) is caches.of(FacetCache)
    assert caches.sizes() == {"NumberCache": "0 bytes", "FacetCache": "0 counts and bytes"}
    caches.clear()
    assert caches.sizes() == {}
    assert caches.of(NumberCache) is not first


def test_settings_say_how_large_a_cache_is() -> None:
    caches = Caches(replace(Settings(), key_cache_max=0))
    assert caches.of(ApiKeyCache)._keys_max == 0


def test_the_definitions_of_few_tenants_are_kept_those_asked_for_last(
    database: Database,
) -> None:
    numbers = [add_tenant(database, name) for name in ("one", "two", "three")]
    database.caches.put(DefinitionCache(tenants_max=2, bytes_max=10**9))
    kept = [_definition(database, number) for number in numbers]
    assert _definition(database, numbers[2]) is kept[2]
    assert _definition(database, numbers[1]) is kept[1]
    assert _definition(database, numbers[0]) is not kept[0]
    assert _definition(database, numbers[1]) is kept[1]
    assert _definition(database, numbers[2]) is not kept[2]


def test_the_definitions_of_large_tenants_go_first_to_make_room(database: Database) -> None:
    numbers = [add_tenant(database, name) for name in ("one", "two")]
    weight = _definition(database, numbers[0]).weight
    assert database.definitions.size == weight > 5_000
    database.caches.put(DefinitionCache(tenants_max=9, bytes_max=weight))
    first, _ = (_definition(database, number) for number in numbers)
    assert database.definitions.size == weight
    assert _definition(database, numbers[0]) is not first


def _definition(database: Database, tenant_id: int) -> object:
    with snapshot(database, tenant_id) as seen:
        return seen.definition
