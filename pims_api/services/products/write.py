"""Creating and editing products."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NamedTuple

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    ARCHIVED,
    CATEGORIES,
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    SKU,
    STAGE,
    STATUS,
    VARIATION_OF,
    Attribute,
)
from pims_api.domain.category import UNCATEGORIZED_ID
from pims_api.domain.definition import Definition
from pims_api.domain.product import (
    PATH_BYTES_MAX,
    PATH_SEPARATOR,
    Product,
    Values,
    is_same,
    path_of,
    sku_fault,
)
from pims_api.domain.suggestion import Suggestions
from pims_api.domain.values.scope import split_slot
from pims_api.domain.workflow import workflow_of
from pims_api.errors import Fault, Forbidden, LimitExceeded, Subject, absent, refusal, taken
from pims_api.services.access import current, full_access, is_visible
from pims_api.services.dimensions import record_scopes
from pims_api.services.products.value_rules import IGNORED, Assignment, ValueCheck, as_refusal
from pims_api.storage.products.store import count_live, longest_path_below
from pims_api.storage.unit_of_work import UnitOfWork

ACTIVE, DELETED = "active", "deleted"  # statuses
OUTSIDE_VIEW = "The product would lie outside the rows of your View; nothing was stored!"


@dataclass(slots=True)  # a frozen one takes three times as long to make
class ProductWrite:
    """What a caller wants of one product.

    faults: what was wrong already before the rules were asked; warnings: what was ignored.
    product_type: None for that which the product has, or the default one. missing: what may be
    made. if_version: the version the caller read. strict: values for attributes outside the product
    type are faults, not warnings. suggestions: how many more unknown words of the request get a
    suggestion. promised: SKUs that the same transaction brings or is undone, so links may name them
    already; parents have to be there.
    only: what a save may do, of ONLY. restore: whether a save makes a deleted product active again.
    made_sku: from the number of a new product without a SKU to the one that it gets; where another
    product has that SKU already, `~` and a further number follow.
    order: slots, in whose order a document keeps the values of each attribute; those that it does
    not name come before them.
    """

    sku: str
    assignments: Sequence[Assignment] = ()
    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()
    product_type: str | None = None
    missing: frozenset[str] = frozenset()
    if_version: int | None = None
    strict: bool = False
    suggestions: Suggestions = field(default_factory=Suggestions)
    promised: frozenset[str] = frozenset()
    only: str | None = None
    restore: bool = False
    made_sku: Callable[[int], str] | None = None
    order: Sequence[str] = ()


class Written(NamedTuple):
    """The product as it was left, and what the caller should know beside it."""

    product: Product
    before: Product | None
    warnings: list[Fault]


def create_product(work: UnitOfWork, access: Access, wanted: ProductWrite) -> Written:
    """Add a product.

    Raises Conflict when the SKU is taken, also by a deleted product: a deleted product comes back
    by editing its status, so that its history stays in one piece. Raises BadInput with every fault
    of the values, Forbidden when the View would not show the result.
    """
    is_made = False
    if not wanted.sku and wanted.made_sku is not None:
        is_made = True
        wanted = replace(wanted, sku=wanted.made_sku(work.last_product_id + 1))
    unusable = sku_fault(wanted.sku)
    faults = [*wanted.faults, *([unusable] if unusable else []), *_type_faults(work, wanted)]
    if work.find_product(wanted.sku) is not None:
        if is_made:
            return create_product(work, access, _with_further_sku(work, wanted))
        raise refusal([*taken(Subject.PRODUCT, wanted.sku).faults, *faults])
    _refuse_beyond_limit(work)
    values = {SKU: wanted.sku, STATUS: ACTIVE, CATEGORIES: [UNCATEGORIZED_ID]}
    if wanted.product_type not in (None, DEFAULT_TYPE):
        values[PRODUCT_TYPE] = wanted.product_type
    values |= _first_stage(work.definition, wanted)
    product = Product(work.new_product_id(), wanted.sku, values, path=wanted.sku)
    filled, stale = _defaults(work, access, wanted.assignments, product)
    if filled:
        product = product._replace(values=product.values | filled)
    if faults:
        wanted = replace(wanted, faults=faults)
    return _store(work, access, product, wanted, stale)


def _with_further_sku(work: UnitOfWork, wanted: ProductWrite) -> ProductWrite:
    """Return the same with the next SKU that no other product has, behind a made one."""
    skus = (f"{wanted.sku}~{number}" for number in count(2))
    return replace(wanted, sku=next(one for one in skus if work.find_product(one) is None))


def edit_product(work: UnitOfWork, access: Access, wanted: ProductWrite) -> Written:
    """Change the given attributes and leave the others alone.

    Raises NotFound when there is no such product for this caller, StaleVersion when it is not the
    version that the caller read, BadInput, Conflict and Forbidden as create_product does.
    """
    product = work.find_product(wanted.sku)
    access = current(access, work.definition)
    if product is None or not is_visible(access, product):
        raise absent(Subject.PRODUCT)
    if wanted.if_version is not None and wanted.if_version != product.version:
        raise refusal([_stale(wanted.if_version, product.version), *wanted.faults])
    if wanted.product_type is not None:
        wanted = replace(wanted, faults=[*wanted.faults, *_type_faults(work, wanted)])
    return _store(work, access, product, wanted)


def _refuse_beyond_limit(work: UnitOfWork) -> None:
    """Raise LimitExceeded when the tenant has as many products as the installation lets it have."""
    most = work.products_max
    if not most or work.last_product_id < most:
        return
    work.flush()
    if count_live(work) >= most:
        raise LimitExceeded(f"There are {most} products, as many as may be: delete some first!")


def _first_stage(definition: Definition, wanted: ProductWrite) -> Values:
    """Return the slot of the stage in which a new product is; variants are in that of its root."""
    kind = definition.types.get(wanted.product_type or DEFAULT_TYPE)
    workflow = None if kind is None else workflow_of(definition, kind)
    if workflow is None or any(_is_parent_link(one.column) for one in wanted.assignments):
        return {}
    return {STAGE: workflow.default_id}


def _store(
    work: UnitOfWork,
    access: Access,
    product: Product,
    wanted: ProductWrite,
    told: Sequence[Fault] = (),
) -> Written:
    """Store a product as it is wanted. told: warnings beside those of the write."""
    before = product if product.version else None
    if before is not None and wanted.product_type is not None:
        product = _of_type(product, wanted.product_type)
    kept, ignored = _within_type(work, product, wanted)
    check = ValueCheck(work, access, wanted.missing, wanted.suggestions, wanted.promised)
    slots = check.stored(kept, product)
    faults = [*wanted.faults, *check.faults]
    if wanted.strict:
        faults += [as_refusal(one) for one in ignored]
        ignored = []
    if STATUS in slots and ARCHIVED in product.values:
        slots = {ARCHIVED: None} | slots
    after = product._replace(values=_in_order(_laid(product, slots), wanted.order))
    if VARIATION_OF in slots:
        after = _linked(work, access, after, kept, faults)
    if faults:
        raise refusal(faults, [*told, *ignored])
    record_scopes(work, slots)
    if not is_visible(current(access, work.definition), after):
        raise Forbidden(OUTSIDE_VIEW)
    outside = _left_outside(work, access, before, after) if wanted.product_type else []
    if before is None or not is_same(after.values, before.values):
        after = work.put_product(after)
    return Written(after, before, [*wanted.warnings, *told, *ignored, *outside])


def _of_type(product: Product, name: str) -> Product:
    """Return the product with another product type; the default one is not stored."""
    values = {place: value for place, value in product.values.items() if place != PRODUCT_TYPE}
    if name != DEFAULT_TYPE:
        values[PRODUCT_TYPE] = name
    return product._replace(values=values)


def _left_outside(
    work: UnitOfWork, access: Access, before: Product | None, after: Product
) -> list[Fault]:
    """Return a warning for each attribute with a value that the new product type does not have.

    Source: docs/core.md, Product types.
    """
    name = after.values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    ids = _ids_of_type(work, after)
    if before is None or ids is None or before.values.get(PRODUCT_TYPE, DEFAULT_TYPE) == name:
        return []
    keys = {split_slot(place)[0] for place in after.values}
    return [
        Fault(
            "unknown_attribute",
            f"{one.name} is not an attribute of the product type {name}: "
            "its value stays, and can only be unset.",
            one.name,
            place=PRODUCT_TYPE,
        )
        for one in access.columns
        if one.attribute.key in keys and not (one.attribute.system or one.attribute.id in ids)
    ]


def _laid(product: Product, slots: dict[str, Any]) -> dict[str, Any]:
    merged = {**product.values, **slots}
    if all(slots.values()):  # quicker than to compare each
        return merged
    if None in slots.values() or [] in slots.values():
        return {place: value for place, value in merged.items() if value not in (None, [])}
    return merged


def _in_order(values: Values, order: Sequence[str]) -> Values:
    """Return values with those of these slots last, in this order."""
    if not order:
        return values
    last = {place: values[place] for place in order if place in values}
    return {place: one for place, one in values.items() if place not in last} | last


def _type_faults(work: UnitOfWork, wanted: ProductWrite) -> list[Fault]:
    name = wanted.product_type
    if name is None or name in work.definition.types:
        return []
    known = list(work.definition.types)
    message = f"There is no product type {name[:64]!r}! Known ones: {', '.join(known[:10])}."
    hint = wanted.suggestions.word(name, known)
    return [Fault("type", message, place=PRODUCT_TYPE, allowed=known[:10], nearest=hint)]


def _defaults(
    work: UnitOfWork, access: Access, sent: Sequence[Assignment], product: Product
) -> tuple[Values, list[Fault]]:
    """Return what the View and the attributes fill in where nothing is sent, in stored form.

    A default that meets its rules no longer is left out; the caller hears of it when the attribute
    is one that it sees.
    """
    filled: Values = {}
    stale: list[Fault] = []
    everything = work.definition.derive(_everything)
    wanted = access.derive(_with_default) + everything.derive(_with_default)
    if not wanted:
        return filled, stale
    taken = {one.column.attribute.id for one in sent}
    for column, default in wanted:
        if column.attribute.id in taken:
            continue
        taken.add(column.attribute.id)
        check = ValueCheck(work, everything)
        stored = check.stored([Assignment(column, default, "", column.slot)], product)
        if not check.faults and _may_have(work, product, column.attribute):
            filled |= stored
        elif column.attribute.id in access.by_attribute and check.faults:
            message = f"The default of {column.name} is not allowed any more and was left out."
            stale.append(Fault("type", message, column.name))
    return filled, stale


def _everything(definition: Definition) -> Access:
    """Return the access to everything, in the default locale."""
    return full_access(definition, definition.default_locale)


def _with_default(access: Access) -> list[tuple[Column, Any]]:
    """Return the columns that have a default value, each with it."""
    defaults = (
        (c, c.attribute.default if c.default is None else c.default) for c in access.columns
    )
    return [(c, d) for c, d in defaults if d is not None and not _is_parent_link(c)]


def _may_have(work: UnitOfWork, product: Product, attribute: Attribute) -> bool:
    """Return whether products of this type have the attribute."""
    ids = _ids_of_type(work, product)
    return ids is None or attribute.system or attribute.id in ids


def _ids_of_type(work: UnitOfWork, product: Product) -> Container[int] | None:
    """Return which attributes products of this type have besides those of the system; None: all."""
    product_type = work.definition.types.get(product.values.get(PRODUCT_TYPE, DEFAULT_TYPE))
    return None if product_type is None else product_type.attribute_ids


def _within_type(
    work: UnitOfWork, product: Product, wanted: ProductWrite
) -> tuple[Sequence[Assignment], list[Fault]]:
    ids = _ids_of_type(work, product)
    if ids is None:
        return wanted.assignments, []
    name = product.values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    kept, ignored = [], []
    for one in wanted.assignments:
        attribute = one.column.attribute
        if attribute.system or attribute.id in ids or one.value is None:
            kept.append(one)
        else:
            message = f"is not an attribute of the product type {name}{IGNORED}"
            ignored.append(one.fault("unknown_attribute", message))
    return kept, ignored


def _linked(
    work: UnitOfWork,
    access: Access,
    product: Product,
    assignments: Sequence[Assignment],
    faults: list[Fault],
) -> Product:
    """Return the product below the parent that its values name, checking that this can be."""
    link = next((one for one in assignments if _is_parent_link(one.column)), None)
    if link is None:
        return product
    parent_sku = product.values.get(VARIATION_OF)
    parent = work.find_product(parent_sku) if parent_sku is not None else None
    if parent_sku is not None and (parent is None or not is_visible(access, parent)):
        faults.append(link.fault("not_found", "must be the SKU of a product!", parent_sku))
        return product
    path = path_of(product.sku, parent.path if parent else None)
    if parent is not None and f"{parent.path}{PATH_SEPARATOR}".startswith(
        f"{product.path}{PATH_SEPARATOR}"
    ):
        message = "would make the product a variation of itself!"
        faults.append(link.fault("cycle", message, parent_sku))
    elif _path_bytes(work, product, path) > PATH_BYTES_MAX:
        message = f"makes a chain of SKUs that is longer than {PATH_BYTES_MAX} bytes!"
        faults.append(link.fault("limit", message, parent_sku))
    return product._replace(parent_id=parent.id if parent else None, path=path)


def _is_parent_link(column: Column) -> bool:
    return column.attribute.system and column.attribute.name == VARIATION_OF


def _path_bytes(work: UnitOfWork, product: Product, path: str) -> int:
    """Return the longest path that a move would make; descendants move along."""
    growth = len(path.encode()) - len(product.path.encode())
    below = longest_path_below(work, product.path) if product.version and growth > 0 else 0
    return max(len(path.encode()), below + growth if below else 0)


def _stale(read: int, stored: int) -> Fault:
    message = f"The product was changed meanwhile: you sent version {read}, stored is {stored}!"
    return Fault("stale_version", message, place="version", value=stored)
