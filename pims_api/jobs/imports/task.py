"""The parameters of an import."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from pims_api.services.imports.column_plan import ImportChoices
from pims_api.services.imports.products import AccessOf
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.transfer.tables.table import Table


@dataclass(frozen=True, slots=True)
class ImportTask:
    """The parameters of an import.

    open_table: opens the file, anew at each call. access_of: what the caller sees, asked for in
    each transaction. pause_facets, dry_run: see `jobs.transactions`.
    """

    database: Database
    tenant_id: int
    actor: Actor
    open_table: Callable[[], AbstractContextManager[Table]]
    access_of: AccessOf
    choices: ImportChoices = field(default_factory=ImportChoices)
    pause_facets: bool = False
    dry_run: bool = False
