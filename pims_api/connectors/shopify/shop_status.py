"""Whether a shop can be reached with what a channel knows of it. Nothing is written there."""

from typing import Any

from pims_api.connectors.base import OutsideFound as ShopFound
from pims_api.connectors.base import OutsideNotFound as ShopNotFound
from pims_api.connectors.shopify.client import (
    Shop,
    ShopClient,
    ShopInvalid,
    ShopRefused,
    ShopUnavailable,
)

SCOPES = ("read_products", "write_products")
_QUERY = """
query ConnectionTest {
  shop { name myshopifyDomain currencyCode plan { publicDisplayName } }
  currentAppInstallation { accessScopes { handle } }
  productsCount(limit: 10000000) { count }
}
"""


def look_at_shop(shop: Shop, client: ShopClient) -> ShopFound | ShopNotFound:
    """Return what the shop says, or why it says nothing."""
    try:
        found = client.ask(_QUERY)
    except ShopInvalid as invalid:
        return ShopNotFound(invalid.kind, str(invalid))
    except ShopUnavailable as failed:
        return ShopNotFound("unavailable" if failed.answered else "unreachable", str(failed))
    except ShopRefused as refused:
        return ShopNotFound("unavailable", str(refused))
    try:
        return ShopFound(
            found["shop"]["name"],
            found["shop"]["plan"]["publicDisplayName"],
            found["productsCount"]["count"],
            tuple(_warnings(shop, client, found)),
        )
    except (KeyError, TypeError):
        return ShopNotFound("unavailable", "The answer is not that of a shop of Shopify.")


def _warnings(shop: Shop, client: ShopClient, found: dict[str, Any]) -> list[str]:
    held = {one["handle"] for one in found["currentAppInstallation"]["accessScopes"]}
    # Shopify need not list what a scope for writing brings along.
    held |= {one.replace("write_", "read_", 1) for one in held if one.startswith("write_")}
    told = [
        f"The app lacks the scope {scope}: add it in the shop's admin, and install the app again."
        for scope in SCOPES
        if scope not in held
    ]
    if client.served_version not in (None, shop.version):
        told.append(
            f"The shop serves version {client.served_version} of its API instead of {shop.version}."
        )
    return told
