"""What the addresses of the Sigma face do and who may ask for it. One look shows them all.

Source: docs/api/sigma.md.
"""

from pims_api.domain.access.permission import Permission
from schemas.sigma.api_keys import KeyBody, KeyReply, NewKeyReply
from schemas.sigma.catalogs.catalog import CatalogBody, NewCatalogBody
from schemas.sigma.catalogs.category import (
    AssignBody,
    AssignReply,
    CategoryBody,
    CategoryNode,
    CategoryReply,
    EntitiesQuery,
)
from schemas.sigma.files.export import ExportedRecord, ExportQuery
from schemas.sigma.files.rows import ImportBody, ImportReply, PreviewReply
from schemas.sigma.model.attributes import AttributeBody
from schemas.sigma.model.dimensions import DimensionBody, ScopeMatrixBody, ScopeReply
from schemas.sigma.model.option_lists import OptionBody, OptionListBody
from schemas.sigma.model.roles import LevelsReply, ResolveBody, RoleBody
from schemas.sigma.model.schemas import SchemaBody
from schemas.sigma.model.workflows import TransitionBody, WorkflowBody
from schemas.sigma.outlets.export_jobs import (
    ExportJobBody,
    ExportJobReply,
    RunBody,
    RunReply,
)
from schemas.sigma.records.audit import AuditOfRecordQuery, AuditPage, AuditQuery, AuditReply
from schemas.sigma.records.lifecycle import CompletenessReply, TransitionRequest
from schemas.sigma.records.record import (
    EntityReply,
    RecordBody,
    RecordPage,
    RecordReply,
    RecordsQuery,
    ResolvedReply,
    ScopedValuesBody,
    ValuesBody,
    VariantBody,
    VariantPage,
    VariantReply,
    VariantsOfRecordQuery,
    VariantsQuery,
)
from schemas.sigma.search.requests import (
    FullTextBody,
    FullTextQuery,
    PageBody,
    SavedQueryBody,
    SavedQueryReply,
    SearchBody,
)
from views.rest import NO_CONTENT, Endpoint
from views.sigma.actions import api_keys
from views.sigma.actions.catalogs import assignments, catalogs, categories
from views.sigma.actions.files import exporting, importing
from views.sigma.actions.model import (
    attributes,
    dimensions,
    option_lists,
    roles,
    schemas,
    workflows,
)
from views.sigma.actions.outlets import export_jobs
from views.sigma.actions.records import audit, lifecycle, records, variants
from views.sigma.actions.search import saved_queries, search
from views.sigma.caller import Caller
from views.sigma.channel_endpoints import CHANNEL_ENDPOINTS
from views.sigma.outlet_endpoints import WEBHOOK_ENDPOINTS

_READ = Permission.READ
_TYPES, _NO_TYPES = Permission.CHANGE_TYPES, Permission.DELETE_TYPES

_SCHEMAS = "/schemas"
_SCHEMA = "/schemas/<schema_id>"
_ATTRIBUTES = "/attributes"
_ATTRIBUTE = "/attributes/<attribute_id>"

