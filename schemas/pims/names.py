"""Aliases of request keys. The first name is ours; the others are accepted silently.

Each of them is accepted in snake and in camel case. Source: docs/api/pims.md, Request keys.
"""

from schemas.keys import Aliases

PARAMS: Aliases = {
    "search": ("searchWord", "searchPhrase"),
    "includeDeleted": ("showDeleted",),
    "includeChildren": ("includeSubcategories",),
}
PAGINATION: Aliases = {
    "pageSize": ("limit", "size"),
    "pageNum": ("page", "num"),
}
ORDER: Aliases = {
    "attribute": ("name", "field"),
    "direction": ("dir", "order"),
}
PAUSE_RE_INDEXING = "pauseReIndexing"
PAUSE: Aliases = {PAUSE_RE_INDEXING: ("pauseReindexing",)}
