"""The whole application over a database of its own: an ERP client, and the `pims` command."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from click.testing import CliRunner

from pims_api.cli import main
from tests.catalogues.erp_client import ErpClient
from tests.catalogues.in_process import in_process_client
from tests.environment import settings_of
from views.app import create_app

PERMISSIONS = "pim_user,pim_editor,pim_manager"


@dataclass(frozen=True)
class Shop:
    """A database with one tenant, and a client of the application over it."""

    database_url: str
    client: ErpClient

    def run_pims(self, *words: str) -> None:
        """Run the `pims` command, which has to end with 0."""
        run_pims(self.database_url, *words)


OpenShop = Callable[[str], AbstractContextManager[Shop]]


@contextmanager
def open_shop(database_url: str) -> Iterator[Shop]:
    """Make a tenant and a key in an empty database and serve it while the block lasts."""
    app = create_app(settings_of(database_url))
    try:
        yield Shop(database_url, in_process_client(app, api_key(database_url)))
    finally:
        app.extensions["pims_database"].close()


def api_key(database_url: str) -> str:
    """Make the tenant and return a key that may edit products and manage definitions."""
    run_pims(database_url, "init")
    made = run_pims(database_url, "key", "create", "--name", "erp", "--permissions", PERMISSIONS)
    return next(line for line in made.splitlines() if line.startswith("pims_"))


def run_pims(database_url: str, *words: str) -> str:
    """Run the `pims` command, which has to end with 0, and return what it printed."""
    result = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": database_url})
    if result.exit_code != 0:
        raise AssertionError(f"pims {' '.join(words)}: {result.output} {result.exception!r}")
    return result.stdout
