"""The attributes of a View, validated and converted to their stored form.

Source: docs/core.md, Access.
"""

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.attribute_view import ViewField
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.product import Product
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.text import has_control
from pims_api.domain.values.value import read_value
from pims_api.errors import Fault, place_of
from pims_api.services.access import full_access
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.storage.unit_of_work import UnitOfWork

GROUP_LENGTH_MAX = 255  # characters
_OUTWARD_NAME = re.compile(r"[^\[\]\x00-\x1f\x7f-\x9f]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class ViewFieldWrite:
    """A write to one attribute of a View.

    name: the outward one, None for the attribute's own. default: as a body would send it.
    """

    name: str | None = None
    readonly: bool = False
    group: str | None = None
    default: Any = None


def read_fields(
    work: UnitOfWork,
    wanted: Mapping[str, ViewFieldWrite],
    others: Mapping[str, ViewField] | None = None,
    checked: Container[str] = (),
) -> tuple[tuple[ViewField, ...], list[Fault]]:
    """Return the wanted attributes of a View, and every fault of them.

    By internal name of the attribute. others: those that the View has besides; checked: which of
    these have new outward names.
    """
    reader = _Reader(work)
    for name, one in (others or {}).items():
        reader.keep(name, one, is_checked=name in checked)
    fields = [reader.field(name, one) for name, one in wanted.items()]
    kept = [one for one in fields if one is not None]
    return tuple(kept), [*reader.faults, *_duplicates(reader.outward)]


class _Reader:
    """Reads the attributes of one View. outward: internal name → outward one, sku always."""

    def __init__(self, work: UnitOfWork) -> None:
        self.faults: list[Fault] = []
        self.outward: dict[str, str] = {SKU: SKU}
        self._work = work
        self._access: Access = full_access(work.definition, work.definition.default_locale)
        self._suggestions = Suggestions()

    def keep(self, name: str, field: ViewField, *, is_checked: bool) -> None:
        """Note an attribute that stays in the View."""
        self.outward[name] = field.name
        if is_checked:
            self._check_names(name, field.name, ViewFieldWrite())

    def field(self, name: str, wanted: ViewFieldWrite) -> ViewField | None:
        column = self._access.column(name)
        if column is None:
            self.faults.append(self._unknown(name))
            return None
        outward = wanted.name or name
        self._check_names(name, outward, wanted)
        self.outward[name] = outward
        default = self._default(column, wanted)
        return ViewField(
            column.attribute.id, outward, wanted.readonly, wanted.group or None, default
        )

    def _unknown(self, name: str) -> Fault:
        shown = name[:NAME_LENGTH_MAX]
        hint = self._suggestions.word(name, self._access.by_name)
        message = f"There is no attribute {shown!r}!"
        return Fault("unknown_attribute", message, shown, place=_place(shown), nearest=hint)

    def _check_names(self, name: str, outward: str, wanted: ViewFieldWrite) -> None:
        if name == SKU and outward != SKU:
            message = "sku is in every View under its own name: it cannot be transformed!"
            self.faults.append(Fault("read_only", message, SKU, place=_place(SKU, "name")))
        elif not _OUTWARD_NAME.match(outward):
            message = (
                f"The name under which a View shows {name} has 1 to 64 characters, "
                "no [, no ], no control characters!"
            )
            shown, place = outward[:NAME_LENGTH_MAX], _place(name, "name")
            self.faults.append(Fault("mask", message, name, value=shown, place=place))
        if wanted.group is not None and _is_unfit(wanted.group):
            limit = f"at most {GROUP_LENGTH_MAX} characters, no control characters"
            message = f"The group of {name} has {limit}!"
            self.faults.append(Fault("limit", message, name, place=_place(name, "group")))

    def _default(self, column: Column, wanted: ViewFieldWrite) -> Any:
        place = _place(column.name, "default")
        if wanted.default in (None, "", []):
            return None
        if column.attribute.computed or column.attribute.name == SKU:
            message = f"{column.name} cannot have a default!"
            self.faults.append(Fault("read_only", message, column.name, place=place))
            return None
        if column.attribute.unique:
            message = (
                f"{column.name} cannot have a default: it is unique, and new products would "
                "share it!"
            )
            self.faults.append(Fault("type", message, column.name, place=place))
            return None
        try:
            value = read_value(column.attribute, wanted.default)
        except ValueError as error:
            message = f"The default of {column.name} must be {error}!"
            self.faults.append(Fault("type", message, column.name, place=place))
            return None
        check = ValueCheck(self._work, self._access)
        check.stored([Assignment(column, value, "", column.slot)], Product(0, "", {}))
        self.faults += [
            replace(one, message=f"The default of {one.message}", pointer=None, place=place)
            for one in check.faults
        ]
        return value


def _place(name: str, *setting: str) -> str:
    return place_of("view", "attributes", name, *setting)


def _duplicates(outward: Mapping[str, str]) -> list[Fault]:
    """Return a fault for each outward name that several attributes share."""
    used = Counter(outward.values())
    return [
        Fault(
            "exists",
            f"Two attributes of a View cannot both be called {shown[:NAME_LENGTH_MAX]!r}!",
            name,
            place=_place(name, "name"),
        )
        for name, shown in outward.items()
        if used[shown] > 1 and name != SKU
    ]


def _is_unfit(group: str) -> bool:
    return len(group) > GROUP_LENGTH_MAX or has_control(group)
