"""pims tenant: separate catalogues in one database."""

from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.output import echo_json
from pims_api.cli.session import ending_on_refusal, require_tables
from pims_api.services.tenants import add_tenant, all_tenants
from pims_api.storage.identity.tenants import TenantRow


@click.group("tenant")
def tenant_group() -> None:
    """Catalogues that know nothing of each other, in one database."""


@tenant_group.command("add")
@click.argument("name")
@click.option("--org", help="UUID of the organization that owns it; without it: a new one.")
@click.pass_context
def add(ctx: click.Context, name: str, org: str | None) -> None:
    r"""Make an empty catalogue.

    \b
    Example:
      pims tenant add outlet
      pims --tenant outlet key create --name shop --permissions pim_user
    """
    database = session_of(ctx).database
    require_tables(database)
    with ending_on_refusal():
        number = add_tenant(database, name, org)
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
        known = all_tenants(connection)
    if as_json:
        echo_json([_told(one) for one in known])
        return
    for one in known:
        click.echo(one.name)


def _told(one: TenantRow) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "tenant_id": one.uuid, "org_id": one.org}
