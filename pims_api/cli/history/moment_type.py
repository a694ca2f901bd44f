"""Moments as arguments of commands."""

from typing import Any

import click

from pims_api.domain.values.moment import Moment, read_time


class MomentType(click.ParamType[Moment]):
    """The number of a transaction, a date, or an ISO 8601 time with its zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        if isinstance(value, Moment):
            return value
        if value.isdecimal() and value.isascii():
            return Moment(transaction=int(value))
        try:
            return read_time(value)
        except (ValueError, OverflowError):
            self.fail(
                "a transaction's number, a date, or a time such as 2026-03-01T10:00:00Z", param, ctx
            )
