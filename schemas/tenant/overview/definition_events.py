"""Events of what a tenant defines: categories, brands, attributes, their groups, templates.

What the server makes by itself has none. Source: docs/api/tenant.md, Audit.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import Level
from pims_api.domain.attributes.attribute import CATEGORIES, DEFAULT_TYPE, ValueType
from pims_api.domain.category import UNCATEGORIZED_ID, Category
from pims_api.domain.flat.category_slugs import slug_from, slugs_of
from pims_api.domain.flat.flat_product import BRAND, FIELD_ATTRIBUTES
from pims_api.domain.product import Values
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.services.flat_products.brands import brand_list
from pims_api.storage.history.defined.group_changes import GroupChange, GroupChanges
from pims_api.storage.history.events import ChangeRow
from schemas.tenant.attributes import WORDS
from schemas.tenant.overview.events import Change, Deed, Event, Noun, deed_of, plain_changes

_DESCRIBED = {"name": "name", "description": "description"}
_BRAND_FIELDS = {"name": "alias", "description": "description", "logo_url": "logo_url"}
_KEPT_BY_THE_SERVER = {"scoped_by", "pending"}  # fields of an attribute


class DefinitionEvents:
    """Makes events of changes of definitions, as far as a caller sees the things.

    groups: returns what attributes did to groups.
    """

    def __init__(self, ids: TenantIds, access: Access, groups: Callable[[], GroupChanges]) -> None:
        self._ids = ids
        self._groups = groups
        self._groups_told: set[tuple[int, GroupChange]] = set()
        self._access = access
        self._definition = access.definition
        self._makers: Mapping[str, Callable[[ChangeRow], Iterator[Event]]] = {
            "category": self._of_category,
            "option": self._of_brands,
            "attribute": self._of_attribute,
            "attribute_group": self._of_group,
            "product_type": self._of_template,
        }

    @property
    def entities(self) -> frozenset[str]:
        """The entities of history that it knows."""
        return frozenset(self._makers)

    def of(self, row: ChangeRow) -> Iterator[Event]:
        """Yield the events of a change."""
        return self._makers[row.entity](row)

    def _of_category(self, row: ChangeRow) -> Iterator[Event]:
        number, tree = row.entity_id, self._definition.categories
        hidden = self._access.of(CATEGORIES) is None
        if hidden or number == UNCATEGORIZED_ID or number not in tree.by_id:
            return  # or it is one of another catalog
        deed, changes = deed_of(row, "name"), list(plain_changes(row, _DESCRIBED))
        if deed is Deed.CREATED:
            changes.append(("slug", None, self._slug(tree.by_id[number], row.new)))
        elif row.old.get("slug"):
            changes.append(("slug", row.old["slug"], row.new["slug"]))
        if "parent_id" in row.new:
            old, new = (self._category(side.get("parent_id")) for side in (row.old, row.new))
            changes.append(("parent_id", old, new))
        yield Event(Noun.CATEGORY, deed, self._category(number) or "", changes)

    def _slug(self, one: Category, made: Values) -> str:
        """Return the slug that a category was made with; one without has that of its first name."""
        present = slugs_of(self._definition).of.get(one.id)
        return made.get("slug") or one.slug or present or slug_from(made["name"])

    def _category(self, number: int | None) -> str | None:
        return self._ids.of_number(Numbered.CATEGORY, number) if number else None

    def _of_brands(self, row: ChangeRow) -> Iterator[Event]:
        """Yield the events of the brands that changed: they share a row of history."""
        brands = brand_list(self._definition)
        if brands is None or row.entity_id != brands.id or self._access.of(BRAND) is None:
            return
        for option_id, body in row.new.items():
            old, new = row.old.get(option_id) or {}, body or {}
            was, is_there = bool(old) and not old.get("removed"), not new.get("removed")
            one = row._replace(old=old if was else {}, new=new)
            deed = Deed.UPDATED if was else Deed.CREATED
            uuid = self._ids.of_name(Numbered.OPTION, f"{brands.id}/{option_id}")
            changes = list(_of_both(one, _BRAND_FIELDS))
            yield Event(Noun.BRAND, deed if is_there else Deed.DELETED, uuid, changes, option_id)

    def _of_attribute(self, row: ChangeRow) -> Iterator[Event]:
        one = self._definition.attributes.get(row.entity_id)
        if one is None or not self._sees(one.id):
            return
        yield from self._of_groups(row)
        by_the_server = row.new.keys() <= _KEPT_BY_THE_SERVER
        if by_the_server or one.system or one.name in FIELD_ATTRIBUTES:
            return
        deed = deed_of(row, "name")
        changes: list[Change] = []
        if "labels" in row.new or deed is Deed.CREATED:
            old = None if deed is Deed.CREATED else self._label(row.old, one.name)
            changes.append(("name", old, self._label(row.new, one.name)))
        if deed is Deed.CREATED:
            changes.append(("slug", None, one.name))
            changes.append(("type", None, WORDS.get(ValueType(row.new["type"]), "TEXT")))
        yield Event(Noun.ATTRIBUTE, deed, self._ids.of_number(Numbered.ATTRIBUTE, one.id), changes)

    def _of_groups(self, row: ChangeRow) -> Iterator[Event]:
        """Yield the events of groups that came and went with an attribute."""
        if not row.new.keys() & {"group", "deleted"}:
            return
        for one in self._groups().get((row.sequence, row.entity_id), ()):
            if (row.sequence, one) in self._groups_told:
                continue
            self._groups_told.add((row.sequence, one))
            deed = Deed.CREATED if one.is_made else Deed.DELETED
            changes = [("name", None, one.name)] if one.is_made else []
            uuid = self._ids.of_name(Numbered.ATTRIBUTE_GROUP, one.name)
            yield Event(Noun.ATTRIBUTE_GROUP, deed, uuid, changes, f"{deed} {one.name}")

    def _sees(self, number: int) -> bool:
        """Return whether the caller sees an attribute, or would if it were not deleted."""
        policy = self._access.policy
        if number in self._access.by_attribute or policy.others is Level.HIDDEN:
            return number in self._access.by_attribute
        return number not in policy.grants or policy.grants[number].level is not Level.HIDDEN

    def _label(self, values: Values, name: str) -> str:
        labels: Mapping[str, str] = values.get("labels") or {}
        return labels.get(self._definition.default_locale) or name

    def _of_group(self, row: ChangeRow) -> Iterator[Event]:
        name = row.new.get("name")
        if name is not None:
            uuid = self._ids.of_name(Numbered.ATTRIBUTE_GROUP, name)
            changes = plain_changes(row, _DESCRIBED)
            yield Event(Noun.ATTRIBUTE_GROUP, deed_of(row, "name"), uuid, changes)

    def _of_template(self, row: ChangeRow) -> Iterator[Event]:
        kind = self._definition.type_ids.get(row.entity_id)
        if DEFAULT_TYPE in (kind and kind.name, row.new.get("name")):
            return
        changes: list[Change] = list(plain_changes(row, {"description": "description"}))
        if "name" in row.new or "label" in row.new:
            own = kind.name if kind else None
            names = (side.get("label") or side.get("name") for side in (row.old, row.new))
            old, new = (name or own for name in names)
            changes.append(("name", None if deed_of(row, "name") is Deed.CREATED else old, new))
        uuid = self._ids.of_number(Numbered.PRODUCT_TYPE, row.entity_id)
        yield Event(Noun.TEMPLATE, deed_of(row, "name"), uuid, changes)


def _of_both(row: ChangeRow, names: Mapping[str, str]) -> Iterator[Change]:
    """Yield the changes of fields where history has all of a thing before and after."""
    for name, field in names.items():
        yield name, _text(row.old, field), _text(row.new, field)


def _text(values: Values, field: str) -> Any:
    return values.get(field) or None
