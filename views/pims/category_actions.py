"""The actions of POST /pim/manage/categories. One look shows them all."""

from pims_api.domain.access.permission import Permission
from views.pims.actions import manage_categories
from views.pims.dispatch import Actions, Reading, Writing

CATEGORY_ACTIONS: Actions = {
    "listCategories": Reading(Permission.READ, manage_categories.list_categories),
    "addCategory": Writing(Permission.MANAGE_DEFINITIONS, manage_categories.add_category),
    "editCategory": Writing(Permission.MANAGE_DEFINITIONS, manage_categories.edit_category),
    "deleteCategory": Writing(Permission.MANAGE_DEFINITIONS, manage_categories.delete_category),
}
