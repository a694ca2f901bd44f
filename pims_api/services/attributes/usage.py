"""The products and Views that a change of an attribute concerns, counted before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.option_list import Option
from pims_api.domain.suggestion import nearest
from pims_api.errors import Fault
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.references import views_naming
from pims_api.storage.catalogue_index.filter.holders import holders, holders_of_options
from pims_api.storage.snapshot import Snapshot

VALUES_TOLD = 20  # option values that warnings name


@dataclass(frozen=True, slots=True)
class Usage:
    """How many products have a value, deleted ones too, and the names of the Views that need it."""

    products: int = 0
    views: list[str] = field(default_factory=list)


def attribute_usage(snapshot: Snapshot, attribute: Attribute) -> Usage:
    """Return the products with a value of an attribute, and the Views that show it.

    From the index where the attribute is in it, else from every document.
    """
    views = snapshot.definition.views.values()
    showing = (one.name for one in views if attribute.id in {f.attribute_id for f in one.fields})
    return Usage(holders(snapshot, attribute).bit_count(), sorted(showing))


def options_usage(
    snapshot: Snapshot, attribute: Attribute, options: Sequence[Option]
) -> dict[str, Usage]:
    """Return the usage of each of these options, by its name; the most used first."""
    held = holders_of_options(snapshot, attribute, [one.id for one in options])
    attributes = {attribute.name: attribute}
    found = {
        one.alias: Usage(
            held[one.id].bit_count(), views_naming(snapshot.definition, attributes, {one.alias})
        )
        for one in options
    }
    return dict(sorted(found.items(), key=lambda row: -row[1].products))


def removal_warnings(
    snapshot: Snapshot,
    attribute: Attribute,
    removed: Sequence[Option],
    added: Sequence[Option],
    wanted: AttributeWrite,
) -> list[Fault]:
    """Return a warning for each option that leaves the list while products or Views need it.

    added: the options that are new, one of which may be meant by another name.
    """
    usage = options_usage(snapshot, attribute, removed) if removed else {}
    used = [(name, one) for name, one in usage.items() if one.products or one.views]
    names = [one.alias for one in added]
    found = [
        replace(wanted.fault("dictionary", "rows", _kept(name, one), value=name),
                nearest=nearest(name, names))
        for name, one in used[:VALUES_TOLD]
    ]  # fmt: skip
    rest = used[VALUES_TOLD:]
    if rest:
        count = sum(one.products for _, one in rest)
        message = f"loses {len(rest)} more values that are in use, by {count} products, likewise!"
        found.append(wanted.fault("dictionary", "rows", message))
    return found


def _kept(name: str, usage: Usage) -> str:
    places = []
    if usage.products:
        places.append(f"on {usage.products} product{'' if usage.products == 1 else 's'}")
    if usage.views:
        places.append(f"in the Views {', '.join(usage.views)}")
    return (
        f"loses the value {name}, which stays {' and '.join(places)} although it leaves the option "
        "list! To carry them along, rename the value or merge it into another one."
    )
