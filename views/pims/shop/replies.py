"""The JSON bodies of the reads for shops. Source: docs/api/shop.md, Reads for shops."""

from collections.abc import Sequence
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.product import Product
from pims_api.errors import Fault
from pims_api.services.lists.query import Listing
from pims_api.services.lists.storefront import categories_of, shop_access
from pims_api.storage.snapshot import Snapshot
from schemas.pims.definitions.category_requests import category_object
from views.pims.replies import Replies, Reply


class ShopReplies(Replies):
    """Makes the replies of one request: what is not for sale does not exist in them."""

    def __init__(self, seen: Snapshot, access: Access, params: dict[str, Any]) -> None:
        super().__init__(seen, shop_access(access), params)

    def one(self, product: Product, warnings: Sequence[Fault]) -> Reply:
        """Return the reply about one product."""
        reply = self.product(product)
        return reply | {"categories": self._categories([product])} | self._warned(warnings)

    def by_sku(self, products: Sequence[Product], warnings: Sequence[Fault]) -> Reply:
        """Return the reply about some products, their attributes by SKU."""
        skus = [one.sku for one in products]
        shown = dict(zip(skus, self._attributes(products), strict=True))
        reply: Reply = {"status": "OK", "skus": skus, "data": {"attributes": shown}}
        reply |= self._definition() | {"categories": self._categories(products)}
        return reply | self._warned(warnings)

    def listed(self, listing: Listing) -> Reply:
        """Return the beginning of the reply with a list of products."""
        reply = self.products(listing)
        del reply["sku_count"]
        return reply

    def with_warnings(self, reply: Reply, warnings: Sequence[Fault]) -> Reply:
        """Return a reply with what the caller should know, at its end."""
        kept = {name: value for name, value in reply.items() if name != "warnings"}
        return kept | self._warned(warnings)

    def _categories(self, products: Sequence[Product]) -> list[Reply]:
        tree = self._seen.definition.categories
        return [category_object(tree, one) for one in categories_of(self._access, products)]
