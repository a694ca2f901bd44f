"""The pointers of this face for the places of the core. Source: docs/api/sigma.md, Errors."""

POINTERS = {
    "dimension/code": "/alias",
    "dimension/default": "/defaultSegmentId",
    "dimension/segments": "/segments",
    "option/alias": "/alias",
    "option/color": "/color",
    "option/parent": "/parentId",
    "key/name": "/name",
    "key/permissions": "/permissions",
}
"""Where in a body of this face a place of the core stands."""
