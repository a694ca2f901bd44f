"""The products that a change of a View concerns, counted before it is made."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pims_api.domain.access.attribute_view import AttributeView
from pims_api.errors import BadInput
from pims_api.services.access import full_access
from pims_api.storage.catalogue_index.bitmaps.blocks import ids_up_to
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ViewUsage:
    """What a View would lose. removed: names of the attributes that it shows no more.

    products: how many join the View or leave it, or lose a value there; deleted ones too.
    """

    products: int = 0
    removed: list[str] = field(default_factory=list)


def view_change_usage(snapshot: Snapshot, before: AttributeView, after: AttributeView) -> ViewUsage:
    """Return what a View would lose if it became another one."""
    kept = {one.attribute_id for one in after.fields}
    found = (snapshot.definition.attributes[one.attribute_id] for one in before.fields)
    removed = [one for one in found if not (one.deleted or one.id in kept)]
    old = _rows(snapshot, before.condition_query)
    concerned = old ^ _rows(snapshot, after.condition_query)
    from pims_api.storage.catalogue_index.filter.holders import holders

    for attribute in removed:
        concerned |= old & holders(snapshot, attribute)
    return ViewUsage(concerned.bit_count(), [one.name for one in removed])


def rows_of_views(snapshot: Snapshot, names: Iterable[str]) -> dict[str, int]:
    """Return the products that each of these Views lets through, by its name."""
    views = snapshot.definition.views
    return {name: _rows(snapshot, views[name].condition_query) for name in names}


def _rows(snapshot: Snapshot, condition: str) -> int:
    """Return the products that a View lets through; none where its condition does not hold good."""
    definition = snapshot.definition
    if not condition:
        return ids_up_to(snapshot.last_product_id)
    # Commands whose Views have no condition would wait for these imports.
    from pims_api.domain.conditions.language.parser import parse_condition
    from pims_api.storage.catalogue_index.filter.evaluate import match

    access = full_access(definition, definition.default_locale)
    try:
        return match(snapshot, parse_condition(condition, access, any_attribute=True))
    except BadInput:
        return 0
