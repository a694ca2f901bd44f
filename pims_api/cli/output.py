"""The JSON output of commands, for scripts."""

from typing import Any

import click
import orjson

as_json_option = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def echo_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    click.echo(orjson.dumps(value).decode())
