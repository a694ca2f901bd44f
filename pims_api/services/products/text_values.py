"""The reader of values from the command line and files: texts by the names of attributes.

Source: docs/core.md, Values.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.value import read_value
from pims_api.errors import Fault, pointer_to
from pims_api.services.products.value_rules import Assignment


def read_values(access: Access, raw: Mapping[str, Any]) -> tuple[list[Assignment], list[Fault]]:
    """Return the assignments of these values, and a fault for each that is not possible."""
    found: list[Assignment] = []
    faults: list[Fault] = []
    suggestions = Suggestions()
    for name, value in raw.items():
        column = access.column(name)
        if column is None:
            hint = suggestions.word(name, access.by_name)
            shown = name[:NAME_LENGTH_MAX]
            more = f" Did you mean {hint}?" if hint else ""
            message = f"There is no attribute {shown!r}!{more}"
            faults.append(Fault("unknown_attribute", message, shown, nearest=hint))
        elif not column.writable or column.attribute.name == SKU:
            faults.append(Fault("read_only", f"{name} is read only!", name))
        else:
            try:
                read = read_value(column.attribute, value)
            except ValueError as error:
                faults.append(Fault("type", f"{name} must be {error}!", name))
            else:
                found.append(Assignment(column, read, pointer_to(name), column.slot))
    return found, faults
