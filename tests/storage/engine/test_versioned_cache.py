"""One cache of what a process keeps: by version, within a weight, the oldest goes first."""

import pytest

from pims_api.storage.engine.versioned_cache import VersionedCache


@pytest.fixture
def kept() -> VersionedCache[str, str]:
    """A cache with room for six characters."""
    return VersionedCache(len, 6)


def test_a_value_is_known_at_its_version_alone(kept):
    kept.put("a", 2, "xx")
    assert kept.at({"a": 2, "b": 2}) == {"a": "xx"}
    assert kept.at({"a": 1}) == kept.at({"a": 3}) == {}
    assert (kept.last("a"), kept.last("b")) == ("xx", None)


def test_an_older_one_replaces_nothing(kept):
    kept.put("a", 2, "new")
    kept.put("a", 1, "old")
    assert kept.last("a") == "new"


def test_two_of_the_same_version_are_joined_where_that_is_asked_for(kept):
    kept.put("a", 1, "x")
    kept.put("a", 1, "y", join=lambda some, others: some + others)
    assert kept.last("a") == "xy"
    kept.put("a", 2, "z", join=lambda some, others: some + others)
    assert kept.last("a") == "z"
    kept.put("a", 2, "last")
    assert kept.last("a") == "last"


def test_what_was_not_asked_for_longest_goes_first(kept):
    for key in "abc":
        kept.put(key, 1, "xx")
    kept.at({"a": 1})
    kept.last("b")
    kept.put("d", 1, "xx")
    assert kept.at(dict.fromkeys("abcd", 1)) == {"a": "xx", "b": "xx", "d": "xx"}


def test_what_weighs_too_much_is_not_kept_and_drives_out_nothing(kept):
    kept.put("a", 1, "x")
    kept.put("b", 1, "xx")
    kept.put("a", 2, "x" * 7)
    assert (kept.last("a"), kept.last("b")) == (None, "xx")


def test_the_place_of_what_was_heavier_comes_free(kept):
    kept.put("b", 1, "x" * 6)
    kept.put("b", 2, "x")
    kept.put("c", 1, "x" * 5)
    assert kept.at({"b": 2, "c": 1}) == {"b": "x", "c": "xxxxx"}


def test_so_many_entries_and_no_more():
    kept: VersionedCache[str, str] = VersionedCache(lambda _: 0, 0, entries_max=2)
    for key in "abc":
        kept.put(key, 1, key)
    assert kept.at(dict.fromkeys("abc", 1)) == {"b": "b", "c": "c"}