_MODEL: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _SCHEMAS, "List schemas", _READ, schemas.list_schemas, many=True,
             reply=SchemaBody()),
    Endpoint("POST", _SCHEMAS, "Create a schema", _TYPES, schemas.add_schema, writes=True,
             status=201, body=SchemaBody(), reply=SchemaBody()),
    Endpoint("GET", _SCHEMA, "Read a schema", _READ, schemas.show_schema, reply=SchemaBody()),
    Endpoint("PUT", _SCHEMA, "Replace a schema", _TYPES, schemas.put_schema, writes=True,
             body=SchemaBody(), reply=SchemaBody(), shows=schemas.show_schema),
    Endpoint("DELETE", _SCHEMA, "Delete a schema", _NO_TYPES, schemas.delete_schema, writes=True,
             status=NO_CONTENT, shows=schemas.show_schema),
    Endpoint("GET", f"{_SCHEMA}/attributes", "List the attributes of a schema", _READ,
             schemas.list_schema_attributes, many=True, reply=AttributeBody()),
    Endpoint("GET", _ATTRIBUTES, "List attributes", _READ, attributes.list_attributes, many=True,
             reply=AttributeBody()),
    Endpoint("POST", _ATTRIBUTES, "Create an attribute", _TYPES, attributes.add_attribute,
             writes=True, status=201, body=AttributeBody(), reply=AttributeBody()),
    Endpoint("GET", _ATTRIBUTE, "Read an attribute", _READ, attributes.show_attribute,
             reply=AttributeBody()),
    Endpoint("PUT", _ATTRIBUTE, "Replace an attribute", _TYPES, attributes.put_attribute,
             writes=True, body=AttributeBody(), reply=AttributeBody(),
             shows=attributes.show_attribute),
    Endpoint("DELETE", _ATTRIBUTE, "Delete an attribute", _NO_TYPES, attributes.delete_attribute,
             writes=True, status=NO_CONTENT, shows=attributes.show_attribute),
)  # fmt: skip

_DIMENSIONS = "/dimensions"
_DIMENSION = "/dimensions/<dimension_id>"
_SCOPES, _NO_SCOPES = Permission.CHANGE_DIMENSIONS, Permission.DELETE_DIMENSIONS

_DIMENSION_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _DIMENSIONS, "List dimensions", _READ, dimensions.list_dimensions, many=True,
             reply=DimensionBody()),
    Endpoint("POST", _DIMENSIONS, "Create a dimension", _SCOPES, dimensions.add_dimension,
             writes=True, status=201, body=DimensionBody(), reply=DimensionBody()),
    Endpoint("GET", _DIMENSION, "Read a dimension", _READ, dimensions.show_dimension,
             reply=DimensionBody()),
    Endpoint("PUT", _DIMENSION, "Replace a dimension", _SCOPES, dimensions.put_dimension,
             writes=True, body=DimensionBody(), reply=DimensionBody(),
             shows=dimensions.show_dimension),
    Endpoint("DELETE", _DIMENSION, "Delete a dimension", _NO_SCOPES, dimensions.delete_dimension,
             writes=True, status=NO_CONTENT, shows=dimensions.show_dimension),
    Endpoint("POST", f"{_DIMENSIONS}/scope-matrix", "Combine the segments of dimensions", _READ,
             dimensions.list_scopes, body=ScopeMatrixBody(), reply=ScopeReply(), many=True),
)  # fmt: skip

_LISTS = "/option-lists"
_LIST = "/option-lists/<list_id>"
_VALUES = f"{_LIST}/values"
_VALUE = f"{_LIST}/values/<value_id>"
_OPTIONS, _NO_OPTIONS = Permission.CHANGE_OPTION_LISTS, Permission.DELETE_OPTION_LISTS

_OPTION_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _LISTS, "List option lists", _READ, option_lists.list_option_lists, many=True,
             reply=OptionListBody()),
    Endpoint("POST", _LISTS, "Create an option list", _OPTIONS, option_lists.add_option_list,
             writes=True, status=201, body=OptionListBody(), reply=OptionListBody()),
    Endpoint("GET", _LIST, "Read an option list", _READ, option_lists.show_option_list,
             reply=OptionListBody()),
    Endpoint("PUT", _LIST, "Replace an option list", _OPTIONS, option_lists.put_option_list,
             writes=True, body=OptionListBody(), reply=OptionListBody(),
             shows=option_lists.show_option_list),
    Endpoint("DELETE", _LIST, "Delete an option list", _NO_OPTIONS,
             option_lists.delete_option_list, writes=True, status=NO_CONTENT,
             shows=option_lists.show_option_list),
    Endpoint("POST", _VALUES, "Add a value to an option list", _OPTIONS,
             option_lists.add_option_value, writes=True, status=201, body=OptionBody(),
             reply=OptionBody()),
    Endpoint("PUT", _VALUE, "Replace a value of an option list", _OPTIONS,
             option_lists.put_option_value, writes=True, body=OptionBody(), reply=OptionBody(),
             shows=option_lists.show_option_list),
    Endpoint("DELETE", _VALUE, "Delete a value of an option list", _NO_OPTIONS,
             option_lists.delete_option_value, writes=True, status=NO_CONTENT,
             shows=option_lists.show_option_list),
)  # fmt: skip

