"""The generator of docs/commands.md: `python -m pims_api.cli.reference > docs/commands.md`."""

import inspect
from collections.abc import Iterator

import click

from pims_api.cli import main
from pims_api.cli.lazy_group import commands_of

_HEAD = """# The pims command

Every command, its arguments and options, as `pims <command> --help` prints them. This page is made
of these help texts by `python -m pims_api.cli.reference > docs/commands.md`; a test compares.

The options of `pims` itself stand before the name of the command:
`pims --database sqlite:///shop.db key list`."""


def reference() -> str:
    """Return the page as Markdown."""
    return "\n\n".join([_HEAD, *_sections(main, click.Context(main, info_name="pims"))]) + "\n"


def command_paths(group: click.Group = main, above: str = "pims") -> Iterator[str]:
    """Yield every command but groups as it is typed, such as `pims key create`."""
    for name, command in commands_of(group):
        path = f"{above} {name}"
        if isinstance(command, click.Group):
            yield from command_paths(command, path)
        else:
            yield path


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from _section(command, context)
    for name, below in commands_of(command) if isinstance(command, click.Group) else ():
        yield from _sections(below, click.Context(below, info_name=name, parent=context))


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = context.command_path.count(" ")
    yield f"{'#' * (min(depth, 2) + 2)} {context.command_path}"
    about, _, example = inspect.cleandoc(command.help or "").partition("\b\nExample:\n")
    yield about.replace("\b\n", "").strip()
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{context.command_path} {pieces}\n```"
    if options := list(_options(command, context)):
        yield "\n".join(["| option | meaning |", "| --- | --- |", *options])
    if example.strip():
        yield f"For example:\n\n```sh\n{inspect.cleandoc(example)}\n```"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or isinstance(parameter, click.Argument) or "--help" in record[0]:
            continue
        written, meaning = (" ".join(text.split()).replace("|", "\\|") for text in record)
        yield f"| `{written}` | {meaning} |"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
