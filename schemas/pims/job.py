"""Jobs on the wire. Source: docs/api/pims.md, Jobs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pims_api.domain.job import ERRORS, RESULT, Job, JobState
from pims_api.domain.page import Page
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import Fault, refuse_if_any
from pims_api.jobs.imports.causes import Cause, Causes
from pims_api.services.definition_imports.attribute_words import made_object
from schemas.loading import load
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.faults import fault_object
from schemas.pims.products.requests import Pagination

ADDRESS = "/pim/jobs"
REJECTED = "rejected"

_RUN: dict[str | None, str] = {"export/condition": "/condition"}
"""Pointers that a job which has run tells otherwise than the request that asked for it."""

_RESULT = {"is_trial": "dry_run"}


def job_object(job: Job, files: Collection[str]) -> dict[str, Any]:
    """Return a job as callers see it. files: the names of those that it has."""
    progress, told = job.progress, {"id": job.id, "kind": job.kind, "state": job.state.value}
    told |= {"file": job.payload["name"]} if job.payload.get("name") else {}
    told |= {"done": progress.get("done", 0), "total": progress.get("total")}
    told |= {"totals": progress["totals"]} if "totals" in progress else {}
    told |= {"result": _result(job.result)} if job.result else {}
    if errors := _fault_objects(job.errors):
        told |= {"error": errors[0]["message"], "errors": errors}
    if causes := progress.get("causes"):
        told |= {"causes": [_cause_object(one) for one in Causes.from_object(causes).in_order()]}
    if warnings := _fault_objects(progress.get("warnings", [])):
        told |= {"warnings": warnings}
    return told | {"user": job.created_by} | _times(job) | {"links": _links(job, files)}


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    told = {_RESULT.get(name, name): value for name, value in result.items()}
    made = result.get("made")
    return told | ({"made": made_object(made)} if made else {})


def _fault_objects(stored: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    faults = (Fault(**one) for one in stored)
    return [
        fault_object(replace(one, pointer=one.pointer or _RUN.get(one.place))) for one in faults
    ]


def _cause_object(cause: Cause) -> dict[str, Any]:
    """Return a cause for which rows were refused: its fault, how many rows, and their values."""
    values = sorted(cause.values.items(), key=lambda one: -one[1])
    counted = [{"value": value, "rows": rows} for value, rows in values]
    return (
        fault_object(cause.fault) | {"rows": cause.rows} | ({"values": counted} if counted else {})
    )


def read_page(query: Mapping[str, str]) -> Page:
    """Return which page a query string asks for. Raises BadInput."""
    sent = {name: JsonNumber(text) if text.isdecimal() else text for name, text in query.items()}
    found, faults = load(Pagination(), sent)
    refuse_if_any(faults)
    return Page(found["pageSize"], found["pageNum"])


class _Cancellation(WritingBody):
    passed_over: tuple[str, ...] = (*WritingBody.passed_over, "job_id")


_CANCELLATION = _Cancellation()


def read_cancellation(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that calls a job off."""
    return read_request(_CANCELLATION, body)


def _times(job: Job) -> dict[str, int | None]:
    """Return when a job was asked for, begun and over, in seconds since 1970."""
    times = {"created": job.created_at, "started": job.started_at, "finished": job.finished_at}
    return {name: None if at is None else at // 1_000_000 for name, at in times.items()}


def _links(job: Job, files: Collection[str]) -> dict[str, str]:
    address = f"{ADDRESS}/{job.id}"
    links = {"self": address}
    if ERRORS in files and job.progress.get("totals", {}).get(REJECTED):
        links["errors"] = f"{address}/errors"
    if RESULT in files and job.state is JobState.DONE:
        links["result"] = f"{address}/result"
    return links
