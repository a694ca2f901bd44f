"""Channels on the wire. Source: docs/api/sigma.md, Channels."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from marshmallow import ValidationError

from pims_api.connectors.base import Connector
from pims_api.connectors.kinds import CHANNEL_TYPES, CONNECTORS
from pims_api.connectors.shopify.fields.transforms import BadTransform, read_transforms
from pims_api.domain.catalog import catalogs_of
from pims_api.domain.definition import Definition
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.domain.outlets.secrets import MaskedSecret, split_nested
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.channels.channel import ChannelPlan, config_of, plan_of
from schemas.loading import complaint
from schemas.rest.fields import Body, Data, Flag, Id, Line, Object, Parts, Text, Word
from schemas.rest.numbers import exact_json
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.ids import RECORD, VARIANT, schema_id, scope_object
from schemas.sigma.outlets.ids import outlet_id
from schemas.sigma.outlets.selection import fault_at, read_selection
from schemas.sigma.records.record import moment

SECRETS = ("apiKey", "accessToken", "clientSecret", "secret", "password", "token")
MAPPINGS_MAX = 250
_ALIAS = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OTHER_NAMES = (("apiKey", "accessToken"), ("accessToken", "apiKey"))
_MASKED = "It has stars, but is not the one that is kept: send it whole!"
_OTHER_PLACE = "It belongs to another shop: send the one of this shop!"


class ChannelAlias(Text):
    """A name that can stand in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _ALIAS.fullmatch(text):
            message = f"{attr} takes 1 to 64 of a-z, 0-9, _ and -, and begins with none of _ and -!"
            raise ValidationError(complaint("mask", message))
        return text


class FieldMappingBody(Body):
    """An attribute, and the field of the other system that shows it."""

    sourceAttribute = Text(required=True, blank=False, longest=255)  # noqa: N815
    targetField = Text(required=True, blank=False, longest=400)  # noqa: N815
    transform = Text(longest=255)


class ChannelBody(Body):
    """A channel, whole. An id is made by the server."""

    name = Line(required=True, blank=False, longest=255)
    alias = ChannelAlias(required=True, blank=False)
    type = Word(CHANNEL_TYPES, required=True)
    description = Text()
    config = Object(required=True)
    fieldMappings = Parts(FieldMappingBody())  # noqa: N815
    schemaId = Id()  # noqa: N815
    catalogId = Id()  # noqa: N815
    dimensionScope = Object()  # noqa: N815
    active = Flag()


class ChannelReply(ChannelBody):
    """A channel with what the server adds."""

    id = Text()
    createdAt = Text()  # noqa: N815
    updatedAt = Text()  # noqa: N815


def channel_of(
    definition: Definition, body: Mapping[str, Any], before: Outlet | None = None
) -> Outlet:
    """Return the channel that a body wants. before: the one that it replaces.

    Raises BadInput with every fault.
    """
    faults: list[Fault] = []
    connector = CONNECTORS.get(body["type"])
    config, secrets = _config(body, connector, before, faults)
    plan = _plan(definition, body, config, faults)
    refuse_if_any(faults)
    base = before or Outlet(0, 0, OutletKind.CHANNEL, "", {})
    active = body["active"] is not False
    settings = plan.to_settings()
    return replace(base, name=body["name"], settings=settings, secrets=secrets, active=active)


def leads_elsewhere(before: Outlet, after: Outlet) -> bool:
    """Return whether a channel leads to another place than before, so what it kept is void."""
    return plan_of(before).type != plan_of(after).type or _place(before) != _place(after)


def channel_object(definition: Definition, one: Outlet) -> dict[str, Any]:
    """Return a channel as this face shows it."""
    plan = plan_of(one)
    connector = CONNECTORS.get(plan.type)
    kind = definition.type_ids.get(plan.type_id or 0)
    catalog = catalogs_of(definition).get(plan.catalog_id or 0)
    is_kept = kind is not None and not kind.deleted
    return {
        "id": outlet_id(one),
        "name": one.name,
        "alias": plan.alias,
        "type": plan.type,
        "description": plan.description,
        "config": connector.shown(plan.config) if connector else plan.config,
        "fieldMappings": list(plan.field_mappings),
        "schemaId": schema_id(kind) if kind is not None and is_kept else None,
        "catalogId": None if catalog is None else catalog_id(catalog),
        "dimensionScope": None if plan.scope is None else scope_object(definition, plan.scope),
        "active": one.active,
        "createdAt": moment(one.created_at),
        "updatedAt": moment(one.updated_at),
    }


