"""Transactions on the wire. Source: docs/api/pims.md, listTransactions."""

from typing import Any

from pims_api.storage.history.transactions import TransactionRow
from schemas.pims.note import note_object


def transaction_object(row: TransactionRow) -> dict[str, Any]:
    """Return a transaction as callers see it.

    >>> transaction_object(TransactionRow(7, 2_000_000, "Anna", "Sale", None, None, "", 3, 0))
    {'transaction': 7, 'date': 2, 'user': 'Anna', 'reason': 'Sale', 'products': 3, 'definitions': 0}
    """
    told: dict[str, Any] = {
        "transaction": row.sequence,
        "date": row.at // 1_000_000,
        "user": row.actor,
    }
    told |= note_object(row.reason, row.source_ref)
    told |= {"job": row.job_id} if row.job_id is not None else {}
    return told | {"products": row.products, "definitions": row.definitions}
