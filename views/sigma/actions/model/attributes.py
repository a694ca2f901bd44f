"""Attributes: listed, added, read, replaced, deleted."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Conflict, Fault, Subject, taken
from pims_api.services.attributes import write as attributes
from pims_api.services.attributes.narrowing import breaking_products, products_in_scopes
from pims_api.services.attributes.reindex_on_change import NotUnique
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.storage.products.store import products_by_id, products_by_sku
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import absent, attributes_by_id, named, product_id, schema_id
from schemas.sigma.model.attributes import TYPES, attribute_object, attribute_write
from views.running import Body
from views.sigma.actions.model.sight import seen_ids
from views.sigma.caller import Caller
from views.transport import current_database

ATTRIBUTE = "Attribute"
BROKEN_SHOWN = 10  # records that a refusal names


def list_attributes(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every attribute that the caller sees, oldest first."""
    definition, shown = seen.definition, seen_ids(caller, seen.definition)
    present = definition.present_attributes()
    return [attribute_object(definition, one, shown) for one in present if one.id in shown]


def add_attribute(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add an attribute; a system attribute of that name is taken over if its type fits."""
    body = asked["body"]
    known = work.definition.by_name.get(body["alias"])
    _refuse_taken(work.definition, body["id"], known)
    wanted = attribute_write(work.definition, body)
    if known is not None and known.system and TYPES[known.type] == body["type"]:
        saved = _edited(work, _adopting(wanted, body["id"] or known.client_id))
    else:
        saved = attributes.add_attributes(work, [wanted], _inline_max())
    return attribute_object(work.definition, saved.attributes[0])


def show_attribute(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one attribute."""
    one, shown = _named(seen.definition, asked), seen_ids(caller, seen.definition)
    if one.id not in shown:
        raise absent(ATTRIBUTE, asked["path"]["attribute_id"])
    return attribute_object(seen.definition, one, shown)


def put_attribute(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace an attribute and answer with it."""
    before, body = _named(work.definition, asked), asked["body"]
    if body["alias"] != before.name:
        raise _fixed("alias", before.name)
    if body["type"] != TYPES[before.type]:
        raise _fixed("type", TYPES[before.type])
    saved = _edited(work, _replacing(work, before, body))
    after = saved.attributes[0]
    broken = breaking_products(work, before, after, BROKEN_SHOWN)
    _refuse_broken(after.name, products_by_id(work, broken).values())
    return attribute_object(work.definition, saved.attributes[0])


def delete_attribute(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete an attribute that no schema holds."""
    one = _named(work.definition, asked)
    held = [t for t in work.definition.types.values() if one.id in (t.attribute_ids or ())]
    if held:
        names = ", ".join(schema_id(t) for t in held[:10])
        message = f"The attribute is part of the schemas {names}: take it out of them first!"
        raise Conflict(faults=[Fault("exists", message)])
    asking = [a.name for a in work.definition.present_attributes() if _asks(a, one)]
    if asking:
        names = ", ".join(asking[:10])
        message = f"Guards of {names} ask about the attribute: change them first!"
        raise Conflict(faults=[Fault("exists", message)])
    attributes.delete_attribute(work, AttributeWrite(one.name), _inline_max())


def _replacing(work: UnitOfWork, before: Attribute, body: Body) -> AttributeWrite:
    """Return what a body makes of an attribute, which keeps its id."""
    wanted = attribute_write(work.definition, body, before)
    settings = dict(wanted.settings) | {"client_id": before.client_id}
    wanted = replace(wanted, settings=settings)
    if before.system:
        return _adopting(wanted, before.client_id)
    _refuse_lost_scopes(work, before, frozenset(settings["dimensions"]))
    return wanted


def _edited(work: UnitOfWork, wanted: AttributeWrite) -> attributes.SavedAttributes:
    """Change an attribute. Raises Conflict, which tells no value: some callers see none of it.

    Also where so many records have long texts that these are not made unique while a caller waits.
    """
    try:
        saved = attributes.edit_attribute(work, wanted, _inline_max())
        if saved.is_large:
            message = (
                f"{wanted.name} has too many values for that: give it the type string in PIMS!"
            )
            raise Conflict(faults=[Fault("exists", message, wanted.name)])
        return saved
    except NotUnique as refused:
        found = products_by_sku(work, refused.skus[:BROKEN_SHOWN])
        _refuse_broken(wanted.name, found.values())
        raise


def _refuse_lost_scopes(work: UnitOfWork, before: Attribute, after: frozenset[int]) -> None:
    """Raise Conflict, with the first records, when values name dimensions that go."""
    lost = frozenset(before.dimensions) - after
    ids = products_in_scopes(work, before, lost, BROKEN_SHOWN)
    held = [product_id(one) for _, one in sorted(products_by_id(work, ids).items())]
    if held:
        message = f"Values of {before.name} that are stored name a dimension that is left out!"
        told = [Fault("exists", f"{one} has one.", before.name) for one in held]
        raise Conflict(faults=[Fault("exists", message), *told])


def _refuse_broken(name: str, broken: Iterable[Product]) -> None:
    """Raise Conflict, with the first records, when values are there that new rules refuse."""
    ids = [product_id(one) for one in broken]
    if ids:
        told = [Fault("exists", f"Values of {name} that are stored break the new rules!")]
        raise Conflict(faults=told + [Fault("exists", f"{one} breaks them.", name) for one in ids])


def _named(definition: Definition, asked: Body) -> Attribute:
    one: Attribute = named(attributes_by_id(definition), asked["path"]["attribute_id"], ATTRIBUTE)
    return one


def _asks(one: Attribute, about: Attribute) -> bool:
    return any(guard.attribute_id == about.id for guard in one.guards)


def _refuse_taken(definition: Definition, number: str | None, known: Attribute | None) -> None:
    if known is not None and known.client_id and number not in (None, known.client_id):
        raise taken(Subject.ATTRIBUTE, known.name)
    holder = attributes_by_id(definition).get(number or "")
    if holder is not None and holder is not known:
        message = f"There is an attribute with the id {number!r} already!"
        raise Conflict(faults=[Fault("exists", message, pointer="/id")])


def _adopting(wanted: AttributeWrite, client_id: str) -> AttributeWrite:
    """Return the write that changes of a system attribute what is not the server's."""
    return replace(wanted, settings={"client_id": client_id})


def _fixed(key: str, stored: str) -> BadInput:
    message = f"The {key} of an attribute never changes: it is {stored!r}!"
    return BadInput(faults=[Fault("read_only", message, pointer=f"/{key}")])


def _inline_max() -> int:
    return current_database().settings.reindex_inline_max
