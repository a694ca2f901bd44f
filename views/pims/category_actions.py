"""The actions of POST /pim/manage/categories. One look shows them all."""

from pims_api.domain.access.api_key import EDITOR, MANAGER, USER
from views.pims.actions import manage_categories
from views.pims.dispatch import Actions, Reading, Writing

CATEGORY_ACTIONS: Actions = {
    "listCategories": Reading((EDITOR, MANAGER, USER), manage_categories.list_categories),
    "addCategory": Writing((MANAGER,), manage_categories.add_category),
    "editCategory": Writing((MANAGER,), manage_categories.edit_category),
    "deleteCategory": Writing((MANAGER,), manage_categories.delete_category),
}
