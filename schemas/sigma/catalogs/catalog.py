"""Catalogs on the wire. Source: docs/api/sigma.md, Catalogs."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from pims_api.domain.catalog import DEFAULT_CATALOG_CODE, Catalog, catalogs_of
from pims_api.domain.category import DEFAULT_CATALOG_ID
from pims_api.domain.definition import Definition
from pims_api.services.categories.catalogs import CatalogWrite
from schemas.loading import complaint
from schemas.rest.fields import Body, Data, Id, Line, Text

NAME_LENGTH_MAX = 255
ALIAS_LENGTH_MAX = 128

_URL_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*\Z")


class Alias(Text):
    """A text that can stand in an address as it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _URL_SAFE.match(text):
            message = f"{attr} takes letters, digits, and - _ . ~ after the first character!"
            raise ValidationError(complaint("mask", message))
        return text


class _CatalogFields(Body):
    alias = Alias(required=True, longest=ALIAS_LENGTH_MAX)
    name = Line(required=True, blank=False, longest=NAME_LENGTH_MAX)
    description = Text()


class CatalogBody(_CatalogFields):
    """A catalog, whole; its id never changes."""

    id = Id()


class NewCatalogBody(_CatalogFields):
    """A new catalog."""

    id = Id(required=True)


def catalog_id(one: Catalog) -> str:
    """Return the id of a catalog.

    >>> catalog_id(Catalog(1, "default", "Default"))
    'cat-default'
    """
    made = DEFAULT_CATALOG_CODE if one.id == DEFAULT_CATALOG_ID else f"cat-{one.alias}"
    return one.client_id or made


def catalogs_by_id(definition: Definition) -> Mapping[str, Catalog]:
    """Return the catalogs by their ids on the wire, the default one first; cached."""
    return definition.derive(_catalogs)


def _catalogs(definition: Definition) -> dict[str, Catalog]:
    return {catalog_id(one): one for one in catalogs_of(definition).values()}


def catalog_write(body: Mapping[str, Any]) -> CatalogWrite:
    """Return what the body of a catalog wants."""
    return CatalogWrite(body["alias"], body["name"], body["description"] or "", body["id"] or "")


def catalog_object(one: Catalog) -> dict[str, Any]:
    """Return a catalog as this face shows it."""
    shown = {"id": catalog_id(one), "alias": one.alias, "name": one.name}
    return shown | ({"description": one.description} if one.description else {})
