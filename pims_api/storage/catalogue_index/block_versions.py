"""Block versions: the sequence of the last write that changed each block of the catalogue index.

Every product has a status, so every block with products has the row "has a status". Every change
of a block writes that row too, and its `changed` is the version of the block. What is cached of a
block is valid for as long as its version is the same.
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
_VERSIONS = PreparedStatement(
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
    """Return the keys of the rows that hold the versions of these blocks."""
    return {(_STATUS_ID, GLOBAL, HAS_VALUE, block) for block in blocks}


def block_versions(snapshot: Snapshot) -> dict[int, int]:
    """Return the versions of all blocks that have products."""
    return dict(_VERSIONS.each(snapshot.connection, {"tenant_id": snapshot.tenant_id}))


def advance_version(work: Snapshot, block: int) -> None:
    """Set the version of a block whose version row is not written otherwise."""
    wanted = {"of_tenant": work.tenant_id, "of_block": block, "sequence": work.sequence}
    work.connection.execute(_ADVANCE, wanted)
