"""The pointers of PIMS for the places of the core. Source: docs/api/pims.md, Errors."""

_ANY = "*"
"""Stands for the third step of a place: a name, or a number in a list."""

POINTERS = {
    "sku": "/sku",
    "product_type": "/product_type",
    "version": "/if_version",
    "category": "/id",
    "option": "/value",
    "option/name": "/to",
    "options": "/values",
    "options/into": "/into",
    "filter/category": "/params/cat_id",
    "filter/condition": "/params/condition_query",
    "page/after": "/params/after",
    "as_of": "/params/as_of",
    "changes/since": "/params/since",
    "export/as_of": "/as_of",
    "storefront/category": "categoryId",  # of the query string
    "view": "ApiView",  # the header
    "view/name": "/name",
    "view/label": "/label",
    "view/comment": "/comment",
    "view/condition": "/condition_query",
    "view/attributes/*": "/attributes/*",
    "view/attributes/*/name": "/attributes/*/transform",
    "view/attributes/*/group": "/attributes/*/group",
    "view/attributes/*/default": "/attributes/*/default",
    "key": "/key",
    "key/withdrawn": "/key",
    "key/name": "/name",
    "key/permissions": "/permissions",
    "key/permissions/*": "/*",
    "key/expiry": "/expires_in_days",
    "key/rate": "/rate",
    "key/networks": "/allow_from",
    "key/view": "/name",
    "key/views": "/views",
    "job": "/id",
    "revert/transaction": "/transaction",
    "revert/job": "/job",
    "revert/as_of": "/as_of",
    "transactions/from": "/params/from",
    "transactions/to": "/params/to",
    "export/condition": "/condition_query",
    "export/attributes": "/attributes",
    "export/attributes/*": "/attributes/*",
    "export/separator": "/separator",
    "import/trial": "/dry_run",
    "import/missing": "/createMissing",
}


def pointer_of(place: str) -> str | None:
    """Return the pointer of a place of the core, None for one that no request of PIMS has.

    >>> pointer_of("page/after"), pointer_of("view/attributes/price/name"), pointer_of("nowhere")
    ('/params/after', '/attributes/price/transform', None)
    """
    known = POINTERS.get(place)
    steps = place.split("/")
    if known is not None or len(steps) < 3:
        return known
    pattern = POINTERS.get("/".join([*steps[:2], _ANY, *steps[3:]]))
    return None if pattern is None else pattern.replace(_ANY, steps[2])
