"""Products of another system, written into records.

They go the way of every other write, so rules, unique values and history hold.

Source: docs/channels.md, Pulling.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pims_api.connectors.base import Attribute as OutsideAttribute
from pims_api.connectors.base import Incoming, IncomingVariant
from pims_api.domain.access.access import Access, global_column
from pims_api.domain.access.policy import Level
from pims_api.domain.attributes.attribute import SKU, VARIATION_OF, Attribute
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.product import Product, Values
from pims_api.domain.workflow import stage_of, type_of, workflow_of
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.services.channels.plain_values import PlainValues, inward, is_same, place_for
from pims_api.services.channels.records import RecordReader, RecordTold
from pims_api.services.products.lineages import Lineage
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.storage.unit_of_work import UnitOfWork

NO_OPTION = "No attribute of the schema takes the option {!r}: map one to options[{}]."
SKU_TAKEN = (
    "The SKU {!r} is taken: another record or variant has it, or had it before it was deleted. "
    "Give the product another one in the shop."
)


class Everything:
    """Contains whatever it is asked for: of a product that is new here, every field is written.

    What it lacks says nothing then, so it clears nothing.
    """

    def __contains__(self, _: object) -> bool:
        return True


def create_record(
    work: UnitOfWork, reader: RecordReader, kind: ProductType, incoming_of: Any
) -> tuple[Product, dict[str, str]]:
    """Create a record for a product, with its variants.

    incoming_of: from the attributes of the schema to the product in them. Return the record, and
    the ids of the variants there by those here. Raises PimsError.
    """
    workflow = workflow_of(work.definition, kind)
    stage = None if workflow is None else workflow.default
    access = reader.sight.of(kind, stage)
    plain = PlainValues(access, kind, reader.plan.read_in)
    incoming: Incoming = incoming_of(plain.attributes)
    values = dict(incoming.values)
    if incoming.is_single:
        values |= incoming.variants[0].values
    writer = _Writer(work, reader, plain, access)
    sku = writer.free_sku(values) if incoming.is_single else None
    found = writer.assignments(values, {}, Everything(), "")
    wanted = ProductWrite(sku or "", found, product_type=kind.name, made_sku=reader.plan.id_of)
    record = create_product(work, access, wanted).product
    number = reader.plan.id_of(record.id)
    if incoming.is_single:
        return record, {number: incoming.variants[0].id}
    writer.held = {record.id: record.values}
    return record, writer.variants((record,), [], incoming, {}, Everything())


def write_record(
    work: UnitOfWork,
    reader: RecordReader,
    told: RecordTold,
    incoming: Incoming,
    known: Mapping[str, str],
    fields: Container[str],
) -> dict[str, str]:
    """Write what differs of a product into its record.

    known: ids of the variants there by those here. fields: those that may be written, as
    `Incoming.fields` names them. Return `known` with what was found or made. Raises PimsError.
    """
    record = told.product
    kind, stage = type_of(work.definition, record.values), stage_of(work.definition, record.values)
    access = reader.sight.of(kind, stage)
    writer = _Writer(work, reader, told.plain, access, told.held)
    writer.edit((record,), incoming.values, fields, "")
    number = reader.plan.id_of(record.id)
    is_one_of_them = number in known and not kind.has_variants
    if incoming.is_single or is_one_of_them:
        if told.item.leaves:
            return dict(known)
        mine = known.get(number, incoming.variants[0].id)
        one = next((v for v in incoming.variants if v.id == mine), incoming.variants[0])
        writer.edit((record,), one.values, fields, one.id)
        return {number: one.id}
    return writer.variants((record,), told.below, incoming, known, fields)


@dataclass
class _Writer:
    """Writes the values of one record and of its variants.

    held: the values that hold for each that was there before, by its number.
    """

    work: UnitOfWork
    reader: RecordReader
    plain: PlainValues
    access: Access
    held: Mapping[int, Values] = field(default_factory=dict)

    def edit(
        self,
        lineage: Lineage,
        values: Mapping[str, tuple[str, Any]],
        fields: Container[str],
        variant_id: str,
        extra: Sequence[Assignment] = (),
    ) -> None:
        """Write the values that differ of a record or variant. variant_id: as fields name it."""
        product = lineage[-1]
        held = self.held[product.id]
        found = self.assignments(values, self.plain.values(held), fields, variant_id)
        found += [one for one in extra if held.get(one.slot) != one.value]
        if found:
            self.work.know_products([product])
            edit_product(self.work, self.access, ProductWrite(product.sku, found))

    def free_sku(
        self, values: Mapping[str, tuple[str, Any]], above: str | None = None
    ) -> str | None:
        """Return the SKU that a new record or variant gets; None where it was made for another.

        above: the SKU of its record, which keeps it. Raises Conflict when another one has it.
        """
        sku = next((value for alias, value in values.values() if alias == SKU and value), None)
        holder = None if sku is None else self.work.find_product(sku)
        if holder is None:
            return sku
        if sku == above or self._sku(holder) is None:
            return None
        raise Conflict(faults=[Fault("exists", SKU_TAKEN.format(sku))])

    def _sku(self, one: Product) -> str | None:
        return None if self.reader.has_made_sku(one) else one.sku

    def assignments(
        self,
        values: Mapping[str, tuple[str, Any]],
        held: Mapping[str, Any],
        fields: Container[str],
        variant_id: str,
    ) -> list[Assignment]:
        """Return what is to be set. held: the plain values that hold already."""
        found = []
        for target, (alias, value) in values.items():
            key = f"{target} {variant_id}" if variant_id else target
            column = self.plain.columns.get(alias)
            if column is None or alias == SKU or key not in fields:
                continue
            if column.level is not Level.WRITE or _says_nothing(value, fields):
                continue
            if _is_kept(target, column.attribute, held.get(alias), value):
                continue
            place = place_for(column, self.reader.plan.read_in)
            if target == "status" and column.attribute.system:
                value = _STATUSES.get(value)
            new = inward(self.work.definition, column.attribute, value)
            found.append(Assignment(column, new, "", place))
        return found

    def variants(
        self,
        above: Lineage,
        below: Sequence[Lineage],
        incoming: Incoming,
        known: Mapping[str, str],
        fields: Container[str],
    ) -> dict[str, str]:
        """Write the variants of a product into those of its record; new ones become new ones."""
        plan = self.reader.plan
        by_number = {plan.id_of(one[-1].id, is_variant=True): one for one in below}
        found, own = dict(known), plan.id_of(above[0].id)
        is_first = found.pop(own, None) is not None
        here_of = {there: here for here, there in found.items()}
        for one in incoming.variants:
            number = here_of.get(one.id)
            if number in by_number:
                options = self._options(one, incoming, fields)
                self.edit(by_number[number], one.values, fields, one.id, options)
            elif number is None and (is_first or f"options[0] {one.id}" in fields):
                number = self._join(above, by_number, one, set(found), incoming)
                found[number] = one.id
        return found  # a variant that was deleted here is left to the next push

    def _join(
        self,
        above: Lineage,
        by_number: Mapping[str, Lineage],
        one: IncomingVariant,
        taken: set[str],
        incoming: Incoming,
    ) -> str:
        """Return the variant here of one that is new there: one that is alike, or a new one."""
        number = self._alike(one, by_number, taken)
        options = self._options(one, incoming, Everything())
        if number is None:
            made = self._create(above, one, options)
            return self.reader.plan.id_of(made.id, is_variant=True)
        self.edit(by_number[number], one.values, Everything(), one.id, options)
        return number

    def _alike(
        self, one: IncomingVariant, by_number: Mapping[str, Lineage], taken: set[str]
    ) -> str | None:
        """Return the variant with the SKU, or else with the same values of options."""
        choice = {name.lower(): value for name, value in one.choice}
        labels = {a.name.lower(): a for a in self.plain.attributes}
        labels |= {a.alias.lower(): a for a in self.plain.attributes}
        for number, lineage in by_number.items():
            if number not in taken and one.sku and self._sku(lineage[-1]) == one.sku:
                return number
        for number, lineage in by_number.items():
            if number in taken:
                continue
            values = self.plain.values(self.held[lineage[-1].id])
            if all(
                name in labels and _text(values.get(labels[name].alias)) == value
                for name, value in choice.items()
            ):
                return number
        return None

    def _options(
        self, one: IncomingVariant, incoming: Incoming, fields: Container[str]
    ) -> list[Assignment]:
        """Return the values of those options that may be written. Raises BadInput."""
        found = []
        for place, (name, value) in enumerate(one.choice):
            if f"options[{place}] {one.id}" not in fields:
                continue
            alias = self._option_alias(name, place, incoming.option_aliases)
            column = self.plain.columns.get(alias or "")
            if column is None:
                raise BadInput(faults=[Fault("range", NO_OPTION.format(name, place))])
            new = inward(self.work.definition, column.attribute, value)
            slot = place_for(column, self.reader.plan.read_in)
            found.append(Assignment(column, new, "", slot))
        return found

    def _option_alias(self, name: str, place: int, mapped: Sequence[str]) -> str | None:
        known: list[OutsideAttribute] = self.plain.attributes
        if mapped:
            named = {a.alias: a.name for a in known}
            return next(
                (alias for alias in mapped if named.get(alias, "").lower() == name.lower()),
                mapped[place] if place < len(mapped) else None,
            )
        wanted = name.lower()
        return next((a.alias for a in known if wanted in (a.name.lower(), a.alias.lower())), None)

    def _create(
        self, above: Lineage, one: IncomingVariant, options: Sequence[Assignment]
    ) -> Product:
        record = above[-1]
        kind = type_of(self.work.definition, record.values)
        if not kind.has_variants:
            message = f"Records of the schema {kind.name} have no variants!"
            raise BadInput(faults=[Fault("range", message)])
        held = self.plain.values(self.held[record.id])
        found = self.assignments(one.values, held, Everything(), one.id)
        taken = {each.column.attribute.id for each in options}
        found = [each for each in found if each.column.attribute.id not in taken]
        link = global_column(self.work.definition.by_name[VARIATION_OF])
        found += [*options, Assignment(link, record.sku, "", link.slot)]
        made = partial(self.reader.plan.id_of, is_variant=True)
        sku = self.free_sku(one.values, record.sku)
        wanted = ProductWrite(sku or "", found, product_type=kind.name, made_sku=made)
        return create_product(self.work, self.access, wanted).product


def _says_nothing(value: Any, fields: Container[str]) -> bool:
    return value is None and isinstance(fields, Everything)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def _is_kept(target: str, attribute: Attribute, held: Any, value: Any) -> bool:
    """Return whether a value stays as it is, for it says the same."""
    if held is None:
        return value in (None, *_NOTHING_THERE.get(target, ()))
    if target == "status":
        return bool(_status(held) == value)
    if isinstance(held, list) or isinstance(value, list):
        return _words(held) == _words(value)
    if isinstance(held, bool):
        return _text(held) == _text(value).lower()
    return is_same(attribute, held, value)


def _words(value: Any) -> list[str]:
    """Return what a list, or a text with commas, holds; a shop keeps no order of tags."""
    words = value if isinstance(value, list) else _text(value).split(",")
    return sorted(filter(None, map(str.strip, map(_text, words))))


_NOTHING_THERE: Mapping[str, tuple[Any, ...]] = {
    "variants[].price": ("0.00", "0"),
    "variants[].taxable": (True, False),
    "variants[].inventoryPolicy": ("DENY",),
    "variants[].inventoryItem.tracked": (True, False),
    "variants[].inventoryItem.requiresShipping": (True, False),
}
"""What a shop has in a field that nobody set."""


_STATUSES = {"ACTIVE": "active", "UNLISTED": "active", "DRAFT": "inactive", "ARCHIVED": "inactive"}


def _status(held: Any) -> str:
    words = {"inactive": "DRAFT", "deleted": "ARCHIVED", "true": "ACTIVE", "false": "DRAFT"}
    return words.get(_text(held).lower(), _text(held).upper())
