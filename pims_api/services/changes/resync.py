"""Whether what a reader of changes knows is of no use any more, so that it has to begin anew.

Source: docs/core.md, Changes.
"""

from collections.abc import Iterable

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import Level
from pims_api.domain.definition import LANGUAGE_ID
from pims_api.errors import Fault, Outdated
from pims_api.storage.history.feed import ThingChange, changes_of_kind
from pims_api.storage.snapshot import Snapshot

_SEGMENTS = "segments"


def require_in_step(snapshot: Snapshot, access: Access, sequence: int) -> None:
    """Raise Outdated when the names or rows of a caller changed after a write.

    That is when its View was edited, an attribute that it shows was deleted, or a locale removed.
    """
    if sequence >= snapshot.definition.version:
        return
    if _view_edited(snapshot, access, sequence):
        raise _outdated("The View was edited")
    if _attribute_gone(snapshot, access, sequence):
        raise _outdated("An attribute was deleted or renamed")
    if _locale_gone(snapshot, sequence):
        raise _outdated("A locale was removed")


def _view_edited(snapshot: Snapshot, access: Access, sequence: int) -> bool:
    view = snapshot.definition.views.get(access.policy.name or "")
    if view is None:
        return False
    return any(one.id == view.id for one in changes_of_kind(snapshot, "view", sequence))


def _attribute_gone(snapshot: Snapshot, access: Access, sequence: int) -> bool:
    definition, policy = snapshot.definition, access.policy
    changes = changes_of_kind(snapshot, "attribute", sequence)
    made_since = {one.id for one in changes if one.old.get("name") is None and "name" in one.new}
    return any(
        one.id in definition.attributes
        and policy.grant(definition.attributes[one.id]).level is not Level.HIDDEN
        for one in changes
        if one.id not in made_since and (one.new.get("deleted") or "name" in one.new)
    )


def _locale_gone(snapshot: Snapshot, sequence: int) -> bool:
    changes = changes_of_kind(snapshot, "dimension", sequence)
    mine = [one for one in changes if one.id == LANGUAGE_ID and _SEGMENTS in one.new]
    now = {(one.id, one.code) for one in snapshot.definition.language.segments}
    return any(not _segments(one) <= now for one in mine)


def _segments(change: ThingChange) -> set[tuple[int, str]]:
    rows: Iterable[list[object]] = change.old[_SEGMENTS] or ()
    return {(int(str(row[0])), str(row[1])) for row in rows}


def _outdated(why: str) -> Outdated:
    message = f"{why} since the cursor was made: begin again at 0!"
    return Outdated(faults=[Fault("resync", message, place="changes/since")])
