"""Who may do what: every address of the face, with a body that is accepted over the shop."""

from dataclasses import dataclass
from typing import Any

from tests.sigma.conftest import everywhere
from tests.sigma.routes.shop import CHANNEL, EXPORT_JOB, SCHEMA, WEBHOOK, WORKFLOW

Json = Any

PIMS_KEYS = {"pim_user", "pim_editor", "pim_manager", "pim_security", "pim_import", "pim_export"}
KEYS = {"read", "update-data", "delete-data", "update-model", "delete-model"} | PIMS_KEYS
FLAGS = {
    "schemas": "canManageSchemas",
    "roles": "canManageRoles",
    "dimensions": "canManageDimensions",
    "lists": "canManageOptionLists",
    "export": "canExport",
    "import": "canImport",
}
"""A user who has this flag alone."""
USERS = {"admin", "viewer", "plain", *FLAGS}

EVERYBODY = {"nobody", "strange key", "withdrawn key", "strange token"} | KEYS | USERS
LOOK = {"read", "pim_user", "pim_editor", *USERS}
SEE = LOOK | {"pim_manager"}
SEE_ROLES = SEE | {"pim_security"}
UPDATE = {"update-data", "pim_editor", *USERS} - {"viewer"}
DELETE = {"delete-data", "pim_editor", *USERS} - {"viewer"}
MODEL = {"update-model", "pim_manager", "admin"}
NO_MODEL = {"delete-model", "pim_manager", "admin"}
SECURITY = {"update-model", "pim_security", "admin", "roles"}
NO_SECURITY = {"delete-model", "pim_security", "admin", "roles"}
KEEP_KEYS = {"update-model", "pim_security", "admin", "roles"}
IMPORT = {"update-data", "pim_editor", "admin", "import"}
TRY_IMPORT = {"read", "pim_user", "pim_editor", "admin", "import"}
RUN_EXPORT = {"update-data", "pim_editor", "admin", "export"}
EXPORT = {"read", "pim_user", "pim_editor", "admin", "viewer", "export"}


@dataclass(frozen=True)
class Row:
    """One method of one address. status: of the answer to those who may."""

    method: str
    path: str
    may: set[str]
    status: int
    body: Json = None

    @property
    def name(self) -> tuple[str, str]:
        return self.method, self.path


ATTRIBUTE = {"alias": "spare", "name": "Spare", "type": "text"}
DIMENSION = {"alias": "spare", "name": "S", "segments": [{"id": "s", "alias": "s", "name": "S"}]}
PRICE = {"price": everywhere(7)}
RECORD = {"schemaId": "schema-jacket", "values": PRICE}
ROWS = {"schemaId": "schema-jacket", "rows": [{"Price": "7"}], "columnMapping": {"Price": "price"}}
CRITERIA = {"criteria": [{"attribute": "price", "operator": "gt", "value": 100}]}
ENTITY = {"entityId": "ent-1"}
_MOVE = {"toStateId": "locked"}
_VALUE = {"scopedValues": PRICE["price"]}

_RECORD = "/records/<record_id>"
_VARIANT = f"{_RECORD}/variants/<variant_id>"
_CATEGORY = "/categories/<category_id>"
_CHANNEL = "/channels/<channel_id>"
_WEBHOOK, _EXPORT_JOB = "/webhooks/<webhook_id>", "/export-jobs/<export_job_id>"

