"""The checks of whole catalogues, with their progress, for the commands that prove something."""

import sys
from collections.abc import Iterator, Sequence

import click
from sqlalchemy import Connection

from pims_api.services.maintenance.check import CHECKS, Check, size_of
from pims_api.services.tenants import tenant_names
from pims_api.storage.database import Database
from pims_api.storage.snapshot import Snapshot, take_snapshot


class Proof:
    """The check of every catalogue in a transaction: how much there is, and what differs."""

    def __init__(self) -> None:
        self.products = 0
        self.entries = 0
        self.found = 0

    def differences(self, database: Database, connection: Connection) -> Iterator[str]:
        """Yield a sentence for each difference, with the name of its catalogue."""
        names = tenant_names(connection)
        for name, tenant_id in names.items():
            seen = take_snapshot(database, connection, tenant_id)
            products, entries = size_of(seen)
            self.products += products
            self.entries += entries
            for _, difference in checked(seen):
                self.found += 1
                yield difference if len(names) == 1 else f"{name}: {difference}"


def checked(seen: Snapshot, checks: Sequence[Check] = CHECKS) -> Iterator[tuple[Check, str]]:
    """Yield a sentence for each difference in a catalogue, below a bar of progress.

    With the check that found it.
    """
    with click.progressbar(
        checks,
        label="Checking",
        file=sys.stderr,
        item_show_func=lambda one: one.about if one else None,
    ) as steps:
        for step in steps:
            yield from ((step, one) for one in step.differences(seen))
