"""Totals of an import: entries created, updated, unchanged and rejected."""

from dataclasses import dataclass


@dataclass(slots=True)
class ImportCounts:
    """Counts of entries that were created, updated or unchanged.

    >>> counts = ImportCounts()
    >>> counts.count(is_new=True, is_changed=True)
    >>> counts.totals(rejected=2)
    {'created': 1, 'updated': 0, 'unchanged': 0, 'rejected': 2}
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one entry."""
        if is_new:
            self.created += 1
        elif is_changed:
            self.updated += 1
        else:
            self.unchanged += 1

    def totals(self, **more: int) -> dict[str, int]:
        """Return the counts and others by name, in the order of all imports."""
        found = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        return found | more
