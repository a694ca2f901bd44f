"""Values from before their attribute got its type, in the form that this type takes today.

Source: docs/core.md, Taking back.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import is_stored_form, read_value
from pims_api.services.reverts.plan import ProductPlan
from pims_api.storage.history.feed import changes_of_kind
from pims_api.storage.snapshot import Snapshot

_TYPE, _LIST = "type", "option_list_id"
_SPACES_ASIDE = frozenset({ValueType.NUMBER, ValueType.BOOLEAN, ValueType.DATE, ValueType.DATETIME})


class Misfit(NamedTuple):
    """A value that the type of its attribute does not take today. why: what the type takes."""

    value: Any
    why: str


class EarlierTypes:
    """What the values that stood before a transaction are today.

    Their text counts, as in a conversion: "7" is the number 7, an option its alias.
    """

    def __init__(self, seen: Snapshot, first: int) -> None:
        self._definition = seen.definition
        self._settings = _settings_before(seen, first)

    def of_today(self, plan: ProductPlan) -> ProductPlan:
        """Return a plan whose products get values in the form of today, or misfits."""
        values = [one._replace(before=self._value(one.slot, one.before)) for one in plan.values]
        return plan._replace(values=values)

    def _value(self, slot: str, before: Any) -> Any:
        attribute = self._definition.by_key.get(split_slot(slot)[0])
        if before is None or attribute is None or attribute.system:
            return before
        settings = self._settings.get(attribute.id, {})
        if not settings and _has_form(attribute, before):
            return before
        try:
            read = read_value(attribute, self._outward(attribute, before, settings))
        except ValueError as error:
            return Misfit(before, str(error))
        return self._option_ids(attribute, read)

    def _outward(self, attribute: Attribute, before: Any, settings: Mapping[str, Any]) -> Any:
        """Return a value as what comes in for the type of today."""
        options = self._definition.option_lists.get(settings.get(_LIST, attribute.option_list_id))
        was_option = settings.get(_TYPE, attribute.type) == ValueType.OPTION
        known = options if was_option else None
        if isinstance(before, list):
            return [_text(attribute, one, known) for one in before]
        return _text(attribute, before, known)

    def _option_ids(self, attribute: Attribute, read: Any) -> Any:
        if attribute.type is not ValueType.OPTION:
            return read
        options = self._definition.options_of(attribute)
        if isinstance(read, list):
            return [_option_id(options, one) for one in read]
        return _option_id(options, read)


def _has_form(attribute: Attribute, stored: Any) -> bool:
    if attribute.type is ValueType.COMPLEX:
        return True
    return isinstance(stored, list) is attribute.collection and is_stored_form(attribute, stored)


def _text(attribute: Attribute, stored: Any, options: OptionList | None) -> Any:
    if isinstance(stored, bool):
        return "true" if stored else "false"
    text = stored if options is None else options.alias(stored)
    is_trimmed = attribute.type in _SPACES_ASIDE and isinstance(text, str)
    return (text.strip() or text) if is_trimmed else text


def _option_id(options: OptionList, alias: str) -> str:
    """Return the id of an option; an alias that is none is for the rules to judge."""
    found = options.find(alias)
    return alias if found is None else found.id


def _settings_before(seen: Snapshot, first: int) -> dict[int, dict[str, Any]]:
    """Return the types that attributes had before a transaction, of those that got another.

    By id of the attribute; with the option list of then, where that was another one.
    """
    if first > seen.definition.version:
        return {}
    found: dict[int, dict[str, Any]] = {}
    for one in changes_of_kind(seen, "attribute", first - 1):
        was = {name: one.old[name] for name in (_TYPE, _LIST) if one.old.get(name) is not None}
        if was:
            found[one.id] = was | found.get(one.id, {})
    return found
