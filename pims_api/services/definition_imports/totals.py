"""How many things of a source were made or changed: what every import tells at its end."""

from dataclasses import dataclass


@dataclass(slots=True)
class ImportCounts:
    """How many were made, changed, or there already as the source has them.

    >>> counts = ImportCounts()
    >>> counts.count(is_new=True, is_changed=True)
    >>> counts.totals(rejected=2)
    {'created': 1, 'updated': 0, 'unchanged': 0, 'rejected': 2}
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one."""
        if is_new:
            self.created += 1
        elif is_changed:
            self.updated += 1
        else:
            self.unchanged += 1

    def totals(self, **more: int) -> dict[str, int]:
        """Return the counts and others by name, in the order in which all imports tell them."""
        found = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        return found | more
