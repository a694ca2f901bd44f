"""The place of a reader in the feed of changes."""

from dataclasses import dataclass

ALL_OF_IT = 2**62  # above every product id: all of a transaction was told


@dataclass(frozen=True, slots=True)
class ChangeCursor:
    """How far a reader is, who knows every product up to a place as it is or was then.

    sequence, product_id: that place. since: what the reader knows of all other products, it knows
    as of this write. begun: the last write when this reading of everything since began; what the
    reader was told since then was told after it.

    Source: docs/core.md, Changes.
    """

    since: int
    sequence: int
    product_id: int
    begun: int


def settled(sequence: int) -> ChangeCursor:
    """Return the cursor of a reader who knows everything as of a write."""
    return ChangeCursor(sequence, sequence, ALL_OF_IT, sequence)
