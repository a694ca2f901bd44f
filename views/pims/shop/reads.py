"""The addresses of the reads for shops. One look shows them all."""

from collections.abc import Callable

from pims_api.domain.access.permission import Permission
from pims_api.storage.snapshot import Snapshot
from views.pims.caller import Caller
from views.pims.shop import categories, products
from views.running import Body, Reading, Reply


def _reading(handle: Callable[[Snapshot, Caller, Body], Reply]) -> Reading[Caller]:
    return Reading(Permission.READ_PRODUCTS, handle)


SHOP_READS: dict[str, Reading[Caller]] = {
    "/v/p/<path:sku>": _reading(products.one_product),
    "/v/pl": _reading(products.products_by_sku),
    "/v/pc": _reading(products.product_list),
    "/v/pc/<category_id>": _reading(products.product_list),
    "/v/cpc/<category_id>": _reading(products.category_list),
    "/sv/<word>": _reading(products.search),  # what some proxies make of the next one
    "/sv//<path:word>": _reading(products.search),
    "/sv/<category_id>/<path:word>": _reading(products.search),
    "/v/c/<category_id>": _reading(categories.one_category),
    "/v/ct": _reading(categories.category_tree),
    "/v/ct/<word>": _reading(categories.categories_named),
    "/v/ctf": _reading(categories.category_tree),
    "/v/ctn": _reading(categories.stocked_categories),
    "/v/ctn/<category_id>": _reading(categories.stocked_categories),
}
