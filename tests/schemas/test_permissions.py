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


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_every_group_that_would_do(permission) -> None:
    words = WORDS_GRANTING[permission]

    assert sorted(words) == sorted(groups_granting(permission))
    message = f"Access denied! This needs the permission {' or '.join(words)}."
    assert permission_fault(NotPermitted(permission)) == Fault("forbidden", message, allowed=words)
