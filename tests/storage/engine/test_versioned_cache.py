"""A cache of versioned values, bounded by weight: the least recently used one goes first."""

import pytest

from pims_api.storage.engine.versioned_cache import VersionedCache


@pytest.fixture
def cache() -> VersionedCache[str, str]:
    """A cache with room for six characters."""
    return VersionedCache(len, 6)


def test_a_value_is_known_at_its_version_alone(cache):
    cache.put("a", 2, "xx")
    assert cache.at({"a": 2, "b": 2}) == {"a": "xx"}
    assert cache.at({"a": 1}) == cache.at({"a": 3}) == {}
    assert (cache.last("a"), cache.last("b")) == ("xx", None)


def test_an_older_one_replaces_nothing(cache):
    cache.put("a", 2, "new")
    cache.put("a", 1, "old")
    assert cache.last("a") == "new"


def test_two_of_the_same_version_are_joined_where_that_is_asked_for(cache):
    cache.put("a", 1, "x")
    cache.put("a", 1, "y", join=lambda some, others: some + others)
    assert cache.last("a") == "xy"
    cache.put("a", 2, "z", join=lambda some, others: some + others)
    assert cache.last("a") == "z"
    cache.put("a", 2, "last")
    assert cache.last("a") == "last"


def test_what_was_not_asked_for_longest_goes_first(cache):
    for key in "abc":
        cache.put(key, 1, "xx")
    cache.at({"a": 1})
    cache.last("b")
    cache.put("d", 1, "xx")
    assert cache.at(dict.fromkeys("abcd", 1)) == {"a": "xx", "b": "xx", "d": "xx"}


def test_what_weighs_too_much_is_not_kept_and_drives_out_nothing(cache):
    cache.put("a", 1, "x")
    cache.put("b", 1, "xx")
    cache.put("a", 2, "x" * 7)
    assert (cache.last("a"), cache.last("b")) == (None, "xx")


def test_the_place_of_what_was_heavier_comes_free(cache):
    cache.put("b", 1, "x" * 6)
    cache.put("b", 2, "x")
    cache.put("c", 1, "x" * 5)
    assert cache.at({"b": 2, "c": 1}) == {"b": "x", "c": "xxxxx"}


def test_so_many_entries_and_no_more():
    cache: VersionedCache[str, str] = VersionedCache(lambda _: 0, 0, entries_max=2)
    for key in "abc":
        cache.put(key, 1, key)
    assert cache.at(dict.fromkeys("abc", 1)) == {"b": "b", "c": "c"}
