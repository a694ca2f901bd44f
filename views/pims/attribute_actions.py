"""The actions of POST /pim/manage/attributes. One look shows them all."""

from pims_api.domain.access.permission import Permission
from views.pims.actions import manage_attributes
from views.pims.dispatch import Actions, Reading, Writing

ATTRIBUTE_ACTIONS: Actions = {
    "listAttributes": Reading(Permission.READ_DEFINITIONS, manage_attributes.list_attributes),
    "listAttributeGroups": Reading(
        Permission.READ_DEFINITIONS, manage_attributes.list_attribute_groups
    ),
    "addAttribute": Writing(Permission.MANAGE_DEFINITIONS, manage_attributes.add_attribute),
    "editAttribute": Writing(Permission.MANAGE_DEFINITIONS, manage_attributes.edit_attribute),
    "deleteAttribute": Writing(Permission.MANAGE_DEFINITIONS, manage_attributes.delete_attribute),
}
