"""The parameters of an import, and the transactions in which it runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial

from pims_api.services.imports.column_plan import ImportChoices
from pims_api.services.imports.products import AccessOf
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.scratch_copy import private_copy
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from pims_api.transfer.tables.table import Table

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class ImportTask:
    """The parameters of an import.

    open_table: opens the file, anew at each call. access_of: what the caller sees, asked for in
    each transaction. pause_facets: see `unit_of_work`. dry_run: nothing stays; on SQLite a copy is
    worked on, on PostgreSQL it is one transaction, and the tenant's other writers wait meanwhile.
    """

    database: Database
    tenant_id: int
    actor: Actor
    open_table: Callable[[], AbstractContextManager[Table]]
    access_of: AccessOf
    choices: ImportChoices = field(default_factory=ImportChoices)
    pause_facets: bool = False
    dry_run: bool = False


@contextmanager
def transactions(task: ImportTask) -> Iterator[Transaction]:
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


def _transaction(task: ImportTask, database: Database) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(database, task.tenant_id, task.actor, pause_facets=task.pause_facets)


@contextmanager
def _part_of_trial(work: UnitOfWork) -> Iterator[UnitOfWork]:
    yield work
    work.forget()
