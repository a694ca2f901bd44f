"""Sync mappings: which product of another system a record is, and how both stood after a sync.

Source: docs/channels.md, Mappings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SyncMapping:
    """A record and its product in the other system. Times in microseconds since 1970.

    variant_ids: ids of all its variants there, in the order there. variants: ids there by ids of
    leaves. tags, media: what was sent and is ours,
    or in media a note that it is being sent. checksum: of what the record sends; remote: of
    what the mapped fields held there, both after the last sync; None: unknown. here, there: digests
    of the single fields at that time, by which a sync tells who changed what. failures: runs in a
    row that failed at it. archived: whether the product was archived since the record is deleted.
    """

    tenant_id: int
    outlet_id: int
    record_id: int
    external_id: str
    variant_ids: list[str] = field(default_factory=list)
    variants: Mapping[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    media: Mapping[str, str] = field(default_factory=dict)
    checksum: str | None = None
    remote: str | None = None
    here: Mapping[str, Any] = field(default_factory=dict)
    there: Mapping[str, Any] = field(default_factory=dict)
    failures: int = 0
    archived: bool = False
    pushed_at: int | None = None
    pulled_at: int | None = None
