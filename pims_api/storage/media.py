"""Media in the database, and which products have some."""

from dataclasses import asdict
from threading import Lock
from typing import ClassVar, NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select

from pims_api.domain.flat.media import Media
from pims_api.settings import Settings
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import media as table

MEDIA_ENTITY = "media"

_columns = table.c
_MINE = _columns.tenant_id == bindparam("tenant_id")
_MEDIA = select(*(one for one in _columns if one.name != "tenant_id")).where(_MINE)
_IN_ORDER = (_columns.sort_order, _columns.id)
_ALL = PreparedStatement(_MEDIA.order_by(*_IN_ORDER))
_OF_EITHER = PreparedStatement(
    _MEDIA.where(
        or_(
            _columns.product_id == bindparam("product_id"),
            _columns.variant_id == bindparam("variant_id"),
        )
    ).order_by(*_IN_ORDER)
)
_LAST = PreparedStatement(select(func.max(_columns.id)).where(_MINE))
_AFTER = PreparedStatement(
    select(_columns.product_id)
    .distinct()
    .where(_MINE, _columns.id > bindparam("last"), _columns.product_id.is_not(None))
)
_INSERT = PreparedStatement(insert(table))
_NO_PRODUCT = 0  # no product has that id


def last_media_id(seen: Snapshot) -> int:
    """Return the highest id of media of the tenant; 0 when there are none."""
    return int(_LAST.first(seen.connection, {"tenant_id": seen.tenant_id})[0] or 0)


def insert_media(work: Snapshot, media: Media) -> EntityChange:
    """Store new media; return their entry in history."""
    _INSERT.run(work.connection, {"tenant_id": work.tenant_id} | asdict(media))
    return EntityChange(MEDIA_ENTITY, media.id, {}, media_values(media))


def media_values(media: Media) -> dict[str, object]:
    """Return what the history of media folds to."""
    values = asdict(media)
    return {name: values[name] for name in values if name not in ("id", "created_at")}


def all_media(seen: Snapshot) -> list[Media]:
    """Return all media of the tenant in their order, those of deleted products too."""
    found = _ALL.each(seen.connection, {"tenant_id": seen.tenant_id})
    return [Media(*row) for row in found]


def media_of(
    seen: Snapshot, *, product_id: int | None = None, variant_id: int | None = None
) -> list[Media]:
    """Return the media of a product and those of a variant in their order."""
    wanted = {
        "tenant_id": seen.tenant_id,
        "product_id": product_id or _NO_PRODUCT,
        "variant_id": variant_id or _NO_PRODUCT,
    }
    return [Media(*row) for row in _OF_EITHER.each(seen.connection, wanted)]


class _Known(NamedTuple):
    """The products that have media, as of the highest id of these."""

    last: int
    products: int


class MediaCache:
    """Which products have media, by tenant. Media are only ever added."""

    unit: ClassVar[str] = "tenants"

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[int, _Known] = {}
        self._lock = Lock()

    @classmethod
    def sized(cls, settings: Settings) -> "MediaCache":
        """Return an empty cache."""
        return cls(settings.definition_cache_tenants)

    @property
    def size(self) -> int:
        """The number of tenants cached."""
        return len(self._known)

    def upto(self, tenant_id: int, last: int) -> _Known:
        """Return the latest entry that knows of no media after an id."""
        known = self._known.get(tenant_id)
        return known if known is not None and known.last <= last else _Known(0, 0)

    def put(self, tenant_id: int, known: _Known) -> None:
        """Cache an entry, unless a later one is there."""
        with self._lock:
            before = self._known.get(tenant_id)
            if before is None and len(self._known) >= self._most:
                self._known.clear()
            if before is None or before.last < known.last:
                self._known[tenant_id] = known


def products_with_media(seen: Snapshot) -> int:
    """Return the set of the products that have media of their own; only new media are read."""
    cache, last = seen.caches.of(MediaCache), last_media_id(seen)
    known = cache.upto(seen.tenant_id, last)
    if known.last < last:
        wanted = {"tenant_id": seen.tenant_id, "last": known.last}
        new = from_ids(row[0] for row in _AFTER.each(seen.connection, wanted))
        known = _Known(last, known.products | new)
        if not seen.is_writing:
            cache.put(seen.tenant_id, known)
    return known.products
