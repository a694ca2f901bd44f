"""The history of a product, as one caller may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.deadline import Work, working_on
from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.api_key import ApiKey, digest
from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    SKU,
    VARIATION_ATTRIBUTES,
    Attribute,
)
from pims_api.domain.page import Page
from pims_api.domain.product import Product, Values
from pims_api.errors import Subject, absent
from pims_api.services.access import is_visible
from pims_api.services.products.families import RelatedProducts, link_targets
from pims_api.storage.history.changes import (
    HistoryEntry,
    history_in_parts,
    product_history_page,
    product_history_size,
)
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A filter of entries. user: the name shown in history, or the caller's own key.

    source_ref, transaction: what entries were made by; "" and None: whatever it was.
    with_type: whether changes of the product type are asked for.
    """

    user: str = ""
    source_ref: str = ""
    transaction: int | None = None
    newest_first: bool = False
    with_type: bool = True
    page: Page = field(default_factory=Page)

    @property
    def is_unfiltered(self) -> bool:
        """Whether it asks for every entry."""
        return not (self.user or self.source_ref) and self.transaction is None


@dataclass(frozen=True, slots=True)
class History:
    """One page of a product's entries, and how many there are before paging."""

    product: Product
    entries: list[HistoryEntry]
    total: int


def history_of(
    snapshot: Snapshot, access: Access, key: ApiKey, sku: str, query: HistoryQuery
) -> History:
    """Return a page of the history of a product. Raises NotFound when it is not there.

    Source: docs/core.md, History.
    """
    working_on(Work.HISTORY)
    product = find_product(snapshot, sku)
    if product is None or not is_visible(access, product):
        raise absent(Subject.PRODUCT)
    if query.is_unfiltered and _sees_everything(access):
        total, unseen = product_history_size(snapshot, product.id)
        if not unseen:
            return History(product, _page(snapshot, access, product, query, total), total)
    return _searched_history(snapshot, access, key, product, query)


def _sees_everything(access: Access) -> bool:
    """Return whether no change of a value, however old, is hidden from this caller."""
    definition = access.definition
    if access.rows is not None:
        return False
    if any(len(one.segments) > 1 for one in definition.dimensions.values()):
        return False
    return {c.attribute.id for c in (*access.columns, *access.past)} == {*definition.attributes}


def _page(
    snapshot: Snapshot, access: Access, product: Product, query: HistoryQuery, total: int
) -> list[HistoryEntry]:
    """Return a page of a history of which nothing is hidden."""
    page, newest_first = query.page, query.newest_first
    if page.offset >= total:
        return []  # an offset may be too large for the engine
    found = product_history_page(snapshot, product.id, page, newest_first=newest_first)
    return as_seen(snapshot, access, found, with_type=query.with_type)


def _searched_history(
    snapshot: Snapshot, access: Access, key: ApiKey, product: Product, query: HistoryQuery
) -> History:
    """Return a page by reading every entry, some thousand at a time."""
    wanted, page = _wanted(key, query), query.page
    shown: list[HistoryEntry] = []
    total = 0
    for some in history_in_parts(snapshot, product.id, newest_first=query.newest_first):
        found = [one for one in some if wanted(one)]
        seen = as_seen(snapshot, access, found, with_type=query.with_type)
        shown += seen[max(0, page.offset - total) : max(0, page.offset + page.size - total)]
        total += len(seen)
    return History(product, shown, total)


def as_seen(
    snapshot: Snapshot, access: Access, entries: Sequence[HistoryEntry], *, with_type: bool
) -> list[HistoryEntry]:
    """Return the entries with the changes that the caller may see; empty ones are left out.

    with_type: whether with the product type, which an attribute that shows under its name hides.
    """
    places = shown_places(access)
    with_type = with_type and access.column(PRODUCT_TYPE) is None
    sides = [side for entry in entries for side in (entry.old, entry.new)]
    links = link_targets(snapshot, access, sides)
    seen = []
    for entry in entries:
        old, new = _changed(access, places, entry.old, entry.new, links)
        if with_type and PRODUCT_TYPE in entry.new:
            old, new = old | _type_of(entry, entry.old), new | _type_of(entry, entry.new)
        if new:
            is_whole = old == entry.old and new == entry.new
            seen.append(entry if is_whole else replace(entry, old=old, new=new))
    return seen


def _type_of(entry: HistoryEntry, side: Values) -> Values:
    """Return the product type on a side of an entry. A product that is not there yet has none."""
    is_before_creation = side is entry.old and SKU in entry.new
    return {PRODUCT_TYPE: side[PRODUCT_TYPE] or (None if is_before_creation else DEFAULT_TYPE)}


def shown_type(side: Values) -> Values:
    """Return the product type of what `as_seen` returns, by its name."""
    return {PRODUCT_TYPE: side[PRODUCT_TYPE]} if PRODUCT_TYPE in side else {}


def seen_change(
    snapshot: Snapshot, access: Access, old: Values, new: Values
) -> tuple[Values, Values]:
    """Return the part of a change that the caller may see, of one that is not in history."""
    links = link_targets(snapshot, access, [old, new])
    return _changed(access, shown_places(access), old, new, links)


def _changed(
    access: Access,
    places: Mapping[str, Column],
    old: Values,
    new: Values,
    links: RelatedProducts,
) -> tuple[Values, Values]:
    shown_old: Values = {}
    shown_new: Values = {}
    hides_some = not access.policy.is_everything or links.known_skus is not None
    for place in new:
        if place in places:
            before, after = old[place], new[place]
            if hides_some:
                attribute = places[place].attribute
                before = _masked(access, attribute, before, links)
                after = _masked(access, attribute, after, links)
            if before != after:
                shown_old[place], shown_new[place] = before, after
    return shown_old, shown_new


def _masked(access: Access, attribute: Attribute, stored: Any, links: RelatedProducts) -> Any:
    """Return a stored value without the links and attribute names that the View hides."""
    is_names = attribute.system and attribute.name == VARIATION_ATTRIBUTES
    if access.policy.is_everything or not is_names:
        return links.masked(attribute, stored)
    seen = {column.attribute.key for column in access.by_attribute.values()}
    return [key for key in stored or () if key in seen] or None


def shown_places(access: Access) -> dict[str, Column]:
    """Return slot → column of the slots whose changes this caller may see; cached."""
    return access.derive(_shown_places)


def _shown_places(access: Access) -> dict[str, Column]:
    return {
        place: column
        for column in (*access.past, *access.columns)
        if not column.attribute.computed
        for place in column.slots
    }


def _wanted(key: ApiKey, query: HistoryQuery) -> Callable[[HistoryEntry], bool]:
    by_user = _by_user(key, query.user)
    number, source_ref = query.transaction, query.source_ref

    def wanted(entry: HistoryEntry) -> bool:
        of_number = number is None or entry.sequence == number
        return of_number and source_ref in ("", entry.source_ref) and by_user(entry)

    return wanted


def _by_user(key: ApiKey, user: str) -> Callable[[HistoryEntry], bool]:
    if not user:
        return lambda _entry: True
    if digest(user) == key.digest:
        return lambda entry: entry.key_id == key.id
    return lambda entry: entry.actor == user
