"""References by name: conditions and defaults of Views, and defaults of attributes.

They are kept as text, as people wrote them. When a category or an option gets another name, they
are written anew in the same transaction, so they go on meaning the same things; what cannot be
written anew refuses the renaming.

Source: docs/core.md, References.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import CATEGORIES, Attribute, ValueType
from pims_api.domain.category import join_path, split_path
from pims_api.domain.conditions.language.limits import BYTES_MAX, check_limits
from pims_api.domain.conditions.language.written_values import (
    Named,
    Names,
    fits_value,
    names_value,
    renamed,
    told_apart,
    values_named,
)
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import nearest, nearest_path
from pims_api.domain.values.value import is_categories
from pims_api.errors import BadInput, Fault


@dataclass(frozen=True, slots=True)
class Renaming:
    """Values that get other names. attributes: those that have them.

    is_merge: the new names are those of values that were there before.
    """

    attributes: Named
    names: Names
    is_merge: bool = False


def category_attributes(definition: Definition) -> Named:
    """Return the attribute whose values are category paths, by its name."""
    return {CATEGORIES: definition.by_name[CATEGORIES]}


def plan_renaming(
    definition: Definition, renaming: Renaming
) -> tuple[list[AttributeView | Attribute], list[Fault]]:
    """Return the Views and attributes as they name the values from now on, and the faults.

    Nothing but those that change. A fault for each View whose condition cannot follow: one that
    would choose other products, or be too long.
    """
    things: list[AttributeView | Attribute] = []
    faults: list[Fault] = []
    for view in definition.views.values():
        after = _followed(view, definition, renaming)
        found = _condition_fault(view, after, renaming)
        if found is not None:
            faults.append(found)
        elif after != view:
            things.append(after)
    for attribute in renaming.attributes.values():
        default = _default(attribute, attribute.default, renaming.names)
        if default != attribute.default:
            things.append(replace(attribute, default=default))
    return things, faults


def deletion_faults(
    definition: Definition, attributes: Named, names: Collection[str], what: str, *, in_use: bool
) -> Iterator[Fault]:
    """Yield a fault for each View that needs one of the values that are to go.

    what: what is to be deleted, for the message. in_use: products have the values, so a View whose
    condition is true of one, without naming it, would choose other products as well.
    """
    needed = fits_value if in_use else names_value
    for view in definition.views.values():
        if needed(view.condition_query, attributes, names):
            how = "chooses its products by it"
        elif _defaults_to(view, definition, attributes, names):
            how = "gives it to new products by default"
        else:
            continue
        yield Fault("exists", f"{what} cannot be deleted: the View {view.name} {how}!")


def absent_values(definition: Definition, condition: str) -> Iterator[Fault]:
    """Yield a warning for each value that the condition of a View names and that is not there.

    Of a misspelt one, NOT lets every product through.
    """
    options = (one for one in definition.by_name.values() if one.type is ValueType.OPTION)
    attributes = {**category_attributes(definition), **{one.name: one for one in options}}
    said = {name: attribute for attribute, name in values_named(condition, attributes)}
    for name, attribute in said.items():
        if is_categories(attribute):
            path, tree = split_path(name), definition.categories
            if tree.find(path) is None:
                message = f"There is no category {name!r} yet, which the condition names."
                near = nearest_path(path, tree)
                yield _absent("unknown_category", message, name, near)
        elif definition.options_of(attribute).find(name) is None:
            near = nearest(name, (one.alias for one in definition.options_of(attribute).in_order()))
            message = f"{attribute.name} has no value {name!r} yet, which the condition names."
            yield _absent("dictionary", message, name, near)


def _absent(code: str, message: str, name: str, near: str | None) -> Fault:
    return Fault(code, message, value=name, nearest=near, place="view/condition")


def views_naming(definition: Definition, attributes: Named, names: Collection[str]) -> list[str]:
    """Return the names of the Views whose condition or defaults name one of the values."""
    return sorted(
        view.name
        for view in definition.views.values()
        if names_value(view.condition_query, attributes, names)
        or _defaults_to(view, definition, attributes, names)
    )


def _followed(view: AttributeView, definition: Definition, renaming: Renaming) -> AttributeView:
    return replace(
        view,
        condition_query=renamed(view.condition_query, renaming.attributes, renaming.names),
        fields=tuple(_followed_field(one, definition, renaming) for one in view.fields),
    )


def _followed_field(field: ViewField, definition: Definition, renaming: Renaming) -> ViewField:
    attribute = _named(field, definition, renaming.attributes)
    if attribute is None:
        return field
    return replace(field, default=_default(attribute, field.default, renaming.names))


def _condition_fault(
    before: AttributeView, after: AttributeView, renaming: Renaming
) -> Fault | None:
    texts = before.condition_query, after.condition_query
    try:
        check_limits(texts[1])
    except BadInput:
        message = (
            f"The condition of the View {before.name} would become too long: at most {BYTES_MAX} "
            "bytes! Shorten it there first."
        )
        return Fault("exists", message)
    attributes, names = renaming.attributes, renaming.names
    apart = told_apart(*texts, attributes, names, merged=renaming.is_merge)
    if apart is None:
        return None
    message = (
        f"{apart[0]} cannot become {apart[1]}: the condition of the View {before.name} would "
        "choose other products! Change it there first."
    )
    return Fault("exists", message)


def _defaults_to(
    view: AttributeView, definition: Definition, attributes: Named, names: Collection[str]
) -> bool:
    for field in view.fields:
        attribute = _named(field, definition, attributes)
        if attribute is not None:
            listed = field.default if isinstance(field.default, list) else [field.default]
            if any(_name(attribute, one) in names for one in listed):
                return True
    return False


def _named(field: ViewField, definition: Definition, attributes: Named) -> Attribute | None:
    """Return the attribute of a field with a default, if it is one of these."""
    attribute = definition.attributes.get(field.attribute_id)
    if attribute is None or field.default is None:
        return None
    known = attributes.get(attribute.name)
    return known if known is not None and known.id == attribute.id else None


def _default(attribute: Attribute, default: Any, names: Names) -> Any:
    """Return a default value in wire form that names the values anew."""
    if isinstance(default, list):
        return [names.get(_name(attribute, one), one) for one in default]
    return names.get(_name(attribute, default), default)


def _name(attribute: Attribute, text: Any) -> str:
    """Return the name of a value as it is shown; paths may be written in other ways."""
    return join_path(split_path(str(text))) if is_categories(attribute) else str(text)
