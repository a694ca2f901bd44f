"""Events of products, variants and media. Source: docs/api/tenant.md, Audit."""

from collections.abc import Iterator, Mapping

from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    ARCHIVED,
    CATEGORIES,
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    SKU,
    STATUS,
    THUMBNAIL,
    TITLE,
    UNSEEN_ATTRIBUTES,
    VARIATION_OF,
)
from pims_api.domain.definition import Definition
from pims_api.domain.flat.category_slugs import slug_from, slugs_of
from pims_api.domain.flat.flat_product import (
    BARCODE,
    BRAND,
    CURRENCY,
    DESCRIPTION,
    FIELD_ATTRIBUTES,
    PRICE,
    FlatReader,
    Lifecycle,
    reader_of,
)
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product, Values
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.domain.values.scope import split_slot
from pims_api.services.access import is_visible
from pims_api.services.products.projection import plain_value
from pims_api.services.products.write import DELETED
from pims_api.storage.history.events import ChangeRow
from schemas.tenant.brands import brand_id
from schemas.tenant.overview.events import Change, Deed, Event, Noun, plain_changes
from schemas.tenant.products import FIELDS_ALONE

_TEXTS = (TITLE, DESCRIPTION, BARCODE, PRICE, CURRENCY)
_MEDIA_FIELDS = {name: name for name in ("url", "alt_text", "sort_order")}


class ProductEvents:
    """Makes events of changes of products and media.

    products: those that the changes are about, with their parents. numbers: those of SKUs that
    changes name as parents.
    """

    def __init__(
        self,
        ids: TenantIds,
        sight: Sight,
        products: Mapping[int, Product],
        numbers: Mapping[str, int],
    ) -> None:
        self._ids = ids
        self._sight = sight
        self._products = products
        self._numbers = numbers

    def of_product(self, row: ChangeRow) -> Iterator[Event]:
        """Yield the event of a product or variant that the caller sees."""
        found = self._family(row.entity_id)
        if found is None:
            return
        product, root = found
        access = self._sight.of_product(product.values, root.values)
        if _is_shown(access, row):
            noun = Noun.PRODUCT if product is root else Noun.VARIANT
            yield Event(noun, _deed(row), self._uuid(product.id), self._changes(access, row))

    def of_media(self, row: ChangeRow) -> Iterator[Event]:
        """Yield the event of media of what the caller sees."""
        owners = {name: row.new.get(name) for name in ("product_id", "variant_id")}
        families = [self._family(number) for number in owners.values() if number]
        if None in families:
            return
        shows = all(self._shows_thumbnail(*family) for family in families if family)
        number = self._ids.of_number(Numbered.MEDIA, row.entity_id)
        changes = [(name, None, self._uuid(one)) for name, one in owners.items() if one]
        fields = _MEDIA_FIELDS if shows else {}
        yield Event(Noun.MEDIA, Deed.CREATED, number, [*plain_changes(row, fields), *changes])

    def _shows_thumbnail(self, product: Product, root: Product) -> bool:
        return self._sight.of_product(product.values, root.values).of(THUMBNAIL) is not None

    def _family(self, number: int) -> tuple[Product, Product] | None:
        """Return a product or variant that the caller sees, and the product that it is of."""
        product = self._products.get(number)
        root = product if product is None else self._products.get(product.parent_id or product.id)
        if product is None or root is None or root.parent_id:
            return None
        is_seen = all(is_visible(self._sight.overall, one) for one in (product, root))
        return (product, root) if is_seen else None

    def _changes(self, access: Access, row: ChangeRow) -> Iterator[Change]:
        reader, definition = reader_of(access), access.definition
        for name in _TEXTS:
            if _touches(reader, name, row):
                yield name, reader.text(name, row.old), reader.text(name, row.new)
        yield from _status(reader, row)
        if _touches(reader, CATEGORIES, row):
            yield from self._category(definition, reader, row)
        if _touches(reader, BRAND, row):
            yield from self._brand(definition, reader, row)
        yield from self._links(definition, row)
        for column in access.columns:
            attribute = column.attribute
            if attribute.name in FIELD_ATTRIBUTES or (
                attribute.system and attribute.name != THUMBNAIL
            ):
                continue
            if any(slot in row.new for slot in column.slots):
                held = (column.stored(side) for side in (row.old, row.new))
                old, new = (
                    None if one is None else plain_value(access, column, one) for one in held
                )
                yield _detail(attribute.name), old, new

    def _category(
        self, definition: Definition, reader: FlatReader, row: ChangeRow
    ) -> Iterator[Change]:
        old, new = (reader.category(side) for side in (row.old, row.new))
        yield "category", _slug(definition, old), _slug(definition, new)
        ids = [one and self._ids.of_number(Numbered.CATEGORY, one) for one in (old, new)]
        yield "category_id", ids[0], ids[1]

    def _brand(
        self, definition: Definition, reader: FlatReader, row: ChangeRow
    ) -> Iterator[Change]:
        yield BRAND, reader.text(BRAND, row.old), reader.text(BRAND, row.new)
        old, new = (reader.brand(side) for side in (row.old, row.new))
        ids = [one and brand_id(self._ids, definition, one) for one in (old, new)]
        yield "brand_id", ids[0], ids[1]

    def _links(self, definition: Definition, row: ChangeRow) -> Iterator[Change]:
        """Yield what changed of the SKU, the parent and the type."""
        if SKU in row.new:
            sku = row.new[SKU]
            yield "sku", None, None if is_generated(self._ids, row.entity_id, sku) else sku
        if VARIATION_OF in row.new:
            old, new = (self._parent(side) for side in (row.old, row.new))
            yield "product_id", old, new
        if PRODUCT_TYPE in row.new:
            old, new = (self._type(definition, side) for side in (row.old, row.new))
            yield "product_type_id", old, new

    def _parent(self, values: Values) -> str | None:
        number = self._numbers.get(values.get(VARIATION_OF) or "")
        return None if number is None else self._uuid(number)

    def _type(self, definition: Definition, values: Values) -> str | None:
        name = values.get(PRODUCT_TYPE)
        kind = definition.types.get(name) if name not in (None, DEFAULT_TYPE) else None
        return None if kind is None else self._ids.of_number(Numbered.PRODUCT_TYPE, kind.id)

    def _uuid(self, number: int) -> str:
        return self._ids.of_number(Numbered.PRODUCT, number)


