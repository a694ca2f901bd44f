"""listTransactions: what was written, by whom and why."""

from pims_api.domain.access.api_key import ApiKey, digest
from pims_api.domain.page import Page
from pims_api.services.transactions.listing import list_transactions as found_transactions
from pims_api.storage.history.transactions import TransactionQuery
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import read_request
from schemas.pims.history.transaction import transaction_object
from schemas.pims.products.requests import LIST_TRANSACTIONS
from views.pims.caller import Caller
from views.pims.dry_run import with_warnings
from views.running import Body, Reply


def list_transactions(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of transactions, newest first unless asked otherwise."""
    params = caller.hear(read_request(LIST_TRANSACTIONS, body)).params
    rows, total = found_transactions(seen, _query(caller.key, params))
    shown = [transaction_object(one) for one in rows]
    return with_warnings(
        {"status": "OK", "total_count": total, "transactions": shown}, caller.warnings
    )


def _query(key: ApiKey, params: Body) -> TransactionQuery:
    is_own_key = digest(params["user"]) == key.digest
    return TransactionQuery(
        user=None if is_own_key else params["user"] or None,
        key_id=key.id if is_own_key else None,
        source_ref=params["source_ref"] or None,
        since=params["from"],
        until=params["to"],
        newest_first=all(one["direction"] != "ASC" for one in params["order"][:1]),
        page=Page(params["pagination"]["pageSize"], params["pagination"]["pageNum"]),
    )
