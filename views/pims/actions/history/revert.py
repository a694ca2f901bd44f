"""revert: take back a transaction, an import, or what happened to a product since a moment."""

from collections.abc import Sequence
from itertools import islice

from pims_api.domain.product import ProductChange
from pims_api.jobs.reverts.job import REVERT_KIND, RevertTerms
from pims_api.services.jobs import add_job
from pims_api.services.reverts.revert import PRODUCTS_MAX, OnConflict, Reverted, check
from pims_api.services.reverts.revert import revert as take_back
from pims_api.services.reverts.rights import require_all_rows
from pims_api.services.reverts.target import FoundTarget, Target, find_target
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import Request
from schemas.pims.history.revert import read_revert, reverted_object, target_of
from schemas.pims.job import job_object
from views.pims.caller import Caller
from views.pims.dry_run import with_warnings
from views.pims.replies import Replies
from views.running import Body, Reply

PRODUCTS_TOLD = 500


def revert(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Take something back and answer with what that came to; with a job for very many products."""
    request = caller.hear(read_revert(body))
    asked, on_conflict = target_of(request), OnConflict(request.values["on_conflict"])
    access = caller.access(work.definition)
    require_all_rows(access)
    target = find_target(work, asked)
    if len(target.ids) > PRODUCTS_MAX:
        return _queued(work, caller, request, asked, target)
    work.dry_run = request.dry_run
    done, changes = take_back(work, access, target, on_conflict)
    work.finish()
    return _told(work, caller, done, changes)


def _told(
    work: UnitOfWork, caller: Caller, done: Reverted, changes: Sequence[ProductChange]
) -> Reply:
    """Answer with what was taken back, and with the first products that it changed."""
    replies = Replies(work, caller.access(work.definition), {})
    reply: Reply = {"status": "OK"} | reverted_object(done)
    told = (entry for one in changes for entry in replies.changed(one))
    reply["products"] = list(islice(told, PRODUCTS_TOLD))
    if work.dry_run:
        reply["dry_run"] = True
    return with_warnings(reply, [*caller.warnings, *done.warnings])


def _queued(
    work: UnitOfWork, caller: Caller, request: Request, asked: Target, target: FoundTarget
) -> Reply:
    """Answer with the job that takes a target back."""
    access = caller.access(work.definition)
    on_conflict = OnConflict(request.values["on_conflict"])
    if not access.policy.is_everything:
        check(work, access, target, OnConflict.FORCE)  # the rights; the job looks for conflicts
    terms = RevertTerms(
        transaction=asked.transaction,
        job_id=asked.job_id,
        on_conflict=on_conflict,
        dry_run=request.dry_run,
        view=access.policy.name,
        locale=access.locale,
        reason=work.actor.note.reason,
        source_ref=work.actor.note.source_ref,
    )
    job = add_job(work, REVERT_KIND, terms.to_payload())
    return with_warnings({"status": "OK", "job": job_object(job, ())}, caller.warnings)
