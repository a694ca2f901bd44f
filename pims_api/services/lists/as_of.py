"""Reads as of a moment: which transaction it means, and the products as they were after it.

Source: docs/core.md, As of a moment.
"""

from dataclasses import dataclass

from pims_api.domain.cursor import ListPlace
from pims_api.domain.values.moment import Moment
from pims_api.errors import BadInput, Fault
from pims_api.storage.history.moments import Applied, applied_at
from pims_api.storage.history.past.state import past_snapshot
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a read sees. applied: the transaction that it is as of; None: it is as of now."""

    seen: Snapshot
    applied: Applied | None = None


def as_of(snapshot: Snapshot, moment: Moment | None, place: ListPlace | None = None) -> AsOf:
    """Return what a read as of a moment sees; None: as of now.

    place: where a page of a list ended, which stays at the moment of its first page. Raises
    BadInput for a number that no transaction has, and for a page of a list as of something else.
    """
    if place is not None and place.sku:
        moment = _moment_of_page(snapshot, moment, place.moment)
    if moment is None:
        return AsOf(snapshot)
    applied = sequence_as_of(snapshot, moment)
    return AsOf(past_snapshot(snapshot, applied.sequence), applied)


def sequence_as_of(snapshot: Snapshot, moment: Moment, place: str = "as_of") -> Applied:
    """Return the transaction that a moment means. Raises BadInput for one that there is not.

    place: where the moment was asked for. A writer's own transaction is not there yet.
    """
    last = snapshot.sequence - snapshot.is_writing
    if moment.transaction is not None and moment.transaction > last:
        message = f"as_of must be at most {last}, the number of the last transaction!"
        raise BadInput(faults=[Fault("range", message, place=place)])
    applied = applied_at(snapshot, moment)
    return applied if applied.sequence <= last else applied_at(snapshot, Moment(last))


def _moment_of_page(snapshot: Snapshot, asked: Moment | None, before: int | None) -> Moment | None:
    if before is None and asked is None:
        return None
    if before is None or before > snapshot.sequence:
        raise _other_moment()
    if asked is not None:
        applied = sequence_as_of(snapshot, asked).sequence
        # A time that was ahead may mean a later transaction by now.
        if applied < before or (asked.transaction is not None and applied != before):
            raise _other_moment()
    return Moment(transaction=before)


def _other_moment() -> BadInput:
    message = "The cursor of the page belongs to a list as of another moment!"
    return BadInput(faults=[Fault("range", message, place="page/after")])
