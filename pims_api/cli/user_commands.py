"""pims user: people who sign in with a password."""

import sys

import click
import orjson

from pims_api.cli.session import reading, writing
from pims_api.domain.access.user import PASSWORD_LENGTH_MIN, User
from pims_api.services.users import accounts
from pims_api.storage.identity.users import users_of_tenant


@click.group("user")
def user_group() -> None:
    """Users: people who sign in with an e-mail address and a password."""


@user_group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="How others see the user.")
@click.option("--role", required=True, metavar="ID", help="Such as role-admin or role-viewer.")
@click.option("--quick-login", is_flag=True, help="Let login pages list the user.")
@click.pass_context
def add(ctx: click.Context, email: str, name: str, role: str, quick_login: bool) -> None:
    r"""Add a user. The password comes from standard input, or is asked for.

    \b
    Example:
      pims user add ann@example.com --name Ann --role role-admin < password.txt
    """
    password = _password()
    with writing(ctx) as work:
        user = accounts.add_user(work, email, name, role, password, quick_login=quick_login)
    click.echo(f"User {user.email} is added with the role {user.role}.")


@user_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the users, disabled ones too.

    \b
    Example:
      pims user list
    """
    with reading(ctx) as seen:
        found = users_of_tenant(seen)
    if as_json:
        click.echo(orjson.dumps([_told(one) for one in found]).decode())
        return
    for one in found:
        state = "  disabled" if one.disabled else ""
        click.echo(f"{one.email}  {one.name}  {one.role}{state}")


@user_group.command("role")
@click.argument("email")
@click.argument("role")
@click.pass_context
def change_role(ctx: click.Context, email: str, role: str) -> None:
    r"""Give a user another role. Tokens that the user has are refused from now on.

    \b
    Example:
      pims user role ann@example.com role-viewer
    """
    with writing(ctx) as work:
        user = accounts.set_role(work, accounts.find_user(work, email), role)
    click.echo(f"User {user.email} has the role {user.role}.")


@user_group.command("password")
@click.argument("email")
@click.pass_context
def change_password(ctx: click.Context, email: str) -> None:
    r"""Give a user another password, from standard input, or asked for.

    \b
    Example:
      pims user password ann@example.com
    """
    password = _password()
    with writing(ctx) as work:
        user = accounts.set_password(work, accounts.find_user(work, email), password)
    click.echo(f"User {user.email} has a new password.")


@user_group.command("disable")
@click.argument("email")
@click.pass_context
def disable(ctx: click.Context, email: str) -> None:
    r"""Let a user sign in no longer. Running servers refuse its tokens at once.

    \b
    Example:
      pims user disable ann@example.com
    """
    with writing(ctx) as work:
        user = accounts.set_disabled(work, accounts.find_user(work, email), disabled=True)
    click.echo(f"User {user.email} is disabled.")


@user_group.command("enable")
@click.argument("email")
@click.pass_context
def enable(ctx: click.Context, email: str) -> None:
    r"""Let a disabled user sign in again.

    \b
    Example:
      pims user enable ann@example.com
    """
    with writing(ctx) as work:
        user = accounts.set_disabled(work, accounts.find_user(work, email), disabled=False)
    click.echo(f"User {user.email} is enabled.")


def _password() -> str:
    if sys.stdin.isatty():
        asked = f"Password, at least {PASSWORD_LENGTH_MIN} characters"
        return str(click.prompt(asked, hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _told(user: User) -> dict[str, object]:
    return {
        "id": f"user-{user.id}",
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled,
        "quick_login": user.quick_login,
    }
