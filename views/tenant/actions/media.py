"""Media: attached to products and listed."""

from typing import Any

from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.errors import BadInput, Fault
from pims_api.services.flat_products.media import MediaWrite, attach_media, media_without_url
from pims_api.services.flat_products.media import list_media as media_seen
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.ids import number_in
from schemas.tenant.media import media_object
from views.running import Body
from views.tenant.caller import Caller

_FOR = ("product_id", "variant_id")
_NONE = 0  # the number of no product


def list_media(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the media of a product, those of a variant, or all."""
    ids, sight = tenant_ids(seen), caller.sight(seen.definition)
    found = media_seen(seen, sight.overall, *(_number(ids, asked["query"], name) for name in _FOR))
    bare = media_without_url(seen, sight, found)
    return [media_object(ids, one, with_url=one.id not in bare) for one in found]


def add_media(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Attach an image or another file and answer with it."""
    ids, body = tenant_ids(work), asked["body"]
    product_id, variant_id = (_number(ids, body, name) if body[name] else None for name in _FOR)
    if product_id is None and variant_id is None:
        message = "product_id or variant_id is required: say whose media they are!"
        raise BadInput(faults=[Fault("required", message)])
    wanted = MediaWrite(
        body["url"], product_id, variant_id, body["alt_text"] or None, body["sort_order"] or 0
    )
    return media_object(ids, attach_media(work, caller.sight(work.definition), wanted))


def _number(ids: TenantIds, sent: Body, name: str) -> int | None:
    """Return the number that a UUID stands for, _NONE for that of nothing here; None: none came."""
    text = sent[name]
    return None if text is None else number_in(ids, Numbered.PRODUCT, text, name) or _NONE
