"""The access of an API key, and the products that a caller may see."""

from collections.abc import Iterable

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, Policy, view_policy
from pims_api.domain.access.role import Role
from pims_api.domain.access.scopes import locale_scope
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    PRODUCT_TYPE_ATTRIBUTE,
    ValueType,
)
from pims_api.domain.attributes.completeness import completeness
from pims_api.domain.conditions.condition import predicates
from pims_api.domain.conditions.truth import matches
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import Scope
from pims_api.errors import BadInput, Fault, Forbidden
from pims_api.storage.products.store import ids_of_skus, products_by_sku
from pims_api.storage.snapshot import Snapshot


def access_for(
    definition: Definition, key: ApiKey, view_name: str | None, locale: str
) -> tuple[Access, list[Fault]]:
    """Return the access of a key, and a warning when it may not use the View that was named.

    Raises Forbidden when the key is bound to a View that was deleted.
    Source: docs/core.md, Access.
    """
    warnings = []
    chosen = view_name if view_name in definition.views else None
    if chosen is None or not key.may_use_view(chosen):
        chosen = key.applied_view
        if view_name:
            message = f"View {view_name[:64]!r} is not available to this key: its default applies."
            warnings.append(Fault("forbidden", message, place="view"))
    if chosen is not None and chosen not in definition.views:
        raise Forbidden("Access denied! The View of your key is gone: ask for another one.")
    return full_access(definition, locale, chosen), warnings


def full_access(definition: Definition, locale: str, view_name: str | None = None) -> Access:
    """Return the access of a View, or without one the access to everything; cached.

    Raises Forbidden when the condition of the View is not valid any more.
    """
    by_view, key = definition.derive(_by_view), (view_name, locale)
    known = by_view.get(key)
    if known is None:
        policy = view_policy(definition, definition.views[view_name]) if view_name else EVERYTHING
        known = by_view[key] = _compiled(definition, policy, locale_scope(definition, locale))
    return known


def _by_view(_: Definition) -> dict[tuple[str | None, str], Access]:
    """Return the cache of accesses by the name of the View and the locale, empty."""
    return {}


def sight_of(access: Access, role: Role | None = None) -> Sight:
    """Return what a caller sees of products of each type and stage; cached with the access."""
    known, number = access.derive(_by_role), None if role is None else role.id
    if number not in known:
        known[number] = Sight(access, role)
    return known[number]


def _by_role(_: Access) -> dict[int | None, Sight]:
    """Return the cache of sights by the role, empty."""
    return {}


def current(access: Access, definition: Definition) -> Access:
    """Return an access recompiled for a definition that the transaction has changed.

    Only new scopes can change which products a condition finds.
    """
    if access.rows is None or access.definition is definition:
        return access
    return _compiled(definition, access.policy, access.scope)


def _compiled(definition: Definition, policy: Policy, scope: Scope) -> Access:
    try:
        return compile_access(definition, policy, scope)
    except BadInput:  # its faults name hidden attributes
        raise Forbidden("Access denied! The condition of this View no longer holds good.") from None


def is_visible(access: Access, product: Product) -> bool:
    """Return whether the product is among the rows that the View lets through, today."""
    if access.rows is None:
        return True
    if product.today is not None:
        product = product.today
    return matches(access.rows, row_values(access, product.values), access.definition)


def visible(access: Access, products: Iterable[Product]) -> list[Product]:
    """Return those of the products that the View lets through."""
    return [one for one in products if is_visible(access, one)]


def visible_skus(snapshot: Snapshot, access: Access, skus: Iterable[str]) -> set[str]:
    """Return the SKUs whose products this caller may see."""
    if access.rows is None:
        return set(ids_of_skus(snapshot, skus))
    found = products_by_sku(snapshot, skus)
    return {one.sku for one in visible(access, found.values())}


def row_values(access: Access, values: Values) -> Values:
    """Return the document, with what is computed added where the row condition names it."""
    wanted = list(predicates(access.rows)) if access.rows is not None else ()
    if any(one.operand.attribute is PRODUCT_TYPE_ATTRIBUTE for one in wanted):
        values = {PRODUCT_TYPE: DEFAULT_TYPE} | values
    computed = {
        one.operand.attribute.key
        for one in wanted
        if one.operand.attribute.type is ValueType.COMPLETENESS
    }
    if not computed:
        return values
    score = completeness(values, access.definition)
    return values | dict.fromkeys(computed, score)
