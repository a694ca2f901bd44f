"""What the addresses of the tenant face do and who may ask for it. One look shows them all.

Source: docs/api/tenant.md.
"""

from pims_api.domain.access.permission import Permission
from schemas.tenant.attributes import (
    DescribedBody,
    PimAttributeBody,
    PimAttributeGroupReply,
    PimAttributeReply,
    TemplateReply,
)
from schemas.tenant.brands import BrandBody, BrandReply
from schemas.tenant.categories import PimCategoryBody, PimCategoryReply
from schemas.tenant.products import (
    NewProductBody,
    PimVariantBody,
    PimVariantReply,
    ProductBody,
    ProductReply,
    ProductRow,
)
from views.rest import NO_CONTENT, Endpoint
from views.tenant.actions import attributes, brands, categories, products
from views.tenant.actions.showing import prefetches_product
from views.tenant.caller import Caller

_READ, _EDIT = Permission.READ, Permission.EDIT_PRODUCTS
_DELETE, _DEFINE = Permission.DELETE_PRODUCTS, Permission.MANAGE_DEFINITIONS

_PRODUCTS = "/products"
_PRODUCT = "/products/<product_id>"

_PRODUCT_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _PRODUCTS, "List products", _READ, products.list_products, many=True,
             reply=ProductRow()),
    Endpoint("POST", _PRODUCTS, "Create a product", _EDIT, products.create_product, writes=True,
             body=NewProductBody(), reply=ProductReply(), group_commit=True),
    Endpoint("GET", _PRODUCT, "Get a product", _READ, products.show_product, reply=ProductReply(),
             prefetches=prefetches_product),
    Endpoint("PUT", _PRODUCT, "Update a product", _EDIT, products.put_product, writes=True,
             body=ProductBody(), reply=ProductReply(), shows=products.show_product,
             prefetches=prefetches_product, group_commit=True),
    Endpoint("DELETE", _PRODUCT, "Delete a product", _DELETE, products.delete_product,
             writes=True, status=NO_CONTENT, shows=products.show_product),
    Endpoint("POST", f"{_PRODUCT}/variants", "Create a variant", _EDIT, products.create_variant,
             writes=True, body=PimVariantBody(), reply=PimVariantReply(), group_commit=True,
             prefetches=prefetches_product),
)  # fmt: skip

_CATEGORIES, _BRANDS = "/categories", "/brands"

_NAMED_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _CATEGORIES, "List categories", _READ, categories.list_categories, many=True,
             reply=PimCategoryReply()),
    Endpoint("POST", _CATEGORIES, "Create a category", _DEFINE, categories.add_category,
             writes=True, body=PimCategoryBody(), reply=PimCategoryReply()),
    Endpoint("GET", _BRANDS, "List brands", _READ, brands.list_brands, many=True,
             reply=BrandReply()),
    Endpoint("POST", _BRANDS, "Create a brand", _DEFINE, brands.add_brand, writes=True,
             body=BrandBody(), reply=BrandReply()),
)  # fmt: skip

_ATTRIBUTES, _GROUPS, _TEMPLATES = "/attributes", "/attribute-groups", "/templates"

_MODEL_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _ATTRIBUTES, "List attributes", _READ, attributes.list_attributes, many=True,
             reply=PimAttributeReply()),
    Endpoint("POST", _ATTRIBUTES, "Create an attribute", _DEFINE, attributes.add_attribute,
             writes=True, body=PimAttributeBody(), reply=PimAttributeReply()),
    Endpoint("GET", _GROUPS, "List attribute groups", _READ, attributes.list_groups, many=True,
             reply=PimAttributeGroupReply()),
    Endpoint("POST", _GROUPS, "Create an attribute group", _DEFINE, attributes.add_group,
             writes=True, body=DescribedBody(), reply=PimAttributeGroupReply()),
    Endpoint("GET", _TEMPLATES, "List templates", _READ, attributes.list_templates, many=True,
             reply=TemplateReply()),
    Endpoint("POST", _TEMPLATES, "Create a template", _DEFINE, attributes.add_template,
             writes=True, body=DescribedBody(), reply=TemplateReply()),
)  # fmt: skip

ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    *_PRODUCT_ENDPOINTS,
    *_NAMED_ENDPOINTS,
    *_MODEL_ENDPOINTS,
)
"""Every address of the face, by method, with its permission."""
