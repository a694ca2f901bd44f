"""Roles on the wire. Source: docs/api/sigma.md, Roles."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marshmallow import INCLUDE, Schema

from pims_api.domain.access.policy import Level
from pims_api.domain.access.role import CatalogRights, Role, TypeLevels
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, pointer_to, refuse_if_any
from schemas.rest.fields import Anything, Body, Flag, Id, Line, Parts, Text, Texts, Word
from schemas.sigma.catalogs.catalog import catalogs_by_id
from schemas.sigma.ids import (
    ID_LENGTH_MAX,
    attribute_id,
    attributes_by_id,
    schema_id,
    schemas_by_id,
)

LEVELS: Mapping[str, Level] = {"write": Level.WRITE, "read": Level.READ, "hidden": Level.HIDDEN}
"""What the levels of attributes are called here."""

_WORDS = {level: word for word, level in LEVELS.items()}
_NAME_LENGTH_MAX = 255
_FLAGS = {
    "canManageSchemas": "types",
    "canManageRoles": "roles",
    "canManageDimensions": "dimensions",
    "canManageOptionLists": "option_lists",
    "canExport": "export",
    "canImport": "import",
}


class SchemaPermissionBody(Body):
    """What a role may do with the attributes of a schema.

    attributePermissions: an object from ids to levels, or a list of {attributeId, permission}.
    """

    schemaId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    attributePermissions = Anything()  # noqa: N815
    defaultPermission = Word(tuple(LEVELS))  # noqa: N815


class CatalogPermissionBody(Body):
    """What a role may do with a catalog."""

    catalogId = Text(required=True, blank=False, longest=ID_LENGTH_MAX)  # noqa: N815
    canView = Flag(load_default=True)  # noqa: N815
    canAssign = Flag(load_default=False)  # noqa: N815


class RoleBody(Body):
    """A role, whole."""

    id = Id()
    name = Line(required=True, blank=False, longest=_NAME_LENGTH_MAX)
    description = Text()
    canManageSchemas = Flag(load_default=False)  # noqa: N815
    canManageRoles = Flag(load_default=False)  # noqa: N815
    canManageDimensions = Flag(load_default=False)  # noqa: N815
    canManageOptionLists = Flag(load_default=False)  # noqa: N815
    canExport = Flag(load_default=False)  # noqa: N815
    canImport = Flag(load_default=False)  # noqa: N815
    schemaPermissions = Parts(SchemaPermissionBody())  # noqa: N815
    catalogPermissions = Parts(CatalogPermissionBody())  # noqa: N815


class LevelsReply(Schema):
    """What a role may do with attributes: write, read or hidden, by the ids of attributes."""

    class Meta:
        unknown = INCLUDE


class ResolveBody(Body):
    """Which attributes of which schema; without attributeIds all of them."""

    schemaId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    attributeIds = Texts()  # noqa: N815


def role_write(definition: Definition, body: Mapping[str, Any]) -> Role:
    """Return the role that a body wants, without a number. Raises BadInput for unknown ids."""
    faults: list[Fault] = []
    types = tuple(_types(definition, body["schemaPermissions"] or (), faults))
    catalogs = [
        CatalogRights(one["catalogId"], bool(one["canView"]), bool(one["canAssign"]))
        for one in body["catalogPermissions"] or ()
    ]
    for place, right in enumerate(catalogs):
        if right.catalog not in catalogs_by_id(definition):
            message = f"There is no catalog {right.catalog[:ID_LENGTH_MAX]!r}!"
            pointer = pointer_to("catalogPermissions", place, "catalogId")
            faults.append(Fault("range", message, pointer=pointer))
    faults += _twins("/schemaPermissions", "schemaId", body["schemaPermissions"] or ())
    faults += _twins("/catalogPermissions", "catalogId", body["catalogPermissions"] or ())
    refuse_if_any(faults)
    return Role(
        0,
        body["id"] or "",
        body["name"],
        body["description"] or "",
        frozenset(flag for word, flag in _FLAGS.items() if body[word]),
        types=types,
        catalogs=tuple(catalogs),
    )


def role_object(definition: Definition, one: Role) -> dict[str, Any]:
    """Return a role as this face shows it."""
    shown: dict[str, Any] = {"id": one.code, "name": one.name}
    if one.description:
        shown["description"] = one.description
    limited = [each for each in one.types if each.type_id in definition.type_ids]
    return (
        shown
        | {word: flag in one.flags for word, flag in _FLAGS.items()}
        | {
            "schemaPermissions": [_type_object(definition, each) for each in limited],
            "catalogPermissions": [
                {"catalogId": each.catalog, "canView": each.view, "canAssign": each.assign}
                for each in one.catalogs
                if each.catalog in catalogs_by_id(definition)
            ],
        }
    )


def resolved_levels(definition: Definition, role: Role, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the level of each attribute of a body by its id. Raises BadInput for unknown ids."""
    kind = schemas_by_id(definition).get(body["schemaId"])
    if kind is None:
        message = f"There is no schema {body['schemaId'][:ID_LENGTH_MAX]!r}!"
        refuse_if_any([Fault("range", message, pointer="/schemaId")])
        return {}
    faults: list[Fault] = []
    known = attributes_by_id(definition)
    wanted = body["attributeIds"]
    if wanted is None:
        wanted = [
            number
            for number, one in known.items()
            if kind.attribute_ids is None or one.id in kind.attribute_ids
        ]
    found = _numbers(known, enumerate(wanted), ("attributeIds",), faults)
    refuse_if_any(faults)
    return {name: _WORDS[role.level(kind.id, number)] for name, number in found.items()}


