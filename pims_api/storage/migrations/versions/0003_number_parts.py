"""A table for the numbers of the index, and the sequence of a tenant's last change of a key."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, offsets_of
from pims_api.storage.catalogue_index.bitmaps.number_blocks import encode_numbers, part_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMERIC = ("number", "date", "completeness")
_HAS, _NEGATIVE, _INEXACT, _BIT = "*", "#-", "!", "#"
_POSTINGS = sa.table(
    "posting",
    *map(sa.column, ("tenant_id", "attribute_id", "scope", "term", "block", "bits", "changed")),
)


def upgrade() -> None:
    """Add the table and the column; convert numbers that were postings, one per bit."""
    op.add_column(
        "tenant", sa.Column("keys_changed", sa.BigInteger, nullable=False, server_default="0")
    )
    parts = op.create_table(
        "number_part",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("attribute_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("part", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("bits", sa.LargeBinary, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE number_part ALTER COLUMN bits SET STORAGE PLAIN")
        op.execute("ALTER TABLE number_part SET (fillfactor = 50)")
    for place in _numeric_places():
        op.bulk_insert(parts, list(_parts_of(place)))
        _forget_bits(place)


def _numeric_places() -> list[Any]:
    """Return tenant, attribute, scope and block of every block that has numbers."""
    columns = (_POSTINGS.c.tenant_id, _POSTINGS.c.attribute_id)
    rows = sa.select(*columns, _POSTINGS.c.scope, _POSTINGS.c.block)
    wanted = op.get_bind().execute(rows.where(_POSTINGS.c.term == _HAS))
    numeric = set(_numeric_attributes())
    return [place for place in wanted if tuple(place[:2]) in numeric]


def _numeric_attributes() -> Iterator[tuple[int, int]]:
    definitions = sa.table("definition", *map(sa.column, ("tenant_id", "kind", "id", "body")))
    attributes = definitions.select().where(definitions.c.kind == "attribute")
    for row in op.get_bind().execute(attributes):
        body = orjson.loads(row.body)
        if body["type"] in _NUMERIC and not body.get("collection"):
            yield row.tenant_id, int(row.id)


def _parts_of(place: Any) -> Iterator[dict[str, Any]]:
    tenant_id, attribute_id, scope, block = place
    rows = list(op.get_bind().execute(_POSTINGS.select().where(_is_at(place))))
    terms = {row.term: set(offsets_of(row.bits)) for row in rows}
    parts: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for offset in sorted(terms[_HAS]):
        part, there = part_of(block * BLOCK_BITS + offset)
        parts[part][there] = _number(terms, offset)
    same = {"tenant_id": tenant_id, "attribute_id": attribute_id, "scope": scope}
    changed = max(row.changed for row in rows)
    for part, numbers in parts.items():
        yield same | {"part": part, "bits": encode_numbers(numbers), "changed": changed}


def _number(terms: dict[str, set[int]], offset: int) -> int:
    bits = (term for term in terms if term.startswith(_BIT) and term != _NEGATIVE)
    magnitude = sum(1 << int(term[1:]) for term in bits if offset in terms[term])
    return -magnitude if offset in terms.get(_NEGATIVE, ()) else magnitude


def _forget_bits(place: Any) -> None:
    kept = _POSTINGS.c.term.like(f"{_INEXACT}%")
    op.get_bind().execute(_POSTINGS.delete().where(_is_at(place), ~kept))


def _is_at(place: Any) -> Any:
    names = ("tenant_id", "attribute_id", "scope", "block")
    return sa.and_(*(_POSTINGS.c[name] == cell for name, cell in zip(names, place, strict=True)))
