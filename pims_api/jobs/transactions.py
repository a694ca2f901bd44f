"""The transactions in which a job or a command works: each its own, or in a dry run one for all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol

from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.scratch_copy import private_copy
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


class Task(Protocol):
    """Where something is written, and by whom.

    pause_facets: see `unit_of_work`. dry_run: nothing stays; on SQLite a copy is worked on, on
    PostgreSQL it is one transaction, and the tenant's other writers wait meanwhile.
    """

    @property
    def database(self) -> Database: ...
    @property
    def tenant_id(self) -> int: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def pause_facets(self) -> bool: ...
    @property
    def dry_run(self) -> bool: ...


@contextmanager
def transactions(task: Task) -> Iterator[Transaction]:
    """Return what opens a transaction: a new one each time, or in a dry run always the same one."""
    if not task.dry_run:
        yield partial(_transaction, task, task.database)
    elif task.database.is_sqlite:
        with private_copy(task.database) as copy:
            yield partial(_transaction, task, copy)
    else:
        with _transaction(task, task.database) as work:
            work.dry_run = True
            yield partial(_part_of_trial, work)


def _transaction(task: Task, database: Database) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(database, task.tenant_id, task.actor, pause_facets=task.pause_facets)


@contextmanager
def _part_of_trial(work: UnitOfWork) -> Iterator[UnitOfWork]:
    yield work
    work.forget()
