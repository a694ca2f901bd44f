"""Rows with names: which of them were written before, and what is kept of the others.

Source: docs/api/pims.md, Names of rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from pims_api.errors import Fault, NameReused
from pims_api.services.products.batch import BatchRow, RowOutcome, RowStatus
from pims_api.storage.identity.kept_replies import KeptReply, Named
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.products.batch import refused_row, sku_of
from schemas.request_name import SPELLINGS, is_name, names_in
from views.pims.caller import Caller

Told = dict[str, Any]
"""What became of a row, as callers see it."""

_USED = "Another row had this idempotency_key, so nothing was done: choose a new one!"
_KEPT = frozenset((RowStatus.CREATED, RowStatus.UPDATED, RowStatus.UNCHANGED))
_NUMBER = "\0"  # which no text in a body holds
_AS_SENT = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_SORT_KEYS


class NamedRows:
    """The names of the rows of a chunk.

    A row whose name and digest are kept, or were those of a row before it, is not written again.
    """

    def __init__(self, work: UnitOfWork, caller: Caller, sent: Sequence[Any]) -> None:
        self._sent = sent
        self._digests = dict(_named(caller, sent))
        names = {name for name, _ in self._digests.values()}
        self._kept = work.kept_replies(Named.ROW, names) if names else {}
        self._first: dict[str, int] = {}
        for place, (name, _) in self._digests.items():
            self._first.setdefault(name, place)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def is_known(self, place: int) -> bool:
        """Return whether a row is told as one that was written before, or stands before it."""
        name, digest = self._digests.get(place, ("", b""))
        return bool(name) and self._digest(name) == digest and self._is_again(place, name)

    def row(self, place: int, row: BatchRow) -> BatchRow:
        """Return a row that is to be written; where its name is another's, one to be refused."""
        name, digest = self._digests.get(place, ("", b""))
        if not name or self._digest(name) == digest:
            return row
        fault = Fault(NameReused.code, _USED, pointer="/idempotency_key")
        return refused_row(fault, sku_of(self._sent[place]))

    def told(self, place: int, written: Mapping[int, Told]) -> Told:
        """Return what is told of a known row. written: what is of those that were written now."""
        name, _ = self._digests[place]
        if name in self._kept:
            told: Told = orjson.loads(self._kept[name].reply)
            return told | {"replayed": True}
        told = written[self._first[name]]
        return told | {"replayed": True} if told["status"] in _KEPT else told

    def keep(self, work: UnitOfWork, written: Mapping[int, Told]) -> None:
        """Keep what is told of the rows that were written now, unless nothing of it stays."""
        if not work.undone:
            work.keep(
                KeptReply(Named.ROW, *self._digests[place], orjson.dumps(told))
                for place, told in written.items()
                if place in self._digests and told["status"] in _KEPT
            )

    def _digest(self, name: str) -> bytes:
        """Return the digest of the row that has a name."""
        kept = self._kept.get(name)
        return self._digests[self._first[name]][1] if kept is None else kept.digest

    def _is_again(self, place: int, name: str) -> bool:
        return name in self._kept or self._first[name] != place


def _named(caller: Caller, sent: Sequence[Any]) -> Iterator[tuple[int, tuple[str, bytes]]]:
    """Yield the places of the rows that have names, with name and digest."""
    head = orjson.dumps([caller.locale, caller.view_name, caller.user])
    for place, row in enumerate(sent):
        if not isinstance(row, dict) or row.keys().isdisjoint(SPELLINGS):
            continue
        names = names_in(row)
        if all(map(is_name, names)) and len(set(names)) == 1:
            text = orjson.dumps(row, default=_number, option=_AS_SENT)
            yield place, (names[0], sha256(head + text).digest())


def _number(number: str) -> list[str]:
    """Return a number, whose text is kept, as JSON that is no text."""
    return [_NUMBER, str(number)]


def outcome_of(told: Told) -> RowOutcome:
    """Return the outcome of a known row, as far as it is counted."""
    return RowOutcome(RowStatus(told["status"]), told["sku"], warnings=told.get("warnings", ()))
