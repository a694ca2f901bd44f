"""What an import makes beside products: attributes, categories and options."""

from dataclasses import dataclass, field
from typing import Any

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.storage.definitions.kinds import Defined, OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork

MADE_MAX = 1_000  # attributes, as many categories, and as many options, that are listed


@dataclass(slots=True)
class MadeThings:
    """The attributes, categories and options made so far, in the order of their making.

    attributes: name, type, and collection where it is one. options: attribute and value. more: how
    many further ones were made than are listed.
    """

    attributes: list[dict[str, Any]] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    options: list[dict[str, str]] = field(default_factory=list)
    more: int = 0
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def look(self, work: UnitOfWork) -> None:
        """Add what a transaction has made; what was there before is left out."""
        for thing in work.made():
            key = _key(thing)
            if key is not None and key not in self._seen:
                self._seen.add(key)
                self._add(work.definition, thing)

    def to_object(self) -> dict[str, Any]:
        """Return what was made as a JSON object."""
        return {
            "attributes": list(self.attributes),
            "categories": list(self.categories),
            "options": list(self.options),
            "more": self.more,
        }

    def _add(self, definition: Definition, thing: Defined) -> None:
        if isinstance(thing, Attribute):
            told: dict[str, Any] = {"name": thing.name, "type": thing.type.value}
            self._list(self.attributes, told | ({"collection": True} if thing.collection else {}))
        elif isinstance(thing, Category):
            self._list(self.categories, definition.categories.path_text(thing.id))
        elif isinstance(thing, OptionEntry):
            name = _owner(definition, thing.list_id)
            self._list(self.options, {"attribute": name, "value": thing.option.alias})

    def _list(self, known: list[Any], one: Any) -> None:
        if len(known) < MADE_MAX:
            known.append(one)
        else:
            self.more += 1


def _key(thing: Defined) -> tuple[object, ...] | None:
    if isinstance(thing, Attribute | Category):
        return type(thing), thing.id
    return (OptionEntry, thing.list_id, thing.option.id) if isinstance(thing, OptionEntry) else None


def _owner(definition: Definition, list_id: int) -> str:
    owners = (one for one in definition.present_attributes() if one.option_list_id == list_id)
    return next((one.name for one in owners), "")
