"""Runs of outlets in the database."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from pims_api.domain.job import JobState
from pims_api.domain.outlets.outlet import Outlet, Run, RunState
from pims_api.storage.tables import job
from pims_api.storage.tables import outlet_run as table

# Words in which results were stored before; such rows stay as they are.
_FORMER_WORDS = {"recordCount": "records", "fileSize": "bytes", "destinationPath": "place"}
_FORMER_PLACES = {"entityId": "record", "externalId": "product"}  # of an error
_OPEN = (RunState.WAITING, RunState.RUNNING)


def add_run(connection: Connection, one: Run) -> None:
    """Store a new run."""
    connection.execute(insert(table), _columns(one))


def change_run(connection: Connection, one: Run) -> None:
    """Store a run that is there."""
    of_run = (
        (table.c.tenant_id == one.tenant_id)
        & (table.c.outlet_id == one.outlet_id)
        & (table.c.id == one.id)
    )
    connection.execute(update(table).where(of_run).values(_columns(one)))


def last_run_id(connection: Connection, outlet: Outlet) -> int:
    """Return the highest id of a run of an outlet; 0 when there is none."""
    found = connection.scalar(select(func.max(table.c.id)).where(_of(outlet)))
    return int(found or 0)


def find_run(connection: Connection, outlet: Outlet, number: int) -> Run | None:
    """Return the run of an id, if the outlet has it."""
    row = connection.execute(select(table).where(_of(outlet), table.c.id == number)).first()
    return None if row is None else _run(row)


def runs_of(connection: Connection, outlet: Outlet, most: int) -> list[Run]:
    """Return the runs of an outlet, newest first."""
    rows = select(table).where(_of(outlet)).order_by(table.c.id.desc()).limit(most)
    return [_run(row) for row in connection.execute(rows)]


def open_runs(connection: Connection, outlet: Outlet) -> list[Run]:
    """Return the runs of an outlet that are not over, oldest first.

    Those that were only recorded are not among them: nobody here will ever end them.
    """
    ours = (table.c.state == RunState.WAITING) | table.c.job_id.is_not(None)
    wanted = select(table).where(_of(outlet), table.c.state.in_(_OPEN), ours)
    rows = wanted.order_by(table.c.id)
    return [_run(row) for row in connection.execute(rows)]


def abandoned_runs(connection: Connection) -> Iterator[Run]:
    """Yield the runs of all tenants that are said to go on although their jobs are over."""
    over = (JobState.DONE, JobState.FAILED)
    wanted = (
        select(table)
        .join_from(
            table, job, (job.c.tenant_id == table.c.tenant_id) & (job.c.id == table.c.job_id)
        )
        .where(table.c.state == RunState.RUNNING, job.c.state.in_(over))
    )
    for row in connection.execute(wanted):
        yield _run(row)


def _of(outlet: Outlet) -> Any:
    return (table.c.tenant_id == outlet.tenant_id) & (table.c.outlet_id == outlet.id)


def _columns(one: Run) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Run.__dataclass_fields__}


def _run(row: Row[Any]) -> Run:
    own = {"state": RunState(row.state), "result": _in_present_words(row.result)}
    return Run(**dict(row._mapping) | own)


def _in_present_words(result: dict[str, Any]) -> dict[str, Any]:
    told = _renamed(result, _FORMER_WORDS)
    if "errors" in told:
        told["errors"] = [_renamed(one, _FORMER_PLACES) for one in told["errors"]]
    return told


def _renamed(told: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in told.items()}
