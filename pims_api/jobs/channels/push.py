"""Records to products: created, updated, linked, archived, or left alone.

What needs nothing is not even read: the tenant's changes since the last push say which records to
look at.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pims_api.clock import now_us
from pims_api.connectors.base import Attribute, BadItem, Known, OutsideFailed, ProductForm, Remote
from pims_api.domain.attributes.attribute import STATUS
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.errors import PimsError
from pims_api.jobs.channels.context import Context, in_parts
from pims_api.jobs.channels.pull import write_theirs
from pims_api.jobs.channels.states import (
    after_push,
    changes_of,
    differences,
    digests,
    fields_there,
    known_of,
)
from pims_api.services.channels.changed import changed_records
from pims_api.services.channels.records import RecordTold, scope_ids
from pims_api.services.products.removal import DELETED
from pims_api.storage.outlets.mappings import (
    MappingLine,
    mapping_lines,
    mappings_of_products,
    mappings_of_records,
)
from pims_api.storage.products.store import products_by_id

RECORDS_AT_ONCE = 25
SEQUENCE, SETTINGS = "pushed_sequence", "pushed_settings"  # what a channel keeps of its last push


class Ambiguous(Exception):
    """Several products may be the one of a record."""


@dataclass(frozen=True, slots=True)
class _Work:
    """Which records a push looks at. sequence: of the state that it saw."""

    sequence: int
    wanted: list[int]
    left: list[MappingLine]
    there: set[str]


def push(context: Context) -> dict[str, Any]:
    """Send what changed; return what the channel keeps of it. Raises OutsideInvalid."""
    work = _work(context)
    for ids in in_parts(work.wanted, RECORDS_AT_ONCE):
        with context.reading() as reader:
            found = reader.told(ids)
            known = mappings_of_records(reader.seen.connection, context.outlet, ids)
        for told in found:
            try:
                context.reach.check(context.outside)
                _push_one(context, told, known.get(told.product.id), work.there)
            except (OutsideFailed, PimsError, BadItem, Ambiguous) as error:
                _failed(context, told, error)
                context.reach.note(error)
            context.ledger.tell()
    _archive(context, work)
    return {SEQUENCE: work.sequence, SETTINGS: context.outlet.updated_at}


def _work(context: Context) -> _Work:
    with context.reading() as reader:
        in_scope = scope_ids(reader.seen, reader.sight, context.plan)
        lines = {
            one.record_id: one for one in mapping_lines(reader.seen.connection, context.outlet)
        }
        sequence = reader.seen.sequence
        changed = changed_records(reader, _since(context))
    there = set(context.outside.ids()) if lines else set()
    scope = set(in_scope)
    wanted = [one for one in in_scope if _is_wanted(one, lines.get(one), changed, there)]
    context.ledger.total = len(in_scope)
    context.ledger.skip(scope - set(wanted))
    left = [one for number, one in lines.items() if number not in scope]
    return _Work(sequence, wanted, left, there)


def _since(context: Context) -> int | None:
    """Return the sequence of the last push with these settings, if there is one."""
    state = context.outlet.state
    if state.get(SETTINGS) != context.outlet.updated_at:
        return None
    sequence: int | None = state.get(SEQUENCE)
    return sequence


def _is_wanted(
    number: int, line: MappingLine | None, changed: set[int] | None, there: set[str]
) -> bool:
    if line is None or changed is None or number in changed:
        return True
    return bool(line.failures or line.archived or line.external_id not in there)


def _push_one(
    context: Context, told: RecordTold, mapping: SyncMapping | None, there: set[str]
) -> None:
    """Bring one product up to date. Raises OutsideFailed, BadItem, Ambiguous, PimsError."""
    form = context.outside.form(told.item, told.plain.attributes)
    is_unchanged = mapping is not None and _is_unchanged(mapping, form)
    if mapping is not None and is_unchanged and mapping.external_id in there:
        _skip(context, mapping)
        return
    # Gone is only what the other system says is gone, not what its list lacks.
    remote = None if mapping is None else context.outside.read(mapping.external_id)
    if mapping is not None and is_unchanged and remote is not None:
        _skip(context, mapping)
        return
    if remote is None:
        product_id = _matching(context, told, form)
        remote = None if product_id is None else context.outside.read(product_id)
        before = context.new_mapping(told.product.id, product_id or "")
        if mapping is not None:
            before = replace(before, pulled_at=mapping.pulled_at)
        mapping = before
    elif mapping is not None:
        mapping = _without_whole(context, told, form, mapping, remote)
        if context.both:
            told, form, mapping = _merged(context, told, form, mapping, remote)
    if mapping is not None:
        _write(context, told, form, mapping, remote)


def _skip(context: Context, mapping: SyncMapping) -> None:
    context.ledger.skip([mapping.record_id])
    if mapping.failures:
        context.ledger.keep(replace(mapping, failures=0))


def _is_unchanged(mapping: SyncMapping, form: ProductForm) -> bool:
    return mapping.checksum == form.checksum and not mapping.archived


def _without_whole(
    context: Context, told: RecordTold, form: ProductForm, mapping: SyncMapping, remote: Remote
) -> SyncMapping:
    """Return a mapping without the one variant that a record was itself, once both have several.

    The shop's is one of those then that it made, and stays.
    """
    if not form.options or told.item.id not in mapping.variants:
        return mapping
    if context.outside.incoming(remote, told.plain.attributes).is_single:
        return mapping
    left = {here: there for here, there in mapping.variants.items() if here != told.item.id}
    return replace(mapping, variants=left)


def _merged(
    context: Context, told: RecordTold, form: ProductForm, mapping: SyncMapping, remote: Remote
) -> tuple[RecordTold, ProductForm, SyncMapping]:
    """Bring what changed there alone into the record; what changed on both sides is told."""
    number = told.product.id
    incoming = context.outside.incoming(remote, told.plain.attributes)
    if incoming.checksum == mapping.remote:
        return told, form, mapping
    changes = changes_of(form, incoming, mapping)
    if changes.both:
        names = ", ".join(changes.both)
        message = f"conflict: {names} changed on both sides; the values of the record are sent."
        context.ledger.note(message, told.item.id, mapping.external_id)
    if not changes.theirs:
        return told, form, mapping
    kept = write_theirs(context, remote, mapping, changes.theirs)
    with context.reading() as reader:
        (told,) = reader.told([number])
    return told, context.outside.form(told.item, told.plain.attributes), kept


def _write(
    context: Context, told: RecordTold, form: ProductForm, mapping: SyncMapping, remote: Any
) -> None:
    ledger, attributes = context.ledger, list(told.plain.attributes)
    number = told.product.id
    if ledger.dry:
        deed = "create" if remote is None else "update"
        changed = _changed(context, form, mapping, remote, attributes)
        ledger.plan(deed, told.item.id, mapping.external_id or None, changed)
        ledger.push(number)
        return
    if remote is None or remote.record_id != told.item.id:
        context.prepare()
    if remote is None:
        pushed = context.outside.create(form, attributes)
    else:
        known = context.outside.noted(form, remote, known_of(mapping), attributes)
        if known.media != mapping.media:
            _note(context, mapping, remote, known, attributes)
        pushed = context.outside.update(form, remote, known, attributes)
    context.reach.note()
    incoming = context.outside.incoming(pushed.remote, attributes)
    ledger.push(number)
    ledger.keep(after_push(mapping, form, pushed, incoming, now_us()))
    for note in pushed.notes:
        ledger.note(note, told.item.id, pushed.known.product_id)


def _note(
    context: Context,
    mapping: SyncMapping,
    remote: Remote,
    known: Known,
    attributes: list[Attribute],
) -> None:
    """Keep what will be done to a product. One that is tied only now was never sent anything."""
    checksum = mapping.checksum or context.outside.incoming(remote, attributes).checksum
    media = dict(known.media)
    context.ledger.keep(replace(mapping, external_id=remote.id, media=media, checksum=checksum))


def _changed(
    context: Context,
    form: ProductForm,
    mapping: SyncMapping,
    remote: Any,
    attributes: list[Attribute],
) -> dict[str, tuple[Any, Any]]:
    """Return the first fields of a product that a push would change."""
    there: dict[str, Any] = {}
    if remote is not None:
        incoming = context.outside.incoming(remote, attributes)
        there = fields_there(incoming, mapping.variants)
    sent = digests(form.held)
    changed = {n: form.held[n] for n, one in sent.items() if mapping.here.get(n) != one}
    return differences(there, changed)


def _matching(context: Context, told: RecordTold, form: ProductForm) -> str | None:
    """Return the product that is a record's, if the shop has it already. Raises Ambiguous."""
    for found in context.outside.candidates(form):
        free = _free(context, told, list(dict.fromkeys(found)))
        if len(free) > 1:
            message = f"Several products may be this one: {', '.join(free)}. Nothing was written."
            raise Ambiguous(message)
        if free:
            return free[0]
    return None


