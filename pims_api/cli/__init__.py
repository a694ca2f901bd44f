"""The `pims` command: one file per group of commands."""

from collections.abc import Iterator

import click

from pims_api import __version__
from pims_api.cli.definitions.attribute_commands import attribute_group
from pims_api.cli.definitions.category_commands import category_group
from pims_api.cli.definitions.locale_commands import locale_group
from pims_api.cli.definitions.type_commands import type_group
from pims_api.cli.definitions.view_commands import view_group
from pims_api.cli.files.export_command import export_command
from pims_api.cli.files.import_command import import_command
from pims_api.cli.files.snapshot_command import snapshot_command
from pims_api.cli.job_commands import job_group
from pims_api.cli.key_commands import key_group
from pims_api.cli.product_commands import product_group
from pims_api.cli.server.index_commands import check, reindex
from pims_api.cli.server.serve_command import serve
from pims_api.cli.server.setup_commands import init
from pims_api.cli.server.worker_command import worker
from pims_api.cli.session import (
    DEFAULT_TENANT,
    DEFAULT_USER,
    Session,
    note_options,
    open_named,
    place_options,
)
from pims_api.cli.tenant_commands import tenant_group
from pims_api.cli.user_commands import user_group
from pims_api.garbage import collect_seldom
from pims_api.settings import DATABASE_URL_DEFAULT, DATABASE_URL_VARIABLE

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    envvar=DATABASE_URL_VARIABLE,
    default=DATABASE_URL_DEFAULT,
    show_default=True,
    metavar="URL",
    help=f"Which database; also {DATABASE_URL_VARIABLE}.",
)
@click.option("--tenant", default=DEFAULT_TENANT, show_default=True, help="Which catalogue in it.")
@click.option("--user", default=DEFAULT_USER, show_default=True, help="Name shown in history.")
@click.version_option(__version__, prog_name="pims")
@click.pass_context
def main(ctx: click.Context, database: str, tenant: str, user: str) -> None:
    r"""Product information, managed.

    \b
    Example:
      pims init
      pims key create --name shop --permissions pim_user
      pims serve
    """
    collect_seldom()
    opened = open_named(database)
    ctx.obj = Session(opened, tenant, user)
    ctx.call_on_close(opened.close)


def _keep_lines_of_examples(command: click.Command) -> None:
    """Mark the examples of a command's help, so that click does not rewrap their lines."""
    if command.help:
        command.help = command.help.replace("\\b", "\b")
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_lines_of_examples(one)


COMMANDS: tuple[click.Command, ...] = (
    init,
    serve,
    worker,
    tenant_group,
    key_group,
    user_group,
    locale_group,
    type_group,
    attribute_group,
    view_group,
    category_group,
    product_group,
    import_command,
    export_command,
    snapshot_command,
    job_group,
    reindex,
    check,
)

CHANGING = {"add", "create", "delete", "edit", "import", "move", "rename", "revoke"}
"""Names of commands that change a catalogue and may say why."""

WITHOUT_TENANT = (init, serve, worker, tenant_group)


def leaves(command: click.Command) -> Iterator[click.Command]:
    """Yield the commands of a group, or a command that is none."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from leaves(one)
    else:
        yield command


for _command in COMMANDS:
    main.add_command(_command)
    for _leaf in leaves(_command):
        if _leaf.name in CHANGING and _command not in WITHOUT_TENANT:
            _leaf.params += note_options()
        _leaf.params += place_options(tenant=_command not in WITHOUT_TENANT)
_keep_lines_of_examples(main)