_WORKFLOWS, _WORKFLOW = "/workflows", "/workflows/<workflow_id>"
_FLOWS, _NO_FLOWS = Permission.CHANGE_WORKFLOWS, Permission.DELETE_WORKFLOWS

_WORKFLOW_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _WORKFLOWS, "List workflows", _READ, workflows.list_workflows, many=True,
             reply=WorkflowBody()),
    Endpoint("POST", _WORKFLOWS, "Create a workflow", _FLOWS, workflows.add_workflow, writes=True,
             status=201, body=WorkflowBody(), reply=WorkflowBody()),
    Endpoint("GET", _WORKFLOW, "Read a workflow", _READ, workflows.show_workflow,
             reply=WorkflowBody()),
    Endpoint("PUT", _WORKFLOW, "Replace a workflow", _FLOWS, workflows.put_workflow, writes=True,
             body=WorkflowBody(), reply=WorkflowBody(), shows=workflows.show_workflow),
    Endpoint("DELETE", _WORKFLOW, "Delete a workflow", _NO_FLOWS, workflows.delete_workflow,
             writes=True, status=NO_CONTENT, shows=workflows.show_workflow),
)  # fmt: skip

_ROLES, _ROLE = "/roles", "/roles/<role_id>"
_READ_ROLES = Permission.READ_ROLES
_CHANGE_ROLES, _NO_ROLES = Permission.CHANGE_ROLES, Permission.DELETE_ROLES

_ROLE_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _ROLES, "List roles", _READ_ROLES, roles.list_roles, many=True,
             reply=RoleBody()),
    Endpoint("POST", _ROLES, "Create a role", _CHANGE_ROLES, roles.add_role, writes=True,
             status=201, body=RoleBody(), reply=RoleBody()),
    Endpoint("GET", _ROLE, "Read a role", _READ_ROLES, roles.show_role, reply=RoleBody()),
    Endpoint("PUT", _ROLE, "Replace a role", _CHANGE_ROLES, roles.put_role, writes=True,
             body=RoleBody(), reply=RoleBody(), shows=roles.show_role),
    Endpoint("DELETE", _ROLE, "Delete a role", _NO_ROLES, roles.delete_role, writes=True,
             status=NO_CONTENT, shows=roles.show_role),
    Endpoint("POST", f"{_ROLE}/resolve", "Read what a role may do with attributes",
             _READ_ROLES, roles.resolve_role, body=ResolveBody(), reply=LevelsReply()),
)  # fmt: skip

_EDIT, _DROP = Permission.EDIT_PRODUCTS, Permission.DELETE_PRODUCTS
_PRODUCTS = Permission.READ_PRODUCTS

_RECORDS = "/records"
_RECORD = "/records/<record_id>"
_VARIANTS = f"{_RECORD}/variants"
_VARIANT = f"{_RECORD}/variants/<variant_id>"

_RECORD_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _RECORDS, "List records", _PRODUCTS, records.list_records,
             query=RecordsQuery(), reply=RecordPage()),
    Endpoint("POST", _RECORDS, "Create a record", _EDIT, records.create_record, writes=True,
             status=201, body=RecordBody(), reply=RecordReply(), group_commit=True),
    Endpoint("GET", _RECORD, "Read a record", _PRODUCTS, records.show_record, reply=RecordReply()),
    Endpoint("PUT", _RECORD, "Replace the values of a record", _EDIT, records.put_record,
             writes=True, body=ValuesBody(), reply=RecordReply(), shows=records.show_record,
             group_commit=True),
    Endpoint("DELETE", _RECORD, "Delete a record and its variants", _DROP, records.delete_record,
             writes=True, status=NO_CONTENT, shows=records.show_record),
    Endpoint("PATCH", f"{_RECORD}/values/<alias>", "Replace the values of one attribute", _EDIT,
             records.patch_record_value, writes=True, body=ScopedValuesBody(),
             reply=RecordReply(), shows=records.show_record, group_commit=True),
)  # fmt: skip

