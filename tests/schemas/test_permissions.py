"""The words of the PIMS face for permissions, beside the groups that keys hold."""

import pytest

from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.access.permission_group import groups_granting
from pims_api.errors import Fault
from schemas.pims.permissions import PERMISSION_WORDS, WORDS_GRANTING, permission_fault


def test_the_words_are_those_of_the_documentation() -> None:
    assert PERMISSION_WORDS == (
        "pim_user",
        "pim_editor",
        "pim_manager",
        "pim_security",
        "pim_import",
        "pim_export",
    )


@pytest.mark.parametrize("permission", WORDS_GRANTING)
def test_a_refusal_names_every_group_that_would_do(permission) -> None:
    words = WORDS_GRANTING[permission]

    assert sorted(words) == sorted(groups_granting(permission))
    message = f"Access denied! This needs the permission {' or '.join(words)}."
    assert permission_fault(NotPermitted(permission)) == Fault("forbidden", message, allowed=words)


def test_what_another_face_asks_for_is_told_in_the_same_words() -> None:
    message = "Access denied! This needs the permission pim_manager."
    words = ("pim_manager",)
    refused = NotPermitted(Permission.CHANGE_TYPES)
    assert permission_fault(refused) == Fault("forbidden", message, allowed=words)
