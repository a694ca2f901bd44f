"""Products to records: written, created, linked, or left alone. Nothing is written there.

Source: docs/channels.md, Pulling.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from pims_api.clock import now_us
from pims_api.connectors.base import BadItem, Incoming, OutsideFailed, ProductForm, Remote
from pims_api.domain.attributes.attribute import STATUS
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Fault, PimsError
from pims_api.jobs.channels.context import Context
from pims_api.jobs.channels.states import after_pull, differences, digests, fields_there
from pims_api.services.channels.incoming import Everything, create_record, write_record
from pims_api.services.channels.records import RecordReader
from pims_api.services.products.lineages import lineages
from pims_api.services.products.removal import DELETED
from pims_api.storage.outlets.mappings import (
    mapping_lines,
    mappings_of_products,
    mappings_of_records,
)
from pims_api.storage.products.store import products_by_id, products_by_sku

GONE = "The product {} is not in the shop any more: {} is no longer tied to it, and stays."


class Unclear(Exception):
    """It is not clear which record a product is."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of the products of a page.

    records: by number, those that mappings or ids name. taken: mappings by record.
    """

    mappings: Mapping[str, SyncMapping]
    records: Mapping[int, Product]
    by_sku: Mapping[str, Product]
    taken: Mapping[int, SyncMapping]


def pull(context: Context) -> None:
    """Receive what changed. Raises OutsideInvalid, OutsideFailed."""
    seen: set[str] = set()
    for remotes in context.outside.pages():
        page = _page(context, remotes)
        for remote in remotes:
            seen.add(remote.id)
            try:
                _pull_one(context, remote, page)
            except (PimsError, Unclear, BadItem) as error:
                _failed(context, remote, page, error)
            context.ledger.tell()
    _drop_gone(context, seen)


def write_theirs(
    context: Context, remote: Remote, mapping: SyncMapping, fields: AbstractSet[str]
) -> SyncMapping:
    """Write fields of a product into its record, and return the mapping as it is then.

    fields: with our ids of variants. Raises PimsError.
    """
    kept = _written(context, remote, mapping, fields)
    if context.has_written:
        context.ledger.pull(mapping.record_id)
    return kept


def _page(context: Context, remotes: Sequence[Remote]) -> _Page:
    plan = context.plan
    with context.reading() as reader:
        seen = reader.seen
        mappings = mappings_of_products(seen.connection, context.outlet, [r.id for r in remotes])
        free = [one for one in remotes if one.id not in mappings]
        named = [plan.number_of(one.record_id) for one in free]
        skus = [sku for one in free for sku in one.skus]
        by_sku = products_by_sku(seen, skus) if skus else {}
        found = lineages(seen, list(by_sku.values()))
        roots = {one[-1].sku: one[0] for one in found if not reader.has_made_sku(one[-1])}
        wanted = {one.record_id for one in mappings.values()} | {n for n in named if n}
        records = products_by_id(seen, wanted) | {one.id: one for one in roots.values()}
        taken = mappings_of_records(seen.connection, context.outlet, records)
    return _Page(mappings, records, roots, taken)


def _pull_one(context: Context, remote: Remote, page: _Page) -> None:
    mapping = page.mappings.get(remote.id)
    if mapping is not None:
        _pull_mapped(context, remote, mapping, page.records.get(mapping.record_id))
        return
    record = _matching(context, remote, page)
    if record is not None:
        _written(context, remote, context.new_mapping(record.id, remote.id), None)
        context.ledger.pull(record.id)
    elif remote.is_archived or context.plan.type_id is None:
        context.ledger.skip([remote.id])
    else:
        _create(context, remote)


def _pull_mapped(
    context: Context, remote: Remote, mapping: SyncMapping, record: Product | None
) -> None:
    if record is None or record.values[STATUS] == DELETED:
        return
    with context.reading() as reader:
        attributes = reader.plain_of(record).attributes
    incoming = context.outside.incoming(remote, attributes)
    new = {one.id for one in incoming.variants} - set(mapping.variants.values())
    if incoming.checksum == mapping.remote and not new:
        context.ledger.skip([record.id])
        return
    there = digests(fields_there(incoming, mapping.variants))
    fields = frozenset(
        n for n, one in there.items() if mapping.there.get(n) != one or n.partition(" ")[2] in new
    )
    is_new = not mapping.there  # a push began to tie it, and was not answered
    _written(context, remote, mapping, None if is_new else fields)
    if context.has_written:
        context.ledger.pull(record.id)
    else:
        context.ledger.skip([record.id])


def _matching(context: Context, remote: Remote, page: _Page) -> Product | None:
    """Return the record of a product that no mapping knows. Raises Unclear."""
    number = context.plan.number_of(remote.record_id)
    named = page.records.get(number or 0)
    found = {} if named is None or named.values[STATUS] == DELETED else {named.id: named}
    if not found:
        skus = [page.by_sku[sku] for sku in remote.skus if sku in page.by_sku]
        found = {one.id: one for one in skus if one.values[STATUS] != DELETED}
    ids = [context.plan.id_of(one) for one in found]
    if len(found) > 1:
        raise Unclear(f"Several records may be this product: {', '.join(ids)}. Nothing is stored.")
    for one in found.values():
        other = page.taken.get(one.id)
        if other is not None:
            message = f"{ids[0]} is tied to {other.external_id} already. Nothing is stored."
            raise Unclear(message)
        return one
    return None


def _written(
    context: Context, remote: Remote, mapping: SyncMapping, fields: AbstractSet[str] | None
) -> SyncMapping:
    """Write a product into a record in one transaction with the mapping. Raises PimsError.

    fields: with our ids of variants; None: all.
    """
    theirs = dict(mapping.variants)
    with context.writing() as (work, reader):
        found = reader.told([mapping.record_id])
        if not found:
            raise BadInput(faults=[Fault("not_found", "The record is not there any more!")])
        told = found[0]
        incoming = context.outside.incoming(remote, told.plain.attributes)
        wanted: Any = Everything()
        if fields is not None:
            wanted = {_there_name(one, theirs) for one in fields}
        before = _form(context, found) if context.ledger.dry else None
        variants = write_record(work, reader, told, incoming, theirs, wanted)
        kept = _kept(context, work, reader, mapping, (incoming, variants))
        if context.ledger.dry:
            _plan(context, reader, kept, before, is_new=fields is None)
        return kept


def _plan(
    context: Context,
    reader: RecordReader,
    mapping: SyncMapping,
    before: ProductForm | None,
    *,
    is_new: bool,
) -> None:
    """Tell what a dry run wrote, before it is taken back."""
    after = _form(context, reader.told([mapping.record_id]))
    changed = differences(before.held if before else {}, after.held if after else {})
    if is_new or context.has_written:
        record = context.plan.id_of(mapping.record_id)
        context.ledger.plan("link" if is_new else "update", record, mapping.external_id, changed)


def _there_name(name: str, variants: Mapping[str, str]) -> str:
    target, found, number = name.partition(" ")
    return f"{target} {variants.get(number, number)}" if found else name


def _create(context: Context, remote: Remote) -> None:
    """Create a record for a product. Raises PimsError."""
    with context.writing() as (work, reader):
        kind = work.definition.type_ids.get(context.plan.type_id or 0)
        if kind is None or kind.deleted:
            raise BadInput(faults=[Fault("range", "The schema of this channel is gone.")])
        outside = context.outside
        record, variants = create_record(
            work, reader, kind, lambda attributes: outside.incoming(remote, attributes)
        )
        mapping = context.new_mapping(record.id, remote.id)
        incoming = outside.incoming(remote, reader.plain_of(record).attributes)
        _kept(context, work, reader, mapping, (incoming, variants))
        if context.ledger.dry:
            form = _form(context, reader.told([record.id]))
            made = differences({}, form.held) if form is not None else {}
            context.ledger.plan("create", None, remote.id, made)
    context.ledger.pull(remote.id if context.ledger.dry else record.id)


def _kept(
    context: Context,
    work: Any,
    reader: RecordReader,
    mapping: SyncMapping,
    received: tuple[Incoming, dict[str, str]],
) -> SyncMapping:
    """Store a mapping after its record was written, in the same transaction if it was."""
    incoming, variants = received
    context.has_written = work.finish()
    after = reader.told([mapping.record_id])
    form = _form(context, after)
    kept = after_pull(mapping, form, incoming, variants, now_us())
    if context.ledger.dry:
        return kept
    if context.has_written:
        context.ledger.keep_in(work.connection, kept)
    else:
        work.connection.rollback()
        context.ledger.keep_in(work.connection, kept)
        work.connection.commit()
    return kept


def _form(context: Context, found: Sequence[Any]) -> ProductForm | None:
    try:
        return context.outside.form(found[0].item, found[0].plain.attributes) if found else None
    except BadItem:
        return None


def _failed(context: Context, remote: Remote, page: _Page, error: Exception) -> None:
    mapping = page.mappings.get(remote.id)
    record = None if mapping is None else context.plan.id_of(mapping.record_id)
    item = remote.id if mapping is None else mapping.record_id
    context.ledger.pulled.discard(item)
    context.ledger.fail(item, error, record, remote.id)
    if mapping is not None:
        context.ledger.keep(replace(mapping, failures=mapping.failures + 1))


def _drop_gone(context: Context, seen: AbstractSet[str]) -> None:
    """Forget products that are not there any more; their records stay."""
    with context.database.reading() as connection:
        lines = mapping_lines(connection, context.outlet)
    for line in lines:
        if line.external_id in seen or line.record_id in context.ledger.failed:
            continue
        record = context.plan.id_of(line.record_id)
        try:
            context.reach.check(context.outside)
            is_there = context.outside.read(line.external_id) is not None
            context.reach.note()
        except OutsideFailed as error:
            context.reach.note(error)
            context.ledger.fail(line.record_id, error, record, line.external_id)
            continue
        if is_there:
            continue
        message = GONE.format(line.external_id, record)
        context.ledger.fail(line.record_id, message, record, line.external_id)
        gone = context.new_mapping(line.record_id, line.external_id)
        context.ledger.drop(gone)
