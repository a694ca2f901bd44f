"""What the addresses of the Sigma face do and who may ask for it. One look shows them all.

Source: docs/api/sigma.md.
"""

from pims_api.domain.access.permission import Permission
from schemas.sigma.model.attributes import AttributeBody
from schemas.sigma.model.schemas import SchemaBody
from views.rest import NO_CONTENT, Endpoint
from views.sigma.actions.model import attributes, schemas
from views.sigma.caller import Caller

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

ENDPOINTS = (*_MODEL,)
