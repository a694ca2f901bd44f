"""pims secret: what signs tokens and seals stored credentials."""

import click

from pims_api.cli.options import session_of
from pims_api.cli.session import ending_on_refusal, require_tables
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import CURRENT, PREVIOUS, NoSecret, new_secret

_FIRST = "There is no secret yet. Set this for every process of the installation:"
_NEXT = (
    "The secret is in the environment. Set these for every process of the installation, start them "
    "again, and run this command once more:"
)
_MADE = "There is a new secret, and the one before stays good until the next time."
_TOKENS = "Tokens of before hold until they end, within 24 hours."
_DROPPED = f"After that {PREVIOUS} may be taken away."


@click.group("secret")
def secret_group() -> None:
    """Secret: what signs tokens and seals stored credentials."""


@secret_group.command("rotate")
@click.pass_context
def rotate(ctx: click.Context) -> None:
    r"""Make a new secret, and seal anew what the one before has sealed, beside a running server.

    A SQLite database has its secret in the file beside it, which is replaced. Where it is in the
    environment instead, as on PostgreSQL, the variables to set are printed; with these set, the
    command seals anew.

    \b
    Example:
      pims secret rotate
    """
    database = session_of(ctx).database
    require_tables(database)
    if _is_in_environment(database) and not database.settings.secret_key_previous:
        _tell_variables(database.settings)
        return
    # Found when it is asked for: the help of the command needs no cryptography.
    from pims_api.services.maintenance.secret_rotation import rotate_secret

    try:
        with ending_on_refusal():
            done = rotate_secret(database)
    except NoSecret as error:
        raise click.ClickException(str(error)) from error
    click.echo(_told(done.sealed, is_new=done.is_new))


def _is_in_environment(database: Database) -> bool:
    return bool(database.settings.secret_key) or not database.is_sqlite


def _tell_variables(settings: Settings) -> None:
    """Print assignments for a shell, the present secret by its variable alone."""
    click.echo(_NEXT if settings.secret_key else _FIRST, err=True)
    if settings.secret_key:
        click.echo(f"{PREVIOUS}=${CURRENT}")
    click.echo(f"{CURRENT}={new_secret()}")


def _told(sealed: int, *, is_new: bool) -> str:
    texts = "1 text was sealed" if sealed == 1 else f"{sealed} texts were sealed"
    if is_new:
        return f"{_MADE} {texts} anew. {_TOKENS}"
    return f"{texts} anew. {_TOKENS} {_DROPPED}"
