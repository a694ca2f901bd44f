"""The positions of cursors: where a page ended, stable under writes between two pages."""

from dataclasses import dataclass

from pims_api.domain.conditions.condition import Literal


@dataclass(frozen=True, slots=True)
class ListPlace:
    """The sort keys of the last product shown, as they were then; see BEGINNING.

    sku: of that product. values: what it had under each key of the order, None for unset, up to
    the SKU if that is a key. in_title: of a search without an order, whether every word was in its
    title. sequence: of the default order, the last write that the page had seen, because there the
    place depends on the parents of the product too. moment: of a list as of an earlier write, the
    number of that.

    Source: docs/core.md, Cursors.
    """

    sku: str
    values: tuple[Literal | None, ...] = ()
    in_title: bool = False
    sequence: int = 0
    moment: int | None = None


BEGINNING = ListPlace(sku="")


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
