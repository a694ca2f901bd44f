"""Counters of a catalogue, as far as a caller may know them.

Source: docs/core.md, Counters.
"""

from dataclasses import dataclass

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.page import Page
from pims_api.services.lists.query import ListQuery, list_products
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Counters:
    """views: those the key may name. attributes, skus: those it sees; deleted products left out."""

    views: int
    attributes: int
    skus: int


def counters(snapshot: Snapshot, access: Access, key: ApiKey) -> Counters:
    """Return the counters for the holder of a key."""
    every = len(snapshot.definition.views)
    views = every if key.may(Permission.MANAGE_VIEWS) else len(key.views)
    query = ListQuery(include_variants=True, page=Page(size=1))
    return Counters(views, len(access.columns), list_products(snapshot, access, query).total)
