"""What a caller sees of attributes, schemas, option lists and workflows.

Who may change the model sees all of it; others see what they see of records.

Source: docs/api/sigma.md, Attributes.
"""

from collections.abc import Set as AbstractSet

from pims_api.domain.access.permission import Permission
from pims_api.domain.access.policy import Level
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import DEFAULT_CATALOG_ID
from pims_api.domain.definition import Definition
from views.sigma.caller import Caller

_TYPES = (Permission.CHANGE_TYPES, Permission.DELETE_TYPES)
_FLOWS = (Permission.CHANGE_WORKFLOWS, Permission.DELETE_WORKFLOWS)
_LISTS = (Permission.CHANGE_OPTION_LISTS, Permission.DELETE_OPTION_LISTS)
_CATALOGS = (Permission.CHANGE_CATALOGS, Permission.DELETE_CATALOGS)


def seen_ids(caller: Caller, definition: Definition) -> AbstractSet[int]:
    """Return the ids of the attributes that the caller sees in records of some schema."""
    if _may_any(caller, _TYPES):
        return definition.attributes.keys()
    return caller.sight(definition).somewhere.by_attribute.keys()


def seen_ids_of(caller: Caller, definition: Definition, kind: ProductType) -> AbstractSet[int]:
    """Return the ids of the attributes that the caller sees in records of a schema."""
    if _may_any(caller, _TYPES):
        return definition.attributes.keys()
    return caller.sight(definition).of(kind, None).by_attribute.keys()


def seen_in_states(caller: Caller, definition: Definition) -> AbstractSet[int]:
    """Return the ids of the attributes that the states of workflows name to the caller."""
    if _may_any(caller, _FLOWS):
        return definition.attributes.keys()
    return seen_ids(caller, definition)


def sees_list(caller: Caller, definition: Definition, one: OptionList) -> bool:
    """Return whether the caller sees an option list: through an attribute that uses it.

    One that no attribute uses is there for callers without a View.
    """
    if _may_any(caller, _TYPES + _LISTS):
        return True
    users = [a.id for a in definition.present_attributes() if a.option_list_id == one.id]
    if users:
        return not seen_ids(caller, definition).isdisjoint(users)
    return caller.access(definition).policy.others is not Level.HIDDEN


def sees_catalog(caller: Caller, definition: Definition, catalog_id: int) -> bool:
    """Return whether the caller sees a catalog: the default one through `categories`."""
    if catalog_id != DEFAULT_CATALOG_ID or _may_any(caller, _CATALOGS):
        return True
    return caller.sight(definition).somewhere.of(CATEGORIES) is not None


def _may_any(caller: Caller, permissions: tuple[Permission, ...]) -> bool:
    return any(caller.may(one) for one in permissions)
