"""What the addresses of the tenant face do and who may ask for it. One look shows them all.

Source: docs/api/tenant.md.
"""

from pims_api.domain.access.permission import Permission
from schemas.tenant.products import ProductReply
from views.rest import Endpoint
from views.tenant.actions import products
from views.tenant.caller import Caller

_READ, _EDIT = Permission.READ, Permission.EDIT_PRODUCTS

_PRODUCTS = "/products"
_PRODUCT = "/products/<product_id>"

_PRODUCT_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _PRODUCT, "Get a product", _READ, products.show_product, reply=ProductReply()),
)  # fmt: skip

ENDPOINTS: tuple[Endpoint[Caller], ...] = (*_PRODUCT_ENDPOINTS,)
"""Every address of the face, by method, with its permission."""
