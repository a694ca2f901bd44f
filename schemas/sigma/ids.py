"""Ids on the wire: those that clients chose, else a prefix with the name or number of the thing.

Source: docs/api/sigma.md, Ids.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.values.scope import Dimension, Segment, parse_scope
from pims_api.domain.workflow import Workflow
from pims_api.errors import Fault, NotFound
from schemas.rest.fields import ID_LENGTH_MAX as ID_LENGTH_MAX

RECORD, VARIANT, KEY = "ent", "var", "apikey"
_VALUE = "val-"


def attribute_id(one: Attribute) -> str:
    """Return the id of an attribute.

    >>> attribute_id(Attribute(100, "price", "price", "number"))
    'attr-price'
    """
    return one.client_id or f"attr-{one.name}"


def schema_id(one: ProductType) -> str:
    """Return the id of a schema, which is a product type."""
    return one.client_id or f"schema-{one.name}"


def dimension_id(one: Dimension) -> str:
    """Return the id of a dimension."""
    return one.client_id or f"dim-{one.code}"


def segment_id(one: Segment) -> str:
    """Return the id of a segment."""
    return one.client_id or f"seg-{one.code}"


def workflow_id(one: Workflow) -> str:
    """Return the id of a workflow."""
    return one.client_id or f"wf-{one.code}"


def product_id(one: Product) -> str:
    """Return the id of a record, or of a variant, which is a product with a parent."""
    return made_id(RECORD if one.parent_id is None else VARIANT, one.id)


def made_id(prefix: str, number: int) -> str:
    """Return the id of a record or variant, which is also its SKU where it got no other.

    >>> made_id(RECORD, 12)
    'ent-12'
    """
    return f"{prefix}-{number}"


def number_of(text: str, prefix: str) -> int | None:
    """Return the number of an id that the server made, or None for what cannot be one.

    >>> number_of("ent-12", "ent"), number_of("ent-012", "ent"), number_of("var-12", "ent")
    (12, None, None)
    """
    digits = text.removeprefix(f"{prefix}-")
    if digits == text or not digits.isdecimal() or not digits.isascii() or len(digits) > 18:
        return None
    return None if digits.startswith("0") else int(digits)


def attributes_by_id(definition: Definition) -> Mapping[str, Attribute]:
    """Return the attributes by their ids on the wire; cached."""
    return definition.derive(_attributes)


def schemas_by_id(definition: Definition) -> Mapping[str, ProductType]:
    """Return the schemas by their ids on the wire; cached."""
    return definition.derive(_schemas)


def dimensions_by_id(definition: Definition) -> Mapping[str, Dimension]:
    """Return the dimensions by their ids on the wire; cached."""
    return definition.derive(_dimensions)


def workflows_by_id(definition: Definition) -> Mapping[str, Workflow]:
    """Return the workflows by their ids on the wire; cached."""
    return definition.derive(_workflows)


def _attributes(definition: Definition) -> dict[str, Attribute]:
    return {attribute_id(one): one for one in definition.present_attributes()}


def _schemas(definition: Definition) -> dict[str, ProductType]:
    return {schema_id(one): one for _, one in sorted(definition.type_ids.items())}


def _dimensions(definition: Definition) -> dict[str, Dimension]:
    return {dimension_id(one): one for _, one in sorted(definition.dimensions.items())}


def _workflows(definition: Definition) -> dict[str, Workflow]:
    return {workflow_id(one): one for _, one in sorted(definition.things(Workflow).items())}


def author(name: str, users: Mapping[str, int]) -> str:
    """Return the id of a user whose e-mail address history names, else the name as it is.

    >>> author("ann@example.com", {"ann@example.com": 3}), author("shop", {})
    ('user-3', 'shop')
    """
    return f"user-{users[name]}" if name in users else name


def named(things: Mapping[str, Any], number: str, what: str) -> Any:
    """Return the thing of an id. Raises NotFound, which names the kind and the id."""
    found = things.get(number)
    if found is None:
        raise absent(what, number)
    return found


def absent(what: str, number: str) -> NotFound:
    """Return the refusal of an id that nothing has.

    >>> absent("Schema", "schema-7").faults[0].message
    "Schema 'schema-7' does not exist!"
    """
    message = f"{what} {number[:ID_LENGTH_MAX]!r} does not exist!"
    return NotFound(faults=[Fault("not_found", message)])


def option_id(one: Option) -> str:
    """Return the id of an option.

    >>> option_id(Option("red", "red", 0))
    'val-red'
    """
    return one.client_id or f"{_VALUE}{one.id}"


def find_option(options: OptionList, number: str) -> Option | None:
    """Return the option of an id on the wire, also one that is removed."""
    chosen = options.find_client_id(number)
    if chosen is not None or not number.startswith(_VALUE):
        return chosen
    made = options.options.get(number.removeprefix(_VALUE))
    return None if made is None or made.client_id else made


def segments_of(definition: Definition, one: Dimension) -> Mapping[str, int]:
    """Return the segments of a dimension by their ids on the wire; cached."""
    return definition.derive(_segments)[one.id]


def _segments(definition: Definition) -> dict[int, dict[str, int]]:
    return {
        number: {segment_id(segment): segment.id for segment in one.segments}
        for number, one in definition.dimensions.items()
    }


def scope_object(definition: Definition, scope: str) -> dict[str, str]:
    """Return a scope as the ids of segments by those of their dimensions."""
    if not scope:
        return {}
    known = definition.derive(_names)
    return dict(known[place] for place in parse_scope(scope).items())


def _names(definition: Definition) -> dict[tuple[int, int], tuple[str, str]]:
    """Return the ids on the wire of every dimension and segment, by their numbers."""
    return {
        (number, segment.id): (dimension_id(one), segment_id(segment))
        for number, one in definition.dimensions.items()
        for segment in one.segments
    }
