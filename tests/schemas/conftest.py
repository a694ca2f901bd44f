"""The small tenant of the domain's tests, for what the wire says of it."""

from tests.domain.conftest import definition, full_access, german_access, shop_access

__all__ = ["definition", "full_access", "german_access", "shop_access"]
