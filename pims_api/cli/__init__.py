"""The `pims` command: one file per group of commands."""

import click

from pims_api import __version__
from pims_api.cli.lazy_group import LazyGroup, Place
from pims_api.cli.options import (
    DEFAULT_TENANT,
    DEFAULT_USER,
    Session,
    choose_database,
)
from pims_api.garbage import collect_seldom
from pims_api.settings import DATABASE_URL_DEFAULT, DATABASE_URL_VARIABLE

__all__ = ["main"]

WITHOUT_TENANT = {"init", "serve", "worker", "backup", "restore", "secret", "tenant"}
"""Names of commands that do not work on one catalogue."""

COMMANDS = {
    name: Place(f"pims_api.cli.{where}", about, tenant=name not in WITHOUT_TENANT)
    for name, where, about in (
        ("init", "server.setup_commands:init", "Make the tables, or upgrade them."),
        ("serve", "server.serve_command:serve", "Serve the API."),
        ("worker", "server.worker_command:worker", "Do imports, exports and other jobs."),
        (
            "backup",
            "server.backup_commands:backup",
            "Copy everything to one file, beside a running server.",
        ),
        ("restore", "server.backup_commands:restore", "Fill an empty database from a backup."),
        (
            "secret",
            "server.secret_commands:secret_group",
            "Secret: what signs tokens and seals stored credentials.",
        ),
        ("tenant", "tenant_commands:tenant_group", "Tenants: catalogues apart from each other."),
        ("key", "key_commands:key_group", "Keys: who may ask, and for what."),
        ("user", "user_commands:user_group", "Users: people who sign in with a password."),
        (
            "webhook",
            "webhook_commands:webhook_group",
            "Webhooks: receivers that are told what happens to records.",
        ),
        ("locale", "definitions.locale_commands:locale_group", "Locales: the languages of values."),
        (
            "product-type",
            "definitions.type_commands:type_group",
            "Product types: what kinds of products have.",
        ),
        (
            "attribute",
            "definitions.attribute_group:attribute_group",
            "Attributes: what there is to say.",
        ),
        ("view", "definitions.view_group:view_group", "Views: what a key sees of products."),
        (
            "category",
            "definitions.category_commands:category_group",
            "Categories: where products are filed.",
        ),
        ("product", "product_commands:product_group", "Products, one by one."),
        (
            "import",
            "files.import_command:import_command",
            "Create and update products from a file.",
        ),
        ("export", "files.export_command:export_command", "Write products to a file."),
        (
            "snapshot",
            "files.snapshot_command:snapshot_command",
            "Write a catalogue to a SQLite file.",
        ),
        (
            "changes",
            "history.changes_command:changes_command",
            "Tell what changed since a transaction.",
        ),
        (
            "channel",
            "outlets.channel_group:channel_group",
            "Channels: shops that get records and send products.",
        ),
        (
            "export-job",
            "outlets.export_job_group:export_job_group",
            "Export jobs: files of records that are sent somewhere.",
        ),
        ("job", "job_commands:job_group", "Jobs: imports and exports of the server."),
        (
            "transaction",
            "history.transaction_commands:transaction_group",
            "Transactions: what was written, and why.",
        ),
        (
            "revert",
            "history.revert_command:revert_command",
            "Take back a transaction or an import.",
        ),
        ("reindex", "server.index_commands:reindex", "Make the index anew."),
        ("check", "server.index_commands:check", "Prove that history, index and products agree."),
    )
}


@click.group(
    cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
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
    ctx.obj = Session(choose_database(ctx, database), tenant, user)


main.help = (main.help or "").replace("\\b", "\b")  # click would wrap the lines of the example
