"""Brands: the options of the attribute `brand`, each with a description and a logo.

Source: docs/core.md, Flat products.
"""

from dataclasses import dataclass, replace

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.flat.flat_product import BRAND
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.services.attributes.option_lists import option_complaint
from pims_api.services.flat_products.fields import make_fields
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class BrandWrite:
    """A wanted brand."""

    name: str
    description: str = ""
    logo_url: str = ""


def brand_list(definition: Definition) -> OptionList | None:
    """Return the list of the brands; None as long as there is none, or brands are plain text."""
    attribute = definition.by_name.get(BRAND)
    if attribute is None or attribute.type is not ValueType.OPTION:
        return None
    return definition.options_of(attribute)


def add_brand(work: UnitOfWork, wanted: BrandWrite) -> Option:
    """Add a brand. Raises Conflict when there is one of the name, BadInput when it can be none."""
    complaint = option_complaint(wanted.name)
    if complaint is not None:
        raise BadInput(faults=[Fault("limit", f"The name of a brand {complaint}")])
    make_fields(work, [BRAND])
    brands = brand_list(work.definition)
    if brands is None:
        message = f"The attribute {BRAND} of this catalogue is no list of brands!"
        raise Conflict(faults=[Fault("exists", message)])
    known = brands.find(wanted.name)
    if known is not None and not known.removed:
        raise Conflict(faults=[Fault("exists", f"There is a brand {wanted.name!r} already!")])
    before = known or Option(brands.new_id(wanted.name), wanted.name, brands.next_position())
    made = replace(before, removed=False, description=wanted.description, logo_url=wanted.logo_url)
    work.define(OptionEntry(brands.id, made))
    return made