def _free(context: Context, told: RecordTold, found: Sequence[str]) -> list[str]:
    """Return the products that are not those of other records."""
    if not found:
        return []
    with context.database.reading() as connection:
        taken = mappings_of_products(connection, context.outlet, found)
    own = told.product.id
    return [one for one in found if one not in taken or taken[one].record_id == own]


def _failed(context: Context, told: RecordTold, error: Exception) -> None:
    number = told.product.id
    with context.database.reading() as connection:  # as it is by now
        mapping = mappings_of_records(connection, context.outlet, [number]).get(number)
    product = None if mapping is None else mapping.external_id
    context.ledger.fail(number, error, told.item.id, product)
    if mapping is not None:
        context.ledger.keep(replace(mapping, failures=mapping.failures + 1))


def _archive(context: Context, work: _Work) -> None:
    """Archive the products of records that were deleted, once each."""
    waiting = [one for one in work.left if not one.archived and one.external_id in work.there]
    for line in _of_deleted(context, waiting):
        record = context.plan.id_of(line.record_id)
        if context.ledger.dry:
            context.ledger.plan("archive", record, line.external_id)
            context.ledger.push(line.record_id)
            continue
        try:
            context.reach.check(context.outside)
            context.outside.archive(line.external_id)
            context.reach.note()
        except OutsideFailed as error:
            context.reach.note(error)
            context.ledger.fail(line.record_id, error, record, line.external_id)
            continue
        context.ledger.push(line.record_id)
        _keep_archived(context, line)


def _of_deleted(context: Context, lines: Sequence[MappingLine]) -> Iterator[MappingLine]:
    for some in in_parts(lines, RECORDS_AT_ONCE * 10):
        with context.reading() as reader:
            found = products_by_id(reader.seen, [one.record_id for one in some])
        for one in some:
            if one.record_id in found and found[one.record_id].values[STATUS] == DELETED:
                yield one


def _keep_archived(context: Context, line: MappingLine) -> None:
    with context.database.reading() as connection:
        kept = mappings_of_records(connection, context.outlet, [line.record_id])
    mapping = kept[line.record_id]
    context.ledger.keep(replace(mapping, archived=True, remote=None, pushed_at=now_us()))
