"""The Views that a key may use, and its default View.

Source: docs/core.md, Keys.
"""

from dataclasses import replace

from pims_api.domain.access.api_key import ApiKey
from pims_api.errors import Conflict, Fault, Subject, absent, taken
from pims_api.services.keys.api_keys import store_key
from pims_api.storage.unit_of_work import UnitOfWork


def assign_view(work: UnitOfWork, key: ApiKey, name: str) -> ApiKey:
    """Let a key use a View; it does not become the default.

    Raises NotFound when there is no such View, Conflict when the key has it already.
    """
    if name not in work.definition.views:
        raise absent(Subject.VIEW, place="key/view")
    if name in key.views:
        raise taken(Subject.VIEW, name)
    return store_key(work, key, replace(key, views=(*key.views, name)))


def make_default(work: UnitOfWork, key: ApiKey, name: str) -> ApiKey:
    """Make one of the key's Views the one that applies when it names none. Raises NotFound."""
    _require(key, name)
    return store_key(work, key, replace(key, default_view=name))


def unassign_view(work: UnitOfWork, key: ApiKey, name: str) -> ApiKey:
    """Take a View from a key. Raises NotFound, and Conflict when it is the key's default."""
    _require(key, name)
    if name == key.default_view:
        message = f"{name} is the default View of the key: make another one that first!"
        raise Conflict(faults=[Fault("exists", message, subject=Subject.DEFAULT_VIEW)])
    return store_key(work, key, replace(key, views=tuple(v for v in key.views if v != name)))


def _require(key: ApiKey, name: str) -> None:
    if name not in key.views:
        raise absent(Subject.VIEW, place="view/name")
