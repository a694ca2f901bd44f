"""The position of a cursor: where a page ended, stable under writes between two pages."""

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
