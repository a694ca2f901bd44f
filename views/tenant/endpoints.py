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
from schemas.tenant.jobs import BulkJobBody, BulkJobQuery, BulkJobReply, ExportReply
from schemas.tenant.media import MediaBody, MediaQuery, MediaReply
from schemas.tenant.overview.events import EventReply
from schemas.tenant.overview.stats import StatsReply
from schemas.tenant.overview.validation import IssueReply
from schemas.tenant.products import (
    NewProductBody,
    PimVariantBody,
    PimVariantReply,
    ProductBody,
    ProductReply,
    ProductRow,
)
from views.rest import NO_CONTENT, Endpoint
from views.tenant.actions import (
    attributes,
    audit,
    brands,
    categories,
    jobs,
    media,
    overview,
    products,
)
from views.tenant.actions.showing import prefetches_product
from views.tenant.caller import Caller

ACCEPTED = 202
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

_MEDIA = "/media"

_MEDIA_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _MEDIA, "List media", _READ, media.list_media,
             query=MediaQuery(), reply=MediaReply(), many=True),
    Endpoint("POST", _MEDIA, "Attach media", _EDIT, media.add_media, writes=True,
             body=MediaBody(), reply=MediaReply()),
)  # fmt: skip

_OVERVIEW_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", "/stats", "Show stats", _READ, overview.show_stats, reply=StatsReply()),
    Endpoint("GET", "/validation", "List validation issues", _READ, overview.list_issues,
             reply=IssueReply(), many=True),
    Endpoint("GET", "/audit", "List audit events", _READ, audit.list_events, reply=EventReply(),
             many=True),
)  # fmt: skip

_EXPORT = Permission.EXPORT_FILES
_JOBS = "/bulk-jobs"

_JOB_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _JOBS, "List bulk jobs", _READ, jobs.list_jobs, query=BulkJobQuery(),
             reply=BulkJobReply(), many=True),
    # Which of them it needs besides depends on the type of the job.
    Endpoint("POST", _JOBS, "Create a bulk job", Permission.CHANGE_IN_BULK, jobs.add_bulk_job,
             writes=True, body=BulkJobBody(), reply=BulkJobReply()),
    Endpoint("POST", "/export", "Export products", _EXPORT, jobs.add_export, writes=True,
             status=ACCEPTED, reply=ExportReply()),
    Endpoint("GET", "/export/<job_id>/file", "Get an exported file", _EXPORT, jobs.send_file,
             files=("text/csv",)),
)  # fmt: skip

ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    *_PRODUCT_ENDPOINTS,
    *_NAMED_ENDPOINTS,
    *_MODEL_ENDPOINTS,
    *_MEDIA_ENDPOINTS,
    *_OVERVIEW_ENDPOINTS,
    *_JOB_ENDPOINTS,
)
"""Every address of the face, by method, with its permission."""
