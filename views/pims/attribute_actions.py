"""The actions of POST /pim/manage/attributes. One look shows them all."""

from pims_api.domain.access.api_key import EDITOR, MANAGER
from views.pims.actions import manage_attributes
from views.pims.dispatch import Actions, Reading, Writing

ATTRIBUTE_ACTIONS: Actions = {
    "listAttributes": Reading((MANAGER, EDITOR), manage_attributes.list_attributes),
    "listAttributeGroups": Reading((MANAGER, EDITOR), manage_attributes.list_attribute_groups),
    "addAttribute": Writing((MANAGER,), manage_attributes.add_attribute),
    "editAttribute": Writing((MANAGER,), manage_attributes.edit_attribute),
    "deleteAttribute": Writing((MANAGER,), manage_attributes.delete_attribute),
}
