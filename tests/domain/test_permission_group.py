"""Permission groups: what each allows, and in which order they come."""

import pytest

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.access.permission_group import (
    EDITOR,
    EXPORT,
    IMPORT,
    MANAGER,
    PERMISSION_GROUPS,
    SECURITY,
    USER,
    groups_granting,
    in_order,
    permissions_of,
)
from pims_api.errors import Fault


def a_key(*groups: str) -> ApiKey:
    return ApiKey(1, 1, "id", "digest", "mask", "name", groups)


@pytest.mark.parametrize(
    ("permission", "groups"),
    [
        (Permission.READ, (USER, EDITOR, MANAGER)),
        (Permission.READ_PRODUCTS, (USER, EDITOR)),
        (Permission.READ_DEFINITIONS, (EDITOR, MANAGER)),
        (Permission.EDIT_PRODUCTS, (EDITOR,)),
        (Permission.ADD_CATEGORIES, (MANAGER, IMPORT)),
        (Permission.MANAGE_DEFINITIONS, (MANAGER,)),
        (Permission.MANAGE_VIEWS, (MANAGER, SECURITY)),
        (Permission.MANAGE_JOBS, (MANAGER, SECURITY)),
        (Permission.MANAGE_KEYS, (SECURITY,)),
        (Permission.IMPORT_FILES, (IMPORT,)),
        (Permission.EXPORT_FILES, (EXPORT,)),
    ],
)
def test_a_key_may_do_what_one_of_its_groups_allows(permission, groups) -> None:
    assert groups_granting(permission) == groups
    for group in PERMISSION_GROUPS:
        assert a_key(group).may(permission) is (group in groups)
        assert (permission in permissions_of([group])) is (group in groups)


def test_groups_add_up() -> None:
    key = a_key(IMPORT, EXPORT)

    assert key.may(Permission.IMPORT_FILES)
    assert key.may(Permission.EXPORT_FILES)
    assert not key.may(Permission.READ_PRODUCTS)
    assert permissions_of(PERMISSION_GROUPS) == frozenset(Permission)


def test_a_group_that_nobody_knows_allows_nothing() -> None:
    assert permissions_of(["pim_god"]) == frozenset()
    assert not any(a_key("pim_god").may(one) for one in Permission)


def test_groups_come_in_their_order() -> None:
    assert in_order(reversed(PERMISSION_GROUPS)) == tuple(PERMISSION_GROUPS)
    with pytest.raises(ValueError, match="pim_god"):
        in_order(["pim_god"])


def test_a_refusal_says_what_is_missing_in_no_faces_words() -> None:
    refused = NotPermitted(Permission.EDIT_PRODUCTS)

    message = "Access denied! This needs the permission to edit products."
    assert refused.permission is Permission.EDIT_PRODUCTS
    assert refused.faults == (Fault("forbidden", message),)