def _detail(name: str) -> str:
    """Return the name of an attribute in details, where a field may have the name itself."""
    return f"attribute:{name}" if name in FIELDS_ALONE else name


def _deed(row: ChangeRow) -> Deed:
    if SKU in row.new:  # which never changes later
        return Deed.CREATED
    return Deed.DELETED if row.new.get(STATUS) == DELETED else Deed.UPDATED


def _is_shown(access: Access, row: ChangeRow) -> bool:
    """Return whether the caller sees anything of what changed."""
    if access.policy.is_everything or SKU in row.new:
        return True
    keys = {column.attribute.key for column in access.columns}
    changed = {split_slot(slot)[0] for slot in row.new}
    return bool(changed & keys) or changed <= UNSEEN_ATTRIBUTES.keys()


def _touches(reader: FlatReader, name: str, row: ChangeRow) -> bool:
    column = reader.column(name)
    return column is not None and any(slot in row.new for slot in column.slots)


def _status(reader: FlatReader, row: ChangeRow) -> Iterator[Change]:
    if STATUS in row.new or ARCHIVED in row.new:
        old, new = (_lifecycle(reader, row, side) for side in (row.old, row.new))
        yield STATUS, old, new


def _lifecycle(reader: FlatReader, row: ChangeRow, side: Values) -> Lifecycle | None:
    """Return the status on one side of a change; None: it was not there or is deleted."""
    status = side.get(STATUS) if STATUS in row.new else "inactive"
    if status in (None, DELETED):
        return None
    return reader.lifecycle({STATUS: status, ARCHIVED: side.get(ARCHIVED)})


def _slug(definition: Definition, number: int | None) -> str | None:
    """Return the slug of a category, of a deleted one its last."""
    if number is None:
        return None
    present = slugs_of(definition).of.get(number)
    one = definition.categories.by_id[number]
    return present or one.slug or slug_from(one.name) or None
