"""Transactions: list and find them, and say which one a moment means.

Source: docs/core.md, Transactions.
"""

from pims_api.deadline import Work, working_on
from pims_api.domain.values.moment import Moment
from pims_api.errors import BadInput, Fault, Subject, absent
from pims_api.storage.history import transactions as stored
from pims_api.storage.history.transactions import TransactionQuery, TransactionRow
from pims_api.storage.snapshot import Snapshot


def list_transactions(seen: Snapshot, query: TransactionQuery) -> tuple[list[TransactionRow], int]:
    """Return a page of transactions, and how many there are.

    Raises BadInput for a number that no transaction has.
    """
    working_on(Work.HISTORY)
    for place, moment in (("from", query.since), ("to", query.until)):
        if moment is not None:
            require_there(seen, moment, f"transactions/{place}")
    return stored.transactions_page(seen, query)


def show_transaction(seen: Snapshot, sequence: int) -> TransactionRow:
    """Return a transaction. Raises NotFound."""
    found = stored.find_transaction(seen, sequence)
    if found is None:
        raise absent(Subject.TRANSACTION)
    return found


def require_there(seen: Snapshot, moment: Moment, place: str) -> None:
    """Raise BadInput for the number of a transaction that is still to come."""
    number, last = moment.transaction, last_sequence(seen)
    if number is not None and number > last:
        name = place.rpartition("/")[2]
        message = f"{name} must be at most {last}, the number of the last transaction!"
        raise BadInput(faults=[Fault("range", message, place=place)])


def last_sequence(seen: Snapshot) -> int:
    """Return the number of the last transaction, that of the caller itself left out."""
    return seen.sequence - seen.is_writing
