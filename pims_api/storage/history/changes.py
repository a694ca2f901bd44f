"""History: the transactions of a tenant, and what each of them changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
)

from pims_api.domain.attributes.attribute import UNSEEN_ATTRIBUTES
from pims_api.domain.page import Page
from pims_api.domain.product import ProductChange, Values
from pims_api.storage.engine.bulk_write import Inserts
from pims_api.storage.engine.dialect import is_sqlite
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.watch.sequence_watch import BELL, LISTENING
from pims_api.storage.history.chain import LINK_COLUMNS, digest_of, digest_of_change
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction
from pims_api.storage.tables.columns import with_texts

PRODUCT_ENTITY = "product"
ENTRIES_AT_ONCE = 1_000
SEQUENCE_MAX = 2**63 - 1


def _insertion(connection: Connection) -> Any:
    """Return what inserts a transaction; on PostgreSQL it tells those who wait, once committed.

    Those who listen share a lock. Where nobody has it, the writer holds it alone until its commit,
    so that whoever begins to listen meanwhile looks at the sequence after that. A writer that finds
    it held by another writer tells, too.
    """
    inserted = insert(transaction)
    if is_sqlite(connection):
        return inserted
    is_free = func.pg_try_advisory_xact_lock(LISTENING)
    return inserted.returning(case((~is_free, func.pg_notify(BELL, ""))))


_INSERT_TRANSACTION = PreparedStatement(_insertion)
_NOTHING = "{}"
_NEW_CHANGES = Inserts(with_texts(change), same=["tenant_id", "sequence"])
_HISTORY = (
    select(change.c.sequence, transaction.c.at, transaction.c.actor, transaction.c.key_id,
           change.c.old, change.c.new, transaction.c.reason, transaction.c.source_ref)
    .join_from(
        change,
        transaction,
        (transaction.c.tenant_id == change.c.tenant_id)
        & (transaction.c.sequence == change.c.sequence),
    )
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == bindparam("entity"),
        change.c.entity_id == bindparam("entity_id"),
    )
    .order_by(change.c.sequence)
)  # fmt: skip
_OLDEST = _HISTORY.limit(bindparam("size")).offset(bindparam("offset"))
_PAGE = PreparedStatement(_OLDEST)
_NEWEST_PAGE = PreparedStatement(_OLDEST.order_by(None).order_by(change.c.sequence.desc()))
_IN_PARTS = _HISTORY.limit(bindparam("size"))
_AFTER = PreparedStatement(_IN_PARTS.where(change.c.sequence > bindparam("last")))
_BEFORE = PreparedStatement(
    _IN_PARTS.where(change.c.sequence < bindparam("last"))
    .order_by(None)
    .order_by(change.c.sequence.desc())
)
_UNSEEN_FIRST = [f'{{"{key}":' for key in UNSEEN_ATTRIBUTES]  # how the JSON of such a change begins
_SHORTEST = min(map(len, _UNSEEN_FIRST))


def _first(length: int) -> ColumnElement[str]:
    """Return the first characters of the JSON of a change."""
    return func.substr(type_coerce(change.c.new, Text), 1, length)


# One comparison, which most changes fail, is quicker than one for each beginning.
_begins_unseen = _first(_SHORTEST).in_([literal(one[:_SHORTEST]) for one in _UNSEEN_FIRST]) & or_(
    *(_first(len(one)) == one for one in _UNSEEN_FIRST)
)
_COUNTS = PreparedStatement(
    select(func.count(), func.count().filter(_begins_unseen)).where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == bindparam("entity"),
        change.c.entity_id == bindparam("entity_id"),
    )
)


REASON_LENGTH_MAX = 500  # characters
SOURCE_REF_LENGTH_MAX = 200  # characters


@dataclass(frozen=True, slots=True)
class Note:
    """Why a transaction was made. source_ref: a document in another system, such as an order.

    Source: docs/core.md, Notes.
    """

    reason: str | None = None
    source_ref: str | None = None


NO_NOTE = Note()


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a write. name: the caller's own or the masked key, shown in history.

    job_id: of the job that writes.
    """

    name: str
    key_id: int | None = None
    note: Note = NO_NOTE
    job_id: int | None = None

    @property
    def holder(self) -> str:
        """Who the author is, whoever uses the key."""
        return f"user {self.name}" if self.key_id is None else f"key {self.key_id}"


class EntityChange(NamedTuple):
    """The change of one thing in a transaction; null means unset.

    new_text: the JSON of the new values, where somebody has made it already.
    """

    entity: str
    entity_id: int
    old: Values
    new: Values
    new_text: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """The change of one product in a transaction. at: microseconds since 1970."""

    sequence: int
    at: int
    actor: str
    key_id: int | None
    old: Values
    new: Values
    reason: str | None = None
    source_ref: str | None = None