def _types(
    definition: Definition, sent: Iterable[Mapping[str, Any]], faults: list[Fault]
) -> Iterator[TypeLevels]:
    known, schemas = attributes_by_id(definition), schemas_by_id(definition)
    for place, one in enumerate(sent):
        pointer = pointer_to("schemaPermissions", place)
        kind = schemas.get(one["schemaId"])
        if kind is None:
            message = f"There is no schema {one['schemaId'][:ID_LENGTH_MAX]!r}!"
            faults.append(Fault("range", message, pointer=f"{pointer}/schemaId"))
            continue
        words = _words(one["attributePermissions"], f"{pointer}/attributePermissions", faults)
        steps = ("schemaPermissions", place, "attributePermissions")
        found = _numbers(known, ((name, name) for name in words), steps, faults)
        levels = tuple((number, LEVELS[words[name]]) for name, number in found.items())
        others = one["defaultPermission"]
        yield TypeLevels(kind.id, levels, None if others is None else LEVELS[others])


def _words(sent: Any, pointer: str, faults: list[Fault]) -> dict[str, str]:
    """Return the words of levels by the ids of attributes, of either form of a body."""
    if isinstance(sent, list):
        sent = _as_object(sent, pointer, faults)
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        message = "attributePermissions must be an object from attribute ids to permissions!"
        faults.append(Fault("type", message, pointer=pointer))
        return {}
    known = {}
    for name, word in sent.items():
        if isinstance(word, str) and word in LEVELS:
            known[name] = word
        else:
            message = f"A permission must be one of {', '.join(LEVELS)}!"
            faults.append(Fault("range", message, pointer=f"{pointer}{pointer_to(name)}"))
    return known


def _as_object(sent: list[Any], pointer: str, faults: list[Fault]) -> Any:
    """Return a list of {attributeId, permission} as an object; False: it is no such list."""
    if not all(isinstance(one, dict) and isinstance(one.get("attributeId"), str) for one in sent):
        return False
    faults += _twins(pointer, "attributeId", sent)
    return {one["attributeId"]: one.get("permission") for one in sent}


def _numbers(
    known: Mapping[str, Any],
    names: Iterable[tuple[int | str, str]],
    steps: tuple[str | int, ...],
    faults: list[Fault],
) -> dict[str, int]:
    found = {}
    for place, name in names:
        if name in known:
            found[name] = known[name].id
        else:
            message = f"There is no attribute {name[:ID_LENGTH_MAX]!r}!"
            faults.append(Fault("range", message, pointer=pointer_to(*steps, place)))
    return found


def _twins(above: str, part: str, sent: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield what is wrong with the objects of a list that name the same as one before them."""
    seen: set[str] = set()
    for place, one in enumerate(sent):
        pointer = f"{above}/{place}/{part}"
        if one[part] in seen:
            message = f"{pointer} names {one[part][:ID_LENGTH_MAX]!r} twice: leave one out!"
            yield Fault("range", message, pointer=pointer)
        seen.add(one[part])


def _type_object(definition: Definition, one: TypeLevels) -> dict[str, Any]:
    attributes = ((definition.attributes[number], level) for number, level in one.levels)
    levels = {attribute_id(a): _WORDS[level] for a, level in attributes if not a.deleted}
    shown: dict[str, Any] = {
        "schemaId": schema_id(definition.type_ids[one.type_id]),
        "attributePermissions": levels,
    }
    return shown if one.others is None else shown | {"defaultPermission": _WORDS[one.others]}