_LIFECYCLE_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("POST", f"{_RECORD}/transition", "Bring a record to another state", _EDIT,
             lifecycle.transition_record, writes=True, body=TransitionRequest(),
             reply=RecordReply(), shows=records.show_record, group_commit=True),
    Endpoint("GET", f"{_RECORD}/transitions", "List the transitions that may be taken now",
             _PRODUCTS, lifecycle.list_transitions, reply=TransitionBody(), many=True),
    Endpoint("GET", f"{_RECORD}/completeness", "Read how complete a record is", _PRODUCTS,
             lifecycle.show_completeness, reply=CompletenessReply()),
    Endpoint("GET", f"{_RECORD}/audit", "List the changes of a record", _PRODUCTS,
             audit.list_audit_of_record, query=AuditOfRecordQuery(), reply=AuditReply(),
             many=True),
    Endpoint("GET", "/audit", "List the changes of all records", _PRODUCTS, audit.list_audit,
             query=AuditQuery(), reply=AuditPage()),
)  # fmt: skip

_VARIANT_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", "/variants", "List all variants", _PRODUCTS, variants.list_variants,
             query=VariantsQuery(), reply=VariantPage()),
    Endpoint("GET", _VARIANTS, "List the variants of a record", _PRODUCTS,
             variants.list_variants_of_record, query=VariantsOfRecordQuery(),
             reply=VariantReply(), many=True),
    Endpoint("POST", _VARIANTS, "Create a variant", _EDIT, variants.create_variant, writes=True,
             status=201, body=VariantBody(), reply=VariantReply(), group_commit=True),
    Endpoint("GET", _VARIANT, "Read the own values of a variant", _PRODUCTS,
             variants.show_variant, reply=VariantReply()),
    Endpoint("PUT", _VARIANT, "Replace the own values of a variant", _EDIT, variants.put_variant,
             writes=True, body=ValuesBody(), reply=VariantReply(), shows=variants.show_variant,
             group_commit=True),
    Endpoint("DELETE", _VARIANT, "Delete a variant and what is below it", _DROP,
             variants.delete_variant, writes=True, status=NO_CONTENT,
             shows=variants.show_variant),
    Endpoint("GET", f"{_VARIANT}/resolved", "Read a variant with what it inherits", _PRODUCTS,
             variants.show_resolved, reply=ResolvedReply()),
    Endpoint("PATCH", f"{_VARIANT}/values/<alias>", "Replace one attribute of a variant", _EDIT,
             variants.patch_variant_value, writes=True, body=ScopedValuesBody(),
             reply=VariantReply(), shows=variants.show_variant, group_commit=True),
)  # fmt: skip

_KEYS, _KEY = "/api-keys", "/api-keys/<key_id>"

_KEY_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _KEYS, "List API keys", Permission.ADD_KEYS, api_keys.list_keys, many=True,
             reply=KeyReply()),
    Endpoint("POST", _KEYS, "Make an API key", Permission.ADD_KEYS, api_keys.add_key, writes=True,
             status=201, body=KeyBody(), reply=NewKeyReply(), kept_of=api_keys.without_key),
    Endpoint("POST", f"{_KEY}/deactivate", "Deactivate an API key", Permission.ADD_KEYS,
             api_keys.deactivate_key, writes=True, reply=KeyReply()),
    Endpoint("DELETE", _KEY, "Delete an API key", Permission.END_KEYS, api_keys.delete_key,
             writes=True, status=NO_CONTENT, shows=api_keys.list_keys),
)  # fmt: skip

