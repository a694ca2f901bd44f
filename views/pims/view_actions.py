"""The actions of POST /pim/manage/views and of POST /pim/manage/views/<apikey>."""

from pims_api.domain.access.permission import Permission
from views.pims.actions import manage_key_views, manage_views
from views.pims.dispatch import Actions, Reading, Writing

_WHO = Permission.MANAGE_VIEWS

VIEW_ACTIONS: Actions = {
    "listPimViews": Reading(_WHO, manage_views.list_pim_views),
    "addPimView": Writing(_WHO, manage_views.add_pim_view),
    "editPimView": Writing(_WHO, manage_views.edit_pim_view),
    "deletePimView": Writing(_WHO, manage_views.delete_pim_view),
}

KEY_VIEW_ACTIONS: Actions = {
    "listViews": Reading(_WHO, manage_key_views.list_views),
    "addView": Writing(_WHO, manage_key_views.add_view),
    "setDefault": Writing(_WHO, manage_key_views.set_default),
    "deleteView": Writing(_WHO, manage_key_views.delete_view),
}
