"""Runs of channels: asked for and waited for; their logs, the mappings, tests of connections."""

import time
from typing import Any

from pims_api.domain.outlets.outlet import Outlet, Run
from pims_api.jobs.channels.channel_run import outside_of
from pims_api.services.channels.runs import BOTH, PULL, PUSH, ask_run, refuse_unfit
from pims_api.storage.database import Database
from pims_api.storage.outlets.mappings import mappings_of
from pims_api.storage.outlets.runs import find_run, runs_of
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.outlets.sync import connection_object, log_object, mapping_object
from views.running import Body
from views.sigma.actions.outlets.channels import named, user_of
from views.sigma.caller import Caller

RUN_WAIT_S = 20.0  # so long a request waits for the end of its run
TEST_S = 33.0  # so long a test of a connection may take
_LOOK_EVERY_S = 0.1
_ACCEPTED = 202


def start_push(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Have a channel send what changed."""
    return _started(work, caller, asked, PUSH)


def start_pull(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Have a channel receive what changed."""
    return _started(work, caller, asked, PULL)


def start_sync(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Have a channel do both."""
    return _started(work, caller, asked, BOTH)


def begun(started: tuple[Outlet, Run]) -> Any:
    """Return the log of a run as it begins."""
    return log_object(*started)


def await_run(database: Database, started: tuple[Outlet, Run]) -> tuple[Any, int]:
    """Return the log of a run and the status of the answer, when it is over or the time is."""
    outlet, run = started
    until = time.monotonic() + RUN_WAIT_S
    while True:
        with database.reading() as connection:
            run = find_run(connection, outlet, run.id) or run
        if run.is_over:
            return log_object(outlet, run), 200
        if time.monotonic() >= until:
            return log_object(outlet, run), _ACCEPTED
        time.sleep(_LOOK_EVERY_S)


def connection_to_test(seen: Snapshot, caller: Caller, asked: Body) -> Outlet:
    """Return the channel whose connection is to be tested. Raises BadInput."""
    one = named(seen, asked)
    refuse_unfit(one, inactive=True)
    return one


def tested(database: Database, one: Outlet) -> tuple[Any, int]:
    """Return what the other side of a channel says of itself, and the status of the answer."""
    until = time.monotonic() + TEST_S
    outside = outside_of(one, database.settings, time.sleep, until)
    try:
        return connection_object(one, outside.look()), 200
    finally:
        outside.close()


def list_logs(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the logs of a channel, newest first."""
    one = named(seen, asked)
    return [log_object(one, run) for run in runs_of(seen.connection, one, asked["query"]["limit"])]


def list_mappings(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the mappings of a channel, by record."""
    one = named(seen, asked)
    return [mapping_object(one, each) for each in mappings_of(seen.connection, one)]


def _started(work: UnitOfWork, caller: Caller, asked: Body, direction: str) -> tuple[Outlet, Run]:
    one = named(work, asked)
    return one, ask_run(work, one, direction, user_of(caller))
