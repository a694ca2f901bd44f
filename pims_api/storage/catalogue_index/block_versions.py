"""When each block of the catalogue index last changed.

Every product has a status, so every block with products has one row that says so. Whoever changes
anything in a block writes that row anew: its sequence is the block's clock. What was counted of a
block holds good as long as its clock stands.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from pims_api.domain.attributes.attribute import STATUS, SYSTEM_ATTRIBUTES
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.terms import HAS_VALUE
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

_STATUS_ID = next(one.id for one in SYSTEM_ATTRIBUTES if one.name == STATUS)

_columns = posting.c
_CLOCKS = PreparedStatement(
    select(_columns.block, _columns.changed).where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.attribute_id == _STATUS_ID,
        _columns.scope == GLOBAL,
        _columns.term == HAS_VALUE,
    )
)
_ADVANCE = (
    update(posting)
    .where(
        _columns.tenant_id == bindparam("of_tenant"),
        _columns.attribute_id == _STATUS_ID,
        _columns.scope == GLOBAL,
        _columns.term == HAS_VALUE,
        _columns.block == bindparam("of_block"),
    )
    .values(changed=bindparam("sequence"))
)


def version_keys(blocks: Iterable[int]) -> set[tuple[int, str, str, int]]:
    """Return the rows of the index that tell when these blocks changed."""
    return {(_STATUS_ID, GLOBAL, HAS_VALUE, block) for block in blocks}


def block_versions(snapshot: Snapshot) -> dict[int, int]:
    """Return the sequence of the last change of every block that has products."""
    return dict(_CLOCKS.each(snapshot.connection, {"tenant_id": snapshot.tenant_id}))


def advance_version(work: Snapshot, block: int) -> None:
    """Say that a block has changed, where its clock is not written with the rest."""
    wanted = {"of_tenant": work.tenant_id, "of_block": block, "sequence": work.sequence}
    work.connection.execute(_ADVANCE, wanted)