def _config(
    body: Mapping[str, Any],
    connector: Connector | None,
    before: Outlet | None,
    faults: list[Fault],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the configuration as it is shown, and its secrets."""
    kept = _kept(body, before)
    sent = orjson.loads(exact_json(body["config"]))
    try:
        told, secrets = split_nested(sent, SECRETS, kept)
    except MaskedSecret as error:
        faults.append(fault_at(("config", *str(error).split("/")), _MASKED))
        return {}, {}
    no_text = [name for name in SECRETS if not isinstance(sent.get(name) or "", str)]
    faults += [fault_at(("config", name), "It must be text!") for name in no_text]
    if connector is None:
        return told, secrets
    read, wrong = connector.read_config(sent | secrets)
    faults += [fault_at(("config", *map(str, one.place)), one.message) for one in wrong]
    if before is not None and not wrong and _place(before) != connector.place_of(read):
        reused = [name for name, secret in secrets.items() if secret in kept.values()]
        reused = [name for name in reused if "*" in str(sent.get(name))]
        faults += [fault_at(("config", name), _OTHER_PLACE) for name in reused]
    shown = {name: told.get(name, value) for name, value in read.items()}
    return shown | {"shopUrl": read["shopUrl"]}, secrets


def _kept(body: Mapping[str, Any], before: Outlet | None) -> dict[str, str]:
    """Return the secrets that a body may leave as they are shown."""
    if before is None or plan_of(before).type != body["type"]:
        return {}
    kept = dict(before.secrets)
    for name, other in _OTHER_NAMES:
        if body["type"] in CONNECTORS and name not in before.secrets and other in before.secrets:
            kept[name] = before.secrets[other]
    return kept


def _place(one: Outlet) -> str:
    connector = CONNECTORS.get(plan_of(one).type)
    return "" if connector is None else connector.place_of(config_of(one))


def _plan(
    definition: Definition,
    body: Mapping[str, Any],
    config: dict[str, Any],
    faults: list[Fault],
) -> ChannelPlan:
    chosen = read_selection(definition, body, faults)
    return ChannelPlan(
        alias=body["alias"],
        type=body["type"],
        config=config,
        field_mappings=_mappings(definition, body, faults),
        description=body["description"],
        type_id=chosen.type_id,
        catalog_id=chosen.catalog_id,
        scope=chosen.scope,
        record_prefix=f"{RECORD}-",
        variant_prefix=f"{VARIANT}-",
    )


def _mappings(
    definition: Definition, body: Mapping[str, Any], faults: list[Fault]
) -> list[dict[str, Any]]:
    sent = body["fieldMappings"] or []
    names = ("sourceAttribute", "targetField", "transform")
    found = [{name: one[name] for name in names} for one in sent]
    if len(found) > MAPPINGS_MAX:
        faults.append(fault_at(("fieldMappings",), f"There are at most {MAPPINGS_MAX} of them!"))
        return []
    for place, one in enumerate(found):
        attribute = definition.by_name.get(one["sourceAttribute"])
        if attribute is None or attribute.deleted:
            message = f"There is no attribute {one['sourceAttribute'][:64]!r}!"
            faults.append(fault_at(("fieldMappings", place, "sourceAttribute"), message))
    connector = CONNECTORS.get(body["type"])
    if connector is not None:
        told = connector.mapping_faults(found)
        faults += [fault_at(("fieldMappings", *one.place), one.message) for one in told]
        return found
    for place, one in enumerate(found):
        try:
            read_transforms(one["transform"])
        except BadTransform as error:
            faults.append(fault_at(("fieldMappings", place, "transform"), str(error)))
    return found
