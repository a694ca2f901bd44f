"""Exports on the wire: records as JSON or CSV. Source: docs/api/sigma.md, Exporting."""

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema

from pims_api.domain.access.access import Column
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.conditions.guards import is_guarded_out
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.values.json_text import read_object
from pims_api.domain.values.scope import Scope, slot
from schemas.rest.fields import Body, Text, Word
from schemas.sigma.ids import ID_LENGTH_MAX
from schemas.sigma.records.shapes import Linked, value_writer
from schemas.sigma.scopes import scope_named


class ExportQuery(Body):
    """Which records, in which format. scope: a JSON object; it makes plain columns of values."""

    format = Word(("json", "csv"), load_default="json")
    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    catalogId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    scope = Text()


class ExportedRecord(Schema):
    """A record as GET shows it; with a scope `_id` and one plain value for each attribute."""

    class Meta:
        unknown = INCLUDE


def read_scope(definition: Definition, text: str) -> Scope:
    """Return the scope that a text names as JSON. Raises BadInput."""
    return scope_named(definition, read_object(text.encode(), what="scope"))


class PlainWriter:
    """Writes documents as one plain value per attribute: the one that holds in a scope."""

    def __init__(self, definition: Definition, columns: Mapping[str, Column], scope: Scope) -> None:
        self.definition = definition
        self._slots = {
            alias: [
                slot(c.attribute.key, one)
                for one in searched_scopes(definition, c.attribute, scope)
            ]
            for alias, c in columns.items()
        }
        self.columns = columns

    def values(self, held: Values, links: Linked) -> dict[str, Any]:
        """Return the value of each attribute that has one in the scope."""
        shown = {}
        for alias, slots in self._slots.items():
            attribute = self.columns[alias].attribute
            if is_guarded_out(self.definition, attribute, held):
                continue
            value = next((held[place] for place in slots if place in held), None)
            if value is not None:
                shown[alias] = value_writer(self.definition, attribute, links)(value)
        return shown
