"""pims init: create the tables and the first tenant."""

import click

from pims_api.cli.options import DEFAULT_TENANT, session_of
from pims_api.cli.server.signs import tell_signs_of_loss
from pims_api.cli.session import ending_on_refusal, newer
from pims_api.clock import now_us
from pims_api.services.tenants import add_tenant, tenant_names
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.migrations.revisions import newest_revision
from pims_api.storage.migrations.upgrade import upgrade_database

_UPGRADED = (
    "Its tables were upgraded from revision {} to {}. An older PIMS cannot work with them; the way "
    "back is a backup of before, so run `pims backup FILE` before you upgrade."
)


@click.command()
@click.option("--demo", is_flag=True, help="With a small catalogue to look around in, and a key.")
@click.pass_context
def init(ctx: click.Context, demo: bool) -> None:
    r"""Make the tables that are missing and the tenant `default`; what is there stays.

    \b
    Example:
      pims init
      pims --database postgresql://pims@localhost/pims init
    """
    database = session_of(ctx).database
    with ending_on_refusal():
        before = upgrade_database(database, _tell)
        if before.is_newer:
            raise click.ClickException(newer(before))
        make_secret_file(database.url)
        _require_tenant(database, DEFAULT_TENANT, demo=demo)
    click.echo(f"The database {database.url.render_as_string(hide_password=True)} is ready.")
    if before.name is not None and not before.is_current:
        click.echo(_UPGRADED.format(before.name, newest_revision()))
    if demo:
        from pims_api.cli.server.demo import show_demo  # which loads all that writes

        show_demo(ctx)
    tell_signs_of_loss(database, is_new=before.name is None)


def _tell(done: int, total: int) -> None:
    """Show how far a long step of the upgrade is."""
    click.echo(f"Upgrading: {done} of {total} transactions", err=True)


def _require_tenant(database: Database, name: str, *, demo: bool) -> None:
    with database.reading() as connection:
        known = tenant_names(connection)
    if name not in known:
        add_tenant(database, name, at=_founded() if demo else None)


def _founded() -> int:
    """Return when the tenant of a demo is made: before what happens in it, which is dated back."""
    from pims_api.services.demo.demo import DAY_US, OLDEST_DAYS  # which loads all that writes

    return now_us() - OLDEST_DAYS * DAY_US
