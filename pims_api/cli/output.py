"""The JSON output of commands, for scripts."""

from datetime import UTC, datetime
from typing import Any

import click
import orjson

as_json_option = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def echo_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    click.echo(orjson.dumps(value).decode())


def moment(at: int | None) -> str | None:
    """Return a time in microseconds since 1970 as ISO 8601 in UTC; None stays None."""
    return None if at is None else datetime.fromtimestamp(at / 1_000_000, UTC).isoformat()
