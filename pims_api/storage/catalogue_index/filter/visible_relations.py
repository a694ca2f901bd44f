"""Values of relations for a caller who does not see every product."""

from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow, is_in, to_bytes
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.products.store import ids_of_skus

SKUS_READ = 1_000  # SKUs looked up by one statement


def texts_of_visible(
    postings: Postings, attribute_id: int, scope: str, visible: int
) -> dict[str, list[BlockRow]]:
    """Return the visible target SKUs of a relation, each with the blocks of its sources."""
    texts = dict(postings.texts(attribute_id, scope))
    skus = list(texts)
    data = to_bytes(visible)
    seen: dict[str, list[BlockRow]] = {}
    for start in range(0, len(skus), SKUS_READ):
        targets = ids_of_skus(postings.snapshot, skus[start : start + SKUS_READ])
        seen.update((sku, texts[sku]) for sku, number in targets.items() if is_in(data, number))
    return seen
