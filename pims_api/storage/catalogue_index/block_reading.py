"""Reading the rows of some blocks of the index."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, select

from pims_api.storage.catalogue_index.index_rows import NUMBER_PARTS
from pims_api.storage.catalogue_index.lookup import raw
from pims_api.storage.catalogue_index.number_parts import PARTS_PER_BLOCK, parts_of
from pims_api.storage.catalogue_index.number_slices import PART
from pims_api.storage.catalogue_index.term_leaps import Place
from pims_api.storage.catalogue_index.terms import is_sliced
from pims_api.storage.dialect import looked_up
from pims_api.storage.prepared import Prepared
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

# Looking up a row by its key costs about as much as passing this many of those that lie together.
PASSED_PER_LOOKED_UP = 4

_columns = posting.c
_PLACE = (_columns.attribute_id, _columns.scope)
_KEY = (*_PLACE, _columns.term, _columns.block)
_ROW = (*_KEY, _columns.bits)


def read_blocks(
    snapshot: Snapshot,
    terms: Mapping[Place, Sequence[str]],
    blocks: Sequence[int],
    block_count: int,
) -> dict[int, dict[Place, dict[str, bytes]]]:
    """Return the rows of some blocks in one statement: stored bits by block, place and term.

    terms: all terms of each place. block_count: how many blocks there are. Numbers are read
    by a second statement; they stand among the terms, see `slices_of_block`.
    """
    if not blocks:
        return {}
    if len(blocks) * PASSED_PER_LOOKED_UP > block_count:
        statement = _OF_PLACES
        keys: list[list[Any]] = [list(place) for place in terms]
    else:
        statement = _OF_KEYS
        keys = [[*place, term, block] for place in terms for term in terms[place]
                for block in blocks]  # fmt: skip
    found: dict[int, dict[Place, dict[str, bytes]]] = {block: {} for block in blocks}
    parameters = {"tenant_id": snapshot.tenant_id, "keys": keys}
    rows = statement.each(snapshot.connection, parameters)
    for place, some in groupby(rows, key=itemgetter(0, 1)):
        here = {block: terms_there.setdefault(place, {}) for block, terms_there in found.items()}
        for _, _, term, block, bits in some:
            if block in here:
                here[block][term] = bits
    _read_parts(snapshot, terms, found)
    return found


def _read_parts(
    snapshot: Snapshot,
    places: Iterable[Place],
    found: dict[int, dict[Place, dict[str, bytes]]],
) -> None:
    attributes = snapshot.definition.attributes
    numeric = [place for place in places if is_sliced(attributes[place[0]])]
    if not numeric:
        return
    keys = [[*place, part] for place in numeric for block in found for part in parts_of(block)]
    parameters = {"tenant_id": snapshot.tenant_id, "keys": keys}
    for attribute_id, scope, part, bits in _OF_PARTS.each(snapshot.connection, parameters):
        block, number = divmod(part, PARTS_PER_BLOCK)
        here = found[block].setdefault((attribute_id, scope), {})
        here[f"{PART}{number}"] = bits


def _of(connection: Connection, keys: Sequence[Column[Any]]) -> Select[Any]:
    mine = select(*map(raw, _ROW)).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, keys, "keys")


_OF_PARTS = Prepared(lambda connection: NUMBER_PARTS.looked_up(connection, "keys"))
_OF_PLACES = Prepared(partial(_of, keys=_PLACE))
_OF_KEYS = Prepared(partial(_of, keys=_KEY))