_FILE_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("POST", "/import/preview", "Try an import", Permission.TRY_IMPORTS,
             importing.preview_import, writes=True, body=ImportBody(), reply=PreviewReply()),
    Endpoint("POST", "/import/execute", "Import rows", Permission.IMPORT_PRODUCTS,
             importing.execute_import, writes=True, body=ImportBody(), reply=ImportReply()),
    Endpoint("GET", "/export", "Export records", Permission.EXPORT_PRODUCTS,
             exporting.export_records, query=ExportQuery(), reply=ExportedRecord(), many=True,
             files=("text/csv",)),
)  # fmt: skip

_CATALOG = "/catalogs/<catalog_id>"
_CATEGORY = "/categories/<category_id>"
_CATALOGS, _NO_CATALOGS = Permission.CHANGE_CATALOGS, Permission.DELETE_CATALOGS

_CATALOG_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", "/catalogs", "List catalogs", _READ, catalogs.list_catalogs, many=True,
             reply=CatalogBody()),
    Endpoint("POST", "/catalogs", "Create a catalog", _CATALOGS, catalogs.add_catalog,
             writes=True, status=201, body=NewCatalogBody(), reply=CatalogBody()),
    Endpoint("GET", _CATALOG, "Read a catalog", _READ, catalogs.show_catalog,
             reply=CatalogBody()),
    Endpoint("PUT", _CATALOG, "Replace a catalog", _CATALOGS, catalogs.put_catalog, writes=True,
             body=CatalogBody(), reply=CatalogBody(), shows=catalogs.show_catalog),
    Endpoint("DELETE", _CATALOG, "Delete a catalog with all that is in it", _NO_CATALOGS,
             catalogs.delete_catalog, writes=True, status=NO_CONTENT,
             shows=catalogs.show_catalog),
    Endpoint("GET", f"{_CATALOG}/tree", "Read the categories of a catalog", _READ,
             catalogs.show_tree, reply=CategoryNode(), many=True),
    Endpoint("POST", f"{_CATALOG}/categories", "Create a category", _CATALOGS,
             categories.add_category, writes=True, status=201, body=CategoryBody(),
             reply=CategoryReply()),
    Endpoint("GET", _CATEGORY, "Read a category", _READ, categories.show_category,
             reply=CategoryReply()),
    Endpoint("PUT", _CATEGORY, "Replace a category", _CATALOGS, categories.put_category,
             writes=True, body=CategoryBody(), reply=CategoryReply(),
             shows=categories.show_category),
    Endpoint("DELETE", _CATEGORY, "Delete a category and what is below it", _NO_CATALOGS,
             categories.delete_category, writes=True, status=NO_CONTENT,
             shows=categories.show_category),
    Endpoint("POST", f"{_CATEGORY}/assign", "Put records into a category", _EDIT,
             assignments.assign, writes=True, body=AssignBody(), reply=AssignReply(),
             group_commit=True),
    Endpoint("POST", f"{_CATEGORY}/unassign", "Take records out of a category", _DROP,
             assignments.unassign, writes=True, body=AssignBody(), reply=AssignReply(),
             group_commit=True),
    Endpoint("GET", f"{_CATEGORY}/entities", "List the records of a category", _PRODUCTS,
             assignments.list_entities, query=EntitiesQuery(), reply=EntityReply(), many=True),
)  # fmt: skip

_SAVED, _SAVED_ONE = "/saved-queries", "/saved-queries/<query_id>"

