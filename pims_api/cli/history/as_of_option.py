"""The option --as-of: products as they were at a moment."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pims_api.cli.history.moment_type import MomentType
from pims_api.domain.values.moment import Moment
from pims_api.services.lists.as_of import as_of
from pims_api.storage.snapshot import Snapshot

Command = TypeVar("Command", bound=Callable[..., Any])


def with_as_of(command: Command) -> Command:
    """Give a command the option --as-of."""
    told = "As of then: a date, a time with its zone, or the number of a transaction."
    return click.option("--as-of", metavar="MOMENT", type=MomentType(), help=told)(command)


def seen_as_of(seen: Snapshot, moment: Moment | None) -> Snapshot:
    """Return what a command sees as of a moment; None: as of now. Raises BadInput."""
    return as_of(seen, moment).seen
