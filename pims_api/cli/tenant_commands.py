"""pims tenant: separate catalogues in one database."""

import click
import orjson

from pims_api.cli.options import session_of
from pims_api.cli.session import ending_on_refusal, require_tables
from pims_api.services.tenants import add_tenant, tenant_names


@click.group("tenant")
def tenant_group() -> None:
    """Catalogues that know nothing of each other, in one database."""


@tenant_group.command("add")
@click.argument("name")
@click.pass_context
def add(ctx: click.Context, name: str) -> None:
    r"""Make an empty catalogue.

    \b
    Example:
      pims tenant add outlet
      pims --tenant outlet key create --name shop --permissions pim_user
    """
    database = session_of(ctx).database
    require_tables(database)
    with ending_on_refusal():
        number = add_tenant(database, name)
    click.echo(f"Tenant {name} has the id {number}.")


@tenant_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the catalogues, oldest first.

    \b
    Example:
      pims tenant list --json
    """
    database = session_of(ctx).database
    require_tables(database)
    with ending_on_refusal(), database.reading() as connection:
        known = tenant_names(connection)
    if as_json:
        rows = [{"id": number, "name": name} for name, number in known.items()]
        click.echo(orjson.dumps(rows).decode())
        return
    for name in known:
        click.echo(name)
