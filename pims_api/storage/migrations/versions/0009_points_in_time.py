"""Moments are in the index, and unique, by their point in time and no longer by their text.

Where a unique attribute has one point in time in two spellings, the product that came first keeps
it, and `pims check` names the other.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from pims_api.domain.values.value import point_in_time
from pims_api.storage.catalogue_index.bitmaps.blocks import decode, encode

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

_HAS, _TEXT = "*", "="
_OF = ("tenant_id", "attribute_id")
_AT = (*_OF, "scope")
_POSTINGS = sa.table("posting", *map(sa.column, (*_AT, "term", "block", "bits", "changed")))
_UNIQUE = sa.table("unique_value", *map(sa.column, (*_AT, "term", "product_id")))


def upgrade() -> None:
    """Replace the texts in the index and among the unique values, attribute by attribute."""
    for moments in _attributes():
        _replace_unique(moments)
        for place in _blocks(moments):
            _replace_postings(place)


def _attributes() -> list[dict[str, Any]]:
    return [{"tenant_id": row.tenant_id, "attribute_id": int(row.id)} for row in _definitions()]


def _definitions() -> Iterator[Any]:
    definitions = sa.table("definition", *map(sa.column, ("tenant_id", "kind", "id", "body")))
    attributes = definitions.select().where(definitions.c.kind == "attribute")
    for row in op.get_bind().execute(attributes).all():
        if orjson.loads(row.body)["type"] == "datetime":
            yield row


def _replace_unique(moments: dict[str, Any]) -> None:
    mine = _is_at(_UNIQUE, moments)
    rows = _UNIQUE.select().where(mine).order_by(_UNIQUE.c.product_id.desc())
    holders = {
        (row.scope, point_in_time(row.term)): row.product_id
        for row in op.get_bind().execute(rows).all()
    }
    op.execute(_UNIQUE.delete().where(mine))
    op.bulk_insert(
        _UNIQUE,
        [
            moments | {"scope": scope, "term": term, "product_id": product_id}
            for (scope, term), product_id in holders.items()
        ],
    )


def _blocks(moments: dict[str, Any]) -> list[dict[str, Any]]:
    """Return scope and block of every block in which a product has a value."""
    rows = sa.select(_POSTINGS.c.scope, _POSTINGS.c.block)
    wanted = rows.where(_is_at(_POSTINGS, moments), _POSTINGS.c.term == _HAS)
    found = op.get_bind().execute(wanted).all()
    return [moments | {"scope": row.scope, "block": row.block} for row in found]


def _replace_postings(place: dict[str, Any]) -> None:
    texts = sa.and_(_is_at(_POSTINGS, place), _POSTINGS.c.term != _HAS)
    bits: defaultdict[str, int] = defaultdict(int)
    changed = 0
    for row in op.get_bind().execute(_POSTINGS.select().where(texts)).all():
        bits[_TEXT + point_in_time(row.term.removeprefix(_TEXT))] |= decode(row.bits)
        changed = max(changed, row.changed)
    op.execute(_POSTINGS.delete().where(texts))
    op.bulk_insert(
        _POSTINGS,
        [
            place | {"term": term, "bits": encode(members), "changed": changed}
            for term, members in bits.items()
        ],
    )


def _is_at(table: sa.TableClause, place: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == cell for name, cell in place.items()))
