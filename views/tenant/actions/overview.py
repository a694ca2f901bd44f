"""What a dashboard shows: counts, and what is wrong with the catalogue."""

from typing import Any

from pims_api.services.lists.counts import count_all
from pims_api.services.lists.issues import find_issues
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from schemas.tenant.overview.stats import stats_object
from schemas.tenant.overview.validation import issue_object
from views.running import Body
from views.tenant.caller import Caller


def show_stats(seen: Snapshot, caller: Caller, _asked: Body) -> Any:
    """Answer with how many things there are."""
    return stats_object(count_all(seen, caller.sight(seen.definition).somewhere))


def list_issues(seen: Snapshot, caller: Caller, _asked: Body) -> Any:
    """Answer with what is wrong with products and variants, newest changes first."""
    ids = tenant_ids(seen)
    return [issue_object(ids, one) for one in find_issues(seen, caller.sight(seen.definition))]
