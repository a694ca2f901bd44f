"""The revision of a database's tables, and the revisions that this program knows.

Looking needs no Alembic, whose import takes longer than most commands.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

_STEPS = Path(__file__).parent / "versions"
_STORED = table("alembic_version", column("version_num"))  # Alembic's own


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
    if not inspect(connection).has_table(_STORED.name):
        return Revision(None)
    return Revision(connection.scalar(select(_STORED.c.version_num)))
