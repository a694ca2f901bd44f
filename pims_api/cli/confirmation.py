"""Questions of commands that take something away from products."""

import sys

import click

yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Say what it would do, and change nothing."
)


def ask_before(loss: str, *, yes: bool) -> None:
    """Ask whether a command may go on; end it when it may not.

    loss: a sentence that says what is lost. Where there is no terminal nobody can answer, so the
    command ends unless it was told --yes.
    """
    if yes:
        return
    if not _is_terminal():
        message = f"{loss} Nothing was done: say --yes where nobody can be asked."
        raise click.ClickException(message)
    click.confirm(f"{loss} Go on?", abort=True, err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def products(count: int) -> str:
    """Return a number of products in words.

    >>> products(1), products(1857)
    ('1 product', '1,857 products')
    """
    return f"{count:,} product{'' if count == 1 else 's'}"
