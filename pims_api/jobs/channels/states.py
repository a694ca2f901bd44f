"""How a record and its product stand after a sync, and who changed what since.

Source: docs/channels.md, Both ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

import orjson

from pims_api.connectors.base import Incoming, Known, ProductForm, Pushed
from pims_api.domain.outlets.sync_mapping import SyncMapping

TOLD_MAX = 5  # fields of a product that a dry run tells
_NOTHING: tuple[Any, ...] = (None, "", [])


def digests(held: Mapping[str, Any]) -> dict[str, str]:
    """Return a short digest of what each field holds."""
    return {name: _digest(value) for name, value in held.items()}


def fields_there(incoming: Incoming, variants: Mapping[str, str]) -> dict[str, Any]:
    """Return what the fields of a product hold, with our ids of the variants that are ours."""
    ours = {there: here for here, there in variants.items()}
    return {_named(name, ours): value for name, value in incoming.fields.items()}


def there_name(name: str, variants: Mapping[str, str]) -> str:
    """Return a field as `Incoming.fields` names it."""
    return _named(name, variants)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the last sync. theirs: there only. both: on both sides, and differing."""

    theirs: frozenset[str]
    both: tuple[str, ...]


def changes_of(form: ProductForm, incoming: Incoming, mapping: SyncMapping) -> Changes:
    """Return which fields changed on which side."""
    here, there = form.held, fields_there(incoming, mapping.variants)
    there = {n: value for n, value in there.items() if _is_known(n, mapping.variants)}
    changed_there = {n for n, d in digests(there).items() if mapping.there.get(n, d) != d}
    changed_here = {n for n, d in digests(here).items() if mapping.here.get(n) != d}
    changed_here |= there.keys() - here.keys()  # the variant was deleted here
    both = changed_there & changed_here
    differing = [one for one in both if not _alike(here.get(one), there.get(one))]
    targets = dict.fromkeys(one.partition(" ")[0] for one in sorted(differing))
    return Changes(frozenset(changed_there - changed_here), tuple(targets))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the first fields that change, each with what it holds before and after."""
    changed = {
        name: (before.get(name), value)
        for name, value in after.items()
        if not (before.get(name) in _NOTHING and value in _NOTHING)
        and not _alike(before.get(name), value)
    }
    return dict(list(changed.items())[:TOLD_MAX])


def known_of(mapping: SyncMapping) -> Known:
    """Return what is kept of a product, as connectors take it."""
    return Known(mapping.external_id, mapping.variants, mapping.tags, mapping.media)


def after_push(
    mapping: SyncMapping, form: ProductForm, pushed: Pushed, incoming: Incoming, at: int
) -> SyncMapping:
    """Return a mapping after its product was written. incoming: what is there now."""
    known = pushed.known
    return replace(
        mapping,
        external_id=known.product_id,
        variant_ids=pushed.remote.variant_ids,
        variants=dict(known.variants),
        tags=list(known.tags),
        media=dict(known.media),
        checksum=form.checksum,
        remote=incoming.checksum,
        here=digests(form.held),
        there=digests(fields_there(incoming, known.variants)),
        failures=0,
        archived=False,
        pushed_at=at,
    )


def after_pull(
    mapping: SyncMapping,
    form: ProductForm | None,
    incoming: Incoming,
    variants: Mapping[str, str],
    at: int,
) -> SyncMapping:
    """Return a mapping after its record was written. form: what the record sends now.

    What else changed in the record since the last sync, variants that were added or deleted
    included, is still to be pushed.
    """
    now = digests(form.held) if form is not None else {}
    there = fields_there(incoming, variants)
    is_new = not mapping.here and not mapping.there
    there_now = digests(there)
    came = {n for n, d in there_now.items() if mapping.there.get(n) != d}
    came |= {n for n in there_now if " " not in n and n not in mapping.here}
    kept = {n: d for n, d in mapping.here.items() if _is_known(n, variants)}
    here = now if is_new else kept | {n: d for n, d in now.items() if n in came}
    is_level = form is not None and here == now and not (is_new and _lacks(there, form))
    # Without one the checksum is that of the product, which no record ever sends.
    kept_checksum = mapping.checksum or incoming.checksum
    checksum = form.checksum if form is not None and is_level else kept_checksum
    return replace(
        mapping,
        external_id=incoming.id,
        variant_ids=[one.id for one in incoming.variants],
        variants=dict(variants),
        checksum=checksum,
        remote=incoming.checksum,
        here=here,
        there=there_now,
        failures=0,
        pulled_at=at,
    )


def _is_known(name: str, variants: Mapping[str, str]) -> bool:
    """Return whether a field is the product's, or that of a variant that is ours."""
    _, of_variant, number = name.partition(" ")
    return not of_variant or number in variants


def _named(name: str, ids: Mapping[str, str]) -> str:
    target, found, number = name.partition(" ")
    return f"{target} {ids.get(number, number)}" if found else name


def _lacks(there: Mapping[str, Any], form: ProductForm) -> bool:
    """Return whether a product has nothing in a field that its record has something for."""
    return any(
        value not in _NOTHING and there.get(name, value) in _NOTHING
        for name, value in form.held.items()
    )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    try:
        return Decimal(str(one)) == Decimal(str(other))
    except InvalidOperation:
        return str(one).strip() == str(other).strip()


def _digest(value: Any) -> str:
    return blake2b(orjson.dumps(value), digest_size=6).hexdigest()