MATRIX = [
    Row("GET", "/healthz", EVERYBODY, 200),
    Row("GET", "/auth/tenants", EVERYBODY, 200),
    Row("POST", "/auth/login", EVERYBODY, 200,
        {"email": "role-admin@example.com", "password": "a long password"}),
    Row("POST", "/auth/refresh", USERS, 200),
    # Schemas and attributes
    Row("GET", "/schemas", SEE, 200),
    Row("POST", "/schemas", MODEL | {"schemas"}, 201, SCHEMA | {"id": "s-2", "alias": "new"}),
    Row("GET", "/schemas/<schema_id>", SEE, 200),
    Row("PUT", "/schemas/<schema_id>", MODEL | {"schemas"}, 200, SCHEMA | {"name": "Coat"}),
    Row("DELETE", "/schemas/<schema_id>", NO_MODEL | {"schemas"}, 409),
    Row("GET", "/schemas/<schema_id>/attributes", SEE, 200),
    Row("GET", "/attributes", SEE, 200),
    Row("POST", "/attributes", MODEL | {"schemas"}, 201, ATTRIBUTE | {"alias": "more"}),
    Row("GET", "/attributes/<attribute_id>", SEE, 200),
    Row("PUT", "/attributes/<attribute_id>", MODEL | {"schemas"}, 200, ATTRIBUTE),
    Row("DELETE", "/attributes/<attribute_id>", NO_MODEL | {"schemas"}, 204),
    # Dimensions
    Row("GET", "/dimensions", SEE, 200),
    Row("POST", "/dimensions", MODEL | {"dimensions"}, 201, DIMENSION | {"alias": "more"}),
    Row("GET", "/dimensions/<dimension_id>", SEE, 200),
    Row("PUT", "/dimensions/<dimension_id>", MODEL | {"dimensions"}, 200, DIMENSION),
    Row("DELETE", "/dimensions/<dimension_id>", NO_MODEL | {"dimensions"}, 204),
    Row("POST", "/dimensions/scope-matrix", SEE, 200, {"dimensionIds": ["dim-market"]}),
    # Option lists
    Row("GET", "/option-lists", SEE, 200),
    Row("POST", "/option-lists", MODEL | {"lists"}, 201, {"alias": "more", "name": "More"}),
    Row("GET", "/option-lists/<list_id>", SEE, 200),
    Row("PUT", "/option-lists/<list_id>", MODEL | {"lists"}, 200,
        {"alias": "color", "name": "Colour", "hierarchical": True}),
    Row("DELETE", "/option-lists/<list_id>", NO_MODEL | {"lists"}, 409),
    Row("POST", "/option-lists/<list_id>/values", MODEL | {"lists"}, 201,
        {"alias": "blue", "label": "Blue"}),
    Row("PUT", "/option-lists/<list_id>/values/<value_id>", MODEL | {"lists"}, 200,
        {"alias": "pink", "label": "Rose"}),
    Row("DELETE", "/option-lists/<list_id>/values/<value_id>", NO_MODEL | {"lists"}, 204),
    # Workflows
    Row("GET", "/workflows", SEE, 200),
    Row("POST", "/workflows", MODEL | {"schemas"}, 201, WORKFLOW | {"id": "w", "alias": "more"}),
    Row("GET", "/workflows/<workflow_id>", SEE, 200),
    Row("PUT", "/workflows/<workflow_id>", MODEL | {"schemas"}, 200, WORKFLOW | {"name": "L"}),
    Row("DELETE", "/workflows/<workflow_id>", NO_MODEL | {"schemas"}, 409),
    # Roles
    Row("GET", "/roles", SEE_ROLES, 200),
    Row("POST", "/roles", SECURITY, 201, {"name": "More"}),
    Row("GET", "/roles/<role_id>", SEE_ROLES, 200),
    Row("PUT", "/roles/<role_id>", SECURITY, 200, {"name": "Other"}),
    Row("DELETE", "/roles/<role_id>", NO_SECURITY, 204),
    Row("POST", "/roles/<role_id>/resolve", SEE_ROLES, 200, {"schemaId": "schema-jacket"}),
    # Records
    Row("GET", "/records", LOOK, 200),
    Row("POST", "/records", UPDATE, 201, RECORD),
    Row("GET", _RECORD, LOOK, 200),
    Row("PUT", _RECORD, UPDATE, 200, {"values": PRICE}),
    Row("DELETE", _RECORD, DELETE, 204),
    Row("PATCH", f"{_RECORD}/values/<alias>", UPDATE, 200, _VALUE),
    Row("POST", f"{_RECORD}/transition", UPDATE, 200, _MOVE),
    Row("GET", f"{_RECORD}/transitions", LOOK, 200),
    Row("GET", f"{_RECORD}/completeness", LOOK, 200),
    Row("GET", f"{_RECORD}/audit", LOOK, 200),
    Row("GET", "/audit", LOOK, 200),
    # Variants
    Row("GET", "/variants", LOOK, 200),
    Row("GET", f"{_RECORD}/variants", LOOK, 200),
    Row("POST", f"{_RECORD}/variants", UPDATE, 201, {"values": PRICE}),
    Row("GET", _VARIANT, LOOK, 200),
    Row("PUT", _VARIANT, UPDATE, 200, {"values": PRICE}),
    Row("DELETE", _VARIANT, DELETE, 204),
    Row("GET", f"{_VARIANT}/resolved", LOOK, 200),
    Row("PATCH", f"{_VARIANT}/values/<alias>", UPDATE, 200, _VALUE),
    # Catalogs
    Row("GET", "/catalogs", SEE, 200),
    Row("POST", "/catalogs", MODEL | {"schemas"}, 201,
        {"id": "catalog-more", "alias": "more", "name": "More"}),
    Row("GET", "/catalogs/<catalog_id>", SEE, 200),
    Row("PUT", "/catalogs/<catalog_id>", MODEL | {"schemas"}, 200, {"alias": "w", "name": "W"}),
    Row("DELETE", "/catalogs/<catalog_id>", NO_MODEL | {"schemas"}, 204),
    Row("GET", "/catalogs/<catalog_id>/tree", SEE, 200),
    Row("POST", "/catalogs/<catalog_id>/categories", MODEL | {"schemas"}, 201, {"name": "New"}),
    Row("GET", _CATEGORY, SEE, 200),
    Row("PUT", _CATEGORY, MODEL | {"schemas"}, 200, {"alias": "sale", "name": "Sales"}),
    Row("DELETE", _CATEGORY, NO_MODEL | {"schemas"}, 204),
    Row("POST", f"{_CATEGORY}/assign", UPDATE, 200, ENTITY),
    Row("POST", f"{_CATEGORY}/unassign", DELETE, 200, ENTITY),
    Row("GET", f"{_CATEGORY}/entities", LOOK, 200),
    # API keys
    Row("GET", "/api-keys", KEEP_KEYS, 200),
    Row("POST", "/api-keys", MODEL - {"pim_manager"}, 201,  # nobody grants what they lack
        {"name": "shop", "permissions": ["update-model"]}),
    Row("POST", "/api-keys/<key_id>/deactivate", KEEP_KEYS, 200),
    Row("DELETE", "/api-keys/<key_id>", NO_SECURITY, 204),
    # Files
    Row("POST", "/import/preview", TRY_IMPORT, 200, ROWS),
    Row("POST", "/import/execute", IMPORT, 200, ROWS),
    Row("GET", "/export", EXPORT, 200),
    # Searches
    Row("POST", "/search", LOOK, 200, CRITERIA),
    Row("POST", "/search/full-text", LOOK, 200, {"query": "anorak"}),
    Row("GET", "/search/text", LOOK, 200),
    Row("GET", "/saved-queries", LOOK, 200),
    Row("POST", "/saved-queries", UPDATE, 201, CRITERIA | {"name": "More"}),
    Row("GET", "/saved-queries/<query_id>", LOOK, 200),
    Row("DELETE", "/saved-queries/<query_id>", DELETE, 204),
    Row("POST", "/saved-queries/<query_id>/execute", LOOK, 200),
    # Webhooks
    Row("GET", "/webhooks", SEE, 200),
    Row("POST", "/webhooks", MODEL | {"roles"}, 201, WEBHOOK | {"id": "wh-more"}),
    Row("GET", _WEBHOOK, SEE, 200),
    Row("PUT", _WEBHOOK, MODEL | {"roles"}, 200, WEBHOOK | {"name": "Other"}),
    Row("DELETE", _WEBHOOK, NO_MODEL | {"roles"}, 204),
    Row("GET", f"{_WEBHOOK}/deliveries", SEE, 200),
    Row("POST", f"{_WEBHOOK}/deliveries/<delivery_id>/redeliver", MODEL | {"roles"}, 404),
    Row("POST", f"{_WEBHOOK}/test", MODEL | {"roles"}, 200),
    # Export jobs
    Row("GET", "/export-jobs", SEE, 200),
    Row("POST", "/export-jobs", MODEL | {"export"}, 201, EXPORT_JOB | {"id": "more"}),
    Row("GET", _EXPORT_JOB, SEE, 200),
    Row("PUT", _EXPORT_JOB, MODEL | {"export"}, 200, EXPORT_JOB | {"name": "Other"}),
    Row("DELETE", _EXPORT_JOB, NO_MODEL | {"export"}, 204),
    Row("POST", f"{_EXPORT_JOB}/pause", MODEL | {"export"}, 200),
    Row("POST", f"{_EXPORT_JOB}/resume", MODEL | {"export"}, 200),
    Row("GET", f"{_EXPORT_JOB}/runs", SEE, 200),
    Row("POST", f"{_EXPORT_JOB}/runs", RUN_EXPORT, 201),
    # Channels; this one has no connector
    Row("GET", "/channels", SEE, 200),
    Row("POST", "/channels", MODEL | {"roles"}, 201, CHANNEL | {"alias": "more"}),
    Row("GET", _CHANNEL, SEE, 200),
    Row("PUT", _CHANNEL, MODEL | {"roles"}, 200, CHANNEL | {"name": "Other"}),
    Row("DELETE", _CHANNEL, NO_MODEL | {"roles"}, 204),
    Row("POST", f"{_CHANNEL}/test-connection", UPDATE, 400),
    Row("POST", f"{_CHANNEL}/push", UPDATE, 400),
    Row("POST", f"{_CHANNEL}/pull", UPDATE, 400),
    Row("POST", f"{_CHANNEL}/sync", UPDATE, 400),
    Row("GET", f"{_CHANNEL}/sync-logs", SEE, 200),
    Row("GET", f"{_CHANNEL}/sync-mappings", SEE, 200),
]  # fmt: skip
