"""The notes of commands about a database that looks as if data were missing."""

import click

from pims_api.cli.session import ending_on_refusal
from pims_api.services.maintenance.first_look import signs_of_loss
from pims_api.storage.database import Database


def tell_signs_of_loss(database: Database, *, is_new: bool = False) -> None:
    """Print a note to stderr for each sign. is_new: the database was made just now."""
    with ending_on_refusal(), database.reading() as connection:
        for sign in signs_of_loss(database, connection, is_new=is_new):
            click.echo(f"Note: {sign}", err=True)
