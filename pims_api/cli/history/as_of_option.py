"""The option --as-of: products as they were at a moment."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pims_api.domain.values.moment import Moment, read_time
from pims_api.services.lists.as_of import as_of
from pims_api.storage.snapshot import Snapshot

Command = TypeVar("Command", bound=Callable[..., Any])


class MomentParameter(click.ParamType[Moment]):
    """The number of a transaction, a date or an ISO 8601 time with its zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        """Return the moment that a text means, or end the command."""
        if isinstance(value, Moment):
            return value
        if value.isascii() and value.isdigit():
            return Moment(transaction=int(value))
        try:
            return Moment(at=read_time(value))
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is neither the number of a transaction nor a date nor a time with its "
                "zone, such as 2026-03-01T10:00:00Z.",
                param,
                ctx,
            )


MOMENT = MomentParameter()


def with_as_of(command: Command) -> Command:
    """Give a command the option --as-of."""
    told = "As of then: a date, a time with its zone, or the number of a transaction."
    return click.option("--as-of", metavar="MOMENT", type=MOMENT, help=told)(command)


def seen_as_of(seen: Snapshot, moment: Moment | None) -> Snapshot:
    """Return what a command sees as of a moment; None: as of now. Raises BadInput."""
    return as_of(seen, moment).seen