def product_entity_changes(changes: Sequence[ProductChange]) -> list[EntityChange]:
    """Return the history rows of product changes."""
    return [
        EntityChange(
            PRODUCT_ENTITY, one.after.id, {}, one.new, one.new_text
        )  # the text of the document
        if one.before is None
        else EntityChange(PRODUCT_ENTITY, one.after.id, *one.sides)
        for one in changes
    ]


def write_transaction(
    work: Snapshot, actor: Actor, at: int, before: str, changes: Sequence[str]
) -> None:
    """Store the transaction: who acted, when and why, and its digest.

    before: the digest of the transaction before it. changes: the digests of its changes, which are
    stored already.
    """
    note = actor.note
    head = (work.sequence, at, actor.name, actor.key_id, note.reason, note.source_ref, actor.job_id)
    row = dict(zip(LINK_COLUMNS, head, strict=True))
    row |= {"tenant_id": work.tenant_id, "digest": digest_of(before, head, changes)}
    _INSERT_TRANSACTION.run(work.connection, row)


def write_changes(work: Snapshot, rows: Sequence[EntityChange]) -> list[str]:
    """Store changes of the transaction and return the digest of each."""
    olds = [_text(_set_ones(row.old)) if row.old else _NOTHING for row in rows]
    news = [row.new_text or _text(row.new) for row in rows]
    cells: dict[str, list[Any]] = {
        "entity": [row.entity for row in rows],
        "entity_id": [row.entity_id for row in rows],
        "old": olds,
        "new": news,
    }
    same = {"tenant_id": work.tenant_id, "sequence": work.sequence}
    _NEW_CHANGES.run(work.connection, cells, same)
    return list(map(digest_of_change, cells["entity"], cells["entity_id"], olds, news))


def product_history(snapshot: Snapshot, product_id: int) -> list[HistoryEntry]:
    """Return every entry of a product, oldest first."""
    return list(chain.from_iterable(history_in_parts(snapshot, product_id)))


def history_in_parts(
    snapshot: Snapshot, product_id: int, *, newest_first: bool = False
) -> Iterator[list[HistoryEntry]]:
    """Yield every entry of a product in parts, so that a long history is never in memory whole."""
    statement = _BEFORE if newest_first else _AFTER
    last = SEQUENCE_MAX if newest_first else 0
    while True:
        wanted = _of_product(snapshot, product_id) | {"last": last, "size": ENTRIES_AT_ONCE}
        part = [_entry(*row) for row in statement.all(snapshot.connection, wanted)]
        if part:
            yield part
        if len(part) < ENTRIES_AT_ONCE:
            return
        last = part[-1].sequence


def product_history_page(
    snapshot: Snapshot, product_id: int, page: Page, *, newest_first: bool
) -> list[HistoryEntry]:
    """Return one page of the entries of a product. See `product_history_size`."""
    wanted = _of_product(snapshot, product_id) | {"size": page.size, "offset": page.offset}
    statement = _NEWEST_PAGE if newest_first else _PAGE
    return [_entry(*row) for row in statement.all(snapshot.connection, wanted)]


def product_history_size(snapshot: Snapshot, product_id: int) -> tuple[int, int]:
    """Return how many entries a product has, and how many of them may be shown to nobody.

    These may change its type or stage alone, or its categories in catalogs besides the default one.
    """
    total, unseen = _COUNTS.first(snapshot.connection, _of_product(snapshot, product_id))
    return total, unseen


def whole_old(old: Values, new: Values) -> Values:
    """Return the old values of a stored change, null for those that were unset.

    Nulls are not stored in old values, which makes a creation, all nulls, smaller by a fifth.

    >>> whole_old({"color": "red"}, {"color": "blue", "size": "5"})
    {'color': 'red', 'size': None}
    """
    return dict.fromkeys(new) | old


def _entry(
    sequence: int, at: int, actor: str, key_id: int | None, old: Values, new: Values, *note: Any
) -> HistoryEntry:
    return HistoryEntry(sequence, at, actor, key_id, whole_old(old, new), new, *note)


def _of_product(snapshot: Snapshot, product_id: int) -> dict[str, Any]:
    return {"tenant_id": snapshot.tenant_id, "entity": PRODUCT_ENTITY, "entity_id": product_id}


def _text(values: Values) -> str:
    return orjson.dumps(values).decode()


def _set_ones(old: Values) -> Values:
    """Return old values without nulls."""
    return {place: value for place, value in old.items() if value is not None}