_SEARCH_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("POST", "/search", "Search by criteria", _PRODUCTS, search.search,
             body=SearchBody(), reply=RecordPage()),
    Endpoint("POST", "/search/full-text", "Search for words", _PRODUCTS, search.search_text,
             body=FullTextBody(), reply=RecordPage()),
    Endpoint("GET", "/search/text", "Search for words, by address", _PRODUCTS,
             search.search_text_of_address, query=FullTextQuery(), reply=RecordPage()),
    Endpoint("GET", _SAVED, "List saved queries", _PRODUCTS, saved_queries.list_saved_queries,
             reply=SavedQueryReply(), many=True),
    Endpoint("POST", _SAVED, "Save a query", _EDIT, saved_queries.add_saved_query, writes=True,
             status=201, body=SavedQueryBody(), reply=SavedQueryReply()),
    Endpoint("GET", _SAVED_ONE, "Read a saved query", _PRODUCTS, saved_queries.show_saved_query,
             reply=SavedQueryReply()),
    Endpoint("DELETE", _SAVED_ONE, "Delete a saved query", _DROP,
             saved_queries.delete_saved_query, writes=True, status=NO_CONTENT,
             shows=saved_queries.show_saved_query),
    Endpoint("POST", f"{_SAVED_ONE}/execute", "Search by a saved query", _PRODUCTS,
             saved_queries.execute_saved_query, body=PageBody(), reply=RecordPage(),
             bodiless=True),
)  # fmt: skip

_EXPORT_JOBS, _EXPORT_JOB = "/export-jobs", "/export-jobs/<export_job_id>"
_JOBS, _NO_JOBS = Permission.CHANGE_EXPORT_JOBS, Permission.DELETE_EXPORT_JOBS

_EXPORT_JOB_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _EXPORT_JOBS, "List export jobs", _READ, export_jobs.list_export_jobs,
             reply=ExportJobReply(), many=True),
    Endpoint("POST", _EXPORT_JOBS, "Create an export job", _JOBS, export_jobs.add_export_job,
             writes=True, status=201, body=ExportJobBody(), reply=ExportJobReply(),
             check=export_jobs.check_addresses),
    Endpoint("GET", _EXPORT_JOB, "Read an export job", _READ, export_jobs.show_export_job,
             reply=ExportJobReply()),
    Endpoint("PUT", _EXPORT_JOB, "Replace an export job", _JOBS, export_jobs.put_export_job,
             writes=True, body=ExportJobBody(), reply=ExportJobReply(),
             shows=export_jobs.show_export_job, check=export_jobs.check_addresses),
    Endpoint("DELETE", _EXPORT_JOB, "Delete an export job", _NO_JOBS,
             export_jobs.delete_export_job, writes=True, status=NO_CONTENT,
             shows=export_jobs.show_export_job),
    Endpoint("POST", f"{_EXPORT_JOB}/pause", "Pause an export job", _JOBS,
             export_jobs.pause_export_job, writes=True, reply=ExportJobReply()),
    Endpoint("POST", f"{_EXPORT_JOB}/resume", "Resume an export job", _JOBS,
             export_jobs.resume_export_job, writes=True, reply=ExportJobReply()),
    Endpoint("GET", f"{_EXPORT_JOB}/runs", "List the runs of an export job", _READ,
             export_jobs.list_runs, reply=RunReply(), many=True),
    Endpoint("POST", f"{_EXPORT_JOB}/runs", "Run an export job, or record a run",
             Permission.RUN_EXPORT_JOBS,
             export_jobs.add_run, writes=True, status=201, body=RunBody(), reply=RunReply(),
             bodiless=True),
)  # fmt: skip

ENDPOINTS = (
    *_MODEL,
    *_DIMENSION_ENDPOINTS,
    *_OPTION_ENDPOINTS,
    *_WORKFLOW_ENDPOINTS,
    *_ROLE_ENDPOINTS,
    *_RECORD_ENDPOINTS,
    *_LIFECYCLE_ENDPOINTS,
    *_VARIANT_ENDPOINTS,
    *_CATALOG_ENDPOINTS,
    *_KEY_ENDPOINTS,
    *_FILE_ENDPOINTS,
    *_SEARCH_ENDPOINTS,
    *_EXPORT_JOB_ENDPOINTS,
    *WEBHOOK_ENDPOINTS,
    *CHANNEL_ENDPOINTS,
)
