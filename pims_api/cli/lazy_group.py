"""A group of commands whose modules are imported when one of them is called.

Importing what a command works with takes longer than most commands do.
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from pims_api.cli.options import add_common_options
from pims_api.garbage import kept_for_good


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is. where: its module and its name there, as `module:name`.

    about: its line in the list of commands. tenant: whether it works on one catalogue.
    """

    where: str
    about: str
    tenant: bool = True


class LazyGroup(click.Group):
    """A group that knows some of its commands by their places only."""

    def __init__(self, *args: Any, places: Mapping[str, Place], **more: Any) -> None:
        super().__init__(*args, **more)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(dict.fromkeys([*self._places, *self.commands]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._places and cmd_name not in self.commands:
            self.add_command(_loaded(self._places[cmd_name]), cmd_name)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        lines = [(name, self._about(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(lines)

    def _about(self, name: str) -> str:
        place = self._places.get(name)
        return place.about if place else self.commands[name].get_short_help_str(limit=100)


def commands_of(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group with their names, and load those that are not there yet."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield name, command


def _loaded(place: Place) -> click.Command:
    module, _, name = place.where.partition(":")
    with kept_for_good():  # looking through what is imported takes a sixth of a short command
        command: click.Command = getattr(importlib.import_module(module), name)
    add_common_options(command, tenant=place.tenant)
    return command
