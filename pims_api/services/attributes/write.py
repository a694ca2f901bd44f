"""Writes to attributes: add, edit, delete.

Source: docs/core.md, Attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.attributes.attribute import (
    FIRST_CUSTOM_ID,
    STATUS_LIST_ID,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.suggestion import nearest
from pims_api.errors import BadInput, Conflict, Fault, Subject, absent, refuse_if_any
from pims_api.services.access import full_access
from pims_api.services.attribute_views.usage import rows_of_views
from pims_api.services.attributes.checks import (
    default_faults,
    fixed_type,
    name_faults,
    rule_faults,
    use_faults,
    view_default_faults,
    view_faults,
    views_using,
)
from pims_api.services.attributes.convert import (
    Progress,
    convert_values,
    convert_view_defaults,
    in_new_type,
    no_progress,
    type_faults,
    uncounted,
    view_condition_faults,
    view_row_warnings,
)
from pims_api.services.attributes.option_lists import plan_options
from pims_api.services.attributes.reindex_on_change import Unbuilt, follow_completeness, settle
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.attributes.usage import removal_warnings
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class SavedAttributes:
    """The attributes as stored, in the order asked, and warnings.

    converted: attribute → how many products have a value of it, of those that got another type.
    is_large: an attribute has too many products to be converted now, so it is half done: take back
    what was done, and have a job do it.
    """

    attributes: list[Attribute] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    converted: dict[str, int] = field(default_factory=dict)
    is_large: bool = False


def add_attributes(
    work: UnitOfWork, wanted: Sequence[AttributeWrite], inline_max: int
) -> SavedAttributes:
    """Add attributes, all or none. Linear in their number.

    Raises Conflict when a name is taken, BadInput with every fault of every attribute otherwise.
    inline_max: see `settle`.
    """
    saving = _Saving(work, inline_max)
    number = max(FIRST_CUSTOM_ID - 1, *work.definition.attributes)
    list_id = max(STATUS_LIST_ID, *work.definition.option_lists)
    for place, one in enumerate(wanted, 1):
        saving.add(one, number + place, list_id + place)
    refuse_if_any(saving.faults)
    return saving.saved


def save_attributes(
    work: UnitOfWork, wanted: Sequence[AttributeWrite], inline_max: int
) -> SavedAttributes:
    """Add the attributes that are new and change the others, all or none. Linear in their number.

    Raises BadInput and Conflict with every fault of every attribute. inline_max: see `settle`.
    """
    saving = _Saving(work, inline_max, Unbuilt())
    number = max(FIRST_CUSTOM_ID - 1, *work.definition.attributes)
    list_id = max(STATUS_LIST_ID, *work.definition.option_lists)
    for place, one in enumerate(wanted, 1):
        before = work.definition.by_name.get(one.name)
        try:
            if before is None:
                saving.add(one, number + place, list_id + place)
            else:
                saving.edit(before, one)
        except Conflict as error:
            saving.faults += error.faults
    refuse_if_any(saving.faults)
    saving.build()
    return saving.saved


def edit_attribute(
    work: UnitOfWork,
    wanted: AttributeWrite,
    inline_max: int,
    progress: Progress = no_progress,
) -> SavedAttributes:
    """Change the given settings of an attribute and leave the others alone.

    Its name never changes; of a system attribute only flags, words and group do. Another type is
    taken when every stored value fits it, see `convert`. Raises NotFound when there is no such
    attribute, BadInput and Conflict with every fault, of values that do not fit with the first.
    inline_max: see `settle`; with more products than that values are not converted, see
    `SavedAttributes`.
    """
    before = known_attribute(work.definition, wanted)
    saving = _Saving(work, inline_max, progress=progress)
    saving.edit(before, wanted)
    refuse_if_any(saving.faults)
    return saving.saved


def delete_attribute(work: UnitOfWork, wanted: AttributeWrite, inline_max: int) -> SavedAttributes:
    """Delete an attribute. Its values leave every product and stay in history.

    An attribute that gets the name later starts without values. Raises NotFound when there is no
    such attribute, BadInput when it is a system attribute, Conflict when a View's row filter
    needs it. inline_max: see `settle`.
    """
    before = known_attribute(work.definition, wanted)
    if before.system:
        message = "is a system attribute: it cannot be deleted!"
        raise BadInput(faults=[wanted.fault("read_only", "name", message)])
    after = replace(before, deleted=True)
    refuse_if_any(list(view_faults(work.definition, before, after, wanted)))
    warnings = settle(work, before, after, wanted, inline_max)
    types = work.definition.types.values()
    if any(before.id in one.required_ids for one in types):
        warnings += follow_completeness(work, inline_max)
    return SavedAttributes([after], warnings)


def known_attribute(definition: Definition, wanted: AttributeWrite) -> Attribute:
    """Return the attribute that a caller names. Raises NotFound with the nearest name."""
    known = definition.by_name.get(wanted.name)
    if known is None:
        hint = nearest(wanted.name, definition.by_name)
        place, name = wanted.pointer("name"), wanted.name[:64]
        raise absent(Subject.ATTRIBUTE, pointer=place, value=name, nearest=hint)
    return known


class _Saving:
    """A writer of attributes, one after the other, which collects their faults."""

    def __init__(
        self,
        work: UnitOfWork,
        inline_max: int,
        later: Unbuilt | None = None,
        progress: Progress | None = None,
    ) -> None:
        """progress: told of conversions; None: types stay."""
        self.work = work
        self.progress = progress
        self.inline_max = inline_max
        self.later = later
        self.access = full_access(work.definition, work.definition.default_locale)
        self.saved = SavedAttributes()
        self.faults: list[Fault] = []

    def add(self, wanted: AttributeWrite, number: int, list_id: int) -> None:
        """Store a new attribute under that number."""
        definition = self.work.definition
        found = [*name_faults(definition, wanted), *wanted.faults]
        kind = wanted.settings.get("type")
        if not isinstance(kind, ValueType):  # the reader of the request has the fault
            self.faults += found
            return
        attribute = Attribute(number, wanted.name, _free_key(definition, wanted.name), kind)
        if kind is ValueType.OPTION:
            attribute = replace(attribute, option_list_id=list_id)
            wanted = replace(wanted, options=wanted.options or OptionListWrite())
        computed = kind is ValueType.COMPLETENESS
        self._save(None, replace(_changed(attribute, wanted), computed=computed), wanted, found)

    def edit(self, before: Attribute, wanted: AttributeWrite) -> None:
        """Store a write to an existing attribute."""
        after = _changed(before, wanted)
        found = [*wanted.faults, *use_faults(self.work, before, after, wanted)]
        found += view_faults(self.work.definition, before, after, wanted)
        if wanted.settings.get("type", before.type) is not before.type:
            after, wanted = self._retyped(before, after, wanted, found)
        self._save(before, after, wanted, found)

    def _retyped(
        self, before: Attribute, after: Attribute, wanted: AttributeWrite, found: list[Fault]
    ) -> tuple[Attribute, AttributeWrite]:
        """Return the attribute in its new type; what forbids that joins the faults."""
        faults = [fixed_type(wanted)]
        if self.progress is not None:
            faults = list(type_faults(before, wanted))
        if faults:
            found += faults
            return after, wanted
        kind, list_id = wanted.settings["type"], None
        if kind is ValueType.OPTION:
            list_id = max(STATUS_LIST_ID, *self.work.definition.option_lists) + 1
            wanted = replace(wanted, options=wanted.options or OptionListWrite())
        after = replace(after, type=kind, option_list_id=list_id)
        after, faults, warnings = in_new_type(before, after, wanted)
        found += [*faults, *convert_view_defaults(self.work, before, after, wanted)]
        self.access = full_access(self.work.definition, self.work.definition.default_locale)
        return after, replace(wanted, warnings=[*wanted.warnings, *warnings])

    def build(self) -> None:
        """Build the indexes that were deferred."""
        if self.later is not None:
            self.later.build(self.work)

    def _save(
        self,
        before: Attribute | None,
        after: Attribute,
        wanted: AttributeWrite,
        faults: list[Fault],
    ) -> None:
        faults += rule_faults(before, after, wanted)
        faults += self._put_options(after, wanted, has_faults=bool(faults))
        if not faults:
            faults += default_faults(self.work, self.access, after, wanted)
            faults += view_default_faults(self.work, self.access, before, after, wanted)
        if not faults:
            chosen: dict[str, int] = {}
            if before is not None and before.type is not after.type:
                views = views_using(self.work.definition, before)
                self.saved.is_large = self.work.last_product_id > self.inline_max
                chosen = {} if self.saved.is_large else rows_of_views(self.work, views)
                self._take_type(after, wanted, views)
                if self.saved.is_large:
                    return
                before = self._convert(before, after, wanted)
            warnings = settle(self.work, before, after, wanted, self.inline_max, self.later)
            warnings += view_row_warnings(self.work, chosen, wanted)
            self.saved.attributes.append(self.work.definition.attributes[after.id])
            self.saved.warnings.extend([*wanted.warnings, *warnings])
        self.faults += faults

    def _take_type(self, after: Attribute, wanted: AttributeWrite, views: list[str]) -> None:
        """Define an attribute in its new type. views: whose conditions name it.

        Raises Conflict when one of them does not take the type.
        """
        self.work.define(after)
        refuse_if_any(list(view_condition_faults(self.work, views, wanted)))

    def _convert(self, before: Attribute, after: Attribute, wanted: AttributeWrite) -> Attribute:
        """Convert every value; return the attribute as if nothing was built for it yet.

        Raises Conflict when a value does not fit.
        """
        done = convert_values(self.work, before, after, wanted, self.progress or no_progress)
        faults = [*done.faults, *uncounted(done, wanted)]
        if faults:
            raise Conflict(faults=faults)
        self.saved.converted[after.name] = done.products
        bare = self.work.definition.attributes[before.id]
        return replace(bare, searchable=before.searchable, pending=frozenset({"searchable"}))

    def _put_options(
        self, attribute: Attribute, wanted: AttributeWrite, *, has_faults: bool
    ) -> list[Fault]:
        """Store the write to the option list, or return its faults."""
        if attribute.option_list_id is None:
            return []
        things, faults = plan_options(self.work.definition, attribute.option_list_id, wanted)
        if things and attribute.system:
            message = "is a system attribute: its option list is fixed!"
            return [wanted.fault("read_only", "rows", message)]
        if not has_faults:
            self._warn_of_removal(attribute, things, wanted)
            for thing in things:
                self.work.define(thing)
        return faults

    def _warn_of_removal(
        self,
        attribute: Attribute,
        things: Sequence[OptionList | OptionEntry],
        wanted: AttributeWrite,
    ) -> None:
        stored = self.work.definition.attributes.get(attribute.id)
        if stored is None or stored.option_list_id != attribute.option_list_id:
            return  # no product has an option of the list yet
        known = self.work.definition.options_of(stored).options
        options = [one.option for one in things if isinstance(one, OptionEntry)]
        removed = [one for one in options if one.removed]
        added = [one for one in options if one.id not in known]
        warnings = removal_warnings(self.work, stored, removed, added, wanted)
        self.saved.warnings.extend(warnings)


def _changed(base: Attribute, wanted: AttributeWrite) -> Attribute:
    settings = dict(wanted.settings)
    settings.pop("type", None)
    localizable = settings.pop("localizable", None)
    if localizable is not None and localizable != (LANGUAGE_ID in base.dimensions):
        others = tuple(one for one in base.dimensions if one != LANGUAGE_ID)
        settings["dimensions"] = (LANGUAGE_ID, *others) if localizable else others
    return replace(
        base,
        **settings,
        labels=_merged(base.labels, wanted.labels),
        comments=_merged(base.comments, wanted.comments),
    )


def _merged(base: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    return {locale: text for locale, text in {**base, **wanted}.items() if text}


def _free_key(definition: Definition, name: str) -> str:
    """Return the name, with a number when deleted attributes have it as their key."""
    key, count = name, 1
    while key in definition.by_key:
        count += 1
        key = f"{name}~{count}"
    return key
