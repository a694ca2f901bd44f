"""The revision of a database's tables, and the revisions that this program knows.

Looking needs no Alembic, whose import takes longer than most commands, nor SQLAlchemy's view of a
schema, which asks more.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

_STEPS = Path(__file__).parent / "versions"
_STORED = "SELECT version_num FROM alembic_version"  # Alembic's own table
_IS_STORED = {
    "sqlite": "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'alembic_version')",
    "postgresql": "SELECT to_regclass('alembic_version') IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Revision:
    """The revision of the tables of a database. name: None where there are no tables yet."""

    name: str | None

    @property
    def is_current(self) -> bool:
        """Whether the tables are those that this program works with."""
        return self.name == newest_revision()

    @property
    def is_newer(self) -> bool:
        """Whether a newer program made the tables: it has steps that this one does not know."""
        return self.name is not None and self.name not in known_revisions()


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions of this program's migrations, oldest first."""
    return tuple(sorted(path.name.partition("_")[0] for path in _STEPS.glob("[0-9]*_*.py")))


def newest_revision() -> str:
    """Return the revision of the tables that this program works with."""
    return known_revisions()[-1]


def revision_of(connection: Connection) -> Revision:
    """Return the revision of the tables of a database."""
    if not connection.exec_driver_sql(_IS_STORED[connection.dialect.name]).scalar():
        return Revision(None)
    return Revision(connection.exec_driver_sql(_STORED).scalar())
