"""The reader of categories from the rows of a file.

Source: docs/api/pims.md, Managing categories.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pims_api.domain.attributes.setting_readers import (
    TEXT_LENGTH_MAX,
    SettingError,
    is_text,
    locale_texts,
    locale_texts_reader,
    read_free_data,
    read_text,
    read_whole,
)
from pims_api.domain.category import DATA_BYTES_MAX, ORDER_MAX, SEPARATOR, Path, split_path
from pims_api.domain.definition import Definition
from pims_api.domain.values.json_text import read_value
from pims_api.errors import BadInput, Fault
from pims_api.services.categories.write import CategoryWrite, name_faults
from pims_api.services.definition_imports.key_mapping import SourceKeys, Vocabulary, by_prefix
from pims_api.transfer.errors_file import ERROR_COLUMNS

VOCABULARY = Vocabulary(
    keys={
        "path": "path",
        "cat_path": "path",
        "parent_path": "parent_path",
        "name": "name",
        "cat_name": "name",
        "id": "id",
        "parent_id": "parent_id",
        "cat_parent_id": "parent_id",
        "cat_order": "cat_order",
        "order": "cat_order",
        "cat_data": "cat_data",
        "data": "cat_data",
        "label": "label",
        "cat_label": "label",
        "children": "children",
    },
    prefixes={
        "label": "label",
        "cat_label": "label",
        "cat_data": "cat_data",
        "data": "cat_data",
    },
    # Further keys of listCategories, of reads for shops, and of a file of rejected entries.
    silent=("cat_path_id", "cat_rank", "product_count", "cat_filters", *ERROR_COLUMNS),
    instead={"path": "parent_path"},
)

_IMAGE = "cat_image"
_read_labels = locale_texts_reader(TEXT_LENGTH_MAX)


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """One category of a source.

    line: where it stands. id, parent_id: as the source numbers them; None: it does not. children:
    entries that stand inside it, unread. place: which child of which it is itself, from 1, empty
    for those that stand in no other; parent: the number of the one around it, from 0, then.
    """

    line: int
    wanted: CategoryWrite
    id: str | None = None
    parent_id: str | None = None
    children: Sequence[Any] = ()
    place: tuple[int, ...] = ()
    parent: int | None = None

    def where(self, unit: str) -> str:
        """Return, for a message, where it stands: `entry 1, child 2`. unit: what lines count."""
        return ", ".join([f"{unit} {self.line}", *self.below])

    @property
    def below(self) -> list[str]:
        """Which child of which it is, in words."""
        return [f"child {number}" for number in self.place]


def read_category(
    line: int,
    cells: Mapping[str, Any],
    keys: SourceKeys,
    definition: Definition,
    faults: Sequence[Fault] = (),
    separator: str = SEPARATOR,
) -> CategoryEntry:
    """Return the entry at a line. faults: those that it has already. separator: in paths."""
    reading = _Reading(keys.read(cells), list(faults))
    path = reading.path(separator)
    name = reading.take("name", read_text)
    order = reading.take("cat_order", _order)
    labels = reading.labels()
    number, parent = reading.take("id", _source_id), reading.take("parent_id", _source_id)
    data = reading.data()
    children = reading.take("children", _entries) or ()
    if not faults and path is None and name is None and not reading.has_fault("path", "name"):
        message = "There is neither a path nor a name!"
        reading.faults.append(Fault("required", message, pointer="/name"))
    wanted = CategoryWrite(
        path=path,
        name=None if name is None else name.strip(),
        order=order,
        data=data,
        labels=locale_texts(labels, definition),
        pointers={"name": "/name"},
        faults=reading.faults,
    )
    reading.faults += [
        replace(one, message=f"{one.message} One of the parent is mapped as parent_path.")
        for one in name_faults(wanted)
    ]
    return CategoryEntry(line, wanted, number, parent, children)


class _Reading:
    """A reader of one key after the other, which collects faults."""

    def __init__(self, entry: Mapping[str, Any], faults: list[Fault]) -> None:
        self.entry = entry
        self.faults = faults

    def take(self, key: str, read: Callable[[str, Any], Any]) -> Any:
        value = self.entry.get(key)
        if value is None:
            return None
        try:
            return read(key, value)
        except SettingError as error:
            self._refuse(error, key)
            return None

    def path(self, separator: str) -> Path | None:
        """Return the path; it may be told as that of the parent, beside the name."""
        path, above = self.take("path", read_text), self.take("parent_path", read_text)
        if path is None and above is not None and is_text(self.entry.get("name")):
            path = f"{above}{separator}{self.entry['name']}"
        if path is None:
            return None
        names = [name for part in path.split(separator) for name in split_path(part)]
        # Other systems write the separator at an end too.
        return tuple(names if separator == SEPARATOR else filter(None, names))

    def has_fault(self, *keys: str) -> bool:
        """Return whether one of the keys has a fault."""
        return any(one.pointer in {f"/{key}" for key in keys} for one in self.faults)

    def labels(self) -> Mapping[str, str]:
        single = by_prefix(self.entry, "label")
        texts = dict(self.take("label", _read_labels) or {})
        try:
            return texts | dict(_read_labels("label", single))
        except SettingError as error:
            self._refuse(error, "label")
            return texts

    def data(self) -> dict[str, Any]:
        data = dict(self.take("cat_data", _free_data) or {})
        single = by_prefix(self.entry, "cat_data")
        try:
            data |= read_free_data("cat_data", single)
        except SettingError as error:
            self._refuse(error, "cat_data")
        if data.get(_IMAGE) == "":
            data[_IMAGE] = None  # shown of a category without an image
        if len(json.dumps(data, ensure_ascii=False).encode()) > DATA_BYTES_MAX:
            message = f"cat_data takes at most {DATA_BYTES_MAX // 1024} kB!"
            self._refuse(SettingError("limit", message), "cat_data")
        return data

    def _refuse(self, error: SettingError, key: str) -> None:
        self.faults.append(Fault(error.code, error.message, pointer=f"/{key}"))


def _order(name: str, value: Any) -> int | None:
    return None if value == "" else read_whole(name, value, -ORDER_MAX, ORDER_MAX)


def _entries(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise SettingError("type", f"{name} must be a list of categories!")
    return value


def _source_id(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        raise SettingError("type", f"{name} must be text or a number!")
    return str(value).strip() or None


def _free_data(name: str, value: Any) -> dict[str, Any]:
    """Return an object, or the object that a text spells: a cell of a table is text."""
    if is_text(value):
        try:
            value = read_value(value.encode("utf-8", "surrogatepass"))
        except BadInput:
            raise SettingError("type", f"{name} must be an object, as JSON!") from None
    return read_free_data(name, value)
