"""The order of a list: its keys and directions."""

from dataclasses import dataclass

from pims_api.domain.conditions.condition import Operand


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An attribute to order by, as seen in its scopes; products without a value come last.

    Source: docs/core.md, Order.
    """

    operand: Operand
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of a walk along values, and whether unset ones come first or last."""

    descending: bool = False
    unset_first: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: keys by priority, then the SKU.

    mirrored: the list is read from its end; the directions of keys and SKU are reversed already.
    """

    keys: tuple[OrderKey, ...]
    sku_descending: bool = False
    mirrored: bool = False

    def mirror(self) -> "Order":
        """Return the same order read from its other end."""
        keys = tuple(OrderKey(one.operand, not one.descending) for one in self.keys)
        return Order(keys, not self.sku_descending, not self.mirrored)

    def below(self) -> "Order":
        """Return the order among products that are equal in the first key."""
        return Order(self.keys[1:], self.sku_descending, self.mirrored)

    def direction(self, key: OrderKey) -> Direction:
        """Return how to walk along the values of a key."""
        return Direction(key.descending, unset_first=self.mirrored)
