"""Jobs on the wire. Source: docs/api/pims.md, Jobs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pims_api.domain.job import ERRORS, RESULT, Job, JobState
from pims_api.domain.page import Page
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import Fault
from pims_api.jobs.imports.causes import Cause, Causes
from pims_api.services.definition_imports.attribute_words import made_object
from pims_api.services.imports.products import column_of
from pims_api.transfer.tables.table import Row
from schemas.pims.body import ReadingBody, Request, WritingBody, read_request
from schemas.pims.faults import fault_object
from schemas.pims.fields import Text
from schemas.pims.products.requests import Pagination

ADDRESS = "/pim/jobs"
REJECTED = "rejected"
JSON = "json"
_STRICT = {"strict": "1"}
_FORMAT_SHOWN = 40  # characters of a format that nobody knows

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
    if warnings := progress.get("warnings"):
        told |= {"warnings": [_warning_object(Fault(**one)) for one in warnings]}
    return told | {"user": job.created_by} | _times(job) | {"links": _links(job, files)}


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    told = {_RESULT.get(name, name): value for name, value in result.items()}
    made = result.get("made")
    return told | ({"made": made_object(made)} if made else {})


def _fault_objects(stored: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_fault_object(Fault(**one)) for one in stored]


def _fault_object(one: Fault) -> dict[str, Any]:
    return fault_object(replace(one, pointer=one.pointer or _RUN.get(one.place)))


def _warning_object(one: Fault) -> dict[str, Any]:
    """Return a warning of a job, with the line of the file that it is about, if there is one."""
    line = {} if one.row is None else {"line": one.row}
    return _fault_object(replace(one, row=None)) | line


def _cause_object(cause: Cause) -> dict[str, Any]:
    """Return a cause for which rows were refused: its fault, how many rows, and their values."""
    values = sorted(cause.values.items(), key=lambda one: -one[1])
    counted = [{"value": value, "rows": rows} for value, rows in values]
    return (
        fault_object(cause.fault) | {"rows": cause.rows} | ({"values": counted} if counted else {})
    )


class _PageQuery(ReadingBody, Pagination):
    """The query string of a list of jobs."""


class _JobQuery(ReadingBody):
    passed_over: tuple[str, ...] = (*ReadingBody.passed_over, "job_id")


class _ErrorsQuery(_JobQuery):
    format = Text(load_default="")


_PAGE_QUERY, _JOB_QUERY, _ERRORS_QUERY = _PageQuery(), _JobQuery(), _ErrorsQuery()


def read_page(query: Mapping[str, str]) -> tuple[Page, Request]:
    """Return which page a query string asks for. Raises BadInput."""
    sent = {name: JsonNumber(text) if text.isdecimal() else text for name, text in query.items()}
    request = read_request(_PAGE_QUERY, sent)
    request.check()
    return Page(request.values["pageSize"], request.values["pageNum"]), request


def read_job_query(query: Mapping[str, Any]) -> Request:
    """Return the request of an address that names a job and nothing else."""
    return read_request(_JOB_QUERY, query)


def read_file_query(query: Mapping[str, str]) -> None:
    """Raise BadInput for parameters of a file, which has no place for warnings."""
    read_request(_JOB_QUERY, {**query, **_STRICT}).check()


def read_errors_format(query: Mapping[str, str], own: str) -> str:
    """Return the format in which refused rows are asked for: JSON, or that of their own file.

    Raises BadInput, for other parameters, too.
    """
    request = read_request(_ERRORS_QUERY, {**query, **_STRICT})
    wanted = request.values.get("format") or own
    if wanted not in (JSON, own):
        message = f"The rows come in the format of their file, {own}, or as {JSON}!"
        fault = Fault("range", message, pointer="/format", value=wanted[:_FORMAT_SHOWN])
        request.faults.append(replace(fault, allowed=[JSON, own]))
    request.check()
    return wanted


def refused_row_object(row: Row, faults: Iterable[Fault]) -> dict[str, Any]:
    """Return a row that an import refused: its line, its SKU, why, and its cells."""
    told = {"line": row.line, "sku": row.cells.get("sku"), "cells": row.cells}
    told |= {"rest": row.rest} if row.rest else {}
    return told | {"errors": [_of_column(one) for one in faults]}


def _of_column(fault: Fault) -> dict[str, Any]:
    column = column_of(fault)
    return fault_object(fault) | ({"column": column} if column else {})


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
