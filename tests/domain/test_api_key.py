"""Keys: their form and what they may do."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.access.api_key import (
    KEY_LENGTH,
    ApiKey,
    digest,
    is_well_formed,
    mask,
    new_key,
    public_id,
)
from pims_api.domain.access.permission_group import MANAGER, SECURITY, USER


def a_key(*groups: str, **facts: object) -> ApiKey:
    """Return a stored key of these groups."""
    settings = {"views": (), "expires_at": None, "revoked_at": None} | facts
    return ApiKey(1, 1, "id", "digest", "mask", "name", groups, **settings)  # type: ignore[arg-type]


def test_keys_are_long_and_never_the_same() -> None:
    made = {new_key() for _ in range(50)}
    assert len(made) == 50
    assert all(len(key) == KEY_LENGTH and key.startswith("pims_") for key in made)
    assert len({public_id(key) for key in made}) == 50


@given(st.integers(5, KEY_LENGTH - 1), st.sampled_from(string.ascii_letters + string.digits))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    key = new_key()
    wrong = key[:place] + character + key[place + 1 :]
    assert is_well_formed(wrong) == (wrong == key)


@pytest.mark.parametrize("text", ["", "pims_", "x" * KEY_LENGTH, "pims_é" + "0" * 40])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not is_well_formed(text)


def test_what_is_stored_and_shown_does_not_hold_the_key() -> None:
    key = new_key()
    assert len(digest(key)) == 64
    assert mask(key) == f"pxxx...xxx{key[-1]}"


@pytest.mark.parametrize(
    ("case", "key", "works"),
    [
        ("no end", a_key(), True),
        ("before its end", a_key(expires_at=11), True),
        ("at its end", a_key(expires_at=10), False),
        ("withdrawn", a_key(revoked_at=5), False),
    ],
)
def test_a_key_ends(case: str, key: ApiKey, works: bool) -> None:
    assert key.works_at(10) is works


@pytest.mark.parametrize(
    ("case", "key", "may"),
    [
        ("its own", a_key(USER, views=("shop",)), True),
        ("another's", a_key(USER), False),
        ("a manager", a_key(MANAGER), True),
        ("security", a_key(SECURITY), True),
    ],
)
def test_who_may_name_a_view(case: str, key: ApiKey, may: bool) -> None:
    assert key.may_use_view("shop") is may
