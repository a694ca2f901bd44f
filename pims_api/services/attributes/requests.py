"""Writes to attributes and option lists, in the core's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

from pims_api.errors import Fault, place_of

VALUE_SHOWN = 200  # characters of a refused value that an error repeats


@dataclass(frozen=True, slots=True)
class OptionListWrite:
    """A write to an option list. A field that is None, or ... for static, stays as it is.

    rows: the whole list in its order, each row the cells of its columns from the first on; rows
    that are left out are no longer accepted. bare: the rows came as plain strings. layout: how the
    caller wants to see the list, kept as it is.
    """

    columns: tuple[str, ...] | None = None
    rows: Sequence[tuple[str, ...]] | None = None
    bare: bool = True
    static: bool | EllipsisType | None = ...
    layout: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttributeWrite:
    """A write to one attribute. Only the settings that it holds change.

    settings: fields of Attribute by name, and `localizable`, a flag. labels, comments: text per
    locale, empty text takes one away. pointers: where in the request a setting stood. faults: what
    was wrong already; warnings: what was ignored. row: which of a batch, from 0.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    options: OptionListWrite | None = None
    pointers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()
    row: int | None = None

    def pointer(self, setting: str, below: str = "") -> str | None:
        """Return the pointer to a setting in the request, if it came in one."""
        place = self.pointers.get(setting)
        return None if place is None else place + below

    def fault(
        self, code: str, setting: str, message: str, *, below: str = "", value: Any = None
    ) -> Fault:
        """Return a fault of a setting; the message goes on after the attribute's name."""
        shown = value[:VALUE_SHOWN] if isinstance(value, str) else value
        pointer = self.pointer(setting, below)
        text = f"{self.name[:VALUE_SHOWN] or 'The attribute'} {message}"
        name, place = self.name[:VALUE_SHOWN], place_of("attribute", setting)
        return Fault(code, text, name, pointer, shown, row=self.row, place=place)
