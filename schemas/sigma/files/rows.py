"""Rows of an import: texts by column, read as values of attributes.

Source: docs/api/sigma.md, Importing.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.values.json_text import read_value
from pims_api.domain.values.value import JsonNumber, read_boolean
from pims_api.errors import BadInput, Fault, Forbidden
from schemas.rest.fields import Body, Object, Objects, Text
from schemas.sigma.ids import ID_LENGTH_MAX, find_option, option_id
from schemas.sigma.nouns import in_own_nouns
from schemas.sigma.records.values import ValuesReader

ID_TARGET = "_id"
ROWS_MAX = 50_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\Z")


class ImportBody(Body):
    """Rows of texts, and which attribute each of their columns is."""

    schemaId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    rows = Objects(ROWS_MAX, required=True)
    columnMapping = Object(required=True)  # noqa: N815


class RowFault(Schema):
    """What is wrong with a row."""

    column = fields.String()
    attribute = fields.String()
    message = fields.String()


class PreviewRow(Schema):
    """What would become of a row; it is counted from 1."""

    row = fields.Integer()
    valid = fields.Boolean()
    action = fields.String()
    errors = fields.List(fields.Nested(RowFault()))
    values = fields.Dict()


class PreviewReply(Schema):
    """What would become of the rows."""

    total = fields.Integer()
    valid = fields.Integer()
    invalid = fields.Integer()
    rows = fields.List(fields.Nested(PreviewRow()))


class ImportReply(Schema):
    """What became of the rows."""

    created = fields.Integer()
    updated = fields.Integer()
    failed = fields.Integer()
    errors = fields.List(fields.Dict())


@dataclass(slots=True)
class ReadRow:
    """A row as it was read: the id that it names, and its values on the wire."""

    record_id: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class RowReader:
    """Reads rows. reader: of the values of the schema.

    targets: the alias, or `_id`, of each column that is mapped.
    """

    def __init__(self, reader: ValuesReader, mapping: Mapping[str, Any]) -> None:
        self._definition = reader.definition
        self._columns = reader.columns
        self.targets = _checked(reader, mapping)

    def read(self, row: Mapping[str, Any]) -> ReadRow:
        """Return a row; empty cells say nothing."""
        found = ReadRow()
        for name, target in self.targets.items():
            cell = row.get(name)
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            if not isinstance(cell, str):
                found.faults.append(_fault(name, target, "must be text!"))
            elif target == ID_TARGET:
                found.record_id = cell.strip()
            else:
                self._read_cell(found, name, target, cell)
        return found

    def _read_cell(self, found: ReadRow, name: str, alias: str, cell: str) -> None:
        attribute = self._columns[alias].attribute
        try:
            value = _value(self._definition, attribute, cell)
        except ValueError as error:
            found.faults.append(_fault(name, alias, f"must be {error}!"))
        else:
            found.values[alias] = [{"scope": {}, "value": value}]


def _checked(reader: ValuesReader, mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return the targets of columns. Raises Forbidden for what the role hides, as writing it."""
    known, faults = (ID_TARGET, *reader.columns), []
    for name, target in mapping.items():
        if isinstance(target, str) and target in known:
            continue
        pointer, message = f"/columnMapping/{name[:64]}", "is mapped to no attribute of the schema!"
        hidden = reader.hidden(target, pointer) if isinstance(target, str) else None
        fault = Fault("range", f"The column {name[:64]!r} {message}", pointer=pointer)
        faults.append(hidden or fault)
    if denied := [one for one in faults if one.code == Forbidden.code]:
        raise Forbidden(faults=denied)
    if faults:
        raise BadInput(faults=faults)
    for target in (one for one, count in Counter(mapping.values()).items() if count > 1):
        message = f"Several columns are mapped to {target[:64]!r}!"
        faults.append(Fault("range", message, pointer="/columnMapping"))
    if faults:
        raise BadInput(faults=faults)
    return dict(mapping)


def _fault(column: str, alias: str, text: str) -> Fault:
    return Fault("type", f"{alias} {text}", alias, column)


def _value(definition: Definition, attribute: Attribute, cell: str) -> Any:
    """Return the JSON value that a cell stands for. Raises ValueError saying what is expected."""
    if not attribute.collection:
        return _single(definition, attribute, cell)
    if cell.lstrip().startswith("["):
        parts = _json(cell)
        return [_single(definition, attribute, str(one)) for one in parts]
    return [_single(definition, attribute, one.strip()) for one in cell.split("|")]


def _single(definition: Definition, attribute: Attribute, cell: str) -> Any:
    kind, text = attribute.type, cell.strip()
    if kind in (ValueType.NUMBER, ValueType.COMPLETENESS):
        if not _NUMBER.match(text):
            raise ValueError("a number")
        return JsonNumber(text)
    if kind is ValueType.BOOLEAN:
        return read_boolean(text)
    if kind is ValueType.OPTION:
        return _option(definition, attribute, text)
    if kind is ValueType.COMPLEX:
        return _json(cell)
    return cell if kind in _WITH_SPACES else text


_WITH_SPACES = (ValueType.STRING, ValueType.TEXT, ValueType.HTML)


def _option(definition: Definition, attribute: Attribute, text: str) -> str:
    """Return the id of the option with that id, alias or label."""
    options = definition.options_of(attribute)
    for known in (find_option(options, text), options.find(text)):
        if known is not None and not known.removed:
            return option_id(known)
    known_labels = definition.derive(_option_labels)
    if options.id not in known_labels:
        known_labels[options.id] = _labels_of(options, definition.default_locale)
    return known_labels[options.id].get(text, text)  # the rules of values refuse it, or add it


def _option_labels(_: Definition) -> dict[int, dict[str, str]]:
    """Return the cache of ids by label, of each option list, empty."""
    return {}


def _labels_of(options: OptionList, locale: str) -> dict[str, str]:
    """Return the ids of options by their labels; of two, that of the first one."""
    found: dict[str, str] = {}
    for one in options.in_order():
        label = one.labels.get(locale)
        if label is not None:
            found.setdefault(label, option_id(one))
    return found


def _json(cell: str) -> Any:
    try:
        return read_value(cell.encode(), what="cell")
    except BadInput as error:
        raise ValueError("JSON") from error


def fault_objects(faults: Sequence[Fault], targets: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the faults of a row with the columns that they come from."""
    column_of = {alias: name for name, alias in targets.items()}
    found = []
    for one in faults:
        alias = one.attribute or ""
        place: dict[str, Any] = {"column": column_of[alias]} if alias in column_of else {}
        message = in_own_nouns(one).message
        found.append(place | {"attribute": alias or None, "message": message})
    return found
