"""The demo catalogue, stored in several transactions so that it has history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.domain.attributes.attribute import DEFAULT_TYPE
from pims_api.domain.category import split_path
from pims_api.errors import refuse_if_any
from pims_api.services.access import full_access
from pims_api.services.attribute_views.write import add_view
from pims_api.services.attributes.write import add_attributes, edit_attribute
from pims_api.services.categories.write import make_category
from pims_api.services.demo import demo_data
from pims_api.services.dimensions import add_locale
from pims_api.services.keys.api_keys import create_key, revoke_key
from pims_api.services.product_types import ProductTypeWrite, edit_type
from pims_api.services.products.text_values import read_values
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.storage.api_keys import keys_of_tenant
from pims_api.storage.unit_of_work import UnitOfWork

KEY_NAME = "demo"
EDITED_SKU = "KP-MUG-RED"
DAY_US = 24 * 60 * 60 * 1_000_000
_PRODUCTS_MAX = 1_000  # more than the demo has, so its index is built at once

Edits = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of the demo: its user, its age in days, and its changes."""

    user: str
    days_ago: int
    apply: Callable[[UnitOfWork], None]


def new_demo_key(work: UnitOfWork) -> str:
    """Return a new key with every permission; the one of an earlier run is revoked."""
    for key in keys_of_tenant(work):
        if key.name == KEY_NAME and key.revoked_at is None:
            revoke_key(work, key)
    text, _ = create_key(work, None, KEY_NAME, PERMISSION_GROUPS)
    return text


def take_step(work: UnitOfWork, step: Step) -> None:
    """Store the changes of a step, dated back by its age as far as the tenant is that old."""
    work.date(work.at - step.days_ago * DAY_US)
    step.apply(work)


def _found(work: UnitOfWork) -> None:
    """Define everything and create the products."""
    add_locale(work, demo_data.GERMAN, "Deutsch")
    add_attributes(work, demo_data.ATTRIBUTES, _PRODUCTS_MAX)
    edit_attribute(work, demo_data.TITLE, _PRODUCTS_MAX)
    edit_type(work, DEFAULT_TYPE, ProductTypeWrite(required=demo_data.REQUIRED), _PRODUCTS_MAX)
    for path, label in demo_data.CATEGORIES.items():
        category = make_category(work, split_path(path))
        work.define(replace(category, labels={demo_data.GERMAN: label}))
    for name, view in demo_data.VIEWS.items():
        add_view(work, name, view)
    for sku, values in demo_data.PRODUCTS.items():
        access = full_access(work.definition, demo_data.ENGLISH)
        assignments, faults = read_values(access, values)
        refuse_if_any(faults)
        create_product(work, access, ProductWrite(sku, assignments))


def _edit(edits: Edits, locale: str = demo_data.ENGLISH) -> Callable[[UnitOfWork], None]:
    def apply(work: UnitOfWork) -> None:
        access = full_access(work.definition, locale)
        for sku, values in edits.items():
            assignments, faults = read_values(access, values)
            edit_product(work, access, ProductWrite(sku, assignments, faults))

    return apply


STEPS = (
    Step("erp", 40, _found),
    Step("Klara", 31, _edit(demo_data.GERMAN_WORDS, demo_data.GERMAN)),
    Step("Jonas", 19, _edit(demo_data.LINKS)),
    Step("erp", 5, _edit(demo_data.NEW_PRICES)),
    Step("Klara", 2, _edit({EDITED_SKU: {"tags": ["coffee", "new colour"]}})),
)
OLDEST_DAYS = max(one.days_ago for one in STEPS)
"""The age that a tenant needs for all steps to have theirs."""
