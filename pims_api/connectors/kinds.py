"""The connectors there are, by the type of the channels that they serve."""

from collections.abc import Mapping

from pims_api.connectors.base import Connector
from pims_api.connectors.shopify.connector import ShopifyConnector

CONNECTORS: Mapping[str, Connector] = {"shopify": ShopifyConnector()}
CHANNEL_TYPES = ("shopify", "amazon-1p", "amazon-3p", "custom")
"""Channels of the other types can be kept and read: no connector serves them."""
