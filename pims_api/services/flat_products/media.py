"""Media: attaching images and other files to products, and listing them.

Source: docs/core.md, Media.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import STATUS, THUMBNAIL
from pims_api.domain.flat.media import Media
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Fault, Forbidden
from pims_api.services.access import is_visible
from pims_api.services.lists.population import population
from pims_api.services.products.lifecycle.stages import is_hidden_anywhere
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import DELETED, ProductWrite, edit_product
from pims_api.storage.catalogue_index.bitmaps.blocks import is_in, to_bytes
from pims_api.storage.media import (
    all_media,
    insert_media,
    last_media_id,
    media_of,
)
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

NO_IMAGES = "You may not change the images of products!"


@dataclass(frozen=True, slots=True)
class MediaWrite:
    """An image or other file to attach. product_id, variant_id: to which products, one at least."""

    url: str
    product_id: int | None = None
    variant_id: int | None = None
    alt_text: str | None = None
    sort_order: int = 0


def attach_media(work: UnitOfWork, sight: Sight, wanted: MediaWrite) -> Media:
    """Attach media; the first of a product becomes its thumbnail.

    Raises BadInput for a product that is not there, or a variant that is not one of the product;
    Forbidden where the caller may not change thumbnails.
    """
    found = _targets(work, sight.overall, wanted)
    targets = [(one, sight.of_product(one.values, root.values)) for one, root in found]
    if not all(_may_show(access) for _, access in targets):
        raise Forbidden(NO_IMAGES)
    media = Media(
        last_media_id(work) + 1,
        wanted.url,
        wanted.product_id,
        wanted.variant_id,
        wanted.alt_text,
        wanted.sort_order,
        work.at,
    )
    work.record(insert_media(work, media))
    for product, access in targets:
        if _media_of(work, wanted, product)[0].id == media.id:
            _show(work, access, product, media)
    return media


def list_media(
    seen: Snapshot,
    access: Access,
    product_id: int | None = None,
    variant_id: int | None = None,
) -> list[Media]:
    """Return the media of a product and those of a variant, without both those of all, in order.

    Those of what is deleted, or hidden from the caller, are left out.
    """
    if product_id is None and variant_id is None:
        found = all_media(seen)
    else:
        found = media_of(seen, product_id=product_id, variant_id=variant_id)
    here = population(seen, access) if found else None
    if here is None:
        return []
    products, variants = map(to_bytes, here)
    return [
        one
        for one in found
        if (one.product_id is None or is_in(products, one.product_id))
        and (one.variant_id is None or is_in(variants, one.variant_id))
    ]


def media_without_url(seen: Snapshot, sight: Sight, found: Sequence[Media]) -> Collection[int]:
    """Return the ids of the media whose address the caller may not see.

    They are those of products whose thumbnail is hidden. Reads products only where some type or
    stage hides it, and not all.
    """
    if sight.overall.of(THUMBNAIL) is None:
        return {one.id for one in found}
    if not found or not is_hidden_anywhere(sight, THUMBNAIL):
        return ()
    stored = products_by_id(seen, {number for one in found for number in _owners(one)})
    stored |= products_by_id(seen, {one.parent_id for one in stored.values() if one.parent_id})
    hidden = {one.id for one in stored.values() if not _shows(sight, one, stored)}
    return {one.id for one in found if not hidden.isdisjoint(_owners(one))}


def _owners(media: Media) -> list[int]:
    return [one for one in (media.product_id, media.variant_id) if one is not None]


def _shows(sight: Sight, product: Product, known: Mapping[int, Product]) -> bool:
    root = known.get(product.parent_id or product.id, product)
    return sight.of_product(product.values, root.values).of(THUMBNAIL) is not None


def _targets(work: UnitOfWork, access: Access, wanted: MediaWrite) -> list[tuple[Product, Product]]:
    """Return the product and the variant that media are for, each with the product at the top."""
    ids = [one for one in (wanted.product_id, wanted.variant_id) if one is not None]
    stored = products_by_id(work, ids)
    parents = [one.parent_id for one in stored.values() if one.parent_id is not None]
    known = work.know_products((stored | products_by_id(work, parents)).values())
    here = {one.id: one for one in known if _is_here(access, one)}
    product, variant = here.get(wanted.product_id or 0), here.get(wanted.variant_id or 0)
    parent = here.get(variant.parent_id or 0) if variant else None
    faults = []
    if wanted.product_id is not None and (product is None or product.parent_id is not None):
        faults.append(Fault("not_found", "product_id names no product!"))
    if wanted.variant_id is not None and (parent is None or parent.parent_id is not None):
        faults.append(Fault("not_found", "variant_id names no variant!"))
    elif product is not None and parent is not None and parent.id != product.id:
        faults.append(Fault("range", "variant_id names a variant of another product!"))
    if faults:
        raise BadInput(faults=faults)
    both = ((product, product), (variant, parent))
    return [(one, root) for one, root in both if one is not None and root is not None]


def _is_here(access: Access, product: Product) -> bool:
    return product.values[STATUS] != DELETED and is_visible(access, product)


def _may_show(access: Access) -> bool:
    column = access.of(THUMBNAIL)
    return column is not None and column.writable


def _media_of(work: UnitOfWork, wanted: MediaWrite, product: Product) -> list[Media]:
    if product.id == wanted.product_id:
        return media_of(work, product_id=product.id)
    return media_of(work, variant_id=product.id)


def _show(work: UnitOfWork, access: Access, product: Product, media: Media) -> None:
    column = access.of(THUMBNAIL)
    if column is not None:
        shown = Assignment(column, media.url, "", column.slot)
        edit_product(work, access, ProductWrite(product.sku, [shown]))
